"""Who may ask Azure to do something, and when it may be sent. Asked by the buttons, the actions and again by delivery.

Operators and administrators act; QA may flag a release as well. Managers and auditors act on nothing. What is about the
role, and costs a query, stands apart from what is about the rows, so that a page with many stages asks for it once.
"""

from releases.audit.actors import Actor
from releases.errors import Denied
from releases.models import (
    Command,
    Membership,
    Organization,
    Pipeline,
    Project,
    Release,
    ReleaseFlag,
    ReleaseStage,
    User,
    Workspace,
)
from releases.policies.roles import require
from releases.states import CommandCode, ReleaseStatus, Role, StageStatus

OPERATING = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
FLAGGING = OPERATING | {Role.QA}
"""Whoever may set a flag may lift it: the one who set it may be away, and both stay in the history."""

UNDER_WAY = frozenset({StageStatus.IN_PROGRESS, StageStatus.QUEUED, StageStatus.SCHEDULED})


def check_can_operate(by: Actor, project: Project | None) -> None:
    """Asking Azure to do anything in this project."""
    require(by, OPERATING, project, to="act on releases")


def operated_projects(user: User) -> frozenset[int] | None:
    """The ids of the projects in which `check_can_operate` lets this person act; None stands for all. One query."""
    if not user.is_active:
        return frozenset()
    held = Membership.objects.filter(user=user, role__in=sorted(OPERATING))
    found = set(held.values_list("project_id", flat=True))
    return None if None in found else frozenset(pk for pk in found if pk is not None)


def check_can_deploy(by: Actor, release_stage: ReleaseStage) -> None:
    """Deploying, redeploying or rolling back to this stage."""
    check_can_operate(by, release_stage.release.project)
    check_is_deployable(release_stage, flag=flag_of(release_stage.release))


def check_is_deployable(release_stage: ReleaseStage, *, flag: ReleaseFlag | None) -> None:
    """Whether the release may go to this stage at all, whoever asks. `flag`: the one that holds. No query."""
    release = release_stage.release
    check_is_there(release)
    check_is_not_flagged(release, flag=flag)
    if release.status == ReleaseStatus.DRAFT:
        raise Denied(f"{release} is a draft: start it first.", code="not_active")
    if release.status != ReleaseStatus.ACTIVE:
        raise Denied(
            f"{release} is {_word(release.status)}; only an active release can be deployed.", code="not_active"
        )
    if release_stage.status in UNDER_WAY:
        words = {StageStatus.QUEUED: "queued", StageStatus.SCHEDULED: "scheduled"}
        how = words.get(StageStatus(release_stage.status), "being deployed")
        raise Denied(f"{release_stage.name} of {release} is {how} already. Wait, or cancel it.", code="under_way")


def check_can_cancel(by: Actor, release_stage: ReleaseStage) -> None:
    """Canceling what a stage does or is going to do."""
    check_can_operate(by, release_stage.release.project)
    check_is_cancelable(release_stage)


def check_is_cancelable(release_stage: ReleaseStage) -> None:
    """Whether there is anything to cancel, whoever asks. No query."""
    check_is_there(release_stage.release)
    if release_stage.status not in UNDER_WAY:
        raise Denied(f"Nothing runs or waits in {release_stage.name} that could be canceled.", code="nothing_to_cancel")


def check_can_abandon(by: Actor, release: Release) -> None:
    """Abandoning a release for good."""
    check_can_operate(by, release.project)
    check_is_abandonable(release)


def check_is_abandonable(release: Release) -> None:
    """Whether it can be abandoned yet, whoever asks. No query."""
    check_is_there(release)
    if release.status == ReleaseStatus.ABANDONED:
        raise Denied(f"{release} is abandoned already.", code="abandoned")


def check_can_create(by: Actor, pipeline: Pipeline) -> None:
    """Making a new release of this pipeline."""
    require(by, OPERATING, pipeline.project, to="create a release")
    if pipeline.gone_at is not None:
        raise Denied(f"Azure DevOps has {pipeline} no longer; only its history is kept here.", code="gone")


def check_can_change_triggers(by: Actor, pipeline: Pipeline) -> None:
    """Switching triggers of this pipeline on and off, and changing when they act."""
    require(by, OPERATING, pipeline.project, to="change triggers")
    check_has_triggers(pipeline)
    check_can_send(pipeline.project.organization)


def check_has_triggers(pipeline: Pipeline) -> None:
    """Whether its triggers are known and can be changed, whoever asks. No query."""
    if pipeline.gone_at is not None:
        raise Denied(f"Azure DevOps has {pipeline} no longer; only its history is kept here.", code="gone")
    if not pipeline.revision:
        raise Denied(f"The definition of {pipeline} was not read yet.", code="not_read")


def check_can_start(by: Actor, release: Release) -> None:
    """Making a draft a release, whose automatic stages start then."""
    require(by, OPERATING, release.project, to="start a draft")
    check_is_there(release)
    check_is_not_flagged(release, flag=flag_of(release))
    if release.status != ReleaseStatus.DRAFT:
        raise Denied(f"{release} is {_word(release.status)}, not a draft.", code="not_a_draft")


def check_can_attach_cluster(by: Actor, project: Project) -> None:
    """Attaching a cluster to a workspace that this project uses."""
    require(by, OPERATING, project, to="attach a cluster")
    check_can_send(project.organization)


def check_uses(project: Project, workspace: Workspace) -> None:
    """The project's releases go there; other workspaces are none of its business."""
    if not project.workspaces.filter(pk=workspace.pk).exists():
        raise Denied(f"{project} does not use the workspace {workspace}.", code="not_used")


def check_can_flag(by: Actor, project: Project | None) -> None:
    """Flagging a release "do not promote", and lifting the flag."""
    require(by, FLAGGING, project, to="flag a release")


def check_can_take_back(by: Actor, command: Command) -> None:
    """Only its author, and only with the right to act that it took to ask for it."""
    check_can_operate(by, command.project)
    if by != command.asked_by:
        whose = command.asked_by.name if command.asked_by else "Slipway"
        raise Denied(f"{whose} asked for this; only who asked for a command can take it back.", code="not_yours")


def check_can_settle(by: Actor, command: Command) -> None:
    """Sending again, or closing by hand, what Azure left in doubt. In production it takes a second person."""
    check_can_operate(by, command.project)
    check_is_second_person(by, command)


def check_is_second_person(by: Actor, command: Command) -> None:
    """In production, somebody else than who asked for it. Asks no rows beside the command's own."""
    if by == command.asked_by and command.stage is not None and command.stage.is_production:
        sentence = f"{command.stage} is a production stage, and you asked for this: a second operator must settle it."
        raise Denied(sentence, code="second_person")


def check_can_stop_sending(by: Actor, organization: Organization) -> None:
    """The switch that stops all commands of an organization: who operates in any of its projects may stop it."""
    refused: Denied | None = None
    for project in organization.projects.all():
        try:
            return check_can_operate(by, project)
        except Denied as denied:
            refused = refused or denied
    raise refused or Denied("No project of this organization is connected.", code="nothing_connected")


def check_can_start_sending(by: Actor, _organization: Organization) -> None:
    """Turning it on again lets everything out that waits: administrators."""
    require(by, frozenset({Role.ADMINISTRATOR}), None, to="start sending again")


def check_is_there(release: Release) -> None:
    """What Azure has no longer cannot be acted on."""
    if release.gone_at is not None:
        raise Denied(f"Azure DevOps has {release} no longer; only its history is kept here.", code="gone")


def flag_of(release: Release) -> ReleaseFlag | None:
    """The flag that holds now, with who set it. One query."""
    return ReleaseFlag.objects.filter(release=release, lifted_at=None).select_related("set_by").first()


def check_is_not_flagged(release: Release, *, flag: ReleaseFlag | None) -> None:
    """Nobody said that this release must not be promoted."""
    if flag is not None:
        sentence = f"{release} is flagged “do not promote” by {flag.set_by.name}: {flag.reason}"
        raise Denied(sentence, code=CommandCode.FLAGGED.value)


def check_can_send(organization: Organization) -> None:
    """Nobody stopped all sending to this organization. Asked by delivery alone: what is asked for meanwhile waits."""
    if organization.sending_stopped_at is not None:
        who = organization.sending_stopped_by
        raise Denied(
            f"Sending to {organization} is stopped by {who.name if who else 'somebody'}: "
            f"{organization.sending_stopped_reason}",
            code=CommandCode.SENDING_STOPPED.value,
        )


def _word(status: str) -> str:
    return status or "in a state Azure does not name"
