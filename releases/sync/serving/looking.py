"""What one look at an endpoint came to: what has traffic and is up, and when Azure last changed it. Pure.

Live is what has traffic and whose deployment is up: a provisioning state alone says nothing of traffic, traffic alone
nothing of what answers it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from releases.azure.answers import EndpointAnswer, EndpointDeploymentAnswer
from releases.states import ServingState
from releases.sync.serving.mapping import model_of, modified, shares_of

NOT_UP = frozenset({"failed", "creating", "deleting", "canceled"})
"""States of a deployment in which it answers nothing. One that is being updated goes on with what it had."""


@dataclass(frozen=True)
class Look:
    """One look. `changed_on`: Azure's own time of the newest change to what it saw, where Azure tells it."""

    state: ServingState
    served: tuple[dict[str, Any], ...] = ()
    sentence: str = ""
    changed_on: datetime | None = None


def look_of(
    endpoint: EndpointAnswer, deployments: Iterable[EndpointDeploymentAnswer], *, unreadable: Collection[str] = ()
) -> Look:
    """What the endpoint serves. `unreadable`: names of deployments that Azure described in a way we cannot read."""
    known = {one.name: one for one in deployments}
    shares = {name: share for name, share in shares_of(endpoint.properties.traffic).items() if share}
    if strange := sorted(shares.keys() - known.keys()):
        why = "is described in a way Slipway cannot read" if strange[0] in unreadable else "Azure ML does not list"
        return cannot_read(f"{endpoint.name} sends traffic to {strange[0]}, which {why}.")
    up = {name: share for name, share in shares.items() if _is_up(known[name])}
    changed = [modified(endpoint.system_data), *(modified(known[name].system_data) for name in shares)]
    changed_on = max((time for time in changed if time), default=None)
    if not up:
        return Look(ServingState.IDLE, sentence=_idle(endpoint, shares, known), changed_on=changed_on)
    in_order = sorted(up.items(), key=lambda one: (-one[1], one[0]))
    return Look(ServingState.SERVING, tuple(_served(known[name], share) for name, share in in_order), "", changed_on)


def cannot_read(sentence: str) -> Look:
    """Azure would not say, or not in words we know."""
    return Look(ServingState.UNREADABLE, sentence=sentence)


def gone(name: str) -> Look:
    """The endpoint is listed no longer."""
    return Look(ServingState.GONE, sentence=f"Azure ML has no endpoint {name} any more.")


def _is_up(deployment: EndpointDeploymentAnswer) -> bool:
    return deployment.properties.provisioning_state.lower() not in NOT_UP


def _served(deployment: EndpointDeploymentAnswer, share: int) -> dict[str, Any]:
    model, version = model_of(deployment.properties.model)
    return {"deployment": deployment.name, "model": model, "version": version, "percent": share}


def _idle(endpoint: EndpointAnswer, shares: dict[str, int], known: dict[str, EndpointDeploymentAnswer]) -> str:
    if not shares:
        return f"Nothing has traffic on {endpoint.name}."
    name = next(iter(shares))
    return f"{name} has the traffic of {endpoint.name}, but it is {known[name].properties.provisioning_state.lower()}."
