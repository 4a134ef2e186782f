"""Somebody abandons a release for good; what runs is canceled first. Called by the release page and the API."""

from dataclasses import replace

from django.db.models import Max

from releases.actions.acting import acting
from releases.actions.cancel import wish_to_cancel
from releases.actions.commands.asked import Asked
from releases.actions.commands.recording import Wish, reason_of, record, recorded_before
from releases.actions.commands.targets import locked_release, release_target
from releases.actions.commands.unchanged import check_nothing_changed
from releases.audit import Actor
from releases.errors import Invalid
from releases.models import Approval, Command, Release, ReleaseStage
from releases.policies.commands import UNDER_WAY, check_can_abandon
from releases.queries.snapshot import Seen, differences, seen_of_release
from releases.states import FINAL_COMMAND_STATES, ApprovalStatus, CommandKind


def abandon(release: Release, *, by: Actor, asked: Asked, seen: Seen, reason: str, typed_name: str) -> Command:
    """Ask to abandon it: one command, with one before it for each stage that runs. Approvals that wait end with it.

    Raises Denied, Invalid (the reason; a typed name that is not the release's), Conflict (`changed`, `already_open`).
    """
    reason = reason_of(reason)
    with acting(by):
        row = locked_release(release)
        wish = Wish(
            kind=CommandKind.ABANDON,
            project=row.project,
            target=release_target(row),
            payload={"release": row.azure_id},
            release=row,
            pipeline=row.pipeline,
            seen=seen,
            reason=reason,
        )
        known = recorded_before(wish, by=by, asked=asked)
        if known is not None:
            return known
        check_can_abandon(by, row)
        if typed_name.strip() != row.name:
            raise Invalid(f"Type the name of the release, {row.name}, to abandon it.", code="wrong_name")
        check_nothing_changed(row, differences(seen, seen_of_release(row)))
        parent = record(wish, by=by, asked=asked)
        for stage, attempt in to_cancel(row):
            key = f"{parent.pk}/{stage.azure_id}"
            child = wish_to_cancel(stage, attempt=attempt, reason=reason, parent=parent)
            record(child, by=by, asked=replace(asked, key=key))
        return parent


def to_cancel(release: Release) -> list[tuple[ReleaseStage, int]]:
    """The stages that abandoning cancels first, with their newest attempts: those under way that wait for nobody.

    Azure ends an approval that waits by itself; a cancel that was asked for already is not asked for again.
    """
    waiting = Approval.objects.filter(release_stage__release=release, status=ApprovalStatus.PENDING, is_automated=False)
    canceling = Command.objects.filter(release=release, kind=CommandKind.CANCEL).exclude(state__in=FINAL_COMMAND_STATES)
    stages = ReleaseStage.objects.filter(release=release, status__in=UNDER_WAY)
    stages = stages.exclude(pk__in=waiting.values("release_stage")).exclude(pk__in=canceling.values("release_stage"))
    rows = stages.select_related("release__project__organization", "stage__pipeline").order_by("rank", "pk")
    return [(row, row.newest or 1) for row in rows.annotate(newest=Max("deployments__attempt"))]
