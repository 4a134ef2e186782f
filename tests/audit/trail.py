"""A trail for tests: a few events, a signer with checkpoints, an export, and both verifiers."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from releases import audit
from releases.audit import export
from releases.audit.signing import keys
from releases.audit.signing.signer import Signer
from releases.audit.verifier import program
from releases.audit.verifier.rules import checkpoints_in

SHELL = audit.System("shell")


@dataclass
class Trail:
    """One trail with its signer; `folder` holds what lies outside the database."""

    folder: Path

    @property
    def outside(self) -> Path:
        """Where the signer exports to."""
        return self.folder / "outside"

    def signer(self) -> Signer:
        """The signer as a start of `manage.py sign` makes it."""
        home = self.folder / "signer"
        if not (home / keys.KEY).exists():
            keys.made(home / keys.KEY)
        return Signer(home, self.outside)

    def sign(self) -> Signer:
        """One start and one checkpoint."""
        signer = self.signer()
        signer.start()
        signer.sign()
        return signer

    def known(self) -> str:
        """What an auditor keeps of the checkpoints exported so far."""
        return (self.outside / "checkpoints.txt").read_text("utf-8")

    def export(self, name: str = "export", *, private: bool = True) -> Path:
        """The export that Slipway would build now."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / export.EVENTS).write_text("".join(export.event_lines()), "utf-8")
        (folder / export.CHECKPOINTS).write_text("".join(export.checkpoint_lines()), "utf-8")
        if private:
            (folder / export.PRIVATE).write_text("".join(export.private_lines()), "utf-8")
        return folder


def some_events(count: int) -> None:
    """Events with a personal value each."""
    for number in range(count):
        address = {"address": f"192.0.2.{number}"}
        audit.append("signin.failed", by=SHELL, object=("address", f"page-{number}"), private=address)


def online(*, known: str = "", pinned: str = "") -> list[tuple[int, str, str]]:
    """What `manage.py verify_audit` finds."""
    return [(one.seq, one.part, one.sentence) for one in audit.findings(known=checkpoints_in(known), pinned=pinned)]


def offline(folder: Path, *, pinned: str, known: str = "") -> tuple[int, str]:
    """Exit code and print of the program for auditors, run as they run it: without Slipway, without site-packages."""
    file = folder / "verify_slipway_audit.py"
    file.write_text(program(), "utf-8")
    (folder / "known.txt").write_text(known, "utf-8")
    command = [sys.executable, "-I", "-S", str(file), str(folder), "--public-key", pinned]
    run = subprocess.run([*command, "--known", str(folder / "known.txt")], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr
