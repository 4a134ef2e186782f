"""Reads chosen releases again, a hundred to a request, and finds out which of them Azure has no longer."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.utils import timezone

from releases.azure.answers import ReleaseAnswer
from releases.azure.devops import LARGEST_PAGE
from releases.errors import AzureUnreadable, NotThere
from releases.models import Release
from releases.states import Depth
from releases.sync.passes.pages import Answered, commit, keep
from releases.sync.passes.work import Work

MOST_PAGES_OF_IDS = 5


def nothing() -> None:
    """No cursor to save."""


def read_listed(work: Work, ids: Iterable[int], *, then: Callable[[], None] = nothing) -> None:
    """Read these releases as a list tells them; `then` saves a cursor with the last page.

    Those that this unit of work has read already are left out.
    """
    chunks = list(_chunks(sorted(set(ids) - work.touched, reverse=True)))
    if not chunks:
        commit(work, then)
    for at, chunk in enumerate(chunks, start=1):
        missing = _read_chunk(work, chunk, then=then if at == len(chunks) else nothing)
        work.touched.update(chunk)
        for release_id in missing:
            confirm_gone(work, release_id)


def _read_chunk(work: Work, chunk: list[int], *, then: Callable[[], None]) -> set[int]:
    """Ids of the chunk that no page brought and that may be gone."""
    missing, token = set(chunk), None
    for _ in range(MOST_PAGES_OF_IDS):
        asked_at = work.calls.asked_at()
        page = work.calls.here().releases(work.project.azure_id, ids=chunk, token=token)
        missing -= {item.value.id for item in page.items}
        missing -= {int(one.key.partition(":")[2]) for one in page.malformed if one.key[8:].isdigit()}
        keep(work, Answered(page.items, asked_at, Depth.LISTED, page.malformed), then=then)
        token = page.token
        if not token or not missing:
            break
    return missing if not page.malformed else set()


def confirm_gone(work: Work, release_id: int) -> bool:
    """Ask for one release that a list did not bring; mark it gone when Azure says 404 and still shows the project."""
    asked_at = work.calls.asked_at()
    try:
        item = work.calls.here().release(work.project.azure_id, release_id)
    except NotThere:
        mark_gone(work, [release_id])
        return True
    except AzureUnreadable:
        return False
    keep(work, Answered([item], asked_at, Depth.DETAILED), then=nothing)
    return False


def mark_gone(work: Work, ids: Iterable[int]) -> int:
    """Azure has these no longer; ours stay. Raises what Azure answers if the whole project cannot be read."""
    check_project(work)
    gone: list[int] = []

    def mark() -> None:
        rows = Release.objects.filter(project=work.project, azure_id__in=list(ids), gone_at=None)
        gone.append(rows.update(gone_at=timezone.now(), is_unfinished=False))

    commit(work, mark)
    return gone[0]


def check_project(work: Work) -> None:
    """A missing release means something only while the project itself answers (once per unit of work)."""
    if not work.known_there:
        work.calls.asked_at()
        work.calls.here().releases(work.project.azure_id, top=1, expand="")
        work.known_there = True


def newest_release(work: Work, *, ascending: bool = False) -> ReleaseAnswer | None:
    """The newest release, or the oldest one when `ascending`, without its stages."""
    work.calls.asked_at()
    page = work.calls.here().releases(work.project.azure_id, top=1, ascending=ascending, expand="")
    return page.items[0].value if page.items else None


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, LARGEST_PAGE)):
        yield chunk
