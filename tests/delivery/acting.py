"""Releases of the company that something can be done to, as rows of ours, and the acts on them. Used by these tests."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from releases.actions.abandon import abandon
from releases.actions.cancel import cancel
from releases.actions.commands.asked import Asked
from releases.actions.deploy import deploy
from releases.audit import findings
from releases.azure.answers import ReleaseAnswer, StageAnswer
from releases.azure.devops import DevOps
from releases.delivery import rounds
from releases.models import Command, Project, Release, ReleaseStage, User
from releases.queries.snapshot import seen_of, seen_of_release
from releases.states import CommandState, Role
from releases.sync.connections import Calls
from releases.sync.reading_back import read_back
from tests import factories
from tests.company import Company
from tests.servers import wait_until

REASON = "the scoring service is to be restarted"
Wanted = Callable[[ReleaseAnswer, StageAnswer], bool]
_used: set[int] = set()


def finished(release: ReleaseAnswer, stage: StageAnswer) -> bool:
    """Nothing of the release is under way, and this stage ran."""
    ended = {"succeeded", "rejected", "canceled", "notStarted"}
    is_still = all(one.status in ended for one in release.environments or [])
    return release.status == "active" and is_still and stage.status == "succeeded"


def never_started(release: ReleaseAnswer, stage: StageAnswer) -> bool:
    """Of a release at rest, a stage that never ran."""
    others = [one for one in release.environments or [] if one.id != stage.id]
    is_still = all(one.status in {"succeeded", "rejected", "notStarted"} for one in others)
    return release.status == "active" and is_still and stage.status == "notStarted" and not stage.deploy_steps


def stored(project: Project, wanted: Wanted = finished) -> ReleaseStage:
    """A stage of a release that no test of this process used before, read from Azure into our rows.

    Stages of one pipeline are used by one test each too, since only one deployment a stage is open.
    """
    with Calls(project.organization, width=1) as calls:
        found = next(
            (release.id, stage.id)
            for release in _newest_first(calls.here(), project)
            for stage in release.environments or []
            if release.id not in _used and wanted(release, stage)
        )
        _used.add(found[0])
        read_back(project, found[0], calls=calls)
        calls.here().close()
    rows = ReleaseStage.objects.select_related("release__project__organization", "stage__pipeline")
    return rows.get(release__project=project, azure_id=found[1])


def _newest_first(devops: DevOps, project: Project) -> Iterator[ReleaseAnswer]:
    """All releases of the project."""
    token = None
    while True:
        page = devops.releases(project.azure_id, ascending=False, token=token)
        yield from (item.value for item in page.items)
        token = page.token
        if token is None:
            return


def read_again(stage: ReleaseStage) -> ReleaseStage:
    """The stage, read from Azure and then from our rows."""
    with Calls(stage.release.project.organization, width=1) as calls:
        read_back(stage.release.project, stage.release.azure_id, calls=calls)
        calls.here().close()
    return ReleaseStage.objects.select_related("release__project__organization", "stage__pipeline").get(pk=stage.pk)


def operator() -> User:
    """Somebody who may act everywhere."""
    return factories.user(role=Role.OPERATOR)


def redeploy(stage: ReleaseStage, *, by: User | None = None, key: str = "", **more: Any) -> Command:
    """Ask for a new attempt, as the dialog does."""
    asked = Asked(key=key or uuid4().hex)
    given = {"seen": seen_of(stage), "reason": REASON, **more}
    return deploy(stage, by=by or operator(), asked=asked, **given)


def cancel_it(stage: ReleaseStage, *, by: User | None = None) -> Command:
    """Ask to cancel what the stage does now."""
    attempt = stage.deployments.order_by("-attempt").values_list("attempt", flat=True).first() or 1
    return cancel(stage, by=by or operator(), asked=Asked(key=uuid4().hex), attempt=attempt)


def abandon_it(release: Release, *, by: User | None = None) -> Command:
    """Ask to abandon the release."""
    asked = Asked(key=uuid4().hex)
    return abandon(
        release, by=by or operator(), asked=asked, seen=seen_of_release(release), reason=REASON, typed_name=release.name
    )


def carried(command: Command, *, until: CommandState | None = None, seconds: float = 20.0) -> Command:
    """The command after it was carried out to its end, or to this state."""

    def is_there() -> bool:
        rounds.deliver()
        command.refresh_from_db()
        return command.state == until if until else not command.is_open

    wait_until(is_there, seconds=seconds, what=f"{command} is {until or 'over'}", every=0.1)
    return command


def path(command: Command) -> list[str]:
    """The states it went through, with their reasons."""
    moves = command.history.order_by("number").values_list("after", "code")
    return [f"{after} {code}".strip() for after, code in moves]


def effects(company: Company, stage: ReleaseStage) -> int:
    """How often something took effect on this stage in Azure, as the sandbox counts."""
    return sum(count for name, count in company.effects().items() if name.endswith(f"/environments/{stage.azure_id}"))


def trail_is_whole() -> bool:
    """Nothing is wrong with the chain, and each move of each command has its event."""
    return not list(findings())
