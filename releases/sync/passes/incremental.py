"""Finds what changed since the last time with a handful of requests, whatever the size of the history.

Changes come by five ways, because no single one of Azure's feeds tells them all: deployments by modification time,
releases by creation time, pending approvals, a second look at every release that is not finished, and a glance at the
newest hundred, which people may have abandoned or kept.
Every mark is a time that Azure gave, minus an overlap; it moves only when a feed was read to its end.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from releases.azure.answers import DeploymentAnswer, Page, ReleaseAnswer
from releases.models import Approval, Release, Watermark
from releases.states import ApprovalStatus, Depth
from releases.sync import watermarks
from releases.sync.passes.feeds import pages
from releases.sync.passes.pages import Answered, keep
from releases.sync.passes.reading import read_listed
from releases.sync.passes.work import Work

OVERLAP = timedelta(minutes=10)
UNFINISHED_AT_ONCE = 500
LEFT_OUT_AT_MOST = 20


def incremental(work: Work) -> bool:
    """Read what changed; True when every way was followed to its end."""
    work.touched.clear()
    return (
        _changed_deployments(work)
        and _new_releases(work)
        and _pending_approvals(work)
        and _unfinished(work)
        and _touched_by_hand(work)
    )


def _changed_deployments(work: Work) -> bool:
    """Releases with an attempt that changed. Attempts of the overlap that are known as they are cost nothing."""
    mark = work.mark("deployments")
    devops, project = work.calls.here(), work.project.azure_id
    since = mark.value - OVERLAP if mark.value else None

    def ask(token: str | None) -> Page[DeploymentAnswer]:
        return devops.deployments(project, min_modified=since, token=token)

    for page, _ in pages(work, ask, token=mark.cursor.get("token")):
        deployments = [item.value for item in page.items]
        seen = mark.cursor.get("seen", {})
        touched = {one.release.id for one in deployments if one.release.id and seen.get(str(one.id)) != _stamp(one)}
        read_listed(work, touched, then=lambda: _note_page(mark, deployments, token=page.token))  # noqa: B023
        if page.token and work.budget.is_spent:
            return False
    return True


def _note_page(mark: Watermark, deployments: list[DeploymentAnswer], *, token: str | None) -> None:
    """Part of the page's transaction. At the end of the feed the mark moves, and the overlap is all that is kept."""
    seen = dict(mark.cursor.get("seen", {})) | {str(one.id): stamp for one in deployments if (stamp := _stamp(one))}
    if token:
        mark.cursor = {"token": token, "seen": seen}
    else:
        newest = max((datetime.fromisoformat(stamp) for stamp in seen.values()), default=mark.value)
        mark.value = max(filter(None, [mark.value, newest]), default=None)
        mark.cursor = {"seen": _of_overlap(seen, mark.value)}
    watermarks.save(mark, "value")


def _of_overlap(seen: dict[str, str], value: datetime | None) -> dict[str, str]:
    """Only what the next round will see again."""
    if value is None:
        return {}
    edge = value - OVERLAP
    return {key: stamp for key, stamp in seen.items() if datetime.fromisoformat(stamp) >= edge}


def _stamp(deployment: DeploymentAnswer) -> str | None:
    when = deployment.last_modified_on or deployment.started_on or deployment.queued_on
    return when.isoformat() if when else None


def _new_releases(work: Work) -> bool:
    """Releases created since; also those that were never deployed."""
    mark = work.mark("created")
    devops, project = work.calls.here(), work.project.azure_id
    since = mark.value - OVERLAP if mark.value else None

    def ask(token: str | None) -> Page[ReleaseAnswer]:
        return devops.releases(project, min_created=since, token=token)

    for page, asked_at in pages(work, ask, token=mark.cursor.get("token")):
        created = [item.value.created_on for item in page.items if item.value.created_on]
        highest = max([*created, *_kept(mark)], default=None)

        def save() -> None:
            mark.cursor = {"token": page.token, "highest": highest.isoformat()} if page.token and highest else {}  # noqa: B023
            if not page.token and highest:  # noqa: B023
                mark.value = max(highest, mark.value) if mark.value else highest  # noqa: B023
            watermarks.save(mark, "value")

        keep(work, Answered(page.items, asked_at, Depth.LISTED, page.malformed), then=save)
        work.touched.update(item.value.id for item in page.items)
        if page.token and work.budget.is_spent:
            return False
    return True


def _kept(mark: Watermark) -> list[datetime]:
    return [datetime.fromisoformat(mark.cursor["highest"])] if mark.cursor.get("highest") else []


def _pending_approvals(work: Work) -> bool:
    """Releases that wait for somebody in Azure and do not with us. Approvals answered since are on unfinished ones."""
    devops, project = work.calls.here(), work.project.azure_id
    waiting: dict[int, int] = {}
    for page, _ in pages(work, lambda token: devops.approvals(project, token=token), to_the_end=True):
        waiting |= {item.value.id: item.value.release.id for item in page.items if item.value.release}
    known = Approval.objects.filter(project=work.project, azure_id__in=waiting, status=ApprovalStatus.PENDING)
    ours = set(known.values_list("azure_id", flat=True))
    read_listed(work, {release for approval, release in waiting.items() if approval not in ours and release})
    return True


def _unfinished(work: Work) -> bool:
    """Releases that may change without any feed telling; in turns when there are very many."""
    mark = work.mark("unfinished")
    rows = Release.objects.filter(project=work.project, is_unfinished=True, gone_at=None)
    after = mark.cursor.get("after", 0)
    ids = list(
        rows.filter(azure_id__gt=after).order_by("azure_id").values_list("azure_id", flat=True)[:UNFINISHED_AT_ONCE]
    )
    last = ids[-1] if len(ids) == UNFINISHED_AT_ONCE else 0

    def save() -> None:
        if mark.cursor.get("after", 0) != last:
            mark.cursor = {"after": last} if last else {}
            watermarks.save(mark)

    read_listed(work, ids, then=save)
    return True


def _touched_by_hand(work: Work) -> bool:
    """Newest releases that people abandoned, kept or tagged: no feed tells of that. The listing finds older ones."""
    work.calls.asked_at()
    page = work.calls.here().releases(work.project.azure_id, ascending=False, expand="")
    newest = [item.value for item in page.items]
    read_listed(work, different(work, newest) | _left_out(work, newest))
    return True


def _left_out(work: Work, newest: Sequence[ReleaseAnswer]) -> set[int]:
    """Those of ours that should be among Azure's newest and are not: somebody deleted them."""
    if not newest:
        return set()
    ids = [one.id for one in newest]
    rows = Release.objects.filter(project=work.project, gone_at=None, azure_id__range=(min(ids), max(ids)))
    return set(rows.exclude(azure_id__in=ids).values_list("azure_id", flat=True)[:LEFT_OUT_AT_MOST])


def different(work: Work, answers: Sequence[ReleaseAnswer]) -> set[int]:
    """Those that we do not have, or that somebody modified since we read them."""
    theirs = {one.id: (one.modified_on, one.status) for one in answers}
    rows = Release.objects.filter(project=work.project, azure_id__in=theirs, gone_at=None)
    ours = {
        azure_id: (modified, status)
        for azure_id, modified, status in rows.values_list("azure_id", "modified_on", "status")
    }
    return {azure_id for azure_id, theirs_is in theirs.items() if ours.get(azure_id) != theirs_is}
