"""Every way in which a sign-in or another service fails Daybook, one class each; pages and commands say the same of it."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Service:
    """Another service as people meet it: its name, within a sentence too, its sign, its lines in the terminal, its setting."""

    name: str
    said: str
    sign: str
    log_prefix: str
    setting: str


AUTHORIZATION_SERVER = Service("Authorization server", "authorization server", "issuer", "authorization_server", "ISSUER")
CALENDAR_API = Service("Calendar API", "Calendar API", "api", "calendar_api", "CALENDAR_API_URL")
GEOCODING_API = Service("Geocoding API", "Geocoding API", "api", "geocoding_api", "GEOCODING_API_URL")
DAYBOOK = Service("Daybook", "Daybook", "application", "demo_client", "DEMO_CLIENT_URL")
SERVICES = {service.log_prefix: service for service in (AUTHORIZATION_SERVER, CALENDAR_API, GEOCODING_API, DAYBOOK)}


class Failure(Exception):
    """Something that Daybook cannot go on from. The texts hold code between backticks; `str()` is one line for a terminal.

    `status` is that of Daybook's own page about it, `label` the few words in red above the headline, `steps` what to do, in
    order, as (head, text), and `next_action` what the page's one button does: `retry`, `sign_in`, `sign_in_again`, `ask_again`,
    `this_week`, `back_to_the_event` or `home`. `client_id` is the application that is to sign in again, where it is not the usual one.
    """

    status: int = 502
    label: str
    headline: str
    lead: str
    service: Service = AUTHORIZATION_SERVER
    steps: tuple[tuple[str, str], ...] = ()
    next_action: str = "retry"
    client_id: str = ""

    def __str__(self) -> str:
        cures = " ".join(f"{head}{' ' if head.endswith('?') else ': '}{text}" for head, text in self.steps)
        return f"{self.headline}. {self.lead}{f' What to do: {cures}' if cures else ''}".replace("`", "")


class NoAnswer(Failure):
    """The service could not be reached, or was too slow."""

    status = 503
    label = "no answer"

    def __init__(self, service: Service, url: str, *, why: str) -> None:
        self.service, self.url = service, url
        self.headline = f"The {service.said} does not answer"
        self.lead = f"Daybook tried `{url}`: {why}."
        self.steps = (
            ("Look at the terminal of `make demo`", f"A line that starts with `{service.log_prefix}` says why it stopped."),
            ("Does it run somewhere else?", f"Set `{service.setting}` in `.env` and start again."),
        )


class UnusableAnswer(Failure):
    """The service answered, with something that Daybook cannot use: `what` says how the answer differs from the contract."""

    label = "unusable answer"

    def __init__(self, service: Service, url: str, *, what: str) -> None:
        self.service, self.url = service, url
        self.headline = f"The {service.said} answers something else than agreed"
        self.lead = f"`{url}` {what}."
        self.steps = (
            ("Is that the right address?", f"Compare `{service.setting}` in `.env` with where the {service.said} runs."),
            ("Look at the terminal of `make demo`", f"A line that starts with `{service.log_prefix}` says more."),
        )


class Refused(Failure):
    """An API said no and gave its reason as a problem (RFC 9457). `code` is the API's; `page` explains it, where there is one.

    `needed` are the scopes that the challenge asks for (RFC 6750 section 3.1), `errors` what is wrong with each field, if anything.
    """

    status = 403
    does: ClassVar[str] = "said no"

    def __init__(
        self, service: Service, url: str, *, http_status: int, problem: dict[str, Any], needed: frozenset[str] = frozenset()
    ) -> None:
        self.needed, self.errors = needed, _errors(problem)
        self.service, self.url, self.http_status = service, url, http_status
        self.code = _text(problem, "code") or "no code"
        self.page = _text(problem, "type")
        self.label = f"{http_status} {self.code}"
        self.headline = f"The {service.said} {self.does}"
        texts = [_text(problem, "title"), _text(problem, "detail"), *(f"{field}: {detail}" for field, detail in self.errors[:5])]
        self.lead = " ".join(_sentence(text) for text in texts if text) or f"`{url}` answered {http_status}."
        cure = _text(problem, "cure")
        self.steps = (("What the API advises", cure),) if cure else ()


class TokenRefused(Refused):
    """401: the API does not accept Daybook's ticket (access token), or no longer."""

    next_action = "sign_in_again"
    does = "does not accept Daybook’s ticket"


class TokenRequestRefused(Failure):
    """The token endpoint said no (RFC 6749 section 5.2). `error` is its code; `error_uri` leads to what helps, where there is one."""

    label = "no token"

    def __init__(self, url: str, *, client_id: str, http_status: int, answer: dict[str, Any]) -> None:
        self.url, self.http_status = url, http_status
        self.error = _text(answer, "error") or "no error code"
        self.error_uri = _text(answer, "error_uri")
        self.label = f"{http_status} {self.error}"
        self.headline = f"The authorization server gives {client_id} no token"
        self.lead = _sentence(_text(answer, "error_description") or f"`{url}` answered {http_status} {self.error}")
        self.steps = _what_to_do_about(self.error, client_id, "" if self.error_uri in self.lead else self.error_uri)


class AnswerRefused(TokenRequestRefused):
    """The code from the redirect was not taken: it is used up, too old, or for another application."""

    next_action = "sign_in_again"


class RefreshRefused(TokenRequestRefused):
    """The refresh token brought no new ticket. With `invalid_grant` it never will again: used twice, taken back, or too old."""

    def __init__(self, url: str, *, client_id: str, http_status: int, answer: dict[str, Any]) -> None:
        super().__init__(url, client_id=client_id, http_status=http_status, answer=answer)
        self.is_final = self.error == "invalid_grant"
        if self.is_final:
            self.status, self.client_id, self.next_action, self.steps = 403, client_id, "sign_in_again", ()
            self.headline = "There is no new ticket to your calendar"
            self.lead = (
                "The ticket (access token) has run out, and the authorization server does not take Daybook’s refresh token any more. "
                "Daybook has forgotten both, and has asked the calendar nothing."
            )


class StillRenewing(Failure):
    """Another request of this session asks for the new ticket, and has no answer yet."""

    service = DAYBOOK
    status = 503
    label = "still asking"
    headline = "Daybook is still asking for a new ticket"
    lead = "Another page of yours asks the authorization server for it (access token). A second question would use the refresh token twice."


class SecretMissing(Failure):
    """An application's secret is not set: only the demo has defaults."""

    status = 503
    label = "not configured"

    def __init__(self, client_id: str, setting: str) -> None:
        self.headline = f"Daybook has no secret for {client_id}"
        self.lead = "Without it the authorization server cannot know that it is Daybook that asks."
        self.steps = (("Give it one", f"Set `{setting}` in `.env`, or `DEMO_IDENTITIES=1` on a machine of your own, and start again."),)


class WrongPassword(Failure):
    """The sign-in form came back."""

    label = "not signed in"

    def __init__(self, username: str, url: str, http_status: int) -> None:
        self.headline = f"The authorization server did not sign {username} in"
        self.lead = f"Its sign-in page at `{url}` came back with status {http_status}."
        self.steps = (("Check name and password", "Name them with --as and --password; the demo's passwords are NAME-demo."),)


class UnknownMachine(Failure):
    """A client id of which the settings hold no secret."""

    label = "not configured"

    def __init__(self, client_id: str, known: tuple[str, ...]) -> None:
        self.headline = f"No secret is known for {client_id}"
        self.lead = f"The settings hold those of {' and '.join(known)}."


class AuthorizationRefused(Failure):
    """The authorization server sent an error instead of code or token (RFC 6749 section 4.1.2.1); `access_denied`: the person said no."""

    status = 403
    next_action = "ask_again"

    def __init__(self, error: str, description: str) -> None:
        self.error, self.description = error, description
        self.label = error
        if error == "access_denied":
            self.headline = "Daybook may not read your calendar"
            self.lead = "You did not allow it at the authorization server. Daybook has got nothing, and has asked the calendar nothing."
        else:
            self.headline = "The authorization server sent neither code nor ticket"
            self.lead = _sentence(description) if description else "It gave no reason."


class MoreRefused(AuthorizationRefused):
    """The person was asked for a further permission and said no. What she allowed before goes on."""

    next_action = "back_to_the_event"

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error, description)
        if error == "access_denied":
            self.headline = "Daybook may go on reading, and no more"
            self.lead = "You did not allow more at the authorization server. Nothing was changed, and nothing that you typed is lost."


class UnexpectedAnswer(Failure):
    """The redirect carries a `state` that this browser's Daybook does not wait for. RFC 9700 section 2.1: somebody else's answer."""

    service = DAYBOOK
    status = 400
    label = "unknown state"
    next_action = "sign_in_again"
    headline = "Daybook does not wait for this answer"
    lead = (
        "Its bookmark (`state`) was used before, is older than an hour, or was made for another browser. "
        "So Daybook did not use the answer: it could be somebody else’s sign-in."
    )


class WrongIssuer(Failure):
    """The redirect names another issuer than the one that was asked, or none. RFC 9207 section 2.4: a mix-up."""

    status = 400
    label = "wrong issuer"
    next_action = "sign_in_again"
    headline = "The answer is not from the authorization server that Daybook asked"

    def __init__(self, received: str | None, wanted: str) -> None:
        named = f"It names `{received[:80]}`" if received else "It names no issuer (`iss`)"
        self.lead = f"{named}; Daybook asked `{wanted}`. The code in it was not used."
        self.steps = (("Is it the same server under another name?", "Make `ISSUER` in `.env` equal its `iss`, the last slash included."),)


class NonceDiffers(Failure):
    """The ID token was made for another request. OpenID Connect Core section 3.1.3.7."""

    label = "nonce differs"
    next_action = "sign_in_again"
    headline = "The ID token belongs to another sign-in"
    lead = "Its `nonce` is not the one that Daybook sent. Nothing of the answer was kept."


class NotSignedIn(Failure):
    """There is no ticket in this session: never signed in, signed out, or the session ended."""

    service = DAYBOOK
    status = 403
    label = "no ticket"
    next_action = "sign_in"
    headline = "Nobody is signed in here"
    lead = "Daybook holds no ticket (access token) to a calendar in this browser’s session, so it asked the Calendar API nothing."


class TicketExpired(Failure):
    """The access token's life is over by its own `expires_in`; asking the API would only meet a 401."""

    service = DAYBOOK
    status = 403
    label = "expired"
    next_action = "sign_in_again"
    headline = "The ticket to your calendar has run out"
    lead = "Every ticket (access token) ends after a while. The authorization server gives Daybook a new one when you come by again."


class NoSuchApplication(Failure):
    """`?application=` is none of Daybook's."""

    service = DAYBOOK
    status = 400
    label = "no such application"
    headline = "Daybook is no such application"
    lead = "Its `application` is one of the client ids that it is registered under at the authorization server."
    next_action = "home"


class NoSuchWeek(Failure):
    """`?week=` is not an ISO week that the calendar has."""

    service = DAYBOOK
    status = 400
    label = "no such week"
    headline = "There is no such week"
    lead = "A week is written as in `2026-W48`: a year from 1971 to 2198 and the number of a week that this year has."
    next_action = "this_week"


class NoSuchMonth(NoSuchWeek):
    """`?month=` is not a month that the calendar has."""

    label = "no such month"
    headline = "There is no such month"
    lead = "A month is written as in `2026-11`: a year from 1971 to 2198 and a number from 01 to 12."


class NoSuchMessage(Failure):
    """No message of this session has this number: it is another browser's, or older than a day."""

    service = DAYBOOK
    status = 404
    label = "not here"
    headline = "This message is not here"
    lead = "What just happened is shown to the browser that it happened to, for 24 hours."
    next_action = "this_week"


def _text(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    return value[:500] if isinstance(value, str) else ""


def _errors(problem: dict[str, Any]) -> list[tuple[str, str]]:
    errors = problem.get("errors")
    listed = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return [(_text(error, "field"), _text(error, "detail")) for error in listed]


def _sentence(text: str) -> str:
    """`text` with a full stop, unless it ends in an address: there the stop would be copied along."""
    return text if text.endswith((".", "!", "?")) or "://" in text.rpartition(" ")[2] else f"{text}."


def _what_to_do_about(error: str, client_id: str, error_uri: str) -> tuple[tuple[str, str], ...]:
    if error_uri:
        return (("Ask for permission", f"The way to it starts at `{error_uri}` ."),)
    return {
        "invalid_client": (
            ("Compare the secret", f"The one set for `{client_id}` in `.env` must be the one that the authorization server knows."),
        ),
        "invalid_grant": (("Sign in again", "A code is good once, for 60 seconds."),),
        "invalid_target": (
            ("Compare the audience", "`CALENDAR_AUDIENCE` and `GEOCODING_AUDIENCE` must be those of the APIs at the authorization server."),
        ),
    }.get(error, ())
