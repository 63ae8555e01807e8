"""Look-ups that every token request makes, kept in this process until anything of what they read has changed.

What administrators configure (applications, APIs and scopes, client grants, signing keys) changes once a day, and is asked for
with each token. So a request asks one question instead, whether there has been a change: `models/configuration_stamp.py` says how
the database answers it. A change counts from the next request on, whoever made it, be it by hand in SQL.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TypeVar

from django.db import transaction

from authorization_server.models.configuration_stamp import ConfigurationStamp

Found = TypeVar("Found")
_Memory = dict[tuple[object, ...], object]

MOST = 10_000  # answers kept; then it begins anew
_memory_at: tuple[str, _Memory] = ("", {})  # one name for both, so that no thread sees the one without the other
_of_this_request: ContextVar[_Memory | None] = ContextVar("remembered_of_this_request", default=None)


@contextmanager
def configuration_as_it_is_now() -> Iterator[None]:
    """Inside, `remembered` look-ups are answered from memory where nothing has changed since. One query.

    Inside of a transaction they are not: it may have changed something itself, and can still be taken back.
    """
    global _memory_at
    stamp = None if transaction.get_connection().in_atomic_block else ConfigurationStamp.current()
    memory = None
    if stamp:
        at, memory = _memory_at
        if at != stamp or len(memory) > MOST:
            memory = {}
            _memory_at = (stamp, memory)
    before = _of_this_request.set(memory)
    try:
        yield
    finally:
        _of_this_request.reset(before)


def remembered(look_up: Callable[..., Found]) -> Callable[..., Found]:
    """`look_up`, whose answer is kept by its arguments, which have no names. It is shared by all requests: read it, change another.

    It may read only tables that `ConfigurationStamp` watches. An answer that found nothing is not kept: anybody can ask for
    things that do not exist.
    """

    @wraps(look_up)
    def from_memory(*key: object) -> Found:
        memory = _of_this_request.get()
        if memory is None:
            return look_up(*key)
        kept = (look_up, *key)
        found: Found = memory.get(kept) or look_up(*key)  # type: ignore[assignment]  # kept under this look-up
        if found:
            memory[kept] = found
        return found

    return from_memory
