"""The releases list: its rows, filters, tabs and the bar of ticked rows."""

from typing import Any

from dashboard.facets import Facet, Field, Option
from dashboard.samples.rows import LONG, release, release_stage, seats, versions
from dashboard.tabs import Tab
from releases.queries.releases import Row, StageCell
from releases.queries.statuses import Word
from releases.states import ApprovalStatus, ReleaseStatus


class SomeTabs:
    """Tabs as a reader with a view of their own has them, while other filters are shown."""

    own = ("Model v7 history",)
    query = "trigger=push"
    can_be_saved = True
    all = (
        Tab("All", "", is_current=False),
        Tab("Waiting for approval", "state=waiting", is_current=True),
        Tab(LONG, "model=x", is_current=False, is_own=True),
    )


def shown() -> dict[str, Any]:
    """For `_lists.html`."""
    return {"cells": cells(), "rows": rows(), "facets": facets(), "tabs": SomeTabs}


def cells() -> list[StageCell]:
    """A strip of four stages."""
    asked = seats(ApprovalStatus.APPROVED, ApprovalStatus.PENDING)
    told = [("DEV TEST", Word.SUCCEEDED), ("STAGING", Word.FAILED), ("UAT", Word.WAITING), ("PROD", Word.NOT_STARTED)]
    return [StageCell(release_stage(name), word, word is Word.SUCCEEDED, asked) for name, word in told]


def rows() -> list[Row]:
    """A release whose model changed, one of a long name, one that was abandoned."""
    long, abandoned = release(LONG), release("Release-38")
    abandoned.status = ReleaseStatus.ABANDONED
    return [
        Row(release(), "Model v8", cells(), list(versions())),
        Row(long, "Push to main", cells()[:1], list(versions(""))),
        Row(abandoned, "Manual", [], []),
    ]


def facets() -> list[Facet]:
    """A filter that is set and one that is not."""
    options = [Option("Manual", "?trigger=manual"), Option(LONG, "?trigger=push")]
    return [
        Facet("pipeline", "Pipeline", "Port Weather ML Pipeline", "?"),
        Facet("trigger", "Trigger", "", "?", options),
        Facet("model", "Model version", "", "?", field=Field("Name, or name:version")),
        Facet("created", "Created", "", "?", options, days=[("since", "From", ""), ("until", "Until", "2026-11-20")]),
    ]
