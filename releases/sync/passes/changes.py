"""Reads which commits and work items each release brought, once per release, newest first. Follows the details."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from django.db.models import QuerySet

from releases.azure.devops import DevOps
from releases.errors import AzureRefused, AzureUnreadable, CredentialRefused, NotThere
from releases.models import Artifact, Release
from releases.states import ArtifactRole
from releases.sync.commits import Brought, Change, store_brought
from releases.sync.connections import Calls
from releases.sync.passes.ages import newest_first
from releases.sync.passes.inflight import in_flight
from releases.sync.passes.pages import commit
from releases.sync.passes.work import Work

KIND = "changes"
AT_ONCE = 25
CARRIES_COMMITS = (ArtifactRole.CODE, ArtifactRole.BUILD)

Source = tuple[str, str]
"""An artifact's alias and repository."""


@dataclass
class _Releases:
    """The releases of one round and, for each, the artifacts whose commits are asked for."""

    work: Work
    waiting: Iterator[tuple[int, list[Source]]]
    ahead: int = AT_ONCE // 2

    def take(self) -> tuple[int, list[Source]] | None:
        if self.work.budget.is_spent:
            return None
        return next(self.waiting, None)

    def ask(self, question: tuple[int, list[Source]], calls: Calls) -> "Future[Brought]":
        calls.asked_at()
        project = self.work.project.azure_id
        return calls.elsewhere(lambda devops: _ask(devops, project, *question))

    def came(self, question: tuple[int, list[Source]], answer: Brought) -> None:
        """Nothing follows from an answer."""


def _ask(devops: DevOps, project: str, release_id: int, sources: list[Source]) -> Brought:
    """Azure tells the commits of one artifact at a time; with a single one it needs no alias.

    A server that does not know the filter tells the same commits for each: they count for the first artifact.
    """
    brought = Brought(release_id)
    try:
        for alias, repository in sources:
            told = {change.answer.id for change in brought.changes}
            answers = devops.changes(project, release_id, alias=alias if len(sources) > 1 else None)
            brought.changes += [Change(alias, repository, answer) for answer in answers if answer.id not in told]
        brought.work_items = devops.work_items(project, release_id)
    except (NotThere, AzureUnreadable):  # gone since, or of a kind that Azure cannot tell: there is nothing to show
        pass
    return brought


def changes(work: Work) -> bool:
    """Go on until every release was asked for (True) or the budget is spent (False).

    Without the permission the rest of the sync goes on; the run says what is missing.
    """
    if not _unread(work).exists():
        work.end(KIND)
        return True
    run = work.begin(KIND)
    run.expects(_unread(work).count())
    batch: list[Brought] = []
    try:
        for _, brought in in_flight(_Releases(work, _in_order(work)), work.calls):
            batch.append(brought)
            if len(batch) >= AT_ONCE:
                _keep(work, batch)
                batch = []
    except CredentialRefused:
        raise
    except AzureRefused as error:
        run.pause(error)
        return True
    finally:
        if batch:
            _keep(work, batch)
    if work.budget.is_spent:
        return False
    work.end(KIND)
    return True


def _unread(work: Work) -> QuerySet[Release]:
    return Release.objects.filter(project=work.project, changes_read_at=None, gone_at=None)


def _in_order(work: Work) -> Iterator[tuple[int, list[Source]]]:
    """Newest first, looked up a few hundred at a time."""
    for chunk in newest_first(_unread(work)):
        sources = _sources([pk for _, pk in chunk])
        yield from ((azure_id, sources.get(pk, [])) for azure_id, pk in chunk)


def _sources(releases: list[int]) -> dict[int, list[Source]]:
    found: dict[int, list[Source]] = {}
    rows = Artifact.objects.filter(release_id__in=releases, role__in=CARRIES_COMMITS).order_by("-is_primary", "alias")
    for release, alias, repository, name in rows.values_list("release_id", "alias", "repository", "name"):
        found.setdefault(release, []).append((alias, repository or name))
    return found


def _keep(work: Work, batch: list[Brought]) -> None:
    now = work.calls.gate.look()

    def store() -> None:
        new = store_brought(work.project, batch, now=now)
        if work.run:
            work.run.asked(work.calls.taken())
            work.run.add(read=len(batch), rows_written=new)

    commit(work, store)
    work.stored()
