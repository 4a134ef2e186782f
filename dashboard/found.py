"""Where each hit of a search leads, and how its kind is called and looks. Used by the view of the search."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from releases.models import ModelVersion, Release
from releases.queries.search import Found, Hit, Kind


@dataclass(frozen=True)
class Look:
    """How a kind is called, many of it, and its icon."""

    name: str
    names: str
    icon: str


LOOKS = {
    Kind.RELEASE: Look("release", "Releases", "rocket"),
    Kind.MODEL_VERSION: Look("model version", "Model versions", "box"),
    Kind.PIPELINE: Look("pipeline", "Pipelines", "send"),
    Kind.COMMIT: Look("commit", "Commits", "git-commit-horizontal"),
    Kind.PERSON: Look("person", "People", "user"),
    Kind.TRAINING_RUN: Look("training run", "Training runs", "flask-conical"),
    Kind.WORK_ITEM: Look("work item", "Work items", "bookmark"),
}


@dataclass(frozen=True)
class Line:
    """A hit with its address; empty where nothing tells of it yet. `number` counts through all groups."""

    hit: Hit
    url: str
    number: int


@dataclass(frozen=True)
class Section:
    """A group as pages show it; `more` leads to all releases of the text."""

    look: Look
    lines: list[Line]
    has_more: bool
    more: str = ""


def sections(found: Found) -> list[Section]:
    """The groups with their addresses."""
    made: list[Section] = []
    for group in found.groups:
        first = sum(len(section.lines) for section in made)
        lines = [Line(hit, url_of(hit), first + place) for place, hit in enumerate(group.hits, 1)]
        more = _list(text=found.text) if group.kind == Kind.RELEASE else ""
        made.append(Section(LOOKS[group.kind], lines, group.has_more, more))
    return made


def url_of(hit: Hit) -> str:
    """The page of a hit, or the releases it is about, or the newest of them."""
    if make := ADDRESSES.get(hit.kind):
        return make(hit)
    return _release(hit.release) if hit.release else ""


def news(found: Found) -> str:
    """What is read out when the hits change."""
    if not found.text:
        return ""
    best = found.best
    more = "More than " if found.has_more else ""
    return f"{more}{found.count} found, first {LOOKS[best.kind].name} {best.title}" if best else "Nothing found"


def _release(release: Release) -> str:
    return reverse("release", args=[release.project.slug, release.azure_id])


def _list(**filters: str) -> str:
    return f"{reverse('releases')}?{urlencode(filters)}"


def _person(hit: Hit) -> str:
    """The releases of this person, where there are some."""
    return _list(person=hit.row.email or hit.row.name or hit.row.key) if hit.release else ""


def _version(row: ModelVersion) -> str:
    return reverse("model_version", args=[row.workspace_id, row.name, row.version])


ADDRESSES: Mapping[Kind, Callable[[Hit], str]] = {
    Kind.COMMIT: lambda hit: _list(commit=hit.row.sha),
    Kind.PERSON: _person,
    Kind.MODEL_VERSION: lambda hit: reverse(
        "model_version", args=[hit.row.workspace_id, hit.row.name, hit.row.version]
    ),
    Kind.PIPELINE: lambda hit: reverse("pipeline", args=[hit.row.project.slug, hit.row.azure_id]),
    Kind.TRAINING_RUN: lambda hit: reverse("training_run", args=[hit.row.workspace_id, hit.row.name]),
}
