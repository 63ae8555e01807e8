"""An authorization request parameter by parameter, in plain words: the fold on the consent page where explaining is on."""

from dataclasses import dataclass

from authorization_server.authorization_requests import AuthorizationRequest

LONGEST_SHOWN = 24


@dataclass(frozen=True)
class Explained:
    """One parameter as it arrived, shortened in the middle, and what it says."""

    name: str
    value: str
    meaning: str


def explain(asked: AuthorizationRequest) -> list[Explained]:
    """The request's parameters: first those that everybody should know, in the order in which they make sense, then the rest."""
    application, api = asked.application.name, asked.api.name
    meanings = {
        "client_id": f"Who asks: the application “{application}”.",
        "redirect_uri": f"Where the answer goes. Registered for {application}, compared letter by letter.",
        "audience": f"Which API the ticket is for: the {api}, no other.",
        "resource": f"Which API the ticket is for, by its address: the {api}, no other.",
        "scope": f"What {application} wants to do there.",
        "response_type": "Answer with a code, not with the ticket itself.",
        "code_challenge": f"A lock that only {application} can open later (PKCE).",
        "state": f"{application}’s bookmark: it must come back unchanged.",
        "nonce": "A mark of this one request, for an ID token.",
    }
    values = asked.parameters.data
    known = [Explained(name, _shown(name, values), meaning) for name, meaning in meanings.items() if name in values]
    others = [Explained(name, _shortened(value), "Nothing here reads it.") for name, value in values.items() if name not in _SHOWN_ABOVE]
    return known + others


_SHOWN_ABOVE = frozenset(
    [
        "client_id",
        "redirect_uri",
        "audience",
        "resource",
        "scope",
        "response_type",
        "code_challenge",
        "code_challenge_method",
        "state",
        "nonce",
    ]
)


def _shown(name: str, values: dict[str, str]) -> str:
    if name in {"code_challenge", "state", "nonce"}:
        shortened = _shortened(values[name])
        return f"{shortened} ({values['code_challenge_method']})" if name == "code_challenge" else shortened
    return values[name]


def _shortened(value: str) -> str:
    return value if len(value) <= LONGEST_SHOWN else f"{value[:11]}…{value[-6:]}"
