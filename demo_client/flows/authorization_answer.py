"""What the authorization server sends the browser back with: in the query a code, in the fragment a token, in either an error.

Read next: `demo_client/flows/token_answer.py`.
"""

from collections.abc import Iterable, Mapping

from demo_client.discovery import IssuerMetadata
from demo_client.failures import AuthorizationRefused, UnexpectedAnswer, WrongIssuer


def checked_answer(answer: Mapping[str, Iterable[str]], metadata: IssuerMetadata) -> dict[str, str]:
    """The parameters of the redirect, once it is sure who answers, and that it is no error; its `state` has been found before.

    `answer` has each parameter with all its values.
    Raises `WrongIssuer` (RFC 9207 section 2.4), `AuthorizationRefused` (RFC 6749 section 4.1.2.1), `UnexpectedAnswer`.
    """
    values = {name: list(several) for name, several in answer.items()}
    if any(len(several) > 1 for several in values.values()):
        raise UnexpectedAnswer  # RFC 6749 section 3.1: a parameter comes once
    once = {name: several[0] for name, several in values.items() if several}
    # Before anything else is believed, errors too: with two issuers, one must not speak for the other.
    if (metadata.answers_carry_iss or "iss" in once) and once.get("iss") != metadata.issuer:
        raise WrongIssuer(once.get("iss"), metadata.issuer)
    if "error" in once:
        raise AuthorizationRefused(once["error"][:80], once.get("error_description", "")[:300])
    return once
