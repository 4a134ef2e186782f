"""`manage.py revoke_api_key KEY`: ends a key; the key itself or the part of it that lists show will do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from releases.actions.api_keys import KEY_BEGINS_WITH, revoke_api_key
from releases.audit import System, Via
from releases.models import ApiKey


class Command(BaseCommand):
    """For the moment a key has leaked."""

    help = "End an API key now."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which key."""
        parser.add_argument("key", metavar="KEY", help="the key, or the twelve characters that name it")

    def handle(self, **options: Any) -> None:
        """Revoke it, or say that there is none."""
        prefix = options["key"].removeprefix(f"{KEY_BEGINS_WITH}_").partition("_")[0]
        key = ApiKey.objects.select_related("user").filter(prefix=prefix).first()
        if key is None:
            raise CommandError(f"There is no key {prefix}.")
        revoke_api_key(key, by=System("shell"), via=Via.SHELL)
        self.stdout.write(f"Revoked: {key.name} ({key.prefix}) of {key.user.email}.")
