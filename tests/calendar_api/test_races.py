"""Two writers at once: one wins, the other is told, and nothing is lost. On SQLite in a file of its own, and on PostgreSQL."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.calendar_api import race

pytestmark = pytest.mark.django_db(transaction=True)  # threads see only what was committed


@pytest.fixture(scope="module")
def on_a_sqlite_file(tmp_path_factory):
    environment = {**os.environ, "TEST_DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('races') / 'races.sqlite3'}"}
    run = subprocess.run([sys.executable, "-m", race.__name__], env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout)


@pytest.fixture
def outcomes(request):
    """`{race: [[results, …], …]}`: what `race.outcomes` says."""
    if connection.vendor == "sqlite":
        return request.getfixturevalue("on_a_sqlite_file")
    return race.outcomes()


def test_of_two_changes_to_the_same_version_one_gets_412_rfc9110_section_13_1_1(outcomes):
    assert outcomes["same_version"] == [[["done", "precondition_failed"], 2, True]] * race.ROUNDS


def test_changes_without_a_precondition_build_on_each_other(outcomes):
    assert outcomes["any_version"] == [[["done"] * 3, 4, ["a", "b", "c"]]] * race.ROUNDS


def test_creates_with_the_same_id_make_one_event(outcomes):
    assert outcomes["same_id"] == [[["done", "id_taken", "id_taken"], 1, 1]] * race.ROUNDS


def test_the_last_place_in_a_calendar_is_given_once(outcomes):
    assert outcomes["last_place"] == [[["calendar_full", "done"], 2, 2]] * race.ROUNDS


def test_an_event_is_deleted_once(outcomes):
    assert outcomes["deletes"] == [[["done", "not_found", "not_found"], 0, 0]] * race.ROUNDS


def test_of_two_changes_to_the_same_version_of_an_instance_one_gets_412(outcomes):
    assert outcomes["same_version_of_an_instance"] == [[["done", "precondition_failed"], 1, True, 2]] * race.ROUNDS


def test_changes_of_an_instance_without_a_precondition_build_on_each_other(outcomes):
    assert outcomes["any_version_of_an_instance"] == [[["done"] * 3, 3, ["summary", "description", "location"]]] * race.ROUNDS


def test_no_instance_is_left_of_a_series_that_is_deleted_while_it_changes(outcomes):
    assert outcomes["instance_of_a_deleted_series"] == [[True, 1]] * race.ROUNDS


def test_the_last_change_of_an_instance_in_a_series_is_given_once(outcomes):
    assert outcomes["last_changed_instance"] == [[["done", "too_many_changed_instances"], 2]] * race.ROUNDS


def test_the_last_place_for_a_series_is_given_once(outcomes):
    assert outcomes["last_series"] == [[["done", "too_many_series", "too_many_series"], 1, 1]] * race.ROUNDS


def test_series_are_counted_right_whatever_turns_them_into_single_events_and_back_at_once(outcomes):
    assert outcomes["series_and_back"] == [[["done"] * 4, True]] * race.ROUNDS
