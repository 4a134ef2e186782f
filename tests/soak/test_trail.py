"""The trail for long: writers killed for a minute, and a million events read by both verifiers in a minute each."""

import random
import time
from pathlib import Path

import pytest

from releases import audit
from releases.models import AuditEvent, User
from tests.audit.test_writers import has_begun, start
from tests.benchmarks import measuring
from tests.servers import end

pytestmark = pytest.mark.soak
WRITERS, KILLS, SECONDS = 8, 96, 60


@pytest.mark.django_db(transaction=True)
def test_eight_writers_killed_for_a_minute_leave_each_change_with_exactly_one_event(tmp_path: Path) -> None:
    """Fault 62."""
    chance = random.Random(62)
    writers = [start(f"writer-{number}", tmp_path) for number in range(WRITERS)]
    killed, began = 0, time.monotonic()
    while killed < KILLS or time.monotonic() - began < SECONDS:
        time.sleep(chance.uniform(0.05, 0.4))
        place = chance.randrange(WRITERS)
        has_begun(writers[place])
        killed += writers[place].poll() is None
        writers[place].kill()
        end(writers[place], 9)
        writers[place] = start(f"writer-{place}-{killed}", tmp_path)
    for writer in writers:
        has_begun(writer)
        writer.kill()
        end(writer, 9)
    subjects = set(User.objects.values_list("subject", flat=True))
    events = list(AuditEvent.objects.filter(type="user.created").values_list("object_id", flat=True))
    assert len(events) == len(set(events)) > KILLS
    assert set(events) == subjects
    assert list(audit.findings()) == []


def test_a_million_events_are_verified_within_a_minute_by_both_and_memory_stays_flat(tmp_path: Path) -> None:
    with measuring.sqlite(tmp_path) as database:
        env, asked = {"DATABASE_URL": database.fresh()}, {"folder": str(tmp_path / "trail"), "events": 1_000_000}
        filled = measuring.run_side("fill", asked, folder=tmp_path, env=env)
        ours = measuring.run_side("verified", {}, folder=tmp_path, env=env)
        theirs = measuring.run_side("verified_outside", {**asked, **filled}, folder=tmp_path, env={})
    assert filled["events"] > 1_000_000
    assert (ours["seconds"] <= 60, theirs["seconds"] <= 60) == (True, True), (ours, theirs)
    assert ours["peak_mb"] - ours["idle_mb"] < 60
    assert theirs["peak_mb"] < 120
