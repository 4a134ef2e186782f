"""What a person saw of a pipeline before they made a release of it, and what is different now. Reads rows only.

Carried, signed, by the form and the API (`releases.queries.snapshot`); delivery holds what Azure shows right before
sending against the same parts.
"""

from releases.models import Pipeline, PipelineRevision, Stage
from releases.queries import definition as definitions
from releases.queries.definition import Definition
from releases.queries.snapshot import Seen
from releases.queries.starting import starts

PARTS = ("pipeline", "revision", "sources", "stages")


def seen_of_pipeline(pipeline: Pipeline) -> Seen:
    """Its revision, its artifacts and how its stages start, as they stand now. Two queries."""
    definition = newest_definition(pipeline)
    rows = Stage.objects.filter(pipeline=pipeline, gone_at=None).order_by("rank", "pk")
    return {
        "pipeline": pipeline.azure_id,
        "revision": pipeline.revision,
        "sources": {one.alias: f"{one.type} {one.name}".strip() for one in definition.artifacts},
        "stages": {row.name: "; ".join(starts(row.conditions)) for row in rows},
    }


def newest_definition(pipeline: Pipeline) -> Definition:
    """What the newest revision that was read tells."""
    rows = PipelineRevision.objects.filter(pipeline=pipeline, revision__lte=pipeline.revision).order_by("-revision")
    return definitions.read(rows.values_list("document", flat=True).first())


def differences(before: Seen, after: Seen) -> list[str]:
    """What is different, in words; nothing when all is as it was seen."""
    told = [f"{name} {what}" for part in ("sources", "stages") for name, what in _of(part, before, after)]
    if any(before.get(part) != after.get(part) for part in PARTS):
        told.append(f"it is at revision {after.get('revision')} now, it was at {before.get('revision')}")
    return told


def _of(part: str, before: Seen, after: Seen) -> list[tuple[str, str]]:
    then, now = before.get(part) or {}, after.get(part) or {}
    noun = "artifact" if part == "sources" else "stage"
    found = []
    for name in sorted(then.keys() | now.keys()):
        if name not in then:
            found.append((name, f"is a new {noun}"))
        elif name not in now:
            found.append((name, f"is no {noun} of it any more"))
        elif then[name] != now[name]:
            found.append((name, f"is {now[name]} now" if part == "sources" else f"starts otherwise: {now[name]}"))
    return found
