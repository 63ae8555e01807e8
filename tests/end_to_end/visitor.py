"""People without a screen, for tests over real HTTP: a visitor who fills in the real forms, and an administrator at the dashboard."""

import html
import re
from urllib.parse import urlencode

import requests

from demo_client.browser import Browser
from demo_client.exchanges import Recorder


class Visitor:
    """Somebody in a browser of her own, at Daybook or elsewhere, who follows every redirect; `stops_at` is where she does not go on."""

    def __init__(self, platform, *, stops_at="nowhere"):
        self.platform = platform
        self.recorder = Recorder(limit_seconds=15)
        self.browser = Browser(self.recorder, stops_at=stops_at)

    def open(self, path):
        """A page of Daybook."""
        return self.browser.open(f"{self.platform.demo_client_url}{path}", meaning=path)

    def press(self, page, words, **fields):
        """Fill in the first form that has a button with these words, and press it."""
        form = next(form for form in page.forms if form.button(words) and set(fields) <= set(form.fields))
        form.fields.update(fields)
        return self.browser.send(page, form, button=form.button(words), meaning=words)

    def sign_in(self, name):
        """At Daybook, and yes to what it asks."""
        page = self.press(self.open("/sign-in"), "Sign", username=name, password=f"{name}-demo")
        return self.press(page, "Allow") if any(form.button("Allow") for form in page.forms) else page

    def ask(self, name, **parameters):
        """Open the authorization server's `/authorize` with these parameters, and sign in if it wants that: the page that comes then."""
        return self.follow(f"{self.platform.issuer}authorize?{urlencode(parameters)}", name)

    def follow(self, url, name):
        """Open an application's own link to `/authorize`, and sign in if it wants that: the page that comes then."""
        page = self.browser.open(url, meaning="asks")
        has_to_sign_in = any(form.field_of_kind("password") for form in page.forms)
        return self.press(page, "Sign", username=name, password=f"{name}-demo") if has_to_sign_in else page


class Administrator:
    """Whoever administers the authorization server, at its dashboard's own forms."""

    def __init__(self, platform):
        self.issuer = platform.issuer
        self.session = requests.Session()
        self._send("login?next=/admin/", username="admin", password="admin-demo")

    def grants(self, *, client_id, audience):
        """Add the client grant that the page about a missing permission leads to. Returns the address of the grant."""
        asked = self.session.get(f"{self.issuer}access-requests/new", params={"client_id": client_id, "audience": audience}, timeout=15)
        (path,) = re.findall(r'href="(/admin/authorization_server/clientgrant/add/\?[^"]+)"', asked.text)
        chosen = dict(part.split("=") for part in html.unescape(path).partition("?")[2].split("&"))
        answer = self._send(path.lstrip("/"), **chosen, ends_at="")
        assert "was added successfully" in answer.text, answer.text
        (grant,) = re.findall(r'href="(/admin/authorization_server/clientgrant/\d+/change/)"', answer.text)[:1]
        return grant

    def takes_back(self, grant):
        """Delete it again."""
        answer = self._send(grant.lstrip("/").replace("/change/", "/delete/"), post="yes")
        assert "was deleted successfully" in answer.text, answer.text

    def _send(self, path, **fields):
        url = f"{self.issuer}{path}"
        page = self.session.get(url, timeout=15)
        (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        hidden = dict(re.findall(r'<input type="hidden" name="(next|ticket)" value="([^"]*)"', page.text))
        headers = {"Referer": url, "Origin": self.issuer.rstrip("/")}
        answer = self.session.post(page.url, data={**hidden, **fields, "csrfmiddlewaretoken": token}, headers=headers, timeout=15)
        assert answer.status_code == 200, answer.text
        return answer
