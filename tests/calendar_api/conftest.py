"""People and machines that call the Calendar API, and how a test reads what they got."""

import json

import pytest
from django.test import Client

REHEARSAL = {
    "summary": "Choir rehearsal",
    "start": {"dateTime": "2026-11-23T18:30:00+01:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-11-23T20:30:00+01:00", "timeZone": "Europe/Berlin"},
}


class Caller:
    """Somebody with one access token. `raw` sends a body as it is, anything else is sent as JSON."""

    def __init__(self, token: str | None, base: str = "/calendar/v1/") -> None:
        self.token, self.base = token, base
        self.client = Client()  # raises what a view did not catch: no test can take a 500 for an answer

    def __call__(self, method, path, body=None, *, raw=None, query=None, content_type="application/json", headers=None, **extra):
        headers = {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **(headers or {})}
        sent = raw if raw is not None else b"" if body is None else json.dumps(body)
        address = path if path.startswith("/") else self.base + path
        extra.setdefault("CONTENT_TYPE", content_type)  # also where there is no body
        return self.client.generic(method, address, sent, content_type, headers=headers, query_params=query, **extra)

    def get(self, path, **options):
        return self("GET", path, **options)

    def post(self, path, body=None, **options):
        return self("POST", path, body, **options)

    def patch(self, path, body=None, **options):
        return self("PATCH", path, body, **{"content_type": "application/merge-patch+json", **options})

    def delete(self, path, **options):
        return self("DELETE", path, **options)

    def creates(self, **changes):
        """Create the rehearsal with `changes` (None leaves a field out), and return it as the API gave it back."""
        response = self.post("events", {name: value for name, value in {**REHEARSAL, **changes}.items() if value is not None})
        assert response.status_code == 201, response.content
        return response.json()

    def creates_at(self, start, end, **changes):
        """Create an event from `start` to `end`: dates, or date-times with offset."""
        kind = "dateTime" if "T" in start else "date"
        return self.creates(start={kind: start}, end={kind: end}, **changes)

    def creates_series(self, *lines, start="2026-10-19T10:00:00", end="2026-10-19T11:00:00", zone="Europe/Berlin", **changes):
        """Create a series that recurs as the lines say (weekly when there is none), in `zone`, or in whole days when start is a date."""
        moments = [{"dateTime": one, "timeZone": zone} if "T" in one else {"date": one} for one in (start, end)]
        return self.creates(start=moments[0], end=moments[1], recurrence=[*lines] or ["RRULE:FREQ=WEEKLY"], **changes)

    def instances(self, path="events", *, time_min="2026-10-01T00:00:00Z", time_max="2026-12-01T00:00:00Z", **query):
        """What one page has with series expanded: of all events, or of the series at `path`."""
        query = {"timeMin": time_min, "timeMax": time_max, **query} | ({"singleEvents": "true"} if path == "events" else {})
        response = self.get(path, query=query)
        assert response.status_code == 200, response.content
        return response.json()["items"]

    def lists(self, **query):
        """The summaries on one page."""
        response = self.get("events", query=query)
        assert response.status_code == 200, response.content
        return [event["summary"] for event in response.json()["items"]]

    def all_pages(self, path="events", **query):
        """The summaries on every page."""
        return [[event["summary"] for event in page] for page in self._pages(path, query)]

    def pages_of_ids(self, path="events", **query):
        """The ids on every page."""
        return [ids(page) for page in self._pages(path, query)]

    def _pages(self, path, query):
        token, is_first = None, True
        while token or is_first:
            answer = self.get(path, query={**query, **({"pageToken": token} if token else {})}).json()
            yield answer["items"]
            token, is_first = answer.get("nextPageToken"), False


@pytest.fixture
def alice(db, issuer):
    """Alice's token with both scopes."""
    return Caller(issuer.access_token())


@pytest.fixture
def alice_reading(db, issuer):
    """Alice's token with `read` alone."""
    return Caller(issuer.access_token(scope="read"))


@pytest.fixture
def bob(db, issuer):
    """Bob's token with both scopes."""
    return Caller(issuer.access_token(sub="usr_456"))


@pytest.fixture
def nobody(db, issuer):
    """A caller without a token."""
    return Caller(None)


def ids(events):
    """The ids of these events."""
    return [event["id"] for event in events]


def starts(events):
    """When these events begin: date-times, or dates."""
    return [event["start"].get("dateTime", event["start"].get("date")) for event in events]


def assert_problem(response, status, code):
    """The answer is problem+json (RFC 9457) with this status and code; returns its members."""
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/problem+json")
    problem = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    return problem


def errors_of(response):
    """`{field: code}` of a 400."""
    assert response.status_code == 400, (response.status_code, response.content)
    errors = response.json()["errors"]
    assert all(error["detail"] for error in errors)
    return {error["field"]: error["code"] for error in errors}
