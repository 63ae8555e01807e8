# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""A key that one issuer and one API share (HS256), for issuers that sign so; leave this file out otherwise."""

from collections.abc import Mapping

import jwt

from access_tokens.keys import KeySource


class SymmetricKey(KeySource):
    """One secret. Whoever verifies with it can sign with it too: a secret of its own for each API, never published as a JWK."""

    def __init__(self, secret: str) -> None:
        if len(secret.encode()) < 32:
            raise ValueError("an HS256 key needs at least 32 bytes (RFC 7518 section 3.2)")
        self._key = jwt.PyJWK({**jwt.algorithms.HMACAlgorithm.to_jwk(secret, as_dict=True), "alg": "HS256"})

    def load(self) -> Mapping[str, jwt.PyJWK]:
        """The one key; no `kid` is needed to find it."""
        return {"": self._key}

    def find(self, kid: object) -> jwt.PyJWK:
        """The one key, whatever `kid` says."""
        return self._key
