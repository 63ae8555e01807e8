"""A small protected API, only for these tests: one view as the README shows it, and one for machines."""

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access_tokens.authentication import AccessTokenAuthentication
from access_tokens.metadata import protected_resource_metadata
from access_tokens.permissions import HasRequiredScopes, IsMachine, IsUser, NobodyUnlessTheViewSaysWho
from access_tokens.problems import Problem
from access_tokens.verify import AccessToken


class NotesAccessToken(AccessTokenAuthentication):
    """A user's access token for the notes."""

    audience = "api.calendar"
    resource = "https://api.example/notes/v1"
    realm = "notes"
    scopes = {"read": "Read notes", "write": "Write notes"}


class Point(serializers.Serializer[Any]):
    lat = serializers.FloatField(min_value=-90, max_value=90)


class Place(serializers.Serializer[Any]):
    name = serializers.CharField()
    points = serializers.ListField(child=Point(), required=False)


class Note(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=10)
    place = Place(required=False)
    points = Point(many=True, required=False)


class Notes(APIView):
    authentication_classes = [NotesAccessToken]
    permission_classes = [IsUser, HasRequiredScopes]
    required_scopes = {"GET": {"read"}, "POST": {"read", "write"}}

    def get(self, request: Request) -> Response:
        assert isinstance(request.auth, AccessToken)
        return Response({"sub": request.auth.subject, "client_id": request.auth.client_id})

    def post(self, request: Request) -> Response:
        note = Note(data=request.data)
        note.is_valid(raise_exception=True)
        return Response(note.validated_data, status=201)

    def put(self, request: Request) -> Response:
        raise AssertionError("a method that names no scopes must not be reached")


class Machines(APIView):
    authentication_classes = [NotesAccessToken]
    permission_classes = [IsMachine]

    def get(self, request: Request) -> Response:
        assert isinstance(request.auth, AccessToken)
        return Response({"client_id": request.auth.client_id})


class Unprotected(APIView):
    authentication_classes = [NotesAccessToken]
    permission_classes = [NobodyUnlessTheViewSaysWho]

    def get(self, request: Request) -> Response:
        raise AssertionError("a view that names no permission must not be reached")


class Faster(APIView):
    authentication_classes = []
    permission_classes = []

    def get(self, request: Request) -> Response:
        raise Problem(
            status=412, code="precondition_failed", title="Too late", detail="Somebody was faster.", headers={"ETag": '"2"'}, version=2
        )


urlpatterns = [
    path("notes", Notes.as_view()),
    path("machines", Machines.as_view()),
    path("unprotected", Unprotected.as_view()),
    path("faster", Faster.as_view()),
    *protected_resource_metadata(NotesAccessToken, name="notes-metadata"),
]
