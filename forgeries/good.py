"""Everything a good token is made of: each forgery starts here and changes one thing."""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm, get_default_algorithms

Caller = Literal["user", "machine"]


def base64url(octets: bytes) -> str:
    """Base64url without padding: RFC 7515 section 2."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def as_json(value: object) -> bytes:
    """`value` as the JSON text of a header or a claims set, without blanks."""
    return json.dumps(value, separators=(",", ":")).encode()


def hs256(secret: bytes, signing_input: str) -> bytes:
    """An HMAC with SHA-256. By hand: PyJWT refuses the very secrets that forgers use."""
    return hmac.digest(secret, signing_input.encode("ascii"), "sha256")


def with_changes(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`before` with `changes`; a change to None removes the member."""
    return {name: value for name, value in {**before, **changes}.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Good:
    """What one API's good token consists of, and what a forger has at hand.

    `claims` are those of a token that the API accepts; `now` is the time they were made at (seconds since 1970-01-01 UTC).
    `private_key` is the issuer's, known to the API under `kid` and pinned to RS256; `foreign_key` is the forger's own.
    `scopes_needed` are those of the operation that the token will be sent to: empty where an API has no scopes.
    `typ` is the profile: `at+jwt` (RFC 9068) or `JWT`. `other_audience` is another API of the same issuer.
    `machine_rule` says how the issuer marks machines: `auth0` by `gty` and `sub` = `<client_id>@clients`, `auth0-rfc9068` by
    that `sub` alone, `rfc9068` by `sub` = `client_id`, `entra` by `idtyp` = `app`, `keycloak:<claim>=<value>` by that claim.
    `scope_claim` holds the scopes.
    """

    claims: Mapping[str, Any]
    private_key: RSAPrivateKey
    kid: str
    foreign_key: RSAPrivateKey
    audience: str
    other_audience: str
    caller: Caller
    now: int
    scopes_needed: frozenset[str] = frozenset()
    typ: str = "at+jwt"
    machine_rule: str = "auth0"
    scope_claim: str = "scope"

    @property
    def header(self) -> dict[str, Any]:
        """The good header: `{"alg": "RS256", "typ": …, "kid": …}`."""
        return {"alg": "RS256", "typ": self.typ, "kid": self.kid}

    @property
    def issuer(self) -> str:
        """The good `iss`."""
        return str(self.claims["iss"])

    @property
    def client_id(self) -> str:
        """The application that the good token was issued to."""
        return str(self.claims.get("client_id") or self.claims.get("azp") or "some-client")

    @property
    def other_caller(self) -> dict[str, Any]:
        """The changes that make a machine's claims of a user's, and the other way round."""
        is_user = self.caller == "user"
        if self.machine_rule == "auth0":
            return {"sub": f"{self.client_id}@clients", "gty": "client-credentials"} if is_user else {"sub": "usr_123", "gty": None}
        if self.machine_rule == "auth0-rfc9068":
            return {"sub": f"{self.client_id}@clients" if is_user else "usr_123"}
        if self.machine_rule == "rfc9068":
            return {"sub": self.client_id if is_user else "usr_123"}
        if self.machine_rule == "entra":
            return {"idtyp": "app" if is_user else "user"}
        name, _, value = self.machine_rule.removeprefix("keycloak:").partition("=")
        return {name: value if is_user else None}

    def for_a_machine(self) -> "Good":
        """The same token, got by its application for itself."""
        return replace(self, claims=with_changes(self.claims, self.other_caller), caller="machine")

    def token(self, *, header: Mapping[str, Any] | None = None, key: RSAPrivateKey | None = None, **claims: Any) -> str:
        """A signed token with changes to `header` and `claims`; None removes a member. Without arguments: the good token."""
        return self.signed(as_json(with_changes(self.header, header or {})), as_json(with_changes(self.claims, claims)), key=key)

    def with_scope(self, value: object) -> str:
        """The good token with `value` where its scopes are read; None leaves them out."""
        return self.signed(as_json(self.header), as_json(with_changes(self.claims, {self.scope_claim: value})))

    def signed(self, header: bytes, claims: bytes, *, key: RSAPrivateKey | None = None, algorithm: str = "RS256") -> str:
        """Raw header and claims, signed with `key` (the issuer's, unless another is given)."""
        signing_input = f"{base64url(header)}.{base64url(claims)}"
        signature = get_default_algorithms()[algorithm].sign(signing_input.encode("ascii"), key or self.private_key)
        return f"{signing_input}.{base64url(signature)}"

    def with_hmac(self, secret: bytes, **claims: Any) -> str:
        """A token that says HS256 and is signed with `secret`, under the good key's `kid`."""
        header = with_changes(self.header, {"alg": "HS256"})
        signing_input = f"{base64url(as_json(header))}.{base64url(as_json(with_changes(self.claims, claims)))}"
        return f"{signing_input}.{base64url(hs256(secret, signing_input))}"

    def parts(self) -> tuple[str, str, str]:
        """The good token's header, claims and signature, each in base64url."""
        header, claims, signature = self.token().split(".")
        return header, claims, signature

    def public_bytes(self, encoding: Encoding, form: PublicFormat) -> bytes:
        """The issuer's public key as a file would hold it: everybody has it."""
        return self.private_key.public_key().public_bytes(encoding, form)

    def public_pem(self) -> bytes:
        """The issuer's public key as PEM, `-----BEGIN PUBLIC KEY-----`."""
        return self.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def public_jwk(self, key: RSAPrivateKey | None = None) -> dict[str, Any]:
        """The public half of `key` (the issuer's, unless another is given) as a JWK: RFC 7517 section 4."""
        jwk = RSAAlgorithm.to_jwk((key or self.private_key).public_key(), as_dict=True)
        return {"kty": "RSA", "kid": self.kid, "use": "sig", "alg": "RS256", "n": jwk["n"], "e": jwk["e"]}
