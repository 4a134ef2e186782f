"""Unsaved rows and values that show each component in its states. Used by the gallery alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dashboard.facets import Facet, Option
from dashboard.forms import AccountForm
from releases.models import Approval, Artifact, LiveSpan, Project, Release, ReleaseStage, Stage
from releases.queries.approvals_seen import Seats
from releases.queries.artifacts import Version
from releases.queries.behind import Gap
from releases.queries.lanes import Joint, Lane
from releases.queries.lineage import Link
from releases.queries.releases import StageCell
from releases.queries.served import Served
from releases.queries.serving import LEGACY, ServedNow, Truth
from releases.queries.statuses import Word
from releases.states import ApprovalStatus, ArtifactRole

LONG = "Vessel draught forecast for inland waterways and locks, version 2"
SERVED = (Served("blue", "eta-gbm", "11", 100),)
MONDAY = datetime(2026, 3, 2, 9, 31, tzinfo=UTC)


def lanes() -> list[tuple[Joint | None, Lane]]:
    """Four stages: live, running, failed with another release live, nothing deployed; a joint of each common kind."""
    healthy = Lane(_stage("DEV TEST"), Word.SUCCEEDED, _release("Release-41"), MONDAY, True, _versions(""), "Ada")
    healthy = replace(healthy, served=ServedNow(1, Truth.AS_DEPLOYED, "dev serves v8, as deployed.", MONDAY))
    asked = Seats(tuple(Approval(status=s) for s in (ApprovalStatus.APPROVED, ApprovalStatus.PENDING)))
    running = Lane(_stage("STAGING"), Word.RUNNING, _release("Release-41"), MONDAY, versions=_versions("v7"))
    live = LiveSpan(release=_release("Release-39"), live_from=MONDAY)
    failed = Lane(_stage("UAT"), Word.FAILED, _release("Release-40"), MONDAY, versions=_versions("v7"), live=live)
    return [
        (None, healthy),
        (Joint(Word.SUCCEEDED, "auto"), running),
        (Joint(Word.WAITING, "waits", asked), failed),
        (Joint(Word.FAILED, "blocked", stages=("UAT",)), Lane(_stage(LONG), Word.NOT_STARTED)),
    ]


def truths() -> list[tuple[Joint | None, Lane]]:
    """What an endpoint serves against what was deployed, in every state; how far a stage is behind."""
    gap = Gap(_stage("DEV TEST"), 3, timedelta(days=12))
    told = [
        ServedNow(1, Truth.DRIFT, "eta-prod serves v11. Release-39 deployed v12.", MONDAY, served=SERVED),
        ServedNow(2, Truth.UNKNOWN, f"prod-aks is a legacy AKS cluster. {LEGACY}"),
        ServedNow(3, Truth.IDLE, "Nothing has traffic on eta-canary."),
    ]
    found: list[tuple[Joint | None, Lane]] = []
    for name, one in zip(("PROD", "ABROAD", "CANARY"), told, strict=True):
        live = Lane(_stage(name), Word.SUCCEEDED, _release("Release-39"), MONDAY, True, _versions(""), served=one)
        found.append((Joint(Word.SUCCEEDED, "auto") if found else None, replace(live, gap=gap)))
    return found


def cells() -> list[StageCell]:
    """A strip of three stages."""
    rows = [("DEV TEST", Word.SUCCEEDED, True), ("STAGING", Word.FAILED, False), ("PROD", Word.NOT_STARTED, False)]
    return [StageCell(row=ReleaseStage(name=name), word=word, is_live=live) for name, word, live in rows]


def links() -> list[Link]:
    """A lineage with a link missing."""
    return [
        Link("model version", text="Registered in mlops_ws", at=MONDAY),
        Link("training run", text="port-weather-train-118", url="https://ml.azure.com/runs/port-weather-train-118"),
        Link("commit", text="e04d5aa", detail="main"),
        Link("data", missing="The run recorded no input data."),
    ]


def facets() -> list[Facet]:
    """A filter that is set and one that is not."""
    options = [Option("Manual", "?trigger=manual"), Option(LONG, "?trigger=push")]
    return [
        Facet("pipeline", "Pipeline", "Port Weather ML Pipeline", "?", []),
        Facet("trigger", "Trigger", "", "?", options, field="Name"),
    ]


def form() -> AccountForm:
    """A form with a field that is right and one that is wrong."""
    return AccountForm({"name": "", "time_zone": "Europe/Helsinki"})


def _stage(name: str) -> Stage:
    return Stage(name=name)


def _release(name: str) -> Release:
    return Release(pk=int(name[-2:]), azure_id=1, name=name, project=Project(name="Port", slug="port"))


def _versions(before: str) -> tuple[Version, ...]:
    model = Artifact(alias="support-vector-classifier", role=ArtifactRole.MODEL)
    return Version(model, "v8", before), Version(Artifact(alias="scaler", role=ArtifactRole.SCALER), "v3")
