"""Syncs and compares: once after the backfill, once after further events. Called by the script and by its test."""

from collections.abc import Iterator
from dataclasses import dataclass

from releases.models import Project, Watermark
from releases.sync.passes import lines, listing
from releases.sync.passes.lines import DETAILS, HISTORY, Ended
from releases.sync.passes.work import Budget
from tests.agreement import books, ours
from tests.agreement.facts import counted, differences
from tests.company import Company

MOST_TRIES = 3


@dataclass(frozen=True)
class Round:
    """One comparison."""

    name: str
    differences: list[str]
    counts: dict[str, int]

    def __str__(self) -> str:
        things = ", ".join(f"{count} {kind}s" for kind, count in sorted(self.counts.items()))
        return f"{self.name}: {len(self.differences)} differences in {things}"


def rounds(company: Company, *, events: int) -> Iterator[Round]:
    """After the backfill, and after so many further events and one more sync, the one of the day that also lists all
    releases: what Azure's retention removed from the far end of the history shows only there."""
    project = company.project()
    yield settled("backfill", company, project)
    company.advance(events)
    Watermark.objects.filter(project=project, feed=listing.FEED).update(completed_at=None)
    yield settled(f"{events} events later", company, project)


def settled(name: str, company: Company, project: Project) -> Round:
    """Sync and compare; once more if the company did anything meanwhile."""
    for _ in range(MOST_TRIES):
        before = company.books()["events"]
        sync(project)
        theirs = company.books()
        if theirs["events"] == before:
            break
    known = ours.ids(project)
    book = books.ledger(theirs, known=known)
    return Round(name, differences(book, ours.ledger(project)), counted(book))


def sync(project: Project) -> None:
    """Both lines to their end, as the command does."""
    for line in (HISTORY, DETAILS):
        outcome = lines.advance(line, project, budget=Budget(), insist=True)
        assert outcome.ended is Ended.DONE, outcome
