"""Endpoint rules: read by everybody, changed by administrators, tried first, and never over somebody else's change."""

import re

import pytest

from releases import audit
from releases.actions import endpoint_rules as actions
from releases.errors import Conflict, Denied, Invalid
from releases.models import AuditEvent, EndpointRule, Project, StageBinding
from releases.queries.endpoint_rules import standing
from releases.states import BindingOrigin, Role
from tests import factories
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]

LIST, ADD = "/rules/endpoints/", "/rules/endpoints/add/"


@pytest.fixture
def project() -> Project:
    """A project whose stage PROD of Port Weather is served by `weather-live`, which no built-in rule finds."""
    project = factories.project(name="Port")
    project.workspaces.add(factories.workspace(name="mlops_ws"))
    factories.stage(pipeline=factories.pipeline(project=project, name="Port Weather"), name="PROD")
    factories.endpoint(workspace=project.workspaces.get(), name="weather-live")
    return project


def form(project=None, **fields):
    """What an administrator types."""
    defaults = {"pipeline_pattern": "", "stage_pattern": "^prod$", "endpoint_pattern": "^weather-live$"}
    return {**defaults, "priority": "100", "seen": standing(project), **fields}


def wish(project=None, **fields):
    """The same as the action takes it."""
    values = {**form(project), "verb": "add", "project": project.pk if project else None, "priority": 100, **fields}
    return actions.Wish(**values)


def kept(page) -> dict[str, str]:
    """What the page of the try sends when it is saved."""
    html = page.content.decode()
    form = html[html.index('name="tried"') - 40 :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', form.split("</form>")[0]))


def test_a_rule_is_tried_then_saved_and_binds_at_once(administrator, project):
    browser = factories.browser_of(administrator)
    address = f"{ADD}?project={project.slug}"
    page = browser.post(address, form(project))
    text = words(page)
    assert "1 stage would be bound differently" in text
    assert "Port Weather PROD No endpoint Nothing names one. weather-live The name weather-live fits the rule" in text
    assert "1 stage looked at, as they are stored now." in text
    assert not EndpointRule.objects.exists() and not StageBinding.objects.exists()
    done = words(browser.post(address, {**kept(page), "do": "save"}, follow=True))
    assert "The rule is saved. 1 stage is bound differently by it." in done
    row = StageBinding.objects.get()
    assert row.endpoint and (row.endpoint.name, row.origin) == ("weather-live", BindingOrigin.NAME)
    assert "1 Port any ^prod$ ^weather-live$ 100" in done
    assert administrator.name in done


def test_nothing_would_change_is_said_and_can_be_saved(administrator, project):
    browser = factories.browser_of(administrator)
    page = browser.post(ADD, form(endpoint_pattern="^nowhere$"))
    assert "Every stage stays bound as it is." in words(page)
    assert "No stage would be bound differently" in words(page) and "Nothing would change" in words(page)
    done = browser.post(ADD, {**kept(page), "do": "save"}, follow=True)
    assert "The rule is saved. No stage is bound differently by it." in words(done)


def test_what_was_typed_comes_back_to_be_changed(administrator, project):
    browser = factories.browser_of(administrator)
    page = browser.post(ADD, form(pipeline_pattern="weather", priority="7"))
    again = browser.post(ADD, {**kept(page), "do": "edit"})
    assert again.status_code == 200
    html = again.content.decode()
    for value in ("weather", "^prod$", "^weather-live$", "7"):
        assert f'value="{value}"' in html
    assert "Add an endpoint rule" in words(again) and 'data-variant="bad"' not in html


def test_what_differs_by_the_time_of_saving_is_shown_again_and_not_saved(administrator, project):
    browser = factories.browser_of(administrator)
    page = browser.post(ADD, form())
    factories.endpoint(workspace=project.workspaces.get(), name="port-weather-prod")
    factories.stage(pipeline=factories.pipeline(project=project, name="Tides"), name="prod")
    late = browser.post(ADD, {**kept(page), "do": "save"})
    assert late.status_code == 409
    assert "Not saved: what would change is different by now." in words(late)
    assert "The name weather-live fits more than one stage." in words(late)
    assert not EndpointRule.objects.exists()
    browser.post(ADD, {**kept(late), "do": "save"})
    assert EndpointRule.objects.exists()


def test_nothing_is_saved_that_was_not_tried(administrator, project):
    answer = factories.browser_of(administrator).post(ADD, form(do="save"))
    assert answer.status_code == 409
    assert not EndpointRule.objects.exists()


def test_changing_and_deleting_are_tried_too_and_the_trail_tells_before_and_after(administrator, project):
    browser = factories.browser_of(administrator)
    browser.post(ADD, {**kept(browser.post(ADD, form())), "do": "save"})
    rule = EndpointRule.objects.get()
    assert rule.changed_by == administrator
    address = f"/rules/endpoints/{rule.pk}/"
    page = browser.post(address, form(priority="7", endpoint_pattern="^none$"))
    assert "Port Weather PROD weather-live The name weather-live fits the rule" in words(page)
    assert "No endpoint Nothing names one." in words(page)
    browser.post(address, {**kept(page), "do": "save"})
    assert not StageBinding.objects.exists()
    page = browser.post(f"{address}delete/", {"seen": standing(None)})
    assert "Without the rule ^none$" in words(page) and "Delete the rule" in words(page)
    assert EndpointRule.objects.exists()
    done = browser.post(f"{address}delete/", {**kept(page), "do": "save"}, follow=True)
    assert "The rule is deleted." in words(done)
    assert not EndpointRule.objects.exists()
    bodies = {event.type: event.body for event in AuditEvent.objects.filter(type__startswith="endpoint_rule.")}
    assert '"endpoint_pattern":[null,"^weather-live$"]' in bodies["endpoint_rule.created"]
    changed = '"change":{"endpoint_pattern":["^weather-live$","^none$"],"priority":[100,7]}'
    assert changed in bodies["endpoint_rule.changed"]
    assert '"priority":[7,null]' in bodies["endpoint_rule.deleted"]
    assert list(audit.findings()) == []


def test_the_list_is_in_order_of_effect_and_tells_what_counts_before_and_after(administrator, project):
    EndpointRule.objects.create(priority=1, endpoint_pattern="general")
    EndpointRule.objects.create(project=project, priority=200, endpoint_pattern="later")
    EndpointRule.objects.create(project=project, priority=100, endpoint_pattern="sooner")
    EndpointRule.objects.create(project=factories.project(), endpoint_pattern="elsewhere")
    browser = factories.browser_of(administrator)
    text = words(browser.get(f"{LIST}?project={project.slug}"))
    order = ["A person", "own settings", "A tag", "sooner", "later", "general", "Built in", "^{pipeline}-{stage}$"]
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)
    assert "elsewhere" not in text
    assert "sooner" not in words(browser.get(LIST))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"endpoint_pattern": "("}, "This is not a regular expression"),
        ({"pipeline_pattern": "(a+)+$"}, "that can take for ever"),
        ({"stage_pattern": "x" * 201}, "at most 200 characters"),
        ({"endpoint_pattern": ""}, "Say what the endpoint is called."),
        ({"endpoint_pattern": "^{project}-"}, "{project} is not known."),
        ({"endpoint_pattern": "({pipeline}-)+"}, "can neither repeat"),
        ({"priority": "-1"}, "greater than or equal to 0"),
        ({"priority": ""}, "This field is required"),
    ],
)
def test_what_no_rule_can_be_is_refused_at_its_field_and_nothing_typed_is_lost(administrator, typed, said):
    answer = factories.browser_of(administrator).post(ADD, form(**{"pipeline_pattern": "weather", **typed}))
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'value="^prod$"' in answer.content.decode() or "stage_pattern" in typed


@pytest.mark.parametrize(
    "fields", [{"endpoint_pattern": "(a+)+$"}, {"endpoint_pattern": ""}, {"priority": 40_000}, {"verb": "x"}]
)
def test_the_action_refuses_the_same(administrator, fields):
    with pytest.raises(Invalid):
        actions.save(wish(**fields), by=administrator)


def test_of_two_administrators_the_second_is_told_and_can_go_on(administrator, project):
    mine, theirs = (factories.browser_of(one) for one in (administrator, factories.user(role=Role.ADMINISTRATOR)))
    page = theirs.post(ADD, form(priority="7"))
    mine.post(ADD, {**kept(mine.post(ADD, form())), "do": "save"})
    late = theirs.post(ADD, {**kept(page), "do": "save"})
    assert late.status_code == 422
    assert "Somebody changed the rules meanwhile." in words(late)
    assert 'value="7"' in late.content.decode() and 'value="^weather-live$"' in late.content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', late.content.decode())
    assert seen and seen[1] == standing(None)
    assert "Save the rule" in words(theirs.post(ADD, form(seen=seen[1])))
    rule = EndpointRule.objects.get()
    assert theirs.post(f"/rules/endpoints/{rule.pk}/delete/", {"seen": "as it was"}).status_code == 409


def test_without_its_event_no_rule_is_saved(administrator, project, monkeypatch):
    monkeypatch.setattr(audit, "append", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.save(wish(), by=administrator)
    assert not EndpointRule.objects.exists()


def test_a_role_lost_meanwhile_counts_and_a_gone_rule_is_said_to_be_gone(administrator):
    with pytest.raises(Conflict, match="not there any more"):
        actions.consider(wish(verb="delete", rule=4711), by=administrator)
    administrator.memberships.update(role=Role.QA)
    with pytest.raises(Denied):
        actions.save(wish(), by=administrator)


def test_the_endpoints_are_looked_at_after_a_change(
    administrator, project, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(actions, "nudge", lambda task, **given: woken.append((task, given)))
    with django_capture_on_commit_callbacks(execute=True):
        actions.save(wish(project), by=administrator)
    assert woken == [("sync.serving", {"workspace": project.workspaces.get().pk})]


@pytest.mark.parametrize("role", list(Role))
def test_who_may_change_rules(role, project):
    browser = factories.browser_of(factories.user(role=role))
    shown, opened = browser.get(f"{LIST}?project={project.slug}"), browser.get(f"{ADD}?project={project.slug}")
    forced = browser.post(f"{ADD}?project={project.slug}", form(project))
    may = role is Role.ADMINISTRATOR
    assert ("Add a rule" in words(shown)) is may
    assert (forced.status_code == 200) is may
    if not may:
        sentence = "You cannot change endpoint rules: administrators can."
        assert sentence in words(shown) and sentence in words(opened) and sentence in words(forced)
        assert forced.status_code == 403


def test_a_projects_administrator_changes_its_rules_and_reads_of_no_other_project(project):
    other = factories.project(name="Secret")
    other.workspaces.add(project.workspaces.get())
    theirs = factories.stage(pipeline=factories.pipeline(project=other, name="Secret Pipeline"), name="LIVE")
    endpoint = factories.endpoint(workspace=project.workspaces.get(), name="secret-live")
    factories.stage_binding(
        stage=theirs, endpoint=endpoint, sentence="The name secret-live fits the rule ^{pipeline}-{stage}$."
    )
    general = EndpointRule.objects.create(priority=200, endpoint_pattern="^x$")
    hidden = EndpointRule.objects.create(project=other, endpoint_pattern="^y$")
    browser = factories.browser_of(factories.user(role=Role.ADMINISTRATOR, project=project))
    assert "Change rule 1" not in words(browser.get(f"{LIST}?project={project.slug}"))
    assert browser.post(ADD, form()).status_code == 403
    assert browser.post(f"/rules/endpoints/{general.pk}/delete/", {"seen": standing(None)}).status_code == 403
    assert browser.get(f"{LIST}?project={other.slug}").status_code == 404
    assert browser.post(f"/rules/endpoints/{hidden.pk}/delete/", {"seen": ""}).status_code == 404
    page = browser.post(f"{ADD}?project={project.slug}", form(project, endpoint_pattern="^secret-live$"))
    text = words(page)
    assert "1 stage would be bound differently" in text
    assert "1 stage is not shown: it belongs to projects that you do not see" in text
    assert "Secret Pipeline" not in text
    browser.post(f"{ADD}?project={project.slug}", {**kept(page), "do": "save"})
    assert {str(row.endpoint) for row in StageBinding.objects.all()} == {"None"}


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>', "x" * 200])
def test_hostile_names_and_patterns_are_text(administrator, project, name):
    pipeline = project.pipelines.get()
    pipeline.name = name
    pipeline.save()
    EndpointRule.objects.create(project=project, pipeline_pattern=name, stage_pattern=name, endpoint_pattern=name)
    browser = factories.browser_of(administrator)
    for page in (
        browser.get(f"{LIST}?project={project.slug}"),
        browser.post(f"{ADD}?project={project.slug}", form(project, priority="1", pipeline_pattern="x|script|img")),
    ):
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode() and "<img src=x" not in page.content.decode()


def test_the_cost_does_not_grow_with_rules(administrator, project):
    browser = factories.browser_of(administrator)
    EndpointRule.objects.create(project=project, endpoint_pattern="a", changed_by=administrator)
    before = queries(browser, f"{LIST}?project={project.slug}")
    for number in range(10):
        EndpointRule.objects.create(
            project=project if number % 2 else None, endpoint_pattern="a", changed_by=factories.user()
        )
    assert queries(browser, f"{LIST}?project={project.slug}") == before
