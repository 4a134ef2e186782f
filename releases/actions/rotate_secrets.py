"""Kept secrets encrypted anew with the newest key. Called by `manage.py rotate_secrets`."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from releases import audit
from releases.actions.second_factors import row_name
from releases.audit import System, Via
from releases.secrets import decrypt, encrypt, is_current


def rotate_secrets(*, by: System, via: Via | None = None) -> int:
    """How many were encrypted anew; none leaves no event. Raises Unreadable, and changes none, where a key is missing.

    Only who holds the machine may: the keys are in its environment.
    """
    with transaction.atomic():
        count = 0
        for row in Authenticator.objects.filter(type=Authenticator.Type.TOTP).order_by("pk").select_for_update():
            if not is_current(row.data["secret"]):
                row.data["secret"] = encrypt(decrypt(row.data["secret"], row=row_name(row)), row=row_name(row))
                row.save(update_fields=["data"])
                count += 1
        if count:
            audit.append("secrets.rotated", by=by, via=via, more={"figures": {"seeds": count}})
    return count
