"""What `manage.py check` says about settings that would break the authorization server later."""

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from authorization_server.issuer import uses_allowed_transport


@register()
def issuer_uses_https(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """`ISSUER` is https, or http on this machine itself (RFC 6749 section 3.1 asks for TLS)."""
    if uses_allowed_transport():
        return []
    hint = "Write an https:// address. For a trusted network alone, ISSUER_ALLOW_PLAIN_HTTP=1 lifts this."
    return [
        Error(
            f"ISSUER is {settings.ISSUER!r}: passwords and codes would cross the network in clear.",
            hint=hint,
            id="authorization_server.E001",
        )
    ]


@register()
def encryption_key_is_usable(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """`SIGNING_KEYS_ENCRYPTION_KEY` is 32 bytes in URL-safe base64."""
    try:
        Fernet(settings.SIGNING_KEYS_ENCRYPTION_KEY)
    except ValueError:
        hint = 'Make one: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
        return [Error("SIGNING_KEYS_ENCRYPTION_KEY is not 32 bytes in URL-safe base64.", hint=hint, id="authorization_server.E002")]
    return []
