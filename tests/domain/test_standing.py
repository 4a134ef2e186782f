"""Fault 54 to its end: a role taken away, or an account closed, counts in the very transaction that would act."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from releases import audit
from releases.actions.api_keys import create_api_key
from releases.actions.connect import Wish, ask
from releases.actions.sync_now import sync_now
from releases.actions.users import deactivate, grant_role, revoke_role
from releases.errors import Conflict, Denied
from releases.models import AuditEvent, Membership, Project, User
from releases.states import Role
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 10.0

WISH = Wish("https://dev.azure.com/harbour", "MLOps")
VERBS: dict[str, Callable[[User, Project], object]] = {
    "sync now": lambda by, project: sync_now(project, by=by),
    "connect": lambda by, _: ask(WISH, by=by),
    "make a key": lambda by, _: create_api_key(User.objects.get(pk=by.pk), name="a program", by=by),
    "give a role": lambda by, _: grant_role(factories.user(), role=Role.QA, by=by),
}


@contextmanager
def meanwhile(act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`act` runs in another thread; when the block begins it has written all it will, but commits a while later."""
    written, errors = threading.Event(), []

    def append(*args: Any, **more: Any) -> None:
        appended(*args, **more)
        if threading.current_thread() is thread:
            written.set()
            waiting.wait(0.5)

    def run() -> None:
        try:
            act()
        except BaseException as error:
            errors.append(error)
        finally:
            written.set()
            connection.close()

    waiting, appended = threading.Event(), audit.append
    monkeypatch.setattr(audit, "append", append)
    thread = threading.Thread(target=run)
    thread.start()
    assert written.wait(SECONDS)
    yield
    thread.join(SECONDS)
    assert errors == []


@pytest.mark.parametrize("verb", VERBS)
def test_an_account_that_was_closed_since_it_was_looked_up_does_nothing(verb: str) -> None:
    administrator, project = factories.user(role=Role.ADMINISTRATOR), factories.project()
    person = factories.user(role=Role.ADMINISTRATOR)
    deactivate(User.objects.get(pk=person.pk), by=administrator)
    assert person.is_active  # as the request has it
    with pytest.raises(Denied):
        VERBS[verb](person, project)
    assert not AuditEvent.objects.filter(actor_ref=person.subject).exists()


def test_a_role_that_is_being_taken_away_counts_already(monkeypatch: pytest.MonkeyPatch) -> None:
    administrator, project = factories.user(role=Role.ADMINISTRATOR), factories.project()
    person = factories.user(role=Role.QA)
    with (
        meanwhile(lambda: revoke_role(person, role=Role.QA, by=administrator), monkeypatch),
        pytest.raises(Denied, match="you hold no role"),
    ):
        sync_now(project, by=person)
    assert not Membership.objects.filter(user=person).exists()
    assert not AuditEvent.objects.filter(type="sync.requested").exists()


def test_an_account_that_is_being_closed_counts_already(monkeypatch: pytest.MonkeyPatch) -> None:
    administrator, project = factories.user(role=Role.ADMINISTRATOR), factories.project()
    person = factories.user(role=Role.QA)
    same_person = User.objects.get(pk=person.pk)
    with (
        meanwhile(lambda: deactivate(same_person, by=administrator), monkeypatch),
        pytest.raises(Denied, match="no longer active"),
    ):
        sync_now(project, by=person)


def test_two_administrators_who_remove_each_other_leave_one(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = factories.user(role=Role.ADMINISTRATOR), factories.user(role=Role.ADMINISTRATOR)
    with (
        meanwhile(lambda: revoke_role(other, role=Role.ADMINISTRATOR, by=one), monkeypatch),
        pytest.raises((Denied, Conflict)),
    ):
        deactivate(User.objects.get(pk=one.pk), by=User.objects.get(pk=other.pk))
    assert list(Membership.objects.values_list("user_id", flat=True)) == [one.pk]
    assert User.objects.get(pk=one.pk).is_active
