# Four Checks, access_tokens 0.2.0, MIT licence. Is your copy out of date? Compare this version with the original's.
"""Every reason to refuse a request for its access token, one class each; callers rely on class and `code`, never on the text.

Read next: `access_tokens/permissions.py`, step 4.
"""

ALL: "dict[str, type[Rejection]]" = {}  # by code


class Rejection(Exception):
    """A request was refused. `detail` says in ASCII what was found and what was wanted; `check` names the claim or header member.

    `step` is one of the four or None, `source` is where the rule is written, `cure` is for the developer of the client.
    """

    status, code, title, source, cure, detail = 0, "", "", "", "", ""
    step: int | None = None
    check: str | None = None

    def __init__(self, detail: str, **attributes: object) -> None:
        super().__init__(detail)
        self.__dict__.update(attributes, detail=detail)

    def __init_subclass__(cls, **attributes: object) -> None:
        for name, value in attributes.items():
            setattr(cls, name, value)
        ALL[cls.code] = cls


def shown(value: object) -> str:
    """A value out of a token, fit for logs, headers and pages: at most 80 printable ASCII characters."""
    if isinstance(value, dict) or (isinstance(value, list) and not all(isinstance(member, str) for member in value)):
        return f"a {type(value).__name__}"  # never printed whole: a deep value would exhaust the stack
    return text if len(text := ascii(value)) <= 80 else f"{text[:77]}..."


# fmt: off
class InvalidToken(Rejection, status=401, code="invalid_token", source="RFC 6750 section 3.1"):  # unexplained, it is all that is told
    title, cure = "The access token is not valid", "Ask the authorization server for a new access token for this API."
class MalformedToken(InvalidToken, code="malformed_token", step=1, check="format", source="RFC 7519 section 7.2"):
    title, cure = "Access token malformed", "Send the token as it was given out; it is a JWT only when an API's audience was asked for."
class TokenTooLarge(InvalidToken, code="token_too_large", step=1, check="size", source="RFC 7519 section 11.1"):
    title, cure = "Access token too large", "Have the authorization server put fewer claims into access tokens; 8 KiB are read."
class UnsignedToken(InvalidToken, code="unsigned_token", step=1, check="alg", source="RFC 8725 section 3.2"):
    title, cure = "Access token not signed", "Send a token that the authorization server signed: an unsigned one anybody can write."
class ForbiddenHeader(InvalidToken, code="forbidden_header", step=1, check="header", source="RFC 8725 section 3.10"):
    title, cure = "Access token brings its own keys or rules", "Send a token without crit, jwk, jku, x5u and x5c in its header."
class WrongType(InvalidToken, code="wrong_type", step=1, check="typ", source="RFC 9068 section 4, RFC 8725 section 3.11"):
    title, cure = "Not the type of an access token", "Send an access token; if this is one, allow its type in the API's settings."
class UnknownKey(InvalidToken, code="unknown_key", step=2, check="kid", source="RFC 7515 section 4.1.4"):
    title, cure = "Signed with a key that the issuer does not publish", "Ask for a new access token: the issuer may have changed its keys."
class WrongAlgorithm(InvalidToken, code="wrong_algorithm", step=2, check="alg", source="RFC 8725 sections 2.1 and 3.1"):
    title, cure = "Signed with another algorithm than agreed", "Send a token signed with the algorithm that the API's settings name."
class BadSignature(InvalidToken, code="bad_signature", step=2, check="signature", source="RFC 7515 section 5.2"):
    title, cure = "Signature does not match", "Send the token unchanged: one other letter breaks its signature, and only a new token helps."
class TokenExpired(InvalidToken, code="token_expired", step=3, check="exp", source="RFC 7519 section 4.1.4"):
    title, cure = "Access token expired", "Ask the authorization server for a new access token; if this one is new, compare the clocks."
class TokenNotYetValid(InvalidToken, code="token_not_yet_valid", step=3, check="nbf", source="RFC 7519 sections 4.1.5 and 4.1.6"):
    title, cure = "Access token not valid yet", "Compare the clocks of the authorization server and of this API, or wait."
class WrongIssuer(InvalidToken, code="wrong_issuer", step=3, check="iss", source="RFC 9068 section 4"):
    title, cure = "Issued by somebody else", "Ask the issuer that this API trusts; its setting must equal iss exactly, last slash included."
class WrongAudience(InvalidToken, code="wrong_audience", step=3, check="aud", source="RFC 9068 section 4"):
    title, cure = "Access token is for another API", "Ask the authorization server for a token with this API's audience."
class MissingClaim(InvalidToken, code="missing_claim", step=3, check="claims", source="RFC 9068 section 2.2"):
    title, cure = "Access token lacks a claim", "Have the authorization server put the claim into its access tokens."
class InvalidClaim(InvalidToken, code="invalid_claim", step=3, check="claims", source="RFC 7519 section 4.1"):
    title, cure = "Access token has an unusable claim", "Have the authorization server write the claim as its standard says."
class IdTokenRefused(InvalidToken, code="id_token_refused", step=3, check="aud", source="OpenID Connect Core section 2"):
    title, cure = "This is an ID token, not an access token", "Send the access_token of the token answer instead of its id_token."
class InsufficientScope(Rejection, status=403, code="insufficient_scope", step=4, check="scope", source="RFC 6750 section 3.1"):
    title, cure = "A permission (scope) is missing", "Ask for the missing scope, and call again with the new access token."
    needed: frozenset[str] = frozenset()  # all that the operation needs
class MachineTokenRefused(Rejection, status=403, code="machine_token_refused", step=4, check="sub", source="RFC 9068 section 5"):
    title, cure = "This API is for users, the token is a machine's", "Let a user sign in, and call with that user's access token."
class UserTokenRefused(Rejection, status=403, code="user_token_refused", step=4, check="sub", source="RFC 9068 section 5"):
    title, cure = "This API is for machines, the token is a user's", "Call from a backend, with a token got by its own credentials."
class MissingToken(Rejection, status=401, code="missing_token", source="RFC 6750 section 3"):
    title, cure = "No access token was sent", "Send the header Authorization: Bearer <access token>."
class InvalidRequest(Rejection, status=400, code="invalid_request", source="RFC 6750 section 3.1"):
    title, cure = "The access token was sent in a wrong way", "Send one header, Authorization: Bearer <access token>, and nothing else."
class KeysUnavailable(Rejection, status=503, code="keys_unavailable", source="RFC 9110 section 15.6.4"):
    title, cure = "The issuer's keys cannot be had", "Try again later with the same token. Operators: the log names the address."
    retry_after_seconds = 10  # the token may well be good, so this is no 401
