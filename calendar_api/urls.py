"""Where the Calendar API answers: below `/calendar/v1/`, and in the spelling `/calandar/v1/` of the document that is taught here."""

from django.urls import URLPattern, path

from access_tokens.metadata import protected_resource_metadata
from calendar_api import docs
from calendar_api.authentication import CalendarAccessToken
from calendar_api.instance_views import InstanceDetail, InstanceList
from calendar_api.views import EventDetail, EventList

app_name = "calendar_api"


def _below(base: str, names: str = "") -> list[URLPattern]:
    endpoints = (
        path(f"{base}/events", EventList.as_view(), name=f"{names}event-list"),
        path(f"{base}/events/<str:event_id>", EventDetail.as_view(), name=f"{names}event-detail"),
        path(f"{base}/events/<str:event_id>/instances", InstanceList.as_view(), name=f"{names}instance-list"),
        path(f"{base}/events/<str:event_id>/instances/<str:original>", InstanceDetail.as_view(), name=f"{names}instance-detail"),
    )
    return [
        # An instance's id in a list is good for this address too, so that nobody has to take it apart.
        path(f"{base}/events/<str:event_id>_<str:original>", InstanceDetail.as_view(), name=f"{names}instance-by-id"),
        *endpoints,
        path(f"{base}/schema", docs.Schema.as_view(endpoints=endpoints), name=f"{names}schema"),
        path(f"{base}/docs", docs.page, {"schema": f"{names}schema"}, name=f"{names}docs"),
    ]


urlpatterns = [
    *_below("calendar/v1"),
    *_below("calandar/v1", names="calandar-"),
    *protected_resource_metadata(CalendarAccessToken, name="metadata"),
]
