"""What is taken out of recorded messages: secrets when they are recorded, tokens and codes when they are shown."""

import re
from urllib.parse import quote, quote_plus

MASK = "***"
# A refresh token is one too: it is good for many tickets, of which whoever has it need not even tell the person.
SECRETS = ("client_secret", "client_assertion", "password", "csrfmiddlewaretoken", "refresh_token")
# Good for what they open until they end. Of these a person may see the ones of her own session, where EXPLAIN_REJECTIONS is on.
CREDENTIALS = ("access_token", "id_token", "code_verifier")
_CODE = "code"  # in addresses and forms only: in a problem's JSON, `code` is the reason
_SECRET_HEADERS = frozenset({"cookie", "x-csrftoken", "proxy-authorization"})

_INPUT = re.compile(r"<input\b[^>]*>", re.IGNORECASE)
_VALUE = re.compile(r"""(\bvalue\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_SHORTEST_LITERAL = 6  # shorter ones would take letters out of everything


def header_without_secrets(name: str, value: str) -> str:
    """A header's value without cookies' values and client secrets; a cookie's name and attributes stay."""
    lowered = name.lower()
    if lowered == "set-cookie":
        return re.sub(r"^([^=;]*)=[^;]*", rf"\1={MASK}", value)
    if lowered == "cookie":
        return re.sub(r"=[^;]*", f"={MASK}", value)
    if lowered == "authorization":
        return re.sub(r"^(?!Bearer\b)(\S+)\s.*", rf"\1 {MASK}", value, flags=re.IGNORECASE | re.DOTALL)
    return MASK if lowered in _SECRET_HEADERS else text_without_secrets(value)


def text_without_secrets(text: str, literals: tuple[str, ...] = ()) -> str:
    """An address or a body (form, JSON, HTML) without secrets, passwords and CSRF values.

    `literals` are secrets that the caller knows: they go wherever they stand, also where a service quotes them.
    """
    text = _INPUT.sub(_input_without_secret, _without(SECRETS, text))
    for literal in literals:
        for written in {literal, quote(literal, safe=""), quote_plus(literal)}:
            if len(written) >= _SHORTEST_LITERAL:
                text = text.replace(written, MASK)
    return text


def header_without_credentials(name: str, value: str) -> str:
    """A header's value without its access token, and without the code or token in an address."""
    if name.lower() == "authorization":
        return re.sub(r"^(Bearer)\s+(.+)", lambda m: f"{m[1]} {_named('access token', m[2])}", value, flags=re.IGNORECASE | re.DOTALL)
    return text_without_credentials(value)


def text_without_credentials(text: str) -> str:
    """An address or a body without tokens, codes and code verifiers; each leaves its length behind."""
    return _in_addresses_and_forms((*CREDENTIALS, _CODE), _in_json(CREDENTIALS, text, is_named=True), is_named=True)


def _without(names: tuple[str, ...], text: str) -> str:
    return _in_addresses_and_forms(names, _in_json(names, text, is_named=False), is_named=False)


def _in_json(names: tuple[str, ...], text: str, *, is_named: bool) -> str:
    pattern = rf'("({"|".join(names)})"\s*:\s*)"((?:[^"\\]|\\.)*)"'
    return re.sub(pattern, lambda m: f'{m[1]}"{_named(m[2], m[3]) if is_named else MASK}"', text)


def _in_addresses_and_forms(names: tuple[str, ...], text: str, *, is_named: bool) -> str:
    pattern = rf'((?:^|(?<=[?&#;\s"]))({"|".join(names)})=)([^&#\s"\'<>]*)'
    return re.sub(pattern, lambda m: f"{m[1]}{_named(m[2], m[3]) if is_named else MASK}", text)


def _named(name: str, value: str) -> str:
    return f"{MASK}({name}, {len(value)} characters)"


def _input_without_secret(match: re.Match[str]) -> str:
    tag = match[0]
    is_secret = re.search(rf"""\bname\s*=\s*["']?({"|".join(SECRETS)})\b""", tag, re.IGNORECASE)
    is_secret = is_secret or re.search(r"""\btype\s*=\s*["']?password\b""", tag, re.IGNORECASE)
    return _VALUE.sub(rf'\1"{MASK}"', tag) if is_secret else tag
