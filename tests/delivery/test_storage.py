"""What the database does to commands: it refuses, is full, cuts connections, is set back; and clocks that jump."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.utils import timezone

from releases.actions.commands.moving import DELIVERY, move
from releases.delivery import leasing, rounds
from releases.models import Command, CommandMove, ReleaseStage
from releases.models.commands import FORMAT
from releases.states import CommandState
from tests.delivery.acting import carried, effects, path, redeploy, stored, trail_is_whole

REFUSING = {
    "sqlite": ["CREATE TRIGGER tests_refuse BEFORE INSERT ON releases_auditevent BEGIN SELECT RAISE(ABORT, 'no'); END"],
    "postgresql": [
        "CREATE FUNCTION tests_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
        "CREATE TRIGGER tests_refuse BEFORE INSERT ON releases_auditevent EXECUTE FUNCTION tests_refuse()",
    ],
}
AGAIN = {
    "sqlite": ["DROP TRIGGER tests_refuse"],
    "postgresql": ["DROP TRIGGER tests_refuse ON releases_auditevent", "DROP FUNCTION tests_refuse()"],
}


@contextmanager
def trail_refuses() -> Iterator[None]:
    """The database takes no event."""
    with connection.cursor() as cursor:
        for statement in REFUSING[connection.vendor]:
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in AGAIN[connection.vendor]:
                cursor.execute(statement)


def test_without_its_event_nothing_is_recorded(project, company):
    """Fault 28."""
    stage = stored(project)
    with trail_refuses(), pytest.raises(DatabaseError):
        redeploy(stage)
    rounds.deliver()
    assert (Command.objects.count(), effects(company, stage)) == (0, 0)


def test_without_its_event_nothing_is_sent(project, company):
    """Fault 28, in the worker."""
    stage = stored(project)
    command = redeploy(stage)
    with trail_refuses():
        rounds.deliver()
    command.refresh_from_db()
    assert (command.state, command.sends, effects(company, stage)) == ("authorised", 0, 0)
    Command.objects.filter(pk=command.pk).update(due_at=command.asked_at)
    assert (carried(command).state, effects(company, stage)) == ("confirmed", 1)


def test_a_command_of_a_newer_form_is_left_for_a_newer_worker(project, company):
    """Fault 31."""
    command = redeploy(stored(project))
    Command.objects.filter(pk=command.pk).update(format=FORMAT + 1)
    assert rounds.deliver() == 0
    command.refresh_from_db()
    assert (command.state, command.moves, command.leased_by) == ("authorised", 0, "")
    Command.objects.filter(pk=command.pk).update(format=FORMAT)
    assert carried(command).state == "confirmed"


def test_a_restored_backup_repeats_nothing(project, company):
    """Fault 32: the rows are from before the send, Azure is not."""
    stage = stored(project)
    command = redeploy(stage)
    before = Command.objects.filter(pk=command.pk).values().get()
    carried(command)
    CommandMove.objects.filter(command=command, number__gt=0).delete()
    Command.objects.filter(pk=command.pk).update(**{name: value for name, value in before.items() if name != "id"})
    carried(command)
    assert (command.state, command.attempt, effects(company, stage)) == ("confirmed", command.payload["attempt"], 1)


@pytest.mark.postgresql
def test_connections_that_are_cut_cost_nothing(project, company):
    """Fault 26: the server ends every other connection between two steps, and in the middle of one."""
    stage = stored(project)
    command = redeploy(stage)
    connections["default"].close()
    _cut_all()
    carried(command)
    assert (command.state, effects(company, stage), trail_is_whole()) == ("confirmed", 1, True)


def _cut_all() -> None:
    """From a connection of its own, end all others to this database."""

    now = connection.settings_dict
    with psycopg.connect(host=now["HOST"], port=now["PORT"], user=now["USER"], dbname=now["NAME"]) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [now["NAME"]],
        )


FULL = """
    CREATE FUNCTION tests_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER tests_refuse BEFORE INSERT ON releases_auditevent EXECUTE FUNCTION tests_refuse();
"""


def test_a_full_disk_refuses_the_act_and_recovers_by_itself(project, company):
    """Fault 27. SQLite's file may not grow; PostgreSQL answers as it does when its disk is full."""
    stage = stored(project)
    fill, empty = (_fill_sqlite, _empty_sqlite) if connection.vendor == "sqlite" else (_fill_postgresql, _empty)
    fill()
    try:
        with pytest.raises(DatabaseError, match="full"):
            _go_on_asking(stage)
    finally:
        empty()
    Command.objects.exclude(state="cancelled").update(**ENDED, ended_at=timezone.now())
    assert effects(company, stage) == 0
    assert (carried(redeploy(stage)).state, trail_is_whole()) == ("confirmed", True)


def _go_on_asking(stage: ReleaseStage) -> None:
    """Ask and take back until it is refused; what is free in the file is used up first."""
    for number in range(2000):
        redeploy(stage, key=f"full-{number}", reason="x" * 2000)
        Command.objects.all().update(**ENDED, ended_at=timezone.now())


ENDED = {"state": "cancelled", "code": "by_author", "due_at": None}


def _fill_sqlite() -> None:
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")


def _empty_sqlite() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")


def _fill_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FULL)


def _empty() -> None:
    with connection.cursor() as cursor:
        for statement in AGAIN["postgresql"]:
            cursor.execute(statement)


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(hours=-1)])
def test_a_clock_that_jumps_sends_nothing_early(project, company, jump):
    """Fault 59: leases and the settle time go by the database's clock."""
    company.fault("environments.update", "drop")
    stage = stored(project)
    command = carried(redeploy(stage), until=CommandState.UNKNOWN)
    with time_machine.travel(timezone.now() + jump, tick=True):
        for _ in range(3):
            rounds.deliver()
        command.refresh_from_db()
        assert (command.sends, command.state) == (1, "unknown")
        lease = leasing.claim(str(command.pk))
        assert lease is None or leasing.claim(str(command.pk)) is None
        if lease is not None:
            lease.release(due_in=0)
    carried(command)
    assert (command.state, effects(company, stage), trail_is_whole()) == ("confirmed", 1, True)


def test_a_lease_that_could_not_be_given_back_is_free_at_once(project, company, monkeypatch):
    """Fault 26: the database was gone when the worker wanted to; nobody waits for the end of the lease."""
    command = redeploy(stored(project))
    with monkeypatch.context() as gone:
        gone.setattr(leasing.Lease, "release", lambda *_, **__: (_ for _ in ()).throw(OperationalError("gone")))
        gone.setattr(leasing.Lease, "keep", lambda *_: (_ for _ in ()).throw(OperationalError("gone")))
        with pytest.raises(OperationalError):
            rounds.deliver()
    command.refresh_from_db()
    assert (command.state, command.leased_by != "") == ("authorised", True)
    assert (carried(command).state, command.sends, command.losses) == ("confirmed", 1, 1)


def test_a_lease_that_is_worked_with_is_taken_by_no_thread_of_the_process(project, company):
    command = redeploy(stored(project))
    lease = leasing.claim(str(command.pk))
    assert lease is not None
    assert (leasing.claim(str(command.pk)), list(leasing.due())) == (None, [])
    with lease:
        assert leasing.claim(str(command.pk)) is None
    assert leasing.claim(str(command.pk)) is not None


def test_a_worker_that_lost_its_lease_stores_nothing(project, company):
    """Fault 17: what it found is another worker's to say."""
    command = redeploy(stored(project))
    lease = leasing.claim(str(command.pk))
    assert lease is not None
    Command.objects.filter(pk=command.pk).update(leased_by="another:0:1:2")
    with pytest.raises(leasing.LeaseLost), transaction.atomic():
        lease.keep()
    with pytest.raises(Exception, match="moved on"), transaction.atomic():
        move(lease.command, CommandState.SENDING, by=DELIVERY)
    command.refresh_from_db()
    assert (path(command), command.state) == (["authorised"], "authorised")
