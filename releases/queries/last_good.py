"""Which release a stage could be rolled back to, and why the nearer ones were passed over. Reads rows only.

Asked by the roll-back dialog, by the action (which takes no other release) and by the API. A verdict on a past
deployment has no rows yet; the flag "do not promote" is what a person can say of a release.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch

from releases.models import Drift, LiveSpan, ReleaseFlag, ReleaseStage, Stage
from releases.policies.commands import UNDER_WAY
from releases.states import ReleaseStatus

LOOKED_BACK = 40
"""So many of the newest times are looked at: who must go further back knows which release it is to be."""


@dataclass(frozen=True)
class Candidate:
    """One release that ran in the stage, its newest time there, and why it cannot be gone back to (none: it can)."""

    row: ReleaseStage
    span: LiveSpan
    lasted: timedelta
    passed_over: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether it can be gone back to."""
        return not self.passed_over


@dataclass(frozen=True)
class LastGood:
    """What a roll-back of a stage can choose from, newest first. `now`: what the stage runs; `least`: how long is
    long enough."""

    now: LiveSpan | None
    candidates: list[Candidate]
    least: timedelta

    @property
    def good(self) -> list[Candidate]:
        """Those that can be gone back to."""
        return [one for one in self.candidates if one.is_good]

    @property
    def proposed(self) -> Candidate | None:
        """The newest of them."""
        return next(iter(self.good), None)

    @property
    def nearer(self) -> list[Candidate]:
        """Those that ran later than the proposed one, or all where there is none."""
        found = self.proposed
        return self.candidates[: self.candidates.index(found)] if found else self.candidates

    def of(self, release_azure_id: int) -> Candidate | None:
        """The one of this release that can be gone back to."""
        return next((one for one in self.good if one.row.release.azure_id == release_azure_id), None)


def last_good(stage: Stage, *, now: datetime) -> LastGood:
    """The releases that ran in this stage and do not now, newest first, each once. Four queries."""
    least = timedelta(minutes=settings.SLIPWAY_GOOD_AFTER_MINUTES)
    spans = _spans(stage)
    current = next((span for span in spans if span.live_until is None), None)
    seen = {current.release_id} if current else set()
    found = []
    for span in spans:
        if span.release_id in seen:
            continue
        seen.add(span.release_id)
        lasted = (span.live_until or now) - span.live_from
        why = tuple(_why_not(span, current, lasted=lasted, least=least))
        found.append(Candidate(span.opened_by.release_stage, span, lasted, why))
    return LastGood(current, found, least)


def _spans(stage: Stage) -> list[LiveSpan]:
    flags = ReleaseFlag.objects.filter(lifted_at=None).select_related("set_by")
    rows = LiveSpan.objects.filter(stage=stage).annotate(has_drifted=Exists(Drift.objects.filter(span=OuterRef("pk"))))
    rows = rows.select_related("release", "opened_by__release_stage__release__project")
    rows = rows.prefetch_related(Prefetch("release__flags", flags, to_attr="open_flags"))
    return list(rows.order_by("-live_from", "-id")[:LOOKED_BACK])


def _why_not(span: LiveSpan, current: LiveSpan | None, *, lasted: timedelta, least: timedelta) -> Iterator[str]:
    """What speaks against it, the reason that weighs most first."""
    release, row = span.release, span.opened_by.release_stage
    for flag in getattr(release, "open_flags", []):
        yield f"flagged “do not promote” by {flag.set_by.name}: {flag.reason}"
    if release.gone_at is not None:
        yield "deleted in Azure DevOps"
    elif release.status != ReleaseStatus.ACTIVE:
        yield f"{release.status or 'not active'} in Azure DevOps"
    if row.status in UNDER_WAY:
        yield "on its way to the stage again already"
    if span.is_partial:
        yield "succeeded only partly"
    if span.uncertain_since is not None:
        yield "a failed attempt left open what it ran"
    if getattr(span, "has_drifted", False):
        yield "its endpoint served something else meanwhile"
    if lasted < least:
        yield f"ran for {_words(lasted)} only, less than {_words(least)}"
    if current and span.versions_hash and span.versions_hash == current.versions_hash:
        yield "carries the versions that run now"


def _words(length: timedelta) -> str:
    """`40 min`, `2 h`."""
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes and minutes % 60 == 0 else f"{minutes} min"
