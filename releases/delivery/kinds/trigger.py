"""Changing the triggers of a pipeline: PUT of its whole definition as Azure's own JSON, with the revision as the lock.

The save carries our mark in the definition's comment, by which its revision is known again. Azure refuses an old
revision, so it can never take effect twice, nor over somebody else's change.
https://learn.microsoft.com/rest/api/azure/devops/release/definitions/update
"""

import json
from typing import Any

import msgspec

from releases.audit import Actor
from releases.azure.answers import DefinitionRevisionAnswer
from releases.delivery.evidence import Base, Evidence, SentBefore, Shown, stale
from releases.delivery.marker import carrying
from releases.errors import NotThere
from releases.models import Command, Pipeline
from releases.policies.commands import check_can_change_triggers
from releases.queries.trigger_edits import Steps, document_with
from releases.queries.trigger_entries import Entry, are_as_wanted, entries
from releases.states import CommandCode
from releases.sync.connections import Calls
from releases.sync.masking import without_secrets
from releases.sync.reading_back import read_back_pipeline


class Trigger:
    """Other triggers for one pipeline."""

    def check(self, command: Command, by: Actor) -> None:
        """The same check as of the button."""
        check_can_change_triggers(by, _pipeline_of(command))

    def base(self, command: Command, calls: Calls) -> Base:
        """The definition must be at the revision that the person saw, with the triggers they saw."""
        document = _document(command, calls)
        if document is None:
            raise stale(f"Not sent: Azure DevOps has {command.pipeline} no longer.")
        seen, revision = command.snapshot["revision"], document.get("revision")
        if revision == seen and _triggers(document) == command.snapshot["triggers"]:
            return Base(revision=seen)
        since = _revisions(command, calls, after=seen)
        if _ours(command, since):
            raise SentBefore(Base(revision=seen))
        read_back_pipeline(command.project, command.payload["definition"], calls=calls)
        raise stale(f"Not sent, because {_who(since)} changed {command.pipeline} meanwhile: {_at(revision, seen)}.")

    def probe(self, command: Command, calls: Calls) -> None:
        """By saving a definition that cannot exist."""
        calls.asked_at()
        calls.here().check_can_save_definition(command.project.azure_id)

    def send(self, command: Command, calls: Calls, *, comment: str) -> None:
        """The one request: what Azure has now with the steps taken on it, under the revision from before."""
        assert command.base_revision is not None
        project, steps = command.project.azure_id, Steps.read(command.payload["steps"])
        calls.asked_at()
        document = calls.here().definition_document(project, command.payload["definition"])
        changed = document_with(document, steps=steps, comment=comment, revision=command.base_revision)
        calls.asked_at()
        calls.here().save_definition(project, changed)

    def evidence(self, command: Command, calls: Calls) -> Evidence:
        """Saved by us, saved so by somebody else, not saved, or saved otherwise, after which ours never can be."""
        document, base = _document(command, calls), command.base_revision or 0
        if document is None:
            read_back_pipeline(command.project, command.payload["definition"], calls=calls)
            sentence = f"Azure DevOps has {command.pipeline} no longer."
            return Evidence(Shown.CONFLICT, sentence, code=CommandCode.TARGET_CHANGED)
        revision = int(document.get("revision") or 0)
        if revision <= base:
            return Evidence(Shown.ABSENT, f"Azure shows {command.pipeline} still at revision {revision}.")
        read_back_pipeline(command.project, command.payload["definition"], calls=calls)
        since = _revisions(command, calls, after=base)
        ours = _ours(command, since)
        if are_as_wanted(_triggers(document), command.payload["wanted"]):
            return _there(since, ours=ours)
        return _otherwise(command, since, ours=ours)


def _there(since: list[DefinitionRevisionAnswer], *, ours: int | None) -> Evidence:
    if ours is None:
        return Evidence(Shown.SUPERSEDED, f"{_who(since)} set the triggers so in Azure.")
    return Evidence(Shown.DONE, f"Azure shows it as revision {ours}.", result={"revision": ours})


def _otherwise(command: Command, since: list[DefinitionRevisionAnswer], *, ours: int | None) -> Evidence:
    newest = since[-1].revision if since else "a later one"
    if ours is not None:
        sentence = f"Saved as revision {ours}, but {_who(since)} changed {command.pipeline} again: {newest}."
        return Evidence(Shown.CONFLICT, sentence, code=CommandCode.TARGET_CHANGED)
    sentence = f"{_who(since)} changed {command.pipeline} meanwhile, as revision {newest}. Look again, then ask again."
    return Evidence(Shown.CONFLICT, sentence, code=CommandCode.TARGET_CHANGED, is_locked_out=True)


def _pipeline_of(command: Command) -> Pipeline:
    return Pipeline.objects.select_related("project__organization").get(commands=command)


def _document(command: Command, calls: Calls) -> dict[str, Any] | None:
    calls.asked_at()
    try:
        return calls.here().definition_document(command.project.azure_id, command.payload["definition"])
    except NotThere:
        return None


def _triggers(document: dict[str, Any]) -> list[Entry]:
    """As they are stored: without what looks like a secret."""
    raw = json.dumps({"triggers": document.get("triggers")}).encode()
    return entries(msgspec.json.decode(without_secrets(raw))["triggers"])


def _revisions(command: Command, calls: Calls, *, after: int) -> list[DefinitionRevisionAnswer]:
    """Those since, oldest first."""
    calls.asked_at()
    told = calls.here().definition_revisions(command.project.azure_id, command.payload["definition"])
    return sorted((one for one in told if one.revision > after), key=lambda one: one.revision)


def _ours(command: Command, since: list[DefinitionRevisionAnswer]) -> int | None:
    """The revision that carries our mark."""
    found = carrying(command, [one.comment for one in since])
    return since[found[0]].revision if found else None


def _who(since: list[DefinitionRevisionAnswer]) -> str:
    newest = since[-1].changed_by if since else None
    return (newest.display_name if newest else "") or "somebody"


def _at(revision: object, seen: int) -> str:
    return f"it is at revision {revision} now, it was at {seen}" if revision != seen else "its triggers are other ones"
