"""Commits by the first letters of their name, work items by their number, each with its newest release: four queries"""

from collections.abc import Iterable

from releases.models import Commit, Release, ReleaseCommit, ReleaseWorkItem, User, WorkItem
from releases.queries.search.asked import Asked
from releases.queries.search.hits import SHOWN, Group, Hit, Kind, group_of, joined
from releases.queries.search.registry import commit_begins
from releases.queries.search.seen import Seen

FULL_COMMIT = 40
SHORT_COMMIT = 7
LINKS_READ = 200
OF_LINK = ("release__project", "release__pipeline")


def commits(_user: User, seen: Seen, asked: Asked) -> Group:
    """Four letters are enough; the newest first."""
    if not asked.commit:
        return Group(Kind.COMMIT)
    rows = Commit.objects.filter(commit_begins("sha", asked.commit), project__in=seen.projects)
    found = list(rows.select_related("project", "author").order_by("-committed_on", "-id")[: SHOWN + 1])
    links = ReleaseCommit.objects.filter(commit__in=found).select_related(*OF_LINK)[:LINKS_READ]
    brought = _newest((link.commit_id, link.release) for link in links)
    return group_of(Kind.COMMIT, [_commit(row, asked, release=brought.get(row.pk)) for row in found])


def work_items(_user: User, seen: Seen, asked: Asked) -> Group:
    """By number, with or without its sign."""
    if asked.number is None:
        return Group(Kind.WORK_ITEM)
    rows = WorkItem.objects.filter(project__in=seen.projects, azure_id=str(asked.number)).select_related("project")
    found = list(rows[: SHOWN + 1])
    links = ReleaseWorkItem.objects.filter(work_item__in=found).select_related(*OF_LINK)[:LINKS_READ]
    linked = _newest((link.work_item_id, link.release) for link in links)
    return group_of(Kind.WORK_ITEM, [_work_item(row, release=linked.get(row.pk)) for row in found])


def _newest(links: Iterable[tuple[int, Release]]) -> dict[int, Release]:
    """The newest release for each thing, of (thing, release) pairs."""
    last: dict[int, Release] = {}
    for thing, release in links:
        if thing not in last or release.created_on > last[thing].created_on:
            last[thing] = release
    return last


def _commit(row: Commit, asked: Asked, *, release: Release | None) -> Hit:
    first_line = row.message.strip().partition("\n")[0][:120]
    return Hit(
        kind=Kind.COMMIT,
        row=row,
        title=f"{row.sha[:SHORT_COMMIT]} {first_line}".strip(),
        detail=joined(row.repository, f"by {row.author}" if row.author else "", f"in {release}" if release else ""),
        at=row.committed_on,
        is_exact=len(asked.commit) >= FULL_COMMIT or row.sha[:SHORT_COMMIT] == asked.commit,
        release=release,
    )


def _work_item(row: WorkItem, *, release: Release | None) -> Hit:
    return Hit(
        kind=Kind.WORK_ITEM,
        row=row,
        title=f"#{row.azure_id} {row.title}".strip(),
        detail=joined(row.type, row.state, row.project.name, f"in {release}" if release else ""),
        is_exact=True,
        release=release,
    )
