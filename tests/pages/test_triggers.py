"""The pages that change a trigger: what changes is shown first, what was typed stays, and who may not reads why."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from releases.models import Command, Pipeline, User
from releases.queries.trigger_edits import timing_of
from releases.queries.trigger_entries import key_of
from releases.states import CommandKind, CommandState, Role, TriggerKind
from tests import factories
from tests.pages import definitions
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
WHY = "No releases while the port is closed"
PUSH = {"triggerType": "sourceRepo", "alias": "_code", "branchFilters": ["+refs/heads/main"]}
PLAN = {"daysToRelease": 1, "startHours": 11, "startMinutes": 0, "timeZoneId": "Europe/Helsinki"}
MONDAYS = {"triggerType": "schedule", "schedule": PLAN}
MODEL = {"triggerType": "artifactSource", "artifactAlias": "_model", "triggerConditions": []}
ON = [(TriggerKind.PUSH, PUSH), (TriggerKind.SCHEDULE, MONDAYS)]


def made_pipeline() -> Pipeline:
    """Pushes and Mondays make releases; new model versions did."""
    made = factories.pipeline(name="Port Weather", revision=31)
    artifacts = [definitions.artifact("_code", "Git", "Learn_MLOps"), definitions.artifact("_model", "AzureML", "svc")]
    definitions.revision(made, {"triggers": [PUSH, MODEL, MONDAYS], "artifacts": artifacts}, number=30)
    definitions.revision(made, {"triggers": [PUSH, MONDAYS], "artifacts": artifacts})
    for kind, settings in ON:
        made.triggers.create(kind=kind, ordinal=0, alias=ALIASES.get(kind, ""), settings=settings)
    return made


@pytest.fixture
def pipeline() -> Pipeline:
    """With triggers."""
    return made_pipeline()


@pytest.fixture
def operator(db: None) -> User:
    """Somebody who may."""
    return factories.user(role=Role.OPERATOR, name="Ada Berg")


@pytest.fixture
def ada(operator: User) -> Client:
    """Her browser."""
    return factories.browser_of(operator)


ALIASES = {TriggerKind.PUSH: "_code"}


def of(pipeline: Pipeline, *parts: str) -> str:
    return f"/p/{pipeline.project.slug}/pipelines/{pipeline.azure_id}/{''.join(f'{part}/' for part in parts)}"


def switching(pipeline: Pipeline, entry: dict[str, Any]) -> str:
    return of(pipeline, "triggers", key_of(entry), "switch")


def changing(pipeline: Pipeline, entry: dict[str, Any]) -> str:
    return of(pipeline, "triggers", key_of(entry), "change")


def carried(response: Any) -> dict[str, str]:
    """What the form carries along."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}


def looked(client: Client, address: str, **typed: Any) -> Any:
    """The difference to what is there, for what was typed."""
    return client.post(address, {**carried(client.get(address)), "do": "look", **typed})


def sent(client: Client, address: str, **typed: Any) -> Any:
    """Looked at, then sent."""
    page = looked(client, address, **typed)
    return client.post(address, {**carried(page), "do": "send", "reason": WHY, **typed})


def test_each_trigger_has_its_switch_and_those_that_are_off_are_told(pipeline, ada):
    page = ada.get(of(pipeline))
    text = words(page)
    assert "Push Push to Learn_MLOps, branch main Change: Push" in text
    assert "New model version A new version of svc Never while off None yet Off. Switch on" in text
    assert "Schedule Mondays 11:00, Europe/Helsinki" in text and "Add a schedule" in text
    for entry in (PUSH, MONDAYS, MODEL):
        assert f'href="{switching(pipeline, entry)}"' in page.content.decode()
    assert changing(pipeline, MODEL) not in page.content.decode()


@pytest.mark.parametrize(
    ("entry", "said", "steps"),
    [
        (PUSH, "Before On: Push to Learn_MLOps, branch main After Off", {"off": [0], "put": [], "add": []}),
        (MODEL, "Before Off After On: A new version of svc", {"off": [], "put": [], "add": [MODEL]}),
    ],
)
def test_a_switch_shows_the_change_and_asks_for_it_with_a_reason(pipeline, ada, operator, entry, said, steps):
    address = switching(pipeline, entry)
    page = ada.get(address)
    assert said in words(page) and "after revision 31, nothing is saved" in words(page)
    short = ada.post(address, {**carried(page), "do": "send", "reason": "short"})
    assert short.status_code == 422 and "at least 10 characters" in words(short) and said in words(short)
    form = {**carried(short), "do": "send", "reason": WHY}
    answer = ada.post(address, form)
    assert answer["Location"] == f"{of(pipeline)}#triggers-h"
    ada.post(address, form)
    command = Command.objects.get()
    assert (command.kind, command.reason, command.asked_by) == (CommandKind.TRIGGER, WHY, operator)
    assert command.payload["steps"] == steps
    assert said in words(ada.get(f"/commands/{command.pk}/"))
    shown = ada.get(of(pipeline))
    assert "Change the triggers of Port Weather" in words(shown)
    assert 'data-poll="3"' in shown.content.decode()
    assert "Ada Berg asked for a change already" in words(shown)
    assert switching(pipeline, entry) not in shown.content.decode()


def test_a_schedule_is_looked_at_with_its_next_times_and_then_added(pipeline, ada):
    address = of(pipeline, "triggers", "add")
    typed = {"day": ["0", "3"], "time": "12:30", "zone": "Asia/Tokyo", "only_changes": "on"}
    page = looked(ada, address, **typed)
    text = words(page)
    assert "Before Not there After On: Mondays and Thursdays 12:30, Asia/Tokyo, only when something changed" in text
    assert text.count("12:30 Asia/Tokyo") == 3 and "03:30 UTC" in text
    assert "Tokyo Standard Time" in text
    sent(ada, address, **typed)
    made = Command.objects.get().payload["steps"]["add"]
    told = timing_of(made[0])
    assert told is not None and (told.days, told.zone) == ((0, 3), "Asia/Tokyo")


def test_a_model_that_was_never_watched_can_be(pipeline, ada):
    document = pipeline.revisions.get(revision=31).document
    document["artifacts"].append(definitions.artifact("_scaler", "AzureML", "scaler"))
    pipeline.revisions.filter(revision=31).update(document=document)
    assert "A new version of scaler Never while off" in words(ada.get(of(pipeline)))
    first = {**MODEL, "artifactAlias": "_scaler"}
    sent(ada, switching(pipeline, first))
    assert Command.objects.get().payload["steps"]["add"] == [first]


def test_what_is_sent_is_what_was_shown(pipeline, ada):
    address = changing(pipeline, PUSH)
    page = looked(ada, address, taken="main\nrelease/*", left="users/*")
    assert "After Push to Learn_MLOps, branch main or release/*, not users/*" in words(page)
    other = ada.post(address, {**carried(page), "do": "send", "reason": WHY, "taken": "main\nother", "left": ""})
    assert other.status_code == 200 and "branch main or other" in words(other)
    assert not Command.objects.exists()
    assert WHY in words(other)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"day": []}, "days", "Choose at least one day"),
        ({"time": "25:00"}, "time", "00:00 to 23:59"),
        ({"zone": "Mars/Base"}, "zone", "is no time zone"),
    ],
)
def test_nothing_typed_is_lost_when_a_part_of_it_makes_no_sense(pipeline, ada, typed, field, said):
    given = {"day": ["0", "4"], "time": "07:15", "zone": "Asia/Tokyo", "only_changes": "on", **typed}
    page = looked(ada, of(pipeline, "triggers", "add"), **given)
    text = page.content.decode()
    assert page.status_code == 422 and said in words(page) and f'id="{field}-error"' in text
    assert f'value="{given["time"]}"' in text and f'value="{given["zone"]}"' in text
    assert [f'name="day" value="{at}" checked' in text for at in range(5)] == [
        str(at) in given["day"] for at in range(5)
    ]
    assert 'name="only_changes" checked' in text
    branches = looked(ada, changing(pipeline, PUSH), taken="two words", left="x")
    assert branches.status_code == 422 and "two words</textarea>" in branches.content.decode()


def test_nothing_to_change_says_so(pipeline, ada):
    page = looked(ada, changing(pipeline, PUSH), taken="main")
    assert page.status_code == 422 and "Nothing would change" in words(page)


def test_a_pipeline_that_changed_meanwhile_says_what_and_keeps_the_reason(pipeline, ada):
    address = switching(pipeline, PUSH)
    form = {**carried(ada.get(address)), "do": "send", "reason": WHY}
    pipeline.triggers.filter(kind=TriggerKind.SCHEDULE).delete()
    Pipeline.objects.filter(pk=pipeline.pk).update(revision=32)
    page = ada.post(address, form)
    text = words(page)
    assert page.status_code == 409 and "Nothing was asked of Azure DevOps." in text
    assert "Schedule “Mondays 11:00, Europe/Helsinki” is gone or changed" in text and "revision 32" in text
    assert not Command.objects.exists()


def test_whoever_may_not_reads_why_and_asks_for_nothing(pipeline, ada):
    form = carried(ada.get(switching(pipeline, PUSH)))
    qa = factories.browser_of(factories.user(role=Role.QA))
    page = qa.get(of(pipeline))
    assert "You cannot change triggers: operators and administrators can." in words(page)
    assert "/triggers/" not in page.content.decode()
    closed = qa.get(switching(pipeline, PUSH))
    assert "You cannot change triggers" in words(closed) and "<textarea" not in closed.content.decode()
    refused = qa.post(switching(pipeline, PUSH), {**form, "do": "send", "reason": WHY})
    assert refused.status_code == 403 and not Command.objects.exists()


def test_a_trigger_that_is_no_more_is_not_found(pipeline, ada):
    assert ada.get(of(pipeline, "triggers", "0" * 12, "switch")).status_code == 404
    assert ada.get(changing(pipeline, MODEL)).status_code == 404


def test_what_became_of_a_change_stands_there_for_an_hour(pipeline, ada, operator):
    sent(ada, switching(pipeline, PUSH))
    over = {"state": CommandState.REFUSED, "code": "stale", "sentence": "Not sent, because Sofia changed it."}
    Command.objects.update(ended_at=timezone.now(), due_at=None, **over)
    page = ada.get(of(pipeline))
    assert "Not sent, because Sofia changed it." in words(page) and switching(pipeline, PUSH) in page.content.decode()
    Command.objects.update(ended_at=timezone.now() - timedelta(hours=2))
    assert "Sofia" not in words(ada.get(of(pipeline)))


def test_the_cost_does_not_grow_with_revisions_and_triggers(pipeline, ada):
    address = switching(pipeline, PUSH)
    before = queries(ada, address)
    for number in range(6):
        pipeline.triggers.create(kind=TriggerKind.SCHEDULE, ordinal=number + 1, settings=MONDAYS)
        definitions.revision(pipeline, {"triggers": [MODEL, {"triggerType": "new"}, 7]}, number=number + 1)
    assert queries(ada, address) == before
