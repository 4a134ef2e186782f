"""Reads definitions with their revisions, and which versions a new release may be made of. Part of `DevOps`."""

from typing import Any

from releases.azure.answers import DefinitionAnswer, DefinitionRevisionAnswer, Item, Page, VersionsOffered
from releases.azure.answers.pages import read_json
from releases.azure.answers.versions import read_offers
from releases.azure.asking import Asking
from releases.azure.devops.query import LARGEST_PAGE


class Definitions(Asking):
    """What Slipway reads of definitions."""

    def definitions(self, project: str, *, token: str | None = None) -> Page[DefinitionAnswer]:
        """One page of pipelines with stages, artifacts and triggers."""
        query = {"$top": LARGEST_PAGE, "continuationToken": token, "$expand": "environments,artifacts,triggers"}
        return self._page("definitions", DefinitionAnswer, noun="definition", project=project, query=query)

    def definition(self, project: str, definition_id: int) -> Item[DefinitionAnswer]:
        """One pipeline in full, in its newest revision."""
        return self._one(
            "definitions", DefinitionAnswer, noun="definition", project=project, route={"definitionId": definition_id}
        )

    def definition_revisions(self, project: str, definition_id: int) -> list[DefinitionRevisionAnswer]:
        """The history of a pipeline; lines that cannot be read are left out."""
        page = self._page(
            "revisions",
            DefinitionRevisionAnswer,
            noun="definition-revision",
            project=project,
            route={"definitionId": definition_id},
        )
        return [item.value for item in page.items]

    def definition_revision(self, project: str, definition_id: int, revision: int) -> Item[DefinitionAnswer]:
        """One pipeline as it was in one revision."""
        route = {"definitionId": definition_id, "revision": revision}
        return self._one("revisions", DefinitionAnswer, noun="definition", project=project, route=route)

    def definition_document(self, project: str, definition_id: int) -> dict[str, Any]:
        """One pipeline as Azure's own JSON, to be changed and given to `save_definition`: nothing is lost.

        Values of secrets come as null and must go back so.
        """
        unread = self._unread("definitions", project=project, route={"definitionId": definition_id})
        return read_json(unread.body, noun="definition")

    def artifact_versions(self, project: str, definition_id: int) -> list[VersionsOffered]:
        """For each artifact the versions a new release may be made of, at most 100 each: Azure gives no more."""
        unread = self._unread("versions", project=project, query={"releaseDefinitionId": definition_id})
        return read_offers(unread.body)
