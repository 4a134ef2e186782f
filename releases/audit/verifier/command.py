"""Verifies an export of Slipway's trail without Slipway. Python 3.9 or newer; nothing to install.

    python3 verify_slipway_audit.py --public-key public-key.txt [--known my-own-checkpoints.txt] [FOLDER]

FOLDER holds events.jsonl, checkpoints.txt and, where it was exported, private.jsonl. Take the public key from where you
noted it, not from the export. Exit code: 0 whole, 1 something is wrong, 2 it could not be verified.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Iterator  # noqa: UP035 - Python 3.9

from releases.audit.verifier.ed25519 import ed25519
from releases.audit.verifier.reading import Chain
from releases.audit.verifier.rules import ABOUT_ITSELF, Body, Book, checkpoints_in, key_of

SHOWN = 50


def _lines(path: Path) -> Iterator[Body]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _about_itself(path: Path) -> Iterator[Body]:
    """Read beforehand, as it counts for earlier events too. What cannot be read is told later."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if any(name in line for name in ABOUT_ITSELF):
                try:
                    body = json.loads(json.loads(line)["body"] or "{}")
                except ValueError:
                    continue
                if body.get("type") in ABOUT_ITSELF:
                    yield body


def _verified(given: argparse.Namespace) -> int:
    folder, texts = Path(given.folder), [Path(file).read_text("utf-8") for file in given.known]
    key = (Path(given.public_key).read_text("utf-8") if Path(given.public_key).is_file() else given.public_key).strip()
    key_of(key)
    book = Book(_about_itself(folder / "events.jsonl"), pinned=key, verify=ed25519)
    texts += [(folder / "checkpoints.txt").read_text("utf-8")] if (folder / "checkpoints.txt").is_file() else []
    signed = [one for text in texts for one in checkpoints_in(text)]
    private = _lines(folder / "private.jsonl") if (folder / "private.jsonl").is_file() else None
    chain = Chain(book, signed, private)
    found = 0
    for found, one in enumerate(chain.findings(_lines(folder / "events.jsonl")), 1):
        if found <= SHOWN:
            print(f"Event {one.seq}, {one.part}: {one.sentence}")
    if given.origin and book.log != given.origin:
        found += 1
        print(f"This is the trail {book.log or 'of no installation'}, not {given.origin}.")
    for said in book.restores:
        print(f"Declared at event {said['seq']}: events {said['kept'] + 1} to {said['known']} were lost in a restore.")
    newest = max((one.size for one in signed if one.size <= chain.tree.size), default=0)
    print(f"{chain.tree.size} events, the last link {chain.link.hex()}; {len(signed)} checkpoints.")
    print(f"{chain.tree.size - newest} events after the last signed checkpoint: nothing proves that these are all.")
    print(f"{found} findings." if found else "Whole.")
    return 1 if found else 0


def main() -> int:
    """Read the command line, verify, print."""
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("folder", nargs="?", default=".", metavar="FOLDER")
    parse.add_argument("--public-key", required=True, help="the key you noted: a file, or name+id+base64")
    parse.add_argument("--known", action="append", default=[], metavar="FILE", help="checkpoints you kept yourself")
    parse.add_argument("--origin", default="", help="the name of the trail you expect, slipway/.../audit")
    try:
        return _verified(parse.parse_args())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"It could not be verified: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
