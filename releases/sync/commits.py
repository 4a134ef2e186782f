"""Stores the commits and work items that releases brought. Called by the changes pass; knows no Azure calls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from releases.azure.answers import ChangeAnswer, IdentityAnswer, WorkItemAnswer
from releases.models import Commit, Identity, Project, Release, ReleaseCommit, ReleaseWorkItem, WorkItem
from releases.outbound import safe_link

NO_ID = "00000000-0000-0000-0000-000000000000"
Who = tuple[str, str]
CommitKey = tuple[str, str]


@dataclass(frozen=True)
class Change:
    """One commit with the artifact that carries it."""

    alias: str
    repository: str
    answer: ChangeAnswer

    @property
    def key(self) -> CommitKey:
        """What tells commits of one project apart."""
        return self.repository[:400], self.answer.id[:64]


@dataclass
class Brought:
    """What one release brought against the one before it."""

    release_id: int
    changes: list[Change] = field(default_factory=list)
    work_items: list[WorkItemAnswer] = field(default_factory=list)


def store_brought(project: Project, brought: Sequence[Brought], *, now: datetime) -> int:
    """Store all of it and note on each release that it was read; returns how many commits and items were new.

    Commits never change, so one that is known is left alone. Call it in a transaction.
    """
    ids = [one.release_id for one in brought]
    releases = dict(Release.objects.filter(project=project, azure_id__in=ids).values_list("azure_id", "pk"))
    new = _store_commits(project, [change for one in brought for change in one.changes])
    new += _store_work_items(project, [item for one in brought for item in one.work_items])
    _link(project, [one for one in brought if one.release_id in releases], releases)
    Release.objects.filter(pk__in=releases.values()).update(changes_read_at=now)
    return new


def _store_commits(project: Project, changes: Iterable[Change]) -> int:
    by_key = {change.key: change for change in changes}
    known = set(_commit_ids(project, by_key))
    fresh = {key: change for key, change in by_key.items() if key not in known}
    people = _people(change.answer for change in fresh.values())
    Commit.objects.bulk_create((_commit(project, change, people) for change in fresh.values()), ignore_conflicts=True)
    return len(fresh)


def _commit(project: Project, change: Change, people: dict[Who, int]) -> Commit:
    answer = change.answer
    repository, sha = change.key
    return Commit(
        project=project,
        repository=repository,
        sha=sha,
        author_id=people.get(_who(answer.author)) if answer.author else None,
        committer_id=people.get(_who(answer.pushed_by)) if answer.pushed_by else None,
        message=clean(answer.message),
        committed_on=answer.timestamp,
        web_url=(safe_link(answer.display_uri, configured=[project.organization.url]) or "")[:1000],
    )


def _people(answers: Iterable[ChangeAnswer]) -> dict[Who, int]:
    """Ids of the identities behind commits, made where they are new."""
    named = [one for answer in answers for one in (answer.author, answer.pushed_by) if one is not None]
    by_who = {_who(one): one for one in named if _who(one)[1]}
    Identity.objects.bulk_create(
        (
            Identity(source=source, key=key, name=clean(one.display_name)[:400], email=_address(one))
            for (source, key), one in by_who.items()
        ),
        ignore_conflicts=True,
    )
    rows = Identity.objects.filter(key__in=[key for _, key in by_who]).values_list("source", "key", "pk")
    return {(source, key): pk for source, key, pk in rows}


def _who(identity: IdentityAnswer) -> Who:
    """Azure DevOps's id where it knows the person, otherwise the address in the commit."""
    if identity.id and identity.id != NO_ID:
        return Identity.Source.AZURE_DEVOPS.value, identity.id[:320]
    return Identity.Source.GIT.value, clean(identity.unique_name or identity.display_name).lower()[:320]


def _address(identity: IdentityAnswer) -> str:
    return clean(identity.unique_name)[:320] if "@" in identity.unique_name else ""


def _store_work_items(project: Project, items: Iterable[WorkItemAnswer]) -> int:
    rows = {str(item.id): _work_item(project, item) for item in items if item.id}
    known = dict(WorkItem.objects.filter(project=project, azure_id__in=rows).values_list("azure_id", "state"))
    changed = [row for key, row in rows.items() if known.get(key) != row.state]
    WorkItem.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["project", "azure_id"],
        update_fields=["title", "type", "state", "web_url"],
    )
    return len(changed)


def _work_item(project: Project, item: WorkItemAnswer) -> WorkItem:
    return WorkItem(
        project=project,
        azure_id=str(item.id)[:64],
        title=clean(item.title)[:500],
        type=clean(item.type)[:100],
        state=clean(item.state)[:100],
        web_url=(safe_link(item.url, configured=[project.organization.url]) or "")[:1000],
    )


def _link(project: Project, brought: Sequence[Brought], releases: dict[int, int]) -> None:
    commits = _commit_ids(project, {change.key for one in brought for change in one.changes})
    items = dict(
        WorkItem.objects.filter(
            project=project, azure_id__in=[str(item.id) for one in brought for item in one.work_items]
        ).values_list("azure_id", "pk")
    )
    ReleaseCommit.objects.bulk_create(
        (
            ReleaseCommit(release_id=releases[one.release_id], commit_id=commits[change.key], alias=change.alias[:256])
            for one in brought
            for change in one.changes
        ),
        ignore_conflicts=True,
    )
    ReleaseWorkItem.objects.bulk_create(
        (
            ReleaseWorkItem(release_id=releases[one.release_id], work_item_id=items[str(item.id)])
            for one in brought
            for item in one.work_items
            if str(item.id) in items
        ),
        ignore_conflicts=True,
    )


def _commit_ids(project: Project, keys: Iterable[CommitKey]) -> dict[CommitKey, int]:
    shas = {sha for _, sha in keys}
    rows = Commit.objects.filter(project=project, sha__in=shas).values_list("repository", "sha", "pk")
    return {(repository, sha): pk for repository, sha, pk in rows}


def clean(text: str) -> str:
    """Text that both databases keep alike."""
    return text.replace("\0", "\u2400")
