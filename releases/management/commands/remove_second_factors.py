"""`manage.py remove_second_factors EMAIL`: for whoever lost phone and recovery codes and has no other administrator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from releases.actions.second_factors import remove_second_factors
from releases.audit import System, Via
from releases.models import User


class Command(BaseCommand):
    """Whoever can run this has the machine; the event says that the shell did it."""

    help = "Take the authenticator app and recovery codes of an account away."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, **options: Any) -> None:
        """Remove them."""
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"There is no account for {options['email']}.")
        remove_second_factors(user, by=System("shell"), via=Via.SHELL)
        self.stdout.write(f"{user.email} signs in with the password alone now.")
