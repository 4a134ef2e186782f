"""What makes a pipeline release by itself, in words and with the next time, whatever Azure's JSON holds."""

from datetime import UTC, datetime
from typing import Any

import pytest

from releases.models import Trigger
from releases.queries.definition import ArtifactTold, Definition, StageTold
from releases.queries.triggers_told import UNKNOWN, UNREADABLE, told
from releases.states import TriggerKind

SUNDAY = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DEFINITION = Definition(
    is_known=True,
    stages={1: StageTold(name="DEV TEST", takes_pull_requests=True), 2: StageTold(name="PROD")},
    artifacts=(
        ArtifactTold("_model", "AzureMLMMS", "support-vector-classifier", "mlops_ws"),
        ArtifactTold("_code", "Git", "Learn_MLOps", "MLOps"),
        ArtifactTold("_CI", "Build", "Learn_MLOps CI"),
    ),
)


def words(kind: Any, settings: Any, *, alias: str = "", definition: Definition = DEFINITION) -> str:
    return told(Trigger(kind=kind, alias=alias, ordinal=0, settings=settings), definition, now=SUNDAY).words


@pytest.mark.parametrize(
    ("kind", "alias", "settings", "said"),
    [
        (TriggerKind.PUSH, "_code", {"branchFilters": ["main"]}, "Push to Learn_MLOps, branch main"),
        (
            TriggerKind.PUSH,
            "_code",
            {"branchFilters": ["+refs/heads/main", "release/*", "-users/*"]},
            "Push to Learn_MLOps, branch main or release/*, not users/*",
        ),
        (TriggerKind.PUSH, "_gone", {}, "Push to _gone"),
        (
            TriggerKind.MODEL,
            "_model",
            {"triggerConditions": []},
            "A new version of support-vector-classifier in mlops_ws",
        ),
        (
            TriggerKind.BUILD,
            "_CI",
            {"triggerConditions": [{"sourceBranch": "refs/heads/main", "tags": ["good"]}, {"sourceBranch": "-old"}]},
            "A new build of Learn_MLOps CI, branch main, not old, tagged good",
        ),
        (
            TriggerKind.CONTAINER,
            "",
            {"tagFilters": [{"pattern": "v*"}]},
            "A new image of an artifact without a name, tagged v*",
        ),
        (TriggerKind.PACKAGE, "nuget", None, "A new version of package nuget"),
        (
            TriggerKind.PULL_REQUEST,
            "_code",
            {"triggerConditions": [{"targetBranch": "refs/heads/main", "tags": []}]},
            "Into main of Learn_MLOps. Deploys DEV TEST only",
        ),
        (
            TriggerKind.PULL_REQUEST,
            "_code",
            {"triggerConditions": "oops"},
            "Into any branch of Learn_MLOps. Deploys DEV TEST only",
        ),
        (TriggerKind.UNKNOWN, "", {"triggerType": 99}, UNKNOWN),
        ("moon", "", {}, UNKNOWN),
        (TriggerKind.PUSH, "_code", {"branchFilters": [None, {}, 7, ["x"]]}, "Push to Learn_MLOps, branch 7"),
    ],
)
def test_triggers_in_words(kind: Any, alias: str, settings: Any, said: str) -> None:
    assert words(kind, settings, alias=alias) == said


@pytest.mark.parametrize(
    ("plan", "said", "next_at"),
    [
        (
            {"daysToRelease": 1, "startHours": 11, "startMinutes": 0, "timeZoneId": "Europe/Helsinki"}
            | {"scheduleOnlyWithChanges": False},
            "Mondays 11:00, Europe/Helsinki, even if nothing changed",
            datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        ),
        (
            {"daysToRelease": 31, "startHours": "6", "startMinutes": 30, "scheduleOnlyWithChanges": True},
            "Weekdays 06:30, UTC, only when something changed",
            datetime(2026, 3, 2, 6, 30, tzinfo=UTC),
        ),
        (
            {"daysToRelease": "sunday", "startHours": 16},
            "Sundays 16:00, UTC",
            datetime(2026, 3, 1, 16, 0, tzinfo=UTC),
        ),
        ({"daysToRelease": 0, "startHours": 11}, UNREADABLE, None),
        ({"daysToRelease": "²", "startHours": 11}, UNREADABLE, None),
        ({"daysToRelease": 1, "startHours": float("inf")}, UNREADABLE, None),
        ({"daysToRelease": 1, "startHours": 11, "timeZoneId": "Atlantis/Nowhere"}, UNREADABLE, None),
        ("oops", UNREADABLE, None),
        (None, UNREADABLE, None),
    ],
)
def test_schedules_with_their_next_run(plan: Any, said: str, next_at: datetime | None) -> None:
    found = told(Trigger(kind=TriggerKind.SCHEDULE, settings={"schedule": plan}), DEFINITION, now=SUNDAY)
    assert found.words == said
    assert found.next_at == next_at
    assert found.is_readable == (next_at is not None)


def test_without_a_definition_nothing_is_claimed_about_its_stages() -> None:
    settings = {"triggerConditions": [{"targetBranch": "main"}]}
    assert words(TriggerKind.PULL_REQUEST, settings, alias="_code", definition=Definition()) == "Into main of _code"
    nobody = Definition(is_known=True, stages={2: StageTold(name="PROD")})
    said = "Into main of _code. No stage takes pull requests"
    assert words(TriggerKind.PULL_REQUEST, settings, alias="_code", definition=nobody) == said
