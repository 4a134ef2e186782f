"""`manage.py create_user EMAIL`: makes an account; the password is asked for, or read from a variable that is named."""

import os
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from releases.actions.users import create_user, grant_role
from releases.audit import System, Via
from releases.errors import ReleasesError
from releases.models import Project
from releases.states import Role

SHELL = System("shell")


class Command(BaseCommand):
    """Whoever can run this has the machine; the event says that the shell made the account."""

    help = "Make an account, with roles in every project or in one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and what they may do."""
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", required=True, help="as others see it")
        parser.add_argument("--role", action="append", choices=[role.value for role in Role], help="again for more")
        parser.add_argument("--project", metavar="SLUG", help="the roles hold in this project only")
        parser.add_argument("--password-variable", metavar="NAME", help="variable that holds the password")

    def handle(self, **options: Any) -> None:
        """Make the account and its roles, together or not at all."""
        project = self._project(options["project"])
        password = self._password(options["password_variable"])
        try:
            with transaction.atomic():
                user = create_user(options["email"], name=options["name"], password=password, by=SHELL, via=Via.SHELL)
                for role in options["role"] or []:
                    grant_role(user, role=Role(role), project=project, by=SHELL, via=Via.SHELL)
        except ReleasesError as error:
            raise CommandError(error.sentence) from error
        roles = ", ".join(options["role"] or ["no role yet"])
        self.stdout.write(f"{user.email} can sign in: {roles}, {project.name if project else 'every project'}.")

    def _project(self, slug: str | None) -> Project | None:
        if slug is None:
            return None
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"There is no project {slug}.")
        return project

    def _password(self, variable: str | None) -> str:
        if variable is None:
            return getpass("Password: ")
        password = os.environ.get(variable)
        if not password:
            raise CommandError(f"The variable {variable} holds no password.")
        return password
