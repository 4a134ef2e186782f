"""Attaches a cluster to the workspace: taken at once, ready (or not) a moment later. Called by `outside`."""

from sandbox.company.registry import Compute
from sandbox.company.world import World

TAKES = 1.0
"""Seconds from being taken to being ready."""


def attach(world: World, name: str, *, resource_id: str, namespace: str, ending: str) -> Compute:
    """A Kubernetes compute that is being made; one that is there already, of the same cluster, stays as it is."""
    now, known = world.clock.now, world.registry.computes.get(name)
    is_same = known is not None and (known.resource_id, known.namespace) == (resource_id, namespace)
    if known is not None and is_same and known.provisioning_state != "Failed":
        return known
    made = Compute(name, "Kubernetes", known.created_on if known else now, now, resource_id, namespace)
    made.provisioning_state = "Updating" if known else "Creating"
    world.registry.computes[name] = made

    def ends() -> object:
        made.provisioning_state, made.modified_on = ending, world.clock.now
        return True

    world.soon(TAKES, ends)
    return made
