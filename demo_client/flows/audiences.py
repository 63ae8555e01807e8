"""How a request for a token names the API that it is for: issuers differ, and `AUDIENCE_PARAMETER` says which way is this one's."""

from django.conf import settings


def naming(audience: str) -> dict[str, str]:
    """The parameter that names the API: `audience` as in the document, `resource` (RFC 8707 section 2), or none at all."""
    return {} if settings.AUDIENCE_PARAMETER == "none" else {settings.AUDIENCE_PARAMETER: audience}
