"""What a role does not allow is refused at every address that acts: 403 with a sentence, nothing changed, one event.

The addresses are those of tests/audit/doors.py, which names every one there is; a form is sent that would be right.
"""

import re
from typing import Any

import pytest
from django.db import connection, transaction

from releases.models import AuditEvent, AuditPrivate, Membership, User
from releases.states import Role
from tests import factories
from tests.audit.doors import DOORS, Door
from tests.audit.watching import watched
from tests.audit.world import world
from tests.full_project import FullProject, full_project
from tests.pages.reading import words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_what_a_role_does_not_allow_is_refused_everywhere(role):
    of, closed = full_project("turku", number=51_000), [door for door in DOORS if role not in door.who]
    assert len(closed) > 15
    wrong = [found for door in closed if (found := refused_wrongly(door, of, role))]
    assert not wrong, "\n".join(wrong)


def test_whoever_holds_no_role_changes_nothing():
    of = full_project("turku", number=51_000)
    wrong = [found for door in DOORS if len(door.who) < len(Role) and (found := refused_wrongly(door, of, None))]
    assert not wrong, "\n".join(wrong)


def refused_wrongly(door: Door, of: FullProject, role: Role | None) -> str:
    """What is wrong with how the door refuses this role; nothing when all is right."""
    with transaction.atomic():
        there = world(of, role=role)
        act = door.ready(there)
        last = AuditEvent.objects.order_by("-seq").values_list("seq", flat=True)[0]
        with watched({}) as seen:
            answer = act()
        events = list(AuditEvent.objects.filter(seq__gt=last).order_by("seq"))
        said = AuditPrivate.objects.filter(seq__gt=last, field="reason").values_list("value", flat=True)
        sentences = list(said)
        transaction.set_rollback(True)
    asked = f"{door.address} {door.events or door.silent} as {role}"
    if role is None and answer.status_code == 404 and not events and not seen.tables:
        return ""  # for whoever may not read it, it is not there
    if answer.status_code != 403 or seen.tables:
        return f"{asked}: {answer.status_code}, wrote {seen.tables}"
    refusals = [one for one in events if not one.type.startswith("signin.")]
    if [(one.type, one.outcome, one.object_id) for one in refusals] != [("action.refused", "denied", door.address)]:
        return f"{asked}: left {[one.type for one in events]}"
    return "" if sentences and sentences[0] in words(answer) else f"{asked}: {sentences} is not what the page says"


LOOKED_UP = re.compile(r'^SELECT "releases_user"\."id"[^,]*, "releases_user"\."is_active"[^,]* FROM')
"""The statement with which an action takes hold of who acts, in its own transaction."""


@pytest.mark.parametrize("change", ["role", "account"])
def test_what_is_taken_away_after_the_page_looked_counts_in_the_transaction_that_acts(change):
    """Fault 54: every check of the page has passed by then; only the action's own can refuse."""
    of = full_project("turku", number=51_000)
    doors = [door for door in DOORS if door.events and len(door.who) < len(Role)]
    wrong = [found for door in doors if (found := went_on(door, of, change))]
    assert not wrong, "\n".join(wrong)


def went_on(door: Door, of: FullProject, change: str) -> str:
    """What is wrong with how the door took it; nothing when the act was refused and the trail says so."""
    with transaction.atomic():
        there = world(of, role=Role.ADMINISTRATOR)
        Membership.objects.create(user=factories.user(), role=Role.ADMINISTRATOR)  # who acts is not the last one
        act, taken = door.ready(there), list[str]()

        def take(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not taken and LOOKED_UP.match(sql):
                taken.append(sql)
                if change == "role":
                    Membership.objects.filter(user=there.by).delete()
                else:
                    User.objects.filter(pk=there.by.pk).update(is_active=False)
            return execute(sql, params, many, context)

        last = AuditEvent.objects.order_by("-seq").values_list("seq", flat=True)[0]
        with connection.execute_wrapper(take):
            answer = act()
        types = list(AuditEvent.objects.filter(seq__gt=last).order_by("seq").values_list("type", flat=True))
        transaction.set_rollback(True)
    acted = [type for type in types if not type.startswith("signin.")]
    if taken and answer.status_code == 403 and acted == ["action.refused"]:
        return ""
    return f"{door.address} {door.events}: {answer.status_code}, {types}, taken away: {bool(taken)}"
