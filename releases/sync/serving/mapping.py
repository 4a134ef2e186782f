"""Azure ML's answers about computes, endpoints and their deployments as values of rows. Pure; used by `writing`.

Settings get our names and plain units, so that pages can hold them beside what a pipeline asks for: `min_instances`,
`max_instances`, `target_utilization_percent`, `cpu_cores`, `memory_gb`, `gpu`, `max_concurrent_requests`,
`request_timeout_ms`, `max_queue_wait_ms`, `app_insights`, `scale`, `polling_ms`, `environment`, `compute_type`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from releases.azure.answers import ComputeAnswer, EndpointAnswer, EndpointDeploymentAnswer
from releases.azure.answers.registry import SystemData
from releases.sync.masking import without_secrets
from releases.sync.rows import Values

T = TypeVar("T")

LONGEST_TEXT = 20_000
LARGEST_COUNT = 2**31 - 1
_KINDS = {"k8s": "Kubernetes", "kubernetes": "Kubernetes", "managed": "Managed"}
_MODEL_ID = re.compile(r"/models/([^/]+)/versions/([^/]+)/?$", re.IGNORECASE)
_MODEL_SHORT = re.compile(r"^(?:azureml:)?([^:/@\s]+):([^:/@\s]+)$", re.IGNORECASE)
_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$")
_MEMORY = {
    "": 2**30,
    "ki": 2**20,
    "mi": 2**10,
    "gi": 1,
    "ti": 2**-10,
    "k": 2**30 / 1e3,
    "m": 2**30 / 1e6,
    "g": 2**30 / 1e9,
}
"""How many of a unit make a gigabyte (2^30 bytes)."""


def cluster_values(answer: ComputeAnswer) -> Values:
    """What a `Cluster` row holds of a compute."""
    told, own = answer.properties, answer.properties.properties
    scale = own.get("scaleSettings")
    scale = scale if isinstance(scale, dict) else {}
    return {
        "kind": _text(told.compute_type or "unknown", 60),
        "description": _text(told.description, LONGEST_TEXT),
        "resource_id": _text(told.resource_id, 1000),
        "namespace": _text(own.get("namespace"), 260),
        "location": _text(told.compute_location or answer.location, 64),
        "provisioning_state": _text(told.provisioning_state, 32),
        "size": _text(own.get("vmSize") or own.get("agentVmSize"), 100),
        "nodes": _first(own, "agentCount", "currentNodeCount"),
        "fewest_nodes": _count(scale.get("minNodeCount")),
        "most_nodes": _count(scale.get("maxNodeCount")),
        "is_attached": told.is_attached_compute,
        "created_on": told.created_on,
        "modified_on": told.modified_on,
        "gone_at": None,
    }


def endpoint_values(answer: EndpointAnswer, *, deployments: Iterable[str]) -> Values:
    """What an `Endpoint` row holds. `deployments`: all of them, so that those without traffic show their zero."""
    told, system = answer.properties, answer.system_data
    none = dict.fromkeys(sorted(deployments), 0)
    return {
        "kind": _text(_KINDS.get(answer.kind.lower(), answer.kind), 32),
        "compute_name": _text(told.compute.rstrip("/").rpartition("/")[2].removeprefix("azureml:"), 260),
        "description": _text(told.description, LONGEST_TEXT),
        "scoring_uri": _text(told.scoring_uri, 1000),
        "auth_mode": _text(told.auth_mode, 32),
        "provisioning_state": _text(told.provisioning_state, 32),
        "traffic": {**none, **shares_of(told.traffic)},
        "mirror_traffic": {**none, **shares_of(told.mirror_traffic)} if told.mirror_traffic else {},
        "tags": _clean(answer.tags),
        "properties": _clean(told.properties),
        "created_on": system.created_at if system else None,
        "modified_on": modified(system),
        "gone_at": None,
    }


def deployment_values(answer: EndpointDeploymentAnswer) -> Values:
    """What an `EndpointDeployment` row holds, apart from the version of ours that it serves."""
    told, system = answer.properties, answer.system_data
    name, number = model_of(told.model)
    return {
        "model_source": _text(model_source(told.model), 1000),
        "model_name": _text(name, 260),
        "model_number": _text(number, 60),
        "provisioning_state": _text(told.provisioning_state, 32),
        "instance_type": _text(told.instance_type, 100),
        "instance_count": _count(answer.sku.capacity) if answer.sku else None,
        "settings": settings_of(answer),
        "tags": _clean(answer.tags),
        "created_on": system.created_at if system else None,
        "modified_on": modified(system),
        "gone_at": None,
    }


def shares_of(traffic: Mapping[str, float]) -> dict[str, int]:
    """Whole per cent by deployment."""
    return {_text(name, 260): min(100, max(0, round(share))) for name, share in traffic.items()}


def modified(system: SystemData | None) -> Any:
    """When Azure last changed a thing, as far as it says."""
    return (system.last_modified_at or system.created_at) if system else None


def model_source(model: object) -> str:
    """Azure's own words for a deployment's model; empty for none."""
    if isinstance(model, dict):
        model = model.get("assetId") or model.get("id") or model.get("path")
    return model if isinstance(model, str) else ""


def model_of(model: object) -> tuple[str, str]:
    """Name and version out of an ARM id, a registry's address or `azureml:name:3`; empty where it names none."""
    source = model_source(model)
    found = _MODEL_ID.search(source) or _MODEL_SHORT.match(source)
    return (found[1], found[2]) if found else ("", "")


def settings_of(answer: EndpointDeploymentAnswer) -> Values:
    """How a deployment is configured, under our names; what Azure does not report is absent."""
    told = answer.properties
    scale, limits = told.scale_settings, told.request_settings
    asked = told.container_resource_requirements.get("containerResourceRequests")
    resources = asked if isinstance(asked, dict) else {}
    found = {
        "compute_type": _text(told.endpoint_compute_type, 32) or None,
        "scale": _text(scale.get("scaleType"), 32) or None,
        "min_instances": _count(scale.get("minInstances")),
        "max_instances": _count(scale.get("maxInstances")),
        "target_utilization_percent": _count(scale.get("targetUtilizationPercentage")),
        "polling_ms": milliseconds(scale.get("pollingInterval")),
        "cpu_cores": cores(resources.get("cpu")),
        "memory_gb": gigabytes(resources.get("memory")),
        "gpu": cores(resources.get("gpu")),
        "max_concurrent_requests": _count(limits.get("maxConcurrentRequestsPerInstance")),
        "request_timeout_ms": milliseconds(limits.get("requestTimeout")),
        "max_queue_wait_ms": milliseconds(limits.get("maxQueueWait")),
        "app_insights": told.app_insights_enabled,
        "environment": _text(_environment(told.environment_id), 300) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def milliseconds(duration: object) -> int | None:
    """`PT1M`, `PT0.5S`; None for anything else."""
    found = _DURATION.match(duration.strip('"')) if isinstance(duration, str) else None
    if not found or not any(found.groups()):
        return None
    return _tried(lambda: round(timedelta(*_parts(found)).total_seconds() * 1000))


def cores(text: object) -> float | None:
    """`1`, `0.5`, `500m`: Kubernetes' way to count processors."""
    word = str(text).strip('" ') if isinstance(text, str | int | float) and not isinstance(text, bool) else ""
    return _tried(lambda: float(word[:-1]) / 1000 if word.endswith("m") else float(word))


def gigabytes(text: object) -> float | None:
    """`2Gi`, `512Mi`, `2G`; a bare number is bytes."""
    found = (
        re.fullmatch(r"([\d.]+)\s*([KMGTkmgt]i?)?[bB]?", str(text).strip('" ')) if isinstance(text, str | int) else None
    )
    if not found:
        return None
    per_gigabyte = _MEMORY.get((found[2] or "").lower())
    return _tried(lambda: round(float(found[1]) / per_gigabyte, 4)) if per_gigabyte else None


def _parts(found: re.Match[str]) -> tuple[float, ...]:
    """Days, seconds, microseconds, milliseconds, minutes, hours: the order of timedelta."""
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return days, seconds, 0, 0, minutes, hours


def _tried(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except (ValueError, OverflowError):
        return None


def _environment(told: object) -> str:
    """`name:version` out of an ARM id, else Azure's own words."""
    if not isinstance(told, str):
        return ""
    found = re.search(r"/environments/([^/]+)/versions/([^/]+)/?$", told, re.IGNORECASE)
    return f"{found[1]}:{found[2]}" if found else told


def _first(told: Mapping[str, Any], *names: str) -> int | None:
    return next((number for name in names if (number := _count(told.get(name))) is not None), None)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_COUNT else None


def _clean(value: Any) -> Any:
    """JSON without secrets and NUL."""
    return msgspec.json.decode(without_secrets(msgspec.json.encode(value)))


def _text(value: object, longest: int) -> str:
    return value.replace("\x00", "\u2400")[:longest] if isinstance(value, str) else ""
