"""What the Geocoding API expects of an access token: its own audience. There are no scopes: a client grant is what it takes."""

from django.conf import settings

from access_tokens.authentication import AccessTokenAuthentication


class GeocodingAccessToken(AccessTokenAuthentication):
    """A machine's access token for the Geocoding API."""

    audience = settings.GEOCODING_AUDIENCE
    resource = f"{settings.GEOCODING_API_URL}/geocoding/v1"
    realm = "geocoding"
