"""What Azure ML tells of endpoints, the deployments behind them and computes. ARM's shapes, read from its JSON.

What differs by kind (scaling, resources, what a compute is made of) stays loose here: a kind that is new to us is read
like any other, where the client's own objects raise for the whole page.
"""

from typing import Any

from msgspec import field

from releases.azure.answers.base import Answer, Many, Mapped, Moment, Text
from releases.azure.answers.registry import SystemData


class EndpointProperties(Answer):
    """What an endpoint says of itself. `traffic` is percent by deployment name; it may be null and sum to 0."""

    description: Text = ""
    scoring_uri: Text = ""
    auth_mode: Text = ""
    provisioning_state: Text = ""
    compute: Text = ""
    traffic: Mapped[str, float] = field(default_factory=dict)
    mirror_traffic: Mapped[str, float] = field(default_factory=dict)
    properties: Mapped[str, Any] = field(default_factory=dict)


class EndpointAnswer(Answer):
    """One online endpoint. `kind` is Managed or K8S, Azure's words for who runs it."""

    id: str
    name: str
    properties: EndpointProperties
    kind: Text = ""
    tags: Mapped[str, Any] = field(default_factory=dict)
    system_data: SystemData | None = None


class EndpointDeploymentProperties(Answer):
    """What a deployment says of itself. `model` is an ARM id, an `azureml://` address, null or new to us."""

    endpoint_compute_type: Text = ""
    provisioning_state: Text = ""
    instance_type: Text = ""
    model: Any = None
    environment_id: Any = None
    app_insights_enabled: bool | None = None
    scale_settings: Mapped[str, Any] = field(default_factory=dict)
    request_settings: Mapped[str, Any] = field(default_factory=dict)
    container_resource_requirements: Mapped[str, Any] = field(default_factory=dict)
    properties: Mapped[str, Any] = field(default_factory=dict)


class Sku(Answer):
    """How many instances there are; Azure leaves it out for some."""

    capacity: int | None = None


class EndpointDeploymentAnswer(Answer):
    """One deployment behind an endpoint."""

    id: str
    name: str
    properties: EndpointDeploymentProperties
    sku: Sku | None = None
    tags: Mapped[str, Any] = field(default_factory=dict)
    system_data: SystemData | None = None


class ComputeProperties(Answer):
    """What a compute says of itself; `properties` depends on its type and is null for some."""

    compute_type: Text = ""
    description: Text = ""
    resource_id: Text = ""
    compute_location: Text = ""
    provisioning_state: Text = ""
    created_on: Moment = None
    modified_on: Moment = None
    provisioning_errors: Many[dict[str, Any]] = field(default_factory=list)
    is_attached_compute: bool | None = None
    properties: Mapped[str, Any] = field(default_factory=dict)


class ComputeAnswer(Answer):
    """One compute. Its type is Azure's word: Kubernetes, AmlCompute, ComputeInstance, AKS (legacy), or new to us."""

    id: str
    name: str
    properties: ComputeProperties
    location: Text = ""
