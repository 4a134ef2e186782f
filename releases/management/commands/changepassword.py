"""`manage.py changepassword EMAIL`: in place of Django's own command, which would leave no event in the trail."""

import os
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from releases.actions.users import change_password
from releases.audit import System, Via
from releases.errors import ReleasesError
from releases.models import User


class Command(BaseCommand):
    """Whoever can run this has the machine; the event says that the shell replaced the password."""

    help = "Replace the password of an account; its sessions end."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and where the password is."""
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--password-variable", metavar="NAME", help="variable that holds the password")

    def handle(self, **options: Any) -> None:
        """Replace it, or say in a sentence why not."""
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"There is no account for {options['email']}.")
        try:
            change_password(user, _password(options["password_variable"]), by=System("shell"), via=Via.SHELL)
        except ReleasesError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(f"The password of {user.email} is replaced; its sessions end.")


def _password(variable: str | None) -> str:
    if variable is not None:
        return os.environ.get(variable, "")
    password = getpass("New password: ")
    if getpass("New password, again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
