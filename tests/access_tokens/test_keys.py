"""Keys are fetched from a real server on loopback: when, how often, what is refused, what is kept (discovery, JWKS, cache)."""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from access_tokens import keys as keys_module
from access_tokens.keys import KeySource, fetch_json, published_keys, usable_keys
from access_tokens.rejections import KeysUnavailable

DISCOVERY, JWKS = "/.well-known/openid-configuration", "/jwks.json"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(kid="one", key=RSA_KEY, **members):
    """A public RSA key as a JWK; a member None is left out."""
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {name: value for name, value in {**public, "kid": kid, "use": "sig", "alg": "RS256", **members}.items() if value is not None}


class Server:
    """An issuer's two documents. `answers` maps a path to (status, headers, body); `asked` lists the paths that were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.go_on = threading.Event()
        self.go_on.set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                server.headers.append(dict(self.headers))
                server.go_on.wait(10)
                status, headers, body = server.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):  # the other side may hang up
                    for piece in [body] if isinstance(body, bytes) else body:
                        self.wfile.write(piece)
                        self.wfile.flush()

            def log_message(self, format: str, *args: object) -> None:
                """Silence."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/"
        self.answers: dict[str, tuple[int, dict[str, str], bytes | Iterable[bytes]]] = {}
        self.publish(jwk())

    def publish(self, *jwks, max_age: int | None = 300) -> None:
        """Serve discovery and these keys."""
        discovery = {"issuer": self.url, "jwks_uri": f"{self.url}jwks.json"}
        self.answers[DISCOVERY] = (200, {}, json.dumps(discovery).encode())
        headers = {} if max_age is None else {"Cache-Control": f"public, max-age={max_age}"}
        self.answers[JWKS] = (200, headers, json.dumps({"keys": list(jwks)}).encode())

    def fail(self, status: int = 500) -> None:
        """Answer everything with an error."""
        self.answers = {DISCOVERY: (status, {}, b"{}"), JWKS: (status, {}, b"{}")}


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.go_on.set()
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as clock:
        yield clock


# ---- How often ------------------------------------------------------------------------------------------------------


def test_keys_are_fetched_once_and_kept(server):
    source = published_keys(server.url)
    for _ in range(5):
        assert source.find("one")
    assert server.asked == [DISCOVERY, JWKS]


@pytest.mark.parametrize(
    ("max_age", "kept_seconds"), [(0, 60), (1, 60), (300, 300), (86400, 600), (None, 600)], ids=["0", "1", "300", "a day", "none given"]
)
def test_keys_are_kept_for_max_age_held_between_a_minute_and_ten(server, clock, max_age, kept_seconds):
    server.publish(jwk(), max_age=max_age)
    source = published_keys(server.url)
    source.load()
    clock.shift(kept_seconds - 1)
    source.load()
    assert len(server.asked) == 2
    clock.shift(2)
    source.load()
    assert len(server.asked) == 4


@pytest.mark.parametrize("header", ["s-maxage=90", "no-store", "max-age=x", "", "x-max-age=90"])
def test_only_max_age_counts(server, header):
    server.answers[JWKS] = (200, {"Cache-Control": header}, b'{"keys": []}')
    assert fetch_json(f"{server.url}jwks.json")[1] == 600


def test_new_keys_replace_the_old_ones_and_are_never_merged(server, clock):
    source = published_keys(server.url)
    assert source.find("one")
    server.publish(jwk("two"))
    clock.shift(301)
    assert source.find("two")
    assert source.find("one") is None


def test_an_unknown_kid_fetches_again_at_most_once_a_minute(server, clock):
    source = published_keys(server.url)
    assert source.find("one")
    server.publish(jwk("one"), jwk("two"))
    assert source.find("two")
    assert len(server.asked) == 4
    for _ in range(10):
        assert source.find("three") is None
    assert len(server.asked) == 4
    clock.shift(61)
    assert source.find("three") is None
    assert len(server.asked) == 6


def test_the_first_request_of_all_with_an_unknown_kid_fetches_once(server):
    source = published_keys(server.url)
    assert source.find("unknown") is None
    assert server.asked == [DISCOVERY, JWKS]
    server.publish(jwk("unknown"))
    assert source.find("unknown")  # that fetch was not the one in a minute


@pytest.mark.parametrize("kid", [None, 1, [], {}, ["one"], True])
def test_a_kid_that_is_no_text_fetches_nothing_more(server, kid):
    source = published_keys(server.url)
    source.load()
    assert source.find(kid) is None
    assert len(server.asked) == 2


def test_a_clock_that_is_set_back_keeps_nothing_for_ever(server, clock):
    source = published_keys(server.url)
    source.load()
    clock.shift(-86400)
    source.load()
    assert len(server.asked) == 4


# ---- Many threads ---------------------------------------------------------------------------------------------------


def in_threads(number, work):
    """What `work` returns in each of `number` threads at once."""
    results: list[object] = []

    def run() -> None:
        try:
            results.append(work())
        except KeysUnavailable as problem:
            results.append(problem)

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    return threads, results


def wait_until(condition) -> None:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    assert condition()


def test_one_thread_fetches_for_all_that_have_nothing_yet(server):
    source = published_keys(server.url)
    threads, results = in_threads(20, lambda: source.find("one"))
    for thread in threads:
        thread.join()
    assert len(results) == 20
    assert all(isinstance(result, jwt.PyJWK) for result in results)
    assert server.asked == [DISCOVERY, JWKS]


def test_while_one_thread_fetches_the_others_use_what_is_there(server, clock):
    source = published_keys(server.url)
    source.load()
    clock.shift(301)
    server.go_on.clear()
    threads, results = in_threads(1, source.load)
    wait_until(lambda: len(server.asked) == 3)
    assert source.find("one")  # does not wait for the answer that hangs
    assert results == []
    server.go_on.set()
    threads[0].join()
    assert len(server.asked) == 4


def test_a_reading_that_hangs_holds_up_nobody_for_longer_than_it_ought_to_take(monkeypatch):
    monkeypatch.setattr(keys_module, "FETCH_SECONDS", 0.1)
    is_reading, may_end = threading.Event(), threading.Event()

    def read() -> tuple[object, float]:
        if is_reading.is_set():
            may_end.wait(20)  # an issuer that sends one byte of a header a second, for example
        is_reading.set()
        return {"keys": [jwk()]}, 60

    source = KeySource(read)
    assert source.find("one")
    hanging = threading.Thread(target=source.find, args=["unknown"], daemon=True)
    hanging.start()
    began = time.monotonic()
    for _ in range(20):  # else each of them would wait, and a few such tokens occupy every thread of the service
        assert source.find("unknown") is None
    took = time.monotonic() - began
    may_end.set()
    hanging.join(5)
    assert took < 1
    assert source.find("one")


def test_after_a_rotation_all_threads_get_the_new_key_from_one_fetch(server):
    source = published_keys(server.url)
    source.load()
    server.publish(jwk("two"))
    threads, results = in_threads(20, lambda: source.find("two"))
    for thread in threads:
        thread.join()
    assert all(isinstance(result, jwt.PyJWK) for result in results)
    assert len(server.asked) == 4


def test_an_issuer_that_is_down_is_not_stormed(server, clock):
    server.fail()
    source = published_keys(server.url)
    threads, results = in_threads(20, source.load)
    for thread in threads:
        thread.join()
    assert len(results) == 20
    assert all(isinstance(result, KeysUnavailable) for result in results)
    assert server.asked == [DISCOVERY]
    clock.shift(11)
    with pytest.raises(KeysUnavailable):
        source.load()
    assert len(server.asked) == 2


# ---- The issuer is down ---------------------------------------------------------------------------------------------


def test_an_api_that_never_had_keys_says_so_and_when_to_come_again(server, clock):
    server.fail(503)
    with pytest.raises(KeysUnavailable) as caught:
        published_keys(server.url).find("one")
    assert caught.value.retry_after_seconds == 10
    assert "status 503" in caught.value.detail
    assert server.url in caught.value.detail


def test_it_recovers_by_itself(server, clock):
    server.fail()
    source = published_keys(server.url)
    with pytest.raises(KeysUnavailable):
        source.load()
    server.publish(jwk())
    clock.shift(10)
    assert source.find("one")


def test_old_keys_serve_while_the_issuer_is_down_but_no_longer_than_configured(server, clock):
    source = published_keys(server.url, max_stale_hours=24)
    source.load()
    server.fail()
    clock.shift(24 * 3600 - 1)
    assert source.find("one")
    clock.shift(2)
    with pytest.raises(KeysUnavailable):
        source.find("one")


def test_with_zero_stale_hours_nothing_is_kept_past_its_time(server, clock):
    source = published_keys(server.url, max_stale_hours=0)
    with pytest.raises(KeysUnavailable):
        source.find("one")


def test_a_stale_set_is_asked_for_again_only_now_and_then(server, clock):
    source = published_keys(server.url)
    source.load()
    server.fail()
    clock.shift(301)
    for _ in range(10):
        source.load()
    assert len(server.asked) == 3


def test_when_all_keys_are_withdrawn_the_old_ones_are_gone(server, clock):
    source = published_keys(server.url)
    assert source.find("one")
    server.publish()
    clock.shift(301)
    with pytest.raises(KeysUnavailable, match="no published key"):
        source.find("one")


# ---- What is fetched from where -------------------------------------------------------------------------------------


def test_discoverys_issuer_must_equal_the_configured_one_rfc8414_section_3_3(server):
    server.answers[DISCOVERY] = (200, {}, json.dumps({"issuer": server.url.rstrip("/"), "jwks_uri": f"{server.url}jwks.json"}).encode())
    with pytest.raises(KeysUnavailable, match="discovery says issuer"):
        published_keys(server.url).load()
    assert server.asked == [DISCOVERY]


def test_the_internal_url_replaces_a_leading_issuer_in_discoverys_address_and_in_what_it_says(server):
    public = "https://issuer.example/tenant/"
    discovery = {"issuer": public, "jwks_uri": f"{public}jwks.json"}
    server.answers = {
        "/inside/.well-known/openid-configuration": (200, {}, json.dumps(discovery).encode()),
        "/inside/jwks.json": (200, {}, json.dumps({"keys": [jwk()]}).encode()),
    }
    assert published_keys(public, internal_url=f"{server.url}inside").find("one")


def test_an_issuer_without_its_last_slash_is_asked_at_the_same_place(server):
    server.answers[DISCOVERY] = (200, {}, json.dumps({"issuer": server.url[:-1], "jwks_uri": f"{server.url}jwks.json"}).encode())
    assert published_keys(server.url[:-1]).find("one")


def test_a_fixed_key_set_needs_no_discovery(server):
    assert published_keys("https://issuer.example/", jwks_uri=f"{server.url}jwks.json").find("one")
    assert server.asked == [JWKS]


@pytest.mark.parametrize(
    "jwks_uri",
    [
        "http://issuer.example/jwks",
        "ftp://127.0.0.1/jwks",
        "file:///etc/passwd",
        "http://127.0.0.1.evil.example/jwks",
        "http://[::1",
        "//x",
        "",
        None,
        5,
        {},
    ],
)
def test_only_https_loopback_and_the_internal_url_are_fetched_from(server, jwks_uri):
    server.answers[DISCOVERY] = (200, {}, json.dumps({"issuer": server.url, "jwks_uri": jwks_uri}).encode())
    with pytest.raises(KeysUnavailable):
        published_keys(server.url).load()
    assert server.asked == [DISCOVERY]


@pytest.mark.parametrize("internal_url", ["", "http://issuer.example/"])
def test_plain_http_to_the_issuer_itself_needs_an_internal_url_of_its_own(internal_url):
    with pytest.raises(KeysUnavailable, match="only https"):
        published_keys("http://issuer.example/", internal_url=internal_url).load()


def test_loopback_is_reached_whatever_proxy_the_environment_names(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert published_keys(server.url).find("one")


def test_redirects_are_not_followed(server):
    server.answers[JWKS] = (302, {"Location": f"{server.url}other.json"}, b"")
    server.answers["/other.json"] = (200, {}, json.dumps({"keys": [jwk()]}).encode())
    with pytest.raises(KeysUnavailable, match="status 302"):
        published_keys(server.url).load()
    assert "/other.json" not in server.asked


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        b'{"keys": {}}',
        b'{"keys": null}',
        b"{}",
        b'{"keys": []}',
        b'{"keys": [' + b"9" * 5000 + b"]}",
    ],
)
def test_what_is_no_key_set_is_no_reason_to_fall_over(server, body):
    server.answers[JWKS] = (200, {}, body)
    with pytest.raises(KeysUnavailable):
        published_keys(server.url).load()


def test_256_kib_are_read_and_not_more(server):
    server.answers[JWKS] = (200, {}, (b" " * 1024 for _ in range(10_000)))
    with pytest.raises(KeysUnavailable, match="262144 bytes"):
        published_keys(server.url).load()


def test_a_key_set_that_comes_in_pieces_is_read_whole(server):
    pieces = [json.dumps({"keys": [jwk()]}).encode()[start : start + 50] for start in range(0, 1000, 50)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"
    server.answers[JWKS] = (200, {"Transfer-Encoding": "chunked"}, (body[at : at + 7] for at in range(0, len(body), 7)))
    assert published_keys(server.url).find("one")


def test_a_server_that_drips_is_left_after_the_time_for_a_fetch(server, monkeypatch):
    monkeypatch.setattr(keys_module, "FETCH_SECONDS", 0.2)

    def drip() -> Iterator[bytes]:
        while True:
            threading.Event().wait(0.02)
            yield b" "

    server.answers[JWKS] = (200, {}, drip())
    started = time.monotonic()
    with pytest.raises(KeysUnavailable, match=r"0\.2 s"):
        published_keys(server.url).load()
    assert time.monotonic() - started < 2


def test_a_server_that_never_answers_is_left_after_the_time_for_a_fetch(server, monkeypatch):
    monkeypatch.setattr(keys_module, "FETCH_SECONDS", 0.1)
    server.go_on.clear()
    with pytest.raises(KeysUnavailable, match="Timeout"):
        published_keys(server.url).load()


def test_nobody_listening_names_the_address():
    with pytest.raises(KeysUnavailable, match=r"http://127\.0\.0\.1:9/"):
        published_keys("http://127.0.0.1:9/").load()


# ---- Which keys -----------------------------------------------------------------------------------------------------


def test_only_public_keys_for_signatures_are_taken():
    private = jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY, as_dict=True)
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  that is the point
    p256 = jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)
    others = [
        {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "symmetric", "alg": "HS256"},
        {**private, "kid": "private", "alg": "RS256"},
        jwk("encryption", use="enc"),
        jwk("unknown algorithm", alg="RSA-OAEP"),
        jwk("none", alg="none"),
        jwk("public key as a secret", alg="HS256"),
        jwk("contradiction", alg="ES256"),
        {**p256, "kid": "wrong curve", "alg": "ES384"},
        jwk("algorithm a list", alg=["RS256"]),
        jwk("short", key=small),
        jwk("unknown type", kty="XYZ"),
        jwk("type a list", kty=["RSA"]),
        jwk("no n", n=None),
        jwk("n a number", n=5),
        jwk("n not base64", n="!!!"),
        jwk(None),
        jwk(5),
        "text",
        None,
        5,
        [],
        {},
    ]
    assert list(usable_keys({"keys": [*others, jwk("good")]})) == ["good"]


def test_keys_of_each_type_without_alg_are_for_its_usual_algorithm():
    entries = [
        jwk("rsa", alg=None, use=None),
        {**jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key(), as_dict=True), "kid": "p-384"},
        {**jwt.algorithms.OKPAlgorithm.to_jwk(ed25519.Ed25519PrivateKey.generate().public_key(), as_dict=True), "kid": "ed25519"},
    ]
    algorithms = {kid: key.algorithm_name for kid, key in usable_keys({"keys": entries}).items()}
    assert algorithms == {"rsa": "RS256", "p-384": "ES384", "ed25519": "EdDSA"}


def test_of_two_keys_with_one_kid_the_first_counts():
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    found = usable_keys({"keys": [jwk("one"), jwk("one", key=other)]})["one"]
    assert found.key.public_numbers() == RSA_KEY.public_key().public_numbers()


@pytest.mark.parametrize("jwks", [None, [], "x", 5, {}, {"keys": None}, {"keys": "x"}, {"keys": {"0": {}}}])
def test_what_is_no_jwk_set_is_refused_rfc7517_section_5(jwks):
    with pytest.raises(KeysUnavailable):
        usable_keys(jwks)


def test_a_key_source_is_what_a_function_says():
    assert KeySource(lambda: ({"keys": [jwk()]}, 60)).find("one")
