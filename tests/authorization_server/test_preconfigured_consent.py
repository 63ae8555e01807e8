"""Consent that an administrator gave in other people's name: whom it spares the dialog, for exactly what, and for whom never."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from authorization_server.models import Api, ApiScope, Application, AuthenticationMethod, Consent, PreconfiguredConsent, User
from tests.authorization_server.conftest import (
    COMPANY_CALLBACK,
    SPA_CALLBACK,
    BackChannel,
    Browser,
    decisions,
    sent_back,
    text_of,
    verified,
)


def for_work(browser, **changes):
    """Daybook for Work asks to read and to write."""
    request = {"client_id": "company-calendar", "redirect_uri": COMPANY_CALLBACK, "scope": "read write", **changes}
    return browser.authorize(**request)


@pytest.fixture
def answer_of(seeded):
    """The administrator's answer for Daybook for Work, of which a test changes what it is about."""
    return PreconfiguredConsent.objects.get(application__client_id="company-calendar")


@pytest.fixture
def calendar(seeded):
    return Api.objects.get(audience="api.calendar")


# ---- Whom it spares the dialog --------------------------------------------------------------------------------------


def test_the_document_says_so_an_employee_is_not_asked(alice):
    code = sent_back(for_work(alice))["code"]
    answer = BackChannel().redeem(
        code, client_id="company-calendar", client_secret="company-calendar-demo-secret", redirect_uri=COMPANY_CALLBACK
    )
    assert verified(answer.json()["access_token"]).scopes == {"read", "write"}


def test_bob_outside_the_group_is_asked(bob):
    text = text_of(for_work(bob))
    assert "Daybook for Work wants to:" in text
    assert "reason first_time" in text


def test_another_application_is_asked_for(alice):
    assert alice.authorize(scope="read").status_code == 200


def test_at_another_api_it_counts_for_nothing(alice):
    assert for_work(alice, audience="https://api.example.com/geocoding/v1/", scope=None).status_code == 200


def test_without_a_group_it_spares_everybody(bob, answer_of):
    answer_of.group = None
    answer_of.save()
    assert "code" in sent_back(for_work(bob))


def test_who_leaves_the_group_is_asked(alice, seeded):
    assert "code" in sent_back(for_work(alice))
    User.objects.get(username="alice").groups.clear()
    assert for_work(alice).status_code == 200


def test_it_is_not_kept_as_the_person_s_own_yes_so_it_ends_with_the_administrator_s(alice, answer_of):
    for_work(alice)
    assert not Consent.objects.exists()
    answer_of.delete()
    assert "reason first_time" in text_of(for_work(alice))


def test_the_log_says_that_an_administrator_had_answered(alice, caplog):
    caplog.set_level("INFO")
    for_work(alice)
    assert decisions(caplog, "consent.skipped") == [("consent.skipped", "preconfigured")]


def test_what_the_person_allowed_alone_is_called_remembered(bob, answer_of, caplog):
    bob.decide(for_work(bob), "allow")
    caplog.set_level("INFO")
    for_work(bob)
    assert decisions(caplog, "consent.skipped") == [("consent.skipped", "remembered")]


# ---- For exactly what -----------------------------------------------------------------------------------------------


def test_fewer_scopes_than_answered_for_are_fewer_in_the_token(alice):
    assert "code" in sent_back(for_work(alice, scope="read"))


def test_a_scope_that_the_api_got_later_is_never_covered(alice, calendar):
    ApiScope.objects.create(api=calendar, name="delete", description="Delete events")
    text = text_of(for_work(alice, scope="read write delete"))
    assert "Daybook for Work now also wants to:" in text
    assert "delete events new" in text
    assert "read your scheduled events already allowed" in text
    assert "An administrator allowed read , write in your name (pre-configured consent). delete is new" in text


def test_what_is_left_to_ask_is_asked_and_only_that_is_remembered(alice, calendar, answer_of):
    ApiScope.objects.create(api=calendar, name="delete", description="Delete events")
    page = for_work(alice, scope="read write delete")
    assert "code" in sent_back(alice.decide(page, "allow"))
    assert [entry.scope.name for entry in Consent.objects.get().allowed.all()] == ["delete"]
    assert "code" in sent_back(for_work(alice, scope="read write delete"))
    answer_of.delete()
    text = text_of(for_work(alice, scope="read write delete"))
    assert "read your scheduled events new" in text
    assert "delete events already allowed" in text


def test_two_answers_add_up(alice, calendar, answer_of):
    write = calendar.scopes.get(name="write")
    answer_of.scopes.remove(write)
    assert for_work(alice).status_code == 200
    for_all = PreconfiguredConsent.objects.create(application=answer_of.application, api=calendar)
    for_all.scopes.add(write)
    assert "code" in sent_back(for_work(alice))


def test_an_answer_without_scopes_is_for_a_token_without_scopes(alice, answer_of):
    answer_of.scopes.clear()
    assert "code" in sent_back(for_work(alice, scope=None))
    text = text_of(for_work(alice, scope="read"))
    assert "reason scope_added" in text
    assert "already allowed" not in text


def test_a_scope_of_another_api_covers_nothing_even_if_the_names_are_alike(alice, answer_of):
    other = Api.objects.create(name="Other", audience="other")
    namesake = ApiScope.objects.create(api=other, name="read", description="Read it")
    answer_of.scopes.set([namesake])
    assert for_work(alice, scope="read").status_code == 200


# ---- Never for public applications ----------------------------------------------------------------------------------


def test_a_public_application_is_refused_where_rows_are_checked(calendar):
    spa = Application.objects.get(client_id="calendar-spa")
    with pytest.raises(ValidationError, match="A public application cannot prove who it is"):
        PreconfiguredConsent(application=spa, api=calendar).full_clean()


def test_a_public_application_is_asked_for_whatever_the_tables_say(alice, calendar):
    row = PreconfiguredConsent.objects.create(application=Application.objects.get(client_id="calendar-spa"), api=calendar)
    row.scopes.set(calendar.scopes.all())
    assert alice.document_s_request().status_code == 200


def test_an_application_with_an_answer_cannot_become_public(answer_of):
    application = answer_of.application
    application.authentication_method, application.secret_sha256 = AuthenticationMethod.NONE, ""
    with pytest.raises(ValidationError, match="Take that back before it becomes public"):
        application.full_clean()
    answer_of.delete()
    application.full_clean()


# ---- The tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["employees", None])
def test_one_answer_for_each_application_api_and_group(answer_of, group):
    whose = {
        "application": answer_of.application,
        "api": answer_of.api,
        "group": Group.objects.get(name=group) if group else None,
    }
    if group is None:
        PreconfiguredConsent.objects.create(**whose)
    with pytest.raises(IntegrityError), transaction.atomic():
        PreconfiguredConsent.objects.create(**whose)


def test_a_group_that_is_deleted_takes_its_answer_along_instead_of_leaving_it_to_everybody(bob, answer_of):
    Group.objects.get(name="employees").delete()
    assert not PreconfiguredConsent.objects.exists()
    assert for_work(bob).status_code == 200


# ---- Skipping the dialog for a public application --------------------------------------------------------------------


def test_where_a_public_application_s_dialog_is_skipped_page_and_log_say_what_that_rests_on_rfc6749_section_10_2(seeded, caplog):
    alice = Browser().is_signed_in_as("alice")
    request = {"client_id": "calendar-spa", "redirect_uri": SPA_CALLBACK}
    page = alice.authorize(**request)
    assert "Daybook in the browser can keep no secret (public application)" in text_of(page)
    assert "that exact address alone" in text_of(page)
    alice.decide(page, "allow")
    caplog.set_level("INFO")
    assert "code" in sent_back(alice.authorize(**request))
    (skipped,) = [record for record in caplog.records if getattr(record, "decision", "") == "consent.skipped"]
    assert skipped.detail == "the exact redirect URI alone: the application is public"


def test_a_confidential_application_proves_who_it_is_and_nothing_is_said(alice, caplog):
    assert "public application" not in text_of(alice.authorize())
    alice.code()
    caplog.set_level("INFO")
    alice.authorize()
    (skipped,) = [record for record in caplog.records if getattr(record, "decision", "") == "consent.skipped"]
    assert not hasattr(skipped, "detail")
