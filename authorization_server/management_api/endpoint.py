"""What every endpoint of the Management API has: its protection, strict input, pages, and the log of who changed what."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError as ModelValidationError
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access_tokens.permissions import HasRequiredScopes, IsMachine
from access_tokens.trace_ids import trace_id_of
from access_tokens.verify import AccessToken
from authorization_server import changes, issuer
from authorization_server.management_api.authentication import ManagementAccessToken
from authorization_server.management_api.bodies import json_object
from authorization_server.management_api.fields import NothingSerializer, StrictSerializer, field_error, quoted
from authorization_server.management_api.paging import page_of
from authorization_server.management_api.refusals import already_there, not_found

Row = TypeVar("Row", bound=Model)
JSON, MERGE_PATCH = "application/json", "application/merge-patch+json"


class Endpoint(APIView):
    """Subclass it for one path: `required_scopes` says what each method takes, `parameters` what a list's address may have,
    None where the view reads that itself.
    """

    authentication_classes = [ManagementAccessToken]  # checks 1, 2 and 3; names the audience
    permission_classes = [IsMachine, HasRequiredScopes]  # check 4
    parameters: type[StrictSerializer] | None = NothingSerializer
    filters: ClassVar[Mapping[str, str]] = {}  # parameter: the look-up that it stands for

    @property
    def default_response_headers(self) -> dict[str, str]:
        """As ever, and nothing that is answered here is for a cache."""
        return {**super().default_response_headers, "Cache-Control": "no-store"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As ever, and then the parameters, of which only a list has any."""
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods and request.method != "OPTIONS":
            known = self.parameters if request.method in {"GET", "HEAD"} else NothingSerializer
            self.query = only_values(request.query_params, known) if known else {}

    def handle_exception(self, exc: Exception) -> Response:
        """As ever. Where two requests meet, the database lets one through, and the other is told so (409)."""
        if isinstance(exc, IntegrityError):
            exc = already_there("Somebody changed the same at the same moment. Read it again.")
        return super().handle_exception(exc)

    @property
    def caller(self) -> AccessToken:
        """The verified token."""
        token = self.request.auth
        assert isinstance(token, AccessToken)  # noqa: S101  the permissions let nobody in without one
        return token

    @property
    def by(self) -> str:
        """The `sub` of the machine that calls."""
        return self.caller.subject

    @property
    def acting(self) -> dict[str, str]:
        """Who calls and in which trace, as the decisions take it."""
        return {"by": self.by, "trace_id": trace_id_of(self.request)}

    def body(self, serializer: type[StrictSerializer]) -> dict[str, Any]:
        """The values of the JSON object in the body; of a PATCH (RFC 7396) any of them may be left out.

        Raises `Problem`, and `ValidationError` with everything that is wrong.
        """
        is_patch = self.request.method == "PATCH"
        read = serializer(data=json_object(self.request, *([MERGE_PATCH, JSON] if is_patch else [JSON])), partial=is_patch)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def no_body(self) -> None:
        """For a POST that says everything by its address: an empty JSON object may come, or nothing. Raises as `body` does."""
        if self.request.META.get("CONTENT_LENGTH") not in {None, "", "0"}:
            self.body(NothingSerializer)

    def page(self, rows: QuerySet[Any], serializer: type[StrictSerializer]) -> Response:
        """One page of the rows that fit the filters."""
        found, next_page = page_of(self.filtered(rows), self.query)
        items = serializer(found, many=True).data
        return Response({"items": items, **({"next_page_token": next_page} if next_page else {})})

    def filtered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those that the parameters mean."""
        return rows.filter(**{lookup: self.query[name] for name, lookup in self.filters.items() if name in self.query})

    def log(self, row: Model, reason: str, detail: str = "") -> None:
        """Say who changed what."""
        changes.record(row, reason, **self.acting, detail=detail)


def only_values(query: QueryDict, serializer: type[StrictSerializer]) -> dict[str, Any]:
    """The parameters of an address, each at most once and known to `serializer`, as values. Raises `ValidationError` with all errors."""
    repeated = {quoted(name): field_error("repeated", "Send this once.") for name, values in query.lists() if len(values) > 1}
    read = serializer(data=query.dict())
    if not read.is_valid() or repeated:
        raise ValidationError({**read.errors, **repeated})
    return dict(read.validated_data)


def found(rows: QuerySet[Row], **by: Any) -> Row:
    """The one row. Raises `Problem` (404)."""
    is_possible = all(value.isprintable() for value in by.values() if isinstance(value, str))  # PostgreSQL takes no NUL
    row = rows.filter(**by).first() if is_possible else None
    if row is None:
        raise not_found()
    return row


def locked(rows: QuerySet[Row], **by: Any) -> Row:
    """The same, and nobody else changes it until the transaction ends."""
    return found(rows.select_for_update(of=("self",)), **by)


def named(rows: QuerySet[Row], field: str, **by: Any) -> Row:
    """The row that a field of the body names. Raises `ValidationError`."""
    row = rows.filter(**by).first()
    if row is None:
        raise ValidationError({field: field_error("unknown", "There is none with this name.")})
    return row


def all_named(rows: QuerySet[Row], field: str, names: list[str], *, whose: str) -> list[Row]:
    """The rows with these names, in the order of the database. Raises `ValidationError` for each name that is unknown."""
    known = {getattr(row, "name"): row for row in rows.filter(name__in=names)}  # noqa: B009  which models have one, mypy cannot know
    says = f"{whose} has none with this name."
    unknown: dict[Any, Any] = {number: field_error("unknown", says) for number, name in enumerate(names) if name not in known}
    if unknown:
        raise ValidationError({field: unknown})
    return list(known.values())


def save(row: Model, *, names: Mapping[str, str] | None = None) -> None:
    """Store the row if the model's own rules allow it; `names` says what its fields are called here.

    Raises `ValidationError`, and `Problem` (409) where another row has what must be unique.
    """
    try:
        row.full_clean()
        row.save()
    except ModelValidationError as error:
        by_field = error.error_dict
        if all(one.code == "unique" for errors in by_field.values() for one in errors):
            fields = ", ".join((names or {}).get(field, field) for field in by_field)
            raise already_there(f"Another row has the same {fields}.") from error
        texts = {
            (names or {}).get(field, field): [field_error("invalid", text)[0] for one in errors for text in one.messages]
            for field, errors in by_field.items()
        }
        raise ValidationError({name.replace("__all__", "non_field_errors"): says for name, says in texts.items()}) from error


def address(path: str) -> dict[str, str]:
    """The `Location` of what was created."""
    return {"Location": f"{issuer.management_url()}{path}"}
