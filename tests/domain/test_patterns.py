"""Regular expressions that people give: what is refused, with which sentence, and that nothing let in is slow."""

from time import perf_counter

import pytest

from releases.policies.patterns import LONGEST, problem, problem_with_names
from releases.sync.roles import DEFAULTS
from releases.sync.serving.binding import DEFAULT_RULES, Rule


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


@pytest.mark.parametrize("rule", DEFAULT_RULES)
def test_the_built_in_patterns_of_endpoints_would_be_let_in(rule: Rule) -> None:
    assert problem_with_names(rule.endpoint_pattern) == ""


@pytest.mark.parametrize(
    "pattern", ["{pipeline}", "^ml-({stage}|all)-{pipeline}$", "{stage}.*{stage}", "a{2,5}-{stage}"]
)
def test_names_may_stand_in_the_pattern_of_an_endpoint(pattern: str) -> None:
    assert problem_with_names(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "because"),
    [
        ("{pipeline}+", "{pipeline} and {stage} can neither repeat"),
        ("(x{stage})*", "can neither repeat"),
        ("[{stage}]", "nor stand within [ ]"),
        ("{stage}{stage}{stage}", "{stage} may stand in a pattern 2 times at most"),
        ("{Pipeline}-x", "{Pipeline} is not known. {pipeline} and {stage} stand for the stage's own names."),
        ("(a+)+$", "A group that repeats cannot hold"),
        ("(", "This is not a regular expression"),
    ],
)
def test_names_can_make_a_pattern_slow_too(pattern: str, because: str) -> None:
    assert because in problem_with_names(pattern)
