"""Projects, and who Azure DevOps thinks we are."""

from typing import Any

from msgspec import field

from releases.azure.answers.base import Answer, Mapped, Moment, Text


class ProjectAnswer(Answer):
    """One project of an organization; `id` is its GUID and outlives renames."""

    id: str
    name: str
    description: Text = ""
    state: Text = ""
    url: Text = ""
    last_update_time: Moment = None


class OwnIdentityAnswer(Answer):
    """The identity behind our credential."""

    id: Text = ""
    descriptor: Text = ""
    subject_descriptor: Text = ""
    provider_display_name: Text = ""
    custom_display_name: Text = ""
    properties: Mapped[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people see it as."""
        return self.custom_display_name or self.provider_display_name

    @property
    def account(self) -> str:
        """Its account name, usually an e-mail address; "" where Azure does not tell."""
        account = self.properties.get("Account")
        value = account.get("$value") if isinstance(account, dict) else account
        return value if isinstance(value, str) else ""


class ConnectionDataAnswer(Answer):
    """`_apis/connectionData`: who we are signed in as. An anonymous caller gets an answer too, without a real user."""

    authenticated_user: OwnIdentityAnswer | None = None
    authorized_user: OwnIdentityAnswer | None = None
    instance_id: Text = ""
    deployment_type: Text = ""
