"""What the two grants that begin at `/authorize` have in common: the request is validated once, by our rules and not by Authlib's."""

from authorization_server import authorization_requests
from authorization_server.oauth_requests import OAuthRequest


class BeginsAtAuthorize:
    """The validating half of a grant, before Authlib's own class."""

    request: OAuthRequest

    @staticmethod
    def validate_no_multiple_request_parameter(request: OAuthRequest) -> None:
        """Nothing: `authorization_requests.validate` refuses every repeated parameter, where Authlib knows five."""

    def validate_authorization_request(self) -> str:
        """At `/authorize`, once per HTTP request: who asks for what. Returns the redirect URI; raises one of `errors.Refused`."""
        if not hasattr(self.request, "asked"):
            asked = authorization_requests.validate(self.request.payload, self.request.destination)
            # Authlib's name for the moment; PKCE hooks in here.
            self.execute_hook("after_validate_authorization_request_payload", asked.destination.redirect_uri)  # type: ignore[attr-defined]
            self.request.asked, self.request.client = asked, asked.application
        return self.request.destination.redirect_uri
