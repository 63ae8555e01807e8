"""Daybook in the browser, in Chromium: both ways to a ticket, what the tab believes, and what never leaves it."""

import json
import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from playwright.sync_api import Request, Route, expect

from tests.end_to_end.window import WIDTHS, Window

# The forms differ in where the services run, not in the page: both ways in are walked in two of them, the rest in one.
in_two_forms = pytest.mark.parametrize("platform", ["four-sqlite", "all-sqlite"], indirect=True)
in_one_form = pytest.mark.parametrize("platform", ["four-sqlite"], indirect=True)

CODE, TOKEN = "Sign in with a code (PKCE)", "Ask as the document does (response_type=token)"
both_ways = pytest.mark.parametrize("way", [CODE, TOKEN], ids=["code", "token"])
JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")


class Tab(Window):
    """A tab at Daybook in the browser."""

    def __init__(self, platform, page):
        super().__init__(platform, page)
        self.requests: list[Request] = []
        page.on("request", lambda request: self.requests.append(request))

    @property
    def callback(self):
        return f"{self.url}/spa/callback"

    def ask(self, way):
        """Press the button of one way, and arrive at the authorization server."""
        self.open("/spa")
        self.page.get_by_role("button", name=way).click()
        self.page.wait_for_url(re.compile(r"/(login|authorize)\?"))

    def sign_in_and(self, answer, name="alice"):
        """Sign in and press a button of the dialog, if there is one; back to Daybook."""
        if "/login" in self.page.url:
            self.sign_in(name)
        self.page.wait_for_url(re.compile(r"/authorize\?|/spa$"))
        button = self.page.get_by_role("button", name=re.compile(f"^{answer}"))
        if button.is_visible():
            button.click()
        self.page.wait_for_url(f"{self.url}/spa")

    def has_week(self):
        expect(self.page.get_by_role("button", name="Forget the ticket")).to_be_visible()

    def kept(self, name):
        """What the tab keeps under this name."""
        return json.loads(self.page.evaluate(f"sessionStorage.getItem('daybook.{name}')") or "null")

    def messages(self):
        """The arrows that are drawn: method and path, and status."""
        lines = self.page.locator("#happened .msg").all()
        return [(line.locator(".arrow__ask").text_content(), line.locator(".status").text_content()) for line in lines]

    def comes_back(self, **answer):
        """Open the callback as if the authorization server had sent the browser there."""
        self.page.goto(f"{self.callback}?{urlencode(answer)}")
        self.page.wait_for_url(f"{self.url}/spa")

    def sent_to(self, path):
        return [request for request in self.requests if urlsplit(request.url).path == path]

    def all_that_was_sent_to_daybook(self):
        """Address, headers and body of each request to Daybook's server."""
        own = [request for request in self.requests if request.url.startswith(f"{self.url}/")]
        return [(request.url, f"{request.url}\n{request.all_headers()}\n{request.post_data}") for request in own]


@pytest.fixture
def tab(platform, page):
    """A tab of somebody who is not signed in anywhere."""
    return Tab(platform, page)


# ---- Both ways ------------------------------------------------------------------------------------------------------


@in_two_forms
@both_ways
def test_a_person_signs_in_and_sees_her_week(tab, way):
    tab.open("/spa")
    tab.looks_right("Daybook in the browser")
    tab.ask(way)
    tab.sign_in_and("Allow")
    tab.has_week()
    expect(tab.page.get_by_text("Team meeting").or_(tab.page.get_by_text("Choir rehearsal")).first).to_be_visible()
    tab.looks_right("20")
    tab.page.locator("#happened summary.msg__link").last.click()
    tab.looks_right("20")


@in_one_form
def test_with_a_code_it_asks_for_reading_with_pkce_and_no_secret_rfc7636(tab):
    tab.ask(CODE)
    tab.sign_in_and("Allow")
    tab.has_week()
    asked = parse_qs(urlsplit(tab.sent_to("/authorize")[0].url).query)
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == (["code"], ["read"], ["S256"])
    (swap,) = [request for request in tab.sent_to("/oauth/token") if request.method == "POST"]
    sent = parse_qs(swap.post_data)
    assert set(sent) == {"grant_type", "code", "redirect_uri", "client_id", "code_verifier"}
    assert len(sent["code_verifier"][0]) == 43
    expect(tab.page.get_by_text("read only")).to_be_visible()
    assert tab.kept("ticket")["seconds"] == 86400


@in_one_form
def test_as_the_document_asks_it_gets_the_ticket_for_reading_and_writing_with_the_redirect(tab):
    tab.ask(TOKEN)
    tab.sign_in_and("Allow")
    tab.has_week()
    asked = parse_qs(urlsplit(tab.sent_to("/authorize")[0].url).query)
    assert set(asked) == {"audience", "scope", "response_type", "client_id", "redirect_uri", "nonce", "state"}
    assert (asked["audience"], asked["scope"], asked["response_type"]) == (["api.calendar"], ["read write"], ["token"])
    assert tab.sent_to("/oauth/token") == []
    expect(tab.page.get_by_text("reading and writing")).to_be_visible()
    assert tab.kept("ticket")["seconds"] == 7200


@in_one_form
@pytest.mark.parametrize("answer", ["?code=c&state=s", "#access_token=t&state=s"], ids=["code", "token"])
def test_the_answer_leaves_the_address_before_any_other_module_is_there(tab, answer):
    held: list[Route] = []
    tab.page.route("**/spa/callback.js", lambda route: held.append(route))
    tab.page.goto(tab.callback + answer, wait_until="commit")
    expect(tab.page).to_have_url(tab.callback)
    held[0].continue_()
    tab.heading("Daybook does not wait for this answer")


@in_one_form
@both_ways
def test_the_answer_is_gone_from_the_address_and_from_the_history(tab, way):
    tab.ask(way)
    tab.sign_in_and("Allow")
    tab.has_week()
    assert tab.page.url == f"{tab.url}/spa"
    tab.page.go_back()
    assert not re.search(r"code=|access_token=", tab.page.evaluate("location.href"))


@in_one_form
@both_ways
def test_ticket_code_and_verifier_never_reach_daybooks_server(platform, tab, way):
    tab.ask(way)
    tab.sign_in_and("Allow")
    tab.has_week()
    tab.page.reload()
    tab.has_week()
    ticket = tab.kept("ticket")["accessToken"]
    swaps = [parse_qs(request.post_data) for request in tab.sent_to("/oauth/token") if request.method == "POST"]
    assert len(swaps) == (1 if way == CODE else 0)
    codes, verifiers = [sent["code"][0] for sent in swaps], [sent["code_verifier"][0] for sent in swaps]
    sent = tab.all_that_was_sent_to_daybook()
    assert len(sent) > 10
    assert not [url for url, everything in sent for value in (ticket, *verifiers) if value in everything]
    # The code is in the redirect alone: no style sheet and no icon is asked for with it in `Referer`.
    assert [urlsplit(url).path for url, everything in sent for code in codes if code in everything] == ["/spa/callback"] * len(codes)
    log = platform.logs("demo_client")
    assert "/spa/callback" in log
    assert not [value for value in (ticket, *verifiers, *codes) if value in log]


@in_one_form
@both_ways
def test_the_tab_tells_what_just_happened_without_a_ticket_code_or_key_in_full(tab, way):
    tab.ask(way)
    tab.sign_in_and("Allow")
    tab.has_week()
    discovery, authorize = ("GET /.well-known/openid-configuration", "200"), ("GET /authorize", "")
    events = ("GET /calendar/v1/events", "200")
    assert tab.messages() == (
        [discovery, authorize, ("GET /spa/callback?code=…", "200"), ("POST /oauth/token", "200"), events]
        if way == CODE
        else [discovery, authorize, ("GET /spa/callback #access_token=…", "200"), events]
    )
    assert tab.page.locator("#happened .msg").last.get_by_text("all four checks passed").count() == 1
    assert tab.page.get_by_text("reported by the browser").count() == len(tab.messages())
    told = tab.page.locator("#happened").text_content()
    assert not JWT.search(told)
    assert tab.kept("ticket")["accessToken"] not in json.dumps(tab.kept("messages"))
    for request in tab.sent_to("/oauth/token"):
        for value in parse_qs(request.post_data or "").values():
            assert len(value[0]) < 40 or value[0].startswith("http") or value[0] not in told


@in_one_form
@pytest.mark.parametrize("width", WIDTHS)
def test_a_message_that_is_opened_comes_into_view_and_the_page_ends_at_its_foot(tab, width):
    tab.page.set_viewport_size({"width": width, "height": 800})
    tab.ask(CODE)
    tab.sign_in_and("Allow")
    tab.has_week()
    below_the_foot = "document.documentElement.scrollHeight - document.querySelector('footer').getBoundingClientRect().bottom - scrollY"
    assert abs(tab.page.evaluate(below_the_foot)) < 1
    one_line = "(words) => words.offsetHeight < 1.5 * parseFloat(getComputedStyle(words).lineHeight)"
    assert all(words.evaluate(one_line) for words in tab.page.locator("#happened .arrow__by").all())
    last = tab.page.locator("#happened .msg").last
    last.locator("summary").focus()
    tab.page.evaluate("scrollTo(0, 0)")
    tab.page.keyboard.press("Enter")
    expect(last.locator("figcaption").first).to_be_in_viewport(ratio=1)
    expect(last.locator("pre").first).to_be_in_viewport()
    expect(last.locator(".msg__say")).to_be_in_viewport(ratio=1)
    assert tab.page.evaluate("scrollY") == 0, "the drawer alone has scrolled"


@in_one_form
def test_the_way_to_the_week_with_the_keyboard_alone(platform, tab):
    platform.forget_consents()
    tab.open("/spa")
    tab.tab_to(CODE)
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/login*")
    tab.sign_in_by_keyboard("alice")
    tab.page.wait_for_url("**/authorize*")
    tab.tab_to("Allow")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(f"{tab.url}/spa")
    tab.has_week()
    tab.tab_to("Forget the ticket")
    tab.page.keyboard.press("Enter")
    tab.heading("Daybook in the browser")
    assert tab.page.evaluate("document.activeElement.tagName") == "H1", "what had the focus is hidden: the new headline has it"


# ---- A no, and answers that are not used ----------------------------------------------------------------------------


@in_one_form
@both_ways
def test_a_no_is_explained_and_can_be_asked_again(platform, tab, way):
    platform.forget_consents()
    tab.ask(way)
    tab.sign_in_and("Do not allow")
    tab.looks_right("Daybook may not read your calendar")
    assert tab.kept("ticket") is None
    tab.page.get_by_role("button", name="Ask again").click()
    tab.page.wait_for_url("**/authorize*")
    assert f"response_type={'code' if way == CODE else 'token'}" in tab.page.url
    tab.sign_in_and("Allow")
    tab.has_week()


@in_one_form
@both_ways
def test_an_answer_to_another_state_is_not_used_rfc6749_section_10_12(platform, tab, way):
    tab.ask(way)
    mark = "?" if way == CODE else "#"
    answer = urlencode(
        {"code": "c", "access_token": "t", "token_type": "Bearer", "expires_in": "60", "state": "wrong", "iss": platform.issuer}
    )
    tab.page.goto(f"{tab.callback}{mark}{answer}")
    tab.looks_right("Daybook does not wait for this answer")
    assert (tab.kept("ticket"), tab.kept("pending"), tab.sent_to("/oauth/token")) == (None, None, [])


@in_one_form
def test_an_answer_is_used_once(tab):
    tab.ask(CODE)
    tab.sign_in_and("Allow")
    tab.has_week()
    (came,) = tab.sent_to("/spa/callback")
    swapped = len(tab.sent_to("/oauth/token"))
    tab.page.goto(came.url)
    tab.page.wait_for_url(f"{tab.url}/spa")
    tab.has_week()  # the ticket that it has stays good
    assert len(tab.sent_to("/oauth/token")) == swapped
    tab.page.get_by_role("button", name="Forget the ticket").click()
    tab.page.goto(came.url)
    tab.heading("Daybook does not wait for this answer")


@in_one_form
def test_an_answer_to_another_tabs_request_is_not_used(tab, platform, context):
    tab.ask(CODE)
    state = parse_qs(urlsplit(tab.sent_to("/authorize")[0].url).query)["state"][0]
    other = Tab(platform, context.new_page())
    other.comes_back(code="c", state=state, iss=platform.issuer)
    other.heading("Daybook does not wait for this answer")


@pytest.mark.parametrize("iss", ["http://evil.example/", "without the slash", "", None])
@pytest.mark.parametrize("answer", [{"code": "c"}, {"error": "access_denied"}], ids=["code", "error"])
@in_one_form
def test_an_answer_of_another_issuer_is_not_used_nor_its_error_believed_rfc9207_section_2_4(platform, tab, iss, answer):
    tab.ask(CODE)
    state = parse_qs(urlsplit(tab.sent_to("/authorize")[0].url).query)["state"][0]
    iss = platform.issuer.rstrip("/") if iss == "without the slash" else iss
    tab.comes_back(state=state, **answer, **({} if iss is None else {"iss": iss}))
    tab.heading("The answer is not from the authorization server that Daybook asked")
    assert (tab.kept("ticket"), tab.sent_to("/oauth/token")) == (None, [])


@in_one_form
def test_a_repeated_parameter_is_not_used_rfc6749_section_3_1(platform, tab):
    tab.ask(CODE)
    state = parse_qs(urlsplit(tab.sent_to("/authorize")[0].url).query)["state"][0]
    tab.page.goto(f"{tab.callback}?code=a&code=b&{urlencode({'state': state, 'iss': platform.issuer})}")
    tab.heading("Daybook does not wait for this answer")


@in_one_form
def test_a_ticket_in_the_fragment_is_no_answer_to_a_request_for_a_code(platform, tab):
    tab.ask(CODE)
    state = parse_qs(urlsplit(tab.sent_to("/authorize")[0].url).query)["state"][0]
    answer = {"access_token": "t", "token_type": "Bearer", "expires_in": "60", "state": state, "iss": platform.issuer}
    tab.page.goto(f"{tab.callback}#{urlencode(answer)}")
    tab.heading("Daybook does not wait for this answer")
    assert tab.kept("ticket") is None


@in_one_form
def test_a_code_that_is_not_taken_says_so(platform, tab):
    tab.ask(CODE)
    state = parse_qs(urlsplit(tab.sent_to("/authorize")[0].url).query)["state"][0]
    tab.comes_back(code="made-up", state=state, iss=platform.issuer)
    tab.looks_right("The authorization server gives calendar-spa no ticket")
    expect(tab.page.locator("#label")).to_have_text("invalid_grant")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"token_type": "mac"}, "`token_type` Bearer"),
        ({"expires_in": "soon"}, "`expires_in`"),
        ({"access_token": ""}, "`access_token`"),
        ({"id_token": "eyJhbGciOiJub25lIn0.eyJub25jZSI6ImFub3RoZXIifQ.x"}, "belongs to another sign-in"),
    ],
    ids=["type", "life", "none", "nonce"],
)
@in_one_form
def test_a_token_answer_that_lacks_a_part_or_is_for_another_request_is_not_used(tab, changes, says):
    def changed(route):
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), **changes})

    tab.page.route("**/oauth/token", changed)
    tab.ask(CODE)
    tab.sign_in_and("Allow")
    expect(tab.page.locator("#trouble")).to_contain_text(says.replace("`", ""))
    assert tab.kept("ticket") is None


@in_one_form
def test_metadata_of_another_issuer_are_not_used_rfc8414_section_3_3(tab):
    def changed(route):
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "issuer": "http://evil.example/"})

    tab.page.route("**/.well-known/openid-configuration", changed)
    tab.open("/spa")
    tab.page.get_by_role("button", name=CODE).click()
    tab.heading("The authorization server answers something else than agreed")
    assert tab.sent_to("/authorize") == []


# ---- The ticket in the tab ------------------------------------------------------------------------------------------


@in_one_form
@both_ways
def test_a_reload_keeps_the_ticket_another_tab_has_none_and_forgetting_ends_it(platform, tab, context, way):
    tab.ask(way)
    tab.sign_in_and("Allow")
    tab.has_week()
    ticket = tab.kept("ticket")
    tab.page.reload()
    tab.has_week()
    assert tab.kept("ticket") == ticket
    other = Tab(platform, context.new_page())
    other.open("/spa")
    other.heading("Daybook in the browser")
    assert other.kept("ticket") is None
    tab.page.get_by_role("button", name="Forget the ticket").click()
    tab.heading("Daybook in the browser")
    assert tab.page.evaluate("Object.keys(sessionStorage).filter((name) => name !== 'daybook.way')") == []
    tab.page.reload()
    tab.heading("Daybook in the browser")


@in_one_form
def test_a_ticket_that_has_run_out_is_forgotten_and_signing_in_again_is_offered(tab):
    tab.page.clock.install()
    tab.ask(TOKEN)
    tab.sign_in_and("Allow")
    tab.has_week()
    expect(tab.page.locator("#left")).to_have_text(re.compile(r"0[12]:\d\d:\d\d"))
    expect(tab.page.get_by_text("ends soon")).to_be_hidden()
    tab.page.clock.fast_forward("01:50:00")
    expect(tab.page.get_by_text("ends soon")).to_be_visible()
    tab.looks_right("20")
    tab.page.clock.fast_forward("10:01")
    tab.looks_right("The ticket to your calendar has run out")
    assert tab.kept("ticket") is None
    tab.page.get_by_role("button", name="Sign in again").click()
    tab.page.wait_for_url(f"{tab.url}/spa")
    tab.has_week()


@in_one_form
def test_a_ticket_that_ran_out_while_the_tab_slept_is_not_shown_to_the_api(tab):
    tab.ask(CODE)
    tab.sign_in_and("Allow")
    tab.has_week()
    asked = len(tab.sent_to("/calendar/v1/events"))
    tab.page.evaluate("""(() => {
      const ticket = JSON.parse(sessionStorage.getItem("daybook.ticket"));
      sessionStorage.setItem("daybook.ticket", JSON.stringify({ ...ticket, endsAt: Date.now() - 1 }));
      location.reload();
    })()""")
    tab.heading("The ticket to your calendar has run out")
    assert len(tab.sent_to("/calendar/v1/events")) == asked


@in_one_form
def test_a_ticket_that_the_api_does_not_take_is_forgotten_and_its_reason_shown(tab):
    tab.ask(CODE)
    tab.sign_in_and("Allow")
    tab.has_week()
    tab.page.evaluate("""(() => {
      const ticket = JSON.parse(sessionStorage.getItem("daybook.ticket"));
      const letter = ticket.accessToken.at(-20) === "A" ? "B" : "A";
      ticket.accessToken = `${ticket.accessToken.slice(0, -20)}${letter}${ticket.accessToken.slice(-19)}`;
      sessionStorage.setItem("daybook.ticket", JSON.stringify(ticket));
    })()""")
    tab.page.get_by_role("button", name="Read again").click()
    tab.looks_right("The Calendar API does not accept the ticket")
    expect(tab.page.get_by_text("401 bad_signature")).to_be_visible()
    assert tab.messages()[-1] == ("GET /calendar/v1/events", "401")
    expect(tab.page.get_by_text("The Calendar API does not open.")).to_be_visible()
    assert tab.kept("ticket") is None
    tab.page.get_by_role("link", name="What this reason means").click()
    tab.page.wait_for_url(f"{tab.url}/learn/rejections/bad_signature")


@in_one_form
def test_nothing_in_an_event_is_markup_and_an_empty_week_says_so(platform, tab):
    tab.ask(TOKEN)
    tab.sign_in_and("Allow", name="admin")
    tab.has_week()
    expect(tab.page.get_by_role("heading", name="Nothing planned this week")).to_be_visible()
    tab.looks_right("20")
    monday = tab.page.locator("#week").get_attribute("data-from")[:10]
    tuesday = str(date.fromisoformat(monday) + timedelta(days=1))
    event = {
        "summary": "<img src=x onerror=alert(1)>",
        "location": "<b>bold</b>",
        "start": {"date": monday},
        "end": {"date": tuesday},
    }
    headers = {"Authorization": f"Bearer {tab.kept('ticket')['accessToken']}"}
    url = f"{platform.calendar_api_url}/calendar/v1/events"
    made = requests.post(url, json=event, headers=headers, timeout=10)
    assert made.status_code == 201, made.text
    try:
        tab.page.get_by_role("button", name="Read again").click()
        expect(tab.page.locator("#week li")).to_have_text("<img src=x onerror=alert(1)> all day <b>bold</b>")
        assert tab.page.locator("#week img, #happened img").count() == 0
    finally:
        requests.delete(f"{url}/{made.json()['id']}", headers=headers, timeout=10)


@in_one_form
def test_a_week_on_several_pages_is_read_to_its_end(tab):
    tab.ask(CODE)
    tab.sign_in_and("Allow")
    tab.has_week()
    whole = tab.page.locator("#week .event").all_text_contents()
    tab.page.route("**/calendar/v1/events*", lambda route: route.continue_(url=route.request.url.replace("maxResults=250", "maxResults=2")))
    tab.page.locator("#week").evaluate("(week) => week.querySelectorAll('.event').forEach((event) => event.remove())")
    asked = len(tab.sent_to("/calendar/v1/events"))
    tab.page.get_by_role("button", name="Read again").click()
    expect(tab.page.locator("#week .event")).to_have_text(whole)
    assert len(tab.sent_to("/calendar/v1/events")) - asked > 2


@in_one_form
def test_nothing_in_an_error_is_markup(platform, tab):
    tab.ask(CODE)
    state = parse_qs(urlsplit(tab.sent_to("/authorize")[0].url).query)["state"][0]
    tab.comes_back(error="<i>x</i>", error_description="<img src=x onerror=alert(1)>", state=state, iss=platform.issuer)
    expect(tab.page.locator("#lead")).to_have_text("<img src=x onerror=alert(1)>")
    assert tab.page.locator("#spa img, #happened img").count() == 0


# ---- What it needs ---------------------------------------------------------------------------------------------------


@in_one_form
def test_without_a_secure_context_the_way_with_a_code_says_why_not_and_the_other_is_open(tab):
    tab.page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })")
    tab.open("/spa")
    button = tab.page.get_by_role("button", name=CODE)
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(tab.page.get_by_text("Not possible at this address")).to_be_visible()
    button.click(force=True)
    assert tab.sent_to("/.well-known/openid-configuration") == []
    tab.looks_right("Daybook in the browser")
    tab.ask(TOKEN)
    tab.sign_in_and("Allow")
    tab.has_week()


@in_one_form
def test_a_browser_that_keeps_nothing_is_told_so(tab):
    blocked = "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError'); } })"
    tab.page.add_init_script(blocked)
    tab.open("/spa")
    tab.looks_right("Your browser keeps nothing for this page")
    tab.page.get_by_role("button", name="Try again").click()
    tab.heading("Your browser keeps nothing for this page")


@in_one_form
def test_an_api_that_does_not_name_daybooks_origin_is_told_from_one_that_is_down(platform, tab):
    tab.ask(CODE)
    tab.sign_in_and("Allow")
    tab.has_week()
    platform.stop("calendar_api")
    try:
        tab.page.get_by_role("button", name="Read again").click()
        tab.looks_right("The Calendar API does not answer")
        assert tab.messages()[-1] == ("GET /calendar/v1/events", "no answer")
        expect(tab.page.locator("#trouble")).to_contain_text("CALENDAR_API_URL")
        platform.start("calendar_api", CORS_ALLOWED_ORIGINS="")
        tab.page.get_by_role("button", name="Try again").click()
        tab.looks_right("The Calendar API does not let this page read its answers")
        assert tab.messages()[-1] == ("GET /calendar/v1/events", "not readable")
        expect(tab.page.locator("#trouble")).to_contain_text(f"Add {tab.url} to CORS_ALLOWED_ORIGINS")
    finally:
        if platform.is_running("calendar_api"):
            platform.stop("calendar_api")
        platform.start("calendar_api")
    tab.page.get_by_role("button", name="Try again").click()
    tab.has_week()


@in_one_form
def test_without_the_authorization_server_the_page_says_so(platform, tab):
    tab.open("/spa")
    platform.stop("authorization_server")
    try:
        tab.page.get_by_role("button", name=CODE).click()
        tab.looks_right("The authorization server does not answer")
    finally:
        platform.start("authorization_server")
    tab.page.get_by_role("button", name="Try again").click()
    tab.page.wait_for_url("**/login*")


@in_one_form
def test_a_script_in_the_page_could_send_the_ticket_to_nobody_else(platform, tab):
    tab.open("/spa")
    tried = f"fetch('{platform.geocoding_api_url}/healthz', {{ mode: 'no-cors' }}).then(() => 'sent', () => 'not sent')"
    assert tab.page.evaluate(tried) == "not sent"
    assert any("connect-src" in complaint for complaint in tab.complaints)


@in_one_form
def test_without_scripts_a_sentence_says_that_they_are_what_it_is_about(platform, browser):
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"{platform.demo_client_url}/spa")
        expect(page.locator("noscript .note")).to_be_visible()
        expect(page.locator("noscript .note")).to_contain_text("This page needs JavaScript")
        expect(page.get_by_role("button", name=CODE)).to_be_hidden()
    finally:
        context.close()
