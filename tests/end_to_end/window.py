"""A browser's window at Daybook for tests: it knows what a person does there, and collects every complaint of the browser's."""

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

WIDTHS = (1280, 390)
LOOKS = [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]
# The drawer covers what one has not scrolled to yet; focus is never under it.
_NO_FAULTS = frozenset({"target-size"})
# Axe would put what a style sheet imports into the page itself, against its policy, for rules that are off anyway.
_NOT_LOADED_TWICE = {"preload": False}
_TELL_OF_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`Content Security Policy: ${event.effectiveDirective} ${event.blockedURI} in ${event.sourceFile}`))"""


class Window:
    """Whoever sits before it signs in, allows, and looks at the page. `complaints` must stay empty."""

    no_faults = _NO_FAULTS

    def __init__(self, platform, page):
        self.platform, self.url, self.page = platform, platform.demo_client_url, page
        self.complaints: list[str] = []
        page.add_init_script(_TELL_OF_VIOLATIONS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if "Content Security Policy" in message.text else None)
        page.on("request", lambda request: self.complaints.append(request.url) if urlsplit(request.url).hostname != "localhost" else None)

    def open(self, path):
        self.page.goto(f"{self.url}{path}")

    def sign_in(self, name):
        """By the form, on from wherever the sign-in page has been reached."""
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill(f"{name}-demo")
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def allow_if_asked(self):
        self.page.wait_for_url(lambda url: "/login" not in url)
        allow = self.page.get_by_role("button", name=re.compile("^Allow"))
        if allow.is_visible():
            allow.click()
        self.page.wait_for_url(re.compile(r"/daybook"))

    def heading(self, text):
        """The page's one heading of the first level says this."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)

    def looks_right(self, heading):
        """The page with this heading, at both widths, light and dark: axe finds nothing, nothing scrolls sideways."""
        self.heading(heading)
        before = self.page.viewport_size
        for width, scheme in LOOKS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme)
            found = [
                violation
                for violation in Axe().run(self.page, options=_NOT_LOADED_TWICE).response["violations"]
                if violation["id"] not in self.no_faults
            ]
            named = [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found]
            assert named == [], f"{self.page.url} at {width}, {scheme}"
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, f"{self.page.url} scrolls sideways at {width}"
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(before)
        assert self.complaints == [], self.complaints

    def sign_in_by_keyboard(self, name):
        """Fill in the sign-in page without a mouse, and send it."""
        self.tab_to("User name")
        self.page.keyboard.type(name)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(f"{name}-demo")
        self.page.keyboard.press("Enter")

    def tab_to(self, name, *, at_most=60):
        """Press Tab until what has this name has the focus; a line of its words begins so."""
        for _ in range(at_most):
            self.page.keyboard.press("Tab")
            if re.search(rf"(^|\n){re.escape(name)}", self.page.evaluate(_NAME_OF_FOCUS)):
                return
        raise AssertionError(f"{name} is not reached with the Tab key on {self.page.url}")


_NAME_OF_FOCUS = """(() => {
  const at = document.activeElement;
  return at.getAttribute("aria-label") || (at.labels && at.labels[0] && at.labels[0].innerText) || at.innerText || at.name || "";
})()"""
