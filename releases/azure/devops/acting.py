"""What Slipway changes in Azure DevOps: stages, releases, definitions. Part of `DevOps`; called by `delivery` only.

Each call is one request, sent once and never repeated here. Its error says what is known: AzureUnreachable and
AzureThrottled = surely nothing happened; AzureRefused = Azure said no; AzureNoAnswer and AzureStopped = it may have
happened, look. A good answer only says that Azure took the wish: what came of it is read back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from releases.azure.answers.pages import read_json
from releases.azure.asking import Asking
from releases.azure.refusals import activity_of
from releases.errors import AzureNoAnswer, AzureUnreadable


@dataclass(frozen=True, slots=True)
class Accepted:
    """Azure took a wish. `activity_id` is its name for the exchange, "" where it tells none."""

    activity_id: str = ""


@dataclass(frozen=True, slots=True)
class ChosenVersion:
    """One version that was offered for a new release (`artifact_versions`); `branch` may be empty."""

    alias: str
    version_id: str
    version_name: str = ""
    branch: str = ""


class Acting(Asking):
    """The changes. A `comment` shows in Azure's own page and in the history of the release."""

    def deploy(self, project: str, release_id: int, environment_id: int, *, comment: str) -> Accepted:
        """Deploy or redeploy a stage. Not idempotent: each one that Azure takes is an attempt more.

        Azure usually answers with the stage still `queued`; the attempt shows a moment later.
        """
        return self._stage_becomes("inProgress", project, release_id, environment_id, comment=comment)

    def cancel(self, project: str, release_id: int, environment_id: int, *, comment: str) -> Accepted:
        """Cancel what a stage does or waits for. A running job takes a while to stop."""
        return self._stage_becomes("canceled", project, release_id, environment_id, comment=comment)

    def abandon(self, project: str, release_id: int, *, comment: str) -> Accepted:
        """Give a release up, for good. Azure refuses while a stage is in progress."""
        return self._release_becomes("abandoned", project, release_id, comment=comment)

    def start_draft(self, project: str, release_id: int, *, comment: str) -> Accepted:
        """Make a draft a release; its automatic stages start at once."""
        return self._release_becomes("active", project, release_id, comment=comment)

    def create_release(
        self,
        project: str,
        *,
        definition_id: int,
        artifacts: Sequence[ChosenVersion],
        description: str,
        is_draft: bool,
        manual_stages: Sequence[str],
    ) -> int:
        """A new release; its id. Artifacts not named get their default version; `manual_stages` wait to be started."""
        content = {
            "definitionId": definition_id,
            "description": description,
            "artifacts": [_chosen(version) for version in artifacts],
            "isDraft": is_draft,
            "reason": "manual",
            "manualEnvironments": list(manual_stages),
        }
        made = self._document("POST", "releases", project=project, content=content, noun="release")
        if not isinstance(made.get("id"), int):
            raise AzureNoAnswer("Azure DevOps answered to a new release without telling its number.")
        return int(made["id"])

    def save_definition(self, project: str, document: dict[str, Any]) -> dict[str, Any]:
        """Save a whole pipeline as `definition_document` gave it, changed; it as Azure has it now.

        The document's `revision` is the lock: Azure refuses one that is not the newest.
        """
        return self._document("PUT", "definitions", project=project, content=document, noun="definition")

    def _document(
        self, method: str, resource: str, *, project: str, content: dict[str, Any], noun: str
    ) -> dict[str, Any]:
        """The thing as Azure has it after the change. Unreadable, it leaves open what happened."""
        response = self._change(method, resource, project=project, content=content)
        try:
            return read_json(response.content, noun=noun)
        except AzureUnreadable as error:
            raise AzureNoAnswer(error.sentence) from error

    def _stage_becomes(
        self, status: str, project: str, release_id: int, environment_id: int, *, comment: str
    ) -> Accepted:
        route = {"releaseId": release_id, "environmentId": environment_id}
        content = {"status": status, "comment": comment}
        return _accepted(self._change("PATCH", "environment", project=project, route=route, content=content))

    def _release_becomes(self, status: str, project: str, release_id: int, *, comment: str) -> Accepted:
        content = {"status": status, "comment": comment}
        route = {"releaseId": release_id}
        return _accepted(self._change("PATCH", "releases", project=project, route=route, content=content))


def _accepted(response: Any) -> Accepted:
    return Accepted(activity_of(response.headers))


def _chosen(version: ChosenVersion) -> dict[str, Any]:
    reference = {"id": version.version_id, "name": version.version_name or None, "sourceBranch": version.branch or None}
    return {"alias": version.alias, "instanceReference": {k: v for k, v in reference.items() if v is not None}}
