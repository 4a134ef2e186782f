"""Attaching a Kubernetes cluster to a workspace: PUT of the compute. Sending it twice does no harm.

Azure ML keeps no comment, so there is no mark of ours to look for: name and resource are the evidence. Whoever attached
the same one brought about the same. It is done when Azure says Succeeded, which takes minutes; until then it is read.
"""

from datetime import timedelta

from releases.audit import Actor
from releases.delivery.evidence import Base, Evidence, Shown, Wait, stale, superseded
from releases.models import Command, Workspace
from releases.policies.commands import check_can_attach_cluster, check_uses
from releases.queries.wanted_cluster import DEFAULT_NAMESPACE, Match, Wanted, match, sentence
from releases.states import CommandCode
from releases.sync.connections import Calls
from releases.sync.serving.one_cluster import ClusterRead, opened, read_cluster

LOOK_AGAIN_SECONDS = 5.0
FAILED = "Failed"
CLOCKS_DIFFER = timedelta(minutes=2)
"""How far Azure's clock may stand behind the database's."""

NO_MARKS = {"marks": None}
"""Azure does not tell which of its computes came from a command."""


class AttachCluster:
    """One more compute of a workspace."""

    def check(self, command: Command, by: Actor) -> None:
        """The same checks as of the form."""
        check_can_attach_cluster(by, command.project)
        check_uses(command.project, _workspace(command))

    def base(self, command: Command, calls: Calls) -> Base:
        """There is no compute of that name yet, or one that Azure could not attach."""
        wanted, found = Wanted.of(command.payload), _read(command, calls)
        if found is None:
            return Base()
        match match(found.row, wanted):
            case Match.FOUND:
                raise superseded("It is there already, with this type and this cluster.")
            case Match.WORKING:
                raise Wait(sentence(found.row, wanted), seconds=LOOK_AGAIN_SECONDS)
            case Match.FAILED:
                return Base(status=FAILED)
            case _:
                raise stale(f"Not sent: {sentence(found.row, wanted)}")

    def probe(self, command: Command, calls: Calls) -> None:
        """By attaching what cannot be attached."""
        with opened(_workspace(command), seconds=calls.seconds, guard=calls.guard) as learning:
            learning.check_can_attach()

    def send(self, command: Command, calls: Calls, *, comment: str) -> None:  # noqa: ARG002 - Azure ML takes none
        """The one request; the client asks for the workspace before it."""
        wanted = Wanted.of(command.payload)
        with opened(_workspace(command), seconds=calls.seconds, guard=calls.guard) as learning:
            learning.attach_cluster(
                wanted.name, resource_id=wanted.resource_id, namespace=wanted.namespace or DEFAULT_NAMESPACE
            )

    def evidence(self, command: Command, calls: Calls) -> Evidence:
        """The compute as Azure shows it: ready, on the way, come to nothing, somebody else's, or not there."""
        wanted, found = Wanted.of(command.payload), _read(command, calls)
        if found is None or _failed_before(command, found):
            there = "not there" if found is None else "as it was before"
            return Evidence(Shown.ABSENT, f"Azure shows {wanted.name} {there}.", result=NO_MARKS)
        match match(found.row, wanted):
            case Match.FOUND:
                result = {"cluster": found.row.name, "resource_id": found.row.resource_id}
                return Evidence(Shown.DONE, f"Azure shows {found.row.name} attached and ready.", result=result)
            case Match.WORKING:
                return Evidence(Shown.WORKING, sentence(found.row, wanted), result=NO_MARKS)
            case Match.FAILED:
                told = f"Azure took it, but could not attach {found.row.name}: {found.error or 'it does not say why'}"
                return Evidence(Shown.CONFLICT, told, code=CommandCode.OPPOSITE_RESULT_BY)
            case _:
                return Evidence(Shown.CONFLICT, sentence(found.row, wanted), code=CommandCode.TARGET_CHANGED)


def _workspace(command: Command) -> Workspace:
    assert command.workspace is not None
    return command.workspace


def _read(command: Command, calls: Calls) -> ClusterRead | None:
    workspace = _workspace(command)
    with opened(workspace, seconds=calls.seconds, guard=calls.guard) as learning:
        return read_cluster(workspace, command.payload["name"], learning=learning)


def _failed_before(command: Command, found: ClusterRead) -> bool:
    """Whether its failure is the one that stood there before we sent: then ours did not arrive yet."""
    at, sent = found.row.modified_on, command.sent_at
    if command.base_status != FAILED or match(found.row, Wanted.of(command.payload)) is not Match.FAILED:
        return False
    return at is not None and sent is not None and at < sent - CLOCKS_DIFFER
