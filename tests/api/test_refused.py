"""What a key's scopes do not open is told by the trail, at a pace that no loop can raise."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from releases import audit
from releases.models import AuditEvent, AuditPrivate, User
from tests import factories
from tests.api.conftest import Program, program_of

pytestmark = pytest.mark.django_db


def refusals() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(type="action.refused").order_by("seq"))


def test_a_refusal_by_scope_is_an_event_that_names_asker_address_and_key(user: User) -> None:
    answer = program_of(user, "read:releases").get("projects/")
    (event,) = refusals()
    assert answer.status_code == 403
    assert (event.outcome, event.actor_ref, event.object_id) == ("denied", user.subject, "api:projects")
    assert '"via":"api"' in event.body and f'"auth":{{"key":"{user.api_keys.get().prefix}"}}' in event.body
    assert AuditPrivate.objects.get(seq=event.seq, field="reason").value == answer.json()["sentence"]
    assert list(audit.findings()) == []


def test_a_program_in_a_loop_leaves_one_event_an_hour_for_each_address(user: User) -> None:
    program = program_of(user, "read:releases")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(50):
            assert program.get("projects/").status_code == 403
        assert len(refusals()) == 1
        program.get("pipelines/")
        assert len(refusals()) == 2
        clock.shift(timedelta(hours=1, seconds=1))
        program.get("projects/")
    assert len(refusals()) == 3


def test_each_key_is_told_of_by_itself(user: User) -> None:
    for _ in range(2):
        program_of(user, "read:releases").get("projects/")
    assert len(refusals()) == 2


def test_an_invalid_key_writes_no_event(user: User) -> None:
    factories.browser_of(user)
    before = AuditEvent.objects.count()
    for _ in range(40):
        Program("slipway_x_y").get("projects/")
    assert AuditEvent.objects.count() == before
