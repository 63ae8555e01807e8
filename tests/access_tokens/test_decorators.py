"""Plain Django views, `def`, `async def` and class-based, protected in one line and without Django REST framework."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import JsonResponse
from django.test import AsyncClient, Client
from django.urls import path
from django.views import View

from access_tokens.decorators import access_token_required
from access_tokens.resource_servers import ResourceServer

METADATA = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource/notes/v1"'
pytestmark = pytest.mark.urls(__name__)


class PlainNotesApi(ResourceServer):
    audience = "api.calendar"
    resource = "https://api.example/notes/v1"
    realm = "notes"


def who(request, **names):
    access_token = request.access_token
    return JsonResponse({"owner": access_token.owner, "client_id": access_token.client_id, "method": request.method, **names})


users = access_token_required(PlainNotesApi, served="users", scopes={"GET": {"read"}, "POST": {"read", "write"}})
machines = access_token_required(PlainNotesApi, served="machines", scopes={"GET": frozenset()})
everybody = access_token_required(PlainNotesApi, served="all", scopes={"GET": {"read"}, "OPTIONS": frozenset()})


@users
def notes(request, name="all"):
    """What a plain view looks like."""
    return who(request, name=name)


@users
async def async_notes(request, name="all"):
    await asyncio.sleep(0)
    return who(request, name=name)


class Notes(View):
    def get(self, request, name="all"):
        return who(request, name=name)

    post = get


class AsyncNotes(View):
    async def get(self, request, name="all"):
        return who(request, name=name)

    async def post(self, request, name="all"):
        return who(request, name=name)


VIEWS = {"plain": notes, "async": async_notes, "class": users(Notes.as_view()), "async-class": users(AsyncNotes.as_view())}
urlpatterns = [
    *(path(f"{place}/<str:name>", view) for place, view in VIEWS.items()),
    path("machines", machines(lambda request: who(request))),
    path("everybody", everybody(lambda request: who(request))),
]


def in_a_thread(work):
    """What `work` returns, in a thread of its own: a browser's tests leave an event loop in this one, beside which none can run."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(timeout=30)


@pytest.fixture(params=VIEWS)
def call(request, issuer, explained):
    """`call(token, …)`: the answer of each kind of view in turn, with CSRF checked as in production."""
    client = Client(enforce_csrf_checks=True)

    def call(token=None, *, method="GET", query="", headers=None, **options):
        sent = {**({} if token is None else {"Authorization": f"Bearer {token}"}), **(headers or {})}
        return in_a_thread(lambda: client.generic(method, f"/{request.param}/tea{query}", headers=sent, **options))

    return call


def test_the_view_is_called_with_the_verified_token_and_its_own_arguments(call, issuer):
    answer = call(issuer.access_token(scope="read"))
    assert answer.status_code == 200
    assert answer.json() == {"owner": [issuer.url, "usr_123"], "client_id": "calendar-web", "method": "GET", "name": "tea"}


def test_an_async_server_gets_the_same(issuer):
    async def calls():
        client = AsyncClient()
        good = await client.get("/async/tea", headers={"Authorization": f"Bearer {issuer.access_token()}"})
        bad = await client.get("/async/tea", headers={"Authorization": f"Bearer {issuer.access_token(exp=1)}"})
        return good.status_code, bad.status_code, bad["WWW-Authenticate"]

    status, refused, challenge = in_a_thread(lambda: asyncio.run(calls()))
    assert (status, refused) == (200, 401)
    assert 'error="invalid_token"' in challenge


def test_the_event_loop_is_not_held_up_while_keys_are_fetched(issuer, settings):
    threads = []

    def public_keys():
        threads.append(threading.current_thread())
        return issuer.jwks()

    settings.ACCESS_TOKENS = {"ISSUERS": [{"issuer": issuer.url, "public_keys": public_keys}]}
    loop_threads = []

    async def calls():
        loop_threads.append(threading.current_thread())
        await AsyncClient().get("/async/tea", headers={"Authorization": f"Bearer {issuer.access_token()}"})

    in_a_thread(lambda: asyncio.run(calls()))
    assert threads
    assert not set(threads) & set(loop_threads)


def test_no_credentials_is_401_with_a_challenge_and_no_error_rfc6750_section_3(call):
    answer = call()
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (401, "application/problem+json", "missing_token")
    assert answer["WWW-Authenticate"] == f'Bearer realm="notes", {METADATA}'


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"exp": 1}, 401, "token_expired"),
        ({"aud": "x"}, 401, "wrong_audience"),
        ({"iss": "x"}, 401, "wrong_issuer"),
        ({"headers": {"kid": "x"}}, 401, "unknown_key"),
        ({"scope": "write"}, 403, "insufficient_scope"),
        ({"scope": None}, 403, "insufficient_scope"),
    ],
)
def test_a_wrong_token_is_refused_as_at_every_api_and_logged_by_its_code(call, issuer, caplog, changes, status, code):
    token = issuer.access_token(**changes)
    with caplog.at_level(logging.DEBUG, logger="access_tokens"):
        answer = call(token)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Cache-Control"] == "no-store"
    assert "Server-Timing" not in answer
    (record,) = [record for record in caplog.records if record.name == "access_tokens"]
    assert vars(record)["code"] == code
    assert token.split(".")[1] not in str(vars(record))


def test_each_method_needs_its_own_scopes_and_no_csrf_value_since_cookies_open_nothing(call, issuer):
    refused = call(issuer.access_token(scope="read"), method="POST")
    assert refused.status_code == 403
    assert 'error="insufficient_scope", ' in refused["WWW-Authenticate"]
    assert 'scope="read write"' in refused["WWW-Authenticate"]
    assert call(issuer.access_token(scope="read write"), method="POST").json()["method"] == "POST"


def test_head_needs_what_get_needs(call, issuer):
    assert call(issuer.access_token(scope="read"), method="HEAD").status_code == 200
    assert call(issuer.access_token(scope="write"), method="HEAD").status_code == 403


def test_a_method_that_is_not_named_never_reaches_the_view(call, issuer):
    answer = call(issuer.access_token(), method="DELETE")
    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "GET, OPTIONS, POST", "method_not_allowed")


def test_a_preflight_needs_no_token(call):
    answer = call(method="OPTIONS", headers={"Origin": "https://spa.example", "Access-Control-Request-Method": "GET"})
    assert (answer.status_code, answer["Allow"]) == (204, "GET, OPTIONS, POST")


def test_a_machine_is_no_user_and_a_user_no_machine(issuer):
    client = Client()

    def status(path, token):
        return client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code

    user, machine = issuer.access_token(), issuer.machine_token(aud="api.calendar", scope="read")
    assert (status("/plain/tea", user), status("/plain/tea", machine)) == (200, 403)
    assert (status("/machines", user), status("/machines", machine)) == (403, 200)
    assert (status("/everybody", user), status("/everybody", machine)) == (200, 200)


def test_options_can_be_protected_too(issuer):
    assert Client().options("/everybody").status_code == 401
    answer = Client().options("/everybody", headers={"Authorization": f"Bearer {issuer.access_token(scope=None)}"})
    assert answer.json()["method"] == "OPTIONS"


def test_a_token_in_the_query_is_400_and_never_used_rfc6750_section_2(call, issuer):
    answer = call(query=f"?access_token={issuer.access_token()}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_a_good_answer_names_its_checks_where_rejections_are_explained(call, issuer, settings):
    def names(answer):
        return [entry.partition(";")[0] for entry in answer["Server-Timing"].split(", ")]

    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "EXPLAIN_REJECTIONS": True}
    assert names(call(issuer.access_token())) == ["well_formed", "signature", "standard_claims", "permissions"]
    settings.ACCESS_TOKENS = {**settings.ACCESS_TOKENS, "EXPLAIN_REJECTIONS": False}
    assert "Server-Timing" not in call(issuer.access_token())
    assert set(call(issuer.access_token(exp=1)).json()) == {"type", "title", "status", "code", "trace_id"}


def test_keys_that_cannot_be_had_are_503_and_no_challenge(call, issuer, settings):
    settings.ACCESS_TOKENS = {"ISSUERS": [{"issuer": issuer.url, "public_keys": lambda: {"keys": []}}]}
    answer = call(issuer.access_token())
    assert (answer.status_code, "WWW-Authenticate" in answer) == (503, False)
    assert int(answer["Retry-After"]) >= 1


def test_the_view_keeps_its_name_and_docstring():
    assert (notes.__name__, notes.__doc__) == ("notes", "What a plain view looks like.")
    assert async_notes.__name__ == "async_notes"


def test_a_view_that_serves_nobody_known_is_a_mistake_at_once():
    with pytest.raises(ValueError, match="users, machines or all"):
        access_token_required(PlainNotesApi, served="people", scopes={})  # type: ignore[arg-type]  # that is the mistake
