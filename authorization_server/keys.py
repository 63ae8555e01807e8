"""The keys that tokens are signed with: made, encrypted at rest, published, rotated, and kept ready in this process.

An API that is set to HS256 has a secret of its own instead, which is stored in the same way and never published.
"""

import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from authorization_server.models.apis import Api, SignedWith
from authorization_server.models.signing_keys import Algorithm, KeyState, SigningKey
from authorization_server.remembered import remembered

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class NoUsableKey(Exception):
    """There is no key to sign with, or it cannot be decrypted; the text names the cure."""


@dataclass(frozen=True)
class Signer:
    """What signing takes: the key's id (a shared secret has none), its algorithm and the private key or the secret itself."""

    kid: str
    algorithm: str
    key: PrivateKey | str


def public_jwks() -> dict[str, Any]:
    """The JWK set (RFC 7517 section 5) of the next, the current and the previous keys."""
    return {"keys": list(SigningKey.objects.published().values_list("public_jwk", flat=True))}


def signer_for(api: Api) -> Signer:
    """What tokens for this API are signed with: its shared secret, or the current key. Raises `NoUsableKey`."""
    if api.signed_with != SignedWith.SHARED_SECRET:
        return current_signer()
    secret = _decrypted(api.shared_secret_encrypted, settings.SIGNING_KEYS_ENCRYPTION_KEY, f"The secret shared with {api.audience}")
    return Signer("", "HS256", secret.decode())


def set_new_shared_secret(api: Api) -> str:
    """Give the API a fresh HS256 secret of 256 random bits (RFC 7518 section 3.2 asks for no less) and return it. Does not save."""
    api.fresh_secret = secrets.token_urlsafe(32)
    api.shared_secret_encrypted = Fernet(settings.SIGNING_KEYS_ENCRYPTION_KEY).encrypt(api.fresh_secret.encode()).decode()
    return api.fresh_secret


def current_signer() -> Signer:
    """The current key, ready to sign. At most one query; decrypted once per process; a rotation takes effect at once.

    Raises `NoUsableKey`.
    """
    current = _current()
    if current is None:
        raise NoUsableKey("There is no current signing key. Cure: run `python manage.py create_signing_keys`.")
    private_key = _private_key(current.private_key_encrypted, settings.SIGNING_KEYS_ENCRYPTION_KEY)
    return Signer(current.kid, current.algorithm, private_key)


@transaction.atomic
def create_missing(algorithm: str | None = None) -> list[SigningKey]:
    """Create the current and the next key where there is none; return the new ones.

    Without `algorithm` they are of the kind of the current one.
    """
    existing = set(SigningKey.objects.values_list("state", flat=True))
    missing = [state for state in (KeyState.CURRENT, KeyState.NEXT) if state not in existing]
    return [_create(state, algorithm or _algorithm_in_use()) for state in missing]


@transaction.atomic
def rotate(algorithm: str | None = None) -> SigningKey:
    """Sign with the next key from now on, keep the current one published as previous, create a new next one.

    Returns the key that signs now. Without `algorithm` the new one is of the kind of the current one.
    """
    algorithm = algorithm or _algorithm_in_use()
    create_missing(algorithm)
    now = timezone.now()
    SigningKey.objects.filter(state=KeyState.CURRENT).update(state=KeyState.PREVIOUS, state_changed_at=now)
    SigningKey.objects.filter(state=KeyState.NEXT).update(state=KeyState.CURRENT, state_changed_at=now)
    _create(KeyState.NEXT, algorithm)
    return SigningKey.objects.get(state=KeyState.CURRENT)


@transaction.atomic
def revoke(kid: str) -> SigningKey:
    """In an emergency: publish this key no more, so that what it signed is refused as soon as an API reads the keys anew.

    The next key takes a revoked current one's place at once. Raises `SigningKey.DoesNotExist` for one that is unknown or revoked.
    """
    key = SigningKey.objects.published().get(kid=kid)
    SigningKey.objects.filter(pk=key.pk).update(state=KeyState.REVOKED, state_changed_at=timezone.now())
    if key.state == KeyState.CURRENT:
        SigningKey.objects.filter(state=KeyState.NEXT).update(state=KeyState.CURRENT, state_changed_at=timezone.now())
    create_missing()
    key.refresh_from_db()
    return key


def new_private_key(algorithm: str) -> PrivateKey:
    """A fresh private key: RSA with 2048 bits for RS256, P-256 for ES256."""
    if algorithm == Algorithm.ES256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@remembered
def _current() -> SigningKey | None:
    return SigningKey.objects.filter(state=KeyState.CURRENT).first()


def _algorithm_in_use() -> str:
    return SigningKey.objects.filter(state=KeyState.CURRENT).values_list("algorithm", flat=True).first() or Algorithm.RS256


def _create(state: KeyState, algorithm: str) -> SigningKey:
    private_key = new_private_key(algorithm)
    kid = secrets.token_hex(8)
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey.objects.create(
        kid=kid,
        algorithm=algorithm,
        state=state,
        private_key_encrypted=Fernet(settings.SIGNING_KEYS_ENCRYPTION_KEY).encrypt(pem).decode(),
        public_jwk=_public_jwk(private_key, kid, algorithm),
    )


def _public_jwk(private_key: PrivateKey, kid: str, algorithm: str) -> dict[str, Any]:
    public_key = private_key.public_key()
    if isinstance(public_key, rsa.RSAPublicKey):
        jwk = RSAAlgorithm.to_jwk(public_key, as_dict=True)
    else:
        jwk = ECAlgorithm.to_jwk(public_key, as_dict=True)
    return {name: value for name, value in jwk.items() if name != "key_ops"} | {"kid": kid, "use": "sig", "alg": algorithm}


@lru_cache(maxsize=8)
def _private_key(private_key_encrypted: str, encryption_key: str) -> PrivateKey:
    private_key = load_pem_private_key(_decrypted(private_key_encrypted, encryption_key, "The current signing key"), password=None)
    if not isinstance(private_key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise NoUsableKey("The current signing key is of a kind that is not used here. Cure: rotate the keys.")
    return private_key


@lru_cache(maxsize=64)
def _decrypted(encrypted: str, encryption_key: str, what: str) -> bytes:
    try:
        return Fernet(encryption_key).decrypt(encrypted.encode())
    except (InvalidToken, ValueError) as error:
        cure = "Cure: set SIGNING_KEYS_ENCRYPTION_KEY to the value that it was encrypted with, or create a new one."
        raise NoUsableKey(f"{what} cannot be decrypted. {cure}") from error
