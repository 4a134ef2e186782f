"""The transaction of a verb, in which nobody's standing changes. Every action opens it before it checks who may.

A role that is taken away, or an account that is closed, at the same moment either comes first and counts, or waits.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from releases.audit import Actor
from releases.models import Membership, User
from releases.states import Role


@contextmanager
def acting(by: Actor, *others: User, and_administrators: bool = False) -> Iterator[None]:
    """A write transaction that holds the rows of the actor and of `others`; who of them is active is read anew.

    `and_administrators`: those of all administrators too, where one of them may be taken away. All rows are locked at
    once in one order, so that two who act on each other do not wait for each other for ever.
    """
    with transaction.atomic():
        involved = [one for one in (by, *others) if isinstance(one, User)]
        people = {one.pk for one in involved}
        if and_administrators:
            everywhere = Membership.objects.filter(role=Role.ADMINISTRATOR, project__isnull=True)
            people |= set(everywhere.values_list("user_id", flat=True))
        rows = User.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True)
        is_active = dict(rows.values_list("pk", "is_active")) if people else {}
        for one in involved:
            one.is_active = is_active.get(one.pk, False)
        yield
