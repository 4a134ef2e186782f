"""`manage.py sign`: signs checkpoints of the trail until it is stopped. The only process that reads the private key.

Exit codes: 0 stopped or done, 1 the trail is not the one that was signed before, 2 it cannot sign (key, memory).
"""

import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils import timezone

from releases.audit.signing import keys, turns
from releases.audit.signing.growth import Shrunk
from releases.audit.signing.pace import Pace
from releases.audit.signing.signer import Signer, alone, tell
from releases.errors import ReleasesError

LOOKS_EVERY_SECONDS = 2.0
REFUSED_REST_SECONDS = 60.0
log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Runs until SIGTERM, or does one thing."""

    help = "Sign checkpoints of the audit trail."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One thing to do instead of running."""
        parser.add_argument("--once", action="store_true", help="sign once and end")
        parser.add_argument("--new-key", action="store_true", help="make the key, print its public half and end")
        parser.add_argument("--first-key", action="store_true", help="make the key where there is none, then go on")
        parser.add_argument("--rotate-key", action="store_true", help="replace the key, which signs a last time")
        parser.add_argument("--declare-restore", action="store_true", help="say that a backup was restored")
        parser.add_argument("--reason", default="", help="why it was restored, at least 10 characters")

    def handle(self, **options: Any) -> None:
        """Take the folder, then do what was asked."""
        folder = settings.SLIPWAY_SIGNER_DIR
        try:
            with alone(folder):
                if options["new_key"] or (options["first_key"] and not (folder / keys.KEY).exists()):
                    keys.made(folder / keys.KEY)
                signer = Signer(folder, settings.SLIPWAY_CHECKPOINT_DIR)
                self._run(signer, options)
        except Shrunk as refused:
            tell(refused)
            raise CommandError(refused.sentence, returncode=1) from refused
        except ReleasesError as error:
            raise CommandError(error.sentence, returncode=2) from error

    def _run(self, signer: Signer, options: dict[str, Any]) -> None:
        if options["new_key"]:
            self.stdout.write(signer.vkey)
        elif options["declare_restore"]:
            signed = turns.declare_restore(signer, reason=options["reason"])
            self.stdout.write(f"Declared. {signed.size} events are signed, in epoch {signed.epoch}.")
        elif options["rotate_key"] or options["once"]:
            self._start(signer)
            if options["rotate_key"]:
                self.stdout.write(f"From now on auditors verify with {turns.rotate(signer)}")
            self.stdout.write(f"Signed: {signer.sign().size} events.")
        else:
            self._go_on(signer)

    def _start(self, signer: Signer) -> None:
        signer.start()
        turns.finish_rotation(signer)

    def _go_on(self, signer: Signer) -> None:
        """Sign what is due until told to stop. A trail that shrank, or a database that is away, is asked again."""
        stop, pace, is_started = threading.Event(), Pace(), False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            rest = LOOKS_EVERY_SECONDS
            try:
                if not is_started:
                    self._start(signer)
                    is_started = True
                if pace.is_due(signer.remembered, now=timezone.now()):
                    signer.sign()
            except Shrunk as refused:
                log.error("Nothing is signed: %s", refused.sentence)
                tell(refused)
                rest = REFUSED_REST_SECONDS
            except DatabaseError as error:
                log.warning("The database does not answer: %s", error)
                connection.close()
            stop.wait(rest)
