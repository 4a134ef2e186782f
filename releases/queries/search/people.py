"""People by any part of their name, address or unique name, each with their newest release. Two queries.

People are few beside releases, so their names are simply looked through. Who holds no role everywhere finds only those
who did something in the projects they see.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from releases.models import Commit, Identity, ModelVersion, Release, TrainingRun, User
from releases.queries.search.asked import Asked
from releases.queries.search.hits import Group, Hit, Kind, group_of, joined
from releases.queries.search.seen import Seen
from releases.states import IdentityKind

NAMES_READ = 60
"""Names that one search reads; several may be of one person."""

SOURCES = {
    Identity.Source.AZURE_DEVOPS: "Azure DevOps",
    Identity.Source.GIT: "git",
    Identity.Source.AZURE_ML: "Azure ML",
}


def people(_user: User, seen: Seen, asked: Asked) -> Group:
    """One hit for each person, however many names the sources have for them."""
    meant = Q(name__icontains=asked.text) | Q(email__icontains=asked.text) | Q(key__iexact=asked.text)
    rows = Identity.objects.filter(meant, is_group=False).annotate(newest=Subquery(_newest(seen)))
    if not seen.is_everything:
        rows = rows.filter(_did_something(seen))
    found = list(rows.order_by("name", "id")[:NAMES_READ])
    newest = {row.newest for row in found if row.newest}
    releases = Release.objects.select_related("project", "pipeline").in_bulk(newest)
    persons: dict[Any, list[Any]] = {}
    for row in found:
        persons.setdefault(row.user_id or row.email.lower() or row.name.lower() or row.pk, []).append(row)
    hits = [_person(names, asked, releases=releases) for names in persons.values()]
    hits.sort(key=lambda hit: (not hit.title.lower().startswith(asked.text.lower()), hit.release is None))
    return group_of(Kind.PERSON, hits)


def _newest(seen: Seen) -> QuerySet[Release, Any]:
    """The newest release that was made for somebody, or by them.

    The project is asked of the pipeline: the database shall begin with the person, not with a whole project.
    """
    rows = Release.objects.all() if seen.is_everything else Release.objects.filter(pipeline__project__in=seen.projects)
    # The sum is no column: SQLite takes an index on an expression only for what has no type of its own either.
    whose = rows.alias(whose=Coalesce("created_for", "created_by")).filter(whose=OuterRef("pk") + 0)
    return whose.order_by("-created_on", "-id").values("pk")[:1]


def _did_something(seen: Seen) -> Q:
    theirs: tuple[QuerySet[Any], ...] = (
        Commit.objects.filter(author=OuterRef("pk"), project__in=seen.projects),
        Commit.objects.filter(committer=OuterRef("pk"), project__in=seen.projects),
        ModelVersion.objects.filter(created_by=OuterRef("pk"), workspace__in=seen.workspaces),
        TrainingRun.objects.filter(owner=OuterRef("pk"), workspace__in=seen.workspaces),
    )
    found = Q(newest__isnull=False)
    for rows in theirs:
        found |= Q(Exists(rows))
    return found


def _person(names: Collection[Any], asked: Asked, *, releases: dict[int, Release]) -> Hit:
    first = max(names, key=lambda row: (row.newest or 0, -row.pk))
    release = releases.get(first.newest or 0)
    sources = sorted({SOURCES[row.source] for row in names if row.source in SOURCES})
    text = asked.text.lower()
    return Hit(
        kind=Kind.PERSON,
        row=first,
        title=str(first),
        detail=joined(
            first.email if first.email != str(first) else "",
            "a service" if first.kind == IdentityKind.SERVICE else "",
            " and ".join(sources),
            f"newest release {release}" if release else "",
        ),
        at=release.created_on if release else None,
        is_exact=any(text in {row.name.lower(), row.email.lower(), row.key.lower()} for row in names),
        release=release,
    )
