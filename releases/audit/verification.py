"""Verifications as rows: a task reads the trail in units of a few seconds and keeps how far it came in the row.

Called by the task `audit.verify` and by `manage.py verify_audit`. Each night's is opened here when its time has come.
"""

from collections.abc import Iterable
from datetime import datetime, time
from time import monotonic

from django.utils import timezone

from releases.audit.verifier.rules import Checkpoint, Finding, Tree
from releases.audit.verify import Place, Reading, book, last_seq
from releases.models import AuditCheckpoint, AuditVerification

UNIT_SECONDS = 4.0
SHOWN = 50
KEPT = 200
NIGHTLY_FROM = time(1, 0)
"""In UTC."""
BY_NIGHT, BY_SHELL = "audit", "shell"


def advance(*, seconds: float = UNIT_SECONDS, now: datetime | None = None) -> bool:
    """One unit of the open verification; True when there is nothing more to do now, or somebody else does it."""
    now = now or timezone.now()
    row = AuditVerification.objects.filter(is_open=True).first() or _nightly(now)
    if row is None:
        return True
    until = monotonic() + seconds
    reading = Reading(_place(row), book=book())
    reading.book.vouched |= set(row.cursor.get("vouched", []))
    found = list(reading.chunk())
    while not reading.is_done and monotonic() < until:
        found += reading.chunk()
    if not reading.is_done:
        return not _keep(row, reading, found, cursor=_cursor(reading))
    found += reading.closing()
    _keep(row, reading, found, cursor={}, **_ended(row, found))
    _forget_old()
    return True


def verify_now(*, known: Iterable[Checkpoint] = (), pinned: str = "") -> AuditVerification:
    """All of it in one go, stored as a verification of its own. For the command line, which waits for it."""
    row = AuditVerification(by=BY_SHELL, asked_at=timezone.now(), started_at=timezone.now(), is_open=False)
    reading = Reading(Place(end=last_seq()), book=book(pinned=pinned), known=known)
    while not reading.is_done:
        _add(row, reading.chunk())
    _add(row, reading.closing())
    row.is_whole, row.finished_at = row.found == 0, timezone.now()
    for name, value in _figures(reading).items():
        setattr(row, name, value)
    row.save()
    _forget_old()
    return row


def _nightly(now: datetime) -> AuditVerification | None:
    """Tonight's, once its time has come; two workers that see it at once make one."""
    due = datetime.combine(now.date(), NIGHTLY_FROM, tzinfo=now.tzinfo)
    if now < due or AuditVerification.objects.filter(by=BY_NIGHT, asked_at__gte=due).exists():
        return None
    return AuditVerification.objects.get_or_create(is_open=True, defaults={"by": BY_NIGHT, "asked_at": now})[0]


def _place(row: AuditVerification) -> Place:
    kept = row.cursor
    if not kept:
        return Place(end=last_seq())
    tree = Tree(kept["read"], map(bytes.fromhex, kept["peaks"]))
    ts = datetime.fromisoformat(kept["ts"])
    return Place(kept["end"], kept["seq"], bytes.fromhex(kept["link"]), ts, tree, kept["read"])


def _cursor(reading: Reading) -> dict[str, object]:
    place = reading.place
    return {
        "end": place.end,
        "seq": place.seq,
        "link": place.link.hex(),
        "ts": place.ts.isoformat() if place.ts else "",
        "peaks": [peak.hex() for peak in place.tree.peaks],
        "read": place.read,
        "vouched": sorted(reading.book.vouched),
    }


def _keep(row: AuditVerification, reading: Reading, found: Iterable[Finding], **facts: object) -> bool:
    """Store how far it came, unless another worker was first."""
    _add(row, found)
    mine = AuditVerification.objects.filter(pk=row.pk, is_open=True, steps=row.steps)
    started = row.started_at or timezone.now()
    told = {"findings": row.findings, "found": row.found, "started_at": started, "steps": row.steps + 1}
    return bool(mine.update(**told, **_figures(reading), **facts))


def _ended(row: AuditVerification, found: list[Finding]) -> dict[str, object]:
    is_whole = not row.found and not found
    return {"is_open": False, "is_whole": is_whole, "finished_at": timezone.now()}


def _figures(reading: Reading) -> dict[str, object]:
    size = reading.place.seq
    sizes = AuditCheckpoint.objects.filter(size__lte=size).order_by("-size").values_list("size", flat=True)
    newest = max([sizes.first() or 0, *(one for one in reading.sizes if one <= size)])
    head = reading.place.link.hex() if size else ""
    return {
        "size": size,
        "head": head,
        "checkpoint_size": newest or None,
        "events_after_checkpoint": size - newest,
    }


def _add(row: AuditVerification, found: Iterable[Finding]) -> None:
    """Count what was found; show the first."""
    for one in found:
        row.found += 1
        if len(row.findings) < SHOWN:
            row.findings.append({"seq": one.seq, "field": one.part, "sentence": one.sentence})


def _forget_old() -> None:
    old = AuditVerification.objects.filter(is_open=False).order_by("-pk").values_list("pk", flat=True)[KEPT:]
    AuditVerification.objects.filter(pk__in=list(old)).delete()
