"""What this reader may press on a page, and the sentence when not. Made from the checks that the actions ask too."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from releases.models import Command, Organization, Pipeline, Project, Release, User
from releases.policies.commands import (
    check_can_change_triggers,
    check_can_create,
    check_can_operate,
    check_can_start,
    check_can_start_sending,
    check_can_stop_sending,
    check_can_take_back,
    check_has_triggers,
    check_is_second_person,
)
from releases.policies.exports import check_can_export_audit
from releases.policies.people import check_is_somebody_else
from releases.policies.roles import (
    check_can_bind_stage,
    check_can_change_artifact_rules,
    check_can_change_endpoint_rules,
    check_can_connect,
    check_can_manage_people,
    check_can_sync_now,
    check_can_verify_trail,
    refusal,
)
from releases.queries.attaching import Place, closed_for
from releases.queries.commands import CommandSeen


@dataclass(frozen=True)
class Offer:
    """One button: its label, and why it cannot be pressed (empty when it can)."""

    label: str
    refusal: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it can be pressed."""
        return not self.refusal


def sync_now(user: User, projects: Iterable[Project]) -> Offer:
    """Reading now: open when the reader may ask for at least one of the projects."""
    first = ""
    for project in projects:
        found = refusal(check_can_sync_now, user, project)
        if found is None:
            return Offer("Sync now")
        first = first or found
    return Offer("Sync now", first or "Nothing is connected yet.")


def change_artifact_rules(user: User, project: Project | None) -> Offer:
    """Changing the artifact rules of a project or, without one, of every project."""
    return Offer("Try it on past releases", refusal(check_can_change_artifact_rules, user, project) or "")


def change_endpoint_rules(user: User, project: Project | None) -> Offer:
    """Changing the endpoint rules of a project or, without one, of every project."""
    return Offer("See what changes", refusal(check_can_change_endpoint_rules, user, project) or "")


def change_person(user: User, other: User) -> Offer:
    """Giving and taking roles of this person."""
    return Offer("Give this role", refusal(check_is_somebody_else, user, other) or "")


def close_account(user: User, other: User) -> Offer:
    """Closing the account of this person."""
    found = refusal(check_is_somebody_else, user, other) or refusal(check_can_manage_people, user, None)
    return Offer("Close the account", found or "")


def export_audit(user: User, project: Project | None) -> Offer:
    """Taking along the entries of a project or, without one, the whole trail."""
    return Offer("Export CSV", refusal(check_can_export_audit, user, project) or "")


def verify_trail(user: User, *, is_first: bool) -> Offer:
    """Having the whole trail read again, or for the first time."""
    return Offer("Verify now" if is_first else "Verify again", refusal(check_can_verify_trail, user, None) or "")


def connect(user: User) -> Offer:
    """Connecting an organization."""
    return Offer("Test the connection", refusal(check_can_connect, user, None) or "")


def bind_stage(user: User, projects: Iterable[Project]) -> tuple[Offer, frozenset[int]]:
    """Saying where a stage is served, and the ids of the projects whose stages the reader may bind."""
    refusals = {project.pk: refusal(check_can_bind_stage, user, project) for project in projects}
    allowed = frozenset(key for key, found in refusals.items() if found is None)
    first = next((found for found in refusals.values() if found), "No project uses this workspace.")
    return Offer("Bind", "" if allowed else first), allowed


def take_back(user: User, command: Command) -> Offer:
    """Taking back a command that was not sent yet."""
    return Offer("Take back", refusal(check_can_take_back, user, command) or "")


def settling(user: User, commands: Iterable[Command]) -> Iterator[tuple[Offer, Offer]]:
    """For each command that needs somebody: having Azure read again, and settling it by hand. A query a project."""
    closed: dict[int, str] = {}
    for command in commands:
        if command.project_id not in closed:
            closed[command.project_id] = refusal(check_can_operate, user, command.project) or ""
        no = closed[command.project_id]
        by_hand = no or refusal(check_is_second_person, user, command) or ""
        yield Offer("Check again", no), Offer("Settle by hand", by_hand)


def switch(user: User, organization: Organization) -> Offer:
    """Stopping what is sent to an organization, or letting it go on."""
    if organization.sending_stopped_at is None:
        return Offer("Stop sending", refusal(check_can_stop_sending, user, organization) or "")
    return Offer("Start sending", refusal(check_can_start_sending, user, organization) or "")


def attach_cluster(user: User) -> Offer:
    """The way to the form that finds or attaches a cluster."""
    return Offer("Find or attach a cluster", closed_for(user))


def attach_cluster_to(places: Sequence[Place]) -> Offer:
    """The form itself: open when the reader may for at least one of the workspaces."""
    is_open = any(not place.refusal for place in places)
    why = places[0].refusal if places else "No Azure ML workspace is connected."
    return Offer("Find or attach", "" if is_open else why)


def create_release(user: User, pipeline: Pipeline) -> Offer:
    """Making a new release of this pipeline."""
    return Offer("New release", refusal(check_can_create, user, pipeline) or "")


def change_triggers(
    user: User, pipeline: Pipeline, *, open_one: CommandSeen | None = None, may_act: str | None = None
) -> Offer:
    """Changing triggers of this pipeline, which waits while a change is on its way.

    `may_act`: what was found before about acting in its project at all; it takes the same roles.
    """
    if may_act is None:
        closed = refusal(check_can_change_triggers, user, pipeline) or ""
    else:
        closed = may_act or refusal(lambda _, row: check_has_triggers(row), user, pipeline) or ""
    if not closed and open_one is not None:
        closed = f"{open_one.asker} asked for a change already, which is not over yet."
    return Offer("Ask Azure DevOps", closed)


def start_draft(user: User, release: Release) -> Offer:
    """Starting a draft."""
    return Offer("Start", refusal(check_can_start, user, release) or "")
