"""A password is replaced by its owner or from the shell, and never without its event."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.urls import reverse

from releases import audit
from releases.actions.users import change_password
from releases.errors import Denied, Invalid
from releases.models import AuditEvent, User
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "an entirely different sentence"
VARIABLE = "NEW_PASSWORD"


def events() -> list[tuple[str, str, str]]:
    rows = AuditEvent.objects.filter(type="user.password_changed").order_by("seq")
    return list(rows.values_list("outcome", "actor_ref", "object_id"))


def has(user: User, password: str) -> bool:
    return User.objects.get(pk=user.pk).check_password(password)


def test_the_owner_changes_it_on_the_page_and_other_sessions_end(user):
    here, elsewhere = factories.browser_of(user), factories.browser_of(user)
    address = reverse("account_change_password")
    form = {"oldpassword": factories.PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post(address, form).status_code == 302
    assert has(user, NEW)
    assert events() == [("ok", user.subject, user.subject)]
    assert elsewhere.get("/").status_code == 302
    assert list(audit.findings()) == []


def test_a_refused_change_leaves_password_and_trail_alone(user):
    address = reverse("account_change_password")
    for wrong in ({"oldpassword": "something else"}, {"password1": "short", "password2": "short"}):
        form = {"oldpassword": factories.PASSWORD, "password1": NEW, "password2": NEW, **wrong}
        factories.browser_of(user).post(address, form)
    assert has(user, factories.PASSWORD)
    assert events() == []


def test_the_shell_changes_it_by_the_command_that_django_would_do_without_an_event(user, monkeypatch):
    monkeypatch.setenv(VARIABLE, NEW)
    call_command("changepassword", user.email.upper(), "--password-variable", VARIABLE, stdout=StringIO())
    assert has(user, NEW)
    assert events() == [("ok", "shell", user.subject)]


def test_the_command_says_in_a_sentence_what_is_wrong(user, monkeypatch):
    monkeypatch.setenv(VARIABLE, "short")
    with pytest.raises(CommandError, match="no account"):
        call_command("changepassword", "nobody@harbour.example", "--password-variable", VARIABLE)
    with pytest.raises(CommandError, match="too short"):
        call_command("changepassword", user.email, "--password-variable", VARIABLE)
    assert has(user, factories.PASSWORD)
    assert events() == []


def test_others_change_nobodys_password_but_administrators_may(user, administrator):
    with pytest.raises(Denied):
        change_password(administrator, NEW, by=user)
    with pytest.raises(Invalid):
        change_password(user, "short", by=administrator)
    change_password(user, NEW, by=administrator)
    assert events() == [("ok", administrator.subject, user.subject)]


def test_without_its_event_nothing_is_changed(user, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("releases.audit.appending.lock_head", broken)
    with pytest.raises(DatabaseError):
        change_password(user, NEW, by=user)
    assert has(user, factories.PASSWORD)
