"""The signer: what it signs and exports, that it refuses a trail that shrank, keys, restores, its pace, its command."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from releases import audit
from releases.audit.signing import keys, turns
from releases.audit.signing.growth import Shrunk
from releases.audit.signing.pace import Pace
from releases.audit.signing.signer import alone
from releases.audit.verifier.rules import checkpoints_in, key_of
from releases.errors import Conflict, Invalid
from releases.models import AuditCheckpoint, AuditEvent, AuditPrivate, AuditVerification
from releases.queries.trail import standing
from tests import audit_triggers
from tests.audit.trail import SHELL, Trail, offline, online, some_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    return Trail(tmp_path)


def cut_to(seq: int) -> None:
    """What a restored backup leaves."""
    with audit_triggers.lifted():
        AuditPrivate.objects.filter(seq__gt=seq).delete()
        AuditEvent.objects.filter(seq__gt=seq).delete()


def test_a_checkpoint_covers_everything_lies_outside_and_can_be_verified_by_both(trail: Trail) -> None:
    some_events(3)
    signer = trail.sign()
    some_events(4)
    signer.sign()
    told = standing()
    assert told.checkpoint and (told.checkpoint.size, told.seq, told.events_since) == (9, 9, 0)
    assert [copy.place for copy in told.copies] == [str(trail.outside / "checkpoints.txt")]
    assert [one.size for one in checkpoints_in(trail.known())] == [5, 9]
    assert (trail.outside / "public-key.txt").read_text().strip() == signer.vkey
    assert key_of(signer.vkey)[0] == checkpoints_in(trail.known())[0].origin == signer.log
    some_events(1)
    assert online(known=trail.known(), pinned=signer.vkey) == []
    code, said = offline(trail.export(), pinned=signer.vkey, known=trail.known())
    assert (code, "1 events after the last signed checkpoint" in said, "Whole." in said) == (0, True, True), said


def test_the_key_is_its_owners_alone_and_never_replaced(trail: Trail) -> None:
    trail.sign()
    file = trail.folder / "signer" / keys.KEY
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict, match="already is a key"):
        keys.made(file)
    file.chmod(0o640)
    with pytest.raises(Invalid, match="read by others"):
        trail.signer()
    with alone(trail.folder), pytest.raises(Conflict, match="Another process"), alone(trail.folder):
        pass


def test_a_trail_that_shrank_is_not_signed_and_somebody_is_told_once(trail: Trail, settings) -> None:
    settings.SLIPWAY_SIGNER_DIR, settings.SLIPWAY_CHECKPOINT_DIR = trail.folder / "signer", trail.outside
    some_events(3)
    trail.sign()
    cut_to(3)
    for _ in range(2):
        with pytest.raises(CommandError, match="covers 5 events; the trail has 3") as refused:
            call_command("sign", once=True)
        assert refused.value.returncode == 1
    (told,) = AuditVerification.objects.all()
    assert (told.by, told.is_whole, told.findings[0]["seq"]) == ("sign", False, 4)
    assert AuditCheckpoint.objects.count() == 1
    some_events(5)  # growing again over the hole does not help
    with pytest.raises(Shrunk, match="not those that were signed"):
        trail.signer().sign()


def test_what_was_rewritten_under_the_last_checkpoint_or_after_it_is_not_signed(trail: Trail) -> None:
    some_events(3)
    signer = trail.sign()
    some_events(2)
    with audit_triggers.lifted():
        AuditEvent.objects.filter(seq=2).update(leaf=b"x" * 32)
    with pytest.raises(Shrunk, match="first 5 events are not those"):
        trail.signer().start()
    with audit_triggers.lifted():
        AuditEvent.objects.filter(seq=7).update(body="{}")
    with pytest.raises(Shrunk, match="Event 7 does not follow"):
        signer.sign()


def test_a_crash_between_remembering_and_storing_is_made_good_at_the_next_start(trail: Trail) -> None:
    some_events(1)
    signer = trail.sign()
    with audit_triggers.lifted():
        AuditCheckpoint.objects.get().copies.all().delete()
        AuditCheckpoint.objects.all().delete()
    signer.start()
    assert AuditCheckpoint.objects.get().copies.count() == 1
    assert signer.remembered.size == AuditCheckpoint.objects.get().size


def test_a_signer_that_lost_its_memory_does_not_begin_anew(trail: Trail) -> None:
    trail.sign()
    (trail.folder / "signer" / "state.json").unlink()
    with pytest.raises(Conflict, match="memory"):
        trail.signer().start()


def test_a_rotated_key_is_vouched_for_by_the_one_before(trail: Trail) -> None:
    some_events(2)
    signer = trail.sign()
    first = signer.vkey
    new = turns.rotate(signer)
    some_events(1)
    trail.sign()
    assert new == trail.signer().vkey != first
    assert not (trail.folder / "signer" / keys.NEXT_KEY).exists()
    for pinned in (first, new, ""):
        assert online(known=trail.known(), pinned=pinned) == []
    assert offline(trail.export(), pinned=first)[0] == 0


def test_a_rotation_that_a_crash_cut_off_is_finished_or_forgotten(trail: Trail) -> None:
    signer = trail.sign()
    new = keys.made(trail.folder / "signer" / keys.NEXT_KEY)
    turns.finish_rotation(signer)
    assert not (trail.folder / "signer" / keys.NEXT_KEY).exists(), "its event was never written"
    new = keys.made(trail.folder / "signer" / keys.NEXT_KEY)
    subject = {"public_key": signer.vkey_of(new), "replaces": signer.vkey}
    audit.append("audit.key_rotated", by=SHELL, more={"subject": subject})  # type: ignore[dict-item]
    some_events(2)
    again = trail.signer()
    turns.finish_rotation(again)
    assert again.vkey == signer.vkey_of(new)
    assert online(known=trail.known(), pinned=signer.vkey) == []


def test_a_restored_backup_is_declared_and_both_verifiers_show_the_gap(trail: Trail) -> None:
    some_events(2)
    signer = trail.sign()  # 4 events
    some_events(3)
    signer.sign()  # 7
    cut_to(5)
    some_events(1)
    with pytest.raises(Shrunk):
        trail.signer().start()
    assert {part for _, part, _ in online(known=trail.known())} == {"checkpoint"}
    with pytest.raises(Invalid, match="at least 10"):
        turns.declare_restore(trail.signer(), reason="disk")
    turns.declare_restore(trail.signer(), reason="The disk failed; back to the backup of noon.")
    trail.sign()
    assert online(known=trail.known(), pinned=signer.vkey) == []
    code, said = offline(trail.export(), pinned=signer.vkey, known=trail.known())
    assert (code, "Declared at event 7: events 5 to 7 were lost in a restore." in said) == (0, True), said
    assert checkpoints_in(trail.known())[-1].origin == f"{signer.log}/2"
    with pytest.raises(Conflict, match="nothing to declare"):
        turns.declare_restore(trail.signer(), reason="Nothing happened at all.")
    cut_to(4)  # the declaration too: the checkpoints of the second epoch have nothing to stand on
    assert online(known=trail.known(), pinned=signer.vkey) != []


def test_a_checkpoint_is_due_after_half_a_minute_at_once_when_asked_and_at_midnight(trail: Trail) -> None:
    state = trail.sign().remembered
    pace, now = Pace(), datetime.fromisoformat(f"{state.day}T12:00:00+00:00")
    assert not pace.is_due(state, now=now, clock=0)
    some_events(1)
    assert [pace.is_due(state, now=now, clock=clock) for clock in (100, 129, 131)] == [False, False, True]
    audit.append("audit.erased", by=SHELL)
    assert Pace().is_due(state, now=now, clock=0)
    quiet = trail.sign().remembered
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    before = midnight - timedelta(seconds=1)
    assert [Pace().is_due(quiet, now=at, clock=0) for at in (before, midnight)] == [False, True]


def test_a_signer_that_was_stopped_catches_up_and_the_alarm_ends(trail: Trail, client) -> None:
    """Fault 29, shortened: decisions go on without it."""
    trail.sign()
    some_events(5)
    later = timezone.now() + timedelta(hours=1)
    assert "for a signed checkpoint" in standing(now=later).alarm
    with time_machine.travel(later, tick=False):
        answer = client.get("/health")
    assert (answer.status_code, answer.json()["state"], answer.json()["checkpoints"]) == (200, "degraded", False)
    trail.sign()
    with time_machine.travel(later, tick=False):
        assert client.get("/health").json()["checkpoints"] is True
    assert (standing(now=later).alarm, standing().events_since) == ("", 0)
    assert online(known=trail.known()) == []


def test_copies_that_cannot_be_written_are_made_good_later(trail: Trail) -> None:
    trail.outside.write_text("a file where the folder should be")
    signer = trail.sign()
    assert standing().copies == []
    trail.outside.unlink()
    signer.sign()
    assert len(checkpoints_in(trail.known())) == AuditCheckpoint.objects.count() == 2


def test_the_command_makes_the_key_once_signs_and_rotates(trail: Trail, settings, capsys) -> None:
    settings.SLIPWAY_SIGNER_DIR, settings.SLIPWAY_CHECKPOINT_DIR = trail.folder / "signer", trail.outside
    with pytest.raises(CommandError, match="--new-key") as refused:
        call_command("sign", once=True)
    assert refused.value.returncode == 2
    call_command("sign", new_key=True)
    call_command("sign", once=True, first_key=True)
    call_command("sign", rotate_key=True)
    assert "slipway/" in capsys.readouterr().out
    assert json.loads((trail.folder / "signer" / "state.json").read_text())["size"] == AuditEvent.objects.count()
    assert (trail.folder / "signer").stat().st_mode & 0o777 == 0o700
    assert online(known=trail.known()) == []
