"""How the trail stands, as pages and /health show it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases import audit
from releases.models import AuditCheckpoint, AuditVerification
from releases.queries.trail import standing
from tests import factories

SHELL = audit.System("shell")


def checkpoint(size: int) -> AuditCheckpoint:
    return AuditCheckpoint.objects.create(size=size, root=b"r" * 32, note="-", made_at=timezone.now())


@pytest.mark.django_db
def test_an_empty_trail_has_nothing_to_tell_and_no_alarm() -> None:
    told = standing()
    assert (told.seq, told.head, told.checkpoint, told.events_since, told.alarm) == (0, "", None, 0, "")
    assert (told.verification, told.open_verification, told.verified_by) == (None, None, "")


@pytest.mark.django_db
def test_events_that_wait_too_long_for_a_checkpoint_raise_an_alarm_until_it_comes() -> None:
    event, now = audit.append("sync.requested", by=SHELL), timezone.now()
    assert standing(now=now + timedelta(seconds=110)).alarm == ""
    assert "for 60 minutes for the first" in standing(now=now + timedelta(minutes=60, seconds=5)).alarm
    checkpoint(1)
    late = standing(now=now + timedelta(hours=3, seconds=5))
    assert (late.is_late, late.events_since, late.alarm[:28]) == (True, 1, "Events wait for 3 hours for ")
    checkpoint(2).copies.create(place="/elsewhere/checkpoints.txt", written_at=now)
    told = standing(now=now + timedelta(hours=3))
    assert (told.is_late, told.events_since, told.head) == (False, 0, bytes(event.link).hex())
    assert [copy.place for copy in told.copies] == ["/elsewhere/checkpoints.txt"]


@pytest.mark.django_db
def test_the_newest_verification_is_told_with_who_asked_for_it(django_assert_num_queries) -> None:
    person, now = factories.user(name="Aino Salmi"), timezone.now()
    ended = {"is_open": False, "asked_at": now, "finished_at": now}
    AuditVerification.objects.create(by="audit", is_whole=False, **ended)
    AuditVerification.objects.create(by=person.subject, is_whole=True, **ended)
    AuditVerification.objects.create(by="audit", asked_at=now)
    audit.append("sync.requested", by=SHELL)
    with django_assert_num_queries(6):
        told = standing()
    assert told.verification and told.verification.is_whole
    assert told.verified_by == "Aino Salmi"
    assert told.open_verification and told.open_verification.by == "audit"
