"""The history cut into stretches of time: nothing is read twice into the figures, nothing is left out."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from releases.sync.passes.listing import Seen
from releases.sync.passes.stretches import Stretch, Stretches

DAY = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = 100


def at(hours: float) -> datetime:
    return DAY + timedelta(hours=hours)


def read_all(created: list[datetime], stretches: Stretches, *, most_pages: int, order: random.Random) -> list[datetime]:
    """Read like the backfill does, against a list that answers like Azure; a page of any open stretch may come next."""
    stored: list[datetime] = []
    for _ in range(most_pages):
        waiting = [one for one in stretches.all if not one.is_done]
        if not waiting:
            return stored
        stretch = order.choice(waiting)
        inside = [
            t
            for t in created
            if (not stretch.since or t >= stretch.since) and (not stretch.bound or t <= stretch.bound)
        ]
        begin = int(stretch.token or 0)
        page = inside[begin : begin + PAGE]
        token = str(begin + PAGE) if begin + PAGE < len(inside) else None
        mine = [one for one in page if stretch.takes(one)]
        stored += mine
        stretch.stored(page, token=token, read=len(mine))
        stretches.halve_longest()
        stretches = Stretches.from_json(stretches.as_json())
    raise AssertionError("the history was not read to its end")


@pytest.mark.parametrize("seed", range(20))
def test_every_release_is_read_once_however_the_stretches_are_cut(seed: int) -> None:
    chance = random.Random(seed)
    created = sorted(at(chance.uniform(0, 1000) ** 1.5) for _ in range(chance.randint(0, 2500)))
    ends = (created[0], created[-1]) if created else (None, None)
    stretches = Stretches.between(*ends, count=chance.randint(1, 6))
    stored = read_all(created, stretches, most_pages=200, order=chance)
    assert sorted(stored) == created


def test_a_history_of_one_moment_is_one_stretch() -> None:
    assert len(Stretches.between(DAY, DAY, count=4).all) == 1


def test_the_longest_stretch_is_halved_only_while_that_saves_pages() -> None:
    stretches = Stretches.between(at(0), at(1000), count=2)
    first = stretches.all[0]
    first.stored([at(n / 10) for n in range(100)], token="100", read=100)
    later = stretches.halve_longest()
    assert later is not None
    assert later.since == first.until
    assert first.bound == later.until
    first.stored([at(10)], token=None, read=1)
    stretches.all[:] = [first]
    assert stretches.halve_longest() is None


def test_how_much_is_read_is_told_over_all_stretches() -> None:
    stretches = Stretches.between(at(0), at(100), count=4)
    stretches.all[0].stored([at(1), at(24)], token=None, read=2)
    stretches.all[2].stored([at(51)], token="1", read=1)
    assert stretches.read == 3
    assert stretches.read_to == at(51)


def test_a_page_before_the_stretch_does_not_end_it() -> None:
    stretch = Stretch(since=at(10), until=at(20), bound=at(20))
    stretch.stored([at(9), at(11)], token="1", read=1)
    assert not stretch.is_done
    assert stretch.read_to == at(11)


def test_ids_survive_the_cursor() -> None:
    seen = Seen()
    for number in (1, 7, 8, 1_000_003):
        seen.add(number)
    again = Seen(seen.as_text())
    assert [n for n in (0, 1, 2, 7, 8, 9, 1_000_003, 9_000_000) if n in again] == [1, 7, 8, 1_000_003]
    assert again.highest == 1_000_003
    assert Seen().highest == 0
    assert len(seen.as_text()) < 1000
