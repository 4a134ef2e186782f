"""What Azure ML knows of the company: models, training jobs, endpoints, computes.

The simulator writes it, the sandbox's Azure ML server renders it. Plain rows, no wire format.
Times are aware datetimes in UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sandbox.company.people import Person

JobStatus = Literal["Queued", "Running", "Completed", "Failed", "Canceled"]


@dataclass(frozen=True)
class Workspace:
    """The Azure ML workspace everything below lives in."""

    subscription: str = "11111111-2222-3333-4444-555555555555"
    resource_group: str = "mlops"
    name: str = "mlops_ws"
    location: str = "westeurope"

    @property
    def id(self) -> str:
        """The workspace's ARM id."""
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{self.name}"
        )


@dataclass(frozen=True)
class DataInput:
    """One data asset a job read; without `version` only the storage path is known, as in real answers."""

    name: str
    version: str | None
    uri: str
    kind: Literal["uri_file", "uri_folder"] = "uri_folder"
    mode: str = "ReadOnlyMount"


@dataclass
class TrainingJob:
    """One command job that trained (or failed to train) a model."""

    name: str
    display_name: str
    experiment: str
    status: JobStatus
    created_on: datetime
    created_by: Person
    compute: str
    command: str
    commit: str
    branch: str
    repository_url: str
    inputs: dict[str, DataInput]
    dirty: bool = False
    started_on: datetime | None = None
    finished_on: datetime | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    environment: str = "AzureML-sklearn-1.5"


@dataclass
class ModelVersion:
    """One registered version. `job_name` is None where nobody knows how it was made."""

    model: str
    version: str
    created_on: datetime
    created_by: Person
    job_name: str | None
    tags: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    kind: str = "custom_model"
    path: str = ""
    archived: bool = False
    modified_on: datetime | None = None


@dataclass
class Model:
    """A model container; versions in the order they were registered."""

    name: str
    description: str
    tags: dict[str, str] = field(default_factory=dict)
    versions: list[ModelVersion] = field(default_factory=list)

    @property
    def latest(self) -> ModelVersion:
        """The newest registered version; IndexError while there is none."""
        return self.versions[-1]

    def version(self, number: str) -> ModelVersion:
        """The version with this number; KeyError if there is none."""
        for version in self.versions:
            if version.version == number:
                return version
        raise KeyError(f"{self.name}:{number}")


@dataclass
class EndpointDeployment:
    """One deployment behind an endpoint, with the settings its release pipeline asked for."""

    name: str
    model: str
    model_version: str
    created_on: datetime
    created_by: Person
    modified_on: datetime
    provisioning_state: str = "Succeeded"
    instance_type: str = "defaultInstanceType"
    instance_count: int = 1
    min_replicas: int | None = None
    max_replicas: int | None = None
    target_utilization: int = 70
    cpu: str = "1"
    memory_gb: float = 2.0
    scoring_timeout_ms: int = 60_000
    max_queue_wait_ms: int = 500
    max_concurrent_requests: int = 4
    app_insights: bool = True
    environment: str = "AzureML-sklearn-1.5"
    scoring_script: str = "score.py"
    tags: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)


@dataclass
class Endpoint:
    """An online endpoint; `traffic` is percent by deployment name and may sum to 0."""

    name: str
    kind: Literal["Managed", "Kubernetes"]
    compute: str | None
    created_on: datetime
    created_by: Person
    modified_on: datetime
    auth_mode: str = "Key"
    provisioning_state: str = "Succeeded"
    traffic: dict[str, int] = field(default_factory=dict)
    mirror_traffic: dict[str, int] = field(default_factory=dict)
    deployments: dict[str, EndpointDeployment] = field(default_factory=dict)
    description: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)

    def serves(self) -> dict[str, int]:
        """Percent of traffic by model version, what the endpoint really answers with."""
        shares: dict[str, int] = {}
        for name, percent in self.traffic.items():
            if percent and name in self.deployments:
                version = self.deployments[name].model_version
                shares[version] = shares.get(version, 0) + percent
        return shares


@dataclass
class Compute:
    """A compute target. Kind AKS is the legacy kind, whose web services cannot be seen."""

    name: str
    kind: Literal["Kubernetes", "AKS", "AmlCompute"]
    created_on: datetime
    modified_on: datetime
    resource_id: str | None = None
    namespace: str = "default"
    provisioning_state: str = "Succeeded"
    location: str = "westeurope"
    vm_size: str | None = None
    min_nodes: int = 0
    max_nodes: int = 0
    agent_count: int = 0
    description: str | None = None
    attached: bool = True


@dataclass
class Registry:
    """The whole workspace. Dictionaries are keyed by name, in order of creation."""

    workspace: Workspace = field(default_factory=Workspace)
    models: dict[str, Model] = field(default_factory=dict)
    jobs: dict[str, TrainingJob] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    computes: dict[str, Compute] = field(default_factory=dict)

    def version(self, model: str, number: str) -> ModelVersion:
        """A registered version; KeyError if model or version is unknown."""
        return self.models[model].version(number)
