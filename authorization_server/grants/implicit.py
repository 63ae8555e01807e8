"""The implicit grant (RFC 6749 section 4.2): a person's yes becomes a token at once, in the address that the browser is sent back to.

    GET /authorize?audience=api.calendar&scope=read write&response_type=token&client_id=…&redirect_uri=…&nonce=…&state=…
    303 Location: <redirect_uri>#access_token=…&token_type=Bearer&expires_in=7200&scope=read+write&state=…&iss=…

It is here because the document asks for a token this way. RFC 9700 section 2.1.2 advises against it: the token passes through the
address bar, and nothing binds it to the application that asked. So it is switched on for each application, and its tokens live shorter.
"""

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import grants

from authorization_server.errors import AccessDenied
from authorization_server.grants.at_authorize import BeginsAtAuthorize
from authorization_server.grants.issuing import issue
from authorization_server.models import User


class ImplicitGrant(BeginsAtAuthorize, grants.ImplicitGrant):  # type: ignore[misc]  # Authlib has no types
    """Authlib finds this class by `response_type`. There is no refresh token (section 4.2.2), and `nonce` is accepted and unused."""

    def create_authorization_response(self, redirect_uri: str, grant_user: User | None) -> tuple[int, str, list[tuple[str, str]]]:
        """The redirection with the token. Raises `AccessDenied` when the person said no, and as `issue` does."""
        if grant_user is None:
            raise AccessDenied("The person did not allow it.")
        asked = self.request.asked
        minted = issue(
            self.request, application=asked.application, api=asked.api, scopes=asked.api_scopes, user=grant_user, through_browser=True
        )
        state = self.request.payload.get("state")
        answer = minted.answer() | ({"state": state} if state else {})
        return 303, "", [("Location", add_params_to_uri(redirect_uri, answer, fragment=True))]
