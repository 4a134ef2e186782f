"""Model versions by name and version, training runs by name or commit. Five queries, whatever the registry holds."""

from django.db import connection
from django.db.models import Q

from releases.models import ModelVersion, TrainingRun, User
from releases.models.folded import aliased, beginning
from releases.queries.search.asked import Asked
from releases.queries.search.hits import SHOWN, Group, Hit, Kind, group_of, joined
from releases.queries.search.seen import Seen

NAMES_READ = 1000
MODELS_SHOWN = 20
NEWEST = ("-created_on", "-id")
# Each name is one step in the index, however many versions it has; Django has no words for it.
NAMES = """
    WITH RECURSIVE names(name) AS (
        SELECT min(name) FROM releases_modelversion
        UNION ALL
        SELECT (SELECT min(version.name) FROM releases_modelversion version WHERE version.name > names.name)
        FROM names WHERE names.name IS NOT NULL
    )
    SELECT name FROM names WHERE name IS NOT NULL LIMIT %s
"""


def model_versions(_user: User, seen: Seen, asked: Asked) -> Group:
    """The versions of the models that are meant, the best name first; `v7` alone means every model's."""
    names = _names(asked.model) if asked.model or asked.version else []
    rows = ModelVersion.objects.filter(workspace__in=seen.workspaces, name__in=names)
    if asked.version:
        rows = rows.filter(version=asked.version)
    found = list(rows.select_related("workspace", "training_run").order_by(*NEWEST)[: SHOWN + 1])
    best = {name: rank for rank, name in enumerate(names)}
    if asked.model:
        found.sort(key=lambda row: best[row.name])
    return group_of(Kind.MODEL_VERSION, [_version(row, asked) for row in found])


def training_runs(_user: User, seen: Seen, asked: Asked) -> Group:
    """By the beginning of Azure ML's name or of the title somebody gave, or by the commit that was trained from.

    Three questions instead of one with "or", so that each finds its index.
    """
    rows = aliased(TrainingRun.objects.filter(workspace__in=seen.workspaces), "name", "display_name")
    ways = [beginning("name", asked.text), beginning("display_name", asked.text)]
    if asked.commit:
        ways.append(commit_begins("commit", asked.commit))
    ordered = rows.select_related("workspace").order_by(*NEWEST)
    found = {row.pk: row for way in ways for row in ordered.filter(way)[: SHOWN + 1]}
    return group_of(Kind.TRAINING_RUN, [_run(row, asked) for row in found.values()])


def commit_begins(field: str, letters: str) -> Q:
    """The rows whose commit begins with these: it consists of digits and small letters, of which `g` is beyond."""
    return Q(**{f"{field}__gte": letters, f"{field}__lt": f"{letters}g"})


def _names(text: str) -> list[str]:
    """The models whose name is meant, the best first: the very name, its beginning, its initials, all its words."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [NAMES_READ])
        names = [str(name) for (name,) in cursor.fetchall()]
    if not text:
        return names
    ranked = sorted((rank, name) for name in names if (rank := _rank(name.lower(), text.lower())) is not None)
    return [name for _, name in ranked[:MODELS_SHOWN]]


def _rank(name: str, text: str) -> int | None:
    initials = "".join(word[:1] for word in name.replace("_", "-").replace(" ", "-").split("-"))
    if name == text:
        return 0
    if name.startswith(text):
        return 1
    if len(text) > 1 and initials == text:
        return 2
    return 3 if all(word in name for word in text.split()) else None


def _version(row: ModelVersion, asked: Asked) -> Hit:
    run = f"from training run {row.training_run}" if row.training_run else "without a training run"
    gone = "no longer in the registry" if row.gone_at else "archived" if row.is_archived else ""
    return Hit(
        kind=Kind.MODEL_VERSION,
        row=row,
        title=f"{row.name} v{row.version}",
        detail=joined(row.workspace.name, run, gone),
        at=row.created_on,
        is_exact=bool(asked.version) and row.name.lower() == asked.model.lower(),
    )


def _run(row: TrainingRun, asked: Asked) -> Hit:
    text = asked.text.lower()
    title = row.display_name or row.name
    return Hit(
        kind=Kind.TRAINING_RUN,
        row=row,
        title=title,
        detail=joined(
            row.name if row.name != title else "",
            row.workspace.name,
            row.experiment,
            row.status.lower(),
            f"commit {row.commit[:7]}" if row.commit else "",
        ),
        at=row.created_on,
        is_exact=text in {row.name.lower(), row.display_name.lower()},
    )
