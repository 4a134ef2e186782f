"""What is done and what comes next while the history is read for the first time. Used by the overview's view; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from releases.queries.overview import Overview
from releases.queries.sources import Source
from releases.states import ArtifactRole


@dataclass(frozen=True)
class FirstStep:
    """One step: what it is, how far it got, and the page where it goes on."""

    title: str
    sentence: str
    is_done: bool = False
    address: str = ""
    label: str = ""


def first_steps(seen: Overview, *, projects: Sequence[Source], workspaces: Sequence[Source]) -> list[FirstStep]:
    """The steps in order; each names a page that exists."""
    return [_connected(projects, workspaces), _live(seen, projects), _history(projects), _roles(seen), _places(seen)]


def _connected(projects: Sequence[Source], workspaces: Sequence[Source]) -> FirstStep:
    title, names = "Connect Azure DevOps and Azure ML", ", ".join(one.name for one in [*projects, *workspaces])
    if workspaces:
        return FirstStep(title, f"{names}.", is_done=True)
    missing = "Azure ML is not connected: where models come from and what endpoints serve stays unknown."
    return FirstStep(title, f"{names}. {missing}", address="connect", label="Connect")


def _live(seen: Overview, projects: Sequence[Source]) -> FirstStep:
    is_done = all(one.backfill is None or one.backfill.read_back_to for one in projects)
    live = sum(lane.live is not None for row in seen.rows for _, lane in row.lanes)
    told = f"{_counted(live, 'stage')} run{'s' if live == 1 else ''} a release."
    return FirstStep("Read what is live now", told if is_done else "The newest deployments are read first.", is_done)


def _history(projects: Sequence[Source]) -> FirstStep:
    reading = [one.backfill for one in projects if one.backfill]
    read, expected = sum(one.read for one in reading), sum(one.expected for one in reading)
    told = f"{read:,} of about {expected:,} releases." if expected else "It begins when it is known what is live."
    return FirstStep("Read the whole history", told, not reading, "sync", "See the sync")


def _roles(seen: Overview) -> FirstStep:
    versions = [one for row in seen.rows for _, lane in row.lanes for one in lane.versions]
    carried = {(one.name, one.artifact.alias): one.role for one in versions}
    other = sum(role == ArtifactRole.OTHER for role in carried.values())
    if not carried:
        return FirstStep("Know which artifact is what", "Seen as soon as a release is live.")
    told = f"{len(carried) - other} of {_counted(len(carried), 'artifact')} recognised as model, scaler, code or build."
    return FirstStep("Know which artifact is what", told, not other, "artifact_rules", f"Look at {other}")


def _places(seen: Overview) -> FirstStep:
    live = [lane for row in seen.rows for _, lane in row.lanes if lane.live]
    known = sum(lane.is_seen for lane in live)
    title, told = (
        "Know where each stage is served",
        f"{known} of {_counted(len(live), 'live stage')} bound to an endpoint.",
    )
    if not live:
        return FirstStep(title, "Seen as soon as a release is live.")
    return FirstStep(title, told, known == len(live), "clusters", "See clusters")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
