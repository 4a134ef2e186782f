"""Asks Azure DevOps what a new release of a pipeline may be made of, and reads the pipeline itself anew on the way.

Answers an inquiry (`releases.queries.offers` says the form). Azure tells of all artifacts in one answer, each with its
own error.
"""

from typing import Any

from releases.azure.answers import VersionsOffered
from releases.errors import AzureError
from releases.models import Pipeline
from releases.sync.connections import Calls
from releases.sync.reading_back import read_back_pipeline

SECONDS = 30.0
LONGEST_TEXT = 400


def offered(payload: dict[str, Any]) -> dict[str, Any]:
    """The versions by artifact; with `sentence`, why there are none."""
    pipeline = Pipeline.objects.select_related("project__organization").get(pk=payload["pipeline"])
    project = pipeline.project
    try:
        with Calls(project.organization, width=1, seconds=SECONDS) as calls:
            try:
                if read_back_pipeline(project, pipeline.azure_id, calls=calls) is None:
                    return _nothing(f"Azure DevOps has {pipeline} no longer.")
                calls.asked_at()
                told = calls.here().artifact_versions(project.azure_id, pipeline.azure_id)
            finally:
                calls.here().close()
    except AzureError as error:
        return _nothing(error.sentence)
    return {"sentence": "", "artifacts": [_artifact(one) for one in told]}


def _nothing(sentence: str) -> dict[str, Any]:
    return {"sentence": sentence, "artifacts": []}


def _artifact(told: VersionsOffered) -> dict[str, Any]:
    versions = [
        {
            "id": one.id,
            "name": one.name or "",
            "branch": one.source_branch,
            "commit": one.source_version,
            "message": one.commit_message.strip().partition("\n")[0][:LONGEST_TEXT],
        }
        for one in told.versions
        if one.id
    ]
    default = told.default_version.id if told.default_version else ""
    return {
        "alias": told.alias,
        "default": default,
        "error": told.error_message[:LONGEST_TEXT],
        "versions": versions,
    }
