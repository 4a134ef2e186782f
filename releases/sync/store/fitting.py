"""Cuts mapped releases to what their columns hold. Called by the store, now and ahead of it; pure."""

from collections.abc import Sequence

from releases.sync.mapping import Mapped
from releases.sync.mapping.tables import APPROVAL, ARTIFACT, DEPLOYMENT, RELEASE, STAGE, STEP


def fit(mapped: Sequence[Mapped]) -> None:
    """Cut what is too long for its column. Raises ValueError for a number no column holds."""
    stages = [stage for release in mapped for stage in (release.stages or {}).values()]
    attempts = [attempt for stage in stages for attempt in stage.attempts.values()]
    RELEASE.fit([release.row for release in mapped])
    STAGE.fit([stage.row for stage in stages])
    ARTIFACT.fit([row for release in mapped for row in (release.artifacts or {}).values()])
    DEPLOYMENT.fit([attempt.row for attempt in attempts])
    STEP.fit([row for attempt in attempts for row in attempt.steps.values()])
    APPROVAL.fit([row for stage in stages for row in stage.approvals.values()])
