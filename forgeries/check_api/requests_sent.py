"""Sends each trial to the one address that the caller named: no redirect is followed, no proxy, no netrc, no cookie."""

import time
from collections.abc import Callable

import requests

from forgeries.check_api.trials import Trial
from forgeries.check_api.verdicts import Answer

SECONDS, LONGEST_PAUSE_SECONDS = 10.0, 60


class Sender:
    """Sends to `url` with `method` and, where given, a JSON `body`. `wait` is called with seconds where the API asks for patience."""

    def __init__(self, url: str, *, method: str = "GET", body: str | None = None, wait: Callable[[float], None] = time.sleep) -> None:
        self.url, self.method, self.body, self.sent, self._wait = url, method, body, 0, wait
        self._session = requests.Session()
        self._session.trust_env = False  # netrc would replace our header, a proxy would see the tokens

    def __call__(self, trial: Trial) -> Answer:
        """The answer to `trial`; where it is 429, the one after a pause as long as `Retry-After` says, at most a minute."""
        response = self._send(trial)
        if isinstance(response, requests.Response) and response.status_code == 429:
            asked = response.headers.get("Retry-After", "1")
            self._wait(min(int(asked) if asked.isdigit() else 1, LONGEST_PAUSE_SECONDS))
            response = self._send(trial)
        if isinstance(response, str):
            return Answer(0, reason=response)
        challenges = response.raw.headers.getlist("WWW-Authenticate")  # an API may offer other schemes beside
        ours = [challenge for challenge in challenges if challenge.lower().startswith("bearer")]
        return Answer(response.status_code, (ours or challenges or [""])[0])

    def _send(self, trial: Trial) -> requests.Response | str:
        headers = {"Accept": "application/json", **trial.headers, **({"Content-Type": "application/json"} if self.body else {})}
        try:
            with self._session.request(
                self.method,
                self.url,
                params=dict(trial.query),
                headers=headers,
                data=self.body.encode() if self.body else None,
                timeout=SECONDS,
                allow_redirects=False,
                stream=True,  # nobody reads the body
            ) as response:
                self.sent += 1
                self._session.cookies.clear()
                return response
        except requests.RequestException as error:
            return type(error).__name__
