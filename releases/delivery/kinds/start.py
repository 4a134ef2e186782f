"""Starting a draft: PATCH of the release to active. Azure refuses what is no draft; sending it twice does no harm."""

from releases.audit import Actor
from releases.delivery.evidence import Base, Evidence, Shown, stale, superseded
from releases.delivery.kinds.reading import history_of, is_ours, release_of, who_did
from releases.models import Command
from releases.policies.commands import check_can_start
from releases.queries.snapshot import differences, seen_of_release
from releases.states import CommandCode, ReleaseStatus
from releases.sync.connections import Calls


class Start:
    """One draft becomes a release; its automatic stages start."""

    def check(self, command: Command, by: Actor) -> None:
        """The same check as of the button, while it is a draft by what is stored."""
        assert command.release is not None
        check_can_start(by, command.release)

    def base(self, command: Command, calls: Calls) -> Base:
        """It must still be the draft that the person saw."""
        release = release_of(command, calls)
        if release.status == ReleaseStatus.ACTIVE:
            raise superseded(f"{who_did(history_of(command, calls, release), change='Start')} started it already.")
        told = differences(command.snapshot, seen_of_release(release)) if command.snapshot else []
        if told:
            raise stale(f"Not sent, because {release} changed: {'; '.join(told)}.")
        return Base(status=release.status)

    def probe(self, command: Command, calls: Calls) -> None:
        """By creating what cannot exist: who may create a release may start a draft of it."""
        calls.asked_at()
        calls.here().check_can_create(command.project.azure_id)

    def send(self, command: Command, calls: Calls, *, comment: str) -> None:
        """The one request."""
        calls.here().start_draft(command.project.azure_id, command.payload["release"], comment=comment)

    def evidence(self, command: Command, calls: Calls) -> Evidence:
        """Active by us, by somebody else, still a draft, or abandoned meanwhile."""
        release = release_of(command, calls)
        if release.status == ReleaseStatus.DRAFT:
            return Evidence(Shown.ABSENT, f"Azure shows {release} still as a draft.")
        history = history_of(command, calls, release)
        ours = history is None or is_ours(command, history)
        if release.status != ReleaseStatus.ACTIVE and not ours:
            sentence = f"{release} is {release.status} in Azure now; it was not started."
            return Evidence(Shown.CONFLICT, sentence, code=CommandCode.OPPOSITE_RESULT_BY)
        if not ours:
            return Evidence(Shown.SUPERSEDED, f"{who_did(history, change='Start')} started it in Azure.")
        return Evidence(Shown.DONE, f"Azure shows {release} started.")
