"""Lists in pages: each begins behind the last row of the one before (keyset), so rows that come or go meanwhile move none of the others."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError

from authorization_server.management_api.fields import StrictSerializer, TextField, WholeNumberField, field_error

Row = TypeVar("Row", bound=Model)
MOST_ROWS, USUAL_ROWS = 100, 50


class PageQuerySerializer(StrictSerializer):
    """The parameters of every list."""

    page_size = WholeNumberField(min_value=1, max_value=MOST_ROWS, default=USUAL_ROWS, is_written=True)
    page_token = TextField(
        max_length=1024, required=False, help_text="The next_page_token of the page before, beside the same filters; it may be of any size."
    )


def page_of(rows: QuerySet[Row], query: Mapping[str, Any], *, newest_first: bool = False) -> tuple[list[Row], str | None]:
    """One page of `rows` in the order in which they were made, and the token for the next, None on the last.

    `query` are the list's parameters as values. Raises `ValidationError` for a token that was not made here for this list.
    """
    signer = _signer(rows.model, query)
    if "page_token" in query:
        try:
            (after,) = signer.unsign_object(query["page_token"])
        except BadSignature as error:
            says = "This token is of another list. Send it as it came, beside the same filters, or start without it."
            raise ValidationError({"page_token": field_error("foreign_page_token", says)}) from error
        rows = rows.filter(**{"pk__lt" if newest_first else "pk__gt": after})
    size = query["page_size"]
    found = list(rows.order_by("-pk" if newest_first else "pk")[: size + 1])
    return found[:size], signer.sign_object([found[size - 1].pk]) if len(found) > size else None


def _signer(model: type[Model], query: Mapping[str, Any]) -> Signer:
    # What the token is bound to goes into the key, so it need not be inside the token.
    filters = sorted((name, str(value)) for name, value in query.items() if name not in {"page_size", "page_token"})
    return Signer(salt=f"management_api.paging {model._meta.label} {filters}")
