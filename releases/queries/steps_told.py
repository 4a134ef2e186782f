"""Where an attempt is or where it failed: one step of it, counted. Asked by the overview, for attempts it tells of."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from releases.models import Step
from releases.queries.statuses import Word, step_word


@dataclass(frozen=True)
class StepTold:
    """The step an attempt runs or failed at, its place among all of them."""

    name: str
    number: int
    total: int


def steps_told(attempts: Collection[int]) -> dict[int, StepTold]:
    """By attempt: the first step that failed, else the one that runs; nothing where neither is known. One query."""
    found: dict[int, list[Step]] = defaultdict(list)
    for step in Step.objects.filter(deployment_id__in=attempts).order_by("rank", "phase_id", "task_id"):
        found[step.deployment_id].append(step)
    told = {attempt: _told(steps) for attempt, steps in found.items()}
    return {attempt: step for attempt, step in told.items() if step}


def _told(steps: list[Step]) -> StepTold | None:
    words = [step_word(step.status) for step in steps]
    wanted = next((word for word in (Word.FAILED, Word.RUNNING) if word in words), None)
    if wanted is None:
        return None
    at = words.index(wanted)
    return StepTold(name=steps[at].name, number=at + 1, total=len(steps))
