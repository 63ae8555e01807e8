"""ID tokens sent to an API: same issuer, same key, but written for the application about its user.

Step 3 names them, also where their `typ` would already have ended step 1: a caller who mixes up the two tokens must learn that.
"""

from functools import partial
from typing import Any

from forgeries.forgery import Forgery
from forgeries.good import Good

_CURE = "Send the access token. An API: check typ and aud, and say by name that this is an ID token (nonce, at_hash, aud of a client)."

_id_token_refused = partial(Forgery, step=3, code="id_token_refused", cure=_CURE)


def _id_token(good: Good, *, typ: str | None, **claims: Any) -> str:
    """An ID token of the good token's user (OpenID Connect Core 1.0 section 2)."""
    about_the_sign_in = {"aud": good.client_id, "auth_time": good.now, "scope": None, "client_id": None, "jti": None, "gty": None}
    return good.token(header={"typ": typ}, **{**about_the_sign_in, **claims})


FORGERIES = (
    _id_token_refused(
        id="id-token",
        name="ID token",
        changed="Instead of the access token, the ID token was sent: made for the application, about the person.",
        source="auth0-samples/auth0-python-api-samples issue 13; RFC 9068 section 4",
        make=lambda good: _id_token(good, typ=good.typ, nonce="n-0S6_WzA2Mj", at_hash="77QmUPtjPfzWtF2AnpK9RQ"),
    ),
    _id_token_refused(
        id="id-token-with-at-hash-alone",
        name="ID token with only an at_hash",
        changed="An ID token without nonce was sent; at_hash gives it away.",
        source="OpenID Connect Core 1.0 section 3.1.3.6",
        make=lambda good: _id_token(good, typ=good.typ, at_hash="77QmUPtjPfzWtF2AnpK9RQ"),
    ),
    _id_token_refused(
        id="id-token-for-our-audience",
        name="ID token that names our audience",
        changed="An ID token whose aud lists the application and this API, as some issuers can be made to write it.",
        source="RFC 9068 section 5",
        make=lambda good: _id_token(good, typ=good.typ, aud=[good.client_id, good.audience], nonce="n-0S6_WzA2Mj"),
    ),
    _id_token_refused(
        id="id-token-typ-jwt",
        name="ID token of type JWT",
        changed="The ID token was sent as most issuers write it, with typ JWT.",
        source="auth0/nextjs-auth0 issue 613; RFC 9068 section 4",
        make=lambda good: _id_token(good, typ="JWT", nonce="n-0S6_WzA2Mj", at_hash="77QmUPtjPfzWtF2AnpK9RQ"),
    ),
    _id_token_refused(
        id="id-token-by-its-audience",
        name="ID token without marks",
        changed="An ID token without nonce and at_hash was sent; that aud is the application itself gives it away.",
        source="OpenID Connect Core 1.0 section 2",
        make=lambda good: _id_token(good, typ=good.typ),
    ),
)
