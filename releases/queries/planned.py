"""When pipelines make a release by themselves: their schedules, read from their triggers."""

from collections.abc import Collection

from releases.models import Trigger
from releases.queries import schedules
from releases.queries.schedules import Schedule
from releases.states import TriggerKind


def schedules_of(pipelines: Collection[int]) -> dict[int, list[Schedule]]:
    """The schedules by pipeline id, of each pipeline's newest revision. One query, none for no pipelines."""
    found: dict[int, list[Schedule]] = {}
    rows = Trigger.objects.filter(pipeline_id__in=pipelines, kind=TriggerKind.SCHEDULE).order_by("ordinal")
    for trigger in rows:
        if schedule := schedules.read(trigger.settings):
            found.setdefault(trigger.pipeline_id, []).append(schedule)
    return found
