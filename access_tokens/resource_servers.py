# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""One API (in the standards: a resource server), as its access tokens and its clients know it. Needs Django alone.

Django REST framework's views stand on it through `authentication.py`, plain ones through `decorators.py`.
"""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from django.http import HttpRequest

from access_tokens.bearer import bearer_token
from access_tokens.challenges import challenge
from access_tokens.conf import configuration, expectations, verifier
from access_tokens.rejections import Rejection
from access_tokens.trace_ids import trace_id_of
from access_tokens.verify import AccessToken, check_well_formed

if TYPE_CHECKING:
    from access_tokens.server_timing import ServerTiming

logger = logging.getLogger("access_tokens")
WELL_KNOWN = "/.well-known/oauth-protected-resource"


class ResourceServer:
    """One API; subclass it once for each. `resource` is the API's URL, `scopes` say what each allows.

    class NotesApi(ResourceServer):
        audience = "api.notes"
        resource = "https://api.example/notes/v1"
        realm = "notes"
        scopes = {"read": "Read your notes", "write": "Write notes"}
    """

    audience: ClassVar[str] = ""
    resource: ClassVar[str] = ""
    realm: ClassVar[str] = "api"
    scopes: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def verified_token(cls, request: HttpRequest) -> AccessToken | None:
        """Steps 1 to 3 for the token in `request`; None where there are no credentials.

        Raises `InvalidToken`, `InvalidRequest`, `KeysUnavailable`.
        """
        if not (token := bearer_token(request)):
            return None
        timing = timing_of(request)
        return verifier()(token, expected=expectations(cls.audience), passed=timing.lap if timing else _nobody)

    @classmethod
    def challenge_for(cls, rejection: Rejection) -> str:
        """The value of `WWW-Authenticate` (RFC 6750 section 3); empty where the status has none."""
        explain = configuration().explain_rejections
        return challenge(rejection, realm=cls.realm, metadata_url=cls.metadata_url(), explain=explain)

    @classmethod
    def metadata_url(cls) -> str:
        """Where the API says which issuer it trusts: the well-known path goes between host and path. RFC 9728 section 3.1."""
        url = urlsplit(cls.resource)
        return url._replace(path=f"{WELL_KNOWN}{url.path.rstrip('/')}").geturl()

    @classmethod
    def log(cls, request: HttpRequest, rejection: Rejection) -> None:
        """One line for the operators: the precise code always, the token never; it is named by its `jti`."""
        level = {401: logging.INFO, 503: logging.ERROR}.get(rejection.status if not rejection.step else 0, logging.WARNING)
        facts = {"code": rejection.code, "step": rejection.step, "check": rejection.check, "status": rejection.status}
        facts |= {"detail": rejection.detail, "audience": cls.audience, "jti": _jti_of(request), "trace_id": trace_id_of(request)}
        logger.log(level, "refused: %s", rejection.code, extra={name: fact for name, fact in facts.items() if fact is not None})


def timing_of(request: HttpRequest) -> "ServerTiming | None":
    """The stopwatch of this request's checks, set going; None where rejections are not explained."""
    if not configuration().explain_rejections:
        return None
    from access_tokens.server_timing import ServerTiming  # here: the file may be left out where nothing is explained

    return ServerTiming.of(request)


def _nobody(step: str) -> None:
    """Is told of each step that passed, where nobody wants to know."""


def _jti_of(request: HttpRequest) -> str | None:
    try:
        jti = check_well_formed(bearer_token(request))[1].get("jti")
    except Rejection:
        return None
    return jti[:80] if isinstance(jti, str) and jti.isprintable() else None  # as it stands in the issuer's log
