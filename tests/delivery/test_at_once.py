"""Several people and a worker at the same instant: one command for each wish, and nobody is told of a lock."""

from collections.abc import Callable, Sequence
from functools import partial
from threading import Barrier, Thread

from django.db import connection

from releases.audit import findings
from releases.delivery import rounds
from releases.errors import Conflict
from releases.models import Command, Release, SyncRun
from releases.sync.passes import schedule
from releases.sync.passes.lines import HISTORY
from tests import factories
from tests.delivery.acting import operator, redeploy

ROUNDS = 10
WRITERS = 8


def together(acts: Sequence[Callable[[], object]]) -> list[object]:
    """What each act came to, or the error it raised; all begin at the same instant, each on a connection of its own."""
    barrier, outcomes = Barrier(len(acts)), list[object]([None] * len(acts))

    def run(place: int) -> None:
        barrier.wait()
        try:
            outcomes[place] = acts[place]()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_people_at_one_stage_make_one_command(transactional_db):
    """Fault 21, for a redeployment: the other is told who was first."""
    people = [operator(), operator()]
    for _ in range(ROUNDS):
        stage = factories.release_stage(status="succeeded")
        outcomes = together([partial(redeploy, stage, by=by) for by in people])
        [made] = [one for one in outcomes if isinstance(one, Command)]
        [refused] = [one for one in outcomes if isinstance(one, Conflict)]
        assert made.asked_by is not None
        assert (refused.code, made.asked_by.name in refused.sentence) == ("already_open", True)
    assert (Command.objects.count(), list(findings())) == (ROUNDS, [])


def test_one_form_sent_twice_at_once_is_one_command(transactional_db):
    """Fault 19: the double click."""
    by = operator()
    for number in range(ROUNDS):
        stage = factories.release_stage(status="succeeded")
        first, second = together([partial(redeploy, stage, by=by, key=f"form-{number}")] * 2)
        assert first == second
    assert (Command.objects.count(), list(findings())) == (ROUNDS, [])


def test_eight_writers_a_worker_and_a_sync_are_told_of_no_lock(project, company):
    """Fault 30: the worker writes down that Azure has none of these releases, the sync stores a whole history."""
    there = {row["id"] for row in company.books()["releases"] if row["deleted"] is None}
    people = [operator() for _ in range(WRITERS)]
    for _ in range(3):
        stages = [factories.release_stage(status="succeeded") for _ in people]
        acts: list[Callable[[], object]] = [
            *(partial(redeploy, stage, by=by) for by, stage in zip(people, stages, strict=True)),
            partial(rounds.deliver, seconds=1),
            partial(schedule.unit, HISTORY, project.pk),
        ]
        outcomes = together(acts)
        assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert (Command.objects.count(), list(findings())) == (3 * WRITERS, [])
    assert there <= set(Release.objects.filter(project=project).values_list("azure_id", flat=True))
    assert not SyncRun.objects.filter(project=project).exclude(state="succeeded").exists()
