"""Abandoning a release: PATCH of the release (PUT ignores its status without a word). For good; sending it twice does
no harm. What runs is canceled before, by commands of their own.
"""

from releases.audit import Actor
from releases.delivery.evidence import Base, Evidence, SentBefore, Shown, Wait, stale, superseded
from releases.delivery.kinds.reading import history_of, is_ours, release_of, who_did
from releases.models import Approval, Command, ReleaseStage
from releases.policies.commands import UNDER_WAY, check_can_operate
from releases.queries.snapshot import differences, seen_of_release
from releases.states import FINAL_COMMAND_STATES, ApprovalStatus, ReleaseStatus
from releases.sync.connections import Calls

LOOK_AGAIN_SECONDS = 2.0


class Abandon:
    """One release goes nowhere any more."""

    def check(self, command: Command, by: Actor) -> None:
        """The right to act."""
        check_can_operate(by, command.project)

    def base(self, command: Command, calls: Calls) -> Base:
        """Nothing of it may run, and it must be what the person saw."""
        others = Command.objects.filter(release=command.release).exclude(state__in=FINAL_COMMAND_STATES)
        if others.exclude(pk=command.pk).exists():
            raise Wait("What runs is canceled first.", seconds=LOOK_AGAIN_SECONDS)
        release = release_of(command, calls)
        history = history_of(command, calls, release) if release.status == ReleaseStatus.ABANDONED else None
        if command.sends == 0 and is_ours(command, history):
            raise SentBefore(Base(status=ReleaseStatus.ACTIVE))
        if release.status == ReleaseStatus.ABANDONED:
            raise superseded(f"{who_did(history, change='Abandon')} abandoned it already.")
        told = differences(command.snapshot, seen_of_release(release)) if command.snapshot else []
        if told:
            raise stale(f"Not sent, because {release} changed: {'; '.join(told)}.")
        running = ReleaseStage.objects.filter(release=release, status__in=UNDER_WAY).exclude(
            pk__in=Approval.objects.filter(status=ApprovalStatus.PENDING, is_automated=False).values("release_stage")
        )
        if (stage := running.first()) is not None:
            raise stale(f"Not sent: {stage.name} is still under way.")
        return Base(status=release.status)

    def probe(self, command: Command, calls: Calls) -> None:
        """By an act on what cannot exist."""
        calls.asked_at()
        calls.here().check_can_deploy(command.project.azure_id)

    def send(self, command: Command, calls: Calls, *, comment: str) -> None:
        """The one request."""
        calls.here().abandon(command.project.azure_id, command.payload["release"], comment=comment)

    def evidence(self, command: Command, calls: Calls) -> Evidence:
        """Abandoned by us, by somebody else, or not."""
        release = release_of(command, calls)
        if release.status != ReleaseStatus.ABANDONED:
            return Evidence(Shown.ABSENT, f"Azure shows {release} still {release.status}.")
        history = history_of(command, calls, release)
        if history is not None and not is_ours(command, history):
            return Evidence(Shown.SUPERSEDED, f"{who_did(history, change='Abandon')} abandoned it in Azure.")
        return Evidence(Shown.DONE, f"Azure shows {release} abandoned.")
