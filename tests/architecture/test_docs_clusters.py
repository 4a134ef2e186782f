"""docs/clusters.md and the page that explains the way tell the same, and every name it gives is one we know."""

import re
from pathlib import Path

from dashboard.moving import STEPS
from releases.queries.setting_names import meaning_of

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "clusters.md").read_text()


def test_each_step_of_the_way_is_the_pages() -> None:
    section = TEXT.split("## Each setting, then and now\n")[1]
    rows = re.findall(r"^\| `(.*?)` \| `(.*?)` \| (.*?) ?\|$", section, re.MULTILINE)
    assert rows == [tuple(step) for step in STEPS]


def test_every_name_of_a_setting_that_the_docs_give_is_known() -> None:
    table = TEXT.split("| Setting | Names |")[1].split("\n\n")[0]
    names = re.findall(r"`(\w+)`", table)
    assert len(names) > 15
    assert not [name for name in names if meaning_of(name) is None]
