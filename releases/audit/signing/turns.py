"""Turning points of a trail: another key, or a past that a restored backup lost. `manage.py sign` calls both.

Each appends its event and signs at once, so that verifiers find the turn declared.
"""

import hashlib
from pathlib import Path

from django.db import transaction

from releases.audit.appending import append
from releases.audit.chain import JSON
from releases.audit.events import Via
from releases.audit.signing import copies, keys
from releases.audit.signing.growth import Shrunk, grown, require_same_past, roots_at
from releases.audit.signing.signer import SIGNER, Signer
from releases.audit.signing.state import State
from releases.audit.verifier.rules import Checkpoint, checkpoints_in
from releases.audit.verify import book
from releases.errors import Conflict, Invalid
from releases.models import AuditCheckpoint

LEAST_REASON = 10


def rotate(signer: Signer) -> str:
    """Make another key, name it in the trail, sign up to that event with the old key and from there with the new one.

    Returns the new public key. Raises Shrunk.
    """
    grown(signer.state)
    path = signer.folder / keys.NEXT_KEY
    path.unlink(missing_ok=True)
    new = signer.vkey_of(keys.made(path))
    with transaction.atomic():
        subject: dict[str, JSON] = {"public_key": new, "replaces": signer.vkey}
        append("audit.key_rotated", by=SIGNER, via=Via.SHELL, more={"subject": subject})
    finish_rotation(signer)
    return new


def finish_rotation(signer: Signer) -> None:
    """Take the next key into use, once the old one has signed the event that names it. Also after a crash between."""
    path: Path = signer.folder / keys.NEXT_KEY
    if not path.exists():
        return
    following = keys.kept(path)
    named = [key for key in book().keys if key.vkey == signer.vkey_of(following)]
    if not named:  # the event was never written
        path.unlink()
        return
    if signer.remembered.size < named[0].seq:
        signer.sign(to=named[0].seq)
    path.replace(signer.folder / keys.KEY)
    signer.key = following
    signer.sign()


def declare_restore(signer: Signer, *, reason: str) -> State:
    """Say that events were lost because a backup was restored, and go on in a new epoch. Returns what is signed now.

    Raises Invalid (the reason), Conflict where nothing is missing.
    """
    if len(reason.strip()) < LEAST_REASON:
        raise Invalid(f"A reason has at least {LEAST_REASON} characters.", code="reason_too_short")
    known = _known(signer)
    if not known or _is_whole(signer):
        raise Conflict("The trail holds everything that was signed: there is nothing to declare.", code="not_restored")
    stands = roots_at({one.size for one in known})
    kept = max([0, *(one.size for one in known if stands.get(one.size) == one.root.hex())])
    last = max(known, key=lambda one: one.size)
    epoch = max(one.epoch for one in known) + 1
    with transaction.atomic():
        append(
            "audit.restored",
            by=SIGNER,
            via=Via.SHELL,
            evidence=[("last checkpoint", hashlib.sha256(last.text).hexdigest())],
            private={"reason": reason.strip()},
            more={"subject": {"epoch": epoch, "kept": kept, "known": last.size}},
        )
    signer.remember(State(epoch=epoch))
    signer.sign()
    return signer.remembered


def _known(signer: Signer) -> list[Checkpoint]:
    """Every checkpoint that was ever signed, as far as anything here remembers."""
    notes = [*AuditCheckpoint.objects.values_list("note", flat=True), signer.remembered.note]
    return [*copies.exported(signer.outside), *checkpoints_in("\n".join(note for note in notes if note))]


def _is_whole(signer: Signer) -> bool:
    if signer.state is None:
        return False
    try:
        require_same_past(signer.state)
        grown(signer.state)
    except Shrunk:
        return False
    return True
