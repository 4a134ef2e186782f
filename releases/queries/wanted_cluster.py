"""Whether a compute is the cluster somebody wants: by name, type, resource and namespace. Pure.

Asked by the Clusters page, by delivery before and after it sends, and by `manage.py ensure_cluster`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from releases.models import Cluster
from releases.queries.computes import KINDS, KUBERNETES, LEGACY

DEFAULT_NAMESPACE = "default"
"""Where Azure ML puts what it runs when nobody says."""


class Match(StrEnum):
    """What a compute of the wanted name is: it, or on the way to it, or come to nothing, or something else."""

    FOUND = "found"
    WORKING = "working"
    FAILED = "failed"
    WRONG_TYPE = "wrong_type"
    OTHER = "other"


@dataclass(frozen=True)
class Wanted:
    """The cluster that shall be there. Without a namespace any is right."""

    name: str
    resource_id: str
    namespace: str = ""

    @classmethod
    def of(cls, payload: dict[str, Any]) -> "Wanted":
        """As a command keeps it."""
        return cls(payload["name"], payload["resource_id"], payload["namespace"])


def match(row: Cluster, wanted: Wanted) -> Match:
    """What this compute is to who wants it."""
    if row.kind.casefold() != KUBERNETES.casefold():
        return Match.WRONG_TYPE
    if _id(row.resource_id) != _id(wanted.resource_id) or _is_elsewhere(row, wanted):
        return Match.OTHER
    state = row.provisioning_state.casefold()
    if state == "succeeded":
        return Match.FOUND
    return Match.FAILED if state in {"failed", "canceled"} else Match.WORKING


def sentence(row: Cluster, wanted: Wanted) -> str:
    """The same for people."""
    match match(row, wanted):
        case Match.FOUND:
            return f"{row.name} is there already, attached as a Kubernetes compute."
        case Match.WORKING:
            return f"Azure is about {row.name}: {row.provisioning_state or 'it does not say how far'}."
        case Match.FAILED:
            return f"Azure could not attach {row.name}: {row.provisioning_state}."
        case Match.WRONG_TYPE:
            return _wrong_type(row)
        case Match.OTHER if _id(row.resource_id) != _id(wanted.resource_id):
            which = row.resource_id or "Azure does not say which"
            return (
                f"{row.name} is there already, but of another cluster: {which}. "
                "Choose another name, or detach that one in Azure ML first."
            )
        case _:
            return (
                f"{row.name} is there already, in the namespace {row.namespace}. "
                "A namespace is set once, when a cluster is attached."
            )


def _wrong_type(row: Cluster) -> str:
    if row.kind.casefold() == LEGACY.casefold():
        return (
            f"{row.name} is a legacy v1 cluster (type AKS), which cannot be turned into a Kubernetes compute. "
            "Attach the cluster under another name; its old services stay meanwhile."
        )
    kind = KINDS.get(row.kind, row.kind)
    return f"{row.name} is there already with another type: {kind}. Choose another name."


def _is_elsewhere(row: Cluster, wanted: Wanted) -> bool:
    return bool(wanted.namespace and row.namespace and row.namespace != wanted.namespace)


def _id(resource: str) -> str:
    """As ARM compares ids."""
    return resource.strip().rstrip("/").casefold()
