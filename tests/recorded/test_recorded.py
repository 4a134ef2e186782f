"""The recorded real release goes through the whole product: replay, real client, sync, API. Twenty-one facts hold."""

import json
from pathlib import Path
from typing import Any

import pytest

from releases.models import Release
from releases.states import Role
from releases.sync.passes import lines
from releases.sync.passes.work import Budget
from tests import factories
from tests.company import living_company
from tests.recorded.facts import FACTS, Json
from tests.recorded.table import PAGE, table

pytestmark = pytest.mark.django_db(transaction=True)
RECORDING = "azure-devops/real/release_178_envs1-6.json"


@pytest.fixture
def recording(samples: Path) -> Json:
    """Azure's answer as it was recorded."""
    found: Json = json.loads((samples / RECORDING).read_text())
    return found


@pytest.fixture
def shown(samples: Path, tmp_path: Path) -> Json:
    """What the API says of the release after a sync of the replayed recording."""
    with living_company(tmp_path, replay=str((samples / RECORDING).parent)) as company:
        project = company.project()
        for line in (lines.HISTORY, lines.DETAILS):
            outcome = lines.advance(line, project, budget=Budget(seconds=60), insist=True)
            assert outcome.ended is lines.Ended.DONE, outcome
    release = Release.objects.get(project=project, azure_id=178)
    answer: Any = factories.browser_of(factories.user(role=Role.AUDITOR)).get(f"/api/v1/releases/{release.pk}/")
    assert answer.status_code == 200, answer.content
    found: Json = answer.json()
    return found


def test_every_fact_of_the_recording_is_shown(recording: Json, shown: Json) -> None:
    differing = {
        fact.name: (fact.recorded(recording), fact.shown(shown))
        for fact in FACTS
        if fact.recorded(recording) != fact.shown(shown)
    }
    assert differing == {}
    assert len(FACTS) >= 20


def test_the_document_holds_the_same_table(recording: Json, shown: Json) -> None:
    assert table(recording, shown) in PAGE.read_text()
