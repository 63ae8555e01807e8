"""What a page of events costs in a table of a million, and what a month with recurring events costs: `python -m benchmarks.calendar`.

Pages: an owner of 10,000 events beside an owner of 1,000, whose rows lie scattered among those of a hundred others, all within a year;
once with one all-day event in 16, and once with nothing else. Of each list the first, second and hundredth page, of 8 events, in turns;
the ratio of the two owners must stay within 1.5.
Months: owners of 2, 200 and 500 series (mostly weekly, some with a changed instance) that began years ago, expanded over one month:
the queries of one page, which must be the same for all, and the time of one page of 250 and of the whole month.

A call is one request to the view, in process, the check of its token and the JSON included; medians.
On SQLite, a file in a temporary folder, processor time counts, the database's is in it. On PostgreSQL it is time on the clock:
`python -m tests.postgresql .venv/bin/python -m benchmarks.calendar`.
"""

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

PAGE, LAST_PAGE = 8, 100
OWNERS = {"1,000": 1_000, "10,000": 10_000}
KINDS = ("mixed", "days")  # one event in 16 is all-day, or every one
LIMIT = 1.5
SERIES = (2, 200, 500)
YEAR = {"timeMin": "2026-01-01T00:00:00Z", "timeMax": "2027-01-01T00:00:00Z"}
MONTH = {"timeMin": "2026-11-01T00:00:00Z", "timeMax": "2026-12-01T00:00:00Z", "singleEvents": "true", "maxResults": "250"}
LISTS: dict[str, dict[str, str]] = {"all events": {}, "a year": YEAR, "a year, expanded": {**YEAR, "singleEvents": "true"}}
RULES = (
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=DAILY;INTERVAL=2;COUNT=1000",
    "FREQ=MONTHLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYDAY=-1MO,1MO;WKST=SU",
    "FREQ=YEARLY;BYMONTH=1,11;BYDAY=1MO",
    "FREQ=WEEKLY;UNTIL=20301231T000000Z",
)
FIRST_MONDAY = "2024-01-01"  # 1 January; each of RULES begins on it


def main() -> None:
    """Fill the database, measure in turns, and print the medians."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--events", type=int, default=1_000_000, help="rows in the table, at least 100,000")
    arguments.add_argument("--rounds", type=int, default=30)
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = os.environ.get("TEST_DATABASE_URL", "")
        os.environ["DATABASE_URL"] = _new_database(server) if server else f"sqlite:///{Path(folder) / 'calendar.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.calendar_settings"
        figures = _measured(max(options.events, 100_000), options.rounds)
    print(json.dumps(figures) if options.json else _table(figures))


def _new_database(server: str) -> str:
    from tests.postgresql import new_database

    return new_database(server, "benchmark_of_the_calendar")


def _measured(events: int, rounds: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    issuer = Issuer()
    started = time.perf_counter()
    _fill(events, issuer.url)
    for series in SERIES:
        _add_series(series, issuer.caller(f"{series} series"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as its own autovacuum would have done by then
    filled = time.perf_counter() - started
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    return {
        "database": connection.vendor,
        "events": events,
        "seconds to fill": filled,
        "pages": _pages(issuer, rounds, clock),
        "months": _months(issuer, rounds, clock),
    }


# ---- What is measured -------------------------------------------------------------------------------------------------------


def _pages(issuer: "Issuer", rounds: int, clock: Callable[[], float]) -> dict[str, Any]:
    work: dict[tuple[str, str], Callable[[], object]] = {}
    for kind, (name, query), owner in product(KINDS, LISTS.items(), OWNERS):
        get = issuer.caller(f"{owner} {kind}").get
        for number, page in _pages_of(get, {**query, "maxResults": str(PAGE)}).items():
            work[f"{kind}, {name}, page {number}", owner] = partial(get, page)
    medians = _medians(work, rounds, clock)
    small, large = OWNERS
    return {
        name: {small: medians[name, small], large: medians[name, large], "ratio": medians[name, large] / medians[name, small]}
        for name in dict.fromkeys(name for name, _ in work)
    }


def _pages_of(get: Callable[[dict[str, str]], Any], query: dict[str, str]) -> dict[int, dict[str, str]]:
    """The queries for pages by their number."""
    pages, page = {1: query}, query
    for number in range(2, LAST_PAGE + 1):
        page = {**query, "pageToken": get(page)["nextPageToken"]}
        if number in (2, LAST_PAGE):
            pages[number] = page
    return pages


def _months(issuer: "Issuer", rounds: int, clock: Callable[[], float]) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def whole(get: Callable[[dict[str, str]], Any]) -> int:
        query, count = MONTH, 0
        while True:
            answer = get(query)
            count += len(answer["items"])
            if "nextPageToken" not in answer:
                return count
            query = {**MONTH, "pageToken": answer["nextPageToken"]}

    callers = {count: issuer.caller(f"{count} series").get for count in SERIES}
    work: dict[tuple[str, str], Callable[[], object]] = {}
    for count, get in callers.items():
        work["page", str(count)] = partial(get, MONTH)
        work["month", str(count)] = partial(whole, get)
    medians = _medians(work, rounds, clock)
    figures = {}
    for count, get in callers.items():
        with CaptureQueriesContext(connection) as queries:
            get(MONTH)
        figures[f"{count} series"] = {
            "queries of a page": len(queries),
            "milliseconds of a page": medians["page", str(count)],
            "milliseconds of the month": medians["month", str(count)],
            "instances in the month": whole(get),
        }
    return figures


def _medians(work: dict[tuple[str, str], Callable[[], object]], rounds: int, clock: Callable[[], float]) -> dict[tuple[str, str], float]:
    times: dict[tuple[str, str], list[float]] = {name: [] for name in work}
    gc.disable()
    for _ in range(rounds):
        for name, call in work.items():
            started = clock()
            call()
            times[name].append((clock() - started) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


# ---- Who calls --------------------------------------------------------------------------------------------------------------


class Issuer:
    """The issuer that the API trusts."""

    def __init__(self) -> None:
        import jwt
        from cryptography.hazmat.primitives.asymmetric import rsa
        from django.conf import settings

        from access_tokens import conf

        self.url, self.audience, self.key = settings.ISSUER, settings.CALENDAR_AUDIENCE, rsa.generate_private_key(65537, 2048)
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        keys = {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}
        settings.ACCESS_TOKENS = {"ISSUERS": [{"issuer": self.url, "public_keys": lambda: keys}]}
        conf.forget()

    def caller(self, subject: str) -> "Caller":
        """Somebody with a token."""
        import jwt

        now = int(time.time())
        claims = {"iss": self.url, "aud": self.audience, "sub": subject, "client_id": "benchmark", "azp": "benchmark", "jti": "one"}
        times = {"iat": now, "exp": now + 86400}
        scope = {"scope": "read write"}
        return Caller(jwt.encode({**claims, **times, **scope}, self.key, algorithm="RS256", headers={"typ": "at+jwt", "kid": "one"}))


class Caller:
    """Calls the view of the list, and for the preparations the whole API."""

    def __init__(self, token: str) -> None:
        from django.test import Client, RequestFactory

        from calendar_api.views import EventList

        headers = {"Authorization": f"Bearer {token}"}
        self.client, self.factory = Client(headers=headers, SERVER_NAME="localhost"), RequestFactory(headers=headers)
        self.view = EventList.as_view()

    def get(self, query: dict[str, str]) -> Any:
        """One page, rendered as JSON."""
        response = self.view(self.factory.get("/calendar/v1/events", query))
        response.render()
        assert response.status_code == 200, response.content  # noqa: S101  a refusal would cost less
        return response.data

    def send(self, method: str, path: str, body: Any) -> None:
        """Create or change something."""
        response = self.client.generic(method, f"/calendar/v1/{path}", json.dumps(body), "application/json")
        assert response.status_code in {200, 201}, response.content  # noqa: S101


# ---- What is in the database ------------------------------------------------------------------------------------------------


def _fill(events: int, issuer: str) -> None:
    """Rows by one statement: copies of one timed and one all-day event, to each owner in turn, at times all over the year."""
    from datetime import UTC, date, datetime

    from django.db import connection, transaction

    from calendar_api.models import Calendar, Event

    with transaction.atomic():
        subjects = [*(f"{owner} {kind}" for kind, owner in product(KINDS, OWNERS)), *(f"other {number}" for number in range(100))]
        calendars = [Calendar.objects.create(issuer=issuer, subject=subject) for subject in subjects]
        *measured, other = (calendar.pk for calendar in calendars[: len(KINDS) * len(OWNERS) + 1])
        day = datetime(2026, 1, 1, tzinfo=UTC)
        common: Any = {"calendar": calendars[-1], "summary": "A copy of this event", "created": day, "updated": day}
        timed = Event.objects.create(**common, start_instant=day, end_instant=day.replace(hour=1), start_zone="UTC", end_zone="UTC")
        whole = Event.objects.create(**common, start_date=date(2026, 1, 1), end_date=date(2026, 1, 2))
        columns = [str(field.column) for field in Event._meta.concrete_fields if not field.primary_key]
        turns = [events // count for _, count in product(KINDS, OWNERS.values())]
        whens = " ".join(f"WHEN i % {turn} = {place} THEN {pk}" for place, (pk, turn) in enumerate(zip(measured, turns, strict=True)))
        owner = f"(CASE {whens} ELSE {other} + i % 100 END)"
        all_day = f"((i / {turns[0]}) % 16 = 0 OR {owner} IN ({measured[-2]}, {measured[-1]}))"
        minutes = "((i % 499979) * 1009 % 499979)"
        for template, condition in ((timed, f"NOT {all_day}"), (whole, all_day)):
            changed = {
                "calendar_id": owner,
                "event_id": "'copy' || i",
                **_times(connection.vendor, minutes, template.start_date is not None),
            }
            chosen = ", ".join(changed.get(column, f"template.{column}") for column in columns)
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO {Event._meta.db_table} ({', '.join(columns)}) "  # noqa: S608  all of it is written here
                    f"WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < {events - 1}) "
                    f"SELECT {chosen} FROM numbers, {Event._meta.db_table} template "
                    f"WHERE template.id = {template.pk} AND {condition}"
                )


def _times(vendor: str, minutes: str, is_all_day: bool) -> dict[str, str]:
    """The start and end of a copy as SQL."""
    if vendor == "postgresql":
        at = "timestamptz '2026-01-01 {0}Z' + " + minutes + " * interval '1 minute'"
        moments = [at.format("00:00"), at.format("01:00")]
        days = [f"date '2026-01-0{day}' + {minutes} / 1440" for day in (1, 2)]
    else:
        moments = [f"datetime('2026-01-01 0{hour}:00:00', '+' || {minutes} || ' minutes')" for hour in (0, 1)]
        days = [f"date('2026-01-0{day}', '+' || {minutes} || ' minutes')" for day in (1, 2)]
    start, end = days if is_all_day else moments
    kind = "date" if is_all_day else "instant"
    return {f"start_{kind}": start, f"end_{kind}": end}


def _add_series(count: int, caller: Caller) -> None:
    for number in range(count):
        hour = 8 + number % 10
        start, end = ({"dateTime": f"{FIRST_MONDAY}T{hour:02}:{minute}:00", "timeZone": "Europe/Berlin"} for minute in ("00", "45"))
        event = {"id": f"series{number:03}", "summary": "Every now and then", "start": start, "end": end}
        caller.send("POST", "events", {**event, "recurrence": [f"RRULE:{RULES[number % len(RULES)]}"]})
        if number % 10 == 0:
            caller.send("PATCH", f"events/{event['id']}/instances/20261102T{hour:02}0000", {"summary": "This time otherwise"})


# ---- What is printed --------------------------------------------------------------------------------------------------------


def _table(figures: dict[str, Any]) -> str:
    lines = [f"Calendar API on {figures['database']}, {figures['events']:,} events, filled in {figures['seconds to fill']:.0f} s"]
    lines.append(f"{'milliseconds of a page of ' + str(PAGE):<34}" + "".join(f"{owner:>15}" for owner in OWNERS) + "   ratio")
    for name, row in figures["pages"].items():
        lines.append(f"{name:<34}" + "".join(f"{row[owner]:15.2f}" for owner in OWNERS) + f"{row['ratio']:8.2f}  (at most {LIMIT})")
    lines.append(f"{'a month, expanded':<34}" + "".join(f"{name:>15}" for name in figures["months"]))
    for name in next(iter(figures["months"].values())):
        lines.append(f"{name:<34}" + "".join(f"{row[name]:15,.0f}" for row in figures["months"].values()))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
