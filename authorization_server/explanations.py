"""An authorization request parameter by parameter, in plain words: the fold on the pages for signing in and for consent."""

from dataclasses import dataclass

from authorization_server.authorization_requests import AuthorizationRequest
from authorization_server.prompts import Prompt

LONGEST_SHOWN = 24


@dataclass(frozen=True)
class Explained:
    """One parameter as it arrived, shortened in the middle, and what it says."""

    name: str
    value: str
    meaning: str


def explain(asked: AuthorizationRequest) -> list[Explained]:
    """The request's parameters: first those that everybody should know, in the order in which they make sense, then the rest."""
    application, api, values = asked.application.name, asked.api.name, asked.parameters.data
    locks = values["response_type"] == "code"
    meanings = {
        "client_id": f"Who asks: the application “{application}”.",
        "redirect_uri": f"Where the answer goes. Registered for {application}, compared letter by letter.",
        "audience": f"Which API the ticket is for: the {api}, no other.",
        "resource": f"Which API the ticket is for, by its address: the {api}, no other.",
        "scope": f"What {application} wants to do there.",
        "response_type": _RESPONSE_TYPES[values["response_type"]],
        "response_mode": "In which part of the address the answer stands: there is one choice for each response_type.",
        "prompt": " ".join(_PROMPTS[prompt] for prompt in Prompt if prompt in asked.prompts),
        "max_age": f"{application} wants a sign-in that is at most this many seconds old; an older one is asked for again.",
        "login_hint": f"Whom {application} expects. It fills in the user name, and proves nothing.",
        "code_challenge": f"A lock that only {application} can open later (PKCE)." if locks else "There is no code for it to lock.",
        "state": f"{application}’s bookmark: it must come back unchanged.",
        "nonce": "A mark of this one request, for an ID token. None is asked for, so nobody reads it.",
    }
    known = [Explained(name, _shown(name, values), meaning) for name, meaning in meanings.items() if name in values]
    read = {*meanings, *(["code_challenge_method"] if "code_challenge" in values else [])}
    return known + [Explained(name, _shortened(value), "Nothing here reads it.") for name, value in values.items() if name not in read]


_RESPONSE_TYPES = {
    "code": "Answer with a code, not with the ticket itself.",
    "token": "Answer with the ticket itself, in the part of the address behind #.",
}
_PROMPTS = {
    Prompt.NONE: "Show no page: answer at once, or say that a page would be needed.",
    Prompt.LOGIN: "Ask who it is, even when somebody is signed in.",
    Prompt.CONSENT: "Ask for permission, even when nothing is new.",
}


def _shown(name: str, values: dict[str, str]) -> str:
    if name in {"code_challenge", "state", "nonce"}:
        shortened = _shortened(values[name])
        method = values.get("code_challenge_method") if name == "code_challenge" else ""
        return f"{shortened} ({method})" if method else shortened
    return values[name]


def _shortened(value: str) -> str:
    return value if len(value) <= LONGEST_SHOWN else f"{value[:11]}…{value[-6:]}"
