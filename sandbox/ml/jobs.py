"""Training jobs: git commit and branch in the properties, data as the job was given it."""

from datetime import UTC, datetime

from sandbox.company.registry import DataInput, TrainingJob
from sandbox.http.messages import Request, Response, Route
from sandbox.ml.arm import PROVIDER, Json, Place, offset, page, system_data, wanted


def routes(place: Place) -> list[Route]:
    """Newest jobs first, as the service lists them."""

    def listed(request: Request) -> Response:
        jobs = sorted(place.registry.jobs.values(), key=lambda job: job.created_on, reverse=True)
        archived = request.first("listviewtype").lower() == "archivedonly"
        return page(request, [] if archived else [render(place, job) for job in jobs])

    def get(request: Request) -> Response:
        return Response.json_of(render(place, wanted(place.registry.jobs, kind="Job", name=request.route["name"])))

    return [
        place.route("GET", "/jobs", listed, "ml.jobs.list"),
        place.route("GET", "/jobs/{name}", get, "ml.jobs.get"),
    ]


def render(place: Place, job: TrainingJob) -> Json:
    """A command job as the service shows it."""
    return {
        "id": place.id("jobs", job.name),
        "name": job.name,
        "type": f"{PROVIDER}/workspaces/jobs",
        "properties": {
            "description": job.description,
            "tags": dict(job.tags),
            "properties": _properties(job),
            "displayName": job.display_name,
            "status": job.status,
            "experimentName": job.experiment,
            "services": _services(place, job),
            "computeId": place.id("computes", job.compute) if job.compute else None,
            "isArchived": False,
            "identity": {"identityType": "AMLToken"},
            "componentId": None,
            "jobType": "Command",
            "resources": {"instanceCount": 1, "instanceType": None, "properties": None, "shmSize": "2g"},
            "codeId": None,
            "command": job.command,
            "environmentId": place.id("environments", job.environment, "versions", "1"),
            "inputs": {name: _input(one) for name, one in job.inputs.items()},
            "outputs": {
                "default": {
                    "description": None,
                    "uri": f"azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.{job.name}",
                    "mode": "ReadWriteMount",
                    "jobOutputType": "uri_folder",
                }
            },
            "distribution": None,
            "limits": None,
            "environmentVariables": {},
            "parameters": {},
        },
        "systemData": system_data(job.created_on, job.created_by, time=offset),
    }


def _properties(job: TrainingJob) -> Json:
    """Git facts under mlflow's names; the training script leaves its figures as `metric.<name>`, all as strings."""
    git = {
        "mlflow.source.git.repoURL": job.repository_url,
        "mlflow.source.git.branch": job.branch,
        "mlflow.source.git.commit": job.commit,
        "azureml.git.dirty": str(job.dirty),
    }
    times = {"StartTimeUtc": _plain(job.started_on), "EndTimeUtc": _plain(job.finished_on)}
    metrics = {f"metric.{name}": repr(value) for name, value in job.metrics.items()}
    known = {name: value for name, value in {**git, **times}.items() if value}
    return {**known, "_azureml.ComputeTargetType": "amlctrain", **metrics, **job.properties}


def _plain(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def _services(place: Place, job: TrainingJob) -> Json:
    studio = f"https://ml.azure.com/runs/{job.name}?wsid={place.registry.workspace.id}"
    tracking = f"azureml://{place.registry.workspace.location}.api.azureml.ms/mlflow/v1.0{place.registry.workspace.id}?"
    return {
        kind: {
            "jobServiceType": kind,
            "port": None,
            "endpoint": endpoint,
            "status": None,
            "errorMessage": None,
            "properties": None,
        }
        for kind, endpoint in (("Tracking", tracking), ("Studio", studio))
    }


def _input(given: DataInput) -> Json:
    return {"description": None, "uri": given.uri, "mode": given.mode, "jobInputType": given.kind}
