"""A browser with nobody in front of it: keeps cookies, follows redirects one by one, fills in the real forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

from demo_client.exchanges import Recorder
from demo_client.failures import AUTHORIZATION_SERVER, UnusableAnswer

_MOST_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass
class Button:
    """A button that sends its form, by the words on it."""

    words: str = ""
    name: str = ""
    value: str = ""


@dataclass
class Form:
    """A form as a browser would send it: `fields` are its inputs with the values they have, by name."""

    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)

    def field_of_kind(self, *kinds: str) -> str | None:
        """The name of the first field of one of these types (`text`, `password`, …)."""
        return next((name for name, kind in self.kinds.items() if kind in kinds), None)

    def button(self, first_word: str) -> Button | None:
        """The button whose words begin with `first_word`."""
        return next((button for button in self.buttons if button.words.split()[:1] == [first_word]), None)


@dataclass(frozen=True)
class Page:
    """Where the browser has come to. `stopped_at` is set instead of a page when a redirect led where it was not to follow."""

    url: str
    status: int = 0
    title: str = ""
    text: str = ""
    forms: tuple[Form, ...] = ()
    stopped_at: str | None = None


class Browser:
    """Opens pages of the authorization server and sends its forms, through `recorder`."""

    def __init__(self, recorder: Recorder, *, stops_at: str) -> None:
        """`stops_at` is the address that the browser must not follow a redirect to: the application's own."""
        self._recorder, self._stops_at = recorder, stops_at
        self._session = requests.Session()

    def open(self, url: str, *, meaning: str) -> Page:
        """Open `url` as a link or an address typed in. Raises `NoAnswer`, `UnusableAnswer`."""
        return self._go(requests.Request("GET", url, headers={"Accept": "text/html"}), meaning)

    def send(self, page: Page, form: Form, *, button: Button | None = None, meaning: str) -> Page:
        """Send a form of `page`, pressing `button`. Raises `NoAnswer`, `UnusableAnswer`."""
        values = {**form.fields, **({button.name: button.value} if button and button.name else {})}
        parts = urlsplit(page.url)
        headers = {"Accept": "text/html", "Origin": f"{parts.scheme}://{parts.netloc}", "Referer": page.url.partition("#")[0]}
        url = urljoin(page.url, form.action) if form.action else page.url
        sends_body = form.method == "post"
        request = requests.Request(
            form.method.upper(), url, headers=headers, data=values if sends_body else None, params=None if sends_body else values
        )
        return self._go(request, meaning)

    def _go(self, request: requests.Request, meaning: str) -> Page:
        for _ in range(_MOST_REDIRECTS):
            answer = self._recorder.send(request, AUTHORIZATION_SERVER, meaning=meaning, sender="browser", session=self._session)
            url = str(answer.url)
            if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
                return _page(answer, url)
            target = urljoin(url, answer.headers["Location"])
            if target.partition("?")[0].partition("#")[0] == self._stops_at:
                return Page(url=url, stopped_at=target)
            request, meaning = requests.Request("GET", target, headers={"Accept": "text/html"}), "The browser follows the redirect."
        raise UnusableAnswer(AUTHORIZATION_SERVER, str(request.url).partition("?")[0], what=f"redirects more than {_MOST_REDIRECTS} times")


def _page(answer: requests.Response, url: str) -> Page:
    reader = _Reader()
    if "html" in answer.headers.get("Content-Type", ""):
        reader.feed(answer.text)
    text = " ".join(" ".join(reader.words).split())
    return Page(url=url, status=answer.status_code, title=" ".join(reader.title.split()), text=text, forms=tuple(reader.forms))


class _Reader(HTMLParser):
    """Collects a page's title, its words and its forms."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.words, self.forms = "", [], []  # type: tuple[str, list[str], list[Form]]
        self._form: Form | None = None
        self._button: Button | None = None
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        having = {name: value or "" for name, value in attrs}
        if tag in {"title", "style", "script"}:
            self._inside.append(tag)
        elif tag == "form":
            self._form = Form(action=having.get("action", ""), method=having.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "input" and self._form is not None:
            self._add_input(self._form, having)
        elif tag == "button" and self._form is not None and having.get("type", "submit") == "submit":
            self._button = Button(name=having.get("name", ""), value=having.get("value", ""))
            self._form.buttons.append(self._button)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()
        elif tag == "form":
            self._form = None
        elif tag == "button" and self._button is not None:
            self._button.words = " ".join(self._button.words.split())
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.title += data if self._inside[-1] == "title" else ""
            return
        self.words.append(data)
        if self._button is not None:
            self._button.words += data

    @staticmethod
    def _add_input(form: Form, having: dict[str, str]) -> None:
        kind, name = having.get("type", "text").lower(), having.get("name", "")
        if kind == "submit":
            form.buttons.append(Button(words=having.get("value", ""), name=name, value=having.get("value", "")))
        elif name and (kind not in {"checkbox", "radio"} or "checked" in having):
            form.fields[name] = having.get("value", "on" if kind in {"checkbox", "radio"} else "")
            form.kinds[name] = kind
