"""When a stage's endpoint served something else than the release that was live there had deployed. Pure.

`sync.store.drifts` writes the result. How it is judged (docs/live-truth.md):
* only what has traffic counts, and any share of it that goes to a version the release did not deploy is drift;
* a difference counts only from when a look saw it, or could have: the time between two looks proves nothing;
* while an attempt runs on the stage its traffic may move: a difference that begins then counts from the attempt's end,
  if it is still there; one that stood before goes on;
* what cannot be seen (unreadable, gone, no traffic, no model named) is not drift, and ends one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from releases.queries.served import Fit, ModelName, fit_of, served_of, version_of
from releases.states import LIVE_STATUSES, DeploymentStatus, ServingState

NOBODY = "Azure, nobody asked here"
MOVES_TRAFFIC = frozenset({*LIVE_STATUSES, DeploymentStatus.FAILED, DeploymentStatus.IN_PROGRESS})
"""The statuses of attempts that may have moved a stage's traffic while they ran."""


class Piece(NamedTuple):
    """What the endpoint served from `since` until `until` (None: now). `last_seen`: the last look that saw it.

    What was served between `last_seen` and `until` is known only if `is_dated`: Azure itself dated the next change.
    """

    since: datetime
    until: datetime | None
    last_seen: datetime
    state: str
    served: list[dict[str, Any]]
    is_dated: bool = False


class Life(NamedTuple):
    """One span of the stage: the release, what it deployed, and which attempt ended it."""

    span: int
    release: str
    live_from: datetime
    live_until: datetime | None
    deployed: tuple[ModelName, ...]
    ended_by: str = ""


class Attempt(NamedTuple):
    """One attempt to deploy to the stage that did something; `ended` None: it still runs."""

    began: datetime
    ended: datetime | None
    release: str
    who: str


@dataclass(frozen=True)
class Interval:
    """One drift."""

    span: int
    drift_from: datetime
    drift_until: datetime | None
    served: list[dict[str, Any]]
    deployed: list[dict[str, str]]
    ended_by: str


def drifts_of(life: Life, pieces: Sequence[Piece], attempts: Sequence[Attempt]) -> list[Interval]:
    """The drifts within one span, oldest first. `pieces` in their order, one after the other."""
    found: list[Interval] = []
    for at, piece in enumerate(pieces):
        start, end = max(piece.since, life.live_from), _earlier(piece.until, life.live_until)
        if not _differs(piece, life) or _is_over(start, end):
            continue
        goes_on = bool(found) and found[-1].drift_until == start and _same_models(found[-1].served, piece.served)
        begins = start if goes_on else _after_attempts(start, attempts)
        if begins is None or _is_over(begins, end) or (piece.last_seen < begins and not goes_on):
            continue
        why = _ended_by(life, piece, pieces[at + 1] if at + 1 < len(pieces) else None, end, attempts)
        if goes_on:
            last = found.pop()
            found.append(Interval(life.span, last.drift_from, end, last.served, last.deployed, why))
        else:
            found.append(Interval(life.span, begins, end, piece.served, _deployed(life), why))
    return found


def _differs(piece: Piece, life: Life) -> bool:
    return piece.state == ServingState.SERVING and fit_of(served_of(piece.served), life.deployed) is Fit.OTHER


def _after_attempts(start: datetime, attempts: Iterable[Attempt]) -> datetime | None:
    """When what began at `start` may be judged: after all attempts that then ran; None while one still runs."""
    for attempt in sorted(attempts, key=lambda one: one.began):
        if attempt.began <= start and attempt.ended is None:
            return None
        if attempt.began <= start and attempt.ended and start < attempt.ended:
            start = attempt.ended
    return start


def _ended_by(
    life: Life, piece: Piece, following: Piece | None, end: datetime | None, attempts: Iterable[Attempt]
) -> str:
    """What made it end, as far as that is known; empty while it goes on."""
    if end is None:
        return ""
    if end == life.live_until or following is None:
        return life.ended_by
    if following.state != ServingState.SERVING:
        return _UNSEEN[ServingState(following.state)]
    if attempt := _asked(piece, end, attempts):
        word = "Redeploy" if attempt.release == life.release else "Deployment"
        return f"{word} of {attempt.release}" + (f" by {attempt.who}" if attempt.who else "")
    if _differs(following, life):
        versions = ", ".join(version_of(one.version) for one in served_of(following.served))
        return f"It went on to serve {versions}"
    return NOBODY


_UNSEEN = {
    ServingState.IDLE: "Its traffic was taken away",
    ServingState.UNREADABLE: "The endpoint could not be read any more",
    ServingState.GONE: "The endpoint was removed",
}


def _asked(piece: Piece, end: datetime, attempts: Iterable[Attempt]) -> Attempt | None:
    """The attempt that ran when it ended, or between the two looks where nobody knows when that was."""
    earliest = end if piece.is_dated else piece.last_seen
    ran = [one for one in attempts if one.began <= end and (one.ended is None or one.ended >= earliest)]
    return max(ran, key=lambda one: (one.began, one.ended is None, one.ended or one.began, one.release), default=None)


def _same_models(one: Iterable[dict[str, Any]], other: Iterable[dict[str, Any]]) -> bool:
    return {served.name for served in served_of(one)} == {served.name for served in served_of(other)}


def _deployed(life: Life) -> list[dict[str, str]]:
    return [{"model": one.model, "version": one.version} for one in life.deployed]


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((time for time in (one, other) if time is not None), default=None)


def _is_over(start: datetime, end: datetime | None) -> bool:
    return end is not None and start >= end
