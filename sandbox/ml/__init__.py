"""The Azure ML resource API over the company's registry, as far as the real MLClient asks for it.

Called by `sandbox.process`. Renders `company.registry` under `company.lock` and changes it through `company.act`, so
that changes are remembered; keeps nothing of its own but the operations that are being waited for.
"""

from sandbox.http.messages import Route
from sandbox.ml import computes, deployments, endpoints, jobs, metrics, models, workspace
from sandbox.ml.arm import Holder, Place
from sandbox.ml.operations import Operations


def routes(company: Holder) -> list[Route]:
    """All routes; patterns are absolute, as ARM's."""
    place = Place(company, Operations())
    return [
        *workspace.routes(place),
        *models.routes(place),
        *jobs.routes(place),
        *endpoints.routes(place),
        *deployments.routes(place),
        *computes.routes(place),
        *metrics.routes(place),
        *place.operations.routes(),
    ]
