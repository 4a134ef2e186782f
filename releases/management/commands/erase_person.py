"""`manage.py erase_person WHO`: deletes the personal values that the trail keeps of one person; the events stay."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from releases.actions.erase_person import erase_person, lift_hold, place_hold
from releases.audit import System, Via
from releases.errors import ReleasesError
from releases.models import User

SHELL = System("shell")


class Command(BaseCommand):
    """Whoever can run this has the machine; the event says that the shell did it."""

    help = "Erase the personal values of one person from the audit trail, or hold them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and why."""
        parser.add_argument("who", metavar="WHO", help="e-mail address, or the name that the trail has for the person")
        parser.add_argument("--legal-basis", default="", help='such as "Art. 17 (1) (a) GDPR"; no personal data')
        parser.add_argument("--hold", metavar="REASON", help="forbid erasing this person")
        parser.add_argument("--lift-hold", action="store_true", help="allow it again")

    def handle(self, **options: Any) -> None:
        """Do it and say what was done."""
        ref = User.objects.filter(email=options["who"].lower()).values_list("subject", flat=True).first()
        ref = ref or options["who"]
        try:
            if options["hold"] is not None:
                place_hold(ref, reason=options["hold"], by=SHELL, via=Via.SHELL)
                self.stdout.write(f"{ref}: nothing is erased until the hold is lifted.")
            elif options["lift_hold"]:
                lift_hold(ref, by=SHELL, via=Via.SHELL)
                self.stdout.write(f"{ref}: the hold is lifted.")
            else:
                erased = erase_person(ref, legal_basis=options["legal_basis"], by=SHELL, via=Via.SHELL)
                self.stdout.write(f"{ref}: {erased} values erased.")
        except ReleasesError as error:
            raise CommandError(error.sentence) from error
