"""The gallery: every component in its states, from unsaved rows."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboard import samples
from dashboard.words import EVENTS, VERDICTS, WORDS
from releases.queries.compare import Verdict
from tests.pages.company import company
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]

COMPONENTS = Path(__file__).resolve().parents[2] / "templates" / "components"
ELSEWHERE: dict[str, str] = {}
"""Components that the gallery does not show, each with its reason. What the frame of every page shows is there too."""


def test_every_component_is_on_the_gallery(signed_in):
    shown = {template.name for template in signed_in.get(reverse("gallery")).templates}
    there = {f"components/{path.name}" for path in COMPONENTS.glob("*.html")}
    missing = sorted(there - shown - set(ELSEWHERE))
    assert not missing, (
        f"Not on the gallery: {', '.join(missing)}. Give it its states in dashboard/samples/GROUP.py and show it in "
        "templates/pages/gallery/_GROUP.html; or name it in ELSEWHERE with the reason."
    )
    assert set(ELSEWHERE) <= there - shown, "ELSEWHERE names what is shown, or what is gone"


def test_it_asks_for_no_rows_of_its_own(signed_in):
    company()
    addresses_that_may_be_linked_to = 2
    assert queries(signed_in, reverse("gallery")) <= queries(signed_in, "/account/") + addresses_that_may_be_linked_to
    with CaptureQueriesContext(connection) as asked:
        samples.everything()
    assert len(asked) == 0


def test_every_word_and_event_has_its_look(signed_in):
    text = words(signed_in.get(reverse("gallery")))
    for look in (*WORDS.values(), *EVENTS.values()):
        assert look.label in text, look.label
    assert {line.verdict for line in samples.everything()["lines"]} == set(VERDICTS) == set(Verdict)


def test_no_two_groups_give_the_same_name():
    names = [name for group in samples.GROUPS for name in group.shown()]
    assert len(names) == len(set(names))
