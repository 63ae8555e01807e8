"""What the Management API expects of an access token: its own audience, and that this very server issued it."""

from django.conf import settings
from rest_framework.request import Request

from access_tokens import rejections
from access_tokens.authentication import AccessTokenAuthentication
from access_tokens.rejections import shown
from access_tokens.verify import AccessToken
from authorization_server import issuer
from authorization_server.management_api.scopes import SCOPES


class ManagementAccessToken(AccessTokenAuthentication):
    """A machine's access token for the Management API."""

    audience = issuer.management_url()
    resource = issuer.management_url()
    realm = "management"
    scopes = SCOPES

    def authenticate(self, request: Request) -> tuple[AccessToken, AccessToken] | None:
        """As at every API, and step 3 is stricter: another trusted issuer could write any permission into its own tokens.

        Raises `Refused`.
        """
        authenticated = super().authenticate(request)
        if authenticated and authenticated[1].issuer != settings.ISSUER:
            access_token = authenticated[1]
            foreign = rejections.WrongIssuer(f"iss is {shown(access_token.issuer)}, wanted is {shown(settings.ISSUER)} alone")
            raise self.refused(request, foreign)
        return authenticated
