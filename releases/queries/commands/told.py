"""Commands as a list and one by one, for the API."""

from django.db.models import Prefetch, Q, QuerySet

from releases.models import Command, CommandMove, User
from releases.queries.commands.seen import rows_seen
from releases.queries.narrowing import Given, Rules, narrowed
from releases.states import FINAL_COMMAND_STATES, CommandState

FINAL = sorted(FINAL_COMMAND_STATES)


def _unless(is_so: bool, rule: Q) -> Q:
    return rule if is_so else ~rule


FILTERS: Rules = {
    "project": "project__slug",
    "pipeline": "pipeline_id",
    "release": "release_id",
    "kind": "kind",
    "state": "state",
    "is_open": lambda is_so: _unless(is_so, ~Q(state__in=FINAL)),
    "needs_attention": lambda is_so: _unless(is_so, Q(state=CommandState.NEEDS_ATTENTION)),
    "asked_by": lambda who: Q(asked_by__name__iexact=who) | Q(asked_by__email__iexact=who),
    "created_after": "asked_at__gte",
    "created_before": "asked_at__lt",
}


def told(user: User, given: Given) -> QuerySet[Command]:
    """The commands this person may see that match."""
    return narrowed(rows_seen(user), given, rules=FILTERS)


def told_whole(user: User) -> QuerySet[Command]:
    """The same, each with its moves, the first first."""
    moves = CommandMove.objects.select_related("by").order_by("number")
    return rows_seen(user).prefetch_related(Prefetch("history", moves))
