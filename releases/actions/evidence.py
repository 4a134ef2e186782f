"""The evidence: the trail as a ZIP that anybody verifies without Slipway. Made on the disk, a piece at a time.

The chain is always whole: an entry that was not asked for, or that the person may not see, keeps its hashes and lies
there without its body. Personal values go along only for who reads all of them anyway.
"""

import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO

from releases.actions.exports import Made, made
from releases.audit import export
from releases.audit.verifier import NAME, program
from releases.audit.verifier.rules import ABOUT_ITSELF
from releases.audit.verify import book
from releases.models import AuditEvent
from releases.queries.audit_log import LogFilters, Scope, last_number, listing_of
from releases.queries.audit_log.export import matching

KEY, SUMS = "public-key.txt", "SHA256SUMS"
README = """Slipway audit evidence
======================

{log}
Entries 1 to {to}; {shown} of them with their bodies{filters}.

What is here
  events.jsonl       One entry a line, the first to the last: number, body, leaf, link before, link.
                     "body": null means that the body is not part of this export. Its hashes are.
  checkpoints.txt    The signed checkpoints there were (C2SP signed notes, Ed25519).
  {private}
  public-key.txt     The first public key, as the trail itself names it{key}.
  {program}
                     The program that verifies all this. Python 3.9 or newer, nothing to install, no network.
  SHA256SUMS         The SHA-256 of every file here: sha256sum -c SHA256SUMS

How to verify
  python3 -I {program} --public-key KEY [--known OWN-CHECKPOINTS] .

  Take KEY from where you noted it when you were given it, not from this folder: whoever could rewrite the trail could
  also have put another key here. --known are checkpoints that you received or kept yourself.

What it proves
  No entry was changed, moved, added in between or taken out, as far as signed checkpoints reach, and the signatures are
  by the key you gave. A checkpoint of your own proves that what it covers has not been rewritten or cut off since.

What it does not prove
  Entries younger than the newest checkpoint kept outside Slipway's database can be missing without a trace for somebody
  who controls database and key. That what was recorded is all that happened outside Slipway.
"""


@dataclass
class Bundle:
    """A ZIP while it is written; notes the SHA-256 of each file."""

    zip: zipfile.ZipFile
    sums: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, lines: Iterable[str]) -> None:
        """One file of these lines."""
        digest = sha256()
        with self.zip.open(name, "w", force_zip64=True) as file:
            for line in lines:
                data = line.encode()
                digest.update(data)
                file.write(data)
        self.sums[name] = digest.hexdigest()


def evidence(scope: Scope, filters: LogFilters) -> tuple[Made, int]:
    """The file, and the number of the newest entry in it."""
    to = 0

    def write(file: IO[bytes]) -> int:
        nonlocal to
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            bundle = Bundle(archive)
            bundle.add(export.CHECKPOINTS, export.checkpoint_lines())
            to = last_number()  # after the checkpoints, so that none covers more than is here
            return _fill(bundle, scope, filters, to=to)

    return made(write), to


def _fill(bundle: Bundle, scope: Scope, filters: LogFilters, *, to: int) -> int:
    is_whole = scope.is_whole and not filters.is_set
    counted = _Counted(_shown(scope, filters, is_whole=is_whole))
    bundle.add(export.EVENTS, export.event_lines(to=to, shows=counted))
    if scope.is_whole:
        shows = _shown(scope, filters, is_whole=is_whole)
        bundle.add(export.PRIVATE, export.private_lines(to=to, shows=shows))
    trail = book()
    keys = [key.vkey for key in trail.keys]
    bundle.add(KEY, [f"{keys[0]}\n"] if keys else [])
    bundle.add(NAME, [program()])
    told = {
        "log": f"The trail {trail.log}" if trail.log else "The trail is empty.",
        "to": to,
        "shown": counted.count,
        "filters": f" (asked for: {_said(filters)})" if filters.is_set else "",
        "private": _private_words(scope),
        "key": "" if keys else ": there is none yet, nothing is signed",
        "program": NAME,
    }
    bundle.add("README.txt", [README.format(**told)])
    bundle.add(SUMS, [f"{digest}  {name}\n" for name, digest in bundle.sums.items()])
    return counted.count


class _Counted:
    """Whether an entry's body goes along, and how many do."""

    def __init__(self, shows: Callable[[int], bool]) -> None:
        self._shows, self.count = shows, 0

    def __call__(self, seq: int) -> bool:
        is_shown = self._shows(seq)
        self.count += is_shown
        return is_shown


def _shown(scope: Scope, filters: LogFilters, *, is_whole: bool) -> Callable[[int], bool]:
    """Whose bodies: of what was asked for, and of what the trail says of itself, without which nothing is verified."""
    if is_whole:
        return lambda _: True
    about_itself = set(AuditEvent.objects.filter(type__in=ABOUT_ITSELF).values_list("seq", flat=True))
    is_asked_for = matching(listing_of(scope, filters))
    return lambda seq: is_asked_for(seq) or seq in about_itself


def _said(filters: LogFilters) -> str:
    return ", ".join(f"{name} {value}" for name, value in filters.in_words().items())


def _private_words(scope: Scope) -> str:
    if scope.is_whole:
        return "private.jsonl      Names, addresses and free text that these bodies commit to, with their salts."
    return "(no private.jsonl) Personal values go along only for auditors and administrators of all projects."
