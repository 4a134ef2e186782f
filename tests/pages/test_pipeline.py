"""One pipeline: what its stages run and ask for, what was live, its triggers, artifacts and set-up."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from releases.models import Drift, Pipeline, Release, Stage, Trigger
from releases.states import DeploymentStatus, Role, StageStatus, TriggerKind
from tests import factories
from tests.factories import NOON
from tests.pages import definitions
from tests.pages.company import carrying, company, deployed, pipeline_with_stages
from tests.pages.reading import HTMX, queries, words

pytestmark = pytest.mark.django_db


def address(pipeline: Pipeline) -> str:
    return f"/p/{pipeline.project.slug}/pipelines/{pipeline.azure_id}/"


def told(made: Any, *, before: Any = definitions.NOBODY) -> None:
    """The company's definition was read: whom PROD asks, what it carries."""
    stages = [
        definitions.stage(made.dev.definition_environment_id, "DEV TEST"),
        definitions.stage(made.prod.definition_environment_id, "PROD", before=before),
    ]
    carried = [
        definitions.artifact("_classifier", "AzureMLMMS", "classifier", connection={"name": "mlops_ws"}),
        definitions.artifact("_scaler", "AzureMLMMS", "scaler"),
        definitions.artifact("_code", "Git", "Learn_MLOps"),
        definitions.artifact("_drop", "Nuget", "drop"),
    ]
    definitions.revision(made.pipeline, {"environments": stages, "artifacts": carried})


def test_the_page_says_first_what_runs_and_what_waits(signed_in):
    made = company()
    told(made)
    text = words(signed_in.get(address(made.pipeline)))
    assert "PROD runs Release-1 with model v7 since" in text
    assert "Release-2 waits for approval in PROD." in text
    assert "Definition revision 1, saved" in text
    assert "All 2 releases" in text
    assert "1 of 2" in text


def test_stages_say_how_they_start_and_whom_azure_asks(signed_in):
    made = company()
    organization = made.project.organization
    organization.own_identity_key, organization.own_identity_name = "svc-slipway", "svc-slipway"
    organization.save()
    told(made, before=definitions.asking(definitions.OWN))
    Stage.objects.filter(pk=made.dev.pk).update(conditions=[{"name": "ReleaseStarted", "conditionType": "event"}])
    text = words(signed_in.get(address(made.pipeline)))
    assert "Starts By itself, when a release is created Azure asks Nobody" in text
    assert "Starts After DEV TEST succeeded Azure asks svc-slipway, before deployment." in text
    assert "It is the identity Slipway signs in as, so decisions can be passed on." in text
    assert "Decisions can be passed on Passed" in text


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (definitions.asking(definitions.AYLA), "Ayla Demir, before deployment. Slipway cannot pass a decision on"),
        (
            definitions.asking(definitions.QA, definitions.AYLA, required=1),
            "QA approvers (group) and Ayla Demir (any 1 of 2), before deployment. Whether svc is a member, Azure",
        ),
        (
            definitions.asking(definitions.AYLA, definitions.OWN, required=0),
            "Ayla Demir and svc-slipway (all of them), before deployment. svc is the identity Slipway signs in as",
        ),
        ("oops", "Nobody"),
        ({"approvals": [None, {"approver": "x"}, {"isAutomated": False}]}, "Nobody"),
    ],
)
def test_who_can_pass_a_decision_on(signed_in, before, said):
    made = company()
    made.project.organization.own_identity_key, made.project.organization.own_identity_name = "svc-slipway", "svc"
    made.project.organization.save()
    told(made, before=before)
    assert f"succeeded Azure asks {said}" in words(signed_in.get(address(made.pipeline)))


def test_while_slipways_own_identity_is_not_known_nothing_is_claimed(signed_in):
    made = company()
    told(made, before=definitions.asking(definitions.OWN))
    text = words(signed_in.get(address(made.pipeline)))
    assert "Which identity Slipway signs in as was not read yet." in text
    assert "Decisions can be passed on" not in text


def test_roles_come_with_their_reason(signed_in):
    made = company()
    told(made)
    text = words(signed_in.get(address(made.pipeline)))
    assert "_classifier Model Azure ML, mlops_ws Type Azure ML model" in text
    assert "_scaler Scaler Azure ML Name matches scaler" in text
    assert "_code Code Azure Repos Type Git" in text
    assert "_drop Other Nuget No rule matched" in text
    assert "Role of _drop Look No rule matched, so it counts as Other." in text


def test_what_was_live_is_drawn_and_told_as_a_table(signed_in):
    made, now = company(), timezone.now()
    Release.objects.update(created_on=now)
    spans = made.prod.live_spans
    spans.update(live_from=now - timedelta(days=40), live_until=now - timedelta(days=5))
    made.dev.live_spans.filter(live_until=None).update(live_from=now - timedelta(days=3))
    made.dev.live_spans.exclude(live_until=None).update(
        live_from=now - timedelta(days=90), live_until=now - timedelta(days=80)
    )
    page = signed_in.get(address(made.pipeline))
    text = words(page)
    assert "PROD did not change and was never without a release." in text
    assert "PROD Release-1 v7" in text and "before these days" in text
    assert "DEV TEST Release-2 v8" in text
    assert "DEV TEST Release-1 v7" not in text  # ended before the axis begins
    assert '<svg class="seg-b  old" x="0.00%" width="83.33%"' in page.content.decode()


def test_short_spans_keep_their_title_and_lose_their_label(signed_in):
    made, now = company(), timezone.now()
    made.prod.live_spans.update(live_from=now - timedelta(hours=2))
    page = signed_in.get(address(made.pipeline)).content.decode()
    thin = page.partition('class="seg-b thin"')[2].partition("</svg>")[0]
    assert "<title>Release-1, model v7:" in thin and "<text" not in thin


def test_triggers_come_with_their_last_release(signed_in):
    made = company()
    told(made)
    plan = {"daysToRelease": 1, "startHours": 11, "startMinutes": 0, "timeZoneId": "Europe/Helsinki"}
    add = made.pipeline.triggers.create
    add(kind=TriggerKind.SCHEDULE, ordinal=0, settings={"schedule": plan})
    add(kind=TriggerKind.MODEL, ordinal=0, alias="_classifier", settings={"triggerType": 1, "triggerConditions": []})
    add(kind=TriggerKind.UNKNOWN, ordinal=0, settings={"triggerType": 77})
    text = words(signed_in.get(address(made.pipeline)))
    assert "Schedule Mondays 11:00, Europe/Helsinki" in text
    assert "UTC None yet" in text
    assert "A new version of classifier in mlops_ws With the next version Release-2" in text
    assert "Unknown kind A trigger of a kind that Slipway does not know" in text
    assert "Triggers Look 1 cannot be read, so when they act is not known." in text


def test_stages_of_earlier_revisions_are_named_with_their_releases(signed_in):
    made = company()
    past = factories.stage(pipeline=made.pipeline, name="QA", definition_environment_id=77, gone_at=NOON)
    for number, stages in ((3, [77, 1]), (9, [77]), (10, [1])):
        definitions.revision(made.pipeline, {}, number=number, stage_numbers=stages)
    for release in (made.live, made.waiting):
        factories.release_stage(release=release, stage=past)
    factories.stage(pipeline=made.pipeline, name="OLD", gone_at=NOON)
    text = words(signed_in.get(address(made.pipeline)))
    assert "QA stage Past Existed in revisions 3 to 9. Its 2 releases stay in the history." in text
    assert "OLD stage Past Existed in earlier revisions. Its 0 releases stay in the history." in text
    assert "2 now, 2 from earlier revisions" in text


def test_an_endpoint_stands_with_what_it_serves(signed_in):
    made = company()
    endpoint = factories.endpoint(name="prod-webservice")
    factories.stage_binding(stage=made.prod, endpoint=endpoint)
    factories.endpoint_check(endpoint=endpoint, seen_from=NOON + timedelta(days=1))
    factories.stage_binding(stage=made.dev, cluster=factories.cluster(name="old-aks", kind="AKS"))
    text = words(signed_in.get(address(made.pipeline)))
    assert "Endpoint prod-webservice. The name fits." in text
    assert "prod-webservice serves v7, as deployed." in text
    assert "old-aks is a legacy AKS cluster." in text
    assert "Endpoints bound Passed" in text


def test_settings_of_what_serves_the_stage_that_counts_stand_beside_what_was_asked(signed_in):
    made = company()
    endpoint = factories.endpoint(name="prod-webservice")
    factories.stage_binding(stage=made.prod, endpoint=endpoint)
    factories.endpoint_check(endpoint=endpoint)
    factories.endpoint_deployment(endpoint=endpoint, name="blue", settings={"cpu": 1})
    text = words(signed_in.get(address(made.pipeline)))
    assert "Settings, Port Weather ML Pipeline PROD" in text
    assert "Release-1 asks for no setting that Slipway knows" in text


def test_drift_is_said_in_the_sentence_and_at_the_stage(signed_in):
    made = company()
    endpoint = factories.endpoint()
    factories.stage_binding(stage=made.prod, endpoint=endpoint)
    served = [{"deployment": "blue", "model": "support-vector-classifier", "version": "6", "percent": 100}]
    factories.endpoint_check(endpoint=endpoint, served=served)
    span = made.prod.live_spans.get(live_until=None)
    Drift.objects.create(stage=made.prod, endpoint=endpoint, span=span, drift_from=NOON, served=served)
    text = words(signed_in.get(address(made.pipeline)))
    assert "but its endpoint serves something else." in text
    assert "PROD Headline Drift" in text
    assert "Drift. " in text and "Release-1 deployed" in text
    assert f"Drift: {endpoint} served v6" in text


def test_nothing_read_and_nothing_deployed_say_so(signed_in):
    pipeline = factories.pipeline(revision=0)
    text = words(signed_in.get(address(pipeline)))
    assert "This definition was not read yet." in text
    assert "The stages appear as soon as the definition is read." in text
    bare, _dev, _prod = pipeline_with_stages(factories.project())
    definitions.revision(bare, {"environments": []})
    text = words(signed_in.get(address(bare)))
    assert "No release has reached PROD yet." in text
    assert "No stage ran anything in these days" in text
    assert "No trigger is on. Releases are made by hand." in text
    empty = factories.pipeline()
    definitions.revision(empty, {"environments": []})
    assert "Revision 1 of this definition has no stages." in words(signed_in.get(address(empty)))


def test_a_pipeline_that_is_gone_says_so(signed_in):
    made = company()
    Pipeline.objects.filter(pk=made.pipeline.pk).update(gone_at=NOON)
    text = words(signed_in.get(address(made.pipeline)))
    assert "Deleted in Azure DevOps." in text
    assert "PROD runs Release-1" in text


def test_a_failed_stage_is_said_first(signed_in):
    made = company()
    broken = factories.release(pipeline=made.pipeline, name="Release-3", created_on=NOON + timedelta(days=2))
    row = factories.release_stage(release=broken, stage=made.dev, status=StageStatus.REJECTED)
    factories.deployment(release_stage=row, status=DeploymentStatus.FAILED)
    assert "Release-3 failed in DEV TEST." in words(signed_in.get(address(made.pipeline)))


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        "oops",
        {"environments": "oops", "artifacts": 7},
        {"environments": [None, 7, {"id": "x"}, {"name": "no id"}], "artifacts": [None, {}, {"alias": None}]},
        {"environments": [{"id": 1, "preDeployApprovals": [], "schedules": {}, "environmentOptions": 3}]},
        {"artifacts": [{"alias": "a", "type": None, "definitionReference": {"definition": [1], "X": "y"}}]},
        {"artifacts": [{"alias": ["a"], "definitionReference": {"definition": {"id": True, "name": {}}}}]},
    ],
)
def test_an_odd_document_breaks_nothing(signed_in, document):
    made = company()
    definitions.revision(made.pipeline, document)
    Stage.objects.update(conditions=["x", None, {"conditionType": {}}, {"conditionType": 2, "value": []}])
    for kind in (*TriggerKind, "x" * 16):
        Trigger.objects.create(pipeline=made.pipeline, kind=kind, ordinal=0, settings=["oops"])
    assert signed_in.get(address(made.pipeline)).status_code == 200


def test_another_projects_pipeline_is_not_found_and_not_named():
    mine, other = company(), company(factories.project(name="Secret project"))
    client = factories.browser_of(factories.user(role=Role.QA, project=mine.project))
    assert client.get(address(mine.pipeline)).status_code == 200
    hidden = client.get(address(other.pipeline))
    assert hidden.status_code == 404
    assert "Secret project" not in words(hidden)


def test_the_cost_does_not_grow_with_stages_triggers_spans_and_history(signed_in):
    made = company()
    told(made)
    factories.stage(pipeline=made.pipeline, gone_at=NOON)
    made.pipeline.triggers.create(kind=TriggerKind.MANUAL, ordinal=0)
    factories.stage_binding(stage=made.prod)
    before = queries(signed_in, address(made.pipeline))
    for number in range(5):
        stage = factories.stage(pipeline=made.pipeline, rank=3 + number)
        factories.stage(pipeline=made.pipeline, gone_at=NOON)
        factories.stage_binding(stage=stage)
        made.pipeline.triggers.create(kind=TriggerKind.PUSH, ordinal=number, alias=f"code-{number}")
        late = factories.release(pipeline=made.pipeline, created_on=timezone.now() - timedelta(days=number))
        carrying(late, model=10 + number)
        deployed(late, stage)
        definitions.revision(made.pipeline, {}, number=20 + number, stage_numbers=[number])
    assert queries(signed_in, address(made.pipeline)) == before
    assert before <= 52


def test_the_fragment_refreshes_itself_and_reads_out_what_changed(signed_in):
    made = company()
    fragment = signed_in.get(address(made.pipeline), headers=HTMX)
    assert fragment.content.decode().strip().startswith('<div class="stack wide" id="_pipeline" data-poll="20"')
    assert "PROD%20waiting" in fragment["X-News"]
    again = signed_in.get(address(made.pipeline), headers={**HTMX, "If-None-Match": fragment["ETag"]})
    assert again.status_code == 304


def test_sidebar_card_and_release_lead_to_the_page(signed_in):
    made = company()
    href = f'href="{address(made.pipeline)}"'
    assert signed_in.get("/").content.decode().count(href) >= 2
    assert href in signed_in.get(f"/p/{made.project.slug}/releases/{made.live.azure_id}/").content.decode()
    assert f'{href} aria-current="page"' in signed_in.get(address(made.pipeline)).content.decode()
