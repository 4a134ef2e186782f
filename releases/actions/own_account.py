"""What people decide about their own account. Called by its page.

The name is how the trail and colleagues call them, so a new one is an event; zone and shortcuts are preferences.
"""

from releases import audit
from releases.actions.acting import acting
from releases.errors import Denied
from releases.models import User


def change_account(user: User, *, name: str, time_zone: str, has_shortcuts: bool, by: User) -> None:
    """Store it. Leaves an event only for another name. Raises Denied for anybody else's account."""
    with acting(by):
        if by != user or not by.is_active:
            raise Denied("People change their own account only.")
        before = User.objects.values_list("name", flat=True).get(pk=user.pk)
        User.objects.filter(pk=user.pk).update(name=name, time_zone=time_zone, has_shortcuts=has_shortcuts)
        if name != before:
            private = {"name_before": before, "name_after": name}
            audit.append("user.renamed", by=by, object=("user", user.subject), private=private)
