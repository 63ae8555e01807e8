"""Where the Geocoding API answers: below `/geocoding/v1/`."""

from django.urls import path

from access_tokens.metadata import protected_resource_metadata
from geocoding_api import docs
from geocoding_api.authentication import GeocodingAccessToken
from geocoding_api.views import Reverse

app_name = "geocoding_api"

_endpoints = (path("geocoding/v1/reverse", Reverse.as_view(), name="reverse"),)
urlpatterns = [
    *_endpoints,
    path("geocoding/v1/schema", docs.Schema.as_view(endpoints=_endpoints), name="schema"),
    path("geocoding/v1/docs", docs.page, name="docs"),
    *protected_resource_metadata(GeocodingAccessToken, name="metadata"),
]
