"""What went on between browser and authorization server: from that server's log, exactly, and nothing without it."""

import hashlib
import re

import jwt
import pytest

from authorization_server import consent, sign_in
from demo_client import issuer_log
from demo_client.models import Happening, RecordedMessage
from tests.demo_client.conftest import LOGGED, asked_of_the_token_endpoint, message_pk, text, where_it_leads, words

ANSWERED = {"event": "request.answered", "method": "GET", "path": "/authorize", "status": 303, "duration_ms": 4.6}
HALF_A_PAIR = chr(0xD83D)


def reported():
    """The messages that the log told of."""
    return list(RecordedMessage.objects.filter(reported_by="authorization_server"))


def all_kinds():
    return list(RecordedMessage.objects.values_list("kind", flat=True))


# ---- What is asked --------------------------------------------------------------------------------------------------


def test_the_log_is_asked_once_for_the_trace_id_that_daybook_drew_itself(services, alice):
    state = alice.begin()["state"]
    assert services.sent_to("/api/v2/logs") == []
    alice.come_back(services, state)
    alice.get("/daybook")
    (asked,) = services.sent_to("/api/v2/logs")
    assert asked["query"] == {"trace_id": [hashlib.sha256(state.encode()).hexdigest()[:32]]}


def test_it_is_asked_with_a_token_of_the_trail_reader_for_the_management_api(services, alice):
    alice.sign_in(services)
    (asked,) = services.sent_to("/api/v2/logs")
    claims = jwt.decode(asked["headers"]["Authorization"].removeprefix("Bearer "), options={"verify_signature": False})
    assert (claims["sub"], claims["aud"]) == ("trail-reader@clients", f"{services.issuer}api/v2/")
    (token_request,) = [request for request in services.sent_to("/oauth/token") if "trail-reader" in request["body"]]
    assert asked_of_the_token_endpoint(token_request)["client_secret"] == "trail-reader-demo-secret"


def test_that_token_is_kept_for_the_next_sign_in(services, alice, somebody_else):
    alice.sign_in(services)
    somebody_else.sign_in(services)
    assert len([request for request in services.sent_to("/oauth/token") if "trail-reader" in request["body"]]) == 1


def test_one_that_is_no_longer_taken_is_asked_for_anew(services, alice):
    good = services.answers["/api/v2/logs"]
    services.answers["/api/v2/logs"] = (401, {"code": "unknown_key"})
    alice.sign_in(services)
    services.answers["/api/v2/logs"] = good
    alice.sign_in(services)
    assert len([request for request in services.sent_to("/oauth/token") if "trail-reader" in request["body"]]) == 2


@pytest.mark.parametrize("state", ["made-up", "0" * 43, None])
def test_nothing_is_asked_for_a_state_of_somebody_else(services, alice, somebody_else, state):
    alice.begin()
    somebody_else.come_back(services, alice.begin()["state"])
    alice.come_back(services, state)
    assert services.sent_to("/api/v2/logs") == []


def test_asking_is_no_part_of_what_happened(services, alice):
    services.logged = LOGGED
    alice.sign_in(services)
    assert not RecordedMessage.objects.filter(asked__contains="/api/v2/").exists()
    assert not RecordedMessage.objects.filter(meaning__contains="trail-reader").exists()


# ---- What is told ---------------------------------------------------------------------------------------------------


def test_its_messages_stand_between_the_redirect_and_the_browsers_return(services, alice):
    services.logged = LOGGED
    alice.sign_in(services)
    assert all_kinds() == [
        "begins",
        "discovery",
        *("authorize", "sign-in-page", "signed-in", "dialog", "consent"),
        "comes-back",
        "code-for-token",
    ]


def test_a_message_has_method_path_status_time_and_who_told_of_it(services, alice):
    services.logged = LOGGED
    alice.sign_in(services)
    assert [(row.sender, row.receiver, row.asked, row.status, row.duration_ms) for row in reported()] == [
        ("browser", "authorization_server", "GET /authorize", 303, 4),
        ("browser", "authorization_server", "GET /login", 200, 6),
        ("browser", "authorization_server", "POST /login", 303, 43),
        ("browser", "authorization_server", "GET /authorize", 200, 8),
        ("browser", "authorization_server", "POST /authorize", 303, 9),
    ]


def test_its_time_is_the_logs(services, alice):
    services.logged = [{**ANSWERED, "at": "2026-11-24T09:00:00.123456+01:00"}]
    alice.sign_in(services)
    assert [f"{row.started_at:%d %H:%M:%S.%f %Z}" for row in reported()] == ["24 08:00:00.123456 UTC"]


def test_a_message_carries_what_was_decided_in_it(services, alice):
    services.logged = LOGGED
    alice.sign_in(services)
    decided = [[decision["event"] for decision in row.decisions] for row in reported()]
    assert decided == [[], [], ["sign_in.succeeded"], ["consent.shown"], ["consent.given", "code.issued"]]


@pytest.mark.parametrize(
    ("decision", "kind", "says", "matters"),
    [
        ({"event": "sign_in.succeeded"}, "signed-in", "Alice signs in. Daybook never sees this password.", False),
        (
            {"event": "sign_in.refused", "reason": "no_such_account_or_password"},
            "not-signed-in",
            "The name and the password do not fit.",
            False,
        ),
        ({"event": "consent.shown", "reason": "first_time"}, "dialog", "The authorization server asks Alice: it is the first time.", False),
        ({"event": "consent.shown", "reason": "scope_added"}, "dialog", "The authorization server asks Alice: something is new.", False),
        (
            {"event": "consent.shown", "reason": "prompt_consent"},
            "dialog",
            "The authorization server asks Alice: Daybook wanted the page to be shown.",
            False,
        ),
        ({"event": "consent.skipped", "reason": "remembered"}, "dialog", "Alice has said yes before, so no page was shown.", True),
        (
            {"event": "consent.skipped", "reason": "preconfigured"},
            "dialog",
            "An administrator has said yes for Alice, so no page was shown.",
            True,
        ),
        ({"event": "consent.skipped", "reason": "something new"}, "dialog", "No page was shown.", True),
        (
            {"event": "consent.given"},
            "consent",
            "Alice says yes. She comes back with a code, good once, for 60 seconds.",
            True,
        ),
        ({"event": "consent.refused"}, "refusal", "Alice does not allow it.", True),
        ({"event": "something.else"}, "sign-in-page", "The authorization server asks who it is.", False),
    ],
    ids=lambda value: f"{value['event']} {value.get('reason', '')}" if isinstance(value, dict) else "",
)
def test_each_decision_has_its_words(services, alice, decision, kind, says, matters):
    services.logged = [ANSWERED, {"user": "usr_123", **decision}, ANSWERED]
    alice.sign_in(services)
    row = reported()[1]
    assert (row.kind, row.meaning, row.matters) == (kind, says, matters)


def asked_who(reason):
    """The log of a sign-in whose person is sent to the sign-in page for this reason."""
    return [{"event": "sign_in.shown", "reason": reason}, ANSWERED, {**ANSWERED, "path": "/login", "status": 200}]


@pytest.mark.parametrize(
    ("reason", "says", "matters"),
    [
        ("not_signed_in", "The authorization server asks who it is: nobody is signed in there yet.", False),
        ("prompt_login", "The authorization server asks who it is: Daybook wanted a new sign-in.", True),
        ("max_age", "The authorization server asks who it is: the last sign-in is longer ago than Daybook accepts.", True),
        ("something new", "The authorization server asks who it is: something new.", True),
    ],
)
def test_why_the_sign_in_page_is_shown_is_said_and_matters_where_it_surprises(services, alice, reason, says, matters):
    services.logged = asked_who(reason)
    alice.sign_in(services)
    assert (reported()[1].kind, reported()[1].meaning, reported()[1].matters) == ("sign-in-page", says, matters)


@pytest.mark.parametrize(
    ("words_for", "reasons"),
    [
        (issuer_log._WHY_ASKED_WHO, set(sign_in.Reason)),
        (issuer_log._WHY_SHOWN | issuer_log._WHY_SKIPPED, set(consent.Reason)),
    ],
    ids=["sign-in page", "consent page"],
)
def test_each_reason_that_the_authorization_server_has_has_its_own_words(words_for, reasons):
    assert set(words_for) == reasons
    assert len(set(words_for.values())) == len(reasons)


def test_the_reasons_that_skip_the_dialog_are_those_that_need_none():
    decided = {reason: consent.ConsentDecision(reason, (), (), (), None, None).needs_dialog for reason in consent.Reason}
    assert {reason for reason, needs_dialog in decided.items() if needs_dialog} == set(issuer_log._WHY_SHOWN)


@pytest.mark.parametrize("reason", ["first_time", "scope_added", "prompt_consent"])
@pytest.mark.parametrize("at", [0, 1], ids=["signed in already", "after signing in"])
def test_the_first_arrow_says_why_the_page_was_shown(services, alice, reason, at):
    shown = {"event": "consent.shown", "reason": reason, "user": "usr_123"}
    services.logged = [ANSWERED] * at + [shown, {**ANSWERED, "status": 200}]
    alice.sign_in(services)
    page = words(alice.get("/daybook"))
    assert f"may it read the calendar? The page is shown: {issuer_log._WHY_SHOWN[reason]}." in page
    assert ("Alice was already signed in, so there was no sign-in page." in page) == (at == 0)


def test_a_request_that_was_not_taken_matters_whatever_the_reason(services, alice):
    services.logged = [ANSWERED, {**ANSWERED, "method": "POST", "status": 403}]
    alice.sign_in(services)
    assert (reported()[1].meaning, reported()[1].matters) == ("The authorization server does not take it.", True)


@pytest.mark.parametrize(
    ("logged", "says"),
    [
        ([ANSWERED], "Daybook sends the user to ask: may it read the calendar?"),
        (LOGGED, "Daybook sends Alice to ask: may it read the calendar? The page is shown: it is the first time."),
        (
            [{"event": "consent.skipped", "reason": "remembered", "user": "usr_456"}, ANSWERED],
            "Daybook sends Bob to ask. Bob has said yes before, so no page was shown.",
        ),
    ],
    ids=["nobody known", "a first time", "remembered"],
)
def test_the_first_is_the_request_for_permission_with_the_address_that_daybook_sent_the_browser_to(services, alice, logged, says):
    services.logged = logged
    asked = alice.get("/sign-in")["Location"]
    (state,) = re.findall(r"state=([^&]+)", asked)
    alice.come_back(services, state)
    first = reported()[0]
    assert (first.kind, first.meaning, first.matters) == ("authorize", says, True)
    assert f"http://{dict(first.request['headers'])['Host']}{first.request['first_line'].split()[1]}" == asked
    assert first.answer == {}


def test_of_the_others_nothing_is_known_but_what_the_log_says(services, alice):
    services.logged = LOGGED
    alice.sign_in(services)
    assert [(row.request, row.answer) for row in reported()[1:]] == [({}, {})] * 4


def test_people_of_the_demo_have_names_in_the_demo_only(services, alice, settings):
    settings.DEMO_IDENTITIES = False
    services.logged = LOGGED
    alice.sign_in(services)
    assert [row.meaning for row in reported()][2] == "The user signs in. Daybook never sees this password."


def test_a_no_is_told_too(services, alice):
    refused = {"event": "consent.refused", "user": "usr_123"}
    services.logged = [*LOGGED[:6], refused, {**ANSWERED, "method": "POST"}]
    page = alice.come_back(services, alice.begin()["state"], code=None, error="access_denied")
    assert "Alice does not allow it." in words(page)
    assert Happening.objects.get().subject == "usr_123"
    assert all_kinds()[-2:] == ["refusal", "comes-back"]


def test_the_pages_say_who_told_of_it(services, alice):
    services.logged = LOGGED
    alice.sign_in(services)
    week = alice.get("/daybook")
    assert "reported by the authorization server" in words(week)
    opened = alice.get(f"/messages/{message_pk(week, 'Alice says yes')}")
    for said in ("Reported by the authorization server", "consent.given", "code.issued", "What the authorization server decided"):
        assert said in words(opened)
    assert "The exact bytes" in words(opened)
    assert "<figcaption>" not in text(opened)
    assert where_it_leads(opened, "Show all 13 messages") == f"/happenings/{Happening.objects.get().pk}?all=1"


# ---- Without it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        (404, {"detail": "nothing here"}),
        (403, {"code": "insufficient_scope"}),
        (500, "broken"),
        (200, "not JSON"),
        (200, []),
        (200, {}),
        (200, {"entries": None}),
        (200, {"entries": ["x"]}),
        (200, {"entries": []}),
    ],
    ids=str,
)
def test_without_the_log_nothing_is_invented_and_the_sign_in_goes_on(services, alice, answer):
    services.answers["/api/v2/logs"] = answer
    assert alice.sign_in(services)["Location"] == "/daybook"
    assert alice.get("/daybook").status_code == 200
    assert all_kinds()[:4] == ["begins", "discovery", "comes-back", "code-for-token"]
    assert reported() == []


def test_without_a_grant_for_the_trail_reader_nothing_is_invented(services, alice):
    def refuse_the_trail_reader(seen):
        return (403, {"error": "access_denied"}) if "trail-reader" in seen["body"] else services.granted(seen)

    services.answers["/oauth/token"] = refuse_the_trail_reader
    alice.sign_in(services)
    assert services.sent_to("/api/v2/logs") == []
    assert reported() == []


def test_without_a_secret_for_the_trail_reader_nothing_is_asked(services, alice, settings):
    settings.TRAIL_READER_CLIENT_SECRET = ""
    alice.sign_in(services)
    assert [request["path"] for request in services.requests if "trail-reader" in request["body"]] == []
    assert reported() == []


def test_a_log_that_cannot_be_read_is_a_line_in_daybooks_own_under_the_trace_id_without_a_token(services, alice, caplog):
    services.answers["/api/v2/logs"] = (500, "broken")
    with caplog.at_level("INFO", logger="four_checks.daybook"):
        alice.sign_in(services)
    (record,) = [record for record in caplog.records if record.name == "four_checks.daybook"]
    assert record.trace_id == Happening.objects.get().trace_id
    assert "eyJ" not in str(vars(record))


# ---- Whatever it says -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "/a\x00b"},
        {"path": f"/a{HALF_A_PAIR}"},
        {"path": "x" * 100_000},
        {"path": ["/authorize"]},
        {"method": None},
        {"status": 200_000},
        {"status": -1},
        {"status": "303"},
        {"status": None},
        {"status": True},
        {"duration_ms": 1e300},
        {"duration_ms": float("inf")},
        {"duration_ms": float("nan")},
        {"duration_ms": -4},
        {"duration_ms": "soon"},
        {"at": "soon"},
        {"at": 7},
        {"at": "2026-11-24T09:00:00"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-12:00"},
    ],
    ids=lambda changes: ascii(changes)[:40],
)
def test_no_value_in_the_log_breaks_a_sign_in(services, alice, changes):
    services.logged = [{**ANSWERED, **changes}]
    alice.sign_in(services)
    page = alice.get("/daybook")
    assert page.status_code == 200
    (row,) = reported()
    opened = alice.get(f"/messages/{row.pk}")
    assert opened.status_code == 200


@pytest.mark.parametrize("name", ["event", "reason", "detail", "scope", "user"])
def test_no_text_in_a_decision_does_either(services, alice, name):
    decision = {"event": "consent.shown", "reason": "first_time", name: f"\x00{HALF_A_PAIR}<script>" + "x" * 1000}
    services.logged = [decision, ANSWERED]
    alice.sign_in(services)
    (row,) = reported()
    opened = text(alice.get(f"/messages/{row.pk}"))
    assert "<script>x" not in opened
    assert all(len(value) <= 200 for decision in row.decisions for value in decision.values())


def test_of_a_long_log_only_so_much_is_told(services, alice):
    services.logged = [ANSWERED] * 600
    alice.sign_in(services)
    assert len(reported()) == 500
