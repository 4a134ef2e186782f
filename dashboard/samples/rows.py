"""Unsaved rows that the samples are made of."""

from datetime import UTC, datetime, timedelta

from releases.models import (
    Approval,
    Artifact,
    Deployment,
    Identity,
    LiveSpan,
    Organization,
    Pipeline,
    Project,
    Release,
    ReleaseStage,
    Stage,
    Step,
)
from releases.queries.approvals_seen import Seats
from releases.queries.artifacts import Version
from releases.states import ApprovalStatus, ArtifactRole, TriggerKind

LONG = "Vessel draught forecast for inland waterways and locks, version 2"
MONDAY = datetime(2026, 3, 2, 9, 31, tzinfo=UTC)
LATER = MONDAY + timedelta(minutes=8, seconds=21)
ADA = Identity(name="Ada Nyman")
PORT = Project(name="Port", slug="port", organization=Organization(name="harbour"))
PIPELINE = Pipeline(pk=1, azure_id=1, name="Port Weather ML Pipeline", project=PORT)


def stage(name: str, *, headline: bool = False) -> Stage:
    """A stage of the pipeline."""
    return Stage(pk=len(name), name=name, pipeline=PIPELINE, headline=headline)


def release(name: str = "Release-41", *, kind: TriggerKind = TriggerKind.MODEL) -> Release:
    """A release of the pipeline."""
    number = int(name[-2:]) if name[-2:].isdigit() else 7
    return Release(
        pk=number,
        azure_id=number,
        name=name,
        project=PORT,
        pipeline=PIPELINE,
        trigger_kind=kind,
        created_on=MONDAY,
        created_for=ADA,
    )


def release_stage(name: str = "PROD", *, of: Release | None = None) -> ReleaseStage:
    """A stage of a release."""
    return ReleaseStage(name=name, release=of or release(), stage=stage(name))


def attempt(number: int, *, row: ReleaseStage | None = None, is_over: bool = True) -> Deployment:
    """An attempt that began on Monday."""
    end = LATER if is_over else None
    return Deployment(
        pk=number, attempt=number, started_on=MONDAY, finished_on=end, queued_on=MONDAY, release_stage=row
    )


def step(name: str, *, message: str = "") -> Step:
    """A step of an attempt."""
    issues = [{"message": message}] if message else []
    return Step(name=name, started_on=MONDAY, finished_on=LATER, agent="Hosted Agent", issues=issues)


def seats(*statuses: ApprovalStatus) -> Seats:
    """Approvals before a deployment."""
    return Seats(
        tuple(
            Approval(status=one, approver=ADA, type="preDeploy", attempt=1, created_on=MONDAY, modified_on=LATER)
            for one in statuses
        )
    )


def live(name: str = "Release-39") -> LiveSpan:
    """What a stage runs."""
    return LiveSpan(release=release(name), live_from=MONDAY, release_id=release(name).pk)


def versions(before: str = "v7") -> tuple[Version, ...]:
    """A model that may have changed and a scaler that has not."""
    model = Artifact(alias="support-vector-classifier", role=ArtifactRole.MODEL)
    return Version(model, "v8", before), Version(Artifact(alias="scaler", role=ArtifactRole.SCALER), "v3")
