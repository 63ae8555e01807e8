"""What an answer of the API shows: right, or wrong in one of six ways, each with what to change."""

from dataclasses import dataclass

from forgeries.check_api.challenges import parse_challenge
from forgeries.check_api.trials import Trial

ACCEPTED, REFUSED, STATUS = "wrongly accepted", "wrongly refused", "wrong status"
MISSING, MALFORMED, FETCHING = "missing challenge", "malformed challenge", "key fetching"
KINDS = (ACCEPTED, REFUSED, STATUS, MISSING, MALFORMED, FETCHING)  # the worst first

_BY_STATUS = {
    400: "Answer 401 for a token that is not valid: 400 tells a client to change its request, and no new token is ever asked for.",
    403: "Answer 401 for a missing or invalid token (403 is for a good token that may not do this). In Django REST framework: the first "
    "authentication class needs authenticate_header.",
    401: "Answer 403 for a good token that may not do this: after 401 a client asks for the same token again, and again.",
}
_SERVER_ERROR = "Catch what your JWT library raises and answer 401: whatever a stranger sends is never a fault of your server."
_CHALLENGE = 'Send WWW-Authenticate: Bearer realm="…", error="invalid_token" with every 401, and error="insufficient_scope" with a 403.'
_QUOTING = (
    'Write the challenge as Bearer name="value", name="value", with one parameter at least: RFC 6750 section 3 says which characters.'
)
_NO_ERROR = "Leave error out of the challenge where no token was sent: RFC 6750 section 3.1."


@dataclass(frozen=True)
class Answer:
    """Status and challenge of one answer; status 0: there was none, and `reason` says why."""

    status: int
    challenge: str = ""
    reason: str = ""

    @property
    def is_success(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return str(self.status) if self.status else f"no answer ({self.reason})"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: how, with which trial, what was answered and wanted, and the fix."""

    kind: str
    trial: Trial
    answered: str
    wanted: str
    fix: str


def verdict(trial: Trial, answer: Answer) -> Finding | None:
    """What is wrong with `answer`; None where nothing is."""
    wanted = "success" if trial.is_good else " or ".join(str(status) for status in sorted(trial.statuses))
    if trial.is_good:
        return None if answer.is_success else Finding(REFUSED, trial, str(answer), wanted, trial.cure)
    if answer.is_success:
        return Finding(ACCEPTED, trial, str(answer), wanted, trial.cure)
    if answer.status not in trial.statuses:
        broken = answer.status >= 500 or answer.status == 0
        fix = _SERVER_ERROR if broken else _BY_STATUS.get(answer.status, f"Answer {wanted}; the good token reaches this operation.")
        return Finding(STATUS, trial, str(answer), wanted, fix)
    return _challenge_verdict(trial, answer) if answer.status in (401, 403) else None


def _challenge_verdict(trial: Trial, answer: Answer) -> Finding | None:
    """RFC 6750 section 3: every 401 has a challenge, and where a token was sent it names the error; so has a 403."""
    error = "insufficient_scope" if answer.status == 403 else trial.error
    wanted = f'Bearer error="{error}"' if error else "Bearer, without error"
    if not answer.challenge:
        return Finding(MISSING, trial, f"{answer} without WWW-Authenticate", wanted, _CHALLENGE)
    shown = f"{answer} {answer.challenge}"[:160]
    try:
        scheme, parameters = parse_challenge(answer.challenge)
    except ValueError:
        return Finding(MALFORMED, trial, shown, wanted, _QUOTING)
    if scheme.lower() != "bearer":
        return Finding(MALFORMED, trial, shown, wanted, _CHALLENGE)
    said = parameters.get("error", "")
    if said != error and error != "invalid_request":  # a request that an API does not look into is one without a token
        return Finding(MALFORMED, trial, shown, wanted, _CHALLENGE if error else _NO_ERROR)
    if trial.scopes and not trial.scopes <= set(parameters.get("scope", "").split()):
        needed = " ".join(sorted(trial.scopes))
        return Finding(MALFORMED, trial, shown, f'{wanted}, scope="{needed}"', f'Name all that the operation needs: scope="{needed}".')
    return None
