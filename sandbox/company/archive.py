"""Where releases, deployments and approvals are found by id. Read by the handlers, filled by the simulator.

The benchmark scenario has an archive of its own that makes releases when they are asked for; both speak `Archive`.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from sandbox.company.releases import Approval, Attempt, Environment, Release


class Archive(Protocol):
    """What handlers may ask. Ids ascend in the order of creation."""

    @property
    def release_ids(self) -> Sequence[int]:
        """Ids of all releases, deleted ones too, ascending."""

    @property
    def deployment_ids(self) -> Sequence[int]:
        """Ids of all deployments, ascending."""

    def release(self, release_id: int) -> Release:
        """The release; KeyError if there never was one."""

    def for_change(self, release_id: int) -> Release:
        """The release, to be changed and kept."""

    def deployment(self, deployment_id: int) -> tuple[Environment, Attempt]:
        """The attempt with this deployment id and where it belongs; KeyError."""

    def approval(self, approval_id: int) -> tuple[Environment, Attempt, Approval]:
        """The approval and where it belongs; KeyError."""

    def created_from(self, moment: datetime) -> int:
        """The position in `release_ids` of the first release created at or after the moment."""

    def modified_since(self, moment: datetime, *, from_id: int = 0) -> Iterator[int]:
        """Ids of deployments last modified at or after the moment, ascending from an id on."""

    def approvals(self) -> Iterator[tuple[Environment, Attempt, Approval]]:
        """All approvals, in ascending order of their ids."""


class Shelf:
    """The archive of the living company: everything in memory."""

    def __init__(self) -> None:
        self.release_ids: list[int] = []
        self.deployment_ids: list[int] = []
        self._created: list[datetime] = []
        self._releases: dict[int, Release] = {}
        self._deployments: dict[int, tuple[Environment, Attempt]] = {}
        self._approvals: dict[int, tuple[Environment, Attempt, Approval]] = {}

    def add_release(self, release: Release) -> None:
        """Files a new release."""
        self.release_ids.append(release.id)
        self._created.append(release.created_on)
        self._releases[release.id] = release

    def add_deployment(self, environment: Environment, attempt: Attempt) -> None:
        """Files a new attempt under its deployment id."""
        self.deployment_ids.append(attempt.deployment_id)
        self._deployments[attempt.deployment_id] = (environment, attempt)

    def add_approval(self, environment: Environment, attempt: Attempt, approval: Approval) -> None:
        """Files a new approval."""
        self._approvals[approval.id] = (environment, attempt, approval)

    def release(self, release_id: int) -> Release:
        """See `Archive`."""
        return self._releases[release_id]

    def for_change(self, release_id: int) -> Release:
        """See `Archive`."""
        return self._releases[release_id]

    def deployment(self, deployment_id: int) -> tuple[Environment, Attempt]:
        """See `Archive`."""
        return self._deployments[deployment_id]

    def approval(self, approval_id: int) -> tuple[Environment, Attempt, Approval]:
        """See `Archive`."""
        return self._approvals[approval_id]

    def created_from(self, moment: datetime) -> int:
        """See `Archive`."""
        return bisect_left(self._created, moment)

    def modified_since(self, moment: datetime, *, from_id: int = 0) -> Iterator[int]:
        """See `Archive`."""
        return (i for i in self.deployment_ids if i >= from_id and self._deployments[i][1].last_modified_on >= moment)

    def approvals(self) -> Iterator[tuple[Environment, Attempt, Approval]]:
        """See `Archive`. They are filed in the order of their ids."""
        return iter(list(self._approvals.values()))
