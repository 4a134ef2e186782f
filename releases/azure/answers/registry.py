"""What Azure ML tells: models, their versions, jobs, the workspace. ARM's shapes, read straight from its JSON."""

import re
from typing import Any

from msgspec import field

from releases.azure.answers.artifacts import Loose
from releases.azure.answers.base import Answer, Flag, Mapped, Moment, Text

_VERSION_ID = re.compile(r"/models/([^/]+)/versions/([^/]+)/?$", re.IGNORECASE)


class SystemData(Answer):
    """Who made a thing and when, by ARM."""

    created_at: Moment = None
    created_by: Text = ""
    created_by_type: Text = ""
    last_modified_at: Moment = None


class ModelProperties(Answer):
    """What a container says of its model."""

    description: Text = ""
    is_archived: Flag = False
    latest_version: Text = ""


class ModelAnswer(Answer):
    """One model (ARM calls it a container): its name and newest version, neither job nor tags of any version."""

    name: str
    properties: ModelProperties
    id: Text = ""
    system_data: SystemData | None = None


class ModelVersionProperties(Answer):
    """What the registry says of one version. `job_name` is empty for models that no job registered."""

    description: Text = ""
    model_type: Text = ""
    model_uri: Text = ""
    stage: Text = ""
    job_name: Text = ""
    is_archived: Flag = False
    tags: Mapped[str, Any] = field(default_factory=dict)
    properties: Mapped[str, Any] = field(default_factory=dict)


class ModelVersionAnswer(Answer):
    """One version of one model. ARM's `name` is the version; the model's name stands in the id only."""

    id: str
    properties: ModelVersionProperties
    name: Loose = ""
    system_data: SystemData | None = None

    @property
    def model(self) -> str:
        """The model's name."""
        return self._parts[0]

    @property
    def version(self) -> str:
        """The version, as text."""
        return self._parts[1]

    @property
    def _parts(self) -> tuple[str, str]:
        found = _VERSION_ID.search(self.id)
        return (found[1], found[2]) if found else ("", "")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.model:
            raise ValueError("its id is not that of a model version")


class TrainingJobProperties(Answer):
    """What a job says of itself. Git facts stand in `properties` under mlflow's names."""

    display_name: Text = ""
    status: Text = ""
    experiment_name: Text = ""
    job_type: Text = ""
    tags: Mapped[str, Any] = field(default_factory=dict)
    properties: Mapped[str, Any] = field(default_factory=dict)
    services: Mapped[str, Any] = field(default_factory=dict)
    inputs: Mapped[str, Any] = field(default_factory=dict)


class TrainingJobAnswer(Answer):
    """One job. `properties` is None for a step of a pipeline, of which only the run history knows more."""

    name: str
    properties: TrainingJobProperties | None = None
    system_data: SystemData | None = None


class RunOwner(Answer):
    """Who started a run, by the run history."""

    user_object_id: Text = ""
    user_name: Text = ""


class RunAnswer(Answer):
    """One run as the run history tells it; where Azure ML keeps what it knows of steps of pipelines."""

    run_id: str
    display_name: Text = ""
    status: Text = ""
    experiment_name: Text = ""
    created_utc: Moment = None
    start_time_utc: Moment = None
    end_time_utc: Moment = None
    created_by: RunOwner | None = None
    tags: Mapped[str, Any] = field(default_factory=dict)
    properties: Mapped[str, Any] = field(default_factory=dict)


class WorkspaceAnswer(Answer):
    """The workspace itself."""

    id: str
    name: str
    location: Text = ""
