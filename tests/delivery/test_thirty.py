"""Thirty redeployments against an Azure that fails, with workers killed and the broker lost: never lost, never twice.

The experiment of the design, on Redis and on the broker in a folder.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from releases.audit import findings
from releases.models import Command, Project
from tests.company import Company
from tests.delivery.acting import effects, operator, redeploy
from tests.delivery.crew import Crew, all_end, crew, running_quays, standing, stored_stages
from tests.redis import redis_server
from tests.servers import wait_until

COUNT = 30
KILLS = 3


@pytest.fixture(scope="module")
def quays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with running_quays(tmp_path_factory.mktemp("quays")) as company:
        yield company


@pytest.fixture
def project(transactional_db: None, quays: Company) -> Project:
    return quays.project()


def a_bad_day(quays: Company) -> None:
    """One in ten is answered with 503 before it took effect, one in four loses the answer after it did."""
    quays.heal()
    quays.fault("environments.update", "unavailable", times=0, chance=0.10, seed=3)
    quays.fault("environments.update", "apply_then_drop", times=0, chance=0.25, seed=4)


@pytest.mark.redis
@pytest.mark.on_redis
def test_on_redis_with_its_loss(project: Project, quays: Company, tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis, crew(tmp_path, redis.url) as ours:
        experiment(project, quays, ours, lose_broker=redis.lose)


@pytest.mark.on_folder
def test_on_the_broker_in_a_folder(project: Project, quays: Company, tmp_path: Path) -> None:
    with crew(tmp_path) as ours:
        experiment(project, quays, ours, lose_broker=None)


def experiment(project: Project, quays: Company, ours: Crew, *, lose_broker: Callable[[], None] | None) -> None:
    a_bad_day(quays)
    stages = stored_stages(project, COUNT)
    by, chance = operator(), random.Random(11)
    commands = [redeploy(stage, by=by) for stage in stages]
    worker = ours.worker()
    for kill in range(KILLS):
        ours.wake()
        wait_until(held, seconds=30, what="a command is being carried out", every=0.01)
        time.sleep(chance.uniform(0, 0.3))
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        if lose_broker and kill == 1:
            lose_broker()
        worker = ours.worker()
    all_end(commands, seconds=120, wake=ours.wake)
    assert standing(commands) == {"confirmed": COUNT}
    assert {effects(quays, stage) for stage in stages} == {1}
    assert sum(Command.objects.values_list("sends", flat=True)) > COUNT
    assert not list(findings())


def held() -> bool:
    """Whether a worker carries out a command right now."""
    return Command.objects.exclude(leased_by="").filter(sends=0).exists()
