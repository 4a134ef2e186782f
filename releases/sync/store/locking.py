"""One worker at a time for what is computed of a stage: its spans and its drifts. Inside transactions only."""

from collections.abc import Iterable

from django.db import connection

from releases.models import Stage


def lock_stages(stages: Iterable[int]) -> None:
    """Hold these stages until the transaction ends; the next worker then sees what this one wrote.

    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        locked = Stage.objects.filter(id__in=list(stages)).order_by("id").select_for_update(no_key=True)
        list(locked.values_list("id"))
