"""What the company's endpoints really serve: a succeeded deployment moves the traffic, a drift moves it back.

Listens to finished attempts. The registry shows the present; drifts are told to the books.
"""

from dataclasses import replace
from datetime import timedelta

from sandbox.company.people import AZURE_ML, Person
from sandbox.company.registry import Endpoint, EndpointDeployment
from sandbox.company.releases import Attempt, Environment
from sandbox.company.world import World

_COLORS = ("blue", "green")
ON_AKS = {"prod-webservice", "eta-staging", "eta-prod", "tide-prod"}


def attach(world: World) -> None:
    """From now on endpoints follow the deployments."""
    world.listen("finished", lambda environment, attempt: _finished(world, environment, attempt))


def drift(world: World, endpoint_name: str) -> object:
    """The endpoint goes back to what it served before, and nobody asked for it."""
    endpoint = world.registry.endpoints.get(endpoint_name)
    idle = [name for name, percent in endpoint.traffic.items() if percent == 0] if endpoint else []
    if endpoint is None or not idle:
        return False
    endpoint.traffic = {name: 100 if name == idle[0] else 0 for name in endpoint.traffic}
    endpoint.modified_on = world.clock.now
    endpoint.properties["restartedBy"] = "platform"
    world.tell("drift", endpoint=endpoint)
    return True


def serve_other(world: World, endpoint_name: str) -> bool:
    """The endpoint serves another version: one behind it, or else a new deployment. False when it does so already."""
    endpoint = world.registry.endpoints.get(endpoint_name)
    if endpoint is None or not endpoint.deployments:
        return False
    *before, newest = sorted(endpoint.deployments.values(), key=lambda d: d.created_on)
    if endpoint.serves().keys() - {newest.model_version}:
        return False
    other = next((one for one in reversed(before) if one.model_version != newest.model_version), None)
    other = other or _of_another_version(world, endpoint, newest)
    if other is None:
        return False
    endpoint.traffic = {name: 100 if name == other.name else 0 for name in endpoint.deployments}
    endpoint.modified_on = world.clock.now
    world.tell("drift", endpoint=endpoint)
    return True


def repair(world: World, endpoint_name: str) -> bool:
    """The traffic goes where the last deployment put it. False when it is there."""
    endpoint = world.registry.endpoints.get(endpoint_name)
    if endpoint is None or not endpoint.deployments:
        return False
    newest = max(endpoint.deployments.values(), key=lambda d: d.created_on).name
    if endpoint.traffic.get(newest) == 100:
        return False
    endpoint.traffic = {name: 100 if name == newest else 0 for name in endpoint.traffic}
    endpoint.modified_on = world.clock.now
    world.tell("drift", endpoint=endpoint)
    return True


def _of_another_version(world: World, endpoint: Endpoint, newest: EndpointDeployment) -> EndpointDeployment | None:
    """A deployment of another registered version, made to look older than the one that was deployed last."""
    versions = world.registry.models[newest.model].versions
    number = next((one.version for one in reversed(versions) if one.version != newest.model_version), None)
    if number is None:
        return None
    now, earlier = world.clock.now, newest.created_on - timedelta(seconds=1)
    made = replace(newest, name="red", model_version=number, created_on=earlier, modified_on=now, tags={})
    endpoint.deployments[made.name] = made
    return made


def _finished(world: World, env: Environment, attempt: Attempt) -> None:
    if attempt.status not in ("succeeded", "partiallySucceeded") or env.spec.endpoint is None:
        return
    name = world.plans[env.release.pipeline.id].model
    version = next(v for v in env.release.artifacts if v.source.definition == name)
    endpoint = _endpoint(world, env.spec.endpoint, attempt.requested_for)
    _serve(world, endpoint, name, version.name.removeprefix(f"{name}:"), env)


def _endpoint(world: World, name: str, by: Person) -> Endpoint:
    endpoint = world.registry.endpoints.get(name)
    if endpoint is None:
        on_aks = name in ON_AKS
        kind, compute = ("Kubernetes", "prod-aks") if on_aks else ("Managed", None)
        now = world.clock.now
        endpoint = Endpoint(name, kind, compute, now, by, now)  # type: ignore[arg-type]
        world.registry.endpoints[name] = endpoint
    return endpoint


def _serve(world: World, endpoint: Endpoint, model: str, version: str, env: Environment) -> None:
    now, on_aks = world.clock.now, endpoint.kind == "Kubernetes"
    busy = next((name for name, percent in endpoint.traffic.items() if percent), None)
    color = _COLORS[1] if busy == _COLORS[0] else _COLORS[0]
    endpoint.deployments[color] = EndpointDeployment(
        color,
        model,
        version,
        now,
        AZURE_ML,
        now,
        instance_type="defaultInstanceType" if on_aks else "Standard_DS2_v2",
        instance_count=2 if on_aks else 1,
        min_replicas=2 if on_aks else None,
        max_replicas=6 if on_aks else None,
        tags={"release": env.release.name, "releaseId": str(env.release.id)},
    )
    endpoint.traffic = {name: 100 if name == color else 0 for name in endpoint.deployments}
    endpoint.modified_on = now
    world.tell("drift", endpoint=endpoint)
