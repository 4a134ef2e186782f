"""Parts that a definition and a release made from it have in common: tasks, conditions, options."""

from sandbox.company.harbour import guid
from sandbox.company.pipelines import Condition, StageSpec, Task
from sandbox.devops.words import Json

ENVIRONMENT_OPTIONS: Json = {
    "emailNotificationType": "OnlyOnFailure",
    "emailRecipients": "release.environment.owner;release.creator",
    "skipArtifactsDownload": False,
    "timeoutInMinutes": 0,
    "enableAccessToken": False,
    "publishDeploymentStatus": True,
    "publishDeploymentStatusToWorkItems": False,
    "badgeEnabled": False,
    "autoLinkWorkItems": False,
    "pullRequestDeploymentEnabled": False,
}
NO_GATES: Json = {"id": 0, "gatesOptions": None, "gates": []}


def conditions_json(conditions: tuple[Condition, ...]) -> list[Json]:
    """What starts a stage."""
    return [{"name": c.name, "conditionType": c.kind, "value": c.value} for c in conditions]


def phase_snapshot(spec: StageSpec) -> list[Json]:
    """The one agent phase of a stage with its tasks."""
    return [
        {
            "deploymentInput": {
                "parallelExecution": {"parallelExecutionType": "none"},
                "agentSpecification": {"identifier": "ubuntu-22.04"},
                "skipArtifactsDownload": False,
                "artifactsDownloadInput": {"downloadInputs": []},
                "queueId": 81,
                "demands": [],
                "enableAccessToken": False,
                "timeoutInMinutes": 0,
                "jobCancelTimeoutInMinutes": 1,
                "condition": "succeeded()",
                "overrideInputs": {},
            },
            "rank": 1,
            "phaseType": "agentBasedDeployment",
            "name": "Agent job",
            "refName": None,
            "workflowTasks": [_workflow_task(task) for task in spec.tasks],
        }
    ]


def _workflow_task(task: Task) -> Json:
    return {
        "environment": {},
        "taskId": guid("task type", task.task),
        "version": f"{task.version.split('.')[0]}.*",
        "name": task.name,
        "refName": "",
        "enabled": True,
        "alwaysRun": False,
        "continueOnError": task.continue_on_error,
        "timeoutInMinutes": 0,
        "definitionType": "task",
        "overrideInputs": {},
        "condition": "succeeded()",
        "inputs": task.inputs,
    }
