"""Stage lanes and joints as the overview shows them, in every state; what endpoints serve and what was deployed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dashboard.samples.rows import LONG, MONDAY, live, release, seats, stage, versions
from releases.queries.behind import Gap
from releases.queries.lanes import Joint, Lane
from releases.queries.served import Served
from releases.queries.serving import LEGACY, ServedNow, Truth
from releases.queries.statuses import Word
from releases.queries.steps_told import StepTold
from releases.states import ApprovalStatus

SERVED = (Served("blue", "eta-gbm", "11", 100),)
Lanes = list[tuple[Joint | None, Lane]]


def shown() -> dict[str, Any]:
    """For `_stages.html`."""
    return {"lanes": lanes(), "truths": truths(), "joints": joints()}


def lanes() -> Lanes:
    """Four stages: live, running, failed with another release live, nothing deployed; a joint of each common kind."""
    healthy = Lane(stage("DEV TEST"), Word.SUCCEEDED, release("Release-41"), MONDAY, True, versions(""), "Ada")
    healthy = replace(healthy, served=ServedNow(1, Truth.AS_DEPLOYED, "dev serves v8, as deployed.", MONDAY))
    running = Lane(stage("STAGING"), Word.RUNNING, release("Release-41"), MONDAY, versions=versions())
    running = replace(running, step=StepTold("Deploy model", 3, 5))
    failed = Lane(stage("UAT"), Word.FAILED, release("Release-40"), MONDAY, versions=versions(), live=live())
    failed = replace(failed, on_its_way=release("Release-42"), way_word=Word.QUEUED)
    return [
        (None, healthy),
        (Joint(Word.SUCCEEDED, "auto"), running),
        (_asked(), failed),
        (Joint(Word.FAILED, "blocked", stages=("UAT",)), Lane(stage(LONG), Word.NOT_STARTED)),
    ]


def truths() -> Lanes:
    """What an endpoint serves against what was deployed, in every state; how far a stage is behind."""
    gap = Gap(stage("DEV TEST"), 3, timedelta(days=12))
    told = [
        ServedNow(1, Truth.DRIFT, "eta-prod serves v11. Release-39 deployed v12.", MONDAY, served=SERVED),
        ServedNow(2, Truth.UNKNOWN, f"prod-aks is a legacy AKS cluster. {LEGACY}"),
        ServedNow(3, Truth.IDLE, "Nothing has traffic on eta-canary."),
    ]
    found: Lanes = []
    for name, one in zip(("PROD", "ABROAD", "CANARY"), told, strict=True):
        shown = Lane(stage(name), Word.SUCCEEDED, release("Release-39"), MONDAY, True, versions(""), served=one)
        found.append((Joint(Word.SUCCEEDED, "auto") if found else None, replace(shown, gap=gap)))
    return found


def joints() -> list[Joint]:
    """Every state of the gate between two stages."""
    given, refused = seats(ApprovalStatus.APPROVED, ApprovalStatus.APPROVED), seats(ApprovalStatus.REJECTED)
    return [
        _asked(),
        Joint(Word.REJECTED, "refused", refused),
        Joint(Word.FAILED, "blocked", stages=("UAT",)),
        Joint(Word.SUCCEEDED, "approved", given),
        Joint(Word.NOT_STARTED, "needs", stages=("DEV TEST",)),
        Joint(Word.NOT_STARTED, "by hand"),
        Joint(Word.NOT_STARTED, "not yet"),
        Joint(Word.SUCCEEDED, "auto"),
        Joint(Word.NOT_STARTED, "auto"),
    ]


def _asked() -> Joint:
    return Joint(Word.WAITING, "waits", seats(ApprovalStatus.APPROVED, ApprovalStatus.PENDING))
