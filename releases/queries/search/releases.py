"""Releases by number, by the beginning of their name, by their words; pipelines by any part of their name."""

from releases.models import Pipeline, Release, User
from releases.models.folded import aliased, beginning, same
from releases.queries.filters import Filters
from releases.queries.finding import lead_of
from releases.queries.search.asked import Asked
from releases.queries.search.hits import SHOWN, Group, Hit, Kind, group_of, joined
from releases.queries.search.seen import Seen

BESIDE = ("project", "pipeline")
NEWEST = ("-created_on", "-id")
PIPELINES_READ = 50


def releases(user: User, seen: Seen, asked: Asked) -> Group:
    """Those of just this name or number first, then names that begin so, then those that hold the words elsewhere.

    Of those that only begin so, any will do: sorting them would cost what there are of them.
    """
    rows = aliased(Release.objects.filter(project__in=seen.projects), "name").select_related(*BESIDE)
    named = list(rows.filter(same("name", asked.release_name)).order_by(*NEWEST)[: SHOWN + 1])
    numbered = rows.filter(azure_id=asked.number).order_by()[: SHOWN + 1] if asked.number is not None else []
    begun = sorted(rows.filter(beginning("name", asked.release_name)).order_by()[: SHOWN + 1], key=str)
    said = _saying(user, seen, asked.text)
    exact = {row.pk for row in named}
    found = {row.pk: row for row in (*named, *numbered, *begun, *said)}
    return group_of(Kind.RELEASE, [_release(row, asked, is_exact=row.pk in exact) for row in found.values()])


def pipelines(_user: User, seen: Seen, asked: Asked) -> Group:
    """Pipelines are few: any part of the name counts, those that begin with it come first."""
    rows = Pipeline.objects.filter(project__in=seen.projects, name__icontains=asked.text).select_related("project")
    text = asked.text.lower()
    found = sorted(rows.order_by("name", "id")[:PIPELINES_READ], key=lambda row: not row.name.lower().startswith(text))
    return group_of(Kind.PIPELINE, [_pipeline(row, asked) for row in found])


def _saying(user: User, seen: Seen, text: str) -> list[Release]:
    """The newest releases with these words, as the list of releases finds them.

    They are read by id alone: asked for their project as well, SQLite would go through all of it.
    """
    ids = lead_of(user, Filters(text=text)).page(before=None, after=None, size=SHOWN + 1)
    found = Release.objects.select_related(*BESIDE).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found and found[pk].project_id in seen.projects]


def _release(row: Release, asked: Asked, *, is_exact: bool) -> Hit:
    number = f"Azure release {row.azure_id}" if row.name != f"Release-{row.azure_id}" else ""
    gone = "deleted in Azure" if row.gone_at else ""
    return Hit(
        kind=Kind.RELEASE,
        row=row,
        title=row.name,
        detail=joined(row.pipeline.name, row.project.name, number, gone),
        at=row.created_on,
        is_exact=is_exact or row.azure_id == asked.number,
        release=row,
    )


def _pipeline(row: Pipeline, asked: Asked) -> Hit:
    return Hit(
        kind=Kind.PIPELINE,
        row=row,
        title=row.name,
        detail=joined(row.project.name, "deleted in Azure" if row.gone_at else ""),
        is_exact=row.name.lower() == asked.text.lower(),
    )
