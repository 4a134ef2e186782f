"""The versions that Azure DevOps offers for the artifacts of a new release. Read by `releases.azure.devops`."""

import msgspec
from msgspec import field

from releases.azure.answers.artifacts import ReferenceValue
from releases.azure.answers.base import Answer, Many, Text
from releases.azure.answers.depth import is_too_deep
from releases.azure.answers.pages import MARK, TOO_DEEP, Malformed, read_item, unreadable
from releases.errors import AzureUnreadable


class OfferedVersionAnswer(ReferenceValue):
    """One version that can be chosen: `id` for the machine, `name` as Azure shows it; the rest is empty for some."""

    source_branch: Text = ""
    source_version: Text = ""
    commit_message: Text = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("source_branch", "source_version", "commit_message"):
            if getattr(self, name) is None:
                setattr(self, name, "")


class VersionsOffered(Answer):
    """What there is of one artifact, newest first. `error_message` says why Azure could not tell."""

    alias: Text = ""
    source_id: Text = ""
    versions: Many[OfferedVersionAnswer] = field(default_factory=list)
    default_version: OfferedVersionAnswer | None = None
    error_message: Text = ""


class _Offers(msgspec.Struct, rename="camel"):
    artifact_versions: list[msgspec.Raw] | None = None


def read_offers(body: bytes) -> list[VersionsOffered]:
    """The answer, which is no list like others. One artifact that cannot be read is told with why, for people."""
    if is_too_deep(body):
        raise AzureUnreadable(f"Azure DevOps sent versions that cannot be read: {TOO_DEEP}.")
    try:
        lines = msgspec.json.decode(body.removeprefix(MARK), type=_Offers).artifact_versions or []
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise unreadable(error) from error
    read = [read_item(bytes(line), VersionsOffered, noun="versions", at=at) for at, line in enumerate(lines)]
    return [VersionsOffered(error_message=one.reason) if isinstance(one, Malformed) else one.value for one in read]
