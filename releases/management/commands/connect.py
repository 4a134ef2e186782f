"""`manage.py connect`: tries a connection, shows one result per need, and saves what can at least read releases."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from releases.actions.connect import Wish, ask, save
from releases.audit import System, Via
from releases.errors import ReleasesError
from releases.models import Inquiry
from releases.sync import inquiries

SHELL = System("shell")
MARKS = {"ok": "yes", "missing": "NO", "failed": "NO", "not_asked": "-"}


class Command(BaseCommand):
    """Exit code 0: saved. 1: not saved, the last line says why."""

    help = "Connect a project of Azure DevOps, and the Azure ML workspace its models come from."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to connect, and how to sign in."""
        parser.add_argument("--organization-url", required=True, metavar="URL")
        parser.add_argument("--project", required=True, metavar="NAME")
        parser.add_argument(
            "--credential", default="pat", metavar="pat[:VARIABLE]|entra", help="never the token itself"
        )
        parser.add_argument("--subscription", default="", metavar="ID")
        parser.add_argument("--resource-group", default="", metavar="NAME")
        parser.add_argument("--workspace", default="", metavar="NAME")
        parser.add_argument("--resource-manager-url", default="", metavar="URL", help="of another cloud")
        parser.add_argument("--ca-file", default="", metavar="FILE", help="authority of a server of your own")

    def handle(self, **options: Any) -> None:
        """Ask, show, save."""
        try:
            # Answered here and now; a worker that was nudged meanwhile finds it taken.
            inquiry = inquiries.answer(ask(_wish(options), by=SHELL))
            inquiry = inquiries.wait_for(inquiry)
            self._show(inquiry)
            project = save(inquiry, by=SHELL, via=Via.SHELL)
        except ReleasesError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(f"Connected {project.organization.name}/{project.name}. It is followed as {project.slug!r}.")

    def _show(self, inquiry: Inquiry) -> None:
        found = inquiry.answer
        if found.get("identity_name"):
            self.stdout.write(f"Signed in as {found['identity_name']}.")
        for one in found.get("needs", []):
            self.stdout.write(f"  {one['need']:<18} {MARKS[one['state']]:<4} {one['sentence']}")
        if found.get("projects"):
            self.stdout.write(f"Projects this identity may see: {', '.join(found['projects'])}.")


def _wish(options: dict[str, Any]) -> Wish:
    kind, _, variable = options["credential"].partition(":")
    return Wish(
        organization_url=options["organization_url"],
        project=options["project"],
        credential_kind=kind,
        credential_variable=variable,
        ca_file=options["ca_file"],
        subscription_id=options["subscription"],
        resource_group=options["resource_group"],
        workspace=options["workspace"],
        resource_manager_url=options["resource_manager_url"],
    )
