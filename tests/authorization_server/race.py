"""Forty processes use a code or a refresh token at the same moment: what they were answered, and what was left.

`python -m tests.authorization_server.race RACE ROUNDS` runs one of `RACES` so many times on an empty database, as the authorization
server that the environment describes, and prints what was seen as JSON. It is a process of its own, because it forks: pytest's has
threads, and a process with threads cannot be forked safely.
"""

import json
import logging
import multiprocessing
import os
import sys
from collections import Counter
from contextlib import contextmanager
from types import SimpleNamespace

PROCESSES = 40
ROUND_SECONDS = 60  # a process that is stuck for longer fails the race
OFFLINE = "read offline_access"
own = SimpleNamespace()  # what each of the forty has for itself


@contextmanager
def forty_processes():
    """Forked once for all rounds. Yields `send(method, values)`: that method of the back channel, with one value in each process.

    All of them send together; it returns their answers in the order of `values`.
    """
    from django.db import connection

    connection.close()  # a connection cannot be shared
    forks = multiprocessing.get_context("fork")
    with forks.Pool(PROCESSES, initializer=_begin, initargs=[forks.Barrier(PROCESSES)]) as pool:

        def send(method, values):
            # Whoever has one request waits until all have one, so each process takes exactly one.
            requests = [(method, value) for value in values]
            return pool.map_async(_send_with_the_others, requests, chunksize=1).get(ROUND_SECONDS)

        yield send


def _begin(barrier):
    """In each process: open its connection."""
    from django.db import connection

    from tests.authorization_server.conftest import BackChannel

    connection.ensure_connection()
    own.barrier, own.back_channel = barrier, BackChannel()
    own.back_channel.client.raise_request_exception = False  # a 500 is an answer, too


def _send_with_the_others(request):
    method, value = request
    own.barrier.wait(ROUND_SECONDS)
    return _read(getattr(own.back_channel, method)(value))


def _read(answer):
    """The status, and the body if it is JSON."""
    return answer.status_code, answer.json() if answer["Content-Type"] == "application/json" else {}


def _in_short(status, body):
    return f"{status} {body.get('error', '')}".strip()


def seen(answers):
    """What came of one code or token: how many got which answer, what the winner got, why its family ended, what its token is good for."""
    from authorization_server.models import RefreshTokenFamily
    from tests.authorization_server.conftest import BackChannel

    won = [body for status, body in answers if status == 200]
    families = RefreshTokenFamily.objects.filter(handle__in=[body["refresh_token"].partition(".")[0] for body in won])
    return {
        "answers": Counter(_in_short(*answer) for answer in answers),
        "won": [sorted(body) for body in won],
        "revoked": [family.revoked_because for family in families if family.revoked_at],
        "afterwards": [_in_short(*_read(BackChannel().refresh(body["refresh_token"]))) for body in won],
    }


def one_code(alice, back_channel, send):
    """All redeem one code."""
    code = alice.code(scope=OFFLINE)
    return [seen(send("redeem", [code] * PROCESSES))]


def one_code_for_two(alice, back_channel, send):
    """Twenty codes, each redeemed by two. The second has to find what the first got; of forty, one that comes late finds it anyway."""
    codes = [alice.code(scope=OFFLINE) for _ in range(PROCESSES // 2)]
    answers = send("redeem", [code for code in codes for _ in range(2)])
    return [seen(two) for two in zip(answers[::2], answers[1::2], strict=True)]


def one_refresh_token(alice, back_channel, send):
    """All use one refresh token."""
    refresh_token = back_channel.redeem(alice.code(scope=OFFLINE)).json()["refresh_token"]
    return [seen(send("refresh", [refresh_token] * PROCESSES))]


RACES = {race.__name__: race for race in (one_code, one_code_for_two, one_refresh_token)}


def run(race, rounds):
    """Everything `seen` in so many rounds."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    from tests.authorization_server.conftest import BackChannel, Browser

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one would take longer than the races
    call_command("migrate", verbosity=0)
    call_command("seed_issuer", quiet=True)
    setup_test_environment()
    logging.disable(logging.INFO)  # thousands of lines about requests
    alice, back_channel = Browser().is_signed_in_as("alice"), BackChannel()
    back_channel.redeem(alice.code(scope=OFFLINE))  # before the fork: what the first request loads is then there in all processes
    with forty_processes() as send:
        return [found for _ in range(rounds) for found in RACES[race](alice, back_channel, send)]


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
    django.setup()
    print(json.dumps(run(sys.argv[1], int(sys.argv[2]))))
