"""How Azure DevOps calls people, groups and services, as rows of `Identity`. Pure."""

from collections.abc import Iterable, Iterator

from releases.azure.answers import ApprovalAnswer, IdentityAnswer, ReleaseAnswer, StageAnswer
from releases.models import Identity
from releases.states import IdentityKind
from releases.sync.mapping.tables import Row

_PEOPLE = frozenset({"aad", "msa", "win", "bnd", "aadbnd"})
_GROUPS = frozenset({"aadgp", "vssgp", "wingp"})
_SERVICES = frozenset({"svc", "s2s", "aadsp", "sys", "unsvc"})
"""First parts of descriptors. Source: "Subject descriptor" in Azure DevOps' Graph documentation."""


def kind_of(who: IdentityAnswer) -> IdentityKind:
    """A person or a service by Azure's descriptor; a group, or what has none, is neither as far as we know."""
    prefix = who.descriptor.partition(".")[0].lower()
    if prefix in _SERVICES:
        return IdentityKind.SERVICE
    return IdentityKind.PERSON if prefix in _PEOPLE else IdentityKind.UNKNOWN


def is_group(who: IdentityAnswer) -> bool:
    """True for what has members and approves through them."""
    return who.is_container or who.descriptor.partition(".")[0].lower() in _GROUPS


def identity_row(who: IdentityAnswer) -> Row:
    """The row of one identity of Azure DevOps. Only a person's unique name is an address."""
    email = who.unique_name if "@" in who.unique_name and kind_of(who) is not IdentityKind.SERVICE else ""
    return [Identity.Source.AZURE_DEVOPS.value, who.key, who.display_name, email, kind_of(who).value, is_group(who)]


def identities_of(releases: Iterable[ReleaseAnswer]) -> dict[str, IdentityAnswer]:
    """Everybody the releases name, by key."""
    return {who.key: who for release in releases for who in _named(release) if who is not None and who.key}


def _named(release: ReleaseAnswer) -> Iterator[IdentityAnswer | None]:
    yield release.created_by
    yield release.created_for
    yield release.modified_by
    for stage in release.environments or ():
        for attempt in stage.deploy_steps:
            yield attempt.requested_by
            yield attempt.requested_for
        for approval in approvals_of(stage):
            yield approval.approver
            yield approval.approved_by


def approvals_of(stage: StageAnswer) -> list[ApprovalAnswer]:
    """The approvals of a stage, before and after."""
    return [*stage.pre_deploy_approvals, *stage.post_deploy_approvals]
