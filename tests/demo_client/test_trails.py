"""Whose what just happened is, how long it can be seen, and what belongs to one happening, in which order."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from demo_client.models import DaybookSession, Happening, RecordedMessage, SignIn
from tests.demo_client.conftest import LOGGED, DaybookBrowser, csrf_value, message_pk, text, words

TYPED = {"event_id": "0" * 20, "what": "Coffee", "day": "2026-11-26", "since": "16:00", "until": "17:00"}
A_FIRST_SIGN_IN = [
    "begins",
    "discovery",
    "authorize",
    "sign-in-page",
    "signed-in",
    "dialog",
    "consent",
    "comes-back",
    "code-for-token",
    "opens-the-week",
    "events",
    "machine-token",
    "place-names",
]


def kinds(happening):
    return list(happening.messages.values_list("kind", flat=True))


def trace_id_of(state):
    return hashlib.sha256(state.encode()).hexdigest()[:32]


@pytest.fixture
def week(signed_in):
    """The page of the first sign-in, and the address of its message with the ticket and of the whole."""
    page = signed_in.get("/daybook")
    page.pk, page.happening_pk = message_pk(page, "Daybook shows the ticket"), Happening.objects.get().pk
    return page


# ---- Whose it is ----------------------------------------------------------------------------------------------------


def addresses(week):
    return [f"/messages/{week.pk}", f"/happenings/{week.happening_pk}", f"/happenings/{week.happening_pk}?all=1"]


def test_the_browser_that_it_happened_to_sees_it(signed_in, week):
    assert [signed_in.get(address).status_code for address in addresses(week)] == [200, 200, 200]


@pytest.mark.parametrize("has_a_trail", [False, True])
def test_another_browser_does_not_and_learns_nothing(services, week, somebody_else, has_a_trail):
    if has_a_trail:
        somebody_else.sign_in(services)
    seen, invented = somebody_else.get(f"/messages/{week.pk}"), somebody_else.get("/messages/999999")
    assert [somebody_else.get(address).status_code for address in addresses(week)] == [404, 404, 404]
    assert re.sub(r"trace [0-9a-f]{32}|/messages/\d+", "", words(seen)) == re.sub(r"trace [0-9a-f]{32}|/messages/\d+", "", words(invented))


@pytest.mark.parametrize("action", ["change-a-letter", "send-again"])
def test_another_browser_cannot_send_it_again(services, week, somebody_else, action):
    somebody_else.sign_in(services)
    services.requests.clear()
    assert somebody_else.post(f"/messages/{week.pk}/{action}").status_code == 404
    assert services.requests == []
    assert not RecordedMessage.objects.exclude(repeats=None).exists()


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
@pytest.mark.parametrize("path", ["/messages/{}", "/happenings/{}"])
def test_a_number_that_nothing_has_is_404(signed_in, week, path, number):
    assert signed_in.get(path.format(number)).status_code == 404


def test_an_empty_trail_shows_nothing_of_anybody(services, week, somebody_else):
    Happening.objects.create(trail="", trace_id="0" * 32)
    assert somebody_else.get(f"/happenings/{Happening.objects.latest('pk').pk}").status_code == 404


def test_it_stays_through_the_new_key_of_the_session(services, alice):
    state = alice.begin()["state"]
    before = alice.cookies["daybook_session"].value
    (first,) = RecordedMessage.objects.filter(kind="begins")
    assert alice.get(f"/messages/{first.pk}").status_code == 200
    alice.come_back(services, state)
    assert alice.cookies["daybook_session"].value != before
    assert alice.get(f"/messages/{first.pk}").status_code == 200


def test_who_knew_the_key_from_before_the_sign_in_sees_nothing(services, alice, somebody_else):
    state = alice.begin()["state"]
    somebody_else.cookies["daybook_session"] = alice.cookies["daybook_session"].value
    alice.come_back(services, state)
    pk = message_pk(alice.get("/daybook"), "Daybook shows the ticket")
    assert somebody_else.get(f"/messages/{pk}").status_code == 404


@pytest.mark.parametrize("path", ["/sign-out", "/start-over"])
def test_it_ends_with_signing_out_and_with_starting_over(signed_in, services, week, path):
    signed_in.begin()
    signed_in.post(path)
    assert [model.objects.count() for model in (Happening, RecordedMessage, SignIn)] == [0, 0, 0]
    signed_in.sign_in(services)
    assert [signed_in.get(address).status_code for address in addresses(week)] == [404, 404, 404]


def test_signing_out_leaves_what_happened_in_other_browsers(signed_in, services, week, somebody_else):
    somebody_else.sign_in(services)
    somebody_else.post("/sign-out")
    assert signed_in.get(f"/messages/{week.pk}").status_code == 200


# ---- How long -------------------------------------------------------------------------------------------------------


def aged(by):
    Happening.objects.update(begun_at=timezone.now() - by)


def test_it_is_seen_for_24_hours(signed_in, week):
    aged(timedelta(hours=23, minutes=59))
    assert [signed_in.get(address).status_code for address in addresses(week)] == [200, 200, 200]
    assert "What just happened" in words(signed_in.get("/learn"))


def test_after_that_nobody_sees_it(signed_in, week):
    aged(timedelta(hours=24, seconds=1))
    assert [signed_in.get(address).status_code for address in addresses(week)] == [404, 404, 404]
    assert signed_in.post(f"/messages/{week.pk}/send-again").status_code == 404
    assert "What just happened" not in words(signed_in.get("/learn"))


def test_and_the_next_sign_in_of_anybody_deletes_it(signed_in, week, somebody_else, services):
    aged(timedelta(hours=24, seconds=1))
    old = set(RecordedMessage.objects.values_list("pk", flat=True))
    somebody_else.begin()
    assert not Happening.objects.filter(pk=week.happening_pk).exists()
    assert not RecordedMessage.objects.filter(pk__in=old).exists()


def test_a_sign_in_whose_beginning_was_deleted_meanwhile_goes_on(services, alice):
    state = alice.begin()["state"]
    Happening.objects.all().delete()
    assert alice.come_back(services, state).status_code == 302
    assert "What just happened" in words(alice.get("/daybook"))


# ---- What belongs to one happening ----------------------------------------------------------------------------------


def test_a_sign_in_its_callback_and_the_first_page_are_one(services, alice):
    services.logged = LOGGED
    alice.sign_in(services)
    alice.get("/daybook")
    assert kinds(Happening.objects.get()) == A_FIRST_SIGN_IN


def test_the_next_page_is_another(services, alice):
    alice.sign_in(services)
    alice.get("/daybook")
    alice.get("/daybook?week=2026-W49")
    assert [kinds(happening) for happening in Happening.objects.order_by("pk")][1:] == [["opens-the-week", "events", "place-names"]]


def test_it_has_the_trace_id_of_its_sign_in_and_so_has_every_request_in_it(services, alice):
    state = alice.begin()["state"]
    alice.come_back(services, state)
    page = alice.get("/daybook")
    happening = Happening.objects.get()
    assert happening.trace_id == trace_id_of(state)
    sent = [row.request["headers"] for row in happening.messages.filter(sender="application")]
    assert {dict(headers)["traceparent"].split("-")[1] for headers in sent} == {happening.trace_id}
    assert page.status_code == 200


def test_it_is_about_the_person_whose_ticket_it_is(services, alice):
    alice.sign_in(services)
    assert Happening.objects.get().subject == "usr_123"


def test_a_ticket_that_daybook_cannot_check_is_about_nobody_it_could_name(services, alice):
    services.answers["/oauth/token"] = (200, services.token_answer(access_token="opaque"))
    alice.sign_in(services)
    assert Happening.objects.get().subject == ""
    assert "Signed in" in words(alice.get("/daybook"))


def test_an_added_event_and_the_week_it_leads_to_are_one(signed_in, services):
    services.grants = "read write"
    signed_in.sign_in(services)
    signed_in.get("/daybook")
    signed_in.get(signed_in.post("/daybook/new", TYPED)["Location"])
    assert kinds(Happening.objects.last()) == ["sends-the-form", "new-event", "opens-the-week", "events", "place-names"]


def test_asking_for_more_adding_and_the_week_are_one(signed_in, services):
    signed_in.get("/daybook")
    refusal = {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="write"'}
    services.answers["POST /calendar/v1/events"], added = (403, {}, refusal), services.answers["POST /calendar/v1/events"]
    signed_in.post("/daybook/new", TYPED)
    assert kinds(Happening.objects.last()) == ["sends-the-form", "new-event"]
    services.answers["POST /calendar/v1/events"], services.grants = added, "read write"
    state = signed_in.begin(at="/daybook/ask-for-more")["state"]
    signed_in.get(signed_in.come_back(services, state)["Location"])
    assert kinds(Happening.objects.last()) == [
        "begins",
        "comes-back",
        "code-for-token",
        "new-event",
        "opens-the-week",
        "events",
        "place-names",
    ]


def test_a_refusal_ends_its_happening(services, alice):
    alice.come_back(services, alice.begin()["state"], code=None, error="access_denied")
    alice.sign_in(services)
    assert [kinds(happening)[-1] for happening in Happening.objects.order_by("pk")] == ["comes-back", "code-for-token"]


# ---- Two tabs -------------------------------------------------------------------------------------------------------


def test_two_tabs_at_once_are_two_happenings_each_with_its_page(services, alice):
    first, second = alice.begin()["state"], alice.begin()["state"]
    alice.come_back(services, first)
    alice.come_back(services, second)
    alice.get("/daybook")
    alice.get("/daybook")
    one, other = Happening.objects.order_by("pk")
    assert [one.trace_id, other.trace_id] == [trace_id_of(first), trace_id_of(second)]
    assert [kinds(one).count("opens-the-week"), kinds(other).count("opens-the-week")] == [1, 1]
    assert kinds(one)[:4] == ["begins", "discovery", "comes-back", "code-for-token"]
    assert kinds(other)[:3] == ["begins", "comes-back", "code-for-token"]


def test_a_sign_in_that_begins_before_the_others_page_is_open_is_no_part_of_it(services, alice):
    first = alice.begin()["state"]
    alice.come_back(services, first)
    second = alice.begin()["state"]
    alice.get("/daybook")
    alice.come_back(services, second)
    one, other = Happening.objects.order_by("pk")
    assert (one.trace_id, kinds(one)[:5]) == (
        trace_id_of(first),
        ["begins", "discovery", "comes-back", "code-for-token", "opens-the-week"],
    )
    assert (other.trace_id, kinds(other)) == (trace_id_of(second), ["begins", "comes-back", "code-for-token"])


def test_answers_may_come_in_another_order_than_they_were_asked_for(services, alice):
    first, second = alice.begin()["state"], alice.begin()["state"]
    alice.come_back(services, second)
    alice.come_back(services, first)
    one, other = Happening.objects.order_by("pk")
    assert [one.trace_id, other.trace_id] == [trace_id_of(first), trace_id_of(second)]
    assert kinds(other) == ["begins", "comes-back", "code-for-token"]


def test_a_picked_place_does_not_take_the_place_of_the_page(services, alice):
    alice.sign_in(services)
    alice.get("/daybook/place-name?lat=1&lon=1")
    alice.get("/daybook")
    assert "opens-the-week" in kinds(Happening.objects.order_by("pk")[0])


# ---- Order and numbers ----------------------------------------------------------------------------------------------


def numbers_and_addresses(page):
    listed = re.findall(r'href="/messages/(\d+)".*?msg__n">(\d+)<.*?<code>([^<]*)</code>', text(page), flags=re.DOTALL)
    return [(int(number), asked) for _, number, asked in listed]


def test_all_messages_are_numbered_in_their_order(signed_in, services, alice):
    services.logged = LOGGED
    alice.post("/start-over")
    alice.sign_in(services)
    alice.get("/daybook")
    assert numbers_and_addresses(alice.get(f"/happenings/{Happening.objects.get().pk}?all=1")) == [
        (1, "GET /sign-in"),
        (2, "GET /authorize"),
        (3, "GET /login"),
        (4, "POST /login"),
        (5, "GET /authorize"),
        (6, "POST /authorize"),
        (7, "GET /callback"),
        (8, "POST /oauth/token"),
        (9, "GET /daybook"),
        (10, "GET /calendar/v1/events"),
        (11, "POST /oauth/token"),
        (12, "POST /geocoding/v1/reverse"),
    ]


def test_the_few_keep_the_numbers_that_they_have_among_all(signed_in, week):
    few = numbers_and_addresses(week)
    everything = numbers_and_addresses(signed_in.get(f"/happenings/{week.happening_pk}?all=1"))
    assert set(few) < set(everything)


def test_numbers_go_on_through_the_trail(signed_in, week):
    last = numbers_and_addresses(signed_in.get(f"/happenings/{week.happening_pk}?all=1"))[-1][0]
    signed_in.get("/daybook?week=2026-W49")
    after = signed_in.get(f"/happenings/{Happening.objects.latest('pk').pk}?all=1")
    assert numbers_and_addresses(after)[0] == (last + 1, "GET /daybook")
    assert f'href="/happenings/{week.happening_pk}">← what happened before' in text(after)


def test_numbers_begin_with_each_browser_anew(services, week, somebody_else):
    somebody_else.sign_in(services)
    page = somebody_else.get(f"/happenings/{Happening.objects.latest('pk').pk}?all=1")
    assert numbers_and_addresses(page)[0] == (1, "GET /sign-in")
    assert "what happened before" not in text(page)


def test_signing_out_needs_its_csrf_value_for_what_happened_too(services, db):
    browser = DaybookBrowser(enforce_csrf_checks=True)
    browser.sign_in(services)
    week = browser.get("/daybook")
    assert browser.post("/start-over").status_code == 403
    assert Happening.objects.exists()
    assert browser.post("/start-over", {"csrfmiddlewaretoken": csrf_value(week)}).status_code == 303
    assert not Happening.objects.exists()
    assert DaybookSession.objects.count() == 1
