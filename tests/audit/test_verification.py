"""Verifications as rows: sliced, one at a time, every night and when asked for; and the command."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from releases.actions.verify_trail import verify_trail
from releases.audit import verification, verify
from releases.audit.signing import turns
from releases.errors import Denied
from releases.models import AuditEvent, AuditVerification, User
from releases.queries.trail import standing
from releases.states import Role
from tests import audit_triggers, factories
from tests.audit.trail import SHELL, Trail, some_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    """Nine events, signed at five and nine, with a rotated key between."""
    trail = Trail(tmp_path)
    some_events(3)
    turns.rotate(trail.sign())
    some_events(3)
    trail.sign()
    return trail


def run_through(most: int = 50) -> int:
    """Units until nothing more is to do; each reads one chunk at least."""
    for units in range(1, most):
        if verification.advance(seconds=0):
            return units
    raise AssertionError("it does not end")


def test_a_verification_is_read_in_units_and_ends_with_the_same_answer(trail: Trail, monkeypatch) -> None:
    monkeypatch.setattr(verify, "CHUNK", 2)
    asked = verify_trail(by=SHELL)
    assert run_through() > 4
    asked.refresh_from_db()
    assert (asked.is_whole, asked.size, asked.found) == (True, AuditEvent.objects.count(), 0)
    assert asked.head == bytes(AuditEvent.objects.get(seq=asked.size).link).hex()
    assert (asked.checkpoint_size, asked.events_after_checkpoint) == (9, 1)
    assert asked.cursor == {}
    assert verification.advance(now=datetime.fromisoformat("2026-03-02T00:30:00+00:00"))
    assert standing().verification == asked


def test_what_is_wrong_is_kept_the_first_fifty_and_all_counted(trail: Trail, monkeypatch) -> None:
    monkeypatch.setattr(verify, "CHUNK", 2)
    monkeypatch.setattr(verification, "SHOWN", 3)
    with audit_triggers.lifted():
        AuditEvent.objects.filter(seq__gte=3, seq__lte=8).update(object_id="another")
    asked = verify_trail(by=SHELL)
    run_through()
    asked.refresh_from_db()
    assert (asked.is_whole, asked.found) == (False, 6)
    assert [(one["seq"], one["field"]) for one in asked.findings] == [(seq, "object_id") for seq in (3, 4, 5)]
    assert asked.findings[0]["sentence"] == "The column object_id does not say what the body says."


def test_two_workers_make_one_verification(trail: Trail, monkeypatch) -> None:
    monkeypatch.setattr(verify, "CHUNK", 2)
    asked = verify_trail(by=SHELL)
    assert verify_trail(by=SHELL) == asked
    assert AuditEvent.objects.filter(type="audit.verification_requested").count() == 1
    assert not verification.advance(seconds=0)
    chunk = verify.Reading.chunk

    def other_worker_is_faster(self):
        AuditVerification.objects.filter(pk=asked.pk).update(steps=99)
        yield from chunk(self)

    monkeypatch.setattr(verify.Reading, "chunk", other_worker_is_faster)
    assert verification.advance(seconds=0), "whoever comes second leaves it to the other"


def test_each_night_has_one(trail: Trail) -> None:
    day = timezone.now().replace(hour=0, minute=59)
    assert verification.advance(now=day)
    assert not AuditVerification.objects.exists()
    for minutes in (1, 2, 60):
        assert verification.advance(now=day + timedelta(minutes=minutes))
    assert [row.by for row in AuditVerification.objects.all()] == ["audit"]
    assert verification.advance(now=day + timedelta(days=1, minutes=1))
    assert [row.by for row in AuditVerification.objects.all()] == ["audit", "audit"]
    assert standing().verified_by == "Slipway, as every night"


def test_old_ones_are_forgotten(trail: Trail, monkeypatch) -> None:
    monkeypatch.setattr(verification, "KEPT", 2)
    rows = [verification.verify_now() for _ in range(4)]
    assert set(AuditVerification.objects.values_list("pk", flat=True)) == {rows[2].pk, rows[3].pk}


@pytest.mark.parametrize("role", [Role.AUDITOR, None])
def test_auditors_may_ask_and_those_without_a_role_may_not(role: Role | None) -> None:
    person: User = factories.user(role=role) if role else factories.user()
    if role is None:
        with pytest.raises(Denied):
            verify_trail(by=person)
        return
    assert verify_trail(by=person).by == person.subject


def test_the_command_says_whole_wrong_or_that_it_could_not(trail: Trail, capsys, tmp_path) -> None:
    known = {"checkpoints": [str(trail.outside / "checkpoints.txt")], "public_key": str(tmp_path / "noted.txt")}
    (tmp_path / "noted.txt").write_text(trail.signer().vkey)
    some_events(2)
    call_command("verify_audit", **known)
    assert "2 events after the last signed checkpoint.\nWhole." in capsys.readouterr().out
    with audit_triggers.lifted():
        AuditEvent.objects.filter(seq=3).update(outcome="error")
    with pytest.raises(CommandError, match="1 findings") as wrong:
        call_command("verify_audit", **known)
    assert wrong.value.returncode == 1
    assert "Event 3, outcome: The column outcome does not say" in capsys.readouterr().out
    with pytest.raises(CommandError, match="could not be verified") as unable:
        call_command("verify_audit", checkpoints=["/nowhere"])
    assert unable.value.returncode == 2
    told = standing().verification
    assert told and (told.by, told.is_whole) == ("shell", False)
