"""Malformed requests as data: what clients, proxies and attackers send to an endpoint besides what it asks for.

Nothing here knows Django, so that the same table can be sent through a test client or written to a socket.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import quote

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


@dataclass(frozen=True)
class MalformedRequest:
    """One request, to be sent to any endpoint.

    `path_end` is appended to the endpoint's path, percent-encoded as it is written; where the endpoint has a path
    parameter, `path_value` replaces it. `query` is raw. `headers` are sent in their order, repeated ones too, each value
    as Latin-1. `content_length` replaces the true one.
    """

    id: str
    method: str = "GET"
    path_end: str = ""
    path_value: str | None = None
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str | None = None
    body: bytes = field(default=b"", repr=False)
    content_length: str | None = None


LONG = 10_000
TEN_MEGABYTES = 10 * 1024 * 1024

# ---- Methods --------------------------------------------------------------------------------------------------------

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "BREW", "get", "X" * 200)


def _methods() -> Iterator[MalformedRequest]:
    for method in METHODS:
        yield MalformedRequest(f"method {method[:10]}", method=method)


# ---- Paths ----------------------------------------------------------------------------------------------------------

PATHS = {
    "NUL": "%00",
    "no UTF-8": "%ff",
    "overlong UTF-8": "%c0%ae%c0%ae%c0%af",
    "surrogate": "%ed%a0%80",
    "half an escape": "%",
    "no hexadecimal": "%zz",
    "line feed": "%0d%0aSet-Cookie:%20a=b",
    "dots": "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "backslash": "%5c..%5c",
    "semicolon": ";a=b",
    "right to left": "%e2%80%ae",
    "emoji": "%f0%9f%97%93",
    "template": "%7b%7b7*7%7d%7d",
    "quote": "'%20OR%20'1'='1",
    "number": "9" * 400,
    "long": "a" * LONG,
}


def _paths() -> Iterator[MalformedRequest]:
    for name, text in PATHS.items():
        yield MalformedRequest(f"path value {name}", path_value=text)
        yield MalformedRequest(f"path end {name}", path_end=f"/{text}")
    yield MalformedRequest("path end slash", path_end="/")
    yield MalformedRequest("path end two levels up", path_end="/../..")
    for method in ("PATCH", "DELETE", "POST"):
        yield MalformedRequest(f"{method} path value NUL", method=method, path_value="%00", content_type=JSON, body=b"{}")
        yield MalformedRequest(f"{method} path value no UTF-8", method=method, path_value="%ff", content_type=JSON, body=b"{}")


# ---- Queries --------------------------------------------------------------------------------------------------------

QUERIES = {
    "no value": "a",
    "no name": "=",
    "ampersands": "&" * 50,
    "NUL": "%00=%00",
    "no UTF-8": "%ff=%ff",
    "half an escape": "a=%",
    "surrogate": "a=%ed%a0%80",
    "raw bytes": "a=\xff\xfe",
    "semicolons": "a=1;b=2",
    "brackets": "a[]=1&a[b]=2",
    "unknown": "no-such-parameter=1",
    "a thousand": "&".join(f"p{number}=1" for number in range(1_100)),
    "a thousand times the same": "&".join(["timeMin=x&lat=1&client_id=x&state=x"] * 300),
    "long": f"a={'b' * 100_000}",
    "access_token": "access_token=eyJhbGciOiJub25lIn0.e30.",
}

PARAMETERS = (
    # Calendar and Geocoding API
    *("timeMin", "timeMax", "maxResults", "pageToken", "orderBy", "singleEvents", "timeZone", "syncToken"),
    *("lat", "lon", "lang", "zoom", "radius", "limit"),
    # Authorization server
    *("response_type", "client_id", "redirect_uri", "scope", "audience", "state", "nonce", "code_challenge", "code_challenge_method"),
    *("prompt", "max_age", "login_hint", "id_token_hint", "response_mode", "request", "next", "trace_id"),
    # Daybook
    *("code", "iss", "error", "error_description", "week", "date", "step", "format"),
    # Django's admin
    *("q", "p", "o", "e", "_popup", "_changelist_filters"),
)

PARAMETER_VALUES = {
    "empty": "",
    "NUL": "%00",
    "no UTF-8": "%ff",
    "surrogate": "%ed%a0%80",
    "minus": "-1",
    "zero": "0",
    "other digits": quote("٣"),
    "huge": "9" * 5000,
    "float": "1e999",
    "nan": "nan",
    "infinity": "-inf",
    "line feed": "%0d%0aX:%20y",
    "early": quote("0001-01-01T00:00:00+14:00"),
    "late": quote("9999-12-31T23:59:59-14:00"),
    "week date": "2026-W48-2T10%3A00%3A00Z",
    "folder": quote("../../etc/passwd"),
    "zone folder": "America",
    "URL": quote("http://[::1"),
    "script": quote("javascript:alert(1)"),
    "markup": quote("<script>"),
    "list": quote('["a"]'),
    "long": "a" * LONG,
}


def _queries() -> Iterator[MalformedRequest]:
    for name, query in QUERIES.items():
        yield MalformedRequest(f"query {name}", query=query)
    for name, value in PARAMETER_VALUES.items():
        yield MalformedRequest(f"every parameter {name}", query="&".join(f"{parameter}={value[:500]}" for parameter in PARAMETERS))
    for beside, parameter in _ALONE:
        for name in ("NUL", "huge", "nan", "early", "late", "week date", "zone folder", "URL"):
            yield MalformedRequest(f"{beside}{parameter} {name}", query=f"{beside}{parameter}={PARAMETER_VALUES[name]}")


# A parameter that is looked at only where nothing else is wrong, and what has to stand beside it.
_ALONE = (
    *(
        ("", name)
        for name in ("timeMin", "timeMax", "timeZone", "maxResults", "pageToken", "orderBy", "client_id", "code", "state", "week", "next")
    ),
    ("lon=1&", "lat"),
    ("lat=1&", "lon"),
    ("lat=1&lon=1&", "lang"),
    ("timeMin=2026-12-01T00:00:00Z&", "timeMax"),
    ("response_type=code&client_id=calendar-web&", "redirect_uri"),
)


# ---- Headers --------------------------------------------------------------------------------------------------------


def _basic(text: bytes) -> str:
    return f"Basic {base64.b64encode(text).decode('ascii')}"


AUTHORIZATIONS = {
    "empty": "",
    "scheme alone": "Bearer",
    "blank": "Bearer ",
    "two tokens": "Bearer one two",
    "comma": "Bearer one, Bearer two",
    "only commas": ",,,",
    "full stops": "Bearer ..",
    "many full stops": "Bearer " + "." * 5000,
    "tab": "Bearer\tone",
    "equals sign": "Bearer =",
    "quotes": 'Bearer "one"',
    "null": "Bearer null",
    "Latin-1": "Bearer \xfcber",
    "UTF-8": "Bearer " + "über".encode().decode("latin-1"),
    "control": "Bearer a\x7fb\x1b[31m",
    "JSON": 'Bearer {"alg":"none"}',
    "long": f"Bearer {'a' * 100_000}",
    "long scheme": "B" * LONG,
    "other scheme": "Negotiate YII=",
    "digest": 'Digest username="a", realm="b"',
    "DPoP": "DPoP one",
    "Basic alone": "Basic",
    "Basic, no base64": "Basic !!!",
    "Basic, no colon": _basic(b"nocolon"),
    "Basic, empty": _basic(b":"),
    "Basic, no UTF-8": _basic(b"\xff:\xff"),
    "Basic, NUL": _basic(b"a\0:b\0"),
    "Basic, escapes": _basic(b"%zz:%00"),
    "Basic, long": _basic(b"a" * LONG + b":" + b"b" * LONG),
}

HEADERS: dict[str, tuple[str, ...]] = {
    "If-Match": ("*", "", '""', 'W/"1"', '"unclosed', "bare", '"a","b",', "\xff", '"\x7f"', ",".join(['"a"'] * 1000)),
    "If-None-Match": ("*", "", 'W/"', "\xff", ",,,", '"' * 500),
    "If-Modified-Since": ("yesterday", "Thu, 32 Foo 2026 25:61:61 GMT", "Sun, 06 Nov 0001 08:49:37 GMT", "9" * 100),
    "Accept": ("", "*/*;q=x", "application/nothing", "text/html", ";;;", "a/b/c", "\xff", "application/json;" * 500),
    "Accept-Language": ("xx-" * 200, "\xff", "en;q=nan"),
    "Accept-Encoding": ("nothing", "gzip;q=nan", "*;q=0"),
    "traceparent": (
        "x",
        f"00-{'0' * 32}-{'0' * 16}-00",
        f"00-{'A' * 32}-{'B' * 16}-01",
        f"ff-{'a' * 32}-{'b' * 16}-01",
        "\xff" * 55,
        "a" * LONG,
    ),
    "Host": ("forger.example", "a b", "[::1", "localhost:99999", "localhost:x", "", "localhost:8000@forger.example", "\xff", "a" * 300),
    "Cookie": (
        "=;=;=",
        "a",
        "\xff=\xff",
        "=" * LONG,
        'a="\\',
        "csrftoken=x; sessionid=x",
        "daybook_session=%00; authorization_server_session='",
    ),
    "Origin": ("null", "::::", "http://[", "https://forger.example", "\xff"),
    "Referer": ("http://[", "\xff", "x"),
    "Range": ("bytes=99999-", "bytes=a-b", "pages=1"),
    "X-Forwarded-For": ("999.1.1.1", "\xff", "a," * 1000),
    "X-Forwarded-Host": ("forger.example",),
    "X-Forwarded-Proto": ("gopher",),
    "Forwarded": ('for="[', "\xff"),
    "X-HTTP-Method-Override": ("DELETE",),
    "X-Requested-With": ("\xff",),
    "X-CSRFToken": ("\xff", "a" * LONG),
    "Content-Encoding": ("gzip", "nothing"),
    "Expect": ("100-continue", "miracles"),
    "Prefer": ("\xff",),
    "Access-Control-Request-Method": ("\xff", "PUT"),
    "X" * 200: ("a",),
}

CONTENT_LENGTHS = ("", "abc", "-1", "1e3", "0x10", "5", "99999", "9" * 40, "9" * 5000)


def _headers() -> Iterator[MalformedRequest]:
    for name, value in AUTHORIZATIONS.items():
        yield MalformedRequest(f"Authorization {name}", headers=(("Authorization", value),))
        yield MalformedRequest(f"POST Authorization {name}", method="POST", content_type=FORM, headers=(("Authorization", value),))
    yield MalformedRequest("Authorization twice", headers=(("Authorization", "Bearer one"), ("Authorization", "Bearer two")))
    for name, values in HEADERS.items():
        for number, value in enumerate(values):
            yield MalformedRequest(f"{name[:30]} {number}", headers=((name, value),))
            if name in {"If-Match", "traceparent", "Accept", "Content-Encoding", "Expect"}:
                for method in ("POST", "PATCH", "DELETE"):
                    yield MalformedRequest(
                        f"{method} {name} {number}", method=method, content_type=JSON, body=b"{}", headers=((name, value),)
                    )
    yield MalformedRequest("OPTIONS preflight", method="OPTIONS", headers=(("Origin", "null"), ("Access-Control-Request-Method", "\xff")))
    for number, length in enumerate(CONTENT_LENGTHS):
        for kind, body in ((JSON, b'{"a": 1}'), (FORM, b"a=1&b=2")):
            yield MalformedRequest(f"{kind} Content-Length {number}", method="POST", content_type=kind, body=body, content_length=length)


# ---- Bodies ---------------------------------------------------------------------------------------------------------

JSON_BODIES = {
    "empty": b"",
    "blank": b"  \n",
    "no JSON": b"hello",
    "half": b"{",
    "empty list": b"[]",
    "list": b'[1,{"a":2}]',
    "null": b"null",
    "true": b"true",
    "text": b'"text"',
    "number": b"17",
    "100,000 lists": b"[" * 100_000 + b"]" * 100_000,
    "30,000 lists": b"[" * 30_000 + b"]" * 30_000,
    "1,500 lists": b"[" * 1_500 + b"]" * 1_500,
    "20,000 lists, never closed": b"[" * 20_000,
    "10,000 objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "5,000 digits": b"9" * 5_000,
    "5,000 digits inside": b'{"a":' + b"9" * 5_000 + b"}",
    "NaN": b"NaN",
    "NaN inside": b'{"a":NaN,"b":Infinity,"c":-Infinity}',
    "1e999": b'{"a":1e999}',
    "lone surrogate": b'{"a":"\\ud800"}',
    "lone surrogate as a name": b'{"\\ud800":1}',
    "NUL": b'{"a":"\\u0000","\\u0000":1}',
    "raw NUL": b'{"a":"\0"}',
    "byte order mark": b'\xef\xbb\xbf{"a":1}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "UTF-32": '{"a":1}'.encode("utf-32"),
    "no UTF-8": b'{"a":"\xff"}',
    "overlong UTF-8": b'{"a":"\xc0\xae"}',
    "same name twice": b'{"a":1,"a":2}',
    "empty name": b'{"":1}',
    "50 KB of text": b'{"summary":"' + b"a" * 50_000 + b'"}',
    "2,000 names": json.dumps({f"n{number}": number for number in range(2_000)}).encode(),
    "more behind it": b'{"a":1}{"b":2}',
    "comments": b'{/* */"a":1}',
    "prototype": b'{"__proto__":{"a":1},"constructor":1,"__class__":1}',
}

# Every field of one kind of body, each set to the same value: what is not checked by one field may be caught by none.
FIELDS = {
    "event": ("id", "status", "summary", "description", "location", "geo", "start", "end", "recurrence"),
    "coordinates": ("points", "lat", "lon", "lang", "coordinates"),
    "token request": (
        *("grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier", "scope", "audience"),
        *("refresh_token", "token", "token_type_hint", "client_assertion", "client_assertion_type", "resource"),
    ),
    "sign-in": ("username", "password", "email", "next", "consent", "allow", "decision", "csrfmiddlewaretoken", "action", "user"),
}
_FORM_FIELDS = {**FIELDS, "everything": tuple(chain(*FIELDS.values(), PARAMETERS))}

FIELD_VALUES = {
    "null": "null",
    "empty text": '""',
    "text": '"text"',
    "true": "true",
    "number": "5",
    "negative": "-1",
    "400 digits": "9" * 400,
    "float": "1e308",
    "list": "[]",
    "list of lists": "[[[]]]",
    "object": "{}",
    "NUL": '"a\\u0000b"',
    "lone surrogate": '"\\ud800"',
    "line feed": '"a\\nb"',
    "year 1": '{"dateTime":"0001-01-01T00:00:00+14:00","timeZone":"UTC"}',
    "year 9999": '{"dateTime":"9999-12-31T23:59:59-14:00"}',
    "zone is a folder": '{"dateTime":"2026-12-01T10:00:00","timeZone":"America"}',
    "zone outside": '{"dateTime":"2026-12-01T10:00:00","timeZone":"../../etc/passwd"}',
    "zone with NUL": '{"dateTime":"2026-12-01T10:00:00","timeZone":"a\\u0000"}',
    "long zone": '{"dateTime":"2026-12-01T10:00:00","timeZone":"' + "a" * 5_000 + '"}',
    "date and time": '{"date":"2026-12-01","dateTime":"2026-12-01T10:00:00Z"}',
    "date of year 9999": '{"date":"9999-12-31"}',
    "place": '{"lat":1e400,"lon":"x"}',
    "rules": '["RRULE:FREQ=DAILY;UNTIL=20270230","EXDATE:x"]',
}

CONTENT_TYPES = (
    "",
    "application/json; charset=klingon",
    "application/json; charset=utf-16",
    'application/json; charset="',
    "application/json; charset=\xff",
    "application/json; charset=idna",
    "application/json; charset=rot13",
    "application/merge-patch+json; charset=klingon",
    "application/x-www-form-urlencoded; charset=klingon",
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\xff",
    f"multipart/form-data; boundary={'b' * 300}",
    "multipart/form-data; boundary=x; charset=klingon",
    "multipart/mixed; boundary=x",
    "text/plain",
    "text/xml",
    "application/octet-stream",
    "///",
    "json",
    ";;;",
    "\xff/\xff",
    "a/" + "b" * LONG,
)


def _part(disposition: bytes, content: bytes = b"y", more: bytes = b"") -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + disposition + b"\r\n" + more + b"\r\n" + content + b"\r\n"


MULTIPART_BODIES = {
    "empty": b"",
    "no end": _part(b'name="a"'),
    "no name": _part(b"") + b"--x--\r\n",
    "no headers": b"--x\r\n\r\ny\r\n--x--\r\n",
    "bad base64": _part(b'name="a"', b"!!!!", b"Content-Transfer-Encoding: base64\r\n") + b"--x--\r\n",
    "bad base64 in a file": _part(b'name="a"; filename="f"', b"!!!", b"Content-Transfer-Encoding: base64\r\n") + b"--x--\r\n",
    "file name outside": _part(b'name="a"; filename="../../../etc/passwd"') + b"--x--\r\n",
    "file name with NUL": _part(b'name="a"; filename="a\0b"') + b"--x--\r\n",
    "odd file name": _part(b"name=\"a\"; filename*=klingon'en'%ff") + b"--x--\r\n",
    "no UTF-8": _part(b'name="\xff"', b"\xff") + b"--x--\r\n",
    "unknown charset of a part": _part(b'name="a"', b"y", b"Content-Type: text/plain; charset=klingon\r\n") + b"--x--\r\n",
    "1,500 parts": b"".join(_part(b'name="a"') for _ in range(1_500)) + b"--x--\r\n",
    "200 files": b"".join(_part(b'name="a"; filename="f"') for _ in range(200)) + b"--x--\r\n",
    "long header": _part(b'name="' + b"a" * 50_000 + b'"') + b"--x--\r\n",
    "token request": b"".join(_part(f'name="{name}"'.encode(), b"\0\xff") for name in FIELDS["token request"]) + b"--x--\r\n",
}

FORM_BODIES = {
    "empty": b"",
    "NUL": b"%00=%00",
    "no UTF-8": b"%ff=%ff&a=%ed%a0%80",
    "raw bytes": b"\xff\xfe=\0",
    "half an escape": b"a=%&%=b",
    "1,500 fields": b"&".join(b"a%d=1" % number for number in range(1_500)),
    "no names": b"=&=&=",
    "access_token": b"access_token=eyJhbGciOiJub25lIn0.e30.",
}
FORM_VALUES = {
    "empty": "",
    "NUL": "%00",
    "no UTF-8": "%ff",
    "surrogate": "%ed%a0%80",
    "huge number": "9" * 400,
    "line feed": "%0d%0a",
    "quote": '%22%27%5c"',
    "JSON": quote('{"a":[]}'),
    "URL": quote("http://[::1"),
    "emoji": quote("🗓"),
    "long": "a" * 2_000,
}
GRANT_TYPES = ("authorization_code", "client_credentials", "refresh_token", "password", "urn:ietf:params:oauth:grant-type:device_code")


def _json_objects() -> Iterator[tuple[str, bytes]]:
    for kind, fields in FIELDS.items():
        for name, value in FIELD_VALUES.items():
            yield f"{kind}: {name}", ("{" + ",".join(f'"{field}":{value}' for field in fields) + "}").encode()
    for grant_type in GRANT_TYPES:
        for name in ("null", "number", "list", "object", "NUL", "lone surrogate"):
            others = ",".join(f'"{field}":{FIELD_VALUES[name]}' for field in FIELDS["token request"][1:])
            yield f"{grant_type}: {name}", f'{{"grant_type":"{grant_type}",{others}}}'.encode()


def _forms() -> Iterator[tuple[str, bytes]]:
    yield from FORM_BODIES.items()
    for kind, fields in _FORM_FIELDS.items():
        for name, value in FORM_VALUES.items():
            yield f"{kind}: {name}", "&".join(f"{field}={value}" for field in fields).encode("latin-1")
    for grant_type in GRANT_TYPES:
        for name, value in FORM_VALUES.items():
            others = "&".join(f"{field}={value}" for field in FIELDS["token request"][1:])
            yield f"{grant_type}: {name}", f"grant_type={quote(grant_type)}&{others}".encode("latin-1")
        yield f"{grant_type}: each twice", f"grant_type={quote(grant_type)}&grant_type=x&client_id=a&client_id=b".encode()


def _bodies() -> Iterator[MalformedRequest]:
    for name, body in JSON_BODIES.items():
        for method in ("POST", "PATCH"):
            yield MalformedRequest(f"{method} JSON {name}", method=method, content_type=JSON, body=body)
    for name, body in _json_objects():
        yield MalformedRequest(f"POST JSON {name}", method="POST", content_type=JSON, body=body)
        if name.startswith("event"):
            yield MalformedRequest(f"PATCH JSON {name}", method="PATCH", content_type=MERGE_PATCH, body=body)
    for name, body in _forms():
        yield MalformedRequest(f"POST form {name}", method="POST", content_type=FORM, body=body)
    for name, body in MULTIPART_BODIES.items():
        yield MalformedRequest(f"POST multipart {name}", method="POST", content_type=MULTIPART, body=body)
    for number, content_type in enumerate(CONTENT_TYPES):
        for method in ("POST", "PATCH", "GET"):
            yield MalformedRequest(f"{method} content type {number}", method=method, content_type=content_type, body=b'{"a":"\xff"}')
    for method in ("GET", "DELETE", "PUT", "OPTIONS"):
        yield MalformedRequest(f"{method} with a body", method=method, content_type=JSON, body=b"[" * 1_500)


# ---- Sizes ----------------------------------------------------------------------------------------------------------

_LARGE = b"a" * TEN_MEGABYTES


def _sizes() -> Iterator[MalformedRequest]:
    for method in ("POST", "PATCH", "GET"):
        yield MalformedRequest(f"{method} 10 MB JSON", method=method, content_type=JSON, body=_LARGE)
    yield MalformedRequest("POST 10 MB form", method="POST", content_type=FORM, body=_LARGE)
    yield MalformedRequest("POST 10 MB field", method="POST", content_type=MULTIPART, body=_part(b'name="a"', _LARGE) + b"--x--\r\n")
    yield MalformedRequest("POST 10 MB text", method="POST", content_type="text/plain", body=_LARGE)
    # Without a length a body cannot be measured before it is read.
    yield MalformedRequest("POST 10 MB, no length", method="POST", content_type=JSON, body=_LARGE, content_length="")


MALFORMED_REQUESTS = (*_methods(), *_paths(), *_queries(), *_headers(), *_bodies(), *_sizes())
