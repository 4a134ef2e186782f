"""The proof of a live span: the entry of the first run whose manifest names its release once it was live."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from releases import audit
from releases.models import LiveSpan, SyncManifest, SyncRun
from releases.queries.proofs import proofs_of
from releases.states import Role, SyncRunState
from tests import factories
from tests.api.conftest import program_of
from tests.domain.test_plans import plan
from tests.factories import NOON
from tests.pages.company import company
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
LIVE = NOON + timedelta(minutes=10)
"""When Release-1 went live in DEV TEST."""


def run_naming(*releases, began, ended, kind="incremental"):
    """A sync run that noted a change of these releases; the number of its entry, if it ended."""
    project = releases[0].project
    times = {"started_at": began, "heartbeat_at": ended or began, "finished_at": ended}
    state = SyncRunState.SUCCEEDED if ended else SyncRunState.RUNNING
    run = SyncRun.objects.create(project=project, kind=kind, state=state, **times)
    for release in releases:
        SyncManifest.objects.create(run=run, key=f"release:{release.azure_id}", sha256="ab" * 32)
    if not ended:
        return None
    with transaction.atomic():
        key = ("sync_run", run.natural_key)
        return audit.append("sync.run", by=audit.System("sync"), project=project, object=key).seq


def proof(span):
    return proofs_of([span]).get(span.pk)


@pytest.fixture
def made():
    return company()


def test_it_is_the_first_run_that_began_after_the_release_was_live_and_names_it(made):
    span = LiveSpan.objects.select_related("release").get(stage=made.dev, release=made.live)
    minute = timedelta(minutes=1)
    run_naming(made.live, began=LIVE - 9 * minute, ended=LIVE - 8 * minute)
    assert proof(span) is None
    around = run_naming(made.live, began=LIVE - minute, ended=LIVE + 5 * minute, kind="backfill")
    assert proof(span) == around
    run_naming(made.waiting, began=LIVE, ended=LIVE + minute)
    run_naming(made.live, began=LIVE + minute, ended=None, kind="history")
    assert proof(span) == around
    after = run_naming(made.live, began=LIVE + 2 * minute, ended=LIVE + 9 * minute)
    run_naming(made.live, began=LIVE + 3 * minute, ended=LIVE + 4 * minute)
    assert proof(span) == after


def test_a_release_of_another_project_with_the_same_number_proves_nothing(made):
    other = factories.release(azure_id=made.live.azure_id)
    run_naming(other, began=LIVE, ended=LIVE + timedelta(minutes=1))
    span = LiveSpan.objects.select_related("release").filter(release=made.live).first()
    assert proof(span) is None


def test_every_place_that_shows_a_span_leads_to_its_proof(made, signed_in):
    later = NOON + timedelta(days=2)
    addresses = (
        "/audit/?q=support-vector-classifier+v7",
        f"/p/{made.project.slug}/releases/{made.live.azure_id}/",
        "/audit/live-at/?at=2026-03-02T18:00",
    )
    for address in addresses:
        assert "not yet" in words(signed_in.get(address))
    seq = run_naming(made.live, made.waiting, began=later, ended=later + timedelta(seconds=2))
    for address in addresses:
        assert f"#{seq}" in words(signed_in.get(address)), address
        assert f"/audit/log/{seq}/" in signed_in.get(address).content.decode()
    asked = {address: queries(signed_in, address) for address in addresses}
    for minutes in range(1, 4):
        run_naming(made.live, made.waiting, began=later + timedelta(minutes=minutes), ended=later + timedelta(hours=1))
    assert {address: queries(signed_in, address) for address in addresses} == asked
    program = program_of(factories.user(role=Role.AUDITOR))
    rows = program.get("live-spans/").json()["results"]
    assert [row["proof"] for row in rows] == [seq] * 3
    assert program.get(f"live-spans/{rows[0]['id']}/").json()["proof"] == seq


def test_proofs_are_looked_up_in_two_indexes(made):
    seq = run_naming(made.live, began=LIVE, ended=LIVE + timedelta(minutes=1))
    spans = list(LiveSpan.objects.select_related("release"))
    with CaptureQueriesContext(connection) as asked:
        assert seq in proofs_of(spans).values()
    lines, entries = (plan(one["sql"]) for one in asked.captured_queries)
    assert "manifest_by_key" in lines
    assert "audit_by_object" in entries
