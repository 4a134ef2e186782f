"""Azure ML through the real MLClient. Called by `releases.sync` and `releases.delivery` only. Knows no models.

MLClient asks, pages and signs; its own objects are not used: they raise for a whole page when one row is odd and show a
container's version as none. What it was sent is read as JSON, row by row. Raises only errors of `releases.errors`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, TypeVar

import msgspec

from releases.azure import training
from releases.azure.answers import (
    Answer,
    ComputeAnswer,
    EndpointAnswer,
    EndpointDeploymentAnswer,
    Item,
    ModelAnswer,
    ModelVersionAnswer,
    Page,
    RunAnswer,
    TrainingJobAnswer,
    WorkspaceAnswer,
)
from releases.azure.answers.pages import read_one, read_page
from releases.azure.changing import change
from releases.azure.loading import loading
from releases.azure.ml_sdk import Client, MlAccess, Taken, client
from releases.azure.refusals import first_line
from releases.azure.training import TrainingJob
from releases.errors import AzureError, AzureRefused, AzureUnreadable, CredentialRefused, PermissionMissing

__all__ = ["MachineLearning", "MlAccess", "TrainingJob"]

T = TypeVar("T", bound=Answer)

PAGES_AT_MOST = 2000
ARCHIVED_TOO = "All"
IMPOSSIBLE = "-"


class _Link(msgspec.Struct, rename="camel"):
    next_link: str | None = None


class _Either(msgspec.Struct, rename="camel"):
    run_id: str | None = None


class MachineLearning:
    """One workspace. Safe to use from several threads; the client underneath is made once per process."""

    def __init__(self, access: MlAccess) -> None:
        self.access = access

    def sent_before(self, moment: float) -> AbstractContextManager[None]:
        """Inside, this thread sends nothing after this moment of `time.monotonic`: AzureUnreachable instead."""
        return self._client().wire.sent_before(moment)

    def guarded(self, guard: Callable[[], None]) -> AbstractContextManager[None]:
        """Inside, `guard` runs right before each request of this thread's leaves; what it raises keeps it here."""
        return self._client().wire.guarded(guard)

    def workspace(self) -> WorkspaceAnswer:
        """The workspace itself; the cheapest question that shows whether it can be read."""
        return self._one(lambda ml: ml.workspaces.get(self.access.workspace), WorkspaceAnswer, noun="workspace").value

    def models(self) -> Page[ModelAnswer]:
        """All models with their newest version, archived ones too. Small: one row each."""
        return self._all(lambda ml: ml.models.list(list_view_type=ARCHIVED_TOO), ModelAnswer, noun="model")

    def model_versions(self, name: str) -> Page[ModelVersionAnswer]:
        """All versions of a model, archived ones too. Raises NotThere for an unknown model."""
        noun = f"model-version:{name}"
        return self._all(lambda ml: ml.models.list(name, list_view_type=ARCHIVED_TOO), ModelVersionAnswer, noun=noun)

    def model_version(self, name: str, version: str) -> Item[ModelVersionAnswer]:
        """One version. Raises NotThere."""
        return self._one(lambda ml: ml.models.get(name, version), ModelVersionAnswer, noun="model version")

    def job(self, name: str) -> TrainingJob:
        """One job. Raises NotThere; a step of a pipeline is found in the run history by the client itself."""
        bodies = self._bodies(lambda ml: ml.jobs.get(name))
        if len(bodies) > 1 and _is_run(bodies[-1]):
            return training.of_run(read_one(bodies[-1], RunAnswer, noun="run").value)
        return training.of_job(read_one(bodies[0], TrainingJobAnswer, noun="job").value)

    def endpoints(self) -> Page[EndpointAnswer]:
        """All online endpoints. What stands behind each is asked for one by one."""
        return self._all(lambda ml: ml.online_endpoints.list(), EndpointAnswer, noun="endpoint")

    def endpoint_deployments(self, endpoint: str) -> Page[EndpointDeploymentAnswer]:
        """All deployments behind an endpoint, those of kinds the client does not know too. Raises NotThere."""
        noun = f"endpoint-deployment:{endpoint}"
        return self._all(lambda ml: ml.online_deployments.list(endpoint), EndpointDeploymentAnswer, noun=noun)

    def computes(self) -> Page[ComputeAnswer]:
        """All computes, legacy AKS clusters too, which the client calls unsupported."""
        return self._all(lambda ml: ml.compute.list(), ComputeAnswer, noun="cluster")

    def compute(self, name: str) -> Item[ComputeAnswer]:
        """One compute; `properties.provisioning_state` says how far its attaching is. Raises NotThere."""
        return self._one(lambda ml: ml.compute.get(name), ComputeAnswer, noun="cluster")

    def attach_cluster(self, name: str, *, resource_id: str, namespace: str) -> Item[ComputeAnswer]:
        """Attach a Kubernetes cluster by its ARM id; the compute as Azure ML took it, seldom ready yet: ask `compute`.

        One request that changes, sent once; for its errors see `releases.azure.changing`. Attaching the same cluster
        again changes nothing; a name that another kind of compute has is refused.
        """
        with change(self._client().wire, method="PUT"):
            bodies = self._bodies(lambda ml: _attach(ml, name, resource_id=resource_id, namespace=namespace))
            return read_one(bodies[-1], ComputeAnswer, noun="cluster")

    def check_can_attach(self) -> None:
        """Raise PermissionMissing or CredentialRefused while no cluster may be attached. Changes nothing.

        By asking for what cannot be: a name that no compute can have, and this workspace in place of a cluster.
        """
        here = self.access
        resource = (
            f"/subscriptions/{here.subscription_id}/resourceGroups/{here.resource_group}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{here.workspace}"
        )
        try:
            self.attach_cluster(IMPOSSIBLE, resource_id=resource, namespace="default")
        except (PermissionMissing, CredentialRefused):
            raise
        except AzureRefused:
            return

    def _one(self, ask: Callable[[Any], Any], kind: type[T], *, noun: str) -> Item[T]:
        return read_one(self._bodies(ask)[0], kind, noun=noun)

    def _all(self, lister: Callable[[Any], Any], kind: type[T], *, noun: str) -> Page[T]:
        """Every page of a list as one. A link that comes twice ends it with an error."""
        whole: Page[T] = Page([], [], None, 0)
        link: str | None = None
        seen: set[str] = set()
        for _ in range(PAGES_AT_MOST):
            body = self._bodies(partial(_ask_for_page, lister, link))[0]
            page = read_page(body, kind, noun=noun)
            whole = Page(whole.items + page.items, whole.malformed + page.malformed, None, whole.size_bytes + len(body))
            link = _next_link(body)
            if not link:
                return whole
            if link in seen:
                break
            seen.add(link)
        raise AzureUnreadable("Azure ML sent the same page again and again.")

    def _bodies(self, ask: Callable[[Any], Any]) -> list[bytes]:
        """What Azure ML answers to one question of the client; never empty."""
        found = self._client()
        with found.bodies.kept() as bodies:
            self._asked(found, ask, bodies)
            return bodies

    def _client(self) -> Client:
        try:
            return client(self.access)
        except AzureError:
            raise
        except Exception as error:  # the SDK's own checks of names and clouds
            raise AzureUnreadable(f"Azure ML's client cannot be used: {first_line(error)}") from error

    def _asked(self, found: Client, ask: Callable[[Any], Any], bodies: list[bytes]) -> None:
        try:
            ask(found.ml)
        except AzureError:
            raise
        except Exception as error:
            # With an answer at hand the client merely failed to make its own object of it.
            if not bodies:
                raise _without_answer(error) from error
        if not bodies:
            raise AzureUnreadable("Azure ML's client asked nothing.")


def _attach(ml: Any, name: str, *, resource_id: str, namespace: str) -> None:
    """Its own errors leave as ours: with the workspace's answer at hand they would pass for a success."""
    with loading():
        from azure.ai.ml.entities import KubernetesCompute
    try:
        ml.compute.begin_create_or_update(KubernetesCompute(name=name, resource_id=resource_id, namespace=namespace))
    except (AzureError, Taken):
        raise
    except Exception as error:
        raise _without_answer(error) from error


def _ask_for_page(lister: Callable[[Any], Any], link: str | None, ml: Any) -> None:
    next(lister(ml).by_page(continuation_token=link))


def _without_answer(error: Exception) -> AzureError:
    """Before any answer only the credential can fail: everything on the wire has its own errors."""
    from azure.core.exceptions import ClientAuthenticationError

    if isinstance(error, ClientAuthenticationError):
        return CredentialRefused(f"No credential for Azure ML could be had: {first_line(error)}")
    return AzureUnreadable(f"Azure ML's client gave up ({type(error).__name__}: {first_line(error)}).")


def _next_link(body: bytes) -> str | None:
    try:
        return msgspec.json.decode(body, type=_Link).next_link
    except msgspec.MsgspecError as error:
        raise AzureUnreadable("Azure ML sent a link to the next page that is no address.") from error


def _is_run(body: bytes) -> bool:
    try:
        return bool(msgspec.json.decode(body, type=_Either).run_id)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
