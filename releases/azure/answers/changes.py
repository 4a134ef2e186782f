"""Commits and work items that a release brought against the one before it."""

from releases.azure.answers.artifacts import Loose, ReferenceValue
from releases.azure.answers.base import Answer, Moment, Text
from releases.azure.answers.common import IdentityAnswer


class ChangeAnswer(Answer):
    """One commit (or changeset); `id` is its hash, `location` and `display_uri` are addresses, unchecked."""

    id: str
    message: Text = ""
    change_type: Text = ""
    author: IdentityAnswer | None = None
    pushed_by: IdentityAnswer | None = None
    timestamp: Moment = None
    location: Text = ""
    display_uri: Text = ""


class WorkItemAnswer(ReferenceValue):
    """One work item linked to a release; `id` is text even where Azure sends a number."""

    id: Loose
    provider: Text = ""
    title: Text = ""
    type: Text = ""
    state: Text = ""
    url: Text = ""
