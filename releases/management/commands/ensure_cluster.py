"""`manage.py ensure_cluster`: a Kubernetes compute of this name is there, found or attached. Works without a worker.

It looks first; what is absent becomes a command, which is carried out here. Exit codes: 0 found or attached, 2 there
with another type, 3 refused, 4 not done in time.
"""

import time
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser

from releases.actions.attach_cluster import attach_cluster, checked
from releases.actions.commands.asked import Asked
from releases.actions.commands.targets import cluster_target
from releases.audit import System, Via
from releases.delivery import rounds
from releases.errors import AzureError, AzureRefused, Conflict, ReleasesError
from releases.models import Command as Row
from releases.models import Workspace
from releases.policies.limits import request_seconds
from releases.queries.attaching import Place, place_of
from releases.queries.commands import sentence_of, word_of
from releases.queries.wanted_cluster import Match, Wanted, match, sentence
from releases.states import FINAL_COMMAND_STATES, CommandState
from releases.sync.serving.one_cluster import ClusterRead, opened, read_cluster

SHELL = System("shell")
WRONG_TYPE, REFUSED, TIMED_OUT = 2, 3, 4
REASON = "Asked for with manage.py ensure_cluster."
PAUSE_SECONDS = 0.5
DONE = frozenset({CommandState.CONFIRMED, CommandState.SUPERSEDED})


@dataclass(frozen=True)
class _Until:
    """When the time is over, by the monotonic clock."""

    moment: float

    def pause(self) -> bool:
        """Wait a moment; False when the time is over."""
        time.sleep(max(0.0, min(PAUSE_SECONDS, self.moment - time.monotonic())))
        return time.monotonic() < self.moment


class Command(BaseCommand):
    """Find or attach, in the foreground."""

    help = "Find a Kubernetes compute by its name, or attach the given cluster under it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which cluster, and where."""
        parser.add_argument("name", metavar="NAME", help="of the compute in Azure ML")
        parser.add_argument("--aks-resource-id", required=True, metavar="ID", help="of the AKS or Arc cluster")
        parser.add_argument("--namespace", default="", metavar="N", help="where Azure ML runs things (default)")
        parser.add_argument("--workspace", default="", metavar="W", help="needed where several are connected")
        parser.add_argument("--project", default="", metavar="P", help="of Slipway; else the first that uses it")
        parser.add_argument("--timeout", type=float, default=600.0, metavar="S", help="wait so long at most (600 s)")

    def handle(self, **options: Any) -> None:
        """Look, ask, wait."""
        until = _Until(time.monotonic() + options["timeout"])
        try:
            wanted = checked(Wanted(options["name"], options["aks_resource_id"], options["namespace"]))
            place = place_of(workspace=options["workspace"], project=options["project"])
            found = self._look(place.workspace, wanted.name, until)
            if found is not None and self._is_enough(found, wanted):
                return
            row = _asked_for(place, wanted)
        except ReleasesError as error:
            _end(error.sentence, code=REFUSED)
        self._wait(row, wanted, until)

    def _look(self, workspace: Workspace, name: str, until: _Until) -> ClusterRead | None:
        """What Azure shows; asked again while it does not answer."""
        while True:
            try:
                with opened(workspace, seconds=request_seconds(), guard=lambda: None) as learning:
                    return read_cluster(workspace, name, learning=learning)
            except AzureRefused:
                raise
            except AzureError as error:
                if not until.pause():
                    _end(f"Azure did not say in time whether {name} is there. {error.sentence}", code=TIMED_OUT)

    def _is_enough(self, found: ClusterRead, wanted: Wanted) -> bool:
        """Whether it is there, which is told; ends with what is in its way. Else it is attached or waited for."""
        told = sentence(found.row, wanted)
        match match(found.row, wanted):
            case Match.FOUND:
                self.stdout.write(told)
            case Match.WRONG_TYPE:
                _end(told, code=WRONG_TYPE)
            case Match.OTHER:
                _end(told, code=REFUSED)
            case _:
                return False
        return True

    def _wait(self, row: Row, wanted: Wanted, until: _Until) -> None:
        """Carry it out here, whoever else may do so too, until it is over."""
        while row.state not in FINAL_COMMAND_STATES | {CommandState.NEEDS_ATTENTION}:
            rounds.deliver(seconds=max(0.0, min(rounds.UNIT_SECONDS, until.moment - time.monotonic())))
            row.refresh_from_db()
            if row.is_open and not until.pause():
                _end(f"Not attached in time, and not given up: {_told(row)}", code=TIMED_OUT)
        if row.state in DONE:
            how = "attached" if row.state == CommandState.CONFIRMED else "there already"
            self.stdout.write(f"{wanted.name} is {how}. {row.sentence}")
            return
        _end(_told(row), code=REFUSED)


def _asked_for(place: Place, wanted: Wanted) -> Row:
    """The new command; where the same is asked for already, that one."""
    asked, reason = Asked(key=uuid4().hex, via=Via.SHELL), REASON
    try:
        return attach_cluster(
            place.workspace, by=SHELL, asked=asked, project=place.project, wanted=wanted, reason=reason
        )
    except Conflict:
        target = cluster_target(place.workspace, wanted.name)
        other = Row.objects.filter(target=target).exclude(state__in=sorted(FINAL_COMMAND_STATES)).first()
        if other is None or Wanted.of(other.payload) != wanted:
            raise
        return other


def _told(row: Row) -> str:
    return f"{word_of(row.state, row.code)}. {sentence_of(row)}"


def _end(told: str, *, code: int) -> NoReturn:
    raise CommandError(told, returncode=code)
