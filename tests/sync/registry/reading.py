"""Reads a registry, and finds a version among what was read."""

from typing import Any

from releases.models import ModelVersion, SyncRun, Workspace
from releases.sync.registry import sync_workspace
from tests.sync.registry_server import MODEL


def synced(workspace: Workspace, **options: Any) -> SyncRun:
    run = sync_workspace(workspace, **{"full": True, "seconds": 30.0, **options})
    assert (run.state, run.sentence) == ("succeeded", "")
    return run


def version(number: int) -> ModelVersion:
    return ModelVersion.objects.get(name=MODEL, version=str(number))
