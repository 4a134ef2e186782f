"""Releases by words: both databases find the same, in the list's order, whatever a person types."""

from datetime import UTC, datetime, timedelta

import pytest

from releases.models import ReleaseText
from releases.models.text import place_of, release_at
from releases.queries.texts import containing
from releases.queries.words import kept
from releases.sync.store.texts import Text, write
from tests.factories import NOON

pytestmark = pytest.mark.django_db

CORPUS = {
    1: "Release-24 of the Käyttöönotto pipeline by Åsa Öberg",
    2: "Release-240 rain 🚀 model v24",
    3: "Straße und Brücke, commit e04d5aa9f00112233445566778899aabbccddeeff0",
    4: 'quotes "inside" AND OR NOT operators: NEAR(a, b)',
    5: "support-vector-classifier v7 by anna.virtanen@port.example",
    6: "vector support classifier v70",
    7: "天気予報 ☂ rainy",
}


@pytest.fixture
def corpus():
    write([Text(number, NOON + timedelta(days=number), kept([text])) for number, text in CORPUS.items()])


def found(text: str) -> list[int]:
    return [release_at(one.place) for one in containing(text).order_by("-place")]


@pytest.mark.parametrize(
    ("text", "releases"),
    [
        ("Release-24", [1]),
        ("release 24", [1]),
        ("24 release", [1]),
        ("24-release", []),
        ("release", [2, 1]),
        ("rain", [7, 2]),
        ("RAIN v24", [2]),
        ("käyttöönotto", [1]),
        ("kayttoonotto", [1]),
        ("KÄYTTÖ", [1]),
        ("Öberg", [1]),
        ("strasse brucke", [3]),
        ("e04d5aa", [3]),
        ("E04D5AA9", [3]),
        ("🚀", [2]),
        ("🚀rain", []),
        ("rain🚀", [2]),
        ("☂", [7]),
        ("天気", [7]),
        ("support-vector-classifier", [5]),
        ("support-vector", [5]),
        ("vector-support", [6]),
        ("support vector classifier", [6, 5]),
        ("v7", [5]),
        ("anna.virtanen@port.example", [5]),
        ("anna.virtanen", [5]),
        ("AND", [4]),
        ("and OR not", [4]),
        ('"inside"', [4]),
        ("NEAR(a", [4]),
        ("nothing", []),
        ("", []),
        ("***", []),
    ],
)
def test_words_find_the_same_releases_on_both_databases(corpus, text, releases):
    assert found(text) == releases


TYPED = r"""
" "" ' \ a\'b a'b * ^a a:b {a} words:a ( ) OR -a + a+b %s % <-> a<->b & !a :* a:* -- ; 🏴‍☠️
"""
HOSTILE = [*TYPED.split(), "a AND", "{a b}", "\0", "a\0b", "\ud800", "x" * 5000, "a " * 5000]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_breaks_the_search(corpus, text):
    assert isinstance(found(text), list)


def test_a_text_is_replaced_and_follows_its_release():
    write([Text(1, NOON, "old words")])
    write([Text(1, NOON, "new words", was_created_on=NOON)])
    assert (found("old"), found("new")) == ([], [1])
    later = NOON + timedelta(days=400)
    write([Text(1, later, "new words", was_created_on=NOON)])
    assert [one.place for one in containing("words")] == [place_of(later, 1)]
    assert ReleaseText.objects.count() == 1


@pytest.mark.parametrize("year", [1, 1969, 2000, 2026, 2068, 2069, 9999])
def test_any_time_has_a_place(year):
    place = place_of(datetime(year, 1, 2, tzinfo=UTC), 7)
    assert -(2**63) <= place < 2**63
    assert release_at(place) == 7


def test_places_lie_as_the_list_does():
    moments = [NOON, NOON + timedelta(seconds=1), NOON + timedelta(days=3000)]
    places = [place_of(moment, release) for moment in moments for release in (1, 2**32 - 1)]
    assert places == sorted(places)
