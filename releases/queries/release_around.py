"""What lies around one release: the releases made before and after it, where and when it was live, and its drifts.

Four queries, each by index.
"""

from dataclasses import dataclass

from django.db.models import Q

from releases.models import Drift, LiveSpan, Release

SPANS_SHOWN = 50


@dataclass(frozen=True)
class Around:
    """The neighbours of a release in its pipeline, the times it was live, newest first, and the drifts within them."""

    older: Release | None
    newer: Release | None
    spans: list[LiveSpan]
    drifts: list[Drift]

    @property
    def is_cut(self) -> bool:
        """Whether it was live more often than is shown."""
        return len(self.spans) >= SPANS_SHOWN


def around(release: Release) -> Around:
    """Around a release that its reader may see: everything here is of the same pipeline."""
    same = Release.objects.filter(pipeline=release.pipeline_id).select_related("project")
    at, pk = release.created_on, release.pk
    older = same.filter(Q(created_on__lt=at) | Q(created_on=at, pk__lt=pk)).order_by("-created_on", "-id")
    newer = same.filter(Q(created_on__gt=at) | Q(created_on=at, pk__gt=pk)).order_by("created_on", "id")
    spans = _spans(release)
    return Around(older.first(), newer.first(), spans, _drifts(spans))


def _spans(release: Release) -> list[LiveSpan]:
    rows = LiveSpan.objects.filter(release=release).select_related("stage", "opened_by")
    return list(rows.order_by("-live_from", "-id")[:SPANS_SHOWN])


def _drifts(spans: list[LiveSpan]) -> list[Drift]:
    rows = Drift.objects.filter(span__in=spans).select_related("stage", "endpoint")
    return list(rows.order_by("-drift_from", "-id")[:SPANS_SHOWN])
