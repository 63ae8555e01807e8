"""One message opened: the four checks with both values, the exact bytes, what its parts mean; and sent again with one letter changed."""

import html
import re

import pytest
from django.test import Client

from demo_client.models import RecordedMessage
from tests.demo_client.conftest import csrf_value, message_pk, text, where_it_leads, words

REFUSED = {"title": "Signature does not match", "code": "bad_signature", "step": 2, "check": "signature"}


@pytest.fixture
def week(signed_in, services):
    """Alice's week, with everything that it set off."""
    return signed_in.get("/daybook")


@pytest.fixture
def events_pk(week):
    """The number of the message that carried the ticket."""
    return message_pk(week, "Daybook shows the ticket")


@pytest.fixture
def opened(signed_in, events_pk):
    """That message, opened."""
    return signed_in.get(f"/messages/{events_pk}")


def verdicts(page):
    return re.findall(r'check__verdict">([^<]+)<', text(page))


def compared(page):
    """The rows of the four checks: what is compared, what the ticket says, what the API expects."""
    rows = re.findall(r'<th scope="row">([^<]*)</th><td>([^<]*)</td><td>([^<]*)</td>', text(page))
    return {name: (html.unescape(found), html.unescape(wanted)) for name, found, wanted in rows}


def change(browser, pk):
    return browser.post(f"/messages/{pk}/change-a-letter", follow=True)


# ---- Opened ---------------------------------------------------------------------------------------------------------


def test_all_four_checks_are_there_each_with_what_it_compared(opened, services):
    assert verdicts(opened) == ["passed"] * 4
    rows = compared(opened)
    assert rows["typ"] == ("at+jwt", "at+jwt")
    assert rows["iss"] == (services.issuer, services.issuer)
    assert rows["aud"] == ("api.calendar", "api.calendar")
    assert rows["sub"][0] == "usr_123"
    assert rows["scope"] == ("read", "read")
    assert rows["alg"] == ("RS256", "RS256, pinned for this issuer")
    assert re.fullmatch(r"\d+ \w{3} \d{4} \d\d:\d\d:\d\d UTC", rows["exp"][0])


def test_it_says_who_computed_them(opened):
    assert "Daybook computed these rows with the verifier’s own examine()" in words(opened)


def test_the_bytes_are_those_that_went_over_the_wire(opened, services):
    (sent,) = services.sent_to("/calendar/v1/events")
    shown = html.unescape(re.sub(r"<[^>]+>", "", text(opened)))
    assert f"GET {sent['target']} HTTP/1.1" in shown
    assert '"summary": "Call with Tokyo"' in shown
    assert "HTTP/1.1 200 OK" in shown


def test_a_ticket_is_shortened_until_every_letter_is_asked_for(signed_in, events_pk, opened, services):
    (sent,) = services.sent_to("/calendar/v1/events")
    ticket = sent["headers"]["Authorization"].removeprefix("Bearer ")
    in_full = re.sub(r"<[^>]+>", "", text(signed_in.get(f"/messages/{events_pk}?full=1")))
    assert in_full.count(ticket) >= 1
    bytes_alone = re.sub(r"<[^>]+>", "", re.findall(r"<figure class=\"bytes.*?</figure>", text(opened), flags=re.DOTALL)[0])
    assert ticket not in bytes_alone
    assert ticket[:15] in bytes_alone


def test_its_parts_are_explained_word_by_word(opened):
    page = words(opened)
    assert "Whoever shows it gets in (Bearer), so it travels in this header only." in page
    assert "Ties this message to the others in this list. It opens nothing." in page


def test_it_can_be_copied_as_a_command_for_a_terminal(opened, services):
    command = html.unescape(re.findall(r'id="as-curl">([^<]*)<', text(opened))[0])
    (sent,) = services.sent_to("/calendar/v1/events")
    assert command.startswith("curl -i ")
    assert sent["headers"]["Authorization"] in command


def test_where_the_api_opens_although_a_check_fails_the_page_says_which_counts(alice, services):
    services.signer.kid = "a-key-that-nobody-publishes"
    alice.sign_in(services)
    page = alice.get(f"/messages/{message_pk(alice.get('/daybook'), 'Daybook shows the ticket')}")
    assert verdicts(page)[1] == "failed"
    assert "The API itself opened all the same: its own checks are what counts." in words(page)


def test_without_the_issuers_keys_daybook_says_that_it_cannot_judge_the_seal(alice, services):
    services.answers["/.well-known/jwks.json"] = (503, "")
    alice.sign_in(services)
    page = alice.get(f"/messages/{message_pk(alice.get('/daybook'), 'Daybook shows the ticket')}")
    assert verdicts(page) == ["passed", "not possible", "passed", "passed"]
    assert "2 Signature not possible Daybook cannot judge this one: it has no trusted key, or nothing to read." in words(page)
    assert "its own checks are what counts" not in words(page), "the API opened, and no row says no"


def test_of_a_strangers_ticket_the_seal_cannot_be_judged_and_check_3_says_no(alice, services):
    ticket = services.signer.access_token(iss="https://stranger.example/")
    services.answers["/oauth/token"] = (200, services.token_answer(access_token=ticket))
    alice.sign_in(services)
    page = alice.get(f"/messages/{message_pk(alice.get('/daybook'), 'Daybook shows the ticket')}")
    assert verdicts(page) == ["passed", "not possible", "failed", "not reached"]
    assert "2 Signature not possible Daybook cannot judge this one:" in words(page)


def test_where_the_api_refuses_for_another_reason_the_page_says_so(signed_in, services, events_pk):
    services.answers["/calendar/v1/events"] = (401, {"title": "Expired", "code": "token_expired"})
    page = signed_in.post(f"/messages/{events_pk}/send-again", follow=True)
    assert "The API itself answered token_expired" in words(page)


def test_without_explanations_no_ticket_is_shown_and_nothing_can_be_sent_again(services, alice, settings):
    settings.EXPLAIN_REJECTIONS = False
    alice.sign_in(services)
    pk = message_pk(alice.get("/daybook"), "Daybook shows the ticket")
    page = alice.get(f"/messages/{pk}?full=1")
    assert "eyJ" not in text(page)
    assert "Change one letter" not in text(page)
    assert alice.post(f"/messages/{pk}/change-a-letter").status_code == 404
    assert verdicts(page) == ["passed"] * 4


def test_only_messages_that_just_read_can_be_sent_again(signed_in, week, services):
    pk = message_pk(week, "turns 1 coordinate into place names")
    assert "Change one letter" not in text(signed_in.get(f"/messages/{pk}"))
    asked = len(services.requests)
    assert signed_in.post(f"/messages/{pk}/send-again").status_code == 404
    assert len(services.requests) == asked


# ---- One letter changed ---------------------------------------------------------------------------------------------


def test_the_same_request_goes_out_again_with_exactly_one_letter_changed(signed_in, events_pk, services):
    change(signed_in, events_pk)
    first, second = services.sent_to("/calendar/v1/events")
    assert first["target"] == second["target"]
    good, changed = (request["headers"]["Authorization"] for request in (first, second))
    assert sum(one != other for one, other in zip(good, changed, strict=True)) == 1


def test_check_2_fails_and_what_comes_after_is_not_reached(signed_in, events_pk, services):
    services.answers["/calendar/v1/events"] = (401, REFUSED)
    page = change(signed_in, events_pk)
    assert verdicts(page) == ["passed", "failed", "not reached", "not reached"]
    shown = words(page)
    assert "2 Signature: the letters no longer match the seal." in shown
    assert "Alice’s calendar stayed closed." in shown
    assert "Claims under a broken seal prove nothing, so nobody reads them." in shown
    assert re.search(r"It would even read well: it now says usr_\d\d\d\.", shown)


def test_the_changed_letter_stands_out_beside_the_one_that_was_sealed(signed_in, events_pk, services):
    page = change(signed_in, events_pk)
    repeat = RecordedMessage.objects.exclude(change={}).get()
    assert re.findall(r'<mark class="changed">([^<]*)</mark>', text(page)) == [repeat.change["sent"]]
    assert compared(page)[f"letter {repeat.change['letter']}"] == (repeat.change["sent"], repeat.change["sealed"])


def test_it_takes_the_place_and_the_number_of_the_good_one(signed_in, events_pk, services, opened):
    services.answers["/calendar/v1/events"] = (401, REFUSED)
    (number,) = re.findall(r"message (\d+ of \d+)", text(opened))
    page = change(signed_in, events_pk)
    assert f"message {number}" in text(page)
    listed = re.findall(r'msg__say">([^<]*)', text(page))
    assert "The same request with one letter changed. The Calendar API stops at check 2." in listed
    assert not any(say.startswith("Daybook shows the ticket") for say in listed)


def test_the_good_one_can_be_sent_again_and_is_green_again(signed_in, events_pk, services):
    services.answers["/calendar/v1/events"] = (401, REFUSED)
    changed = change(signed_in, events_pk)
    del services.answers["/calendar/v1/events"]
    services.answers["/calendar/v1/events"] = (200, {"items": []})
    pk = changed.redirect_chain[-1][0].rpartition("/")[2]
    page = signed_in.post(f"/messages/{pk}/send-again", follow=True)
    assert verdicts(page) == ["passed"] * 4
    good, _, again = (request["headers"]["Authorization"] for request in services.sent_to("/calendar/v1/events"))
    assert good == again


def test_an_api_that_is_away_is_shown_as_no_answer(signed_in, events_pk, settings):
    settings.CALENDAR_API_INTERNAL_URL = "http://localhost:1"
    page = signed_in.post(f"/messages/{events_pk}/send-again", follow=True)
    assert "Nobody answered" in words(page)
    assert "no answer" in words(page)


def test_it_needs_a_post_with_its_csrf_value(services, db):
    browser = Client(headers={"host": "localhost:8000"}, enforce_csrf_checks=True)
    assert browser.get("/messages/1/change-a-letter").status_code == 405
    assert browser.post("/messages/1/change-a-letter").status_code == 403


def test_a_ticket_that_is_no_jwt_has_no_letter_to_change(services, alice):
    services.answers["/oauth/token"] = (200, services.token_answer(access_token="opaque"))
    alice.sign_in(services)
    pk = message_pk(alice.get("/daybook"), "Daybook shows the ticket")
    assert alice.post(f"/messages/{pk}/change-a-letter").status_code == 404


# ---- The drawer -----------------------------------------------------------------------------------------------------


def test_the_drawer_is_open_with_what_the_page_set_off_and_closed_on_a_page_that_set_nothing_off(signed_in, week):
    assert '<details id="drawer" open>' in text(week)
    assert '<details id="drawer">' in text(signed_in.get("/learn"))


def test_it_counts_all_messages_and_shows_those_that_matter(week):
    assert "8 messages. Three matter." in words(week)  # the played log tells nothing of the front channel
    assert text(week).count('class="msg ') == 3


def test_each_arrow_says_from_whom_to_whom_in_words_and_for_the_drawing(week):
    pairs = re.findall(r'data-from="(\w+)" data-to="(\w+)"', text(week))
    assert pairs == [("application", "issuer"), ("application", "api"), ("application", "api")]
    assert "application to Calendar API" in words(week)


def test_ticks_stand_where_the_api_opened_and_all_four_passed(week, signed_in, services):
    assert text(week).count("all four checks passed") == 2
    services.answers["/calendar/v1/events"] = (401, REFUSED)
    assert "all four checks passed" not in text(signed_in.get("/daybook"))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((200, {"items": []}), "2 messages. One matters."),
        ((403, {"code": "insufficient_scope"}), "2 messages. One matters, and it was refused."),
    ],
)
def test_the_count_of_one_is_said_in_the_singular_and_a_refusal_is_said(signed_in, week, services, answer, says):
    services.answers["/calendar/v1/events"] = answer
    assert says in words(signed_in.get("/daybook"))


def test_no_answer_is_said(signed_in, week, settings):
    settings.CALENDAR_API_INTERNAL_URL = "http://localhost:1"
    page = words(signed_in.get("/daybook"))
    assert "2 messages. One matters, and one got no answer." in page
    assert "Daybook asks for the events. Nobody answers." in page


def test_it_leads_to_its_full_size_and_to_all_messages(signed_in, week):
    few = signed_in.get(where_it_leads(week, "Open at full size"))
    everything = signed_in.get(where_it_leads(week, "Show all 8 messages"))
    assert (text(few).count('class="msg '), text(everything).count('class="msg ')) == (3, 8)


# ---- Start over -----------------------------------------------------------------------------------------------------


def test_after_starting_over_the_next_sign_in_shows_every_page_once(signed_in, services):
    assert csrf_value(signed_in.get("/daybook"))
    assert signed_in.post("/start-over")["Location"] == "/"
    assert signed_in.begin()["prompt"] == "login consent"
    assert "prompt" not in signed_in.begin()
