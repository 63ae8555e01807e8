"""The one catalogue of wrong tokens: lab, command line, exercises and tests all take theirs from here.

Read next: any of the families below, and `forgeries/good.py`, from which each forgery starts.
"""

from forgeries import (
    algorithms,
    audiences,
    changed_claims,
    headers,
    id_tokens,
    issuers,
    json_texts,
    keys,
    permissions,
    shape,
    subjects,
    times,
)
from forgeries.forgery import Forgery
from forgeries.good import Good

CATALOGUE: tuple[Forgery, ...] = (
    *shape.FORGERIES,
    *json_texts.FORGERIES,
    *headers.FORGERIES,
    *keys.FORGERIES,
    *algorithms.FORGERIES,
    *changed_claims.FORGERIES,
    *times.FORGERIES,
    *issuers.FORGERIES,
    *audiences.FORGERIES,
    *subjects.FORGERIES,
    *id_tokens.FORGERIES,
    *permissions.FORGERIES,
)


def forgeries_for(good: Good) -> tuple[Forgery, ...]:
    """Those that the API and operation which `good` opens must refuse."""
    return tuple(forgery for forgery in CATALOGUE if forgery.applies(good))
