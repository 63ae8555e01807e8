"""Pages of one session that are opened at once, each in a thread with a connection of its own, when its ticket has run out.

`python -m tests.demo_client.race` prints the outcomes as JSON. It is how test_tickets.py runs on SQLite, whose test database lives in one
process's memory, where the locks of a file are not to be had.
"""

import json
import os
import threading
import time
from unittest import mock

ROUNDS = 3
PAGES = 3


def outcomes(services):
    """Of each round: the pages' statuses, how many refresh tokens were traded, and whether the next one is kept."""
    from demo_client.sessions import SessionStore
    from tests.demo_client.conftest import DaybookBrowser, let_tickets_run_out

    services.grants = "read offline_access"
    alice = DaybookBrowser()
    alice.sign_in(services, "calendar-short")
    key = alice.cookies["daybook_session"].value
    others_wait = threading.Semaphore(0)

    def when_all_others_wait(seen):
        """The answer comes as late as can be: every other page has looked for it in vain before."""
        if "grant_type=refresh_token" in seen["body"]:
            for _ in range(PAGES - 1):
                others_wait.acquire(timeout=3)
        return services.granted(seen)

    def wait(seconds):
        name = threading.current_thread().name
        if name.startswith("page") and name not in waiting:
            waiting.add(name)
            others_wait.release()
        pause(seconds)

    services.answers["/oauth/token"] = when_all_others_wait
    pause, found = time.sleep, []
    for _ in range(ROUNDS):
        waiting: set[str] = set()
        let_tickets_run_out()
        before = len(services.refreshes())
        with mock.patch("demo_client.tickets.time.sleep", wait):
            statuses = _at_once(key, DaybookBrowser)
        session = SessionStore(key)
        session.load()
        kept = session.decode(session.ticket_data)["refresh_token"]
        found.append([statuses, len(services.refreshes()) - before, kept == services.refresh_token])
    return found


def _at_once(key, new_browser):
    from django.db import connection

    together, statuses = threading.Barrier(PAGES), []

    def open_the_week():
        browser = new_browser()
        browser.cookies["daybook_session"] = key
        together.wait()
        try:
            statuses.append(browser.get("/daybook").status_code)
        except Exception as error:
            statuses.append(repr(error))  # named in the failed comparison
        finally:
            connection.close()

    threads = [threading.Thread(target=open_the_week, name=f"page {number}") for number in range(PAGES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    from tests.demo_client.conftest import playing

    setup_test_environment()
    with playing(settings) as played:
        call_command("migrate", "demo_client", verbosity=0)
        print(json.dumps(outcomes(played)))
