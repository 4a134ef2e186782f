"""One module per kind of command: how it is checked, sent, and found again in Azure. `kind_of` gives the one."""

from typing import Protocol

from releases.audit import Actor
from releases.delivery.evidence import Base, Evidence
from releases.delivery.kinds.abandon import Abandon
from releases.delivery.kinds.attach_cluster import AttachCluster
from releases.delivery.kinds.cancel import Cancel
from releases.delivery.kinds.create import Create
from releases.delivery.kinds.deploy import Deploy
from releases.delivery.kinds.start import Start
from releases.delivery.kinds.trigger import Trigger
from releases.models import Command
from releases.states import CommandKind
from releases.sync.connections import Calls


class Kind(Protocol):
    """What every kind can do. All but `check` ask Azure and may raise AzureError."""

    def check(self, command: Command, by: Actor) -> None:
        """May `by`, who asked for it, still do it? Reads rows only. Raises Denied."""

    def base(self, command: Command, calls: Calls) -> Base:
        """What Azure shows right before the first send, stored. Raises NotToBeSent, Wait."""

    def probe(self, command: Command, calls: Calls) -> None:
        """Raises AzureRefused while Azure does not let us do such a thing. Changes nothing."""

    def send(self, command: Command, calls: Calls, *, comment: str) -> None:
        """The one request."""

    def evidence(self, command: Command, calls: Calls) -> Evidence:
        """What Azure shows after it, stored."""


def kind_of(command: Command) -> Kind:
    """How this command is carried out. Raises KeyError for a kind that this version cannot."""
    return KINDS[CommandKind(command.kind)]


KINDS: dict[CommandKind, Kind] = {
    CommandKind.DEPLOY: Deploy(),
    CommandKind.REDEPLOY: Deploy(),
    CommandKind.CANCEL: Cancel(),
    CommandKind.ABANDON: Abandon(),
    CommandKind.CREATE: Create(),
    CommandKind.START: Start(),
    CommandKind.TRIGGER: Trigger(),
    CommandKind.ATTACH_CLUSTER: AttachCluster(),
}
