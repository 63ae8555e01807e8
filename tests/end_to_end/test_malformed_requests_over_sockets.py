"""Bytes that no HTTP library would send, thrown at each service: never a 5xx, and the process goes on answering."""

import re
import socket
from contextlib import suppress

import pytest

SERVICES = ("demo_client", "authorization_server", "calendar_api", "geocoding_api")
# One path of each service that reads a body, and one that reads a query.
BODY_PATH = {
    "demo_client": "/sign-out",
    "authorization_server": "/oauth/token",
    "calendar_api": "/calendar/v1/events",
    "geocoding_api": "/geocoding/v1/reverse",
}
QUERY_PATH = {
    "demo_client": "/callback",
    "authorization_server": "/authorize",
    "calendar_api": "/calendar/v1/events",
    "geocoding_api": "/geocoding/v1/reverse",
}
HOST = "Host: localhost:{port}\r\n"
END = "Connection: close\r\n\r\n"
REQUESTS = {
    "nothing but a line end": "\r\n\r\n",
    "not HTTP at all": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "random bytes": "".join(chr(n) for n in range(256) if chr(n) not in "{}") + "\r\n\r\n",
    "no version": "GET {query}\r\n\r\n",
    "an unknown version": "GET {query} HTTP/9.9\r\n" + HOST + END,
    "an unknown method": "BREW {query} HTTP/1.1\r\n" + HOST + END,
    "a method with a bad character": "G\x00T {query} HTTP/1.1\r\n" + HOST + END,
    "a lower-case method": "get {query} HTTP/1.1\r\n" + HOST + END,
    "a target with a space": "GET {query}?a=b c HTTP/1.1\r\n" + HOST + END,
    "a target without a slash": "GET nowhere HTTP/1.1\r\n" + HOST + END,
    "a target with raw bytes": "GET {query}?a=\xff\xfe HTTP/1.1\r\n" + HOST + END,
    "a target with escapes that are no UTF-8": "GET {query}/%ff%fe?%ff=%fe HTTP/1.1\r\n" + HOST + END,
    "a target with an escaped NUL": "GET {query}/%00?a=%00 HTTP/1.1\r\n" + HOST + END,
    "a target with broken escapes": "GET {query}?a=%zz&b=%2 HTTP/1.1\r\n" + HOST + END,
    "a target with escaped line ends": "GET {query}%0d%0aX:%20y HTTP/1.1\r\n" + HOST + END,
    "an absolute target elsewhere": "GET http://elsewhere.example{query} HTTP/1.1\r\n" + HOST + END,
    "a target that climbs": "GET /../../../../etc/passwd HTTP/1.1\r\n" + HOST + END,
    "a static file that climbs": "GET /static/..%2f..%2f..%2fmanage.py HTTP/1.1\r\n" + HOST + END,
    "a target of 20,000 letters": "GET {query}?a=" + "a" * 20_000 + " HTTP/1.1\r\n" + HOST + END,
    "2,000 parameters": "GET {query}?" + "&".join(f"p{n}={n}" for n in range(2000)) + " HTTP/1.1\r\n" + HOST + END,
    "an asterisk": "OPTIONS * HTTP/1.1\r\n" + HOST + END,
    "CONNECT": "CONNECT localhost:22 HTTP/1.1\r\n" + HOST + END,
    "TRACE": "TRACE {query} HTTP/1.1\r\n" + HOST + END,
    "no host": "GET {query} HTTP/1.1\r\n" + END,
    "two hosts": "GET {query} HTTP/1.1\r\n" + HOST + "Host: elsewhere.example\r\n" + END,
    "another host": "GET {query} HTTP/1.1\r\nHost: elsewhere.example\r\n" + END,
    "a host that is none": "GET {query} HTTP/1.1\r\nHost: a b/c\x7f:x\r\n" + END,
    "a header without a colon": "GET {query} HTTP/1.1\r\n" + HOST + "Broken\r\n" + END,
    "a header with a space in its name": "GET {query} HTTP/1.1\r\n" + HOST + "Bro ken: x\r\n" + END,
    "a header without a name": "GET {query} HTTP/1.1\r\n" + HOST + ": x\r\n" + END,
    "a folded header": "GET {query} HTTP/1.1\r\n" + HOST + "X: a\r\n b\r\n" + END,
    "a header with NUL": "GET {query} HTTP/1.1\r\n" + HOST + "X: a\x00b\r\n" + END,
    "a header of raw bytes": "GET {query} HTTP/1.1\r\n" + HOST + "Accept: \xff\xfe\r\nCookie: \xff=\xfe\r\n" + END,
    "a header of 100,000 letters": "GET {query} HTTP/1.1\r\n" + HOST + "X: " + "a" * 100_000 + "\r\n" + END,
    "500 headers": "GET {query} HTTP/1.1\r\n" + HOST + "".join(f"X-{n}: {n}\r\n" for n in range(500)) + END,
    "an Authorization of raw bytes": "GET {query} HTTP/1.1\r\n" + HOST + "Authorization: Bearer \xff\xfe\xe9\r\n" + END,
    "an Authorization of two schemes": "GET {query} HTTP/1.1\r\n" + HOST + "Authorization: Bearer a\r\nAuthorization: Basic b\r\n" + END,
    "an empty Authorization": "GET {query} HTTP/1.1\r\n" + HOST + "Authorization:\r\n" + END,
    "Basic that is no Base64": "POST {body} HTTP/1.1\r\n" + HOST + "Authorization: Basic ***\r\nContent-Length: 0\r\n" + END,
    "Basic that is no UTF-8": "POST {body} HTTP/1.1\r\n" + HOST + "Authorization: Basic //79\r\nContent-Length: 0\r\n" + END,
    "a token of 100,000 letters": "GET {query} HTTP/1.1\r\n" + HOST + "Authorization: Bearer " + "a.b" * 33_333 + "\r\n" + END,
    "a body without a length": "POST {body} HTTP/1.1\r\n" + HOST + "Content-Type: application/json\r\n" + END + "{{}}",
    "a length that is no number": "POST {body} HTTP/1.1\r\n" + HOST + "Content-Length: ten\r\n" + END + "{{}}",
    "a negative length": "POST {body} HTTP/1.1\r\n" + HOST + "Content-Length: -1\r\n" + END + "{{}}",
    "an enormous length": "POST {body} HTTP/1.1\r\n" + HOST + "Content-Length: 99999999999999999999\r\n" + END + "{{}}",
    "two different lengths": "POST {body} HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\nContent-Length: 5\r\n" + END + "{{}}",
    "a body shorter than its length": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Content-Type: application/json\r\nContent-Length: 50\r\n"
    + END
    + "{{}}",
    "a body longer than its length": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Content-Type: application/json\r\nContent-Length: 2\r\n"
    + END
    + "{{}}GARBAGE",
    "a length and chunks": "POST {body} HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n" + END + "0\r\n\r\n",
    "good chunks": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    + END
    + "2\r\n{{}}\r\n0\r\n\r\n",
    "chunks that end early": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    + END
    + "5\r\n{{",
    "a chunk whose size is no number": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Transfer-Encoding: chunked\r\n"
    + END
    + "zz\r\n{{}}\r\n0\r\n\r\n",
    "an unknown transfer encoding": "POST {body} HTTP/1.1\r\n" + HOST + "Transfer-Encoding: rot13\r\n" + END + "{{}}",
    "an unknown content encoding": "POST {body} HTTP/1.1\r\n" + HOST + "Content-Encoding: rot13\r\nContent-Length: 2\r\n" + END + "{{}}",
    "a content type that is none": "POST {body} HTTP/1.1\r\n" + HOST + "Content-Type: ;;;=\r\nContent-Length: 2\r\n" + END + "{{}}",
    "a charset that is none": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Content-Type: application/json; charset=rot13x\r\nContent-Length: 2\r\n"
    + END
    + "{{}}",
    "a charset in a charset nobody knows": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Content-Type: application/json; charset*=rot13x''utf-8\r\nContent-Length: 2\r\n"
    + END
    + "{{}}",
    "JSON that is no UTF-8": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Content-Type: application/json\r\nContent-Length: 4\r\n"
    + END
    + '"\xff\xfe"',
    "a form that is no UTF-8": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n"
    + END
    + "%ff=%fe&\xff",
    "a multipart form without a boundary": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Content-Type: multipart/form-data\r\nContent-Length: 2\r\n"
    + END
    + "--",
    "a multipart form that ends early": "POST {body} HTTP/1.1\r\n"
    + HOST
    + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 48\r\n"
    + END
    + '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
    "an upgrade": "GET {query} HTTP/1.1\r\n" + HOST + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "HTTP/2 without asking": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two requests at once": "GET /healthz HTTP/1.1\r\n" + HOST + "\r\nGET /healthz HTTP/1.1\r\n" + HOST + END,
}


def exchange(port, sent, patience=10.0):
    """What the service answers to these bytes, until it closes the connection; nothing is an answer too.

    A service that waits for more of the request is told after `patience` seconds that there will be none.
    """
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection, suppress(ConnectionError):
        connection.sendall(sent)
        while True:
            try:
                part = connection.recv(65536)
            except TimeoutError:
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(10)
                continue
            if not part:
                break
            received += part
    return received


def statuses(answer):
    """The status of each response in an answer."""
    return [int(status) for status in re.findall(rb"(?:^|\r\n|[}>])HTTP/1\.[01] (\d{3})", answer)]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("request_bytes", REQUESTS.values(), ids=REQUESTS.keys())
def test_no_bytes_make_a_service_answer_5xx_or_end(platform, service, request_bytes):
    port = platform.port(service)
    text = request_bytes.format(port=port, body=BODY_PATH[service], query=QUERY_PATH[service])
    logged_before = len(platform.logs(service))
    answer = exchange(port, text.encode("latin-1"), patience=0.5)
    assert [status for status in statuses(answer) if status >= 500] == []
    assert b"Traceback" not in answer
    alive = exchange(port, f"GET /healthz HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
    assert statuses(alive) == [200]
    assert "Traceback" not in platform.logs(service)[logged_before:]
