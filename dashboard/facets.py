"""The filters of the releases list as links: what is set, what can be set, the URL of each. Used by its view."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import Http404, QueryDict

from releases.models import ModelVersion, Pipeline, User
from releases.queries.access import visible_to
from releases.queries.filters import STATES, Filters
from releases.queries.pipelines import PipelineNow
from releases.queries.sentences import NAMES
from releases.states import TriggerKind

STATE_NAMES = {
    "live": "Live now",
    "waiting": "Waiting for approval",
    "running": "Running",
    "failed": "A stage failed or was rejected",
}
PAGING = ("before", "after")
VERSIONS_OFFERED = 40


@dataclass(frozen=True)
class Option:
    """One value a filter can take, with the URL that sets it."""

    label: str
    url: str


@dataclass(frozen=True)
class Facet:
    """One filter: its value in words and the URL that clears it, or its options. `field`: values may be typed too."""

    name: str
    label: str
    value: str
    clear: str
    options: Sequence[Option]
    field: str = ""
    kept: Sequence[tuple[str, str]] = ()


def filters_of(user: User, query: QueryDict) -> Filters:
    """The filters in the URL. Raises Http404 for a pipeline that does not exist for this person."""
    pipeline = None
    if number := query.get("pipeline", ""):
        rows = visible_to(user, Pipeline).select_related("project")
        pipeline = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 18 else None
        if pipeline is None:
            raise Http404("There is no such pipeline here.")
    name, _, version = query.get("model", "").replace("\0", "\ufffd").rpartition(":")  # PostgreSQL knows no NUL
    return Filters(
        pipeline=pipeline,
        trigger=_known(query.get("trigger", ""), TriggerKind),
        model=name or version,
        version=version if name else "",
        state=_known(query.get("state", ""), STATES),
    )


def facets_of(user: User, query: QueryDict, filters: Filters, *, pipelines: Sequence[PipelineNow]) -> list[Facet]:
    """Every filter with its options. One query: the model versions on offer."""
    offered = [(str(one.pipeline.pk), one.pipeline.name) for one in pipelines]
    model = f"{filters.model} v{filters.version}" if filters.version else filters.model
    return [
        _facet(query, "pipeline", "Pipeline", filters.pipeline.name if filters.pipeline else "", offered),
        _facet(query, "state", "Stage status", STATE_NAMES.get(filters.state, ""), STATE_NAMES.items()),
        _facet(query, "trigger", "Trigger", _trigger_name(filters.trigger), [(k.value, NAMES[k]) for k in TriggerKind]),
        _facet(query, "model", "Model version", model, [] if model else _versions(user), field="Name, or name:version"),
    ]


def _versions(user: User) -> list[tuple[str, str]]:
    rows = visible_to(user, ModelVersion).order_by("-created_on", "-id").values_list("name", "version")
    return [(f"{name}:{version}", f"{name} v{version}") for name, version in rows[:VERSIONS_OFFERED]]


def _trigger_name(kind: str) -> str:
    return NAMES[TriggerKind(kind)] if kind else ""


def _facet(
    query: QueryDict, name: str, label: str, value: str, offered: Iterable[tuple[str, str]], *, field: str = ""
) -> Facet:
    kept = [(key, str(one)) for key, one in query.items() if key not in (name, *PAGING) and one]
    options = [Option(words, _url(kept, name, one)) for one, words in offered]
    return Facet(name=name, label=label, value=value, clear=_url(kept), options=options, field=field, kept=kept)


def _url(kept: Iterable[tuple[str, str]], name: str = "", value: str = "") -> str:
    query = QueryDict(mutable=True)
    for key, one in kept:
        query[key] = one
    if name:
        query[name] = value
    return f"?{query.urlencode()}" if query else "?"


def _known(word: str, words: Iterable[str]) -> str:
    return word if word in list(words) else ""
