"""The recorder: what it sends, what it keeps, and what it makes of services that do not answer as agreed."""

import socket
import threading

import pytest
import requests

from demo_client import exchanges
from demo_client.exchanges import Recorder
from demo_client.failures import CALENDAR_API, NoAnswer, UnusableAnswer


def get(url, **headers):
    return requests.Request("GET", url, headers=headers)


@pytest.fixture
def listener():
    """A socket that takes connections, for tests that play a broken service."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def url_of(listening):
    return f"http://localhost:{listening.getsockname()[1]}/calendar/v1/events"


def answering(listening, *pieces):
    """Answer the first connection with these bytes; the connection stays open."""

    def serve():
        connection, _ = listening.accept()
        kept.append(connection)
        connection.recv(65536)
        for piece in pieces:
            connection.sendall(piece)

    kept: list[socket.socket] = []
    threading.Thread(target=serve, daemon=True).start()
    return kept


def test_an_exchange_is_kept_with_both_messages_as_they_went_over_the_wire(services):
    recorder = Recorder()
    recorder.send(get(f"{services.url}/calendar/v1/events?timeZone=UTC", Accept="application/json"), CALENDAR_API, meaning="It asks.")
    (exchange,) = recorder.exchanges
    assert exchange.answer
    assert exchange.request.first_line == "GET /calendar/v1/events?timeZone=UTC HTTP/1.1"
    assert exchange.answer.first_line == "HTTP/1.1 200 OK"
    assert (exchange.number, exchange.status, exchange.meaning) == (1, 200, "It asks.")
    sent = services.requests[0]["headers"]
    assert dict(exchange.request.headers) == {name: value for name, value in sent.items() if name != "Connection"}
    assert '"summary": "Call with Tokyo"' in exchange.answer.body


def test_back_channel_calls_carry_the_trace_id_and_the_browsers_requests_do_not(services):
    recorder = Recorder(trace_id="0af7651916cd43dd8448eb211c80319c")
    recorder.send(get(f"{services.url}/calendar/v1/events"), CALENDAR_API, meaning="m")
    recorder.send(get(f"{services.url}/calendar/v1/events"), CALENDAR_API, meaning="m", sender="browser")
    first, second = (request["headers"] for request in services.requests)
    assert first["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert "traceparent" not in second


def test_redirects_are_not_followed(services):
    services.answers["/calendar/v1/events"] = (302, "")
    answer = Recorder().send(get(f"{services.url}/calendar/v1/events"), CALENDAR_API, meaning="m")
    assert answer.status_code == 302
    assert len(services.requests) == 1


def test_a_netrc_file_does_not_replace_the_token(services, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine localhost login somebody password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    Recorder().send(get(f"{services.url}/calendar/v1/events", Authorization="Bearer abc"), CALENDAR_API, meaning="m")
    assert services.requests[0]["headers"]["Authorization"] == "Bearer abc"


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine_itself(services, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert Recorder().send(get(f"{services.url}/calendar/v1/events"), CALENDAR_API, meaning="m").status_code == 200


def test_nobody_listening_is_no_answer_and_is_recorded(listener):
    url = url_of(listener)
    listener.close()
    recorder = Recorder()
    with pytest.raises(NoAnswer) as failure:
        recorder.send(get(url), CALENDAR_API, meaning="m")
    assert recorder.exchanges[0].answer is None
    for words in ("Calendar API does not answer", url, "CALENDAR_API_URL", "make demo"):
        assert words in str(failure.value)


def test_a_service_that_says_nothing_is_waited_for_no_longer_than_the_limit(listener):
    with pytest.raises(NoAnswer, match=r"no answer for 0\.2 seconds"):
        Recorder(limit_seconds=0.2).send(get(url_of(listener)), CALENDAR_API, meaning="m")


def test_half_an_answer_is_no_answer(listener):
    kept = answering(listener, b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    with pytest.raises(NoAnswer, match=r"no answer for 0\.2 seconds"):
        Recorder(limit_seconds=0.2).send(get(url_of(listener)), CALENDAR_API, meaning="m")
    assert kept


def test_an_answer_that_is_not_http_is_named_as_such(listener):
    answering(listener, b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    with pytest.raises((NoAnswer, UnusableAnswer)) as failure:
        Recorder(limit_seconds=0.5).send(get(url_of(listener)), CALENDAR_API, meaning="m")
    assert "localhost" in str(failure.value)


def test_an_endless_answer_is_cut_off(listener, monkeypatch):
    monkeypatch.setattr(exchanges, "LARGEST_ANSWER_BYTES", 1000)
    answering(listener, b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 5000)
    with pytest.raises(UnusableAnswer, match="more than 1000 bytes"):
        Recorder(limit_seconds=2).send(get(url_of(listener)), CALENDAR_API, meaning="m")


@pytest.mark.parametrize("url", ["http://localhost:99999/", "http://[::1/", "ftp://localhost/", "http:///nowhere"])
def test_an_address_that_cannot_be_called_is_a_failure_with_words(url):
    with pytest.raises((NoAnswer, UnusableAnswer)):
        Recorder().send(get(url), CALENDAR_API, meaning="m")
