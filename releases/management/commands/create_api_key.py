"""`manage.py create_api_key USER`: makes a key for a program and prints it, this once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from releases.actions.api_keys import LONGEST_DAYS, create_api_key
from releases.audit import System, Via
from releases.errors import ReleasesError
from releases.models import User
from releases.policies.scopes import READ, SCOPES


class Command(BaseCommand):
    """Whoever can run this has the machine; the event says that the shell made the key."""

    help = "Make an API key for a person and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        """The owner, and what the key is for."""
        parser.add_argument("user", metavar="USER", help="e-mail address of the person the key acts for")
        parser.add_argument("--name", default="command line", help="which program will use it")
        parser.add_argument("--scope", action="append", choices=list(SCOPES), help=f"again for more; default {READ}")
        parser.add_argument("--expires-days", type=int, default=90, help=f"1 to {LONGEST_DAYS}; default 90")

    def handle(self, **options: Any) -> None:
        """Make the key, print the secret to standard output and everything else to standard error."""
        owner = User.objects.filter(email__iexact=options["user"]).first()
        if owner is None:
            raise CommandError(f"There is no account for {options['user']}.")
        scopes = options["scope"] or [READ]
        try:
            new = create_api_key(
                owner,
                name=options["name"],
                scopes=scopes,
                expires_days=options["expires_days"],
                by=System("shell"),
                via=Via.SHELL,
            )
        except ReleasesError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(new.secret)
        self.stderr.write(
            f"For {owner.email}, {', '.join(new.key.scopes)}, until {new.key.expires_at:%Y-%m-%d %H:%M} UTC. "
            "It is shown this once: send it as `Authorization: Bearer KEY`."
        )
