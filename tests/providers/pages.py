"""The settings that docs/providers/ tells people to write, and an issuer that publishes keys and signs as that provider does."""

import ast
import re
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

PAGES = Path(__file__).resolve().parents[2] / "docs" / "providers"


def settings_of(page: str) -> list[dict[str, Any]]:
    """Each `ACCESS_TOKENS` on a page, in order."""
    blocks = re.findall(r"```python\nACCESS_TOKENS = (.*?)```", (PAGES / f"{page}.md").read_text(), flags=re.DOTALL)
    return [ast.literal_eval(block) for block in blocks]


def environment_of(page: str) -> dict[str, str]:
    """The variables of a page's `sh` block."""
    (block,) = re.findall(r"```sh\n(.*?)```", (PAGES / f"{page}.md").read_text(), flags=re.DOTALL)
    return dict(line.split("=", 1) for line in block.splitlines())


class Provider:
    """Signs with RS256; `jwk` is what is added to its published key, `header` to its tokens' headers."""

    def __init__(self, *, header: dict[str, Any], jwk: dict[str, Any]) -> None:
        self.header, self.jwk = header, jwk

    def key_set(self) -> dict[str, Any]:
        """Its JWKS."""
        key = jwt.algorithms.RSAAlgorithm.to_jwk(_KEY.public_key(), as_dict=True)
        return {"keys": [{"kty": "RSA", "n": key["n"], "e": key["e"], "kid": "the-kid", **self.jwk}]}

    def token(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        """`claims`, signed; a claim that is None is left out."""
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(present, _KEY, algorithm="RS256", headers={"kid": "the-kid", **self.header, **(header or {})})


_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
