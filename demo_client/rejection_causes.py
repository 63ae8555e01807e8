"""Why an API answers with a rejection: the three commonest causes, the cure at each provider, and one exchange as it was captured.

A file each for a code in `demo_client/rejections/`: `<code>.toml` is written by people, `<code>.txt` by the running APIs.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "rejections"
PROVIDERS = {"django": "Your API, in Django", "auth0": "Auth0", "keycloak": "Keycloak", "entra_id": "Microsoft Entra ID"}
TERSE = "\n---- the same where rejections are not explained ----\n\n"


@dataclass(frozen=True)
class Cause:
    """What is wrong in a few words, how that comes about, and where it is known from: a thread's address, an RFC section, or nothing."""

    is_: str
    how: str
    source: str = ""

    @property
    def is_a_thread(self) -> bool:
        """Whether the source is an address."""
        return self.source.startswith("https://")


@dataclass(frozen=True)
class Explanation:
    """What the page of one code says. `exchange` is a request with its answer as text, `terse` the answer where nothing is explained."""

    causes: tuple[Cause, ...]
    cures: tuple[tuple[str, str], ...]
    exchange: str
    terse: str


@lru_cache(maxsize=64)
def explanation(code: str) -> Explanation:
    """That of `code`, one of `access_tokens.rejections.ALL`."""
    written = tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    causes = tuple(Cause(cause["is"], cause["how"], cause.get("source", "")) for cause in written["causes"])
    cures = tuple((title, written["cures"][provider]) for provider, title in PROVIDERS.items())
    exchange, _, terse = (FOLDER / f"{code}.txt").read_text(encoding="utf-8").partition(TERSE)
    return Explanation(causes, cures, exchange, terse)
