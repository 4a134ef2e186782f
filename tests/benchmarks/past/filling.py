"""Writes the made-up releases, a thousand in a transaction, by the store's writers. Called by hand and by goals."""

from datetime import UTC, datetime, timedelta
from random import Random

from django.db import connection, transaction

from releases.models import Commit, ReleaseCommit
from releases.sync import spans
from releases.sync.mapping.tables import APPROVAL, ARTIFACT, DEPLOYMENT, RELEASE, SPAN, STAGE, STEP, Row, Table
from releases.sync.spans import Attempt
from releases.sync.store import texts, writing
from releases.sync.store.texts import Text
from tests.benchmarks.past import places
from tests.benchmarks.past.places import STAGES, Line
from tests.benchmarks.past.releases import Ids, Maker, Rows

AT_ONCE = 1_000
ATTEMPTS_AT_MOST = 3 * len(STAGES)
DAYS = 700
WAITING_AMONG_LAST = 40
WITH_STEPS = 50
END = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STEPS = ("Download artifacts", "Set up Python", "Deploy model to endpoint", "Smoke test")


def fill(count: int, *, seed: int = 7, end: datetime = END) -> None:
    """Fill an empty database with so many releases, the newest of them made shortly before `end`."""
    random = Random(seed)
    found = places.make(random, end=end)
    maker = Maker(found, random, newest_from=count - WAITING_AMONG_LAST)
    turns: dict[int, list[Attempt]] = {}
    for start in range(0, count, AT_ONCE):
        with transaction.atomic():
            numbers = range(start + 1, min(start + AT_ONCE, count) + 1)
            made = [(number, _made_on(number, count, end, random)) for number in numbers]
            _write(_made(maker, made, count), turns)
    with transaction.atomic():
        _spans(turns)
    _settle()


def _made_on(number: int, count: int, end: datetime, random: Random) -> datetime:
    """Evenly over the days, each a little late, never before the one before it."""
    step = timedelta(days=DAYS) / count
    return (end - step * (count - number + 1) + step * random.random()).replace(microsecond=number % 1000 * 1000)


def _made(maker: Maker, made: list[tuple[int, datetime]], count: int) -> list[Rows]:
    lines = maker.places.lines
    weights = [line.weight for line in lines]
    size = len(made)
    wanted = {RELEASE: size, STAGE: size * len(STAGES), DEPLOYMENT: size * ATTEMPTS_AT_MOST}
    ids = writing.take_ids(wanted)
    found = []
    for at, (number, made_on) in enumerate(made):
        mine = Ids(ids[RELEASE][at], ids[STAGE][at * 3 : at * 3 + 3], _share(ids[DEPLOYMENT], at))
        line: Line = maker.random.choices(lines, weights=weights)[0]
        found.append(maker.release(number, line, made_on, share=number / count, ids=mine))
    return found


def _share(ids: list[int], at: int) -> list[int]:
    return ids[at * ATTEMPTS_AT_MOST : (at + 1) * ATTEMPTS_AT_MOST][::-1]


def _write(made: list[Rows], turns: dict[int, list[Attempt]]) -> None:
    releases = [rows.stages[0][0] for rows in made]
    writing.insert(RELEASE, [rows.release for rows in made], ids=releases)
    stages = [row for rows in made for row in rows.stages]
    writing.insert(STAGE, [[row[0], row[1], *row[2:]] for row in stages], ids=[row[1] for row in stages])
    attempts = [row for rows in made for row in rows.attempts]
    writing.insert(DEPLOYMENT, [row[1:] for row in attempts], ids=[row[0] for row in attempts])
    _insert(ARTIFACT, [row for rows in made for row in rows.artifacts])
    _insert(APPROVAL, [row for rows in made for row in rows.approvals])
    created = RELEASE.at["created_on"]
    texts.write([Text(pk, rows.release[created], rows.words) for pk, rows in zip(releases, made, strict=True)])
    _commits(made, releases)
    _steps(attempts[-WITH_STEPS:])
    for stage, attempt in (one for rows in made for one in rows.turns):
        turns.setdefault(stage, []).append(attempt)


def _insert(table: Table, rows: list[Row]) -> None:
    writing.insert(table, rows)


def _commits(made: list[Rows], releases: list[int]) -> None:
    """The commit of every push, as one that its release brought."""
    project, version = made[0].release[0], ARTIFACT.at["version_id"]
    pushed = [
        (pk, rows.artifacts[0][version])
        for pk, rows in zip(releases, made, strict=True)
        if rows.release[RELEASE.at["trigger_kind"]] == "push"
    ]
    commits = Commit.objects.bulk_create(
        Commit(project_id=project, repository="Learn_MLOps", sha=sha, message=f"Change {sha[:4]}") for _, sha in pushed
    )
    ReleaseCommit.objects.bulk_create(
        ReleaseCommit(release_id=pk, commit=commit, alias="_Learn_MLOps")
        for (pk, _), commit in zip(pushed, commits, strict=True)
    )


def _steps(attempts: list[Row]) -> None:
    rows = [
        [attempt[0], 1, at, "Agent job", name, at, "succeeded", attempt[10], attempt[12], "agent-1", []]
        for attempt in attempts
        for at, name in enumerate(STEPS, 1)
    ]
    _insert(STEP, rows)


def _spans(turns: dict[int, list[Attempt]]) -> None:
    rows = [
        [stage, one.release, one.opened_by, *one[2:]]
        for stage, attempts in turns.items()
        for one in spans.spans_of(attempts)
    ]
    _insert(SPAN, rows)


def _settle() -> None:
    """What a database that has run for a while has done by itself: figures of its tables, index pages in order."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")
