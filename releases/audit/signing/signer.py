"""Signs checkpoints: one at a time, only when the trail grew from the one before. `manage.py sign` drives it.

The order matters: what was signed is remembered outside the database first, so that no crash makes it forget.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone

from releases.audit.actors import System
from releases.audit.appending import append, begin
from releases.audit.events import Via
from releases.audit.signatures import checkpoint_text, key_id, log_name, origin_of, public_bytes, signed_note, vkey
from releases.audit.signing import copies, keys, state
from releases.audit.signing.growth import Shrunk, grown, require_same_past
from releases.audit.verify import book
from releases.errors import Conflict
from releases.models import AuditCheckpoint, AuditVerification

SIGNER = System("sign")
log = logging.getLogger(__name__)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other signer works from this folder meanwhile. Raises Conflict."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another process signs from {folder}.", code="signs_already") from None
        yield


class Signer:
    """The signer of one installation: `folder` holds its key and what it remembers, `outside` takes the copies."""

    def __init__(self, folder: Path, outside: Path) -> None:
        self.folder, self.outside = folder, outside
        with transaction.atomic():
            self.log = log_name(begin())
        self.key = keys.kept(folder / keys.KEY)
        self.state = state.load(folder)

    @property
    def vkey(self) -> str:
        """The public key as auditors note it."""
        return self.vkey_of(self.key)

    def vkey_of(self, key: Ed25519PrivateKey) -> str:
        """The public key of another key of this trail."""
        return vkey(self.log, public_bytes(key))

    def start(self) -> None:
        """Say the key in the trail where it does not stand there, hold the whole past against the last checkpoint, and
        finish what a crash left half done. Raises Shrunk."""
        if self.state is not None:
            require_same_past(self.state)
            if (
                self.state.note
                and not AuditCheckpoint.objects.filter(size=self.state.size, note=self.state.note).exists()
            ):
                self._insert(self.state, now=timezone.now())
            self.export()
        elif (lost := AuditCheckpoint.objects.order_by("-size").first()) or copies.exported(self.outside):
            raise Conflict(_forgotten(lost), code="state_missing")
        if all(key.vkey != self.vkey for key in book().keys):
            with transaction.atomic():
                append("audit.key_made", by=SIGNER, via=Via.SHELL, more={"subject": {"public_key": self.vkey}})

    def sign(self, *, to: int | None = None, now: datetime | None = None) -> AuditCheckpoint:
        """A checkpoint of the whole trail, or of its first `to` events. Raises Shrunk, OSError."""
        now = now or timezone.now()
        if self.state is not None and self.state.day != now.date().isoformat():
            require_same_past(self.state)
        tree, link = grown(self.state, to=to)
        epoch, root = self.state.epoch if self.state else 1, tree.root()
        text = checkpoint_text(origin_of(self.log, epoch=epoch), size=tree.size, root=root)
        note = signed_note(text, key=self.key, name=self.log)
        peaks = [peak.hex() for peak in tree.peaks]
        self.remember(state.State(epoch, tree.size, root.hex(), link.hex(), peaks, note, now.date().isoformat()))
        row = self._insert(self.remembered, now=now)
        self.export()
        return row

    def remember(self, new: state.State) -> None:
        """From now on the trail must contain this."""
        state.store(self.folder, new)
        self.state = new

    @property
    def remembered(self) -> state.State:
        """The last checkpoint; an empty one before the first."""
        return self.state or state.State()

    def export(self) -> None:
        """Bring the copies up to date. A place that cannot be written is logged: the next round tries again."""
        try:
            copies.export(self.outside, vkey=self.vkey)
        except OSError as error:
            log.error("Checkpoints cannot be written to %s: %s", self.outside, error)

    def _insert(self, signed: state.State, *, now: datetime) -> AuditCheckpoint:
        identity = key_id(self.log, public_bytes(self.key)).hex()
        root = bytes.fromhex(signed.root)
        facts = {"size": signed.size, "root": root, "note": signed.note, "made_at": now}
        return AuditCheckpoint.objects.create(key_name=self.log, key_id=identity, **facts)


def tell(refused: Shrunk, *, now: datetime | None = None) -> None:
    """Store a refusal where pages see it, once until something else is found."""
    now = now or timezone.now()
    found = [{"seq": refused.seq, "field": "checkpoint", "sentence": refused.sentence}]
    newest = AuditVerification.objects.filter(is_open=False).order_by("-finished_at", "-pk").first()
    if newest is None or (newest.by, newest.findings) != (SIGNER.name, found):
        times = {"asked_at": now, "started_at": now, "finished_at": now}
        AuditVerification.objects.create(
            by=SIGNER.name, is_open=False, is_whole=False, findings=found, found=1, size=refused.seq, **times
        )


def _forgotten(newest: AuditCheckpoint | None) -> str:
    size = f" of {newest.size} events" if newest else ""
    return (
        f"There are checkpoints{size}, but the signer's own memory (state.json) is gone. Put it back, or declare what "
        "happened: manage.py sign --declare-restore --reason ..."
    )
