"""Story 2, server to server: an application gets a token with its own credentials, and keeps it until it ends (RFC 6749 section 4.4).

Read next: `docs/what-this-does-not-do.md`, the limits of all this.
"""

import threading
import time
from dataclasses import dataclass, field

import requests
from django.conf import settings

from demo_client.discovery import issuer_metadata
from demo_client.exchanges import Recorder
from demo_client.failures import AUTHORIZATION_SERVER, SecretMissing, UnknownMachine
from demo_client.flows.audiences import naming
from demo_client.flows.token_answer import TokenAnswer, token_answer

_EARLY_SECONDS = 30  # a token that ends while it travels is of no use; of a short life, a tenth


@dataclass(frozen=True)
class MachineClient:
    """An application that acts for itself: its credentials at the authorization server, and the setting that holds its secret."""

    client_id: str
    client_secret: str = field(repr=False)
    setting: str


def machine_client(client_id: str) -> MachineClient:
    """The machine with this client id: Daybook's backend, or one that nobody has approved. Raises `UnknownMachine` for any other."""
    known = {
        settings.GEOCODING_BACKEND_CLIENT_ID: (settings.GEOCODING_BACKEND_CLIENT_SECRET, "GEOCODING_BACKEND_CLIENT_SECRET"),
        settings.UNAPPROVED_BACKEND_CLIENT_ID: (settings.UNAPPROVED_BACKEND_CLIENT_SECRET, "UNAPPROVED_BACKEND_CLIENT_SECRET"),
    }
    if client_id not in known:
        raise UnknownMachine(client_id, tuple(known))
    return MachineClient(client_id, *known[client_id])


def request_token(client: MachineClient, *, audience: str, recorder: Recorder) -> TokenAnswer:
    """`POST /oauth/token` with the document's JSON body:

        {"grant_type": "client_credentials", "client_id": "…", "client_secret": "…", "audience": "https://api.example.com/geocoding/v1/"}

    Where the issuer has another way to name an API (`AUDIENCE_PARAMETER`), the same as a form: RFC 6749 section 4.4.2.
    Raises `SecretMissing`, `NoAnswer`, `UnusableAnswer`, and `TokenRequestRefused`: `access_denied` where no client grant allows it.
    """
    if not client.client_secret:
        raise SecretMissing(client.client_id, client.setting)
    recorder.known_secrets += (client.client_secret,)
    endpoint = issuer_metadata(recorder).token_endpoint
    body = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": client.client_secret, **naming(audience)}
    as_the_document = settings.AUDIENCE_PARAMETER == "audience"
    request = requests.Request("POST", endpoint, json=body) if as_the_document else requests.Request("POST", endpoint, data=body)
    meaning = f"{client.client_id} asks for a ticket of its own (access token), with its own secret."
    answer = recorder.send(request, AUTHORIZATION_SERVER, meaning=meaning, is_of_a_machine=True, kind="machine-token")
    return token_answer(answer, endpoint, client_id=client.client_id)


class MachineTokens:
    """The access tokens that this process holds as a machine, each kept until shortly before it ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], tuple[float, TokenAnswer]] = {}
        self._asking: dict[tuple[str, str, str], threading.Lock] = {}

    def token_for(self, client: MachineClient, *, audience: str, recorder: Recorder) -> TokenAnswer:
        """The kept token, or a new one: however many threads need it, one asks and the others wait for its answer."""
        name = (settings.ISSUER, client.client_id, audience)
        with self._lock:
            asking = self._asking.setdefault(name, threading.Lock())
        with asking:
            until, kept = self._kept.get(name, (0.0, None))
            if kept and time.time() < until:
                return kept
            asked = time.time()
            answer = request_token(client, audience=audience, recorder=recorder)
            with self._lock:
                self._kept[name] = (asked + answer.expires_in - min(_EARLY_SECONDS, answer.expires_in / 10), answer)
            return answer

    def forget(self, answer: TokenAnswer) -> None:
        """An API refused this token: the next call asks for another, unless a thread has already."""
        with self._lock:
            self._kept = {name: (until, kept) for name, (until, kept) in self._kept.items() if kept is not answer}

    def forget_all(self) -> None:
        """Every next call asks for another token."""
        with self._lock:
            self._kept = {}


TOKENS = MachineTokens()
