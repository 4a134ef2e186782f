"""Artifact rules: read by everybody, changed by administrators, tried first, and never over somebody else's change."""

import re

import pytest

from releases.actions import artifact_rules as actions
from releases.errors import Conflict, Denied, Invalid
from releases.models import ArtifactRule, AuditEvent, Inquiry, RoleUpdate
from releases.queries.artifact_rules import standing
from releases.states import Role
from releases.sync import inquiries
from releases.sync.roles import applying
from tests import factories
from tests.pages import definitions
from tests.pages.reading import queries, words
from tests.sync.roles_past import past, tried, wish

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]

LIST, ADD = "/rules/artifacts/", "/rules/artifacts/add/"


def form(project=None, **fields):
    """What an administrator types."""
    defaults = {"role": "model", "type_pattern": "", "name_pattern": "weights", "priority": "100"}
    return {**defaults, "seen": standing(project), **fields}


def answered(response) -> str:
    """The address of the try, answered."""
    assert response.status_code == 302, words(response)
    inquiries.answer(Inquiry.objects.get(kind="artifact_rules", state="asked"))
    return str(response["Location"])


def test_a_rule_is_tried_then_saved_then_applied(administrator):
    pipeline = past()
    browser = factories.browser_of(administrator)
    address = answered(browser.post(f"{ADD}?project={pipeline.project.slug}", form(pipeline.project)))
    text = words(browser.get(address))
    assert "3 artifacts of past releases would change" in text
    assert f"{pipeline.name} weights Blob, weights from Other → Model 3" in text
    assert "6 stored artifacts looked at." in text
    assert not ArtifactRule.objects.exists()
    done = browser.post(f"{address}save/", follow=True)
    assert "The rule is saved." in words(done)
    assert "Stored artifacts are being brought in line. 0 read, 0 changed so far." in words(done)
    assert 'data-poll="2"' in done.content.decode()
    applying.advance()
    assert "6 read, 3 changed so far." in words(browser.get(LIST))
    RoleUpdate.objects.update(is_open=False, finished_at="2026-03-02T12:00Z")
    assert "3 of 6 stored artifacts changed." in words(browser.get(LIST))
    assert "Saved." in words(browser.get(address))


def test_the_trail_tells_before_and_after(administrator):
    past()
    made = actions.save(tried(wish(), by=administrator), by=administrator)
    rule = ArtifactRule.objects.get()
    actions.save(
        tried(wish(verb="change", rule=rule.pk, role="scaler", priority=7), by=administrator), by=administrator
    )
    actions.save(tried(wish(verb="delete", rule=rule.pk), by=administrator), by=administrator)
    bodies = {event.type: event.body for event in AuditEvent.objects.filter(type__startswith="artifact_rule.")}
    assert made.role == "model" and rule.changed_by == administrator
    assert '"role":[null,"model"]' in bodies["artifact_rule.created"]
    assert '"change":{"priority":[100,7],"role":["model","scaler"]}' in bodies["artifact_rule.changed"]
    assert '"name_pattern":["weights",null]' in bodies["artifact_rule.deleted"]
    assert not ArtifactRule.objects.exists()


def test_the_list_is_in_order_of_effect(administrator):
    project = factories.project(name="Port")
    ArtifactRule.objects.create(priority=1, name_pattern="general", role="model")
    ArtifactRule.objects.create(project=project, priority=200, name_pattern="later", role="model")
    ArtifactRule.objects.create(project=project, priority=100, name_pattern="sooner", role="code")
    ArtifactRule.objects.create(project=factories.project(), name_pattern="elsewhere", role="code")
    browser = factories.browser_of(administrator)
    text = words(browser.get(f"{LIST}?project={project.slug}"))
    assert text.index("sooner") < text.index("later") < text.index("general") < text.index("Built in, after all others")
    assert "elsewhere" not in text
    text = words(browser.get(LIST))
    assert "general" in text and "sooner" not in text


def test_the_reason_on_the_pipeline_names_the_rule_and_who_made_it(administrator):
    pipeline = past()
    definitions.revision(pipeline, {"artifacts": [definitions.artifact("weights", "Blob", "weights")]})
    ArtifactRule.objects.create(priority=1, name_pattern="nothing", role="code")
    ArtifactRule.objects.create(priority=2, name_pattern="weights", role="model", changed_by=administrator)
    page = factories.browser_of(administrator).get(f"/p/{pipeline.project.slug}/pipelines/{pipeline.azure_id}/")
    assert f"weights Model Blob Rule 2 by {administrator.name}" in words(page)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name_pattern": "("}, "This is not a regular expression"),
        ({"name_pattern": "(a+)+$"}, "that can take for ever"),
        ({"type_pattern": "x" * 201}, "at most 200 characters"),
        ({"name_pattern": ""}, "Give a type or a name to match"),
        ({"priority": "-1"}, "greater than or equal to 0"),
        ({"priority": "99999"}, "less than or equal to 32000"),
        ({"role": "captain"}, "not one of the available choices"),
    ],
)
def test_what_no_rule_can_be_is_refused_at_its_field(administrator, typed, said):
    answer = factories.browser_of(administrator).post(ADD, form(**typed))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"name_pattern": "(a+)+$"}, {"name_pattern": "", "type_pattern": ""}, {"priority": 40_000}, {"verb": "x"}],
)
def test_the_action_refuses_the_same(administrator, fields):
    with pytest.raises(Invalid):
        actions.ask(wish(**fields), by=administrator)


def test_of_two_administrators_the_second_is_told(administrator):
    past()
    other = factories.user(role=Role.ADMINISTRATOR)
    first, second = tried(wish(), by=administrator), tried(wish(role="code"), by=other)
    actions.save(first, by=administrator)
    answer = factories.browser_of(other).post(f"/rules/artifacts/try/{second.pk}/save/")
    assert answer.status_code == 409
    assert "Somebody changed the rules meanwhile." in words(answer)
    assert ArtifactRule.objects.get().role == "model"
    late = factories.browser_of(other).post(ADD, form(seen="as it was", priority="7"))
    assert "Somebody changed the rules meanwhile." in words(late)
    assert 'value="7"' in late.content.decode()
    again = re.findall(r'name="seen" value="(\w+)"', late.content.decode())
    assert again == [standing(None)]
    assert factories.browser_of(other).post(ADD, form(seen=again[0])).status_code == 302


def test_a_try_is_saved_once_while_it_is_fresh_and_only_when_it_is_answered(administrator):
    past()
    asked = actions.ask(wish(), by=administrator)
    with pytest.raises(Conflict, match="not been tried"):
        actions.save(asked, by=administrator)
    done = inquiries.answer(asked)
    assert done.answered_at
    with pytest.raises(Conflict, match="too long ago"):
        actions.save(done, by=administrator, now=done.answered_at + 2 * actions.VALID_FOR)
    actions.save(done, by=administrator)
    done.refresh_from_db()
    with pytest.raises(Conflict, match="saved already"):
        actions.save(done, by=administrator)
    assert ArtifactRule.objects.count() == 1


def test_a_role_lost_meanwhile_counts(administrator):
    past()
    done = tried(wish(), by=administrator)
    administrator.memberships.update(role=Role.QA)
    with pytest.raises(Denied):
        actions.save(done, by=administrator)
    assert not ArtifactRule.objects.exists()
    assert not RoleUpdate.objects.exists()


def test_a_gone_rule_is_said_to_be_gone(administrator):
    rule = ArtifactRule.objects.create(name_pattern="weights", role="model")
    with pytest.raises(Conflict, match="not there any more"):
        actions.ask(wish(verb="delete", rule=rule.pk + 1), by=administrator)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_change_rules(role):
    project = factories.project(name="Port")
    ArtifactRule.objects.create(project=project, name_pattern="weights", role="model")
    person = factories.user(role=role)
    browser = factories.browser_of(person)
    shown, opened = browser.get(f"{LIST}?project={project.slug}"), browser.get(f"{ADD}?project={project.slug}")
    forced = browser.post(f"{ADD}?project={project.slug}", form(project))
    may = role is Role.ADMINISTRATOR
    assert ("Add a rule" in words(shown)) is may
    assert (forced.status_code == 302) is may
    if not may:
        sentence = "You cannot change artifact rules: administrators can."
        assert sentence in words(shown) and sentence in words(opened) and sentence in words(forced)
        assert forced.status_code == 403


def test_a_projects_administrator_changes_its_rules_and_no_others():
    mine, other = past(), past()
    person = factories.user(role=Role.ADMINISTRATOR, project=mine.project)
    general = ArtifactRule.objects.create(name_pattern="x", role="model")
    hidden = ArtifactRule.objects.create(project=other.project, name_pattern="y", role="model")
    browser = factories.browser_of(person)
    text = words(browser.get(f"{LIST}?project={mine.project.slug}"))
    assert "Add a rule" in text and "Change rule 1" not in text
    assert browser.post(ADD, form()).status_code == 403
    assert browser.post(f"/rules/artifacts/{general.pk}/delete/", {"seen": standing(None)}).status_code == 403
    assert browser.get(f"{LIST}?project={other.project.slug}").status_code == 404
    for address in (f"/rules/artifacts/{hidden.pk}/", f"/rules/artifacts/{hidden.pk}/delete/"):
        assert browser.post(address, form()).status_code == 404
    address = answered(browser.post(f"{ADD}?project={mine.project.slug}", form(mine.project)))
    assert "3 artifacts" in words(browser.get(address))
    assert factories.browser_of(factories.user(role=Role.ADMINISTRATOR)).get(address).status_code == 404


def test_deleting_is_tried_too(administrator):
    past()
    rule = ArtifactRule.objects.create(name_pattern="code", role="other")
    browser = factories.browser_of(administrator)
    assert "Try without it" in words(browser.get(f"/rules/artifacts/{rule.pk}/"))
    address = answered(browser.post(f"/rules/artifacts/{rule.pk}/delete/", {"seen": standing(None)}))
    assert "Delete the rule" in words(browser.get(address))
    browser.post(f"{address}save/")
    assert not ArtifactRule.objects.exists()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>', "x" * 200])
def test_hostile_names_and_patterns_are_text(administrator, name):
    project = factories.project(name=name)
    pipeline = past(project)
    pipeline.name = name
    pipeline.save()
    ArtifactRule.objects.create(project=project, name_pattern=name[:200], type_pattern=name[:200], role="model")
    browser = factories.browser_of(administrator)
    address = answered(browser.post(ADD, form()))
    for path in (address, f"{LIST}?project={project.slug}", f"{ADD}?project={project.slug}"):
        page = browser.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode() and "<img src=x" not in page.content.decode()


def test_the_cost_does_not_grow_with_rules(administrator):
    browser = factories.browser_of(administrator)
    project = factories.project()
    ArtifactRule.objects.create(project=project, name_pattern="a", role="model", changed_by=administrator)
    before = queries(browser, f"{LIST}?project={project.slug}")
    for number in range(10):
        ArtifactRule.objects.create(
            project=project if number % 2 else None, name_pattern="a", role="model", changed_by=factories.user()
        )
    assert queries(browser, f"{LIST}?project={project.slug}") == before
