"""What the list of releases can be narrowed by, and what each filter means. Used by `finding`, exports and the API.

Every filter is found by an index: one of the release's own, one of its artifacts, or a set that is small by nature.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from releases.models import (
    Approval,
    Artifact,
    Commit,
    Identity,
    LiveSpan,
    Pipeline,
    Release,
    ReleaseCommit,
    ReleaseStage,
)
from releases.models.commits import COMMIT_LETTERS, beginning_of, commit_of_artifact
from releases.queries.texts import containing
from releases.states import ApprovalStatus, ArtifactRole, StageStatus

FLAGS = {
    "failed": "has_failed",
    "partly_succeeded": "has_partly_succeeded",
    "canceled": "has_canceled",
    "succeeded": "has_succeeded",
}
"""States that a release notes itself, for any of its stages."""
ON_ITS_WAY = {
    "running": (StageStatus.IN_PROGRESS,),
    "queued": (StageStatus.QUEUED, StageStatus.SCHEDULED),
}
STATES = ("live", "waiting", *ON_ITS_WAY, *FLAGS)
MOST_PEOPLE = 20
"""So many people may share a name, or a part of it."""


Wanted = tuple[ArtifactRole, str, str]
"""A model or scaler: its role, name and version; an empty one stands for any."""


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty fields narrow nothing.

    `model` and `scaler` are names, `version` and `scaler_version` one of their versions. `since` is inclusive, `until`
    is not.
    """

    pipeline: Pipeline | None = None
    trigger: str = ""
    model: str = ""
    version: str = ""
    scaler: str = ""
    scaler_version: str = ""
    state: str = ""
    commit: str = ""
    person: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed."""
        texts = (self.trigger, self.model, self.scaler, self.state, self.commit, self.person, self.text)
        return bool(self.pipeline or any(texts) or self.since or self.until)

    @property
    def finds_few(self) -> bool:
        """Whether one of the filters leaves a handful of releases, whatever the history."""
        return bool(self.commit) or self.state in {"live", "waiting", *ON_ITS_WAY}


def narrowed(releases: QuerySet[Release], *, filters: Filters) -> QuerySet[Release]:
    """The releases that match every filter, for exports and the API; the list itself is found by `finding`."""
    releases = beside_artifacts(releases, filters)
    for role, name, version in registered(filters):
        releases = releases.filter(pk__in=artifacts_of(role, name, version).values("release_id"))
    if filters.text:
        releases = releases.filter(pk__in=containing(filters.text).values("release"))
    return releases.filter(**between(filters, "created_on"))


def beside_artifacts(releases: QuerySet[Release], filters: Filters) -> QuerySet[Release]:
    """Narrowed by all that is not told by artifacts, by words or by when it was created."""
    if filters.pipeline:
        releases = releases.filter(pipeline=filters.pipeline)
    if filters.trigger and filters.pipeline:  # as an expression, so that the index of the pipeline is taken
        releases = releases.alias(kind=Coalesce("trigger_kind", Value(""))).filter(kind=filters.trigger)
    elif filters.trigger:
        releases = releases.filter(trigger_kind=filters.trigger)
    if filters.commit:
        releases = releases.filter(pk__in=releases_of_commit(filters.commit))
    if filters.person:
        releases = _made_for(releases, filters.person)
    return _in_state(releases, filters.state) if filters.state else releases


def registered(filters: Filters) -> list[Wanted]:
    """The model and the scaler that are asked for."""
    given: list[Wanted] = [
        (ArtifactRole.MODEL, filters.model, filters.version),
        (ArtifactRole.SCALER, filters.scaler, filters.scaler_version),
    ]
    return [one for one in given if one[1] or one[2]]


def artifacts_of(role: ArtifactRole, name: str, version: str = "") -> QuerySet[Artifact]:
    """The artifacts that are this model or scaler, in any release; of any name or version where none is given."""
    given = {"role": role, "name": name, "version": version}
    return Artifact.objects.filter(**{column: word for column, word in given.items() if word})


def between(filters: Filters, column: str) -> dict[str, datetime]:
    """The look-ups that keep this column within the filters' times."""
    given = {f"{column}__gte": filters.since, f"{column}__lt": filters.until}
    return {name: moment for name, moment in given.items() if moment is not None}


def releases_of_commit(beginning: str) -> list[int]:
    """Ids of the releases that carry a commit whose name begins so, or brought it. Too short a beginning finds none."""
    beginning = beginning.lower()
    if len(beginning) < COMMIT_LETTERS:
        return []
    commit, begins = commit_of_artifact(), {"begins": beginning[:COMMIT_LETTERS], "commit__startswith": beginning}
    named = Artifact.objects.alias(begins=beginning_of(commit), commit=commit).filter(**begins)
    carry = [named.filter(role=role).values_list("release_id") for role in (ArtifactRole.CODE, ArtifactRole.BUILD)]
    known = Commit.objects.alias(begins=beginning_of(F("sha"))).filter(begins=beginning[:COMMIT_LETTERS])
    brought = ReleaseCommit.objects.filter(commit__in=known.filter(sha__startswith=beginning))
    return [pk for (pk,) in carry[0].union(carry[1], brought.values_list("release_id"))]


def _made_for(releases: QuerySet[Release], person: str) -> QuerySet[Release]:
    """Those the list shows this person at: for whom it was made, else by whom."""
    people = people_called(person)
    named = releases.alias(person=Coalesce("created_for", "created_by"))
    return named.filter(person=people[0]) if len(people) == 1 else named.filter(person__in=people)


def people_called(person: str) -> list[int]:
    """Ids of those with this name, address or unique name; where there are none, of those who have it in their name."""
    known = Identity.objects.filter(source=Identity.Source.AZURE_DEVOPS)
    exact = Q(name__iexact=person) | Q(email__iexact=person) | Q(key=person)
    part = Q(name__icontains=person) | Q(email__icontains=person)
    found = known.filter(exact | part).annotate(is_exact=exact).order_by("-is_exact", "name", "id")
    rows = list(found.values_list("id", "is_exact")[:MOST_PEOPLE])
    return [pk for pk, is_exact in rows if is_exact or not rows[0][1]]


def _in_state(releases: QuerySet[Release], state: str) -> QuerySet[Release]:
    if state in FLAGS:
        return releases.filter(**{FLAGS[state]: True})
    if state == "live":
        return releases.filter(pk__in=LiveSpan.objects.filter(live_until__isnull=True).values("release_id"))
    if state == "waiting":
        pending = Approval.objects.filter(status=ApprovalStatus.PENDING, is_automated=False)
        return releases.filter(gone_at=None, pk__in=pending.values("release_stage__release_id"))
    stages = ReleaseStage.objects.filter(release=OuterRef("pk"), status__in=ON_ITS_WAY[state])
    return releases.filter(Exists(stages), pk__in=Release.objects.filter(is_unfinished=True).values("pk"))
