"""Commands, real workers on a real Redis, and what happens to either: killed, stopped, emptied, two of each."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.models import F

from releases.audit import findings
from releases.models import AuditEvent, Command, Project
from releases.states import CommandState
from tests.company import Company
from tests.delivery.acting import effects, operator, path, redeploy
from tests.delivery.crew import Crew, all_end, crew, running_quays, standing, stored_stages
from tests.redis import RedisServer, redis_server
from tests.servers import wait_until

pytestmark = pytest.mark.redis
LATE_SECONDS = 120
"""Longer than the lease, the settle time, both readings that show nothing, and the deployment that is sent then."""


@pytest.fixture(scope="module")
def quays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with running_quays(tmp_path_factory.mktemp("quays")) as company:
        yield company


@pytest.fixture
def project(transactional_db: None, quays: Company) -> Project:
    quays.heal()
    return quays.project()


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def ours(redis: RedisServer, tmp_path: Path) -> Iterator[Crew]:
    with crew(tmp_path, redis.url) as made:
        yield made


@pytest.fixture(
    params=[pytest.param("redis", marks=pytest.mark.on_redis), pytest.param("folder", marks=pytest.mark.on_folder)]
)
def either(request: pytest.FixtureRequest, redis: RedisServer, tmp_path: Path) -> Iterator[Crew]:
    """On Redis, and on the broker in a folder, whose worker is killed outright and started again."""
    with crew(tmp_path, redis.url if request.param == "redis" else "") as made:
        yield made


def asked(project: Project, count: int = 1) -> list[Command]:
    """So many redeployments, recorded and not yet nudged."""
    by = operator()
    return [redeploy(stage, by=by) for stage in stored_stages(project, count)]


def once(quays: Company, commands: list[Command]) -> bool:
    """Whether each took effect exactly once, and the trail is whole."""
    counts = {effects(quays, command.release_stage) for command in commands if command.release_stage}
    return counts == {1} and not list(findings())


def dies_at(point: str, project: Project, quays: Company, ours: Crew) -> Command:
    """The command whose first worker dies at this point; the second one carries on."""
    [command] = asked(project)
    first = ours.worker(SLIPWAY_CRASH_AT=point)
    ours.wake()
    assert first.wait(30) == -signal.SIGKILL
    ours.worker()
    all_end([command], seconds=60, wake=ours.wake)
    command.refresh_from_db()
    assert (command.losses, once(quays, [command])) == (1, True)
    return command


def test_killed_before_the_nudge_the_sweeper_finds_it_in_time(project, quays, either):
    """Fault 13."""
    either.worker()
    either.beat()
    [command] = asked(project)
    all_end([command], seconds=15)
    assert once(quays, [command])


def test_killed_between_the_commit_and_the_request(project, quays, either):
    """Fault 14: nothing shows after the settle time, so it is sent again."""
    command = dies_at("sending_committed", project, quays, either)
    assert path(command) == [
        "authorised",
        "sending",
        "unknown worker_lost",
        "authorised",
        "sending",
        "confirmed done",
    ]


def test_killed_between_azures_answer_and_our_note_of_it(project, quays, either):
    """Fault 15: Azure is read and shows it; the request was sent once."""
    command = dies_at("applied", project, quays, either)
    assert path(command) == ["authorised", "sending", "unknown worker_lost", "confirmed done"]
    assert len(quays.asked("environments.update")) == 1


def suspended_at(point: str, project: Project, ours: Crew) -> Command:
    """The command whose first worker stands still at this point, until another one has carried it to its end."""
    [command] = asked(project)
    first = ours.worker(SLIPWAY_STOP_AT=point, SLIPWAY_LEASE_SECONDS="4")
    ours.wake()
    wait_until(lambda: is_stopped(first.pid), seconds=30, what="the worker is suspended")
    ours.worker(SLIPWAY_LEASE_SECONDS="4")
    all_end([command], seconds=60, wake=ours.wake)
    os.kill(first.pid, signal.SIGCONT)
    time.sleep(1)
    command.refresh_from_db()
    return command


def test_suspended_before_the_request_it_sends_nothing_afterwards(project, quays, either):
    """Fault 17: the lease is over when it wakes up, and another worker has carried on."""
    command = suspended_at("sending_committed", project, either)
    assert (command.state, command.sends, once(quays, [command])) == ("confirmed", 2, True)


def test_suspended_inside_the_request_another_worker_finds_its_effect(project, quays, either):
    """Fault 17: Azure took it while the worker stood still; nothing is sent again, and nothing is to be noted."""
    command = suspended_at("applied", project, either)
    assert (command.state, command.sends, once(quays, [command])) == ("confirmed", 1, True)
    assert not AuditEvent.objects.filter(type="command.sent_late").exists()


@pytest.mark.soak
def test_a_request_that_arrives_after_the_next_one_is_never_silently_a_second(project, quays, either):
    """Fault 17, at its worst: it was under way so long that it was sent again, and then it arrived all the same."""
    [command] = asked(project)
    quays.fault("environments.update", "late", times=1, args={"seconds": LATE_SECONDS})
    first = either.worker(SLIPWAY_LEASE_SECONDS="4")
    either.wake()
    wait_until(lambda: quays.faults()[0]["hit"] == 1, seconds=30, what="the request is under way")
    os.kill(first.pid, signal.SIGSTOP)
    either.worker(SLIPWAY_LEASE_SECONDS="4")
    all_end([command], seconds=LATE_SECONDS, wake=either.wake)
    assert once(quays, [command])
    wait_until(lambda: not once(quays, [command]), seconds=LATE_SECONDS, what="the first request arrives")
    os.kill(first.pid, signal.SIGCONT)
    late = AuditEvent.objects.filter(type="command.sent_late", object_id=str(command.pk))
    wait_until(late.exists, seconds=30, what="the worker notes what it has done")
    command.refresh_from_db()
    assert (command.state, command.sends, "may have done it twice" in command.sentence) == ("confirmed", 2, True)


def test_a_command_that_kills_its_workers_ends_before_a_person_and_others_go_on(project, quays, either):
    """Fault 18: the pool's child dies each time; after five losses it is dead."""
    deadly, other = asked(project, 2)
    pool = {"pool": "prefork", "count": 2} if either.redis_url else {"pool": "threads", "count": 2}
    workers = [either.worker(**pool, SLIPWAY_CRASH_AT=f"claimed:{deadly.pk}")]

    def is_dead() -> bool:
        if workers[-1].poll() is not None:  # with threads the whole worker dies, and is started again as `up` does
            workers.append(either.worker(**pool, SLIPWAY_CRASH_AT=f"claimed:{deadly.pk}"))
        either.wake()
        return Command.objects.filter(pk=deadly.pk, state=CommandState.NEEDS_ATTENTION).exists()

    wait_until(is_dead, seconds=60, what="the deadly one is dead", every=0.5)
    all_end([other], seconds=30, wake=either.wake)
    deadly.refresh_from_db()
    assert (deadly.code, deadly.losses, deadly.sends) == ("dead", 5, 0)
    assert once(quays, [other])


@pytest.mark.on_redis
@pytest.mark.parametrize("count", [12, pytest.param(100, marks=pytest.mark.soak)])
def test_what_waits_is_carried_out_though_redis_is_emptied(project, quays, redis, ours, count):
    """Fault 22."""
    commands = asked(project, count)
    ours.worker()
    ours.beat()
    wait_until(lambda: Command.objects.filter(sends__gt=0).exists(), seconds=30, what="the first is sent")
    redis.lose()
    all_end(commands, seconds=30 + 2 * count)
    assert standing(commands) == {"confirmed": count}
    assert once(quays, commands)


@pytest.mark.on_redis
@pytest.mark.parametrize("seconds", [3, pytest.param(1800, marks=pytest.mark.soak)])
def test_redis_is_back_and_the_workers_go_on_by_themselves(project, quays, redis, ours, seconds):
    """Fault 24."""
    ours.worker()
    ours.beat()
    redis.kill()
    [command] = asked(project)
    time.sleep(seconds)
    assert Command.objects.filter(pk=command.pk, sends=0).exists()
    redis.start()
    all_end([command], seconds=40)
    assert once(quays, [command])


@pytest.mark.on_redis
def test_two_clocks_and_two_workers_carry_out_each_once(project, quays, ours):
    """Fault 25."""
    commands = asked(project, 12)
    for _ in range(2):
        ours.worker(count=2)
        ours.beat()
    all_end(commands, seconds=60)
    assert (standing(commands), once(quays, commands)) == ({"confirmed": 12}, True)
    assert not Command.objects.exclude(sends=1).exists()
    assert not Command.objects.filter(moves__gt=F("sends") + 1).exists()


def is_stopped(pid: int) -> bool:
    """Whether the process is suspended by a signal."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
