"""Story 1 from end to end without a screen: the application, and the person in her browser, who uses the real forms.

Read next: `demo_client/flows/token_answer.py`.
"""

from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings
from django.urls import reverse as url_of

from demo_client.browser import Browser, Page
from demo_client.discovery import issuer_metadata
from demo_client.exchanges import Recorder
from demo_client.failures import AUTHORIZATION_SERVER, UnexpectedAnswer, UnusableAnswer, WrongPassword
from demo_client.flows import authorize, implicit
from demo_client.flows.authorize import AuthorizationRequest
from demo_client.flows.token_answer import TokenAnswer

_MOST_PAGES = 5


def token_as(
    username: str,
    password: str | None,
    *,
    scope: str,
    recorder: Recorder,
    audience: str | None = None,
    notice: Callable[[str], object] = lambda text: None,
) -> TokenAnswer:
    """An access token for `username`'s calendar (or for `audience`), got as Daybook gets it.

    `notice` is told what happens between the messages.

    Raises `WrongPassword`, and what the steps of `demo_client.flows.authorize` raise.
    """
    redirect_uri = f"{settings.DEMO_CLIENT_URL}{url_of('demo_client:callback')}"
    asked = AuthorizationRequest(redirect_uri=redirect_uri, scope=scope, audience=audience or settings.CALENDAR_AUDIENCE)
    recorder.trace_id = asked.trace_id
    metadata = issuer_metadata(recorder)
    back = _sent_back(asked, authorize.authorization_url(asked, metadata), username=username, password=password, recorder=recorder)
    notice(f"The browser is sent back to {asked.redirect_uri}. It stops here: this command takes Daybook's place.")
    code = authorize.code_from_answer(_answer_to(asked, back.query), metadata)
    notice(f"Daybook compares: state is the one it sent, iss is {metadata.issuer}.\n")
    return authorize.exchange_code(code, asked, recorder=recorder)


def token_at_once_as(
    username: str, password: str | None, *, scope: str, recorder: Recorder, notice: Callable[[str], object] = lambda text: None
) -> TokenAnswer:
    """An access token for `username`'s calendar, got as the document asks for it: with the redirect, by Daybook in the browser.

    Raises `WrongPassword`, and what the steps of `demo_client.flows.implicit` raise.
    """
    redirect_uri = f"{settings.DEMO_CLIENT_URL}{url_of('demo_client:spa-callback')}"
    asked = AuthorizationRequest(redirect_uri=redirect_uri, scope=scope, client_id=settings.CALENDAR_SPA_CLIENT_ID)
    recorder.trace_id = asked.trace_id
    metadata = issuer_metadata(recorder)
    back = _sent_back(asked, implicit.authorization_url(asked, metadata), username=username, password=password, recorder=recorder)
    notice(f"The browser is sent back to {asked.redirect_uri}, the answer behind the #. It stops here: this command takes Daybook's place.")
    granted = implicit.token_from_answer(_answer_to(asked, back.fragment), asked, metadata)
    notice(f"Daybook compares: state is the one it sent, iss is {metadata.issuer}.\n")
    return granted


def _sent_back(asked: AuthorizationRequest, address: str, *, username: str, password: str | None, recorder: Recorder) -> SplitResult:
    """Where the browser is sent back to, once the person has answered."""
    password = password or f"{username}-demo"  # DEMO ONLY: in production nobody can work a password out
    recorder.known_secrets += (password,)
    browser = Browser(recorder, stops_at=asked.redirect_uri)
    asks = f"may it {' and '.join(asked.scope.split()) or 'use'} the calendar?"
    return urlsplit(_answer_of_the_person(browser, address, asks=asks, username=username, password=password))


def _answer_to(asked: AuthorizationRequest, parameters: str) -> dict[str, list[str]]:
    """The parameters of a query or fragment that answer this request and no other. Raises `UnexpectedAnswer`."""
    answer = parse_qs(parameters, keep_blank_values=True)
    if answer.get("state") != [asked.state]:
        raise UnexpectedAnswer
    return answer


def _answer_of_the_person(browser: Browser, address: str, *, asks: str, username: str, password: str) -> str:
    """The URL that the browser is sent back to, after signing in and pressing "Allow"; either page may be left out by the server."""
    name = username.capitalize()
    page = browser.open(address, meaning=f"Daybook sends {name} to ask: {asks}")
    has_signed_in = False
    for _ in range(_MOST_PAGES):
        if page.stopped_at:
            return page.stopped_at
        if form := next((form for form in page.forms if form.field_of_kind("password")), None):
            if has_signed_in:
                raise WrongPassword(username, page.url.partition("?")[0], page.status)
            has_signed_in = True
            form.fields[form.field_of_kind("text", "email") or "username"] = username
            form.fields[form.field_of_kind("password") or "password"] = password
            page = browser.send(page, form, meaning=f"{name} signs in. Daybook never sees this password.")
        elif found := next(((form, button) for form in page.forms if (button := form.button("Allow"))), None):
            page = browser.send(page, found[0], button=found[1], meaning=f"{name} says yes.")
        else:
            raise _unknown_page(page)
    raise _unknown_page(page)


def _unknown_page(page: Page) -> UnusableAnswer:
    shown = f"“{page.title}”: {page.text[:300]}" if page.title else f"no page: {page.text[:300]}"
    url = page.url.partition("?")[0]
    return UnusableAnswer(AUTHORIZATION_SERVER, url, what=f"answered {page.status} with neither a sign-in nor a consent form, but {shown}")
