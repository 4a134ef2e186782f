"""What was live as bars: all of it, from where the axis begins."""

from datetime import timedelta
from itertools import pairwise

import pytest

from releases.models import Stage
from releases.queries import bars
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


def busy_stage(changes: int, every: timedelta) -> Stage:
    """A stage whose release changed so often, the last time at NOON, and never before."""
    stage, until = factories.stage(), None
    release = factories.release(pipeline=stage.pipeline)
    for number in range(changes):
        begun = NOON - number * every
        factories.live_span(stage=stage, release=release, live_from=begun, live_until=until)
        until = begun
    return stage


def test_where_more_changed_than_can_be_drawn_the_axis_begins_later_and_nothing_is_missing():
    stages = [busy_stage(80, timedelta(minutes=7)), busy_stage(60, timedelta(minutes=11))]
    found = bars.window(stages, end=NOON + timedelta(hours=1), length=MONTH)
    assert found.is_shortened and found.is_of_hours
    assert NOON - timedelta(hours=12) < found.start < NOON
    for line in found.lines:
        assert line.bars[0].left == 0 and line.bars[-1].is_live
        assert all(abs(one.left + one.width - other.left) < 0.02 for one, other in pairwise(line.bars))
    assert sum(len(line.bars) for line in found.lines) <= bars.MOST + len(stages)
    assert "was never without a release" in bars.told(found, stages[0])


def test_where_all_can_be_drawn_the_axis_is_as_long_as_asked():
    stage = busy_stage(3, timedelta(days=4))
    found = bars.window([stage], end=NOON, length=MONTH)
    assert not found.is_shortened and not found.is_of_hours
    assert found.start == NOON - MONTH
    assert bars.told(found, stage) == f"{stage.name} changed 3 times; nothing is known of what it ran before."
