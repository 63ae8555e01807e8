"""The parameters of an OAuth request, from query, form or JSON; read strictly, so that nothing later meets a surprise."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import OAuth2Payload
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from authorization_server.errors import BodyTooLarge, InvalidRequest

LONGEST_QUERY = 8 * 1024  # bytes: what an authorization request may take, and what is kept of it while somebody signs in
MOST_PARAMETERS = 64
_CONTROL_OR_HALF_CHARACTER = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
OF_OAUTH = frozenset(
    [
        "audience",
        "client_assertion",
        "client_assertion_type",
        "client_id",
        "client_secret",
        "code",
        "code_verifier",
        "grant_type",
        "password",
        "redirect_uri",
        "refresh_token",
        "resource",
        "scope",
        "state",
        "token",
        "token_type_hint",
        "username",
    ]
)


class Parameters(OAuth2Payload):  # type: ignore[misc]  # Authlib has no types
    """One value for each name; an empty one counts as left out (RFC 6749 section 3.1). `repeated` names those given more than once."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._all: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self._all[name].append(value)
        self._one = {name: values[0] for name, values in self._all.items() if values[0]}

    @property
    def data(self) -> dict[str, str]:
        """The values by name, as Authlib reads them."""
        return self._one

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        """All values by name, as Authlib reads them."""
        return self._all

    @property
    def repeated(self) -> list[str]:
        """Names that stand there more than once (RFC 6749 section 3.1 forbids it)."""
        return [name for name, values in self._all.items() if len(values) > 1]

    @property
    def unreadable(self) -> list[str]:
        """Names whose value has control characters or half characters, which no parameter of OAuth may have (RFC 6749 appendix A)."""
        return [name for name, values in self._all.items() if not all(_is_plain(text) for text in (name, *values))]

    def get(self, name: str) -> str:
        """The value, or an empty text."""
        return self._one.get(name, "")

    @property
    def scopes(self) -> frozenset[str]:
        """The words of `scope`, separated by spaces and by nothing else (RFC 6749 section 3.3)."""
        return frozenset(filter(None, self.get("scope").split(" ")))

    def check(self) -> None:
        """Raise `InvalidRequest` for what is repeated or unreadable. A repeated `resource` is left to whoever looks for the API."""
        if self.unreadable:
            raise InvalidRequest(f"{', '.join(self.unreadable)}: control characters are not allowed.", reason="control_characters")
        repeated = [name for name in self.repeated if name != "resource"]
        if repeated:
            raise InvalidRequest(f"{', '.join(repeated)}: given more than once. Send it once.", reason="repeated_parameter")


def of_query(request: HttpRequest) -> Parameters:
    """The parameters in the URL's query. Raises `InvalidRequest` when it cannot be decoded or is too long."""
    query = str(request.META.get("QUERY_STRING", "")).encode("latin-1", "replace")
    if len(query) > LONGEST_QUERY:
        raise InvalidRequest(f"The query is longer than {LONGEST_QUERY} bytes.", reason="query_too_long")
    return Parameters(_form_pairs(query))


def of_token_request(request: HttpRequest) -> Parameters:
    """The parameters in the body, form (RFC 6749 section 4.4.2) or JSON (as the document writes it).

    In the query stands nothing of OAuth's but `audience`, for Swagger UI. Raises `InvalidRequest`, `BodyTooLarge`.
    """
    in_query = of_query(request)
    misplaced = sorted(OF_OAUTH.intersection(in_query.datalist) - {"audience"})
    if misplaced:
        raise InvalidRequest(f"{', '.join(misplaced)}: send it in the body, not in the query.", reason="parameter_in_query")
    pairs = _body_pairs(request)
    pairs += [("audience", value) for value in in_query.datalist["audience"] if ("audience", value) not in pairs]
    parameters = Parameters(pairs)
    parameters.check()
    return parameters


def _body_pairs(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise BodyTooLarge("The body is too large for a token request.") from error
    if request.content_type == "application/json":
        return _json_pairs(body)
    if request.content_type == "application/x-www-form-urlencoded" or not body:
        return _form_pairs(body)
    raise InvalidRequest("Send the body as application/x-www-form-urlencoded or application/json.", reason="content_type")


def _form_pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded.decode(), keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError as error:
        raise InvalidRequest("The parameters are not form-encoded UTF-8, or there are too many.", reason="undecodable") from error


def _json_pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        members = json.loads(body.decode(), object_pairs_hook=_Members)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("The body is not JSON.", reason="undecodable") from error
    if not isinstance(members, _Members):
        raise InvalidRequest("The body is not a JSON object.", reason="not_an_object")
    if not all(isinstance(value, str) for _, value in members):
        raise InvalidRequest("Every member of the JSON body must be a string.", reason="not_a_string")
    if len(members) > MOST_PARAMETERS:
        raise InvalidRequest("There are too many members.", reason="undecodable")
    return members


class _Members(list[tuple[str, Any]]):
    """The members of a JSON object in order, repeated ones included."""


def _is_plain(text: str) -> bool:
    return not _CONTROL_OR_HALF_CHARACTER.search(text)
