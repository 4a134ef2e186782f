"""Small answer types that several others hold: who, a reference to a thing, what a task complained of."""

from typing import Any

from releases.azure.answers.base import Answer, Mapped, Moment, Number, Plain, Text

NO_ID = "00000000-0000-0000-0000-000000000000"


class IdentityAnswer(Plain):
    """How Azure DevOps calls a person, group or service. `is_container` marks a group.

    `descriptor` begins with what kind of subject it is ("aad.", "svc.", "vssgp.").
    """

    id: str = ""
    display_name: str = ""
    unique_name: str = ""
    descriptor: str = ""
    is_container: bool = False
    inactive: bool = False

    @property
    def key(self) -> str:
        """What tells this identity apart: its id or, where Azure masks or omits that, its unique name."""
        return (self.id if self.id != NO_ID else "") or self.unique_name or self.display_name


class Reference(Plain):
    """Another thing by id and name; `path` is a definition's folder. An embedded reference may have id 0."""

    id: int = 0
    name: str = ""
    path: str = ""


class ProjectReference(Answer):
    """A project by its GUID; the name may be missing."""

    id: Text = ""
    name: Text = ""


class IssueAnswer(Answer):
    """What a task or attempt complained of; `issue_type` is "Error" or "Warning"."""

    issue_type: Text = ""
    message: Text = ""


def web_link(links: Mapped[str, Any]) -> str:
    """The address of the thing's own page in Azure DevOps, as its `_links.web` tells it, unchecked; "" without."""
    web = links.get("web")
    href = web.get("href") if isinstance(web, dict) else None
    return href if isinstance(href, str) else ""


class ApprovalHistoryAnswer(Answer):
    """One earlier turn of an approval: who had it, who changed it, what they wrote."""

    revision: Number = 0
    approver: IdentityAnswer | None = None
    changed_by: IdentityAnswer | None = None
    comments: Text = ""
    created_on: Moment = None
    modified_on: Moment = None


class HistoryAnswer(Answer):
    """One thing done to a release (`change_type` is Azure's word, "Deploy", "Abandon") and what was written to it."""

    change_type: Text = ""
    changed_date: Moment = None
    changed_by: IdentityAnswer | None = None
    comment: Text = ""
