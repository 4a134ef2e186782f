"""Who may do what: one table for all checks and roles."""

from collections.abc import Callable
from typing import Any

import pytest

from releases.audit import Actor, System
from releases.errors import Denied
from releases.models import Project, User
from releases.policies.commands import check_can_flag, check_can_operate
from releases.policies.exports import check_can_export_audit
from releases.policies.roles import (
    check_can_bind_stage,
    check_can_connect,
    check_can_manage_people,
    check_can_read,
    check_can_sync_now,
    refusal,
    roles_of,
)
from releases.states import Role
from tests import factories

Check = Callable[[Actor, Any], None]

EVERYBODY = set(Role)
ACTING = EVERYBODY - {Role.AUDITOR}
IN_PROJECT: dict[Check, set[Role]] = {
    check_can_read: EVERYBODY,
    check_can_sync_now: ACTING,
    check_can_manage_people: {Role.ADMINISTRATOR},
    check_can_bind_stage: {Role.ADMINISTRATOR},
    check_can_export_audit: {Role.AUDITOR, Role.ADMINISTRATOR},
    check_can_operate: {Role.OPERATOR, Role.ADMINISTRATOR},
    check_can_flag: {Role.QA, Role.OPERATOR, Role.ADMINISTRATOR},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("check", IN_PROJECT, ids=lambda check: check.__name__)
@pytest.mark.django_db
def test_a_role_counts_in_its_project_and_nowhere_else(check: Check, role: Role) -> None:
    here, elsewhere = factories.project(), factories.project()
    local, everywhere = factories.user(role=role, project=here), factories.user(role=role)
    may = role in IN_PROJECT[check]
    assert (refusal(check, local, here) is None) is may
    assert (refusal(check, everywhere, here) is None) is may
    assert (refusal(check, everywhere, None) is None) is may
    assert refusal(check, local, elsewhere) is not None
    assert refusal(check, local, None) is not None


@pytest.mark.parametrize("role", Role)
@pytest.mark.django_db
def test_only_administrators_of_everything_connect(role: Role) -> None:
    project = factories.project()
    assert (refusal(check_can_connect, factories.user(role=role), None) is None) is (role == Role.ADMINISTRATOR)
    assert refusal(check_can_connect, factories.user(role=role, project=project), None) is not None


@pytest.mark.parametrize("check", [*IN_PROJECT, check_can_connect], ids=lambda check: check.__name__)
@pytest.mark.django_db
def test_nobody_without_a_role_or_with_a_closed_account_may_anything(check: Check) -> None:
    project, nobody, closed = factories.project(), factories.user(), factories.user(role=Role.ADMINISTRATOR)
    closed.is_active = False
    assert refusal(check, nobody, project if check is not check_can_connect else None) is not None
    assert refusal(check, closed, None) == "This account is no longer active."
    assert roles_of(closed, None) == frozenset()


@pytest.mark.django_db
def test_the_sentence_says_who_can_and_what_the_asker_is() -> None:
    harbour = factories.project(name="Harbour")
    auditor = factories.user(role=Role.AUDITOR, project=harbour)
    assert refusal(check_can_sync_now, auditor, harbour) == (
        "You cannot ask for a sync: QA, operators, managers and administrators can. In Harbour you are auditor."
    )
    assert refusal(check_can_connect, auditor, None) == (
        "You cannot connect an organization: administrators can. You hold no role for all projects."
    )
    assert refusal(check_can_read, factories.user(), harbour) == (
        "You cannot read this project: its members can. In Harbour you hold no role."
    )


@pytest.mark.django_db
def test_slipway_itself_is_not_asked() -> None:
    shell: Actor = System("shell")
    check_can_connect(shell, None)
    check_can_manage_people(shell, factories.project())


@pytest.mark.django_db
def test_a_role_taken_away_is_gone_at_once(administrator: User) -> None:
    project: Project = factories.project()
    check_can_manage_people(administrator, project)
    administrator.memberships.all().delete()
    with pytest.raises(Denied):
        check_can_manage_people(administrator, project)
