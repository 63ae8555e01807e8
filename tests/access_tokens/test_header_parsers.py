"""The readers and writers of HTTP headers, and of scopes, on whatever Hypothesis makes up."""

import re
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from access_tokens.bearer import bearer_token
from access_tokens.callers import scopes_of
from access_tokens.challenges import challenge, quoted
from access_tokens.rejections import ALL, InsufficientScope, InvalidClaim, InvalidRequest
from access_tokens.trace_ids import trace_id_of
from forgeries.check_api.challenges import parse_challenge

tried = settings(max_examples=300, derandomize=True, deadline=None)
PIECES = st.sampled_from(["Bearer", "bearer", "Basic", "abc.def", " ", ",", "\t", "x", "="])
HEADERS = st.text(max_size=40) | st.lists(PIECES, max_size=8).map("".join)
REFUSING = st.sampled_from(sorted(ALL.keys() - {"keys_unavailable"}))
SCOPE = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=['"', "\\"]), min_size=1, max_size=8)


def request(header):
    return SimpleNamespace(META={"HTTP_AUTHORIZATION": header}, GET={}, POST={}, method="GET")


@tried
@given(HEADERS)
def test_one_token_stands_in_the_header_or_none_or_it_is_refused_rfc6750_section_2_1(header):
    try:
        token = bearer_token(request(header))
    except InvalidRequest:
        return
    if token:
        match = re.fullmatch(r"[ \t]*bearer[ \t]+([^ \t,]+)[ \t]*", header, re.IGNORECASE)
        assert match
        assert match[1] == token
    else:
        assert not re.match(r"[ \t]*bearer([ \t]|$)", header, re.IGNORECASE)


@tried
@given(st.text())
def test_a_quoted_value_is_printable_and_ends_where_it_ends(value):
    assert re.fullmatch(r'"[ !#-\[\]-~]*"', quoted(value))


@tried
@given(REFUSING, st.text(), st.text(max_size=10), st.frozensets(SCOPE, max_size=3), st.booleans())
def test_a_challenge_is_read_by_an_independent_parser_rfc9110_section_11_6_1(code, detail, realm, needed, explain):
    rejection = ALL[code](detail, needed=needed) if ALL[code] is InsufficientScope else ALL[code](detail)
    header = challenge(rejection, realm=realm, metadata_url="https://api.example/metadata", explain=explain)
    assert re.fullmatch(r"[ -~]+", header)
    scheme, parameters = parse_challenge(header)
    assert scheme == "Bearer"
    assert parameters["resource_metadata"] == "https://api.example/metadata"
    assert set(parameters) <= {"realm", "error", "error_description", "scope", "resource_metadata"}
    assert set(parameters.get("scope", "").split()) == (needed if ALL[code] is InsufficientScope else set())


@tried
@given(st.frozensets(SCOPE, max_size=5), st.sampled_from(["text", "list"]))
def test_scopes_come_back_as_they_were_written_rfc6749_section_3_3(scopes, form):
    written = " ".join(sorted(scopes)) if form == "text" else sorted(scopes)
    assert scopes_of({"scope": written}, "scope") == scopes


@tried
@given(st.text(max_size=30) | st.lists(st.text(max_size=8) | st.integers()) | st.dictionaries(st.text(), st.text()))
def test_no_scope_comes_out_that_was_not_written_as_a_whole_word(value):
    try:
        scopes = scopes_of({"scope": value}, "scope")
    except InvalidClaim:
        return
    assert scopes <= set(value if isinstance(value, list) else value.split(" "))
    assert all(scope.isascii() and scope.isprintable() and " " not in scope and scope for scope in scopes)


@tried
@given(st.text(max_size=60) | st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", fullmatch=True))
def test_a_trace_id_is_32_hex_digits_whatever_was_sent(sent):
    assert re.fullmatch(r"[0-9a-f]{32}", trace_id_of(SimpleNamespace(META={"HTTP_TRACEPARENT": sent})))
