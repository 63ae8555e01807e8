"""The issuer's own addresses: every URL is built from the setting `ISSUER`, never from the request's `Host`."""

from urllib.parse import quote, urlsplit

from authlib.common.security import is_secure_transport
from django.conf import settings


def url(path: str) -> str:
    """The absolute URL of `path` (without its first slash) below the issuer."""
    return f"{settings.ISSUER.rstrip('/')}/{path}"


def origin() -> str:
    """Scheme, host and port: what static files and paths from the root are below."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(settings.ISSUER))


def management_url() -> str:
    """Where the Management API is served, which is its audience, too."""
    return url("api/v2/")


def path_of(issuer: str) -> str:
    """The issuer's path without slashes at its ends: empty, or as in `https://example.com/tenants/one/` → `tenants/one`."""
    return urlsplit(issuer).path.strip("/")


def access_request_url(*, client_id: str, audience: str) -> str:
    """The page on which an application's permission for an API can be asked for."""
    return url(f"access-requests/new?client_id={quote(client_id, safe='')}&audience={quote(audience, safe='')}")


def uses_allowed_transport() -> bool:
    """Whether the issuer is https, or plain http on this machine itself, or plain http was allowed by a setting."""
    return is_secure_transport(settings.ISSUER) or settings.ISSUER_ALLOW_PLAIN_HTTP
