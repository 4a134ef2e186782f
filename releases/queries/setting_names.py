"""Which setting of an endpoint's deployment a name means: the names teams give variables and task inputs, and units.

The one table of them. Pure: `stage_settings` compares, docs/clusters.md explains. What a name does not say for sure
(a time-out without its unit) is not guessed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Value = float | bool | str


class Setting(StrEnum):
    """What can be set, under the names that `EndpointDeployment.settings` has; `AUTH` is the endpoint's own."""

    MIN_INSTANCES = "min_instances"
    MAX_INSTANCES = "max_instances"
    TARGET_UTILIZATION = "target_utilization_percent"
    INSTANCE_COUNT = "instance_count"
    INSTANCE_TYPE = "instance_type"
    CPU = "cpu_cores"
    MEMORY = "memory_gb"
    GPU = "gpu"
    CONCURRENCY = "max_concurrent_requests"
    TIMEOUT = "request_timeout_ms"
    QUEUE_WAIT = "max_queue_wait_ms"
    AUTH = "auth_mode"
    APP_INSIGHTS = "app_insights"


class Unit(StrEnum):
    """How a value under a name is written."""

    COUNT = "count"
    PERCENT = "percent"
    CORES = "cores"
    GIGABYTES = "GB"
    MEGABYTES = "MB"
    MILLISECONDS = "ms"
    SECONDS = "s"
    TIME = "time"
    AUTH = "auth"
    FLAG = "flag"
    TEXT = "text"


@dataclass(frozen=True)
class Meaning:
    """What one name stands for."""

    setting: Setting
    unit: Unit


_TABLE = {
    (Setting.MIN_INSTANCES, Unit.COUNT): "min replicas, replicas min, minimum replicas, min instances, min nodes",
    (Setting.MAX_INSTANCES, Unit.COUNT): "max replicas, replicas max, maximum replicas, max instances, max nodes",
    (Setting.TARGET_UTILIZATION, Unit.PERCENT): (
        "target utilization, target utilisation, target utilization percentage, target utilization percent,"
        " target cpu utilization, utilization target"
    ),
    (Setting.INSTANCE_COUNT, Unit.COUNT): "instance count, replicas, num replicas, replica count, instances",
    (Setting.INSTANCE_TYPE, Unit.TEXT): "instance type, vm size, sku",
    (Setting.CPU, Unit.CORES): "cpu, cpu cores, num cores, cores, cpu request, cpu requests",
    (Setting.MEMORY, Unit.GIGABYTES): "memory, memory gb, memory in gb, mem, mem gb, ram gb, memory request",
    (Setting.MEMORY, Unit.MEGABYTES): "memory mb, memory in mb, mem mb",
    (Setting.GPU, Unit.COUNT): "gpu, gpu cores, gpus",
    (Setting.CONCURRENCY, Unit.COUNT): (
        "max concurrent requests, max concurrent requests per container, max concurrent requests per instance,"
        " max concurrent requests per replica, concurrency, concurrent requests"
    ),
    (Setting.TIMEOUT, Unit.MILLISECONDS): "scoring timeout ms, request timeout ms, timeout ms",
    (Setting.TIMEOUT, Unit.SECONDS): (
        "scoring timeout s, scoring timeout sec, scoring timeout seconds, request timeout s, request timeout sec,"
        " request timeout seconds, timeout s, timeout sec, timeout seconds"
    ),
    (Setting.TIMEOUT, Unit.TIME): "scoring timeout, request timeout",
    (Setting.QUEUE_WAIT, Unit.MILLISECONDS): "max queue wait ms, max request wait time ms, queue timeout ms",
    (Setting.QUEUE_WAIT, Unit.TIME): "max queue wait, max request wait time",
    (Setting.AUTH, Unit.AUTH): "auth, auth enabled, auth mode, authentication, key auth, auth type",
    (Setting.APP_INSIGHTS, Unit.FLAG): "app insights, app insights enabled, enable app insights",
}
_PREFIXES = (
    "autoscale",
    "aks",
    "aci",
    "k8s",
    "kubernetes",
    "azureml",
    "aml",
    "online",
    "endpoint",
    "deployment",
    "deploy",
    "container",
    "webservice",
    "service",
    "scoring",
    "model",
    "production",
    "prod",
    "staging",
    "stage",
    "dev",
    "test",
    "qa",
)
"""What teams put before a name to say where it belongs."""

_NAMES = {
    name.replace(" ", ""): Meaning(setting, unit)
    for (setting, unit), names in _TABLE.items()
    for name in names.split(", ")
}
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*(gib|gi|gb|g|mib|mi|mb|m)?", re.IGNORECASE)
_GIGABYTES = {
    "gib": 1.0,
    "gi": 1.0,
    "gb": 1.0,
    "g": 1.0,
    "mib": 1 / 1024,
    "mi": 1 / 1024,
    "mb": 1 / 1000,
    "m": 1 / 1000,
}
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|sec|min|m)", re.IGNORECASE)
_MILLISECONDS = {"ms": 1, "s": 1000, "sec": 1000, "min": 60_000, "m": 60_000}
_ISO = re.compile(r"PT(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?", re.IGNORECASE)
_FLAGS = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}
_AUTH = {"key": "key", "token": "aml_token", "amltoken": "aml_token", "aadtoken": "aad_token", "none": "none"}
LONGEST_NAME = 100


def meaning_of(name: str) -> Meaning | None:
    """What this name means, however it is written: MIN_REPLICAS, minReplicas, prod-min-replicas; None for others."""
    key = re.sub(r"[^a-z0-9]", "", name.lower())
    return _meaning(key) if len(key) <= LONGEST_NAME else None


def value_of(text: object, meaning: Meaning) -> Value | None:
    """The value in the setting's own unit; None where the text says none for sure."""
    return _READERS[meaning.unit](str(text).strip())


def same(one: Value, other: Value) -> bool:
    """Whether two values of a setting are the same."""
    if isinstance(one, str) or isinstance(other, str):
        return str(one).casefold() == str(other).casefold()
    return abs(float(one) - float(other)) < 0.005


def _meaning(key: str) -> Meaning | None:
    if key in _NAMES:
        return _NAMES[key]
    prefix = next((one for one in _PREFIXES if key.startswith(one)), None)
    return _meaning(key.removeprefix(prefix)) if prefix else None


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _percent(text: str) -> float | None:
    """70, 70 % and 0.7 are the same: a target of less than one per cent makes no sense."""
    number = _number(text.removesuffix("%").strip())
    return number * 100 if number is not None and 0 < number <= 1 and "%" not in text else number


def _cores(text: str) -> float | None:
    """Kubernetes writes a half core as 500m."""
    milli = _number(text[:-1]) if text.lower().endswith("m") else None
    return milli / 1000 if milli is not None else _number(text)


def _memory(text: str, usual: str) -> float | None:
    found = _MEMORY.fullmatch(text)
    return float(found[1]) * _GIGABYTES[(found[2] or usual).lower()] if found else None


def _time(text: str) -> float | None:
    """With its unit (60s, 500 ms, PT1M), in milliseconds."""
    if found := _TIME.fullmatch(text):
        return float(found[1]) * _MILLISECONDS[found[2].lower()]
    found = _ISO.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return (hours * 3600 + minutes * 60 + seconds) * 1000


def _in_milliseconds(text: str, each: int) -> float | None:
    number = _number(text)
    return number * each if number is not None else _time(text)


def _auth(text: str) -> str | None:
    """v1 says whether keys are asked for; v2 says which kind of sign-in."""
    word = re.sub(r"[^a-z0-9]", "", text.lower())
    if word in _FLAGS:
        return "key" if _FLAGS[word] else "none"
    return _AUTH.get(word)


_READERS: dict[Unit, Callable[[str], Value | None]] = {
    Unit.COUNT: _number,
    Unit.PERCENT: _percent,
    Unit.CORES: _cores,
    Unit.GIGABYTES: lambda text: _memory(text, "gib"),
    Unit.MEGABYTES: lambda text: _memory(text, "mib"),
    Unit.MILLISECONDS: lambda text: _in_milliseconds(text, 1),
    Unit.SECONDS: lambda text: _in_milliseconds(text, 1000),
    Unit.TIME: _time,
    Unit.AUTH: _auth,
    Unit.FLAG: lambda text: _FLAGS.get(text.lower()),
    Unit.TEXT: lambda text: text or None,
}
