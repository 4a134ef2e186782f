"""What endpoints really serve, beside what was deployed: on the overview, in the sidebar and on the release."""

from datetime import timedelta

import pytest
from django.utils import timezone

from releases.models import Drift, Endpoint, SyncRun, Watermark
from releases.states import BindingOrigin, DeploymentStatus, ServingState, StageStatus, SyncRunState
from tests import factories
from tests.factories import NOON
from tests.pages.company import Company, carrying, company, deployed, pipeline_with_stages
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


def served(stage, *, version: str, name: str = "", **fields) -> Endpoint:
    """The stage's endpoint was seen to serve this version of the model."""
    endpoint = factories.endpoint(name=name or f"{stage.name.lower().replace(' ', '-')}-webservice")
    factories.stage_binding(stage=stage, endpoint=endpoint)
    what = [{"deployment": "blue", "model": "support-vector-classifier", "version": version, "percent": 100}]
    factories.endpoint_check(endpoint=endpoint, served=what, **fields)
    return endpoint


def drifting(made: Company) -> Drift:
    """PROD runs Release-1 with v7 and its endpoint serves v6."""
    endpoint = served(made.prod, version="6", name="prod-webservice")
    return Drift.objects.create(
        stage=made.prod,
        endpoint=endpoint,
        span=made.prod.live_spans.get(live_until=None),
        drift_from=NOON + timedelta(days=1),
    )


def address(release) -> str:
    return f"/p/{release.project.slug}/releases/{release.azure_id}/"


def test_only_what_was_seen_to_serve_what_was_deployed_is_called_healthy(signed_in):
    made = company()
    text = words(signed_in.get("/"))
    assert "Live, healthy" not in text
    assert "No drift seen What endpoints serve is not known yet" in text
    served(made.prod, version="7", name="prod-webservice")
    text = words(signed_in.get("/"))
    assert "PROD Live, healthy Release-1" in text
    assert "prod-webservice serves v7, as deployed." in text
    assert "DEV TEST Live Release-2" in text
    assert "No drift seen 1 stage as deployed, 1 cannot be seen" in text
    served(made.dev, version="8")
    assert "Every endpoint serves what was deployed" in words(signed_in.get("/"))


def test_a_drift_says_what_is_served_what_was_deployed_and_since_when(signed_in):
    made = company()
    drifting(made)
    text = words(signed_in.get("/"))
    assert "1 endpoint drifted Port Weather ML Pipeline PROD, since" in text
    assert "PROD Drift Release-1" in text
    assert "prod-webservice serves v6. Release-1 deployed v7. Since Tue 3 Mar at 12:00." in text
    assert "Release-1 drifted in PROD" in text
    page = signed_in.get("/").content.decode()
    assert f'href="#pipeline-{made.pipeline.pk}"' in page
    assert 'aria-label="Drift"' in signed_in.get("/sync/").content.decode()  # the sidebar, on every page


def test_a_drift_is_seen_in_one_line_too_and_comes_before_what_waits(signed_in):
    waits, drifts = company(), company(factories.project())
    drifts.pipeline.name = "Zebra crossing"
    drifts.pipeline.save()
    drifting(drifts)
    page = signed_in.get("/?view=rows")
    text = words(page)
    assert "Drift in PROD" in text and "PROD waits" in text
    assert "serves v6" in text
    rows = page.content.decode()
    assert rows.index(f'id="row-{drifts.pipeline.pk}"') < rows.index(f'id="row-{waits.pipeline.pk}"')


def test_the_sentence_says_how_fresh_the_endpoints_are(signed_in):
    made = company()
    workspace = factories.workspace()
    made.project.workspaces.add(workspace)
    at = timezone.now() - timedelta(minutes=4)
    Watermark.objects.create(project=made.project, feed="history", checked_at=at, completed_at=at)
    assert "endpoints as" not in words(signed_in.get("/"))
    Watermark.objects.create(workspace=workspace, feed="serving", checked_at=at)
    assert "endpoints as Azure ML told them 4 min ago." in words(signed_in.get("/"))
    times = {"started_at": timezone.now(), "heartbeat_at": timezone.now(), "finished_at": timezone.now()}
    failed = {"state": SyncRunState.FAILED, "sentence": "Azure ML did not answer.", **times}
    SyncRun.objects.create(workspace=workspace, kind="serving", **failed)
    text = words(signed_in.get("/"))
    assert f"What the endpoints of {workspace} serve is not read any more. Azure ML did not answer." in text


def test_a_legacy_cluster_is_unknown_with_the_sentence_why_and_never_nothing(signed_in):
    made = company()
    cluster = factories.cluster(name="prod-aks", kind="AKS")
    factories.stage_binding(stage=made.prod, cluster=cluster, origin=BindingOrigin.SETTINGS)
    text = words(signed_in.get("/"))
    assert "PROD Unknown Release-1" in text
    assert "Unknown: prod-aks is a legacy AKS cluster." in text
    assert "cannot be seen" in text


def test_an_endpoint_that_cannot_be_read_or_has_no_traffic_says_so(signed_in):
    made = company()
    served(made.dev, version="8", state=ServingState.UNREADABLE, sentence="Azure ML refused to show dev.")
    endpoint = factories.endpoint(name="prod-webservice")
    factories.stage_binding(stage=made.prod, endpoint=endpoint)
    factories.endpoint_check(endpoint=endpoint, state=ServingState.IDLE, served=[])
    text = words(signed_in.get("/"))
    assert "Unknown: Azure ML refused to show dev." in text
    assert "PROD No traffic" in text and "Nothing has traffic on prod-webservice." in text


def test_a_running_stage_is_checked_afterwards(signed_in):
    made = company()
    served(made.dev, version="8", name="dev")
    release = factories.release(pipeline=made.pipeline, name="Release-3", created_on=NOON + timedelta(days=2))
    carrying(release, model=9)
    row = factories.release_stage(release=release, stage=made.dev, status=StageStatus.IN_PROGRESS)
    factories.deployment(release_stage=row, status=DeploymentStatus.IN_PROGRESS, finished_on=None)
    text = words(signed_in.get("/"))
    assert "DEV TEST Running Release-3" in text
    assert "dev is checked when the deployment that runs now has ended." in text
    assert "Unknown: dev" not in text


def test_a_stage_says_how_far_it_is_behind_the_one_before(signed_in):
    made = company()
    assert "1 release / 1 day behind DEV TEST" in words(signed_in.get("/"))
    assert "1 behind" in words(signed_in.get("/?view=rows"))
    made.prod.live_spans.filter(live_until=None).update(release=made.waiting)
    assert "behind DEV TEST" not in words(signed_in.get("/"))


def test_the_release_that_a_drifting_stage_runs_says_so_first(signed_in):
    made = company()
    drifting(made)
    text = words(signed_in.get(address(made.live)))
    assert "Release-1 Drift in PROD" in text
    assert "PROD does not serve this release. prod-webservice serves v6. Release-1 deployed v7. Since" in text
    other = words(signed_in.get(address(made.waiting)))
    assert "does not serve this release" not in other
    assert "Runs Release-1 since Mon 2 Mar at 12:30; prod-webservice serves v6" in other


def test_the_timeline_tells_of_every_drift_while_it_was_live(signed_in):
    made = company()
    drift = drifting(made)
    drift.drift_until, drift.ended_by = NOON + timedelta(days=1, hours=2), "Traffic went back to v7."
    drift.served = [{"deployment": "blue", "model": "support-vector-classifier", "version": "6", "percent": 100}]
    drift.save()
    text = words(signed_in.get(f"{address(made.live)}timeline/"))
    assert "Drift of PROD ended on prod-webservice Traffic went back to v7. Tue 3 Mar, 14:00" in text
    assert "PROD drifted: prod-webservice served v6 Tue 3 Mar, 12:00" in text
    assert "drifted" not in words(signed_in.get(f"{address(made.waiting)}timeline/"))


def test_what_is_served_costs_the_same_for_many_stages(signed_in):
    made = company()
    drifting(made)
    served(made.dev, version="8")
    before = queries(signed_in, "/")
    for _ in range(4):
        pipeline, dev, prod = pipeline_with_stages(made.project)
        release = factories.release(pipeline=pipeline)
        carrying(release, model=7)
        deployed(release, dev)
        deployed(release, prod, minutes=5)
        served(prod, version="7", name=f"prod-{pipeline.pk}")
    assert queries(signed_in, "/") == before
    # two for what is served, two for the gaps, one for the drifts, one for who asked here, one for the commands in need
    assert before <= 30


def test_the_release_costs_the_same_with_and_without_drift_history(signed_in):
    made = company()
    drift = drifting(made)
    before = queries(signed_in, address(made.live))
    for day in range(5):
        at = NOON - timedelta(days=day)
        Drift.objects.create(
            stage=made.prod, endpoint=drift.endpoint, span=drift.span, drift_from=at, drift_until=timezone.now()
        )
    assert queries(signed_in, address(made.live)) == before
    # four for what is served, one for its drifts, one for the proofs, one for the flags, one for who asked here, two
    # for what the reader may do, three for its commands, one for those in need, the page and its first 24 hours
    assert before <= 44


def test_a_look_after_a_failed_attempt_settles_what_the_stage_runs(signed_in):
    made = company()
    broken = factories.release(pipeline=made.pipeline, name="Release-3", created_on=NOON + timedelta(days=2))
    row = factories.release_stage(release=broken, stage=made.dev, status=StageStatus.REJECTED)
    failed_on = NOON + timedelta(days=1)
    factories.deployment(release_stage=row, status=DeploymentStatus.FAILED, finished_on=failed_on)
    made.dev.live_spans.filter(live_until=None).update(uncertain_since=failed_on)
    endpoint = served(made.dev, version="8")
    pages = ["/", address(broken), f"/p/{made.project.slug}/pipelines/{made.pipeline.azure_id}/"]
    mark = Watermark.objects.create(workspace=endpoint.workspace, feed="serving", checked_at=failed_on)
    assert all("not certain" in words(signed_in.get(page)) for page in pages[:2])
    Watermark.objects.filter(pk=mark.pk).update(checked_at=failed_on + timedelta(minutes=1))
    assert not any("not certain" in words(signed_in.get(page)) for page in pages)
    assert "Release-2 stays live" in words(signed_in.get("/"))
    endpoint.checks.update(state=ServingState.UNREADABLE)
    assert all("not certain" in words(signed_in.get(page)) for page in pages[:2])
