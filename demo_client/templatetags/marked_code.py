"""A template filter for texts that hold code between backticks."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def marked_code(text: str) -> SafeString:
    """`text` with everything between backticks as `<code>`; the rest, and the code too, is escaped."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", conditional_escape(text)))  # noqa: S308 - escaped in the same line
