"""Where a version ran: what can be typed, rows and sums, pages, what nobody registered, what is not yours to see."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from releases.models import LiveSpan
from releases.queries.trace import Sought, read
from releases.states import ArtifactRole, Role
from tests import factories
from tests.factories import NOON
from tests.pages.company import carrying, company, deployed
from tests.pages.reading import queries, words

pytestmark = pytest.mark.django_db
NAME = "support-vector-classifier"


def ask(client, q="", **more):
    return client.get("/audit/?" + urlencode({**({"q": q} if q else {}), **more}))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("support-vector-classifier v7", Sought(NAME, "7")),
        ("  support-vector-classifier   7 ", Sought(NAME, "7")),
        ("support-vector-classifier:7", Sought(NAME, "7")),
        ("support-vector-classifier@V7", Sought(NAME, "7")),
        ("Vessel draught forecast v2", Sought("Vessel draught forecast", "2")),
        ("Learn_MLOps e04d5aa", Sought("Learn_MLOps", "e04d5aa")),
        ("scaler v1.2-rc", Sought("scaler", "1.2-rc")),
        ("scaler vnext", Sought("scaler", "vnext")),
        ("support-vector-classifier", Sought(NAME)),
        ("e04d5aa", Sought("", "e04d5aa")),
        ("", Sought("")),
    ],
)
def test_what_is_typed_means_a_name_and_a_version(typed, meant):
    assert read(typed) == meant


def test_a_version_says_where_it_ran_from_when_until_when_how_long_and_who_approved(signed_in):
    company()
    text = words(ask(signed_in, f"{NAME} v7"))
    assert f"{NAME} v7 ran in 2 stages of Port Weather ML Pipeline" in text
    assert "First live Mon 2 Mar at 12:10, still live in PROD. Carried by 1 release." in text
    assert "DEV TEST Mon 2 Mar, 12:10 Tue 3 Mar, 12:10 1 1 1 d" in text
    assert "DEV TEST Release-1 Mon 2 Mar, 12:10 Tue 3 Mar, 12:10 then Release-2 1 d nobody was asked" in text
    assert "PROD Release-1 Live Mon 2 Mar, 12:30 now" in text
    assert "No registry that you can see knows this version" in text


def test_who_approved_is_named(signed_in):
    made = company()
    row = made.live.stages.get(stage=made.prod)
    factories.approval(release_stage=row, approved_by=factories.identity(name="Ayla Demir"), status="approved")
    assert "Ayla Demir" in words(ask(signed_in, f"{NAME} v7")).partition("Approved by")[2]


def test_a_scaler_and_a_commit_can_be_traced_too(signed_in):
    made = company()
    sha = "e04d5aa1" + "9" * 32
    code = {"role": ArtifactRole.CODE, "name": "Learn_MLOps", "alias": "code", "version": "e04d5aa1"}
    factories.artifact(release=made.live, source_version=sha, **code)
    for typed in (
        "scaler v1",
        "Learn_MLOps e04d5aa",
        f"Learn_MLOps {sha}",
        "Learn_MLOps E04D5AA1",
        "e04d5aa",
        sha,
    ):
        assert "ran in 2 stages" in words(ask(signed_in, typed)), typed
    for typed in ("Learn_MLOps e04d5ab", f"Learn_MLOps {sha[:-1]}8"):
        assert "No record that" in words(ask(signed_in, typed)), typed


def test_registered_versions_are_linked_and_several_registries_are_said(signed_in):
    made = company()
    for _ in range(2):
        workspace = factories.workspace()
        made.project.workspaces.add(workspace)
        factories.model_version(workspace=workspace, version="7")
    page = ask(signed_in, f"{NAME} v7")
    assert "2 workspaces have a version of this name and number. The rows are of all of them." in words(page)
    assert page.content.decode().count(f"/models/{NAME}/7/") == 2


def test_a_version_that_was_carried_and_never_live_is_not_said_to_have_run(signed_in):
    made = company()
    carrying(factories.release(pipeline=made.pipeline), model=99)
    text = words(ask(signed_in, f"{NAME} v99"))
    assert f"No record that {NAME} v99 ran" in text
    assert "1 release carried it, but no deployment of it succeeded, as far as the history is read." in text


def test_a_version_nobody_carried_offers_those_that_are_known(signed_in):
    made = company()
    version = factories.model_version(version="7")
    made.project.workspaces.add(version.workspace)
    page = ask(signed_in, f"{NAME} v3")
    assert "No release that you can see carried it" in words(page)
    assert f"/audit/?name={NAME}&amp;version=7" in page.content.decode()
    assert f"Which version of {NAME}?" in words(ask(signed_in, NAME))


def test_without_a_question_it_offers_what_is_live(signed_in):
    assert "Nothing is live yet" in words(ask(signed_in))
    company()
    text = words(ask(signed_in))
    assert f"Live now Every model and scaler version that a stage runs {NAME} v7 {NAME} v8 scaler v1" in text


def test_stages_are_chosen_in_the_address(signed_in):
    made = company()
    text = words(ask(signed_in, f"{NAME} v7", stage=made.prod.pk))
    assert "ran in 1 stage of Port Weather ML Pipeline of those chosen" in text
    assert ask(signed_in, f"{NAME} v7", stage="99999").status_code == 404


def test_pages_go_by_position_and_none_is_shown_twice(signed_in, monkeypatch):
    monkeypatch.setattr("releases.queries.trace.PAGE_SIZE", 2)
    made = company()
    for number in range(5):
        one = factories.release(pipeline=made.pipeline, created_on=NOON + timedelta(days=5 + number))
        carrying(one, model=7)
        deployed(one, made.dev)
    seen, page = [], f"/audit/?q={NAME}+v7"
    while page:
        answer = signed_in.get(page)
        seen += [row.span.pk for row in answer.context["found"].rows]
        older = answer.context["older"]
        page = older and f"/audit/?q={NAME}+v7&page={older}"
    assert len(seen) == len(set(seen)) == LiveSpan.objects.exclude(release=made.waiting).count()
    assert "ran in 2 stages" in words(answer)
    assert signed_in.get(f"/audit/?q={NAME}+v7&page=nonsense").status_code == 400


@pytest.mark.parametrize("typed", ["\0 v1", "x" * 5000, "{{7*7}} v1", "'; drop table --", "é v1", "a:b:c", "v7", ":"])
def test_whatever_is_typed_has_an_answer(signed_in, typed):
    assert ask(signed_in, typed).status_code == 200
    assert ask(signed_in, name=typed, version=typed).status_code == 200


def test_only_what_ran_in_visible_projects_is_told():
    here, there = company(), company(factories.project(name="Secret project"))
    there.prod.name = "SECRET PROD"
    there.prod.save()
    mine = factories.browser_of(factories.user(role=Role.AUDITOR, project=here.project))
    text = words(ask(mine, f"{NAME} v7"))
    assert "Carried by 1 release." in text and "SECRET" not in text and "Secret" not in text
    assert "SECRET PROD" in words(ask(factories.browser_of(factories.user(role=Role.AUDITOR)), f"{NAME} v7"))
    assert ask(mine, f"{NAME} v7", stage=there.prod.pk).status_code == 404


def test_the_cost_does_not_grow_with_spans(signed_in):
    made = company()
    before = queries(signed_in, f"/audit/?q={NAME}+v7")
    for number in range(6):
        one = factories.release(pipeline=made.pipeline, created_on=NOON + timedelta(days=5 + number))
        carrying(one, model=7)
        deployed(one, made.dev)
        deployed(one, made.prod, minutes=5)
    assert queries(signed_in, f"/audit/?q={NAME}+v7") == before
    assert before <= 36
