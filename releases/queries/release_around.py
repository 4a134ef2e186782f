"""What lies around one release: the releases made before and after it, where and when it was live, and its drifts.

Six queries, each by index.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from releases.models import Drift, LiveSpan, Release
from releases.queries.keyset import Cursor, beyond
from releases.queries.proofs import proofs_of

SPANS_SHOWN = 50
ORDER = ("created_on", "id")


@dataclass(frozen=True)
class Around:
    """The neighbours of a release in its pipeline, the times it was live, newest first, and the drifts within them."""

    older: Release | None
    newer: Release | None
    spans: list[LiveSpan]
    drifts: list[Drift]
    proofs: Mapping[int, int] = field(default_factory=dict)

    @property
    def lived(self) -> list[tuple[LiveSpan, int | None]]:
        """Each time with the number of the entry of the trail that proves it, if there is one yet."""
        return [(span, self.proofs.get(span.pk)) for span in self.spans]

    @property
    def is_cut(self) -> bool:
        """Whether it was live more often than is shown."""
        return len(self.spans) >= SPANS_SHOWN


def around(release: Release) -> Around:
    """Around a release that its reader may see: everything here is of the same pipeline."""
    same = Release.objects.filter(pipeline=release.pipeline_id).select_related("project")
    here = (release.created_on, release.pk)
    older = same.filter(beyond(Cursor(here), ORDER)).order_by("-created_on", "-id")
    newer = same.filter(beyond(Cursor(here, is_back=True), ORDER)).order_by("created_on", "id")
    spans = _spans(release)
    return Around(older.first(), newer.first(), spans, _drifts(spans), proofs_of(spans))


def _spans(release: Release) -> list[LiveSpan]:
    rows = LiveSpan.objects.filter(release=release).select_related("stage", "release", "opened_by")
    return list(rows.order_by("-live_from", "-id")[:SPANS_SHOWN])


def _drifts(spans: list[LiveSpan]) -> list[Drift]:
    rows = Drift.objects.filter(span__in=spans).select_related("stage", "endpoint")
    return list(rows.order_by("-drift_from", "-id")[:SPANS_SHOWN])
