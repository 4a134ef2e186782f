"""`manage.py rotate_secrets`: encrypts every kept secret with the first key of SLIPWAY_SECRET_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from releases.actions.rotate_secrets import rotate_secrets
from releases.audit import System, Via
from releases.secrets import Unreadable


class Command(BaseCommand):
    """Put a new key first, run this, then take the old key away."""

    help = "Encrypt kept secrets anew with the first key."

    def handle(self, **_: Any) -> None:
        """Do it, or say in a sentence which key is missing."""
        try:
            count = rotate_secrets(by=System("shell"), via=Via.SHELL)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Encrypted anew: {count}. Older keys are needed no more.")
