"""What stands around one thing is looked up in an index from its place on, however long the history before it is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.queries import bars, choices, spans
from releases.queries.model_version import live_versions, model_version_seen
from releases.queries.release_around import around
from releases.states import ArtifactRole, Role
from tests import factories
from tests.domain import many
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_the_neighbours_of_a_release_are_looked_up_from_its_place_on():
    release = factories.release()
    with CaptureQueriesContext(connection) as asked:
        around(release)
    older, newer = (plan(one["sql"]) for one in asked.captured_queries if 'FROM "releases_release"' in one["sql"])
    for found, sign in ((older, "<"), (newer, ">")):
        assert f"release_pipeline_newest (pipeline_id=? AND created_on{sign}?)" in found or (
            "release_pipeline_newest" in found and f"(created_on {sign}= " in found
        )
        assert "TEMP B-TREE" not in found and "Sort" not in found


def test_what_a_stage_ran_lately_is_looked_up_from_then_on():
    rows = spans.reaching(factories.stage().pk, NOON).order_by("-live_from")[:60]
    with CaptureQueriesContext(connection) as asked:
        list(rows)
    found = plan(asked.captured_queries[0]["sql"])
    assert "live_span_as_of (stage_id=? AND live_from>?)" in found or "(live_from >= " in found
    assert "TEMP B-TREE FOR ORDER BY" not in found and "Sort" not in found


def test_what_a_stage_ran_at_a_moment_is_one_look_up_however_much_it_ran_before():
    newest = factories.live_span()
    many.spans(newest)
    with CaptureQueriesContext(connection) as asked:
        assert spans.by_stage_at([newest.stage_id], NOON + timedelta(days=1)) == {newest.stage_id: newest}
    found = plan(asked.captured_queries[0]["sql"], as_if_great=False)
    assert "live_span_as_of (stage_id=? AND live_from<?)" in found or "(live_from <= " in found
    assert "TEMP B-TREE" not in found and "Sort" not in found


def test_the_newest_changes_of_a_pipeline_are_found_before_their_releases_are_read():
    stages = [factories.stage()]
    with CaptureQueriesContext(connection) as asked:
        bars.window(stages, end=NOON, length=timedelta(days=30))
    found = plan(asked.captured_queries[0]["sql"])
    assert "COVERING INDEX live_span_as_of (stage_id=? AND live_from>?)" in found or (
        "live_span_as_of" in found and "(live_from >= " in found
    )


def test_what_few_releases_carry_is_looked_up_by_these_releases():
    user, release = factories.user(role=Role.AUDITOR), factories.release()
    version = factories.model_version(name="svc")
    factories.artifact(release=release, role=ArtifactRole.MODEL, name="svc", model_version=version)
    many.carriers(version)
    factories.live_span(release=release)
    with CaptureQueriesContext(connection) as asked:
        assert choices.versions(user, ArtifactRole.MODEL) and live_versions(user, version)
    of_artifacts = [one["sql"] for one in asked.captured_queries if 'FROM "releases_artifact"' in one["sql"]]
    assert len(of_artifacts) == 2
    for sql in of_artifacts:
        assert "(release_id=?)" in plan(sql) or "Index Cond: (release_id = " in plan(sql)


def test_the_releases_of_an_old_version_are_found_by_its_artifacts_alone():
    """Asked for releases in their order, or for stages of pipelines that carried it, PostgreSQL reads all releases."""
    user, release = factories.user(role=Role.AUDITOR), factories.release()
    version = factories.model_version(name="svc")
    factories.artifact(release=release, role=ArtifactRole.MODEL, name="svc", model_version=version)
    many.carriers(version)
    with CaptureQueriesContext(connection) as asked:
        seen = model_version_seen(user, version, now=NOON)
    assert seen.release_count == 2 and seen.places == []
    of_it = [one["sql"] for one in asked.captured_queries if f'"model_version_id" = {version.pk}' in one["sql"]]
    newest = next(sql for sql in of_it if "LIMIT 10" in sql)
    assert "releases_release" not in newest
    found = plan(newest)
    assert "artifact_model_version" in found or "(model_version_id=?)" in found
    assert not [sql for sql in of_it if "releases_stage" in sql or "releases_pipeline" in sql]


def plan(sql: str, *, as_if_great: bool = True) -> str:
    """How the database would go about it; PostgreSQL as if the tables were too great to be read whole or sorted."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and as_if_great:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
