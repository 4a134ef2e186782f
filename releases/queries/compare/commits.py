"""The commits that are in one of two releases and not in the other, as far as they are recorded.

Azure DevOps lists what a release brought against the one before it in its pipeline. So between two releases of one
pipeline lie the commits of every release after the older one up to the newer one. Five queries at most.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from releases.models import Commit, Release, ReleaseCommit
from releases.queries.compare.lines import counted

SHOWN = 50
MOST_BETWEEN = 500
"""So many releases between two are looked through; what lies beyond is said, not read."""
HOW = "Azure DevOps lists what each release brought against the one before it."


@dataclass(frozen=True)
class Commits:
    """The commits in one release only, newest first; `count` tells of all of them, `shown` is the newest."""

    release: Release
    shown: Sequence[Commit]
    count: int

    @property
    def title(self) -> str:
        """`3 commits in Release-24 only`."""
        return f"{counted(self.count, 'commit')} in {self.release.name} only"


@dataclass(frozen=True)
class Between:
    """What lies between two releases. `sentence` tells the result where no commit is listed; `unknown`: what nobody can
    say."""

    sides: Sequence[Commits]
    sentence: str = ""
    unknown: Sequence[str] = ()


def between(a: Release, b: Release, *, is_same_code: bool) -> Between:
    """The commits of either that the other has not."""
    if is_same_code:
        return Between([], sentence="Both were made from the same commit.")
    if a.pipeline_id != b.pipeline_id:
        return _of_two_pipelines(a, b)
    older, newer = sorted((a, b), key=lambda release: (release.created_on, release.pk))
    found = _later(older, newer)
    looked_at = found[:MOST_BETWEEN]
    commits = _only_in(newer, [pk for pk, *_ in looked_at], but=older)
    unknown = _unknown(looked_at, is_cut=len(found) > MOST_BETWEEN)
    if commits.count:
        return Between([commits], unknown=[*unknown, HOW])
    return Between([], sentence="No commit is recorded between the two.", unknown=[*unknown, HOW])


def _later(older: Release, newer: Release) -> list[tuple[int, bool, bool]]:
    """Id, whether its commits were read, whether Azure has it still: each release after the older one, newest first."""
    after = Q(created_on__gt=older.created_on) | Q(created_on=older.created_on, pk__gt=older.pk)
    upto = Q(created_on__lt=newer.created_on) | Q(created_on=newer.created_on, pk__lte=newer.pk)
    span = Q(created_on__gte=older.created_on, created_on__lte=newer.created_on)
    rows = Release.objects.filter(span, after, upto, pipeline=newer.pipeline_id).order_by("-created_on", "-id")
    told = rows.values_list("pk", "changes_read_at", "gone_at")[: MOST_BETWEEN + 1]
    return [(pk, read is not None, gone is None) for pk, read, gone in told]


def _unknown(looked_at: Sequence[tuple[int, bool, bool]], *, is_cut: bool) -> list[str]:
    said = (
        [f"More than {MOST_BETWEEN} releases lie between; only the newest {MOST_BETWEEN} are counted."]
        if is_cut
        else []
    )
    waiting = sum(not is_read and is_there for _, is_read, is_there in looked_at)
    lost = sum(not is_read and not is_there for _, is_read, is_there in looked_at)
    if waiting:
        said.append(f"The commits of {counted(waiting, 'release')} among them were not read yet.")
    if lost:
        said.append(f"The commits of {counted(lost, 'release')} are lost: deleted in Azure before they were read.")
    return said


def _of_two_pipelines(a: Release, b: Release) -> Between:
    sides = [_only_in(a, [a.pk], but=b), _only_in(b, [b.pk], but=a)]
    unread = [release for release in (a, b) if release.changes_read_at is None]
    unknown = ["Two pipelines: only what each release brought itself is compared, not what lies between them."]
    unknown += [f"The commits of {release.name} were not read yet." for release in unread]
    sides = [commits for commits in sides if commits.count]
    return Between(sides, sentence="" if sides else "No commit is recorded in one only.", unknown=[*unknown, HOW])


def _only_in(release: Release, releases: Collection[int], *, but: Release) -> Commits:
    rows = _commits(releases, but=but)
    shown = rows.select_related("author", "project__organization").order_by("-committed_on", "-id")
    return Commits(release=release, shown=list(shown[:SHOWN]), count=rows.count())


def _commits(releases: Collection[int], *, but: Release) -> QuerySet[Commit]:
    brought = ReleaseCommit.objects.filter(release_id__in=releases).values("commit_id")
    known = ReleaseCommit.objects.filter(release=but).values("commit_id")
    return Commit.objects.filter(pk__in=brought).exclude(pk__in=known)
