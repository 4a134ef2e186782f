"""Rules that changed reach what is stored: roles, links to the registry, why releases count as created."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.actions import artifact_rules
from releases.models import Artifact, ArtifactRule, AuditEvent, Release, RoleUpdate, Trigger
from releases.states import TriggerKind
from releases.sync.roles import applying
from tests import factories
from tests.pages import definitions
from tests.sync.roles_past import past, tried, wish

pytestmark = pytest.mark.django_db


def settled() -> None:
    """Long enough after the change that nothing comes under the old rules any more."""
    RoleUpdate.objects.update(asked_at=timezone.now() - timedelta(minutes=1))


def saved(administrator, **fields) -> None:
    artifact_rules.save(tried(wish(**fields), by=administrator), by=administrator)


def roles() -> dict[str, int]:
    found: dict[str, int] = {}
    for role in Artifact.objects.values_list("role", flat=True):
        found[role] = found.get(role, 0) + 1
    return found


def test_stored_artifacts_get_the_new_role_slice_by_slice(administrator, monkeypatch):
    monkeypatch.setattr(applying, "SLICE", 2)
    past()
    saved(administrator)
    assert roles() == {"other": 3, "code": 3}  # saving changes nothing but the rule
    assert applying.advance() is True
    assert roles() == {"model": 3, "code": 3}
    update = RoleUpdate.objects.get()
    assert (update.is_open, update.read, update.changed) == (True, 6, 3)  # until reads under the old rules are over
    settled()
    assert applying.advance() is True
    assert not RoleUpdate.objects.filter(is_open=True).exists()
    event = AuditEvent.objects.get(type="artifact_rule.applied")
    assert '"figures":{"changed":3,"read":6}' in event.body


def test_a_unit_ends_in_time_and_goes_on_where_it_stopped(administrator):
    past()
    saved(administrator)
    assert applying.advance(seconds=0) is False
    assert roles() == {"other": 3, "code": 3}
    assert applying.advance() is True
    assert roles() == {"model": 3, "code": 3}


def test_what_comes_after_the_end_under_the_old_rules_is_found_too(administrator):
    pipeline = past()
    saved(administrator)
    applying.advance()
    factories.artifact(release=factories.release(pipeline=pipeline), alias="weights", name="weights", role="other")
    settled()
    applying.advance()
    assert roles() == {"model": 4, "code": 3}


def test_models_are_linked_to_the_registry_and_others_are_not(administrator):
    pipeline = past(releases=2)
    workspace = factories.workspace()
    pipeline.project.workspaces.add(workspace)
    known = factories.model_version(workspace=workspace, name="weights", version="1")
    factories.model_version(name="weights", version="0")  # of a workspace the project does not use
    saved(administrator)
    applying.advance()
    linked = Artifact.objects.filter(alias="weights").order_by("version")
    assert [one.model_version_id for one in linked] == [None, known.pk]
    rule = ArtifactRule.objects.get()
    saved(administrator, verb="delete", rule=rule.pk)
    applying.advance()
    assert not Artifact.objects.exclude(model_version=None).exists()
    assert roles() == {"other": 2, "code": 2}


def test_releases_a_model_set_off_say_so(administrator):
    pipeline = past()
    by_hand, _, another = pipeline.releases.order_by("pk").values_list("pk", flat=True)
    Release.objects.filter(pk=by_hand).update(trigger_kind=TriggerKind.MANUAL)
    Release.objects.filter(pk=another).update(trigger_alias="code", trigger_kind=TriggerKind.PUSH)
    saved(administrator)
    applying.advance()
    kinds = list(pipeline.releases.order_by("pk").values_list("trigger_kind", flat=True))
    assert kinds == ["manual", "model", "push"]
    saved(administrator, verb="delete", rule=ArtifactRule.objects.get().pk)
    applying.advance()
    kinds = list(pipeline.releases.order_by("pk").values_list("trigger_kind", flat=True))
    assert kinds == ["manual", "unknown", "push"]


def test_triggers_of_definitions_are_told_anew(administrator):
    pipeline = past()
    trigger = {"artifactAlias": "weights", "triggerConditions": [], "triggerType": 1}
    document = {"id": 1, "name": "x", "artifacts": [definitions.artifact("weights", "Blob", "weights")]}
    definitions.revision(pipeline, {**document, "triggers": [trigger]})
    definitions.revision(past(), {"triggers": 7})
    pipeline.triggers.create(kind=TriggerKind.UNKNOWN, ordinal=0, alias="weights", settings=trigger)
    saved(administrator)
    settled()
    applying.advance()
    assert list(Trigger.objects.values_list("kind", "alias")) == [("model", "weights")]


def test_rules_that_change_meanwhile_begin_it_anew(administrator):
    past()
    saved(administrator)
    applying.advance()
    saved(administrator, verb="change", rule=ArtifactRule.objects.get().pk, role="scaler")
    update = RoleUpdate.objects.get()
    assert (update.is_open, update.done_to, update.changed) == (True, 0, 0)
    applying.advance()
    assert roles() == {"scaler": 3, "code": 3}


def test_a_slice_that_was_overtaken_stores_nothing(administrator):
    past()
    saved(administrator)
    update = RoleUpdate.objects.get()
    rows = applying._next(update)
    flips = applying._flips(rows, {})
    RoleUpdate.objects.update(done_to=rows[0].pk)  # somebody else was here
    applying._store(update, rows, flips)
    assert roles() == {"other": 3, "code": 3}


def test_without_an_update_there_is_nothing_to_do():
    assert applying.advance() is True
