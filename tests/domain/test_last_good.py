"""Which release a stage is rolled back to: one table of what speaks against a release, and the choice it leads to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from releases.actions.commands.asked import Asked
from releases.actions.roll_back import roll_back
from releases.errors import Denied, Invalid
from releases.models import Deployment, LiveSpan, Release, ReleaseFlag, ReleaseStage, Stage
from releases.queries.last_good import LastGood, last_good
from releases.queries.snapshot import seen_of
from releases.states import Role, StageStatus
from tests import factories

pytestmark = pytest.mark.django_db
HOURS = 10
NOW = timezone.now().replace(microsecond=0)


def ran(stage: Stage, *, began: int, hours: float = HOURS, name: str = "", is_open: bool = False) -> LiveSpan:
    """A release that was live in the stage from so many hours ago on."""
    release = factories.release(pipeline=stage.pipeline, **({"name": name} if name else {}))
    row = factories.release_stage(release=release, stage=stage, status=StageStatus.SUCCEEDED)
    start = NOW - timedelta(hours=began)
    attempt = factories.deployment(release_stage=row, finished_on=start)
    return factories.live_span(opened_by=attempt, live_until=None if is_open else start + timedelta(hours=hours))


@pytest.fixture
def stage() -> Stage:
    """A stage that runs Bad now; Near ran before it, Far before that."""
    made = factories.stage(name="PROD")
    ran(made, began=30, name="Far")
    ran(made, began=20, name="Near")
    ran(made, began=10, name="Bad", is_open=True)
    return made


def found(stage: Stage) -> LastGood:
    return last_good(stage, now=NOW)


def near() -> LiveSpan:
    return LiveSpan.objects.select_related("release", "opened_by__release_stage").get(release__name="Near")


def flagged() -> None:
    by = factories.user(role=Role.QA, name="Ada Berg")
    ReleaseFlag.objects.create(release=near().release, reason="bad on night data", set_by=by, set_at=NOW)


def drifted() -> None:
    factories.drift(span=near(), drift_from=near().live_from, drift_until=NOW)


def of_the_span(**fields: object) -> Callable[[], object]:
    return lambda: LiveSpan.objects.filter(release__name="Near").update(**fields)


def of_the_release(**fields: object) -> Callable[[], object]:
    return lambda: Release.objects.filter(name="Near").update(**fields)


def on_its_way() -> None:
    ReleaseStage.objects.filter(release__name="Near").update(status=StageStatus.QUEUED)


def too_short() -> None:
    LiveSpan.objects.filter(release__name="Near").update(live_until=near().live_from + timedelta(minutes=40))


def with_the_same_versions() -> None:
    LiveSpan.objects.update(versions_hash="a" * 64)
    LiveSpan.objects.filter(release__name="Far").update(versions_hash="b" * 64)


AGAINST = {
    "flagged “do not promote” by Ada Berg: bad on night data": flagged,
    "deleted in Azure DevOps": of_the_release(gone_at=NOW),
    "abandoned in Azure DevOps": of_the_release(status="abandoned"),
    "on its way to the stage again already": on_its_way,
    "succeeded only partly": of_the_span(is_partial=True),
    "a failed attempt left open what it ran": of_the_span(uncertain_since=NOW),
    "its endpoint served something else meanwhile": drifted,
    "ran for 40 min only, less than 1 h": too_short,
    "carries the versions that run now": with_the_same_versions,
}


def test_the_newest_that_ran_long_enough_is_proposed(stage: Stage) -> None:
    told = found(stage)
    assert told.now is not None and told.now.release.name == "Bad"
    assert [one.row.release.name for one in told.good] == ["Near", "Far"]
    assert told.proposed == told.good[0] and told.nearer == []


@pytest.mark.parametrize("why", AGAINST)
def test_what_speaks_against_a_release_passes_it_over(stage: Stage, why: str) -> None:
    AGAINST[why]()
    told = found(stage)
    assert told.proposed is not None and told.proposed.row.release.name == "Far"
    assert [(one.row.release.name, one.passed_over) for one in told.nearer] == [("Near", (why,))]
    assert told.of(near().release.azure_id) is None


def test_a_release_that_came_back_counts_once_with_its_newest_time(stage: Stage) -> None:
    again = Deployment.objects.create(release_stage=near().opened_by.release_stage, stage=stage, attempt=2, azure_id=9)
    start = NOW - timedelta(hours=40)
    factories.live_span(opened_by=again, live_from=start, live_until=start + timedelta(hours=2))
    told = found(stage)
    assert [one.row.release.name for one in told.candidates] == ["Near", "Far"]
    assert told.candidates[0].lasted == timedelta(hours=HOURS)


def test_a_stage_of_which_nothing_is_known_has_nothing_to_go_back_to() -> None:
    told = found(factories.stage())
    assert (told.now, told.candidates, told.proposed, told.nearer) == (None, [], None, [])


@pytest.mark.parametrize("extra", [0, 6])
def test_the_cost_does_not_grow_with_history(
    stage: Stage, django_assert_num_queries: Callable[..., Any], extra: int
) -> None:
    for number in range(extra):
        ran(stage, began=100 + number, hours=1)
    with django_assert_num_queries(2):
        found(stage)


def test_only_a_release_that_is_good_is_gone_back_to(stage: Stage) -> None:
    by, row = factories.user(role=Role.OPERATOR), near().opened_by.release_stage
    asked: dict[str, Any] = {"by": by, "reason": "worse on night data", "seen": seen_of(row)}
    with pytest.raises(Denied):
        roll_back(row, **{**asked, "by": factories.user(role=Role.QA)}, asked=Asked(key=uuid4().hex))
    first = roll_back(row, **asked, asked=Asked(key="form"))
    assert first.is_roll_back and first.reason == "worse on night data"
    on_its_way()
    assert roll_back(row, **asked, asked=Asked(key="form")) == first
    bad = LiveSpan.objects.get(release__name="Bad").opened_by.release_stage
    with pytest.raises(Invalid) as refused:
        roll_back(bad, **{**asked, "seen": seen_of(bad)}, asked=Asked(key=uuid4().hex))
    assert refused.value.code == "not_good"
