"""If-Match (RFC 9110 section 13.1.1): change only the version that was seen."""

import pytest

from tests.calendar_api.conftest import assert_problem


@pytest.fixture
def path(alice):
    return f"events/{alice.creates()['id']}"


@pytest.mark.parametrize("if_match", ['"v1"', '"v0", "v1"', "*"])
def test_the_version_meant_is_changed(alice, path, if_match):
    assert alice.patch(path, {"summary": "New"}, headers={"If-Match": if_match}).status_code == 200
    alice.patch(path, {"summary": "Newer"})


@pytest.mark.parametrize("if_match", ['"v2"', 'W/"v1"', "v1", '"V1"', "", '"v1', 'W/"v1", "v7"', "\x7f"])
def test_another_version_is_412_and_nothing_changes(alice, path, if_match):
    before = alice.get(path).json()
    assert_problem(alice.patch(path, {"summary": "New"}, headers={"If-Match": if_match}), 412, "precondition_failed")
    assert_problem(alice.delete(path, headers={"If-Match": if_match}), 412, "precondition_failed")
    assert alice.get(path).json() == before


def test_of_two_writers_who_saw_the_same_version_one_gets_412(alice, path):
    first = alice.patch(path, {"summary": "First"}, headers={"If-Match": '"v1"'})
    second = alice.patch(path, {"summary": "Second"}, headers={"If-Match": '"v1"'})
    assert (first.status_code, second.status_code) == (200, 412)
    assert alice.get(path).json()["summary"] == "First"


def test_the_version_seen_can_be_deleted(alice, path):
    assert alice.delete(path, headers={"If-Match": '"v1"'}).status_code == 204


def test_an_unknown_event_is_404_before_any_precondition(alice):
    assert alice.patch("events/nosuchevent", {}, headers={"If-Match": '"v1"'}).status_code == 404
    assert alice.delete("events/nosuchevent", headers={"If-Match": "*"}).status_code == 404


def test_without_the_header_428_where_it_is_mandatory_rfc6585_section_3(alice, path, settings):
    settings.REQUIRE_IF_MATCH = True
    assert_problem(alice.patch(path, {"summary": "New"}), 428, "precondition_required")
    assert_problem(alice.delete(path), 428, "precondition_required")
    assert alice.patch(path, {"summary": "New"}, headers={"If-Match": '"v1"'}).status_code == 200
    assert alice.delete(path, headers={"If-Match": "*"}).status_code == 204


def test_creating_needs_no_precondition(alice, settings):
    settings.REQUIRE_IF_MATCH = True
    alice.creates()
