"""`pageToken`: where the next page begins, signed, and good only for the same person asking the same question."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from rest_framework.exceptions import ErrorDetail, ValidationError

from calendar_api.models import Owner
from calendar_api.windows import Position


def page_token(position: Position, *, owner: Owner, query: Mapping[str, Any]) -> str:
    """The token for the page behind `position`. `query` are the list's parameters as values, and whatever else says which list it is."""
    return _signer(owner, query).sign_object([position.start.isoformat(), position.event_id, position.original])


def position_in(query: Mapping[str, Any], *, owner: Owner) -> Position | None:
    """Where the page that `query["pageToken"]` asks for begins, None without one.

    Raises `ValidationError` when the token was not made here for this owner and these parameters.
    """
    if "pageToken" not in query:
        return None
    try:
        start, event_id, original = _signer(owner, query).unsign_object(query["pageToken"])
    except BadSignature as error:
        says = "This token is of another list. Send it as it came, with the same parameters, or start without it."
        raise ValidationError({"pageToken": [ErrorDetail(says, code="foreign_page_token")]}) from error
    return Position(datetime.fromisoformat(start), event_id, original)


def _signer(owner: Owner, query: Mapping[str, Any]) -> Signer:
    # What the token is bound to goes into the key, so it need not be inside the token.
    bound_to = json.dumps([owner, sorted((name, str(value)) for name, value in query.items() if name != "pageToken")])
    return Signer(salt=f"calendar_api.paging {hashlib.sha256(bound_to.encode()).hexdigest()}")
