"""What nobody can use any more is deleted: once a day by each process, and by `python manage.py delete_expired`."""

from datetime import date, timedelta
from functools import lru_cache

from django.contrib.sessions.models import Session
from django.utils import timezone

from authorization_server.models.apis import Api
from authorization_server.models.applications import Application
from authorization_server.models.authorization_codes import AuthorizationCode
from authorization_server.models.log_entries import LogEntry
from authorization_server.models.refresh_token_families import RefreshTokenFamily
from authorization_server.models.signing_keys import KeyState, SigningKey

CODES_STAY_FOR = timedelta(days=1)
KEYS_STAY_FOR = timedelta(days=30)  # at least: lifetimes may have been shortened since


def delete_expired() -> dict[str, int]:
    """Delete it; return how many rows of what went."""
    now, deleted = timezone.now(), {}
    deleted["log entries"] = LogEntry.objects.delete_old()
    deleted["families of refresh tokens"] = RefreshTokenFamily.objects.filter(expires_at__lt=now).delete()[0]
    # A code stays as long as its refresh tokens: when it comes a second time, they have to end.
    needed = RefreshTokenFamily.objects.exclude(code=None).values("code")
    deleted["codes"] = AuthorizationCode.objects.filter(expires_at__lt=now - CODES_STAY_FOR).exclude(pk__in=needed).delete()[0]
    # What a key signed before it became a previous one has expired by now, whatever the lifetimes were.
    longest = timedelta(seconds=max(Api.objects.longest_lifetime_seconds(), Application.objects.longest_lifetime_seconds()))
    gone = now - max(longest, KEYS_STAY_FOR)
    deleted["previous keys"] = SigningKey.objects.filter(state=KeyState.PREVIOUS, state_changed_at__lt=gone).delete()[0]
    deleted["sessions"] = Session.objects.filter(expire_date__lt=now).delete()[0]
    return deleted


@lru_cache(maxsize=1)
def once_a_day(*, on: date) -> None:
    """The same, once a day in each process: asked again on the same day, nothing is done."""
    delete_expired()
