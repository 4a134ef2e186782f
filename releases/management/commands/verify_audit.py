"""`manage.py verify_audit`: reads the whole trail and says what is wrong with it.

Exit codes: 0 whole, 1 something is wrong, 2 it could not be verified.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from releases.audit.verification import verify_now
from releases.audit.verifier.rules import checkpoints_in, key_of
from releases.audit.verify import book


class Command(BaseCommand):
    """Online, beside the running product; an export is verified by the program that comes with it."""

    help = "Verify the audit trail: every event, every personal value, every checkpoint."

    def add_arguments(self, parser: CommandParser) -> None:
        """What somebody kept outside."""
        parser.add_argument("--checkpoints", action="append", default=[], metavar="FILE", help="kept outside")
        parser.add_argument("--public-key", default="", metavar="FILE", help="the key that was noted outside")

    def handle(self, **options: Any) -> None:
        """Verify, print, exit."""
        try:
            texts = [Path(file).read_text("utf-8") for file in options["checkpoints"]]
            known = [one for text in texts for one in checkpoints_in(text)]
            pinned = Path(options["public_key"]).read_text("utf-8").strip() if options["public_key"] else ""
            if pinned:
                key_of(pinned)
        except (OSError, ValueError) as error:
            raise CommandError(f"It could not be verified: {error}", returncode=2) from error
        row = verify_now(known=known, pinned=pinned)
        for one in row.findings:
            self.stdout.write(f"Event {one['seq']}, {one['field']}: {one['sentence']}")
        for said in book().restores:
            lost = f"events {said['kept'] + 1} to {said['known']} were lost in a restore"
            self.stdout.write(f"Declared at event {said['seq']}: {lost}.")
        self.stdout.write(f"{row.size} events, the last link {row.head}.")
        self.stdout.write(f"{row.events_after_checkpoint} events after the last signed checkpoint.")
        if not row.is_whole:
            raise CommandError(f"{row.found} findings.", returncode=1)
        self.stdout.write("Whole.")
