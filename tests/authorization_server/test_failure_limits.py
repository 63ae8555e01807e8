"""Whoever fails too often within a minute waits for the next one, knowing the right answer or not; nobody else notices."""

import re
from ipaddress import ip_network

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache

from authorization_server.models import LogEntry
from tests.authorization_server.conftest import BackChannel, Browser, assert_refused, basic, decisions, text_of, ticket_in

NOON = 1_795_521_600  # 2026-11-24 12:00:00 UTC, where a minute begins
SIGN_INS, AUTHENTICATIONS = 10, 20
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.1"
BACKEND, SECRET = "geocoding-backend", "geocoding-backend-demo-secret"


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def visitor_from(noon, seeded):
    """`visitor_from(address)`: somebody's browser there."""

    def visitor_from(address):
        browser = Browser()
        browser.client.defaults["REMOTE_ADDR"] = address
        return browser

    return visitor_from


@pytest.fixture
def client_from(noon, seeded):
    """`client_from(address)`: an application's back channel there."""

    def client_from(address):
        back_channel = BackChannel()
        back_channel.client.defaults["REMOTE_ADDR"] = address
        return back_channel

    return client_from


@pytest.fixture
def visitor(visitor_from):
    return visitor_from(HERE)


@pytest.fixture
def back_channel(client_from):
    return client_from(HERE)


def signs_in(visitor, username="alice", password="alice-demo", **fields):  # noqa: S107  the demo's
    return visitor.post("/login", username=username, password=password, **fields)


def fails_to_sign_in(visitor, username="alice", *, times=SIGN_INS):
    assert {signs_in(visitor, username, "wrong").status_code for _ in range(times)} == {400}


def fails_to_authenticate(back_channel, client_id=BACKEND, *, times=AUTHENTICATIONS, **changes):
    assert {back_channel.machine_token(client_id, client_secret="wrong", **changes).status_code for _ in range(times)} == {401}


def whole(answer):
    return answer.status_code, sorted(answer.items()), answer.content


# ---- Signing in -----------------------------------------------------------------------------------------------------


def test_ten_sign_ins_may_fail_in_a_minute_and_then_the_right_password_waits_too(visitor):
    fails_to_sign_in(visitor, times=SIGN_INS)
    assert signs_in(visitor).status_code == 429
    assert "_auth_user_id" not in visitor.client.session


def test_nine_failures_keep_nobody_waiting(visitor):
    fails_to_sign_in(visitor, times=SIGN_INS - 1)
    assert signs_in(visitor).status_code == 303


def test_the_page_says_when_to_come_again_and_keeps_the_name_rfc6585_section_4(visitor, noon):
    fails_to_sign_in(visitor)
    noon.move_to(NOON + 18)
    page = signs_in(visitor)
    assert (page.status_code, page["Retry-After"]) == (429, "42")
    assert "Sign in again in 42 seconds." in text_of(page)
    assert 'name="username" autocomplete="username" autocapitalize="none" required value="alice"' in page.content.decode()
    assert "alice-demo" not in re.sub(r"<code>alice-demo</code>", "", page.content.decode())  # the page's own hint, never what was typed
    assert "no-store" in page["Cache-Control"]
    noon.move_to(NOON + 59.5)
    assert "Sign in again in 1 second." in text_of(signs_in(visitor))


def test_in_the_next_minute_the_sign_in_is_taken_again(visitor, noon):
    fails_to_sign_in(visitor)
    noon.shift(int(signs_in(visitor)["Retry-After"]))
    assert signs_in(visitor).status_code == 303


def test_waiting_in_vain_makes_the_wait_no_longer(visitor, noon):
    fails_to_sign_in(visitor)
    assert {signs_in(visitor).status_code for _ in range(30)} == {429}
    noon.shift(60)
    fails_to_sign_in(visitor, times=SIGN_INS)


def test_the_request_that_waits_goes_on_afterwards(visitor, noon):
    ticket = ticket_in(visitor.client.get(visitor.authorize()["Location"]))
    for _ in range(SIGN_INS):
        signs_in(visitor, password="wrong", ticket=ticket)
    page = signs_in(visitor, ticket=ticket)
    assert page.status_code == 429
    assert "form-action 'self' http://localhost:8000" in page["Content-Security-Policy"]
    noon.shift(60)
    assert signs_in(visitor, ticket=ticket_in(page))["Location"].startswith("/authorize?ticket=")


def test_signing_in_does_not_count_and_gives_no_new_tries(visitor):
    for _ in range(SIGN_INS + 5):
        assert signs_in(visitor).status_code == 303
    fails_to_sign_in(visitor, times=SIGN_INS - 1)
    assert signs_in(visitor).status_code == 303
    fails_to_sign_in(visitor, times=1)
    assert signs_in(visitor).status_code == 429


def test_looking_at_the_sign_in_page_never_waits(visitor):
    fails_to_sign_in(visitor)
    assert visitor.get("/login").status_code == 200
    assert visitor.get("/login", username="alice", password="alice-demo").status_code == 200


@pytest.mark.parametrize("fields", [{"password": ""}, {"username": ""}, {"username": "al\x00ice"}, {"password": "x" * 2000}], ids=range(4))
def test_what_can_be_no_sign_in_is_no_guess_and_does_not_count(visitor, fields):
    for _ in range(SIGN_INS + 5):
        assert signs_in(visitor, **fields).status_code == 400
    assert signs_in(visitor).status_code == 303


def test_each_account_is_counted_for_itself(visitor):
    fails_to_sign_in(visitor, "alice")
    assert signs_in(visitor, "bob", "bob-demo").status_code == 303


def test_each_address_is_counted_for_itself(visitor_from):
    fails_to_sign_in(visitor_from(HERE))
    assert signs_in(visitor_from(ELSEWHERE)).status_code == 303


def test_a_new_browser_at_the_same_address_is_no_new_start(visitor_from):
    fails_to_sign_in(visitor_from(HERE))
    assert signs_in(visitor_from(HERE)).status_code == 429


def test_names_count_as_they_are_looked_for_blanks_apart(visitor):
    for username in [" alice", "alice ", "\talice\n", "alice"] * 3:
        last = signs_in(visitor, username, "wrong")
    assert last.status_code == 429


def test_in_upper_case_it_is_another_account(visitor):
    fails_to_sign_in(visitor, "ALICE")
    assert signs_in(visitor, "ALICE").status_code == 429
    assert signs_in(visitor).status_code == 303


def test_a_name_that_nobody_has_waits_like_any_other(visitor):
    def page(username):
        fails_to_sign_in(visitor, username)
        answer = signs_in(visitor, username)
        return answer.status_code, answer["Retry-After"], text_of(answer)

    assert page("alice") == page("nobody") == page("dora")
    assert page("alice-")[0] == 429


def test_a_card_waits_too_though_it_cannot_fail(visitor):
    fails_to_sign_in(visitor, "alice")
    page = visitor.post("/login", account="alice")
    assert (page.status_code, page["Retry-After"]) == (429, "60")
    assert visitor.post("/login", account="bob").status_code == 303


def test_beyond_the_limit_no_password_is_hashed_and_no_query_is_added(visitor, monkeypatch, django_assert_num_queries):
    hashed = []
    encode = MD5PasswordHasher.encode

    def counting(hasher, password, salt):
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    for n in range(SIGN_INS):
        with django_assert_num_queries(4):  # the account; the cards and their groups; storing the refusal
            signs_in(visitor, password="wrong")
        assert len(hashed) == n + 1
    with django_assert_num_queries(3):
        signs_in(visitor)
    assert len(hashed) == SIGN_INS


def test_it_is_a_decision_in_the_log_without_the_name(visitor, caplog):
    caplog.set_level("INFO")
    fails_to_sign_in(visitor)
    signs_in(visitor)
    reasons = [reason for _, reason in decisions(caplog, "sign_in.refused")]
    assert reasons == ["no_such_account_or_password"] * SIGN_INS + ["too_many_failures"]
    entry = LogEntry.objects.latest("pk")
    assert (entry.event, entry.reason, entry.user, entry.detail) == ("sign_in.refused", "too_many_failures", "", "")


# ---- Changing one's password in the dashboard -----------------------------------------------------------------------


@pytest.fixture
def admin(visitor):
    return visitor.is_signed_in_as("admin")


def changes_the_password(browser, old):
    new = "correct horse battery staple"
    return browser.post("/admin/password_change/", old_password=old, new_password1=new, new_password2=new)


def test_the_old_password_can_be_guessed_at_no_faster_than_at_the_sign_in(admin, noon, caplog):
    caplog.set_level("INFO")
    assert {changes_the_password(admin, "wrong").status_code for _ in range(SIGN_INS)} == {200}
    answer = changes_the_password(admin, "admin-demo")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Try again in 60 s." in text_of(answer)
    assert decisions(caplog) == [("sign_in.refused", "too_many_failures")]
    noon.shift(60)
    assert changes_the_password(admin, "admin-demo").status_code == 302


def test_guesses_there_and_at_the_sign_in_count_together(admin, visitor_from):
    for _ in range(SIGN_INS):
        changes_the_password(admin, "wrong")
    assert signs_in(visitor_from(HERE), "admin", "admin-demo").status_code == 429


def test_a_new_password_that_is_not_good_enough_is_no_guess(admin):
    for _ in range(SIGN_INS + 5):
        admin.post("/admin/password_change/", old_password="admin-demo", new_password1="one", new_password2="two")
    assert changes_the_password(admin, "admin-demo").status_code == 302


def test_the_page_is_still_the_dashboard_s_own_for_staff_alone(admin, visitor_from):
    assert "Old password" in text_of(admin.get("/admin/password_change/"))
    assert visitor_from(HERE).is_signed_in_as("alice").get("/admin/password_change/").status_code == 302
    assert changes_the_password(visitor_from(HERE), "wrong").status_code == 302


# ---- Authenticating a client ----------------------------------------------------------------------------------------


@pytest.fixture(params=[True, False], ids=["explained", "terse"])
def explained(settings, request):
    settings.EXPLAIN_REJECTIONS = request.param


def test_twenty_authentications_may_fail_in_a_minute_and_then_the_right_secret_waits_too_rfc6585_section_4(back_channel, noon, explained):
    fails_to_authenticate(back_channel, times=AUTHENTICATIONS)
    noon.move_to(NOON + 18)
    answer = back_channel.machine_token()
    body = assert_refused(answer, error="temporarily_unavailable", status=429)
    assert answer["Retry-After"] == "42"
    assert body == {
        "error": "temporarily_unavailable",
        "error_description": "Too many failed attempts to authenticate. Try again in 42 s.",
    }
    assert "WWW-Authenticate" not in answer


def test_nineteen_failures_keep_no_client_waiting(back_channel):
    fails_to_authenticate(back_channel, times=AUTHENTICATIONS - 1)
    assert back_channel.machine_token().status_code == 200


def test_in_the_next_minute_the_secret_is_taken_again(back_channel, noon):
    fails_to_authenticate(back_channel)
    noon.shift(int(back_channel.machine_token()["Retry-After"]))
    assert back_channel.machine_token().status_code == 200


def test_authenticating_does_not_count_and_gives_no_new_tries(back_channel):
    for _ in range(AUTHENTICATIONS + 5):
        assert back_channel.machine_token().status_code == 200
    fails_to_authenticate(back_channel, times=AUTHENTICATIONS - 1)
    assert back_channel.machine_token().status_code == 200
    fails_to_authenticate(back_channel, times=1)
    assert back_channel.machine_token().status_code == 429


def test_a_request_that_is_refused_for_something_else_does_not_count(back_channel):
    for _ in range(AUTHENTICATIONS + 5):
        assert back_channel.redeem("made-up").status_code == 400
        assert back_channel.machine_token("unapproved-backend").status_code == 403
    assert back_channel.redeem("made-up").status_code == 400
    assert back_channel.machine_token("unapproved-backend").status_code == 403


@pytest.mark.parametrize("header", ["Basic !!!", "Bearer abc"])
def test_a_header_that_holds_no_secret_is_no_guess_and_does_not_count(back_channel, header):
    for _ in range(AUTHENTICATIONS + 5):
        assert back_channel.machine_token(authorization=header).status_code == 401
    assert back_channel.machine_token().status_code == 200


def test_a_client_unknown_or_known_or_public_gets_byte_for_byte_the_same(back_channel, explained):
    answers = []
    for client_id in (BACKEND, "nobody", "calendar-spa", "no client id at all"):
        fails_to_authenticate(back_channel, client_id)
        answers.append(whole(back_channel.machine_token(client_id)))
    assert answers[0][0] == 429
    assert all(answer == answers[0] for answer in answers)


def test_header_and_body_count_together(back_channel):
    for _ in range(AUTHENTICATIONS // 2):
        back_channel.machine_token(None, authorization=basic(BACKEND, "wrong"), client_secret=None)
    fails_to_authenticate(back_channel, times=AUTHENTICATIONS // 2)
    in_header = back_channel.machine_token(None, authorization=basic(BACKEND, SECRET), client_secret=None)
    assert whole(in_header) == whole(back_channel.machine_token())
    assert in_header.status_code == 429


def test_all_grants_count_together(back_channel):
    fails_to_authenticate(back_channel, "calendar-web")
    assert_refused(back_channel.redeem("made-up"), error="temporarily_unavailable", status=429)


def test_each_client_is_counted_for_itself(back_channel):
    fails_to_authenticate(back_channel, "unapproved-backend")
    assert back_channel.machine_token().status_code == 200


def test_each_client_s_address_is_counted_for_itself(client_from):
    fails_to_authenticate(client_from(HERE))
    assert client_from(ELSEWHERE).machine_token().status_code == 200


def test_a_client_s_failures_are_not_those_of_a_user_of_the_same_name(back_channel, visitor):
    fails_to_authenticate(back_channel, "alice")
    assert signs_in(visitor).status_code == 303


def test_beyond_the_limit_the_client_is_not_even_looked_up(back_channel, django_assert_num_queries):
    for _ in range(AUTHENTICATIONS):
        with django_assert_num_queries(2):  # one looks the client up, one stores the refusal
            back_channel.machine_token(client_secret="wrong")
    with django_assert_num_queries(1):
        back_channel.machine_token()


def test_it_is_a_decision_in_the_log_with_the_client(back_channel):
    fails_to_authenticate(back_channel)
    back_channel.machine_token()
    entry = LogEntry.objects.latest("pk")
    assert (entry.event, entry.reason, entry.detail) == ("request.refused", "too_many_failures", "temporarily_unavailable")
    assert entry.client_id == BACKEND


# ---- Addresses ------------------------------------------------------------------------------------------------------


def test_who_makes_up_an_x_forwarded_for_gets_no_new_tries(visitor):
    for n in range(SIGN_INS):
        visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{n}"
        fails_to_sign_in(visitor, times=1)
    visitor.client.defaults["HTTP_X_FORWARDED_FOR"] = ELSEWHERE
    assert signs_in(visitor).status_code == 429


def test_behind_a_trusted_proxy_each_caller_of_it_is_counted_for_itself(visitor, back_channel, settings):
    settings.TRUSTED_PROXIES = (ip_network(HERE),)
    for caller in (visitor.client, back_channel.client):
        caller.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9"
    fails_to_sign_in(visitor)
    fails_to_authenticate(back_channel)
    assert (signs_in(visitor).status_code, back_channel.machine_token().status_code) == (429, 429)
    for caller in (visitor.client, back_channel.client):
        caller.defaults["HTTP_X_FORWARDED_FOR"] = f"203.0.113.9, {ELSEWHERE}"
    assert (signs_in(visitor).status_code, back_channel.machine_token().status_code) == (303, 200)


def test_one_ipv6_client_gets_no_new_tries_from_its_many_addresses(visitor_from):
    for n in range(SIGN_INS):
        fails_to_sign_in(visitor_from(f"2001:db8::{n}"), times=1)
    assert signs_in(visitor_from("2001:db8::ffff")).status_code == 429


# ---- What is kept, and what happens when it cannot be ---------------------------------------------------------------


def keys_in_the_cache():
    return {key for key in cache._cache if "failures" in key}  # type: ignore[attr-defined]  # where LocMemCache keeps them


def test_neither_names_nor_addresses_are_kept_but_hashes_that_nobody_can_make_without_the_secret_key(visitor, back_channel, settings):
    fails_to_sign_in(visitor, times=1)
    fails_to_authenticate(back_channel, times=1)
    before = keys_in_the_cache()
    assert sorted(re.sub("[0-9a-f]{64}", "HASH", key) for key in before) == [
        f":1:failures:client-authentication:HASH:{NOON // 60}",
        f":1:failures:sign-in:HASH:{NOON // 60}",
    ]
    settings.SECRET_KEY = "another" * 10
    fails_to_authenticate(back_channel, times=1)
    assert len(keys_in_the_cache()) == len(before) + 1


def test_no_address_is_logged(visitor, back_channel, caplog):
    caplog.set_level("DEBUG")
    fails_to_sign_in(visitor)
    fails_to_authenticate(back_channel)
    assert (signs_in(visitor).status_code, back_channel.machine_token().status_code) == (429, 429)
    assert HERE not in "".join(str(vars(record)) for record in caplog.records if "django" not in record.name)
    assert HERE not in str(list(LogEntry.objects.values()))


@pytest.fixture
def no_redis(settings):
    """A cache that several processes share, and that is down."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}


def test_without_its_cache_the_server_goes_on_without_the_limit_and_says_so(no_redis, visitor, back_channel, caplog):
    fails_to_sign_in(visitor, times=SIGN_INS + 1)
    fails_to_authenticate(back_channel, times=AUTHENTICATIONS + 1)
    assert (signs_in(visitor).status_code, back_channel.machine_token().status_code) == (303, 200)
    said = [record.getMessage() for record in caplog.records if record.name == "authorization_server.failure_limits"]
    assert set(said) == {"CACHE_URL cannot be used, so no failures are counted: ConnectionError"}
