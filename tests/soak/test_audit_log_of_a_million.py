"""The audit log among a million entries: every page, filtered or deep, answers about as fast as the first."""

import hashlib
from datetime import timedelta
from time import perf_counter

import pytest
from django.db import connection

from releases.models import AuditEvent
from releases.queries.audit_log import LogFilters, listing_of, scope_of
from releases.states import Role
from tests import factories
from tests.factories import NOON

pytestmark = [pytest.mark.soak, pytest.mark.django_db]
MANY = 1_000_000
SECONDS = 0.5


def made(mine, theirs):
    """Nearly all are sync runs of another project; of each rare kind there are some hundred, spread over the years."""
    for start in range(1, MANY, 10_000):
        rows = []
        for seq in range(start, min(start + 10_000, MANY + 1)):
            digest = hashlib.sha256(str(seq).encode()).digest()
            rare, project = seq % 5_000 == 0, mine if seq % 3_000 == 0 else theirs
            rows.append(
                AuditEvent(
                    seq=seq,
                    body='{"type":"sync.run","actor":{"kind":"system","ref":"sync"}}',
                    leaf=digest,
                    prev=digest,
                    link=digest,
                    ts=NOON + timedelta(minutes=seq),
                    type="user.role_granted" if rare else "sync.run",
                    outcome="denied" if rare else "ok",
                    project_id=project.pk,
                    object_kind="sync_run",
                    object_id=f"run-{seq}",
                    actor_ref="somebody" if rare else "sync",
                )
            )
        AuditEvent.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE releases_auditevent" if connection.vendor == "postgresql" else "PRAGMA optimize")


def test_every_page_of_a_million_entries_is_quick():
    mine, theirs = factories.project(), factories.project()
    auditor, member = factories.user(role=Role.AUDITOR), factories.user(role=Role.QA, project=mine)
    made(mine, theirs)
    day = NOON + timedelta(days=30)
    asked = {
        "newest": (auditor, LogFilters(), None),
        "deep": (auditor, LogFilters(), 5_000),
        "group": (auditor, LogFilters(type="people"), None),
        "rare outcome": (auditor, LogFilters(outcome="denied"), 400_000),
        "usual outcome": (auditor, LogFilters(outcome="ok", project=mine), None),
        "actor": (auditor, LogFilters(actor="somebody"), None),
        "actor and another's type": (auditor, LogFilters(actor="sync", type="user.role_granted"), None),
        "object": (auditor, LogFilters(object=("sync_run", "run-77")), None),
        "a day long ago": (auditor, LogFilters(since=day, until=day + timedelta(days=1)), None),
        "member": (member, LogFilters(), None),
        "member, group": (member, LogFilters(type="sync"), 600_000),
    }
    took = {}
    for name, (user, filters, before) in asked.items():
        begun = perf_counter()
        found = listing_of(scope_of(user), filters).page(before=before)
        took[name] = round(perf_counter() - begun, 3)
        assert found.entries or name == "actor and another's type", name
    assert max(took.values()) < SECONDS, took
