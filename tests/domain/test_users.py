"""Accounts and roles: what each verb does, what it refuses, and that each leaves its event or nothing at all."""

from threading import Barrier, Thread
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.db import connection, transaction

from releases import audit
from releases.actions.api_keys import create_api_key, revoke_api_key
from releases.actions.users import create_user, deactivate, grant_role, revoke_role
from releases.errors import Conflict, Denied, Invalid
from releases.models import ApiKey, AuditEvent, AuditPrivate, Membership, User
from releases.states import Role
from tests import factories
from tests.factories import PASSWORD

SHELL = audit.System("shell")


def events() -> list[str]:
    """The types of the events since the trail began."""
    return list(AuditEvent.objects.filter(seq__gt=1).order_by("seq").values_list("type", flat=True))


@pytest.mark.django_db
def test_a_new_account_can_sign_in_and_its_address_is_only_in_the_private_part() -> None:
    user = create_user(" Asa@Harbour.example ", name="Åsa Öberg", password=PASSWORD, by=SHELL)
    assert authenticate(None, email="asa@harbour.example", password=PASSWORD) == user
    assert EmailAddress.objects.filter(user=user, email=user.email, verified=True, primary=True).exists()
    event = AuditEvent.objects.get(type="user.created")
    assert "harbour" not in event.body
    assert set(AuditPrivate.objects.filter(seq=event.seq).values_list("field", flat=True)) == {"email", "name"}
    assert list(audit.findings()) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"email": "not an address"}, "invalid_email"),
        ({"email": ""}, "invalid_email"),
        ({"name": " "}, "invalid_name"),
        ({"password": "short"}, "weak_password"),
        ({"password": "new@harbour.example"}, "weak_password"),
    ],
)
@pytest.mark.django_db
def test_an_unusable_account_is_not_made(given: dict[str, Any], code: str) -> None:
    fields: dict[str, Any] = {"email": "new@harbour.example", "name": "New", "password": PASSWORD, **given}
    with pytest.raises(Invalid) as refused:
        create_user(**fields, by=SHELL)
    assert refused.value.code == code
    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_an_address_is_given_once_whatever_its_case() -> None:
    create_user("asa@harbour.example", name="Åsa", by=SHELL)
    with pytest.raises(Conflict, match="already is an account"):
        create_user("ASA@harbour.example", name="Another", by=SHELL)
    assert events() == ["user.created"]


@pytest.mark.django_db
def test_only_administrators_manage_people(administrator: User) -> None:
    project, manager = factories.project(), factories.user(role=Role.MANAGER)
    local = factories.user(role=Role.ADMINISTRATOR, project=project)
    with pytest.raises(Denied):
        create_user("x@harbour.example", name="X", by=manager)
    with pytest.raises(Denied):
        create_user("x@harbour.example", name="X", by=local)
    with pytest.raises(Denied):
        grant_role(manager, role=Role.ADMINISTRATOR, by=local)
    grant_role(manager, role=Role.QA, project=project, by=local)
    created = create_user("x@harbour.example", name="X", by=administrator)
    with pytest.raises(Denied):
        deactivate(created, by=local)
    assert events() == ["user.role_granted", "user.created"]


@pytest.mark.django_db
def test_a_role_is_granted_and_revoked_once(administrator: User) -> None:
    user, project = factories.user(), factories.project()
    for _ in range(2):
        grant_role(user, role=Role.QA, project=project, by=administrator)
    for _ in range(2):
        revoke_role(user, role=Role.QA, project=project, by=administrator)
    assert events() == ["user.role_granted", "user.role_revoked"]
    assert not Membership.objects.filter(user=user).exists()
    event = AuditEvent.objects.get(type="user.role_granted")
    assert (event.project_id, event.object_id, event.actor_ref) == (project.pk, user.subject, administrator.subject)


@pytest.mark.django_db
def test_closing_an_account_ends_its_keys_in_one_event(administrator: User) -> None:
    user = factories.user(role=Role.QA)
    key = create_api_key(user, name="x", by=user).key
    for _ in range(2):
        deactivate(user, by=administrator)
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert events() == ["api_key.created", "user.deactivated"]
    assert key.prefix in AuditEvent.objects.get(type="user.deactivated").body


@pytest.mark.django_db
def test_the_last_administrator_stays(administrator: User) -> None:
    for refused in (
        lambda: deactivate(administrator, by=administrator),
        lambda: revoke_role(administrator, role=Role.ADMINISTRATOR, by=administrator),
    ):
        with pytest.raises(Conflict, match="last administrator"):
            refused()
    factories.user(role=Role.ADMINISTRATOR)
    deactivate(administrator, by=administrator)
    assert not User.objects.get(pk=administrator.pk).is_active


@pytest.mark.parametrize("verb", ["create", "grant", "revoke", "deactivate", "create key", "revoke key"])
@pytest.mark.django_db(transaction=True)
def test_when_the_trail_fails_nothing_happened(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    administrator, user = factories.user(role=Role.ADMINISTRATOR), factories.user(role=Role.QA)
    key = create_api_key(user, name="x", by=user).key
    before = state()
    monkeypatch.setattr("releases.audit.appending.EVENTS", {})
    with pytest.raises(ValueError, match="registered"):
        {
            "create": lambda: create_user("new@harbour.example", name="New", by=administrator),
            "grant": lambda: grant_role(user, role=Role.MANAGER, by=administrator),
            "revoke": lambda: revoke_role(user, role=Role.QA, by=administrator),
            "deactivate": lambda: deactivate(user, by=administrator),
            "create key": lambda: create_api_key(user, name="y", by=user),
            "revoke key": lambda: revoke_api_key(key, by=user),
        }[verb]()
    assert state() == before


def state() -> list[Any]:
    """Everything these verbs could change."""
    tables: list[Any] = [User, Membership, ApiKey, EmailAddress, AuditEvent, AuditPrivate]
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_once() -> None:
    first, second = factories.user(role=Role.ADMINISTRATOR), factories.user(role=Role.ADMINISTRATOR)
    barrier, refused = Barrier(2), list[Exception]()

    def remove(whom: User, *, by: User) -> None:
        barrier.wait(timeout=30)
        try:
            deactivate(whom, by=by)
        except (Conflict, Denied) as error:
            refused.append(error)
        finally:
            connection.close()

    pairs = ((first, second), (second, first))
    threads = [Thread(target=remove, args=(whom,), kwargs={"by": by}) for whom, by in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(refused) == 1
    assert User.objects.filter(is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_another_removal_sees_what_it_did() -> None:
    first, second = factories.user(role=Role.ADMINISTRATOR), factories.user(role=Role.ADMINISTRATOR)
    refused = list[Exception]()

    def remove_second() -> None:
        try:
            deactivate(second, by=SHELL)
        except Conflict as error:
            refused.append(error)
        finally:
            connection.close()

    other = Thread(target=remove_second)
    with transaction.atomic():
        deactivate(first, by=SHELL)
        other.start()
        other.join(timeout=1)  # it waits for us, unless it need not
    other.join(timeout=30)
    assert len(refused) == 1
    assert list(User.objects.filter(is_active=True)) == [second]
