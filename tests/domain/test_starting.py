"""What makes a stage start, in words, from whatever Azure's list of conditions holds."""

from typing import Any

import pytest

from releases.queries.starting import starts


def state(name: Any, value: Any, kind: Any = "environmentState") -> dict[str, Any]:
    return {"name": name, "conditionType": kind, "value": value}


BY_HAND = "By hand, when somebody deploys a release there"
BY_ITSELF = "By itself, when a release is created"
UNKNOWN = "Under a condition that Slipway does not know: without a name"
STARTED = {"name": "ReleaseStarted", "conditionType": "event", "value": ""}
FROM_MAIN = '{"sourceBranch":"refs/heads/main","tags":["nightly","good"],"useBuildDefinitionBranch":false}'


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ([], [BY_HAND]),
        ([STARTED], [BY_ITSELF]),
        ([STARTED | {"conditionType": 1}], [BY_ITSELF]),
        ([state("DEV TEST", "4")], ["After DEV TEST succeeded"]),
        ([state("DEV TEST", 4, kind=2)], ["After DEV TEST succeeded"]),
        ([state("DEV", "132")], ["After DEV succeeded or partly succeeded"]),
        ([state("DEV", "4"), state("QA", "4")], ["After DEV and QA succeeded"]),
        ([state("DEV", "4"), state("QA", "128")], ["After DEV succeeded, and QA partly succeeded"]),
        ([state("DEV", "20")], ["After DEV succeeded or failed or was rejected"]),
        ([state("DEV", "never")], ["After DEV is in a state that Azure DevOps calls never"]),
        ([state("DEV", "4096")], ["After DEV is in a state that Azure DevOps calls 4096"]),
        ([state("DEV", None)], ["After DEV ended, however"]),
        ([state(None, "4")], ["After a stage without a name succeeded"]),
        (
            [STARTED, {"name": "_code", "conditionType": "artifact", "value": FROM_MAIN}],
            [BY_ITSELF, "Only when _code comes from main, tagged nightly and good"],
        ),
        (
            [{"name": "_code", "conditionType": 4, "value": "{"}],
            [BY_HAND, "Only when its filter on _code fits"],
        ),
        (
            [{"name": "moon", "conditionType": "phase"}],
            [
                BY_HAND,
                "Under a condition that Slipway does not know: moon",
            ],
        ),
        (
            [None, 7, "x", [], {}],
            [
                BY_HAND,
                "Under a condition that Slipway does not know: without a name",
            ],
        ),
        ("oops", [BY_HAND]),
        (None, [BY_HAND]),
        ([state({"a": 1}, ["b"])], ["After a stage without a name ended, however"]),
    ],
)
def test_conditions_in_words(conditions: Any, said: list[str]) -> None:
    assert starts(conditions) == said


def test_a_stage_may_start_by_the_clock_too() -> None:
    monday = {"daysToRelease": 1, "startHours": 11, "startMinutes": 0, "timeZoneId": "Europe/Helsinki"}
    said = ["After DEV succeeded", "On schedule: Mondays 11:00 Europe/Helsinki"]
    assert starts([state("DEV", "4")], planned=[monday]) == said
    assert starts([], planned=[monday]) == said[1:]
    assert starts([], planned=[{"daysToRelease": "²"}]) == ["On a schedule that Slipway cannot read"]
