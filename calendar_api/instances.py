"""One instance of a series: reading, changing and cancelling it, each under the lock of the series.

An instance that nobody changed is not stored. Its first change stores it; from then on it stands by itself.
"""

from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import NotFound

from calendar_api import changes, quotas
from calendar_api.instance_keys import original_of
from calendar_api.merge_patch import merged
from calendar_api.models import Event, Owner
from calendar_api.preconditions import require_unchanged
from calendar_api.serializers import InstanceSerializer, writable
from calendar_api.series import has_instance, instance_of, series_of


def find_series(owner: Owner, event_id: str) -> Event:
    """The owner's series. Raises `NotFound`, also for an event that is none."""
    return _series(changes.find(owner, event_id))


def find(owner: Owner, event_id: str, key: str) -> Event:
    """The instance of the owner's series `event_id` that was to begin at `key`. Raises `NotFound`, also when it was cancelled."""
    return _instance(find_series(owner, event_id), key)


def change(owner: Owner, event_id: str, key: str, patch: dict[str, Any], *, if_match: str | None) -> Event:
    """The instance with a merge patch applied; the series and its other instances stay as they are.

    Raises `NotFound`, `ValidationError` with every error, `Problem` (403 for one changed instance too many, 412, 428).
    """
    with transaction.atomic():
        instance = _instance(_series(changes.locked(owner, event_id)), key)
        require_unchanged(instance.etag, if_match)
        values = changes.validated(InstanceSerializer(instance, data=merged(writable(instance), patch)), patch)
        changed = changes.assign(instance, values)
        if changed:
            _write(instance, changed)
    return instance


def cancel(owner: Owner, event_id: str, key: str, *, if_match: str | None) -> None:
    """Take the instance out of its series and empty it. Raises `NotFound`, `Problem` (403 as for `change`, 412, 428)."""
    with transaction.atomic():
        instance = _instance(_series(changes.locked(owner, event_id)), key)
        require_unchanged(instance.etag, if_match)
        _write(instance, changes.empty(instance))


def _series(event: Event) -> Event:
    if not event.is_series:
        raise NotFound("This event does not recur, so it has no instances.")
    return event


def _instance(master: Event, key: str) -> Event:
    if (original := original_of(key)) is None:
        raise _no_such_instance()
    if instance := master.own_instances.filter(original=key).first():
        instance.master = master
        if instance.status == Event.Status.CANCELLED:
            raise _no_such_instance()
        return instance
    if not has_instance(master, series_of(master), original):
        raise _no_such_instance()
    return instance_of(master, original)


def _no_such_instance() -> NotFound:
    return NotFound("This series has no such instance.")


def _write(instance: Event, changed: set[str]) -> None:
    if instance.version:
        changes.write(instance, changed)
        return
    quotas.require_room_for_instance(cast(Event, instance.master))
    instance.version, instance.updated = 1, timezone.now()
    instance.sequence += changes.is_moved(changed)
    instance.save(force_insert=True)
