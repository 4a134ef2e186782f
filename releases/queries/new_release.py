"""The page of a new release: what may be chosen of each artifact, beside what is live, and what starts by itself.

Reads rows only: the offers come from an answered inquiry. Seven queries, whatever is on offer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from releases.models import Artifact, LiveSpan, ModelVersion, Pipeline, Project, Release, Stage
from releases.queries import fitting
from releases.queries.artifacts import ORDER
from releases.queries.asked import asked
from releases.queries.conditions import needed_stages, starts_with_release
from releases.queries.lineage import FROM_REGISTRY
from releases.queries.metric_words import figure_words, label_of, unit_of
from releases.queries.offers import OfferedVersion, Offers, Source
from releases.queries.pipeline_snapshot import newest_definition
from releases.queries.sentences import branch_name, version_words
from releases.queries.starting import starts
from releases.states import ArtifactRole

SEARCHED_FROM = 8
"""A list of so many versions has a field to search it."""

BESIDE = 6
"""So many tags and figures stand beside a version."""

Decide = Callable[[str, str, str], ArtifactRole]
"""From an artifact's type, alias and name to its role."""


@dataclass(frozen=True)
class Choice:
    """One version in the list of an artifact."""

    id: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Line:
    """One artifact: its list, what was chosen, what the headline stage runs of it, and how far the two are apart.

    `model`: the chosen version in the registry; `typed`: what somebody typed where Azure could not tell; `wanted`: what
    was chosen before Azure was asked again.
    """

    source: Source
    role: ArtifactRole
    choices: Sequence[Choice]
    searched: str = ""
    chosen: OfferedVersion | None = None
    typed: str = ""
    wanted: str = ""
    model: ModelVersion | None = None
    live: Artifact | None = None
    steps: str = ""

    @property
    def name(self) -> str:
        """What the team calls it."""
        return self.source.name or self.source.alias

    @property
    def has_usual_alias(self) -> bool:
        """Whether its alias is what Azure DevOps proposes for its name, so that there is nothing to say about it."""
        return self.source.alias.removeprefix("_") == self.name

    @property
    def now(self) -> str:
        """The version this release would have, in words; empty where none is chosen."""
        return _words(self.source, self.role, self.chosen) if self.chosen else self.typed

    @property
    def before(self) -> str:
        """The version that is live, in words."""
        return version_words(self.live) if self.live else ""

    @property
    def is_same(self) -> bool:
        """Whether the headline stage runs this very version."""
        wanted = self.chosen.id if self.chosen else self.typed
        return bool(self.live and wanted and self.live.version_id == wanted)

    @property
    def has_search(self) -> bool:
        """Whether its list is long enough to be searched."""
        return len(self.source.versions) >= SEARCHED_FROM

    @property
    def tags(self) -> list[str]:
        """`validated=true`, `accuracy 0.9561`: what the registry says of the chosen version (decision 10)."""
        if self.model is None:
            return []
        tags = [f"{name}={value}" for name, value in self.model.tags.items() if not name.startswith("metric.")]
        figures = [
            f"{label_of(name)} {figure_words(float(value), unit_of(name))}"
            for name, value in self.model.metrics.items()
            if isinstance(value, int | float)
        ]
        return [*tags, *figures][:BESIDE]

    @property
    def said(self) -> str:
        """Of a commit or a build: the first line of its message."""
        return self.chosen.message if self.chosen and self.role not in FROM_REGISTRY else ""


@dataclass(frozen=True)
class StageChoice:
    """One stage: how it starts, whom Azure asks before, and whether it may be kept from starting."""

    stage: Stage
    starts: str
    asks: str
    is_automatic: bool
    is_kept: bool


@dataclass(frozen=True)
class NewRelease:
    """Everything the page shows."""

    pipeline: Pipeline
    offers: Offers
    lines: Sequence[Line]
    stages: Sequence[StageChoice]
    headline: Stage | None
    live: Release | None
    misfits: Sequence[fitting.Misfit]

    @property
    def hopeless(self) -> list[Line]:
        """The artifacts that have no version at all, so that no release can be made."""
        return [] if self.offers.is_open else [one for one in self.lines if not one.source.can_be_chosen]

    @property
    def changed(self) -> list[Line]:
        """What would change in the headline stage."""
        return [one for one in self.lines if one.now and not one.is_same]


def new_release(
    pipeline: Pipeline,
    offers: Offers,
    *,
    versions: Mapping[str, str],
    searched: Mapping[str, str],
    kept: Sequence[str],
    decide: Decide,
) -> NewRelease:
    """What to show. `versions` are ids by alias as chosen so far, `searched` what was typed to find some.

    `kept` are the names of the stages that shall not start by themselves.
    """
    stages = list(Stage.objects.filter(pipeline=pipeline, gone_at=None).order_by("rank", "pk"))
    headline = next((stage for stage in stages if stage.headline), None)
    span = LiveSpan.objects.filter(stage=headline, live_until=None).select_related("release").first()
    live = {row.alias: row for row in Artifact.objects.filter(release=span.release_id)} if span else {}
    known = _registered(pipeline.project, offers.sources)
    lines = [
        _line(
            source,
            role=decide(source.type, source.alias, source.name),
            wanted=versions.get(source.alias),
            searched=searched.get(source.alias, ""),
            known=known,
            live=live.get(source.alias),
        )
        for source in offers.sources
    ]
    lines.sort(key=lambda one: (ORDER.index(one.role), one.source.alias))
    return NewRelease(
        pipeline=pipeline,
        offers=offers,
        lines=lines,
        stages=_stages(pipeline, stages, kept),
        headline=headline,
        live=span.release if span else None,
        misfits=fitting.misfits([(one.role, one.model) for one in lines if one.model], known=list(known.values())),
    )


def _line(
    source: Source,
    *,
    role: ArtifactRole,
    wanted: str | None,
    searched: str,
    known: Mapping[tuple[str, str], ModelVersion],
    live: Artifact | None,
) -> Line:
    """Without a choice yet it is filled in as Azure would; an artifact that must be chosen stays empty."""
    if wanted is None:
        wanted = "" if source.must_be_chosen else source.default or (source.versions[0].id if source.versions else "")
    chosen = source.version(wanted)
    choices = [
        Choice(one.id, _label(source, role, one, known), one is chosen)
        for one in source.versions
        if one is chosen or _is_found(source, role, one, searched)
    ]
    return Line(
        source=source,
        role=role,
        choices=choices,
        searched=searched,
        chosen=chosen,
        typed="" if chosen or not source.error else wanted,
        wanted=wanted,
        model=known.get((source.name, _registry_version(source, chosen))) if chosen else None,
        live=live,
        steps=_steps(source, role, chosen, live),
    )


def _registered(project: Project, sources: Sequence[Source]) -> dict[tuple[str, str], ModelVersion]:
    """The registry's rows of what is on offer, by name and version."""
    names = {source.name for source in sources if source.name}
    numbers = {_registry_version(source, one) for source in sources for one in source.versions}
    rows = ModelVersion.objects.filter(workspace__projects=project, name__in=names, version__in=numbers)
    return {(row.name, row.version): row for row in rows.select_related("training_run", "workspace")}


def _registry_version(source: Source, version: OfferedVersion) -> str:
    """Registries of models write "NAME:3" where others write "3"."""
    return (version.name or version.id).removeprefix(f"{source.name}:")


def _words(source: Source, role: ArtifactRole, version: OfferedVersion) -> str:
    return version_words(
        Artifact(
            alias=source.alias,
            role=role,
            version=_registry_version(source, version),
            version_id=version.id,
            version_name=version.name,
            source_version=version.commit,
        )
    )


def _label(
    source: Source, role: ArtifactRole, version: OfferedVersion, known: Mapping[tuple[str, str], ModelVersion]
) -> str:
    """`v8, registered 14 Nov 2026`, `e04d5aa, main`, in the reader's zone."""
    words, row = _words(source, role, version), known.get((source.name, _registry_version(source, version)))
    if role in FROM_REGISTRY and row and row.created_on:
        at = timezone.localtime(row.created_on)
        day = "today" if at.date() == timezone.localdate() else f"{at.day} {at:%b %Y}"
        return f"{words}, {'fitted' if role == ArtifactRole.SCALER else 'registered'} {day}"
    branch = branch_name(version.branch) if role not in FROM_REGISTRY else ""
    return ", ".join(part for part in (words, branch) if part)


def _is_found(source: Source, role: ArtifactRole, version: OfferedVersion, searched: str) -> bool:
    wanted = searched.strip().casefold()
    texts = (version.id, version.name, version.branch, version.commit, version.message, _words(source, role, version))
    return not wanted or any(wanted in text.casefold() for text in texts)


def _steps(source: Source, role: ArtifactRole, chosen: OfferedVersion | None, live: Artifact | None) -> str:
    """`3 commits newer`: how far the chosen one is from the live one in the list, where it holds both."""
    ids = [one.id for one in source.versions]
    if chosen is None or live is None or live.version_id not in ids or chosen.id == live.version_id:
        return ""
    apart = ids.index(live.version_id) - ids.index(chosen.id)
    noun = {ArtifactRole.CODE: "commit", ArtifactRole.BUILD: "build"}.get(role, "version")
    return f"{abs(apart)} {noun}{'' if abs(apart) == 1 else 's'} {'newer' if apart > 0 else 'older'}"


def _stages(pipeline: Pipeline, stages: Sequence[Stage], kept: Sequence[str]) -> list[StageChoice]:
    definition, organization = newest_definition(pipeline), pipeline.project.organization
    found = []
    for stage in stages:
        sides = asked(definition, stage.definition_environment_id, organization)
        before = next((one for one in sides if one.side == "before deployment"), None)
        is_automatic = starts_with_release(stage.conditions) or bool(needed_stages(stage.conditions))
        words = "; ".join(starts(stage.conditions))
        asks = f"asks {before.names} first" if before else ""
        found.append(StageChoice(stage, words, asks, is_automatic, stage.name in kept))
    return found
