"""What stages run and ran: the live spans. Cost grows with the number of stages, never with history."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from releases.models import LiveSpan, Release, Stage

WITH_PLACE = ("release__project", "stage__pipeline", "opened_by")


def covering(moment: datetime | OuterRef) -> Q:
    """The spans that a moment falls into: start inclusive, end exclusive. At most one of each stage."""
    return Q(live_from__lte=moment) & (Q(live_until__isnull=True) | Q(live_until__gt=moment))


def open_by_stage(stages: Collection[int]) -> dict[int, LiveSpan]:
    """What each of these stages runs now, by stage id, with the release. A stage that runs nothing is left out."""
    rows = LiveSpan.objects.filter(stage_id__in=stages, live_until__isnull=True).select_related("release__project")
    return {span.stage_id: span for span in rows}


def by_stage_at(stages: Collection[int], moment: datetime) -> dict[int, LiveSpan]:
    """What each of these stages ran at a moment, by stage id: one indexed look-up for each.

    Spans of a stage do not overlap, so the last to begin is the only one that can reach the moment. Whether it does is
    asked afterwards: in the look-up PostgreSQL takes that for rare, and reads every span of the stage to find it.
    """
    lasting = Q(live_until__isnull=True) | Q(live_until__gt=F("live_from"))
    begun = LiveSpan.objects.filter(lasting, stage=OuterRef("pk"), live_from__lte=moment).order_by("-live_from")
    last = Stage.objects.filter(pk__in=stages).annotate(last=Subquery(begun.values("pk")[:1]))
    ids = [pk for pk in last.values_list("last", flat=True) if pk]
    rows = LiveSpan.objects.filter(covering(moment), pk__in=ids).select_related("release__project")
    return {span.stage_id: span for span in rows}


def reaching(stage: int, start: datetime) -> QuerySet[LiveSpan]:
    """What a stage ran at a moment and from it on. Spans of a stage do not overlap, so no older one is read."""
    then = LiveSpan.objects.filter(stage=stage, live_from__lte=start).order_by("-live_from").values("live_from")[:1]
    first = Coalesce(Subquery(then), Value(start, output_field=DateTimeField()))
    rows = LiveSpan.objects.filter(stage=stage, live_from__gte=first)
    return rows.filter(Q(live_until__isnull=True) | Q(live_until__gt=start))


def after(spans: Iterable[LiveSpan]) -> dict[int, Release]:
    """The release that took the place of each span's, by span id; what goes on is left out. Two queries."""
    ended = {span.pk: span for span in spans if span.live_until}
    following = LiveSpan.objects.filter(
        covering(OuterRef("live_until")), stage=OuterRef("stage"), live_from=OuterRef("live_until")
    )
    rows = LiveSpan.objects.filter(pk__in=ended).annotate(follower=Subquery(following.values("release")[:1]))
    followers = dict(rows.exclude(follower=None).values_list("pk", "follower"))
    releases = Release.objects.select_related("project").in_bulk(set(followers.values()))
    return {span: releases[release] for span, release in followers.items()}


def whole(rows: Iterable[LiveSpan]) -> list[LiveSpan]:
    """The same spans in the same order with release, stage and attempt. One query.

    A page is found in narrow rows and then read whole: whatever carried much is sorted without what stands beside it.
    """
    ids = [span.pk for span in rows]
    found = LiveSpan.objects.select_related(*WITH_PLACE).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def live_stages(releases: Collection[int]) -> set[tuple[int, int]]:
    """(release id, stage id) of every stage that runs one of these releases now."""
    rows = LiveSpan.objects.filter(release_id__in=releases, live_until__isnull=True)
    return set(rows.values_list("release_id", "stage_id"))
