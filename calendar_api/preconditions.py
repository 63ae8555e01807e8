"""`If-Match` and `If-None-Match` (RFC 9110 section 13): change only the version I have seen, send only one that I have not."""

from django.conf import settings
from django.utils.http import parse_etags

from access_tokens.problems import Problem


def has_seen(etag: str, if_none_match: str | None) -> bool:
    """Whether the caller has this version already. The comparison is the weak one, RFC 9110 section 13.1.2."""
    seen = parse_etags(if_none_match or "")
    return seen == ["*"] or etag in {one.removeprefix("W/") for one in seen}


def require_unchanged(etag: str, if_match: str | None) -> None:
    """Let the change go on if the caller means this version, or any.

    Raises `Problem`: 412 when it means another, or names this one by a weak tag (`W/"…"`: the comparison is the strong one,
    RFC 9110 section 13.1.1); 428 without the header where `REQUIRE_IF_MATCH` is on (RFC 6585 section 3).
    """
    if if_match is None:
        if settings.REQUIRE_IF_MATCH:
            raise Problem(
                status=428,
                code="precondition_required",
                title="Say which version you mean",
                detail="Send the event's etag, with its quotes, in an If-Match header.",
            )
        return
    meant = parse_etags(if_match)
    if meant != ["*"] and etag not in meant:
        raise changed_meanwhile()


def changed_meanwhile() -> Problem:
    """412: nothing was written."""
    return Problem(
        status=412,
        code="precondition_failed",
        title="This event is not at the version you named",
        detail="Somebody changed it meanwhile, or If-Match has no strong, quoted etag. Read it again and send its new etag.",
    )
