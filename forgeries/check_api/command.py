"""`check_api URL`: tries the catalogue of wrong tokens on somebody's API, in any language, and says what to fix.

Exit status 0: all answered rightly. 1: something is wrong. 2: the check could not begin.
"""

import argparse
import json
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from forgeries.check_api.report import as_json, table
from forgeries.check_api.requests_sent import Sender
from forgeries.check_api.throwaway_issuer import FORGERS_KEYS, KEY_SET, ThrowawayIssuer, new_key
from forgeries.check_api.trials import Trial, following_trials, forgery_trials, good_trials, new_key_trial, request_trials
from forgeries.check_api.verdicts import ACCEPTED, FETCHING, REFUSED, Answer, Finding, verdict
from forgeries.good import Good

Write = Callable[[str], object]
READING = ("GET", "HEAD", "OPTIONS")
FETCHES_ALLOWED = 5  # in the few seconds of one check: the first, one for the new key, one for the first unknown kid, and some to spare


MACHINE_RULES = r"auth0|auth0-rfc9068|rfc9068|entra|keycloak:[^=]+=.+"
_RULES_HELP = "auth0, auth0-rfc9068, rfc9068, entra or keycloak:<claim>=<value>"


class CannotBegin(Exception):
    """Why no trial was sent, with the cure."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line; `python check_api.pyz --help` and `manage.py check_api --help` print it."""
    parser.add_argument("url", help="the operation to try, as in https://api.example/notes; nothing else is called")
    token = parser.add_argument_group("what a good token for it looks like")
    token.add_argument("--audience", required=True, help="the API's own audience (aud)")
    token.add_argument("--scope", default="", help='the scopes that this operation needs, as in "read" (default: none)')
    token.add_argument(
        "--scope-claim", default="scope", choices=["scope", "scp", "permissions"], help="where the API reads them (default: scope)"
    )
    token.add_argument("--scope-list", action="store_true", help="scopes as a JSON list instead of one text")
    token.add_argument("--caller", default="user", choices=["user", "machine"], help="who may call it (default: user)")
    token.add_argument(
        "--machine-rule",
        default="auth0",
        help=f"how machines' tokens are told apart: {_RULES_HELP} (default: auth0)",
    )
    token.add_argument("--typ", default="at+jwt", choices=["at+jwt", "JWT"], help="the token's type (default: at+jwt, RFC 9068)")
    token.add_argument("--subject", default="usr_123", help="a user's sub, where the API must know it (default: usr_123)")
    token.add_argument("--client-id", default="check-api", help="the application (default: check-api)")
    token.add_argument(
        "--claim", action="append", default=[], metavar="NAME=JSON", help="another claim that the API needs; may be repeated"
    )
    sending = parser.add_argument_group("what is sent")
    sending.add_argument("--method", action="append", default=[], help="GET; another that may change something must be asked for twice")
    sending.add_argument("--body", help="the JSON body of each request")
    sending.add_argument(
        "--wait", type=float, default=0, metavar="SECONDS", help="how long to wait for the API to take the good token (default: 0)"
    )
    sending.add_argument("--skip", action="append", default=[], metavar="ID", help="leave out a trial; may be repeated")
    issuer = parser.add_argument_group("the throw-away issuer, which lives while this runs")
    issuer.add_argument(
        "--issuer", default="http://localhost:9700/", help="its URL as the API reaches it (default: http://localhost:9700/)"
    )
    issuer.add_argument("--listen", default="", metavar="HOST:PORT", help="where it listens (default: as its URL says, on loopback)")
    issuer.add_argument(
        "--https",
        type=Path,
        metavar="FOLDER",
        help="speak https with the certificate.pem and key.pem in this folder, made there if need be; the API must trust the certificate",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")


def run(options: argparse.Namespace, *, write: Write, progress: Write) -> int:
    """One whole check. `write` gets the report, `progress` what happens meanwhile. Returns the exit status."""
    try:
        findings, sent, fetches = _checked(options, progress)
    except CannotBegin as reason:
        progress(str(reason))
        return 2
    if options.json:
        write(as_json(findings, url=options.url, method=_method(options), sent=sent, key_set_fetches=fetches))
    else:
        for line in table(findings, url=options.url, sent=sent):
            write(line)
    return 1 if findings else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The one file's own command line."""
    parser = argparse.ArgumentParser(
        prog="check_api", description="Try the catalogue of wrong access tokens on an API, and say what to fix."
    )
    add_arguments(parser)
    return run(parser.parse_args(arguments), write=print, progress=lambda line: print(line, file=sys.stderr, flush=True))


def _checked(options: argparse.Namespace, progress: Write) -> tuple[list[Finding], int, int]:
    if not options.url.startswith(("http://", "https://")):
        raise CannotBegin(f"{options.url} is no address of an operation. Cure: write it whole, as in http://localhost:8000/notes.")
    if not re.fullmatch(MACHINE_RULES, options.machine_rule):
        raise CannotBegin(f"--machine-rule {options.machine_rule}: there is no such rule. Cure: {_RULES_HELP}.")
    host, port = _listens_at(options)
    good, good_key = _good(options)
    send = Sender(options.url, method=_method(options), body=options.body)
    try:
        issuer = ThrowawayIssuer(options.issuer, host=host, port=port, https_folder=options.https)
    except OSError as error:
        raise CannotBegin(f"The issuer cannot listen at {host}:{port}: {error}. Cure: --listen HOST:PORT, --issuer URL.") from error
    with issuer:
        issuer.published[good.kid] = good_key
        first, *others = good_trials(good)
        _wait_for_the_good_token(send, first, options, progress)
        findings = list(_verdicts(send, others, options, progress))
        issuer.published["the-next-key"] = next_key = new_key()
        findings += _verdicts(send, [new_key_trial(good, kid="the-next-key", key=next_key)], options, progress)
        trials = [*request_trials(good), *forgery_trials(good), *following_trials(good, issuer.forgers_url)]
        findings += _verdicts(send, trials, options, progress)
        last = send(first)
        if not last.is_success:
            findings.append(Finding(REFUSED, first, str(last), "success", "Keep taking good tokens after wrong ones came in."))
        if issuer.fetched[FORGERS_KEYS]:
            followed = next(following_trials(good, issuer.forgers_url))
            findings.append(Finding(ACCEPTED, followed, "the API fetched the address", "no visit", followed.cure))
        if (fetches := issuer.fetched[KEY_SET]) > FETCHES_ALLOWED:
            findings.append(_fetched_too_often(first, fetches, send.sent))
    return findings, send.sent, fetches


def _verdicts(send: Sender, trials: Sequence[Trial], options: argparse.Namespace, progress: Write) -> Iterator[Finding]:
    for number, trial in enumerate((trial for trial in trials if trial.id not in options.skip), start=1):
        if finding := verdict(trial, send(trial)):
            yield finding
        if number % 50 == 0:
            progress(f"{number} of {len(trials)} …")


def _wait_for_the_good_token(send: Sender, good: Trial, options: argparse.Namespace, progress: Write) -> None:
    """Raises `CannotBegin`, with the settings to start the API with, where the good token is refused to the end."""
    until = time.monotonic() + options.wait
    while not (answer := send(good)).is_success:
        if time.monotonic() >= until:
            raise CannotBegin(_settings(options, answer))
        progress(f"{options.url}: {answer}. Waiting for the good token to be taken …")
        time.sleep(min(1.0, max(0.0, until - time.monotonic())))
    send.sent = 1  # the waiting does not count


def _settings(options: argparse.Namespace, answer: Answer) -> str:
    scope = f'scope "{options.scope}" in {options.scope_claim}' if options.scope else "no scope"
    return f"""{options.url} does not take the good token: {answer} {answer.challenge}

Start the API with these three settings, all else as in production, while this issuer runs (--wait 60 gives you the time):

  issuer        {options.issuer}
  audience      {options.audience}
  key set URL   {options.issuer}{KEY_SET}

The good token is a {options.caller}'s: RS256, typ {options.typ}, {scope}. If your API expects another, say so: --help.
An API that has looked for keys a moment ago may do so again only after a minute: --wait 65."""


def _fetched_too_often(first: Trial, fetches: int, sent: int) -> Finding:
    fix = "Keep the issuer's keys between requests; fetch again when they are old, or for an unknown kid at most once a minute."
    return Finding(FETCHING, first, f"{fetches} fetches of the key set in {sent} requests", f"at most {FETCHES_ALLOWED}", fix)


def _method(options: argparse.Namespace) -> str:
    methods: list[str] = [method.upper() for method in options.method] or ["GET"]
    if len(set(methods)) > 1 or (methods[0] not in READING and len(methods) < 2):
        raise CannotBegin(
            f"{methods[0]} may change something, and so might each wrong token that is accepted. If that is what you want, say it "
            f"twice: --method {methods[0]} --method {methods[0]}."
        )
    return methods[0]


def _listens_at(options: argparse.Namespace) -> tuple[str, int]:
    url = urlsplit(options.issuer)
    try:
        if url.scheme not in ("http", "https") or not url.hostname or not options.issuer.endswith("/") or url.query or url.fragment:
            raise ValueError
        if not options.listen:
            return "127.0.0.1", url.port or {"http": 80, "https": 443}[url.scheme]
        host, _, port = options.listen.rpartition(":")
        return host.strip("[]") or "127.0.0.1", int(port)
    except ValueError as error:
        raise CannotBegin("Write --issuer as a URL with a last slash and no query, --listen as HOST:PORT.") from error


def _good(options: argparse.Namespace) -> tuple[Good, Any]:
    """What the good token consists of, and the issuer's key."""
    key, now = new_key(), int(time.time())
    scopes = options.scope.split()
    claims: dict[str, Any] = {
        "iss": options.issuer,
        "aud": options.audience,
        "sub": options.subject,
        "client_id": options.client_id,
        "azp": options.client_id,
        "iat": now,
        "exp": now + 3600,
        "jti": secrets.token_hex(8),
    }
    if scopes:
        claims[options.scope_claim] = scopes if options.scope_list else " ".join(scopes)
    if options.machine_rule == "entra":
        claims["idtyp"] = "user"  # so that a token without scopes is still somebody's
    for text in options.claim:
        name, equals, value = text.partition("=")
        try:
            claims[name] = json.loads(value)
        except ValueError as error:
            raise CannotBegin(f"--claim {text}: write NAME=JSON, as in --claim 'tenant=\"42\"'.") from error
    good = Good(
        claims=claims,
        private_key=key,
        kid=f"check-api-{secrets.token_hex(4)}",
        foreign_key=new_key(),
        audience=options.audience,
        other_audience="https://another-api.example/",
        caller="user",
        now=now,
        scopes_needed=frozenset(scopes),
        typ=options.typ,
        machine_rule=options.machine_rule,
        scope_claim=options.scope_claim,
    )
    return (good if options.caller == "user" else good.for_a_machine()), key
