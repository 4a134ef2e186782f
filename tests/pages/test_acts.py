"""The dialogs that act: what they state, who may send them, what comes back, and what the release page then shows."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from releases.actions.commands.asked import Asked
from releases.actions.flag import flag
from releases.models import AuditEvent, Command, Deployment, Organization, Release, ReleaseFlag, User
from releases.states import CommandState, Role, StageStatus
from tests import factories
from tests.pages.company import Company, carrying, company, deployed
from tests.pages.reading import queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
REASON = "the scoring service is to be restarted"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def made() -> Company:
    """Release-1 is live in both stages and Release-2 in DEV TEST; Release-2 waits for PROD."""
    return company()


@pytest.fixture
def operator(db: None) -> User:
    """Somebody who may act."""
    return factories.user(role=Role.OPERATOR, name="Ada Berg")


@pytest.fixture
def ada(operator: User) -> Client:
    """Her browser."""
    return factories.browser_of(operator)


def of(release: Release, *parts: str) -> str:
    return f"/p/{release.project.slug}/releases/{release.azure_id}/{''.join(f'{part}/' for part in parts)}"


def of_stage(release: Release, stage: Any, act: str) -> str:
    return of(release, "stages", str(release.stages.get(stage=stage).azure_id), act)


def rolling_back(made: Company, stage: Any) -> str:
    pipeline = made.pipeline
    number = stage.definition_environment_id
    return f"/p/{made.project.slug}/pipelines/{pipeline.azure_id}/stages/{number}/roll-back/"


def form_of(client: Client, address: str) -> dict[str, str]:
    """What the dialog at this address carries along."""
    text = client.get(address).content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}


def sent(client: Client, address: str, **typed: Any) -> Any:
    return client.post(address, {**form_of(client, address), "reason": REASON, **typed})


def addresses(made: Company) -> list[str]:
    live, waiting = made.live, made.waiting
    return [
        of_stage(live, made.dev, "redeploy"),
        of_stage(waiting, made.prod, "cancel"),
        of(live, "abandon"),
        rolling_back(made, made.dev),
    ]


def test_a_redeployment_states_the_difference_and_exactly_what_it_does(made: Company, ada: Client) -> None:
    row = made.live.stages.get(stage=made.dev)
    for headers in ({}, HTMX):
        text = words(ada.get(of_stage(made.live, made.dev, "redeploy"), headers=headers))
        assert "Redeploy DEV TEST of Release-1" in text
        assert "Against what DEV TEST runs now: Release-2, live since" in text
        assert "Model support-vector-classifier from v8 → to v7 1 version older" in text
        assert "1 unchanged" in text
        assert f"number {made.live.azure_id} in Azure DevOps" in text
        assert f"number {row.azure_id}" in text
        assert "Attempt 2" in text


def test_what_is_on_its_way_to_the_stage_is_shown_with_its_cancel(made: Company, ada: Client) -> None:
    answer = ada.get(of_stage(made.live, made.prod, "redeploy"))
    assert "Release-2 waits for approval, attempt 1 Cancel it" in words(answer)
    assert of_stage(made.waiting, made.prod, "cancel") in answer.content.decode()


def test_the_first_deployment_of_a_stage_is_called_deploy(made: Company, ada: Client) -> None:
    fresh = factories.release(pipeline=made.pipeline, name="Release-3")
    factories.release_stage(release=fresh, stage=made.prod, status=StageStatus.NOT_STARTED)
    carrying(fresh, model=9)
    address = of_stage(fresh, made.prod, "redeploy")
    text = words(ada.get(address))
    assert "Deploy PROD of Release-3" in text
    assert "Azure asks for its approvals again before it starts" in text
    assert sent(ada, address).status_code == 302
    assert Command.objects.get().kind == "deploy"


def test_after_the_act_the_release_page_shows_the_command_and_no_success(made: Company, ada: Client) -> None:
    answer = sent(ada, of_stage(made.live, made.dev, "redeploy"))
    assert (answer.status_code, answer["Location"]) == (302, of(made.live))
    text = words(ada.get(of(made.live)))
    assert "Asked for in Slipway Recorded Redeploy DEV TEST of Release-1" in text
    assert "Confirmed" not in text
    for page in ("/", f"/p/{made.project.slug}/pipelines/{made.pipeline.azure_id}/"):
        assert "Redeploy asked by Ada Berg, recorded" in words(ada.get(page))


def test_sending_the_form_twice_is_one_command(made: Company, ada: Client) -> None:
    address = of_stage(made.live, made.dev, "redeploy")
    form = {**form_of(ada, address), "reason": REASON}
    assert [ada.post(address, form).status_code for _ in range(2)] == [302, 302]
    assert Command.objects.count() == 1


def test_the_same_form_with_other_content_is_refused_and_noted(made: Company, ada: Client) -> None:
    address = of_stage(made.live, made.dev, "redeploy")
    form = form_of(ada, address)
    ada.post(address, {**form, "reason": REASON})
    reused = ada.post(address, {**form, "reason": "another reason altogether"})
    assert reused.status_code == 409 and "was sent before with other content" in words(reused)
    assert AuditEvent.objects.get(type="action.refused").object_id == "redeploy"


def test_a_short_reason_comes_back_with_what_was_typed(made: Company, ada: Client) -> None:
    address = of_stage(made.live, made.dev, "redeploy")
    form = form_of(ada, address)
    answer = ada.post(address, {**form, "reason": "too short"})
    assert answer.status_code == 422
    assert "Give a reason of at least 10 characters." in words(answer)
    assert ">\ntoo short</textarea>" in answer.content.decode()
    assert form["key"] in answer.content.decode()
    assert not Command.objects.exists()


def test_what_changed_meanwhile_is_said_and_the_reason_kept(made: Company, ada: Client) -> None:
    address = of_stage(made.live, made.dev, "redeploy")
    form = {**form_of(ada, address), "reason": REASON}
    made.live.artifacts.filter(alias="model").update(version_id="99", version_name="99", version="99")
    answer = ada.post(address, form)
    assert answer.status_code == 409
    assert "model is 99 now, it was 7" in words(answer)
    assert REASON in answer.content.decode()
    again = dict(re.findall(r'<input type="hidden" name="(key|seen)" value="([^"]*)"', answer.content.decode()))
    assert ada.post(address, {**again, "reason": REASON}).status_code == 302
    assert Command.objects.count() == 1


def test_the_second_person_is_told_who_was_first_and_when(made: Company, ada: Client) -> None:
    address = of_stage(made.live, made.dev, "redeploy")
    bo = factories.browser_of(factories.user(role=Role.OPERATOR))
    first, second = form_of(ada, address), form_of(bo, address)
    ada.post(address, {**first, "reason": REASON})
    answer = bo.post(address, {**second, "reason": "another reason altogether"})
    assert answer.status_code == 409
    assert re.search(r"Redeploy DEV TEST of Release-1 was asked for already, at \d\d:\d\d by Ada Berg\.", words(answer))
    assert "another reason altogether" in answer.content.decode()
    assert Command.objects.count() == 1


@pytest.mark.parametrize("role", [Role.QA, Role.MANAGER, Role.AUDITOR])
def test_who_may_not_act_reads_why_and_a_forged_form_is_refused_and_noted(made: Company, role: Role) -> None:
    client = factories.browser_of(factories.user(role=role, project=made.project))
    why = "You cannot act on releases: operators and administrators can. In Learn_MLOps you are"
    assert why in words(client.get(of(made.live)))
    assert why in words(client.get(f"/p/{made.project.slug}/pipelines/{made.pipeline.azure_id}/"))
    for address in addresses(made):
        page = client.get(address)
        assert page.status_code == 200 and why in words(page), address
        assert "<textarea" not in page.content.decode()
        assert client.post(address, {"reason": REASON, "key": "k", "seen": "x"}).status_code == 403, address
    assert AuditEvent.objects.filter(type="action.refused").count() == len(addresses(made))
    assert not Command.objects.exists()


def test_while_sending_is_stopped_it_is_said_and_what_is_asked_for_is_recorded(
    made: Company, ada: Client, operator: User
) -> None:
    stopped = {"sending_stopped_at": timezone.now(), "sending_stopped_by": operator}
    Organization.objects.update(**stopped, sending_stopped_reason="the service account is replaced")
    for address in addresses(made):
        text = words(ada.get(address))
        assert "This will wait: sending to" in text and "is stopped. By Ada Berg" in text, address
        assert "“the service account is replaced”" in text and "expires after 24 h" in text
    assert "This will wait" not in words(ada.get(of(made.live, "flag")))
    assert sent(ada, addresses(made)[0]).status_code == 302
    assert Command.objects.get().state == CommandState.AUTHORISED


def test_a_stage_is_canceled_as_the_attempt_that_was_seen(made: Company, ada: Client) -> None:
    address = of_stage(made.waiting, made.prod, "cancel")
    assert "Cancel PROD of Release-2 Attempt 1 ends where it is" in words(ada.get(address))
    assert sent(ada, address, reason="").status_code == 302
    assert Command.objects.get().payload["attempt"] == 1
    assert "Nothing runs or waits in DEV TEST" in words(ada.get(of_stage(made.live, made.dev, "cancel")))


def test_abandoning_says_what_ends_and_wants_the_name(made: Company, ada: Client) -> None:
    made.waiting.stages.filter(stage=made.dev).update(status=StageStatus.IN_PROGRESS)
    address = of(made.waiting, "abandon")
    text = words(ada.get(address))
    assert "Canceled first DEV TEST, attempt 1" in text
    assert "1 approval closes as abandoned PROD, asked of Ayla Demir" in text
    wrong = sent(ada, address, typed_name="Release-1")
    assert (wrong.status_code, Command.objects.count()) == (422, 0)
    assert "Type the name of the release, Release-2, to abandon it." in words(wrong)
    assert sent(ada, address, typed_name="Release-2").status_code == 302
    assert sorted(Command.objects.values_list("kind", flat=True)) == ["abandon", "cancel"]


def test_an_abandoned_release_tells_who_and_why_and_its_approvals_closed(made: Company, ada: Client) -> None:
    sent(ada, of(made.waiting, "abandon"), typed_name="Release-2")
    at, robot = timezone.now(), factories.identity(name="svc-slipway")
    Command.objects.update(state=CommandState.CONFIRMED, code="done", ended_at=at, due_at=None)
    Release.objects.filter(pk=made.waiting.pk).update(status="abandoned", modified_on=at, modified_by=robot)
    made.waiting.stages.get(stage=made.prod).approvals.filter(status="pending").update(
        status="canceled", modified_on=at
    )
    text = words(ada.get(of(made.waiting)))
    told = f"Ada Berg abandoned the release asked in Slipway, passed on as svc-slipway {REASON}"
    assert told in words(ada.get(of(made.waiting, "timeline")))
    assert "Ayla Demir Abandoned" in text
    assert "Release-2 is abandoned; only an active release can be deployed." in text


def old_good(made: Company) -> Release:
    """Release-0 ran in DEV TEST before Release-1."""
    release = factories.release(pipeline=made.pipeline, name="Release-0", created_on=factories.NOON - timedelta(days=9))
    carrying(release, model=6)
    row = factories.release_stage(release=release, stage=made.dev, status=StageStatus.SUCCEEDED)
    start = factories.NOON - timedelta(days=9)
    attempt = factories.deployment(release_stage=row, finished_on=start)
    factories.live_span(opened_by=attempt, live_until=start + timedelta(days=8))
    return release


def test_a_roll_back_proposes_the_last_good_release_with_why(made: Company, ada: Client, operator: User) -> None:
    old_good(made)
    address = rolling_back(made, made.dev)
    text = words(ada.get(address))
    assert "Release-1 is proposed: the newest release that ran well in DEV TEST for 1 d" in text
    assert "Model support-vector-classifier from v8 → to v7 1 version older" in text
    assert "Choose another, 2 can be gone back to" in text
    flag(made.live, by=operator, reason="bad on night data", asked=Asked(key=""))
    text = words(ada.get(address))
    assert "Release-0 is proposed" in text
    assert "1 nearer one passed over Release-1 flagged “do not promote” by Ada Berg: bad on night data" in text


def test_another_release_is_chosen_and_the_roll_back_is_marked(made: Company, ada: Client) -> None:
    older = old_good(made)
    address = rolling_back(made, made.dev)
    chosen = f"{address}?to={older.azure_id}"
    assert "Model support-vector-classifier from v8 → to v6" in words(ada.get(chosen))
    form = {**form_of(ada, chosen), "reason": "worse on night data"}
    answer = ada.post(address, form)
    assert answer["Location"] == of(older)
    assert ada.post(address, form).status_code == 302
    command = Command.objects.get()
    assert (command.is_roll_back, command.release, command.reason) == (True, older, "worse on night data")


def test_a_stage_without_another_release_has_nothing_to_go_back_to(made: Company, ada: Client) -> None:
    address = rolling_back(made, made.prod)
    assert "No release that ran here can be gone back to." in words(ada.get(address))
    assert ada.post(address, {"to": made.live.azure_id, "reason": REASON}).status_code == 400


def confirmed(made: Company, by: User, **fields: Any) -> Command:
    """A second attempt at PROD of Release-1 that was asked for through Slipway."""
    row, at = made.live.stages.get(stage=made.prod), timezone.now()
    robot = factories.identity(name="svc-slipway")
    Deployment.objects.create(
        release_stage=row, stage=made.prod, attempt=2, azure_id=999, status="succeeded", queued_on=at,
        requested_by=robot, started_on=at, finished_on=at,
    )  # fmt: skip
    defaults = {"kind": "redeploy", "organization": made.project.organization, "project": made.project, "target": "t"}
    defaults |= {"release": made.live, "release_stage": row, "stage": made.prod, "pipeline": made.pipeline}
    defaults |= {"reason": "worse on night data", "asked_by": by, "asked_via": "session", "asked_at": at, "key": "k"}
    defaults |= {"state": "confirmed", "code": "done", "moved_at": at, "ended_at": at, "attempt": 2}
    return Command.objects.create(**{**defaults, **fields})


@pytest.mark.parametrize(
    ("is_roll_back", "said", "noted"),
    [
        (False, "Ada Berg asked in Slipway; passed on as svc-slipway", "Ada Berg redeployed PROD, attempt 2"),
        (True, "Roll-back by Ada Berg: worse on night data", "Roll-back of PROD by Ada Berg, attempt 2"),
    ],
)
def test_attempts_name_the_person_beside_azures_identity(
    made: Company, ada: Client, operator: User, is_roll_back: bool, said: str, noted: str
) -> None:
    confirmed(made, operator, is_roll_back=is_roll_back)
    Release.objects.update(depth="detailed")
    made.prod.live_spans.update(opened_by=Deployment.objects.get(attempt=2))
    page = words(ada.get(of(made.live)))
    assert said in page
    told = words(ada.get(of(made.live, "timeline")))
    assert f"{noted} asked in Slipway, passed on as svc-slipway worse on night data" in told


def test_a_flag_is_set_and_lifted_and_stays_in_the_history(made: Company, ada: Client) -> None:
    qa = factories.browser_of(factories.user(role=Role.QA, name="Kim Holt"))
    form = form_of(ada, of_stage(made.live, made.dev, "redeploy"))
    assert sent(qa, of(made.live, "flag"), reason="bad on night data").status_code == 302
    for page in (of(made.live), of_stage(made.live, made.dev, "redeploy")):
        assert "Kim Holt" in words(ada.get(page)) and "bad on night data" in words(ada.get(page))
    assert "Release-1 do not promote" in words(ada.get("/releases/"))
    refused = ada.post(of_stage(made.live, made.dev, "redeploy"), {**form, "reason": REASON})
    assert (refused.status_code, Command.objects.count()) == (403, 0)
    assert sent(ada, of(made.live, "flag", "lift"), reason="night data was wrong").status_code == 302
    told = words(ada.get(of(made.live, "timeline")))
    assert "Ada Berg lifted “do not promote” night data was wrong" in told
    assert "Kim Holt flagged the release “do not promote” bad on night data" in told
    assert "do not promote" not in words(ada.get("/releases/"))


def test_who_may_not_flag_is_refused_and_noted(made: Company) -> None:
    client = factories.browser_of(factories.user(role=Role.AUDITOR, project=made.project))
    for parts in (("flag",), ("flag", "lift")):
        assert "You cannot flag a release: QA, operators and administrators can." in words(
            client.get(of(made.live, *parts))
        )
        assert client.post(of(made.live, *parts), {"reason": REASON}).status_code == 403
    assert (ReleaseFlag.objects.count(), AuditEvent.objects.filter(type="action.refused").count()) == (0, 2)


def test_dialogs_cost_the_same_whatever_the_history(made: Company, ada: Client) -> None:
    paths = [*addresses(made), of(made.live, "flag")]
    before = [queries(ada, path) for path in paths]
    for number in range(3):
        old = factories.release(pipeline=made.pipeline, created_on=factories.NOON + timedelta(days=number + 2))
        carrying(old, model=number)
        deployed(old, made.dev)
    after = [queries(ada, path) for path in paths]
    assert after == before
    assert max(before) <= 30
