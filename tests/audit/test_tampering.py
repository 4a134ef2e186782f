"""The eleven tamperings, each found by Slipway itself and by the program for auditors; and what nobody can find.

A trail of nine events is signed twice (5 and 9); the auditor noted the public key and kept both checkpoints.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from releases.audit.appending import _event
from releases.audit.signatures import checkpoint_text, public_bytes, signed_note, vkey
from releases.audit.signing.signer import Signer
from releases.audit.verifier.rules import Tree
from releases.models import AuditCheckpoint, AuditCheckpointCopy, AuditEvent, AuditPrivate
from tests import audit_triggers
from tests.audit.trail import Trail, offline, online, some_events

pytestmark = pytest.mark.django_db
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass
class Case:
    """A signed trail and what the auditor has of it."""

    trail: Trail
    signer: Signer
    kept: str


@pytest.fixture
def case(tmp_path: Path) -> Case:
    trail = Trail(tmp_path)
    some_events(3)
    signer = trail.sign()
    some_events(4)
    signer.sign()
    return Case(trail, signer, trail.known())


def change_a_body(_: Case) -> None:
    row = AuditEvent.objects.get(seq=3)
    AuditEvent.objects.filter(seq=3).update(body=row.body.replace("page-", "side-"))


def change_an_index_column(_: Case) -> None:
    AuditEvent.objects.filter(seq=3).update(object_id="page-99")


def swap_two_rows(_: Case) -> None:
    AuditEvent.objects.filter(seq=3).update(seq=99)
    AuditEvent.objects.filter(seq=4).update(seq=3)
    AuditEvent.objects.filter(seq=99).update(seq=4)


def delete_a_middle_row(_: Case) -> None:
    AuditEvent.objects.filter(seq=4).delete()


def delete_the_last_rows(_: Case) -> None:
    AuditPrivate.objects.filter(seq__gt=7).delete()
    AuditEvent.objects.filter(seq__gt=7).delete()


def and_their_checkpoints(case: Case) -> None:
    delete_the_last_rows(case)
    drop_checkpoints(above=7)


def roll_back_to_a_backup(_: Case) -> None:
    AuditPrivate.objects.filter(seq__gt=6).delete()
    AuditEvent.objects.filter(seq__gt=6).delete()
    drop_checkpoints(above=6)


def re_chain_everything(_: Case) -> None:
    """By somebody who has the database and not the key: without checkpoints there is nothing to disagree with."""
    chain_anew(lambda body: {**body, "outcome": "denied"} if body["seq"] == 3 else body)
    drop_checkpoints()


def re_chain_with_a_new_key(case: Case) -> None:
    public = vkey(case.signer.log, public_bytes(OTHER))
    new = {"subject": {"public_key": public}}
    chain_anew(lambda body: {**body, **new} if body["type"] == "audit.key_made" else {**body, "outcome": "denied"})
    drop_checkpoints()
    sign_as(OTHER, case.signer.log, size=9)


def replace_the_public_key(case: Case) -> None:
    """The checkpoints signed again with another key, whose public half lies in the export; the events are untouched."""
    drop_checkpoints()
    sign_as(OTHER, case.signer.log, size=9)


def forge_a_checkpoint(case: Case) -> None:
    """One of other events, below it the signature of a true one."""
    drop_checkpoints(above=5)
    note = AuditCheckpoint.objects.get().note
    text = checkpoint_text(case.signer.log, size=9, root=b"r" * 32)
    forged = text + note[note.index("\n\n") + 1 :]
    AuditCheckpoint.objects.create(size=9, root=b"r" * 32, note=forged, made_at=timezone.now())


def sign_other_events(case: Case) -> None:
    """A checkpoint that the true key signed, of other events: a fork."""
    text = checkpoint_text(case.signer.log, size=9, root=b"r" * 32)
    note = signed_note(text, key=case.signer.key, name=case.signer.log)
    AuditCheckpoint.objects.create(size=9, root=b"r" * 32, note=note, made_at=timezone.now())


def redact_without_an_event(_: Case) -> None:
    AuditPrivate.objects.filter(seq=3).delete()


def chain_anew(change: Callable[[dict], dict]) -> None:  # type: ignore[type-arg]
    prev, rows = None, list(AuditEvent.objects.order_by("seq"))
    AuditEvent.objects.all().delete()
    for row in rows:
        made = _event(row.seq, change(json.loads(row.body)), prev=prev or bytes(row.prev))
        made.save(force_insert=True)
        prev = bytes(made.link)


def drop_checkpoints(*, above: int = 0) -> None:
    AuditCheckpointCopy.objects.filter(checkpoint__size__gt=above).delete()
    AuditCheckpoint.objects.filter(size__gt=above).delete()


def sign_as(key: Ed25519PrivateKey, log: str, *, size: int) -> None:
    tree = Tree()
    for leaf in AuditEvent.objects.filter(seq__lte=size).order_by("seq").values_list("leaf", flat=True):
        tree.add(bytes(leaf))
    note = signed_note(checkpoint_text(log, size=size, root=tree.root()), key=key, name=log)
    AuditCheckpoint.objects.create(size=size, root=tree.root(), note=note, made_at=timezone.now())


CHANGED = (3, "body", "The body is not the one that was hashed.")
SIGNED_5 = (5, "checkpoint", "The first 5 events are not those that were signed.")
SIGNED_9 = (9, "checkpoint", "The first 9 events are not those that were signed.")
UNKNOWN = "is signed by a key that this trail does not know."
WITH_WHAT_LIES_HERE = [
    (change_a_body, CHANGED),
    (swap_two_rows, (3, "prev", "It does not link to the event before it.")),
    (delete_a_middle_row, (5, "seq", "Event 4 should come here; events are missing.")),
    (delete_the_last_rows, (8, "checkpoint", "A signed checkpoint covers 9 events; the trail has 7.")),
    (replace_the_public_key, (9, "checkpoint", f"The checkpoint of 9 events {UNKNOWN}")),
    (forge_a_checkpoint, (9, "checkpoint", "The signature under the checkpoint of 9 events is wrong.")),
    (sign_other_events, SIGNED_9),
    (redact_without_an_event, (3, "private address", "The value is gone, and no later event says")),
]
ONLY_FROM_OUTSIDE = [
    (and_their_checkpoints, (8, "checkpoint", "A signed checkpoint covers 9 events; the trail has 7.")),
    (roll_back_to_a_backup, (7, "checkpoint", "A signed checkpoint covers 9 events; the trail has 6.")),
    (re_chain_everything, SIGNED_5),
    (re_chain_with_a_new_key, (5, "checkpoint", f"The checkpoint of 5 events {UNKNOWN}")),
]


def tampered(case: Case, tamper: Callable[[Case], None]) -> Path:
    """The export that the tampered database gives."""
    with audit_triggers.lifted():
        tamper(case)
    return case.trail.export()


def is_told(expected: tuple[int, str, str], printed: str) -> bool:
    seq, part, sentence = expected
    return f"Event {seq}, {part}: {sentence}" in printed


def is_found(expected: tuple[int, str, str], found: list[tuple[int, str, str]]) -> bool:
    return any(one[:2] == expected[:2] and one[2].startswith(expected[2]) for one in found)


@pytest.mark.parametrize(("tamper", "expected"), WITH_WHAT_LIES_HERE, ids=[t.__name__ for t, _ in WITH_WHAT_LIES_HERE])
def test_what_was_tampered_with_is_found_by_both_from_the_database_alone(case: Case, tamper, expected) -> None:
    assert (online(), offline(case.trail.export(), pinned=case.signer.vkey)[0]) == ([], 0)
    folder = tampered(case, tamper)
    assert is_found(expected, found := online()), found
    code, printed = offline(folder, pinned=case.signer.vkey)
    assert code == 1
    assert is_told(expected, printed), printed


@pytest.mark.parametrize(("tamper", "expected"), ONLY_FROM_OUTSIDE, ids=[t.__name__ for t, _ in ONLY_FROM_OUTSIDE])
def test_what_a_checkpoint_kept_outside_shows_is_found_with_it_and_not_without(case: Case, tamper, expected) -> None:
    """docs/audit.md says so: rows that agree with each other prove nothing by themselves."""
    folder = tampered(case, tamper)
    in_the_export = vkey(case.signer.log, public_bytes(OTHER))
    believed = in_the_export if tamper is re_chain_with_a_new_key else case.signer.vkey
    assert online() == []
    assert offline(folder, pinned=believed)[0] == 0
    assert is_found(expected, found := online(known=case.kept)), found
    code, printed = offline(folder, pinned=believed, known=case.kept)
    assert code == 1
    assert is_told(expected, printed), printed


def test_a_new_key_is_found_by_whoever_noted_the_old_one(case: Case) -> None:
    folder = tampered(case, re_chain_with_a_new_key)
    expected = (5, "key", "The trail names another public key than the one you gave.")
    assert is_found(expected, online(pinned=case.signer.vkey))
    code, printed = offline(folder, pinned=case.signer.vkey)
    assert code == 1
    assert is_told(expected, printed), printed


def test_an_index_column_is_told_online_and_does_not_matter_to_an_export(case: Case) -> None:
    """An export holds bodies; the columns are Slipway's own index, made from them."""
    folder = tampered(case, change_an_index_column)
    assert online() == [(3, "object_id", "The column object_id does not say what the body says.")]
    assert offline(folder, pinned=case.signer.vkey)[0] == 0


def test_an_export_that_leaves_bodies_out_still_holds_the_chain(case: Case) -> None:
    folder = case.trail.export(private=False)
    file = folder / "events.jsonl"
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    about_itself = ("audit.genesis", "audit.key_made")
    kept = [line if json.loads(line["body"])["type"] in about_itself else {**line, "body": None} for line in lines]
    file.write_text("".join(json.dumps(line) + "\n" for line in kept), "utf-8")
    assert offline(folder, pinned=case.signer.vkey, known=case.kept)[0] == 0
    file.write_text("".join(json.dumps(line) + "\n" for line in [*kept[:3], *kept[4:]]), "utf-8")
    assert offline(folder, pinned=case.signer.vkey, known=case.kept)[0] == 1


@pytest.mark.parametrize("broken", ["no events", "no key", "no notes", "another trail"])
def test_what_cannot_be_verified_is_never_called_whole(case: Case, broken: str) -> None:
    folder, key = case.trail.export(), case.signer.vkey
    if broken == "no events":
        (folder / "events.jsonl").unlink()
    elif broken == "no key":
        key = "slipway/x/audit+00000000+AAAA"
    elif broken == "no notes":
        (folder / "checkpoints.txt").write_text("nothing signed")
    else:
        text = (folder / "checkpoints.txt").read_text("utf-8").replace("slipway/", "slipway/0")
        (folder / "checkpoints.txt").write_text(text, "utf-8")
    code, printed = offline(folder, pinned=key)
    assert code == (1 if broken == "another trail" else 2), printed
    assert "Whole" not in printed
