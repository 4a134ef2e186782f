"""What a person saw of a release's stage before they acted on it, and what is different now.

A page or the API hands out `token(seen_of(...))`; it comes back with the act. Delivery holds what Azure shows right
before sending against the same parts (decision 16). Reads rows only.
"""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from django.core import signing
from django.db.models import Max

from releases.errors import Invalid
from releases.models import Artifact, Deployment, LiveSpan, Release, ReleaseStage

SALT = "slipway.snapshot"
Seen = dict[str, Any]
"""Parts by name, JSON only, without anything secret."""

_WORDS = {
    "status": "the release is {after} now, it was {before}",
    "stage_status": "the stage is {after} now, it was {before}",
    "attempt": "attempt {after} was made meanwhile",
    "revision": "the pipeline is at revision {after} now, it was at {before}",
    "live": "the stage runs {after} now, it ran {before}",
    "name": "the release is called {after} now",
    "variables": "its variables changed",
}


def seen_of(release_stage: ReleaseStage) -> Seen:
    """The stage of a release as it stands now: what an act on it depends on. Four queries."""
    release = release_stage.release
    span = LiveSpan.objects.filter(stage=release_stage.stage_id, live_until=None).select_related("release").first()
    attempt = Deployment.objects.filter(release_stage=release_stage).aggregate(newest=Max("attempt"))["newest"]
    whole = seen_of_release(release)
    return whole | _of_stage(release_stage, attempt or 0, span.release.name if span else None)


def seen_by_stage(whole: Seen, stages: Iterable[ReleaseStage]) -> dict[int, Seen]:
    """`seen_of` for each of these stages of the release of which `whole` was seen, by their ids. Two queries."""
    rows = list(stages)
    spans = LiveSpan.objects.filter(stage__in=[row.stage_id for row in rows], live_until=None)
    live = dict(spans.values_list("stage_id", "release__name"))
    newest = Deployment.objects.filter(release_stage__in=rows).order_by().values_list("release_stage_id")
    attempts = dict(newest.annotate(newest=Max("attempt")))
    return {row.pk: whole | _of_stage(row, attempts.get(row.pk, 0), live.get(row.stage_id)) for row in rows}


def _of_stage(row: ReleaseStage, attempt: int, live: str | None) -> Seen:
    return {
        "stage": row.azure_id,
        "stage_status": row.status,
        "attempt": attempt,
        "stage_variables": sha256_of(row.variables),
        "live": live or "nothing",
    }


def seen_of_release(release: Release) -> Seen:
    """The release alone as it stands now. One query."""
    columns = ("alias", "type", "source_id", "version_id", "version_name", "source_version")
    artifacts = Artifact.objects.filter(release=release).order_by("alias").values_list(*columns)
    return {
        "release": release.azure_id,
        "name": release.name,
        "status": release.status,
        "revision": release.definition_revision,
        "snapshot_revision": release.definition_snapshot_revision,
        "artifacts": [list(row) for row in artifacts],
        "variables": sha256_of(release.variables),
    }


def sha256_of(part: object) -> str:
    """The SHA-256, in hex, of a part as canonical JSON."""
    return sha256(json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def token(seen: Seen) -> str:
    """What a form carries: the parts, signed, so that a change can be told and nobody can make one up."""
    return signing.dumps(seen, salt=SALT, compress=True)


def read(text: str) -> Seen:
    """The parts of a token. Raises Invalid for one that is none of ours."""
    try:
        seen = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        seen = None
    if not isinstance(seen, dict):
        raise Invalid(
            "What you saw before is missing or was changed on the way. Open the dialog again.", code="no_seen"
        )
    return seen


def differences(before: Seen, after: Seen) -> list[str]:
    """What is different, in words, the artifacts one by one; nothing when all is as it was seen."""
    told = [*_artifacts(before.get("artifacts", []), after.get("artifacts", []))]
    for part in sorted((before.keys() | after.keys()) - {"artifacts"}):
        old, new = before.get(part), after.get(part)
        if old != new:
            words = _WORDS.get(part, "its {part} changed")
            told.append(words.format(before=old, after=new, part=part.replace("_", " ")))
    return told


def _artifacts(before: list[list[str]], after: list[list[str]]) -> Iterator[str]:
    then, now = {row[0]: row[1:] for row in before}, {row[0]: row[1:] for row in after}
    for alias in sorted(then.keys() | now.keys()):
        if then.get(alias) != now.get(alias):
            yield f"{alias} is {_version(now.get(alias))} now, it was {_version(then.get(alias))}"


def _version(row: list[str] | None) -> str:
    """The version of one artifact, as people read it: its name, or its id, or its commit."""
    return (
        "not there" if row is None else next((text for text in (row[3], row[2], row[4]) if text), "without a version")
    )
