"""What the OpenAPI document says of each endpoint beyond its fields: every answer and refusal, and the examples, which the tests send."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers

from authorization_server.management_api.examples import ANSWERS, REQUESTS, WRONG_ANSWERED
from authorization_server.management_api.fields import StrictSerializer

described = extend_schema_view


class WrongFieldSerializer(serializers.Serializer[Any]):
    """One thing that is wrong with a request."""

    field = serializers.CharField(help_text="Its name, as in scopes[0].name.")
    code = serializers.CharField()
    detail = serializers.CharField(help_text="What would be right.")


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs.")
    trace_id = serializers.CharField(help_text="Under which the server's log has this request.")
    detail = serializers.CharField(required=False)
    cure = serializers.CharField(required=False, help_text="What to do about a refused token.")
    step = serializers.IntegerField(required=False, help_text="Which of the four checks refused the token.")
    check = serializers.CharField(required=False)
    errors = WrongFieldSerializer(many=True, required=False)  # type: ignore[assignment]  # also a property's name; DRF takes the field out


_SAYS = {
    400: "Something in the request is not as it must be; `errors` names each field. Also: a token sent twice or in the address.",
    401: "No access token, or one that the first three checks refuse.",
    403: "The token lacks the scope, or is a user's (both with a challenge); or, as `not_through_this_api`, no scope allows this.",
    404: "There is nothing with this name.",
    406: "`Accept` rules out JSON.",
    409: "What is stored is in the way: a row with the same name, or a decision that was taken.",
    413: "The body is larger than 64 KiB.",
    415: "The body has another media type.",
    503: "The database is busy.",
}
_OF_ALL = (400, 401, 403, 406, 503)
_WITH_A_BODY = (413, 415)
_HEADERS = [
    OpenApiParameter(
        "WWW-Authenticate",
        str,
        OpenApiParameter.HEADER,
        response=[401, 403],
        description="What is wrong with the token and where to get one (RFC 6750, RFC 9728).",
    ),
    OpenApiParameter("Retry-After", int, OpenApiParameter.HEADER, response=[503], description="Seconds to wait."),
]


def operation(
    name: str,
    summary: str,
    *,
    answer: Any = None,
    body: type[StrictSerializer] | None = None,
    media_types: Iterable[str] = ("application/json",),
    status: int = 200,
    refusals: Iterable[int] = (),
    parameters: Iterable[Any] = (),
    **others: Any,
) -> Any:
    """One operation. Its examples are those that `examples.py` has under its name."""
    return extend_schema(
        operation_id=name,
        summary=summary,
        parameters=[*parameters, *_HEADERS],
        request=dict.fromkeys(media_types, body) if body else None,
        examples=[
            OpenApiExample("Request", value=REQUESTS[name], request_only=True, media_type=media_type)
            for media_type in (media_types if name in REQUESTS else ())
        ],
        responses={
            status: OpenApiResponse(
                answer, "Done.", [OpenApiExample("Answer", value=ANSWERS[name], response_only=True)] if name in ANSWERS else []
            ),
            **_refusals(name, {*refusals, *(_WITH_A_BODY if body else ())}),
        },
        **others,
    )


def listing(name: str, summary: str, row: type[StrictSerializer], parameters: type[StrictSerializer]) -> Any:
    """A list in pages."""
    fields = {"items": row(many=True), "next_page_token": serializers.CharField(required=False, help_text="Missing on the last page.")}
    page = inline_serializer(f"{row.__name__.removesuffix('Serializer')}Page", fields)
    description = "Filters are exact; rows come in the order in which they were made."
    return operation(name, summary, answer=page, parameters=[parameters], description=description)


def creation(
    name: str, summary: str, body: type[StrictSerializer], answer: type[StrictSerializer] | None = None, *, description: str = ""
) -> Any:
    """A POST that creates a row."""
    location = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[201], description="Its address.")
    described_as = {"description": description} if description else {}
    return operation(name, summary, answer=answer or body, body=body, status=201, refusals=(409,), parameters=[location], **described_as)


def change(name: str, summary: str, body: type[StrictSerializer], answer: type[StrictSerializer]) -> Any:
    """A PATCH."""
    description = "A JSON merge patch (RFC 7396): what is named changes, a list is replaced as a whole, the rest stays."
    media_types = ("application/merge-patch+json", "application/json")
    return operation(name, summary, answer=answer, body=body, media_types=media_types, refusals=(404, 409), description=description)


def deletion(name: str, summary: str, effect: str) -> Any:
    """A DELETE, with what goes along."""
    return operation(name, summary, status=204, refusals=(404,), description=effect)


def action(
    name: str, summary: str, answer: type[StrictSerializer], *, body: type[StrictSerializer] | None = None, refusals: Iterable[int] = ()
) -> Any:
    """A POST that does one thing to a row."""
    return operation(name, summary, answer=answer, body=body, refusals=refusals)


def _refusals(name: str, statuses: set[int]) -> dict[tuple[int, str], OpenApiResponse]:
    wrong = [OpenApiExample("Several things wrong at once", value=WRONG_ANSWERED, response_only=True)] if name == "create_client" else []
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemSerializer, _SAYS[status], wrong if status == 400 else [])
        for status in sorted({*_OF_ALL, *statuses})
    }
