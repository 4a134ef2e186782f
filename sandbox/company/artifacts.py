"""What releases are made of: commits of a repository, builds, and the version of an artifact that a release took.

Written by the simulator; rendered as artifacts, artifact versions, changes and work items.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sandbox.company.people import Person
from sandbox.company.pipelines import ArtifactSource


@dataclass(frozen=True)
class WorkItem:
    """A work item that a commit names."""

    id: int
    title: str
    type: str
    state: str


@dataclass(frozen=True)
class Commit:
    """One commit; author and pusher differ when somebody merges for another."""

    id: str
    message: str
    author: Person
    pushed_by: Person
    made_on: datetime
    branch: str
    work_items: tuple[WorkItem, ...] = ()


@dataclass
class Repository:
    """A git repository; `main` is what is on its default branch, oldest first."""

    name: str
    id: str
    url: str
    main: list[Commit] = field(default_factory=list)
    pull_requests: int = 100

    @property
    def head(self) -> Commit:
        """The newest commit on main."""
        return self.main[-1]

    def between(self, older: str | None, newer: str) -> list[Commit]:
        """Commits after `older` up to `newer`, newest first; all up to `newer` if `older` is not there."""
        ids = [commit.id for commit in self.main]
        end = ids.index(newer) + 1 if newer in ids else len(ids)
        start = ids.index(older) + 1 if older in ids else max(0, end - 1)
        return list(reversed(self.main[start:end]))


@dataclass(frozen=True)
class Build:
    """A run of a build pipeline."""

    id: int
    number: str
    definition: str
    definition_id: str
    commit: str
    branch: str
    requested_for: Person
    made_on: datetime
    repository: str
    repository_id: str


@dataclass(frozen=True)
class ArtifactVersion:
    """The version of one artifact in one release. `flag` is what IsTriggeringArtifact says, None if it is absent."""

    source: ArtifactSource
    id: str
    name: str
    branch: str | None = None
    commit: str | None = None
    flag: str | None = None
    build: Build | None = None
    pull_request: int | None = None
    message: str | None = None

    @property
    def alias(self) -> str:
        """The artifact's alias in the definition."""
        return self.source.alias
