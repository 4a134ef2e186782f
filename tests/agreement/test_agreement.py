"""Done-when 3 in small: what Slipway holds agrees with the sandbox's books, fact by fact."""

from pathlib import Path

import pytest

from tests.agreement.dangling import dangling, unchecked
from tests.agreement.rounds import rounds
from tests.company import living_company


@pytest.mark.django_db(transaction=True)
def test_nothing_differs_after_the_backfill_nor_after_200_events_more(tmp_path: Path) -> None:
    with living_company(tmp_path, seed=23, releases=150) as company:
        found = list(rounds(company, events=200))
    assert [one.differences for one in found] == [[], []]
    assert found[0].counts["release"] > 140
    assert found[1].counts["attempt"] > found[0].counts["attempt"]
    assert len(list(unchecked())) == 9
    assert dangling() == {}
