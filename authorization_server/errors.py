"""Every reason to refuse an OAuth request: its error code, its status, and a text that may stand in a header (RFC 6749 section 5.2)."""

from authlib.oauth2.base import OAuth2Error

LONGEST_DESCRIPTION = 1000  # what a caller sent is quoted in it, and comes back in a redirection's address


def as_error_description(text: str) -> str:
    """`text` in the characters that RFC 6749 section 5.2 allows: printable ASCII without double quote and backslash."""
    plain = text.replace('"', "'").replace("\\", "/")
    return "".join(c if " " <= c <= "~" else "?" for c in plain[:LONGEST_DESCRIPTION])


class Refused(OAuth2Error):  # type: ignore[misc]  # Authlib has no types
    """Base of all: `description` is for the developer, `reason` is one fixed word for the log."""

    error = "invalid_request"
    status_code = 400

    def __init__(self, description: str, *, reason: str = "", uri: str | None = None) -> None:
        super().__init__(as_error_description(description), uri=uri)
        self.reason = reason or self.error


class InvalidRequest(Refused):
    """A parameter is missing, repeated, or cannot be read."""


class BodyTooLarge(InvalidRequest):
    """The body is larger than this service reads."""

    status_code = 413


class MethodNotAllowed(InvalidRequest):
    """The token endpoint takes POST alone. RFC 6749 section 3.2."""

    status_code = 405

    def get_headers(self) -> list[tuple[str, str]]:
        """With the one method that there is."""
        return [*super().get_headers(), ("Allow", "POST")]


class ClientAuthenticationFailed(Refused):
    """Unknown client or wrong proof: one and the same answer, so that nobody learns which client ids exist."""

    error = "invalid_client"
    status_code = 401

    def __init__(self, *, reason: str, tried_basic: bool) -> None:
        super().__init__("The client is unknown, or its credentials are not right.", reason=reason)
        self.tried_basic = tried_basic

    def get_headers(self) -> list[tuple[str, str]]:
        """With the challenge of the scheme that was tried, as RFC 6749 section 5.2 asks."""
        challenge = [("WWW-Authenticate", 'Basic realm="authorization server", charset="UTF-8"')] if self.tried_basic else []
        return [*super().get_headers(), *challenge]


class TooManyFailures(Refused):
    """Too many failed authentications of this client id from this address; the same answer whether or not there is such a client.

    RFC 6749 section 5.2 has no code for it. Of OAuth's others (section 4.1.2.1) `temporarily_unavailable` tells a client the right
    thing, to come again later; `invalid_client` would say that its secret is wrong, which nobody has looked at. 429 is RFC 6585's.
    """

    error = "temporarily_unavailable"
    status_code = 429

    def __init__(self, *, seconds: int) -> None:
        super().__init__(f"Too many failed attempts to authenticate. Try again in {seconds} s.", reason="too_many_failures")
        self.seconds = seconds

    def get_headers(self) -> list[tuple[str, str]]:
        """With the seconds to wait."""
        return [*super().get_headers(), ("Retry-After", str(self.seconds))]


class UnauthorizedClient(Refused):
    """The application may not use this grant."""

    error = "unauthorized_client"


class InvalidGrant(Refused):
    """The code is of no use. The text is the same for each cause; the log has the `reason`."""

    error = "invalid_grant"


class InvalidScope(Refused):
    """A scope that the API does not have, or that is above what was granted."""

    error = "invalid_scope"


class InvalidTarget(Refused):
    """The API is unknown, or several were named. RFC 8707 section 2."""

    error = "invalid_target"


class AccessDenied(Refused):
    """A person said no, or an administrator's yes is missing. 403 as Auth0 answers; the standard would say `unauthorized_client`, 400."""

    error = "access_denied"
    status_code = 403


class LoginRequired(Refused):
    """`prompt=none`, and nobody is signed in. OpenID Connect Core section 3.1.2.6."""

    error = "login_required"


class ConsentRequired(Refused):
    """`prompt=none`, and the person would have to be asked. OpenID Connect Core section 3.1.2.6."""

    error = "consent_required"


class UnsupportedGrantType(Refused):
    """The token endpoint has no such grant."""

    error = "unsupported_grant_type"


class UnsupportedResponseType(Refused):
    """The authorization endpoint has no such answer."""

    error = "unsupported_response_type"


class TemporarilyUnavailable(Refused):
    """The server cannot issue tokens just now; the log says what to do about it."""

    error = "temporarily_unavailable"
    status_code = 503

    def get_headers(self) -> list[tuple[str, str]]:
        """With the seconds to wait."""
        return [*super().get_headers(), ("Retry-After", "5")]
