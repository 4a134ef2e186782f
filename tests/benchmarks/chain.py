"""Sides of the trail's goals: events appended by several writers, a million events made and verified.

Called by `tests.benchmarks.side`, in a process of its own; `seconds` leave start-up out.
"""

import resource
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from threading import Barrier, Thread
from time import perf_counter, process_time
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from releases import audit
from releases.audit import appending, export, verify
from releases.audit.signing import keys
from releases.audit.signing.signer import Signer
from releases.audit.verifier import NAME, program
from releases.models import AuditEvent, AuditPrivate

Figures = dict[str, Any]
SHELL = audit.System("shell")
CHUNK = 5_000
CHECKPOINTS = 100


def append(options: Figures) -> Figures:
    """So many events, each in a transaction of its own, by several writers at once."""
    writers, each = options["writers"], options["events"] // options["writers"]
    barrier = Barrier(writers + 1)

    def write() -> None:
        barrier.wait()
        for number in range(each):
            with transaction.atomic():
                audit.append("signin.failed", by=SHELL, private={"email": f"{number}@harbour.example"})
        connection.close()

    threads = [Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = perf_counter()
    for thread in threads:
        thread.join()
    seconds = perf_counter() - began
    assert AuditEvent.objects.count() == 1 + writers * each, "a writer failed"
    return {"seconds": seconds, "events": writers * each}


def fill(options: Figures) -> Figures:
    """A trail of so many events, half with a personal value, signed a hundred times; and its export."""
    folder = Path(options["folder"])
    folder.mkdir()
    keys.made(folder / "signer" / keys.KEY)
    signer = Signer(folder / "signer", folder / "outside")
    signer.start()
    signer.sign()
    made, every = _events(options["events"]), options["events"] // CHECKPOINTS
    for _ in range(CHECKPOINTS):
        part = list(islice(made, every))
        AuditEvent.objects.bulk_create([event for event, _ in part], batch_size=CHUNK)
        AuditPrivate.objects.bulk_create([row for _, rows in part for row in rows], batch_size=CHUNK)
        signer.sign()
    for name, lines in (
        (export.EVENTS, export.event_lines()),
        (export.PRIVATE, export.private_lines()),
        (export.CHECKPOINTS, export.checkpoint_lines()),
    ):
        with (folder / name).open("w", encoding="utf-8") as file:
            file.writelines(lines)
    (folder / NAME).write_text(program(), "utf-8")
    return {"vkey": signer.vkey, "events": AuditEvent.objects.count()}


def verified(_: Figures) -> Figures:
    """The whole trail by Slipway itself."""
    idle, began, busy = _peak_megabytes(), perf_counter(), process_time()
    found = list(verify.findings())
    seconds, busy = perf_counter() - began, process_time() - busy
    assert not found, found[:3]
    return {"seconds": seconds, "busy": busy, "idle_mb": idle, "peak_mb": _peak_megabytes()}


def verified_outside(options: Figures) -> Figures:
    """Its export by the program for auditors, start-up included."""
    folder = Path(options["folder"])
    command = [sys.executable, "-I", "-S", str(folder / NAME), str(folder), "--public-key", options["vkey"]]
    began = perf_counter()
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = perf_counter() - began
    assert run.returncode == 0, run.stdout + run.stderr
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": seconds, "busy": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}


def _events(count: int) -> Iterator[tuple[AuditEvent, list[AuditPrivate]]]:
    """Events as `append` makes them, without waiting for the database."""
    last = AuditEvent.objects.order_by("-seq")[0]
    seq, prev = last.seq, bytes(last.link)
    for number in range(count):
        seq += 1
        body = _body(seq, number)
        hidden = [appending._Hidden("email", f"{number}@harbour.example")] if number % 2 else []
        for one in hidden:
            body["email_c"] = one.commitment
        event = appending._event(seq, body, prev=prev)
        prev = bytes(event.link)
        yield event, [one.row(seq) for one in hidden]


def _body(seq: int, number: int) -> dict[str, Any]:
    facts = {"v": 1, "seq": seq, "id": f"{number:032x}", "ts": appending._stamp(timezone.now())}
    about = {"object": {"kind": "release", "id": f"{number}"}, "figures": {"read": 3, "changed": 1}}
    how = {"type": "signin.failed", "outcome": "denied", "via": "session", "actor": {"kind": "system", "ref": "sync"}}
    return {**facts, **about, **how}


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
