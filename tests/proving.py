"""Says in a browser's session that somebody proved who they are. Used where the age of a sign-in counts."""

from typing import Any

from django.test import Client

from releases.models import User


def prove(client: Client, person: User, *, at: float, **record: Any) -> None:
    """The session says that the person proved who they are at this moment: as sign-in does."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": at, **record}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
