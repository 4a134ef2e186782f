"""Creating a release: POST, which makes one more each time it is sent.

Known again by our mark in the description, which is all that Azure keeps of ours: the releases of the pipeline since
the first send are listed. https://learn.microsoft.com/rest/api/azure/devops/release/releases/create
"""

from datetime import timedelta

from releases.audit import Actor
from releases.azure.answers import ReleaseAnswer
from releases.azure.devops import ChosenVersion
from releases.delivery.evidence import Base, Evidence, Shown, stale
from releases.delivery.marker import carrying, marks_in
from releases.models import Command, Pipeline
from releases.policies.commands import check_can_create
from releases.queries.pipeline_snapshot import differences, seen_of_pipeline
from releases.states import CommandCode
from releases.sync.connections import Calls
from releases.sync.reading_back import read_back, read_back_pipeline

CLOCKS_DIFFER = timedelta(minutes=2)
"""How far Azure's clock may stand behind the database's."""


class Create:
    """One more release of a pipeline."""

    def check(self, command: Command, by: Actor) -> None:
        """The same check as of the button."""
        check_can_create(by, _pipeline_of(command))

    def base(self, command: Command, calls: Calls) -> Base:
        """The pipeline must be what the person saw."""
        pipeline = read_back_pipeline(command.project, command.payload["definition"], calls=calls)
        if pipeline is None:
            raise stale(f"Not sent: Azure DevOps has {command.pipeline} no longer.")
        told = differences(command.snapshot, seen_of_pipeline(pipeline)) if command.snapshot else []
        if told:
            raise stale(f"Not sent, because {pipeline} changed: {'; '.join(told)}.")
        return Base(revision=pipeline.revision)

    def probe(self, command: Command, calls: Calls) -> None:
        """By creating a release of what cannot exist."""
        calls.asked_at()
        calls.here().check_can_create(command.project.azure_id)

    def send(self, command: Command, calls: Calls, *, comment: str) -> None:
        """The one request. What Azure answers is not evidence: it is looked up."""
        asked = command.payload
        calls.here().create_release(
            command.project.azure_id,
            definition_id=asked["definition"],
            artifacts=[ChosenVersion(**one) for one in asked["artifacts"]],
            description="\n\n".join(part for part in (asked["description"], comment) if part),
            is_draft=asked["is_draft"],
            manual_stages=asked["manual_stages"],
        )

    def evidence(self, command: Command, calls: Calls) -> Evidence:
        """The one release with our mark; none; or several, or one that may be ours without saying so."""
        since = _releases_since(command, calls)
        ours = [since[at] for at in carrying(command, [one.description for one in since])]
        if len(ours) > 1:
            return _ambiguous(f"Azure shows this release {len(ours)} times: {_names(ours)}.")
        if ours:
            return _done(command, ours[0], calls)
        unmarked = [one for one in since if _is_unmarked_of_us(command, one)]
        if unmarked:
            return _ambiguous(f"Azure shows {_names(unmarked)}, but nothing says whether it is this one.")
        return Evidence(Shown.ABSENT, f"Azure shows no new release of {command.pipeline} that carries our mark.")


def _pipeline_of(command: Command) -> Pipeline:
    return Pipeline.objects.select_related("project__organization").get(commands=command)


def _releases_since(command: Command, calls: Calls) -> list[ReleaseAnswer]:
    """Every release of the pipeline since the first send, oldest first."""
    assert command.first_sent_at is not None
    found: list[ReleaseAnswer] = []
    token: str | None = None
    while True:
        calls.asked_at()
        page = calls.here().releases(
            command.project.azure_id,
            token=token,
            min_created=command.first_sent_at - CLOCKS_DIFFER,
            definition_id=command.payload["definition"],
            expand="",
        )
        found += [item.value for item in page.items]
        token = page.token
        if token is None:
            return found


def _is_unmarked_of_us(command: Command, release: ReleaseAnswer) -> bool:
    """Whether our own identity made it and its description, which people may edit, carries no mark at all.

    Only what was made after the send counts here, with no allowance for clocks: our identity makes others, too.
    """
    own, creator = command.organization.own_identity_key, release.created_by
    if not own or creator is None or creator.id != own or marks_in([release.description]):
        return False
    return (
        release.created_on is not None
        and command.first_sent_at is not None
        and (release.created_on >= command.first_sent_at)
    )


def _done(command: Command, release: ReleaseAnswer, calls: Calls) -> Evidence:
    made = read_back(command.project, release.id, calls=calls)
    if made is None:
        sentence = f"Azure made {release.name}, but has it no longer."
        return Evidence(Shown.CONFLICT, sentence, code=CommandCode.TARGET_CHANGED)
    result = {"release": made.azure_id, "name": made.name}
    return Evidence(Shown.DONE, f"Azure shows {made.name}.", result=result, made=made)


def _ambiguous(sentence: str) -> Evidence:
    return Evidence(Shown.AMBIGUOUS, sentence, code=CommandCode.AMBIGUOUS)


def _names(releases: list[ReleaseAnswer]) -> str:
    return ", ".join(one.name for one in releases)
