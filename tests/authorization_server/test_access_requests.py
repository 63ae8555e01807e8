"""Access requests: an application's owner asks, the API's administrator decides, and nobody else learns or changes anything."""

import re
from datetime import UTC, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from authorization_server import access_requests
from authorization_server.access_requests import NotPossible
from authorization_server.models import AccessPolicy, AccessRequest, Api, ApiScope, Application, ClientGrant, LogEntry, User
from tests.authorization_server.conftest import GEOCODING, Browser, text_of

PLACES = "https://api.example.com/places-admin/v1/"
CALENDAR = "api.calendar"
WHERE_TO_ASK = "/access-requests/new?client_id=unapproved-backend&audience=https%3A%2F%2Fapi.example.com%2Fgeocoding%2Fv1%2F"
PURPOSE = "To name the places of a calendar."


@pytest.fixture
def dora(seeded):
    """Who owns New backend."""
    return Browser().is_signed_in_as("dora")


@pytest.fixture
def gina(seeded):
    """Who administers the Geocoding API and the Places Admin API."""
    return Browser().is_signed_in_as("gina")


def open_page(browser, audience=GEOCODING, client_id="unapproved-backend"):
    return browser.get("/access-requests/new", client_id=client_id, audience=audience)


def ask(browser, audience=GEOCODING, client_id="unapproved-backend", purpose=PURPOSE, **fields):
    return browser.post("/access-requests/new", client_id=client_id, audience=audience, purpose=purpose, **fields)


def the_request():
    return AccessRequest.objects.get()


def address():
    return f"/access-requests/{the_request().pk}"


def approve(browser, **fields):
    return browser.post(address(), decision="approve", **fields)


def deny(browser, reason="Use the test API first."):
    return browser.post(address(), decision="deny", reason=reason)


def names(scopes):
    return {scope.name for scope in scopes.all()}


def new_backend():
    return Application.objects.get(client_id="unapproved-backend")


def new_backends_grant(audience=GEOCODING):
    return ClientGrant.objects.filter(application=new_backend(), api__audience=audience).first()


def minute(when):
    """As a browser sends the field of an end."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M}"


@pytest.fixture
def asked(dora):
    """Dora has asked for the Geocoding API."""
    ask(dora)
    return the_request()


@pytest.fixture
def asked_for_two(dora):
    """Dora has asked for both scopes of the Places Admin API."""
    ask(dora, PLACES, scopes=["correct:places", "import:places"])
    return the_request()


# ---- The page to ask on ---------------------------------------------------------------------------------------------


def test_the_refusal_at_the_token_endpoint_leads_to_it(dora, back_channel):
    link = back_channel.machine_token("unapproved-backend").json()["error_uri"]
    assert link == f"http://localhost:8000{WHERE_TO_ASK}"
    assert "You ask, and say what for" in text_of(dora.client.get(link.removeprefix("http://localhost:8000")))


def test_who_is_not_signed_in_is_led_back_to_it_from_signing_in(visitor):
    page = open_page(visitor).content.decode()
    (sign_in,) = re.findall(r'href="(/login\?next=[^"]+)">Sign in to ask for it', page)
    form = visitor.client.get(sign_in)
    (next_path,) = set(re.findall(r'name="next" value="([^"]+)"', form.content.decode()))
    answer = visitor.post("/login", username="dora", password="dora-demo", next=next_path.replace("&amp;", "&"))
    assert (answer.status_code, answer["Location"]) == (303, WHERE_TO_ASK)


def test_on_the_way_there_the_demo_s_cards_are_those_who_ask_and_decide(visitor):
    cards = re.findall(r'name="account" value="(\w+)"', visitor.get("/login", next=WHERE_TO_ASK).content.decode())
    assert cards == ["dora", "gina"]
    page = text_of(visitor.get("/login", next="/access-requests"))
    assert "owns New backend" in page
    assert "decides about the Geocoding API and the Places Admin API" in page
    assert re.findall(r'name="account" value="(\w+)"', visitor.get("/login").content.decode()) == ["alice", "bob"]


def test_without_demo_identities_it_has_no_cards(visitor, settings):
    settings.DEMO_IDENTITIES = False
    assert 'name="account"' not in visitor.get("/login", next="/access-requests").content.decode()


def test_the_owner_finds_a_form_that_says_first_who_decides_and_what_happens_then(dora):
    page = text_of(open_page(dora))
    assert "Then Gina decides: yes to all of it or to some, until a date or without an end, or no with a reason." in page
    assert "the same request to /oauth/token succeeds" in page
    assert "Ask Gina" in page
    assert page.index("Then Gina decides") < page.index("What New backend needs the Geocoding API for")


def test_where_an_api_has_no_administrator_somebody_of_this_server_decides(dora):
    Api.objects.filter(audience=GEOCODING).update(administrator=None)
    assert "Then somebody who administers this server decides" in text_of(open_page(dora))


def test_an_api_without_scopes_says_that_the_yes_is_enough_and_another_offers_its_scopes(dora):
    page = open_page(dora)
    assert "the yes alone (client grant) is enough" in text_of(page)
    assert 'type="checkbox"' not in page.content.decode()
    page = open_page(dora, PLACES)
    assert re.findall(r'name="scopes" value="([^"]+)"', page.content.decode()) == ["correct:places", "import:places"]
    assert "Correct names of places permission (scope) correct:places , changes data" in text_of(page)


def test_asking_leads_to_the_request_s_page_and_stores_who_asked_for_what(dora):
    answer = ask(dora, PLACES, scopes=["correct:places"])
    assert (answer.status_code, answer["Location"]) == (303, address())
    request = the_request()
    assert (request.state, request.purpose, request.requested_by.username) == ("pending", PURPOSE, "dora")
    assert names(request.scopes) == {"correct:places"}
    assert not ClientGrant.objects.filter(application=new_backend()).exists()


def test_a_request_that_waits_already_is_what_the_page_leads_to(dora, gina, asked):
    for browser, words in ((dora, "See this request"), (gina, "Decide about this request")):
        page = open_page(browser)
        assert f'href="{address()}">{words}' in page.content.decode()
        assert 'name="purpose"' not in page.content.decode()
    second = ask(dora, purpose="Again.")
    assert second.status_code == 400
    assert "See this request" in text_of(second)
    assert the_request().purpose == PURPOSE


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"purpose": ""}, "purpose", "Say what the application needs it for."),
        ({"purpose": " \n "}, "purpose", "Say what the application needs it for."),
        ({"purpose": "x" * 501}, "purpose", "At most 500 characters."),
        ({"purpose": "a\x00b"}, "purpose", "Null characters are not allowed."),
        ({"scopes": []}, "scopes", "Tick what the application needs."),
        ({"scopes": ["read"]}, "scopes", "Only the permissions that stand here can be ticked."),
        ({"scopes": ["correct:places", "\x00"]}, "scopes", "Only the permissions that stand here can be ticked."),
    ],
    ids=["no purpose", "blank", "too long", "NUL", "nothing ticked", "another API's scope", "no scope"],
)
def test_bad_input_names_its_field_keeps_what_was_typed_and_writes_nothing(dora, fields, field, words):
    answer = ask(dora, PLACES, **{"scopes": ["import:places"], **fields})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert f'id="{field}-error">{words}' in page
    if field == "purpose":
        assert re.findall(r'value="([^"]+)" checked', page) == ["import:places"]
    else:
        assert PURPOSE in page
    assert not AccessRequest.objects.exists()
    assert not LogEntry.objects.filter(event="access_request.asked").exists()


def test_500_characters_are_counted_as_the_browser_counts_them(dora):
    purpose = "x" * 499 + "\r\n" + "y"
    assert ask(dora, purpose=purpose).status_code == 400
    assert ask(dora, purpose="x" * 498 + "\r\n" + "y").status_code == 303
    assert the_request().purpose == "x" * 498 + "\ny"


def test_what_was_typed_is_shown_as_text_and_never_as_a_page(dora, gina):
    ask(dora, purpose="<script>alert(1)</script>")
    for browser in (dora, gina):
        assert b"<script>alert" not in browser.get(address()).content
    assert b"<script>alert" not in gina.get("/access-requests").content


@pytest.mark.parametrize("who", ["alice", "gina"])
def test_somebody_else_is_told_that_the_owner_asks_and_no_more(who, seeded, asked):
    page = text_of(open_page(Browser().is_signed_in_as(who)))
    if who == "alice":
        assert "You do not own it: send its owner the address of this page." in page
        assert "waits for" not in page
        for name in ("Dora", "Gina", PURPOSE):
            assert name not in page
    else:
        assert "Decide about this request" in page
    assert "Open the form (administrators)" not in page


def test_who_administers_the_api_finds_the_way_to_her_queue_and_a_superuser_the_dashboard_too(gina, admin):
    for browser in (gina, admin):
        assert 'href="/access-requests">What waits for your decision' in open_page(browser).content.decode()
    assert "Open the form (administrators)" not in text_of(open_page(gina))
    assert "Open the form (administrators)" in text_of(open_page(admin))


def test_who_administers_another_api_is_somebody_else(gina):
    Api.objects.filter(audience=CALENDAR).update(machine_access=AccessPolicy.REQUIRE_GRANT)
    assert "What waits for your decision" not in text_of(open_page(gina, CALENDAR))


@pytest.mark.parametrize("who", ["alice", "gina", "admin"])
def test_nobody_asks_for_an_application_that_is_somebody_else_s(who, seeded):
    answer = ask(Browser().is_signed_in_as(who))
    assert answer.status_code == 403
    assert not AccessRequest.objects.exists()


def test_dora_does_not_ask_for_an_application_that_she_does_not_own(dora):
    assert ask(dora, PLACES, client_id="geocoding-backend", scopes=["import:places"]).status_code == 403
    assert not AccessRequest.objects.exists()


def test_nobody_signed_in_asks_for_nothing_and_comes_back_after_signing_in(visitor):
    answer = ask(visitor)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login")
    assert not AccessRequest.objects.exists()


def test_the_management_api_cannot_be_asked_for(dora):
    audience = "http://localhost:8000/api/v2/"
    page = open_page(dora, audience)
    assert "cannot be asked for: create_management_client gives it" in text_of(page)
    assert 'name="purpose"' not in page.content.decode()
    answer = ask(dora, audience, scopes=["read:clients"])
    assert answer.status_code == 400
    assert not AccessRequest.objects.exists()


def test_an_api_that_admits_no_machines_cannot_be_asked_for(dora):
    page = open_page(dora, CALENDAR)
    assert "The Calendar API admits no machines" in text_of(page)
    assert 'name="purpose"' not in page.content.decode()
    assert ask(dora, CALENDAR, scopes=["read"]).status_code == 400
    assert not AccessRequest.objects.exists()


def test_unknown_application_and_unknown_api_lead_to_the_same_page_for_whoever_asks_and_sends(dora, gina):
    for browser in (dora, gina):
        sent = [ask(browser, client_id="nobody"), ask(browser, audience="https://nobody.example/"), ask(browser, "\x00", "é")]
        opened = [open_page(browser, client_id="nobody"), open_page(browser, audience="https://nobody.example/")]
        assert {answer.status_code for answer in sent + opened} == {400}
        assert len({re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content) for answer in sent + opened}) == 1
    assert not AccessRequest.objects.exists()


def test_an_owner_with_permission_asks_for_what_is_missing_and_for_nothing_where_nothing_is(dora):
    api = Api.objects.get(audience=PLACES)
    grant = ClientGrant.objects.create(application=new_backend(), api=api)
    grant.scopes.set(api.scopes.filter(name="correct:places"))
    assert "Ask for more, or for longer" in text_of(open_page(dora, PLACES))
    grant.scopes.set(api.scopes.all())
    assert "Ask for more" not in text_of(open_page(dora, PLACES))
    ClientGrant.objects.update(ends_at=timezone.now() + timedelta(days=1))
    assert "Ask for more, or for longer" in text_of(open_page(dora, PLACES))


# ---- The list -------------------------------------------------------------------------------------------------------


def test_the_list_is_for_who_is_signed_in(visitor):
    assert visitor.get("/access-requests")["Location"] == "/login?next=%2Faccess-requests"


def test_gina_sees_her_queue_and_nothing_else_and_dora_what_she_asked_for(dora, gina, alice, asked):
    other = Application.objects.create(client_id="other", name="Other backend", owner=User.objects.get(username="alice"), secret_sha256="x")
    hers = Api.objects.create(name="Stars API", audience="stars")
    AccessRequest.objects.create(application=other, api=hers, purpose="Stars.")
    page = text_of(gina.get("/access-requests"))
    assert "New backend asks for the Geocoding API Dora, since" in page
    assert "Stars API" not in page
    assert "What you asked for Nothing." in page
    page = text_of(dora.get("/access-requests"))
    assert "Waiting for your decision Nothing." in page
    assert "New backend asks for the Geocoding API waits for a decision" in page
    assert "Stars API" not in page
    assert "New backend" not in text_of(alice.get("/access-requests"))


def test_a_superuser_s_queue_is_everybody_s(admin, asked):
    assert "New backend asks for the Geocoding API" in text_of(admin.get("/access-requests"))


def test_what_is_decided_waits_no_more(dora, gina, asked):
    deny(gina)
    assert "Waiting for your decision Nothing." in text_of(gina.get("/access-requests"))
    assert "New backend asks for the Geocoding API denied" in text_of(dora.get("/access-requests"))


def test_the_account_page_says_how_many_wait_and_links_to_them(gina, dora, asked):
    assert 'href="/access-requests">Access requests: 1 waits for your decision</a>' in gina.get("/account").content.decode()
    ask(dora, PLACES, scopes=["import:places"])
    assert "Access requests: 2 wait for your decision" in text_of(gina.get("/account"))
    assert 'href="/access-requests">Access requests</a>' in dora.get("/account").content.decode()
    assert 'href="/access-requests"' in gina.get("/logout").content.decode()


# ---- One request ----------------------------------------------------------------------------------------------------


def test_its_owner_reads_for_whom_it_waits_and_since_when(dora, asked):
    page = dora.get(address())
    assert f"It waits for Gina since {asked.requested_at:%-d %B %Y, %H:%M} UTC." in text_of(page)
    assert PURPOSE in text_of(page)
    assert 'name="decision"' not in page.content.decode()


def test_who_may_decide_reads_who_asks_for_which_application_what_and_why(gina, asked_for_two):
    page = gina.get(address())
    text = text_of(page)
    assert "New backend asks for the Places Admin API" in text
    assert "Dora asked" in text
    assert PURPOSE in text
    assert "Correct names of places" in text
    assert re.findall(r'value="([^"]+)" checked', page.content.decode()) == ["correct:places", "import:places"]


def test_the_effect_is_said_before_the_buttons(gina, asked_for_two):
    page = text_of(gina.get(address()))
    effect = "New backend then gets tokens for the Places Admin API, until the end below or, without one, until somebody takes it back"
    assert f"{effect}, with at most what is ticked. Tokens that are out already stay good until they expire, for 24 hours at most." in page
    assert page.index(effect) < page.index("Ends at (UTC)")


def others(address):
    """What everybody answers who has nothing to do with a request; what differs between two requests at all is left out."""
    for who in ("alice", "bob", "gina"):
        page = Browser().is_signed_in_as(who).get(address)
        yield page.status_code, re.sub(rb"/access-requests/\d+|value=\"\w{64}\"|[0-9a-f]{32}", b"", page.content)


def test_for_everybody_else_it_is_not_there_and_neither_for_another_api_s_administrator(dora):
    Api.objects.filter(audience=CALENDAR).update(machine_access=AccessPolicy.REQUIRE_GRANT)
    ask(dora, CALENDAR, scopes=["read"])
    there, not_there = list(others(address())), list(others("/access-requests/999999"))
    assert {status for status, _ in there} == {404}
    assert there == not_there


def test_who_is_not_signed_in_signs_in_first_whether_there_is_such_a_request_or_not(visitor, asked):
    for number in (the_request().pk, 999999):
        assert visitor.get(f"/access-requests/{number}")["Location"] == f"/login?next=%2Faccess-requests%2F{number}"
        assert visitor.post(f"/access-requests/{number}", decision="approve").status_code == 302
    assert the_request().state == "pending"


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40, "x", "-1", "１", "1/"])
def test_what_is_no_request_is_not_there(gina, asked, number):
    assert gina.get(f"/access-requests/{number}").status_code == 404


# ---- Approving ------------------------------------------------------------------------------------------------------


def test_a_yes_is_a_client_grant_and_the_same_request_for_a_token_then_succeeds(dora, gina, back_channel, asked):
    assert back_channel.machine_token("unapproved-backend").status_code == 403
    answer = approve(gina)
    assert (answer.status_code, answer["Location"]) == (303, address())
    assert "Your decision stands: approved." in text_of(gina.get(address()))
    assert back_channel.machine_token("unapproved-backend").status_code == 200
    page = text_of(dora.get(address()))
    assert re.search(r"Gina said yes on [^,]+, \d\d:\d\d UTC, until somebody takes it back.", page)
    assert "The same request to /oauth/token now succeeds" in page


def test_with_an_end_it_holds_until_then_and_the_page_says_afterwards_that_it_has_ended(dora, gina, back_channel, asked):
    end = timezone.now() + timedelta(hours=2)
    approve(gina, ends_at=minute(end))
    assert f"until {end:%-d %B %Y, %H:%M} UTC" in text_of(dora.get(address()))
    with time_machine.travel(end - timedelta(minutes=2)):
        assert back_channel.machine_token("unapproved-backend").status_code == 200
    with time_machine.travel(end):
        assert back_channel.machine_token("unapproved-backend").status_code == 403
        page = dora.get(address())
        assert "The permission of New backend for the Geocoding API has ended" in text_of(page)
        assert "now succeeds" not in text_of(page)
        assert f'href="{WHERE_TO_ASK.replace("&", "&amp;")}">ask again' in page.content.decode()
        assert ask(dora).status_code == 303


def test_a_later_yes_is_told_on_the_page_of_one_that_has_ended(dora, gina, asked):
    approve(gina, ends_at=minute(timezone.now() + timedelta(hours=1)))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        ask(dora)
        gina.post(f"/access-requests/{AccessRequest.objects.pending().get().pk}", decision="approve")
        assert "has ended" in text_of(dora.get(f"/access-requests/{asked.pk}"))
        assert "Another yes holds meanwhile." in text_of(dora.get(f"/access-requests/{asked.pk}"))


def test_once_taken_back_the_page_does_not_promise_a_token(dora, gina, asked):
    approve(gina)
    new_backends_grant().delete()
    page = text_of(dora.get(address()))
    assert "was taken back" in page
    assert "now succeeds" not in page


def test_less_than_was_asked_can_be_approved_and_the_token_carries_that(dora, gina, back_channel, asked_for_two):
    approve(gina, scopes=["correct:places"])
    assert names(the_request().granted_scopes) == names(new_backends_grant(PLACES).scopes) == {"correct:places"}
    assert back_channel.machine_token("unapproved-backend", audience=PLACES).json()["scope"] == "correct:places"
    assert back_channel.machine_token("unapproved-backend", audience=PLACES, scope="import:places").status_code == 400
    page = text_of(dora.get(address()))
    assert page.index("What was approved Correct names of places") < page.index("Dora asked")


def test_a_yes_keeps_what_a_grant_in_force_allows_already_and_says_so_first(dora, gina):
    api = Api.objects.get(audience=PLACES)
    grant = ClientGrant.objects.create(application=new_backend(), api=api)
    grant.scopes.set(api.scopes.filter(name="import:places"))
    ask(dora, PLACES, scopes=["correct:places"])
    assert "It has permission already ( import:places ), without an end. It keeps that, and all of it then has the end below." in text_of(
        gina.get(address())
    )
    approve(gina, scopes=["correct:places"])
    assert names(new_backends_grant(PLACES).scopes) == {"correct:places", "import:places"}
    assert names(the_request().granted_scopes) == {"correct:places"}


def test_what_an_expired_grant_allowed_does_not_come_back(dora, gina):
    api = Api.objects.get(audience=PLACES)
    grant = ClientGrant.objects.create(application=new_backend(), api=api, ends_at=timezone.now() - timedelta(seconds=1))
    grant.scopes.set(api.scopes.filter(name="import:places"))
    ask(dora, PLACES, scopes=["correct:places"])
    approve(gina, scopes=["correct:places"])
    assert names(new_backends_grant(PLACES).scopes) == {"correct:places"}


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"ends_at": "2001-01-01T00:00"}, "ends", "The end must be in the future."),
        ({"ends_at": "tomorrow"}, "ends", "A date and a time"),
        ({"ends_at": "2027-02-30T00:00"}, "ends", "A date and a time"),
        ({"ends_at": "9999-12-31T23:59-23:59"}, "ends", "A date and a time"),
        ({"scopes": []}, "scopes", "Approve at least one permission, or deny the request."),
        ({"scopes": ["read"]}, "scopes", "Only the permissions that stand here can be ticked."),
        ({"scopes": ["correct:places", "delete:places"]}, "scopes", "Only the permissions that stand here can be ticked."),
    ],
    ids=["past", "no date", "no such day", "beyond all days", "nothing ticked", "another API's scope", "not asked for"],
)
def test_a_bad_yes_names_its_field_and_decides_nothing(gina, asked_for_two, fields, field, words):
    ApiScope.objects.create(api=asked_for_two.api, name="delete:places", description="Delete places")
    answer = approve(gina, **{"scopes": ["correct:places"], **fields})
    assert answer.status_code == 400
    assert f'id="{field}-error">{words}' in answer.content.decode()
    assert the_request().state == "pending"
    assert new_backends_grant(PLACES) is None
    assert not LogEntry.objects.filter(event__in=["access_request.approved", "grant.changed"]).exists()


def test_the_core_too_approves_only_what_was_asked_for(asked_for_two):
    extra = ApiScope.objects.create(api=asked_for_two.api, name="delete:places", description="Delete places")
    with pytest.raises(NotPossible) as refused:
        access_requests.approve(asked_for_two, scopes=[extra], ends_at=None, by="usr_321", trace_id="")
    assert refused.value.field == "scopes"


def test_the_core_too_stores_no_scope_of_another_api(seeded):
    scope = ApiScope.objects.get(api__audience=CALENDAR, name="read")
    with pytest.raises(NotPossible) as refused:
        access_requests.ask(
            application=new_backend(),
            api=Api.objects.get(audience=PLACES),
            scopes=[scope],
            purpose=PURPOSE,
            requested_by=None,
            by="usr_789",
            trace_id="",
        )
    assert refused.value.field == "scopes"


def test_an_api_that_has_come_to_admit_no_machines_cannot_be_approved_any_more_but_denied(gina, asked):
    Api.objects.filter(audience=GEOCODING).update(machine_access=AccessPolicy.DENY)
    page = gina.get(address())
    assert "The Geocoding API admits no machines" in text_of(page)
    assert 'value="approve"' not in page.content.decode()
    assert approve(gina).status_code == 400
    assert new_backends_grant() is None
    assert deny(gina).status_code == 303


def test_a_row_for_the_management_api_from_elsewhere_is_never_approved(admin):
    api = Api.objects.get(audience="http://localhost:8000/api/v2/")
    AccessRequest.objects.create(application=new_backend(), api=api, purpose=PURPOSE)
    assert approve(admin).status_code == 400
    assert new_backends_grant(api.audience) is None


# ---- Denying --------------------------------------------------------------------------------------------------------


def test_a_no_has_a_reason_which_the_owner_reads_with_the_way_to_ask_again(dora, gina, back_channel, asked):
    assert deny(gina)["Location"] == address()
    page = text_of(dora.get(address()))
    assert "New backend was denied the Geocoding API" in page
    assert re.search(r"Gina said no on [^.]+\. The reason: Use the test API first\.", page)
    assert "ask again" in page
    assert back_channel.machine_token("unapproved-backend").status_code == 403
    assert ask(dora, purpose="Once more.").status_code == 303


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "\x00"])
def test_a_no_without_a_reason_that_can_be_kept_is_none(gina, asked, reason):
    answer = deny(gina, reason=reason)
    assert answer.status_code == 400
    assert 'id="reason-error"' in answer.content.decode()
    assert the_request().state == "pending"


# ---- Who decides, once ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", [{}, {"decision": ""}, {"decision": "allow"}])
def test_what_is_no_decision_decides_nothing(gina, asked, decision):
    assert gina.post(address(), **decision).status_code == 400
    assert the_request().state == "pending"


def test_dora_does_not_approve_her_own_request(dora, asked):
    assert approve(dora).status_code == 403
    assert deny(dora).status_code == 403
    assert the_request().state == "pending"
    assert new_backends_grant() is None


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_somebody_else_decides_nothing(who, asked):
    browser = Browser().is_signed_in_as(who)
    assert approve(browser).status_code == deny(browser).status_code == 404
    assert the_request().state == "pending"


def test_gina_does_not_decide_about_the_calendar_api(dora, gina):
    Api.objects.filter(audience=CALENDAR).update(machine_access=AccessPolicy.REQUIRE_GRANT)
    ask(dora, CALENDAR, scopes=["read"])
    assert approve(gina, scopes=["read"]).status_code == 404
    assert deny(gina).status_code == 404
    assert the_request().state == "pending"
    assert new_backends_grant(CALENDAR) is None


def test_who_no_longer_administers_the_api_decides_no_more(gina, asked):
    Api.objects.filter(audience=GEOCODING).update(administrator=User.objects.get(username="bob"))
    assert approve(gina).status_code == 404
    assert approve(Browser().is_signed_in_as("bob")).status_code == 303


def test_a_superuser_decides_where_there_is_no_administrator(admin, asked):
    Api.objects.filter(audience=GEOCODING).update(administrator=None)
    assert approve(admin).status_code == 303
    assert the_request().decided_by == "usr_100"


def test_what_is_decided_stays_decided(gina, admin, asked):
    deny(gina)
    for browser in (gina, admin):
        answer = approve(browser)
        assert answer.status_code == 400
        assert "Somebody has decided this request already." in text_of(answer)
    assert the_request().state == "denied"
    assert new_backends_grant() is None


def test_of_two_who_decide_at_once_one_is_first_and_the_other_changes_nothing(asked):
    """Both have read that it waits. One conditional UPDATE tells who was first; what the second began is rolled back."""
    as_gina_read_it, as_the_admin_read_it = AccessRequest.objects.get(), AccessRequest.objects.get()
    access_requests.deny(as_gina_read_it, reason="No.", by="usr_321", trace_id="")
    with pytest.raises(NotPossible) as refused:
        access_requests.approve(as_the_admin_read_it, scopes=[], ends_at=None, by="usr_100", trace_id="")
    assert refused.value.field == "state"
    assert (the_request().state, the_request().decided_by) == ("denied", "usr_321")
    assert new_backends_grant() is None
    assert [entry.by for entry in LogEntry.objects.filter(event__startswith="access_request.")] == ["usr_789", "usr_321"]


def test_links_change_nothing_and_csrf_is_checked(dora, gina):
    dora.get("/access-requests/new", client_id="unapproved-backend", audience=GEOCODING, purpose=PURPOSE)
    assert not AccessRequest.objects.exists()
    ask(dora)
    gina.get(address(), decision="approve")
    for who, path, fields in (
        ("gina", address(), {"decision": "approve"}),
        (
            "dora",
            "/access-requests/new",
            {"client_id": "unapproved-backend", "audience": PLACES, "purpose": "x", "scopes": "import:places"},
        ),
    ):
        client = Client(enforce_csrf_checks=True)
        client.force_login(User.objects.get(username=who))
        assert client.post(path, fields).status_code == 403
    assert the_request().state == "pending"


@pytest.mark.parametrize("path", ["/access-requests", "/access-requests/new", "/access-requests/1"])
def test_other_methods_are_refused(gina, asked, path):
    assert gina.client.delete(path).status_code == 405
    if path == "/access-requests":
        assert gina.post(path).status_code == 405


def test_the_pages_may_be_framed_and_kept_by_nobody(gina, asked):
    for path in ("/access-requests", address(), WHERE_TO_ASK):
        page = gina.client.get(path)
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        assert "no-store" in page["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in page


# ---- The log --------------------------------------------------------------------------------------------------------


def logged(*events):
    return [
        (entry.event, entry.reason, entry.client_id, entry.audience, entry.scope, entry.by)
        for entry in LogEntry.objects.filter(event__in=events)
    ]


def test_the_log_says_who_asked_who_approved_what_of_it_and_what_that_changed(dora, gina):
    api = Api.objects.get(audience=PLACES)
    grant = ClientGrant.objects.create(application=new_backend(), api=api)
    grant.scopes.set(api.scopes.filter(name="import:places"))
    ask(dora, PLACES, scopes=["correct:places"])
    approve(gina, scopes=["correct:places"])
    new = ("unapproved-backend", PLACES)
    assert logged("access_request.asked", "access_request.approved", "grant.changed") == [
        ("access_request.asked", "", *new, "correct:places", "usr_789"),
        ("access_request.approved", "", *new, "correct:places", "usr_321"),
        ("grant.changed", "changed", *new, "correct:places import:places", "usr_321"),
    ]


def test_the_first_yes_adds_the_grant_and_a_no_changes_none(dora, gina, asked):
    approve(gina)
    assert logged("grant.changed") == [("grant.changed", "added", "unapproved-backend", GEOCODING, "", "usr_321")]
    ask(dora, PLACES, scopes=["import:places"])
    AccessRequest.objects.filter(state="approved").delete()
    deny(gina, reason="A secret plan")
    assert logged("access_request.denied") == [("access_request.denied", "", "unapproved-backend", PLACES, "import:places", "usr_321")]
    assert len(logged("grant.changed")) == 1
    assert "A secret plan" not in str(LogEntry.objects.values_list())


# ---- What it costs --------------------------------------------------------------------------------------------------


def more_requests(count):
    """So many more that wait for Gina's decision and that Dora asked for, each with two scopes."""
    dora, gina = User.objects.get(username="dora"), User.objects.get(username="gina")
    so_far = Api.objects.count()
    for number in range(so_far, so_far + count):
        api = Api.objects.create(name=f"API {number}", audience=f"api{number}", administrator=gina)
        scopes = [ApiScope.objects.create(api=api, name=name, description=name) for name in ("a", "b")]
        AccessRequest.objects.create(application=new_backend(), api=api, purpose=PURPOSE, requested_by=dora).scopes.set(scopes)


def test_the_number_of_queries_does_not_grow_with_the_requests(dora, gina, asked_for_two, django_assert_num_queries):
    for _ in range(2):
        for browser in (dora, gina):
            with django_assert_num_queries(6):
                browser.get("/access-requests")
        with django_assert_num_queries(6):
            gina.get(f"/access-requests/{asked_for_two.pk}")
        with django_assert_num_queries(7):
            open_page(dora, PLACES)
        more_requests(10)


def test_the_list_is_cut_and_says_so(gina, asked, monkeypatch):
    more_requests(3)
    monkeypatch.setattr("authorization_server.access_request_pages.LONGEST_LIST", 2)
    page = text_of(gina.get("/access-requests"))
    assert "These are the 2 that wait longest." in page
    assert page.count("asks for") == 3  # and the sentence that says what this is
