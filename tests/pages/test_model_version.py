"""One model version: where it ran, its figures beside others', where it comes from, who carried it; hostile names."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from releases.models import ModelVersion
from releases.states import Role
from tests import factories
from tests.factories import NOON
from tests.pages.company import Company, carrying, company, deployed
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
COMMIT = "90ad4f7" + "0" * 33


def address(version: ModelVersion) -> str:
    return reverse("model_version", args=[version.workspace_id, version.name, version.version])


def registered(made: Company, **seventh) -> tuple[ModelVersion, ModelVersion]:
    """v7 and v8 of the company's model in a registry of its project, v8 by a training run."""
    group = f"rg-{made.project.slug}"
    workspace = factories.workspace(name="mlops_ws", resource_group=group, read_at=NOON)
    made.project.workspaces.add(workspace)
    data = [{"name": "training_data", "uri": "azureml:port-weather:12", "kind": "uri_folder"}]
    run = {"name": "port-weather-train-118", "commit": COMMIT, "branch": "main", "inputs": data}
    trained = factories.training_run(workspace=workspace, **run)
    old = {"version": "7", "created_on": NOON - timedelta(days=9), "metrics": {"accuracy": 0.9487, "p95_ms": 41}}
    seven = factories.model_version(workspace=workspace, **{**old, **seventh})
    figures = {"accuracy": 0.9561, "p95_ms": 44, "rows": 9}
    eight = factories.model_version(
        workspace=workspace, version="8", training_run=trained, job_name=trained.name, metrics=figures
    )
    made.live.artifacts.filter(alias="model").update(model_version=seven)
    made.waiting.artifacts.filter(alias="model").update(model_version=eight)
    return seven, eight


def test_the_page_opens_with_where_it_runs_since_when_and_where_it_never_ran(signed_in):
    seven, eight = registered(company())
    text = words(signed_in.get(address(eight)))
    assert "Live in DEV TEST since Tue 3 Mar at 12:10 with Release-2." in text
    assert "It has never run in PROD." in text
    assert "in mlops_ws by training run port-weather-train-118." in text
    text = words(signed_in.get(address(seven)))
    assert "Live in PROD since Mon 2 Mar at 12:30 with Release-1." in text


def test_what_took_its_place_is_said(signed_in):
    made = company()
    seven, _ = registered(made)
    next_one = factories.release(pipeline=made.pipeline, name="Release-3", created_on=NOON + timedelta(days=3))
    deployed(next_one, made.prod)
    text = words(signed_in.get(address(seven)))
    assert "It runs nowhere now." in text
    assert "It ran in PROD until Thu 5 Mar at 12:10, when Release-3 took its place." in text
    assert "then Release-2" in text


def test_a_version_that_never_ran_says_so_and_not_more_than_is_known(signed_in):
    _, eight = registered(company())
    nine = factories.model_version(workspace=eight.workspace, version="9", created_on=NOON + timedelta(days=4))
    text = words(signed_in.get(address(nine)))
    assert "It has never run in any stage, as far as the history is read." in text
    assert "No release that you can see has carried it." in text


def test_metrics_stand_beside_the_version_before_which_is_live_the_worst_first(signed_in):
    _, eight = registered(company())
    text = words(signed_in.get(address(eight)))
    assert "v7 is the version before, and live in PROD" in text
    worse, better = (
        text.index("p95 latency 44 ms 41 ms +3 ms worse"),
        text.index("Accuracy 0.9561 0.9487 +0.0074 better"),
    )
    assert worse < better
    assert "rows 9 no figure –" in text


def test_metrics_stand_beside_the_live_one_too_where_that_is_another(signed_in):
    made = company()
    seven, eight = registered(made, metrics={"accuracy": 0.95})
    between = factories.model_version(
        workspace=seven.workspace, version="7.1", created_on=NOON - timedelta(days=1), metrics={"accuracy": 0.96}
    )
    text = words(signed_in.get(address(eight)))
    assert "v7.1, before" in text and "v7, live" in text
    assert "Accuracy 0.9561 0.96 −0.0039 worse 0.95 +0.0061 better" in text
    assert address(between) in signed_in.get(address(eight)).content.decode()


def test_the_live_version_is_compared_with_the_one_before_alone(signed_in):
    made = company()
    seven, _ = registered(made)
    factories.model_version(workspace=seven.workspace, version="6", created_on=NOON - timedelta(days=30))
    text = words(signed_in.get(address(seven)))
    assert "This version is live; v6 is the one before" in text
    assert "v6, before" in text and ", live Change" not in text


def test_the_chain_names_every_link_and_says_every_missing_one(signed_in):
    seven, eight = registered(company())
    text = words(signed_in.get(address(eight)))
    assert "90ad4f7" in text and "port-weather v12" in text and "links of the lineage" not in text
    text = words(signed_in.get(address(seven)))
    assert "3 links of the lineage are missing." in text
    assert "Registered without a training run. mlops_ws was asked" in text
    assert "Not known: there is no training run to ask." in text


def test_a_version_that_is_gone_or_archived_says_so(signed_in):
    seven, eight = registered(company())
    ModelVersion.objects.filter(pk=seven.pk).update(gone_at=NOON)
    ModelVersion.objects.filter(pk=eight.pk).update(is_archived=True)
    assert "No longer in the registry." in words(signed_in.get(address(seven)))
    assert "Archived in Azure ML." in words(signed_in.get(address(eight)))


def test_versions_are_there_to_move_between(signed_in):
    _, eight = registered(company())
    for number in range(9, 21):
        at = NOON + timedelta(days=number)
        factories.model_version(workspace=eight.workspace, version=str(number), created_on=at)
    page = signed_in.get(address(eight))
    assert "There are newer ones: open the first to go on." in words(page)
    assert [f"/support-vector-classifier/{n}/" in page.content.decode() for n in (7, 13, 14)] == [True, True, False]


def test_names_of_any_kind_have_an_address_of_their_own(signed_in):
    workspace = factories.workspace()
    names = ["a/b", "..", ".", "%2F", "~2F", "a b", "ä", "a?b#c", '"><img src=x>', "{{7*7}}", "", "//evil.example", "-"]
    versions = [factories.model_version(workspace=workspace, name=name, version=name or "1") for name in names]
    addresses = [address(one) for one in versions]
    assert len(set(addresses)) == len(names)
    for one, path in zip(versions, addresses, strict=True):
        assert urlsplit(path).path == path and "//" not in path and "/../" not in path and "/./" not in path
        page = signed_in.get(path)
        assert page.status_code == 200, path
        assert page.context["version"] == one


@pytest.mark.parametrize(
    "path", ["/w/1/models/~00/1/", "/w/1/models/a~2fb/1/", "/w/1/models/~41/1/", "/w/1/models/~/~/"]
)
def test_an_address_that_nothing_has_is_not_found(signed_in, path):
    assert signed_in.get(path).status_code == 404


def test_a_shared_workspace_shows_only_what_ran_in_visible_projects():
    here, there = company(), company(factories.project(name="Secret project"))
    seven, _ = registered(here)
    there.project.workspaces.add(seven.workspace)
    there.live.artifacts.filter(alias="model").update(model_version=seven)
    there.pipeline.name = "Secret pipeline"
    there.pipeline.save()
    there.prod.name = "SECRET PROD"
    there.prod.save()
    mine = factories.browser_of(factories.user(role=Role.QA, project=here.project))
    page = mine.get(address(seven))
    assert "Releases that carried it, 1" in words(page)
    assert "SECRET" not in words(page) and "Secret" not in words(page)
    everywhere = factories.browser_of(factories.user(role=Role.QA))
    assert "Releases that carried it, 2" in words(everywhere.get(address(seven)))
    assert "SECRET PROD" in words(everywhere.get(address(seven)))


def test_another_workspaces_version_is_not_found_and_not_named():
    here, there = company(), company(factories.project(name="Secret project"))
    registered(here)
    theirs, _ = registered(there)
    mine = factories.browser_of(factories.user(role=Role.ADMINISTRATOR, project=here.project))
    hidden = mine.get(address(theirs))
    assert hidden.status_code == 404
    assert "Secret" not in words(hidden)


def test_the_cost_does_not_grow_with_spans_releases_and_versions(signed_in):
    made = company()
    seven, _ = registered(made)
    before = queries(signed_in, address(seven))
    for number in range(6):
        at = NOON + timedelta(days=10 + number)
        one = factories.release(pipeline=made.pipeline, created_on=at)
        carrying(one, model=7, model_version=seven)
        deployed(one, made.dev)
        deployed(one, made.prod, minutes=5)
        factories.model_version(workspace=seven.workspace, version=f"1.{number}", created_on=at)
    assert queries(signed_in, address(seven)) == before
    assert before <= 42


def test_many_times_are_cut_off_with_a_way_to_all_of_them(signed_in, monkeypatch):
    monkeypatch.setattr("releases.queries.model_version.SPANS_SHOWN", 1)
    seven, _ = registered(company())
    text = words(signed_in.get(address(seven)))
    assert "The newest 1 times. All of them" in text


def test_releases_lead_to_the_pages_of_their_versions_and_runs(signed_in):
    made = company()
    seven, eight = registered(made)
    release = f"/p/{made.project.slug}/releases/{made.waiting.azure_id}/"
    page = signed_in.get(release).content.decode()
    assert f'href="{address(eight)}"' in page
    run = eight.training_run
    assert run is not None
    assert f'href="{reverse("training_run", args=[run.workspace_id, run.name])}"' in page
    assert 'href="/audit/?name=scaler&amp;version=1"' in page, "a version no registry knows leads to its trace"
    listed = signed_in.get("/releases/").content.decode()
    assert f'href="{address(seven)}"' in listed and f'href="{address(eight)}"' in listed
