"""Story 1 goes on while nobody is there to ask: the application trades its refresh token for a new access token (RFC 6749 section 6).

Read next: `demo_client/tickets.py`, which sees to it that each is traded once.
"""

from demo_client.exchanges import Recorder
from demo_client.failures import RefreshRefused
from demo_client.flows.token_answer import TokenAnswer, ask_with_secret


def refresh(refresh_token: str, *, client_id: str, recorder: Recorder) -> TokenAnswer:
    """A new access token, and with it the next refresh token. Raises what `ask_with_secret` raises, with `RefreshRefused`."""
    recorder.known_secrets += (refresh_token,)
    offered = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    meaning = "Daybook trades its refresh token for a new ticket (access token)."
    return ask_with_secret(offered, client_id=client_id, refusal=RefreshRefused, recorder=recorder, meaning=meaning, kind="refresh")
