"""Where one version of a model, a scaler or another artifact ran, from when until when. Asked by pages.

By name and version alone, so that it also finds what no registry knows. A page of rows costs the same however long the
history is; the sums are made of the spans of this one version.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from releases.models import Artifact, LiveSpan, ModelVersion, Release, Stage, User
from releases.models.commits import COMMIT_LETTERS, beginning_of, commit_of_artifact
from releases.queries import approvals_seen, keyset, spans
from releases.queries.access import visible_to
from releases.queries.approvals_seen import Seats, StageSeats
from releases.queries.keyset import Cursor
from releases.queries.proofs import proofs_of
from releases.queries.sentences import is_commit
from releases.states import ApprovalStatus, ArtifactRole

PAGE_SIZE = 50
ORDER = ("live_from", "id")
REGISTERED_SHOWN = 5
OFFERED = 60
NO_SEATS = StageSeats()


@dataclass(frozen=True)
class Sought:
    """One version of one thing, as somebody typed it or a link says it."""

    name: str
    version: str = ""

    def __str__(self) -> str:
        is_number = self.name and self.version.isdecimal()
        return f"{self.name} v{self.version}" if is_number else f"{self.name} {self.version}".strip()

    @property
    def is_commit(self) -> bool:
        """Whether it is code, which no registry of models knows."""
        return is_commit(self.version)


@dataclass(frozen=True)
class InStage:
    """All of one version's times in one stage: how many, first and last, how long in all, how many releases."""

    stage: Stage
    count: int
    releases: int
    first: datetime
    last: datetime | None
    lasted: timedelta

    @property
    def is_live(self) -> bool:
        """Whether it runs there now."""
        return self.last is None


@dataclass(frozen=True)
class Ran:
    """One time: the span, what took its place, who approved it, and the entry of the trail that proves it."""

    span: LiveSpan
    replaced_by: Release | None
    seats: Seats
    proof: int | None = None

    @property
    def approved_by(self) -> list[str]:
        """The people who approved the attempt that put it live."""
        return [str(one.approved_by or one.approver or "") for one in self.seats.approvals if _is_approved(one.status)]


@dataclass(frozen=True)
class Trace:
    """Everything the page shows of one version."""

    sought: Sought
    stages: list[InStage]
    rows: list[Ran]
    older: Cursor | None
    newer: Cursor | None
    registered: list[ModelVersion]
    carried_by: int

    @property
    def lasted(self) -> timedelta:
        """In all stages together."""
        return sum((stage.lasted for stage in self.stages), timedelta())

    @property
    def live_in(self) -> list[InStage]:
        """The stages that run it now."""
        return [stage for stage in self.stages if stage.is_live]

    @property
    def is_of_one_pipeline(self) -> bool:
        """Whether all of its stages are of one pipeline, which then need not be named with each."""
        return len({one.stage.pipeline_id for one in self.stages}) < 2

    @property
    def first(self) -> datetime | None:
        """When it went live anywhere for the first time."""
        return min((stage.first for stage in self.stages), default=None)

    @property
    def last(self) -> datetime | None:
        """When it stopped running anywhere; None while it runs."""
        return None if self.live_in else max((s.last for s in self.stages if s.last), default=None)


def read(text: str) -> Sought:
    """What somebody typed: `NAME v7`, `NAME 7`, `NAME:7`, a commit, or a name alone. The last word is the version."""
    words = text.strip()
    if is_commit(words):
        return Sought("", words)
    found = re.fullmatch(r"(?P<name>.*\S)[\s:@]+(?P<version>\S+)", words)
    if found is None:
        return Sought(words)
    version = found["version"]
    return Sought(found["name"], version[1:] if re.fullmatch(r"[vV]\d.*", version) else version)


def trace(
    user: User,
    sought: Sought,
    *,
    now: datetime,
    stages: Collection[int] | None = None,
    cursor: Cursor | None = None,
) -> Trace:
    """Where it ran, newest first, as far as the person may see it; `stages` narrows to these."""
    carriers = _carriers(user, sought)
    rows = visible_to(user, LiveSpan).filter(release_id__in=carriers)
    rows = rows if stages is None else rows.filter(stage_id__in=stages)
    page = keyset.page(rows.only("live_from"), order=ORDER, cursor=cursor, size=PAGE_SIZE)
    return Trace(
        sought=sought,
        stages=by_stage(rows, now=now),
        rows=ran(spans.whole(page.rows)),
        older=page.older,
        newer=page.newer,
        registered=registered(user, sought),
        carried_by=carriers.count(),
    )


def ran(rows: Sequence[LiveSpan]) -> list[Ran]:
    """These spans with what took their place, who approved them and their proofs. Five queries."""
    after, proofs = spans.after(rows), proofs_of(rows)
    seats = approvals_seen.of_stages([span.opened_by.release_stage_id for span in rows])
    return [Ran(span, after.get(span.pk), _seats(span, seats), proofs.get(span.pk)) for span in rows]


def by_stage(rows: QuerySet[LiveSpan], *, now: datetime) -> list[InStage]:
    """The sums of these spans by stage, those that run now first, then the newest. Two queries."""
    lasted = ExpressionWrapper(Coalesce("live_until", Value(now)) - F("live_from"), output_field=DurationField())
    sums = (
        rows.order_by()
        .values("stage")
        .annotate(
            count=Count("pk"),
            releases=Count("release", distinct=True),
            first=Min("live_from"),
            last=Max("live_until"),
            still=Count("pk", filter=Q(live_until__isnull=True)),
            lasted=Sum(lasted),
        )
    )
    told = list(sums)
    stages = Stage.objects.select_related("pipeline__project").in_bulk([one["stage"] for one in told])
    found = [_in_stage(stages[one["stage"]], one) for one in told]
    return sorted(found, key=lambda one: (one.last is not None, -(one.last or one.first).timestamp(), one.stage.pk))


def registered(user: User, sought: Sought) -> list[ModelVersion]:
    """The versions of this name and number in the registries the person sees."""
    rows = visible_to(user, ModelVersion).filter(name=sought.name, version=sought.version)
    return list(rows.select_related("workspace").order_by("workspace__name", "id")[:REGISTERED_SHOWN])


def versions_of(user: User, names: Collection[str]) -> list[ModelVersion]:
    """The newest registered versions of these names, for somebody who named none or one that never ran."""
    rows = visible_to(user, ModelVersion).filter(name__in=names).select_related("workspace")
    return list(rows.order_by(F("created_on").desc(nulls_last=True), "-id")[:OFFERED])


def offered(user: User) -> list[str]:
    """What may be typed: the newest versions of the registries the person sees."""
    rows = visible_to(user, ModelVersion).order_by("-created_on", "-id").values_list("name", "version")
    return [str(Sought(name, version)) for name, version in rows[:OFFERED]]


def live_now(user: User) -> list[Sought]:
    """Every model and scaler version that a stage runs now: where to begin. Two queries."""
    releases = list(visible_to(user, LiveSpan).filter(live_until__isnull=True).values_list("release_id", flat=True))
    rows = Artifact.objects.filter(release_id__in=releases, role__in=[ArtifactRole.MODEL, ArtifactRole.SCALER])
    named = rows.exclude(name="").order_by("role", "name", "version").values_list("role", "name", "version").distinct()
    return [Sought(name, version) for _, name, version in named[:OFFERED]]


def _carriers(user: User, sought: Sought) -> QuerySet[Artifact, Any]:
    """Ids of the releases that carry it, each once. Each part says one role, as the indexes want it."""
    mine = visible_to(user, Artifact)
    registered = mine.filter(name=sought.name, version=sought.version)
    parts = [registered.filter(role=role) for role in (ArtifactRole.MODEL, ArtifactRole.SCALER)]
    if is_commit(sought.version):
        commit = sought.version.lower()
        whole = Q(source_version__startswith=commit) | Q(source_version="", version_id__startswith=commit)
        begins = mine.alias(begins=beginning_of(commit_of_artifact()))
        named = begins.filter(whole, begins=commit[:COMMIT_LETTERS])
        named = named.filter(name=sought.name) if sought.name else named
        parts += [named.filter(role=role) for role in (ArtifactRole.CODE, ArtifactRole.BUILD)]
    first, *others = (part.order_by().values("release_id") for part in parts)
    return first.union(*others)


def _in_stage(stage: Stage, told: Mapping[str, Any]) -> InStage:
    last = None if told["still"] else told["last"]
    return InStage(stage, told["count"], told["releases"], told["first"], last, told["lasted"])


def _seats(span: LiveSpan, seats: Mapping[int, StageSeats]) -> Seats:
    return seats.get(span.opened_by.release_stage_id, NO_SEATS).before(span.opened_by.attempt)


def _is_approved(status: str) -> bool:
    return status == ApprovalStatus.APPROVED
