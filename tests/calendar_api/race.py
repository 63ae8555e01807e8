"""Writers at once, each in a thread with a connection of its own: what each of them got, and what was left.

`python -m tests.calendar_api.race` prints all outcomes as JSON. It is how test_races.py runs on SQLite, whose test database
lives in one process's memory, where the locks of a file are not to be had.
"""

import json
import os
import threading
from unittest import mock

ROUNDS = 5  # of each race: one alone might be decided before the second thread has begun


def at_once(*calls):
    """Run the calls in threads that start together; the names of their results, sorted."""
    from django.db import connection
    from rest_framework.exceptions import APIException

    together, results = threading.Barrier(len(calls)), []

    def run(call):
        together.wait()
        try:
            call()
            results.append("done")
        except APIException as error:
            results.append(str(error.get_codes()))
        except Exception as error:
            results.append(repr(error))  # named in the failed comparison
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def outcomes():
    """Every race as `{name: [outcome of each round]}`."""
    from calendar_api import changes, instances, quotas
    from calendar_api.models import Calendar, Event, StoredSeries
    from calendar_api.serializers import NewEventSerializer

    def new(owner, event_id, **fields):
        sent = NewEventSerializer(data={"id": event_id, "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"}, **fields})
        sent.is_valid(raise_exception=True)
        return changes.create(owner, sent.validated_data)

    def same_version(owner):
        new(owner, "event1")
        results = at_once(*(lambda s=s: changes.change(owner, "event1", {"summary": s}, if_match='"v1"') for s in "ab"))
        event = changes.find(owner, "event1")
        return results, event.version, event.summary in {"a", "b"}

    def any_version(owner):
        new(owner, "event1")
        patches = {"summary": "a"}, {"description": "b"}, {"location": "c"}
        results = at_once(*(lambda p=p: changes.change(owner, "event1", p, if_match=None) for p in patches))
        event = changes.find(owner, "event1")
        return results, event.version, [event.summary, event.description, event.location]

    def same_id(owner):
        results = at_once(*(lambda: new(owner, "event1") for _ in range(3)))
        return results, Event.objects.of(owner).count(), Calendar.objects.get(subject=owner[1]).event_count

    def last_place(owner):
        with mock.patch.object(quotas, "MOST_EVENTS", 2):
            new(owner, "event1")
            results = at_once(*(lambda n=n: new(owner, f"event{n}") for n in (2, 3)))
        return results, Event.objects.of(owner).count(), Calendar.objects.get(subject=owner[1]).event_count

    def deletes(owner):
        new(owner, "event1")
        results = at_once(*(lambda: changes.delete(owner, "event1", if_match=None) for _ in range(3)))
        return results, Event.objects.of(owner).living().count(), Calendar.objects.get(subject=owner[1]).event_count

    daily = {"recurrence": ["RRULE:FREQ=DAILY"]}

    def change_instance(owner, key, patch, if_match=None):
        return lambda: instances.change(owner, "event1", key, patch, if_match=if_match)

    def same_version_of_an_instance(owner):
        new(owner, "event1", **daily)
        results = at_once(*(change_instance(owner, "20261202", {"summary": s}, '"v1.0"') for s in "ab"))
        instance = instances.find(owner, "event1", "20261202")
        return results, instance.version, instance.summary in {"a", "b"}, Event.objects.of(owner).count()

    def any_version_of_an_instance(owner):
        new(owner, "event1", **daily)
        results = at_once(*(change_instance(owner, "20261202", {name: name}) for name in ("summary", "description", "location")))
        instance = instances.find(owner, "event1", "20261202")
        return results, instance.version, [instance.summary, instance.description, instance.location]

    def instance_of_a_deleted_series(owner):
        new(owner, "event1", **daily)
        results = at_once(change_instance(owner, "20261202", {"summary": "a"}), lambda: changes.delete(owner, "event1", if_match=None))
        return results in (["done", "done"], ["done", "not_found"]), Event.objects.of(owner).count()

    def last_changed_instance(owner):
        new(owner, "event1", **daily)
        with mock.patch.object(quotas, "MOST_OWN_INSTANCES", 1):
            results = at_once(*(change_instance(owner, key, {"summary": "a"}) for key in ("20261202", "20261203")))
        return results, Event.objects.of(owner).count()

    def last_series(owner):
        new(owner, "event1")
        with mock.patch.object(quotas, "MOST_SERIES", 1):
            results = at_once(
                lambda: changes.change(owner, "event1", daily, if_match=None),
                lambda: new(owner, "event2", **daily),
                lambda: new(owner, "event3", **daily),
            )
        return results, StoredSeries.objects.filter(calendar__subject=owner[1]).count(), Calendar.objects.get(subject=owner[1]).series_count

    def series_and_back(owner):
        new(owner, "event1", **daily)
        patches = {"recurrence": None}, daily, {"recurrence": None}, {"recurrence": None}
        results = at_once(*(lambda p=p: changes.change(owner, "event1", p, if_match=None) for p in patches))
        left = StoredSeries.objects.filter(calendar__subject=owner[1]).count()
        return results, left == Calendar.objects.get(subject=owner[1]).series_count

    races = (
        *(same_version, any_version, same_id, last_place, deletes),
        *(same_version_of_an_instance, any_version_of_an_instance, instance_of_a_deleted_series, last_changed_instance),
        *(last_series, series_and_back),
    )
    return {race.__name__: [list(race(("https://issuer.example/", f"{race.__name__}{n}"))) for n in range(ROUNDS)] for race in races}


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", "calendar_api", verbosity=0)
    print(json.dumps(outcomes()))
