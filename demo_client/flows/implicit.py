"""Story 1 as the document asks it: the token itself comes back, behind the # of the redirect (RFC 6749 section 4.2).

    GET /authorize?audience=api.calendar&scope=read+write&response_type=token&client_id=…&redirect_uri=…&nonce=…&state=…
    303 Location: <redirect_uri>#access_token=…&token_type=Bearer&expires_in=7200&scope=read+write&state=…&iss=…

RFC 9700 section 2.1.2 advises against it: nothing binds the token to the one who asked, and it has stood in an address.
Read next: `demo_client/static/demo_client/spa/sign_in.js`, the same in a browser's tab.
"""

from collections.abc import Iterable, Mapping

from demo_client.discovery import IssuerMetadata
from demo_client.flows.audiences import naming
from demo_client.flows.authorization_answer import checked_answer
from demo_client.flows.authorize import AuthorizationRequest
from demo_client.flows.token_answer import TokenAnswer, token_in

SCOPE = "read write"  # the document's


def authorization_url(request: AuthorizationRequest, metadata: IssuerMetadata) -> str:
    """Where to send the person's browser: the document's seven parameters, in its order. No lock (PKCE): there is no code to open."""
    parameters = {
        **naming(request.audience),
        **({"scope": request.scope} if request.scope else {}),
        "response_type": "token",
        "client_id": request.client_id,
        "redirect_uri": request.redirect_uri,
        "nonce": request.nonce,
        "state": request.state,
    }
    return metadata.authorization_url(parameters)


def token_from_answer(answer: Mapping[str, Iterable[str]], request: AuthorizationRequest, metadata: IssuerMetadata) -> TokenAnswer:
    """The token in the fragment of the redirect, each parameter with all its values; its `state` has been compared before.

    Raises what `checked_answer` raises, and `UnusableAnswer` where a part is missing (RFC 6749 section 4.2.2).
    """
    once = checked_answer(answer, metadata)
    seconds = once.get("expires_in", "")
    members = {**once, "expires_in": int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 10 else seconds}
    return token_in(members, metadata.authorization_endpoint).for_request(request.scope)
