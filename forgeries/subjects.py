"""Tokens that leave open for whom, through which application, or under which number they were issued. Step 3."""

from functools import partial

from forgeries.forgery import AppliesTo, Forgery

_missing = partial(Forgery, step=3, code="missing_claim")
_invalid = partial(Forgery, step=3, code="invalid_claim")

_REQUIRE = "Require the claim: RFC 9068 section 2.2 lists those that every access token has."
_TEXT = "Take only a text with letters in it; a name that is compared or stored must not be a number, a list or empty."
_NO_CONTROLS = "Refuse names with control characters and lone surrogates, before they reach a database or a log."
_PROOF = "Refuse a token that is bound to a key (cnf), unless you check the proof that must come with it."

FORGERIES = (
    _missing(
        id="sub-missing",
        name="No subject",
        changed="sub was left out: the token is nobody's.",
        source="RFC 9068 section 2.2",
        cure=_REQUIRE,
        make=lambda good: good.token(sub=None),
    ),
    _invalid(
        id="sub-empty",
        name="Empty subject",
        changed="sub is a text without letters.",
        source="RFC 7519 section 4.1.2",
        cure=_TEXT,
        make=lambda good: good.token(sub=""),
    ),
    _invalid(
        id="sub-a-number",
        name="Subject is a number",
        changed="sub is a number, which a database may compare as equal to other texts.",
        source="RFC 7519 section 4.1.2",
        cure=_TEXT,
        make=lambda good: good.token(sub=123),
    ),
    _invalid(
        id="sub-a-list",
        name="Two subjects in a list",
        changed="sub is a list of two persons.",
        source="CVE-2026-75509 (joserfc)",
        cure=_TEXT,
        make=lambda good: good.token(sub=[good.claims["sub"], "usr_456"]),
    ),
    _invalid(
        id="sub-with-nul",
        name="Subject with a zero byte",
        changed="A character NUL was put behind sub, at which some programs stop reading and others fail.",
        source="RFC 8725 section 3.10",
        cure=_NO_CONTROLS,
        make=lambda good: good.token(sub=f"{good.claims['sub']}\0x"),
    ),
    _invalid(
        id="sub-with-half-a-character",
        name="Subject with half a character",
        changed="Half of a surrogate pair was put behind sub: JSON can write it, UTF-8 cannot.",
        source="RFC 8259 section 8.2",
        cure=_NO_CONTROLS,
        make=lambda good: good.token(sub=f"{good.claims['sub']}\ud800"),
    ),
    _missing(
        id="client-id-missing",
        name="No application",
        changed="client_id was left out, so nobody can say through which application the token came.",
        source="RFC 9068 section 2.2",
        cure=_REQUIRE,
        make=lambda good: good.token(client_id=None),
        applies_to=AppliesTo.RFC_9068_APIS,
    ),
    _invalid(
        id="client-id-a-list",
        name="Two applications",
        changed="client_id is a list of two applications.",
        source="RFC 8693 section 4.3",
        cure=_TEXT,
        make=lambda good: good.token(client_id=[good.client_id, "other"]),
        applies_to=AppliesTo.RFC_9068_APIS,
    ),
    _missing(
        id="jti-missing",
        name="No number of its own",
        changed="jti was left out: no log can name this token without printing it.",
        source="RFC 9068 section 2.2",
        cure=_REQUIRE,
        make=lambda good: good.token(jti=None),
        applies_to=AppliesTo.RFC_9068_APIS,
    ),
    _invalid(
        id="jti-a-number",
        name="jti is a number",
        changed="jti is a number instead of text.",
        source="RFC 7519 section 4.1.7",
        cure=_TEXT,
        make=lambda good: good.token(jti=7),
        applies_to=AppliesTo.RFC_9068_APIS,
    ),
    _invalid(
        id="cnf-dpop",
        name="Bound to a key (DPoP)",
        changed="cnf says that the token is worth something only together with a proof, and no proof was sent: it may be stolen.",
        source="RFC 9449 section 6.1; RFC 7800 section 3.1",
        cure=_PROOF,
        make=lambda good: good.token(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}),
    ),
    _invalid(
        id="cnf-certificate",
        name="Bound to a certificate (mutual TLS)",
        changed="cnf says that the token is worth something only over a connection with the client's certificate, and there is none.",
        source="RFC 8705 section 3.1",
        cure=_PROOF,
        make=lambda good: good.token(cnf={"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}),
    ),
    _invalid(
        id="cnf-kid",
        name="Bound to a key by its name",
        changed="cnf names a key that the two know; whoever sends the token must prove to have it.",
        source="RFC 7800 section 3.4",
        cure=_PROOF,
        make=lambda good: good.token(cnf={"kid": "dfd1aa97-6d8d-4575-a0fe-34b96de2bfad"}),
    ),
    _invalid(
        id="cnf-address",
        name="Bound to a key at an address",
        changed="cnf says at which address the key can be fetched: never to be followed.",
        source="RFC 7800 section 3.5; RFC 8725 section 3.10",
        cure=_PROOF,
        make=lambda good: good.token(cnf={"jku": "https://forger.example/keys.json", "kid": "one"}),
    ),
)
