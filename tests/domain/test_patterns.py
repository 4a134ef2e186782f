"""Regular expressions that people give: what is refused, with which sentence, and that nothing let in is slow."""

from time import perf_counter

import pytest

from releases.policies.patterns import LONGEST, problem
from releases.sync.roles import DEFAULTS


@pytest.mark.parametrize(
    "pattern",
    [
        "scaler",
        r"^_?models?$",
        r"scaler|scaling|normali[sz]er",
        r"v\d+\.\d+$",
        r"(git|build)hub",
        r"(?:azure)?ml",
        r"[^a-z]+-model",
        r"[]x]*y",
        r"a{2,5}b",
        r"model.*v2",
        r"(abc)+",
        r"x\(\)",
        "Ärö",
        "",
        "{not a count}",
    ],
)
def test_usual_patterns_are_let_in(pattern: str) -> None:
    assert problem(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "because"),
    [
        ("(", "This is not a regular expression"),
        ("*", "This is not a regular expression"),
        ("[[", "This is not a regular expression"),
        ("a" * (LONGEST + 1), "at most 200 characters"),
        ("a\x00", "no NUL"),
        ("(a+)+$", "A group that repeats cannot hold"),
        ("(a*)*", "A group that repeats cannot hold"),
        ("((a|aa))+$", "A group that repeats cannot hold"),
        ("(a?){30}a", "A group that repeats cannot hold"),
        ("(?:(?:x[0-9]*)y){2,}", "A group that repeats cannot hold"),
        (r"(a)\1", "cannot refer back"),
        ("(?P<n>a)(?P=n)", "( and (?: only"),
        ("(?=a)b", "( and (?: only"),
        ("a{101}", "count to 100 at most"),
        (".*a.*b.*c.*d", "At most 3 parts"),
        ("a*a*a*b", "too slow on long names"),
    ],
)
def test_what_can_take_for_ever_or_is_no_pattern_is_refused(pattern: str, because: str) -> None:
    begun = perf_counter()
    assert because in problem(pattern)
    assert perf_counter() - begun < 5


def test_the_built_in_patterns_would_be_let_in() -> None:
    assert [problem(pattern) for rule in DEFAULTS for pattern in (rule.type_pattern, rule.name_pattern)] == [""] * 10
