"""The computes of the workspaces a person sees, and what runs on each. Asked by the Clusters page.

A legacy AKS is a compute whose web services Azure's current interface does not show: what runs there is unknown, never
nothing.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Window
from django.db.models.functions import RowNumber

from releases.models import Cluster, Endpoint, StageBinding, User
from releases.queries.access import visible_to

LEGACY = "AKS"
KUBERNETES = "Kubernetes"
TRAINING = frozenset({"AmlCompute", "ComputeInstance"})
KINDS = {
    KUBERNETES: "Kubernetes",
    LEGACY: "AKS, legacy (v1)",
    "AmlCompute": "Compute cluster (AmlCompute)",
    "ComputeInstance": "Compute instance",
    "VirtualMachine": "Virtual machine",
    "SynapseSpark": "Synapse Spark pool",
}
NAMED = 8
"""So many endpoints of one compute are named; the rest are counted."""
SHOWN = 200


@dataclass(frozen=True)
class Compute:
    """One compute, the first endpoints on it, how many there are, and the stages a person bound to it."""

    row: Cluster
    endpoints: list[Endpoint] = field(default_factory=list)
    count: int = 0
    bindings: list[StageBinding] = field(default_factory=list)

    @property
    def is_legacy(self) -> bool:
        """Whether what runs there cannot be seen."""
        return self.row.kind.casefold() == LEGACY.casefold()

    @property
    def is_for_training(self) -> bool:
        """Whether no endpoint can run there."""
        return self.row.kind in TRAINING

    @property
    def kind(self) -> str:
        """Its type in words; a type we do not know as Azure calls it."""
        words = KINDS.get(self.row.kind, self.row.kind or "Azure ML does not say")
        return f"{words}, attached" if self.row.is_attached and not self.is_legacy else words

    @property
    def word(self) -> str:
        """The word of its state; of a legacy cluster more than that it is there is not known."""
        if self.row.gone_at:
            return "gone"
        return "unknown" if self.is_legacy else state_word(self.row.provisioning_state)

    @property
    def more(self) -> int:
        """How many endpoints are not named."""
        return self.count - len(self.endpoints)

    @property
    def nodes(self) -> str:
        """How many nodes, as far as Azure ML says."""
        now, least, most = self.row.nodes, self.row.fewest_nodes, self.row.most_nodes
        span = f"{least or 0} to {most}" if most is not None else ""
        return f"{now} of {span}" if now is not None and span else str(now) if now is not None else span

    @property
    def place(self) -> str:
        """Where it is: the resource without its subscription, or the size of its machines."""
        parts = self.row.resource_id.partition("/resourceGroups/")[2].split("/")
        path = f"/resourceGroups/{parts[0]}/…/{parts[-1]}" if len(parts) > 2 else self.row.resource_id
        return ", ".join(
            part for part in (path, self.row.namespace and f"namespace {self.row.namespace}", self.row.size) if part
        )


def state_word(provisioning: str) -> str:
    """The page's word for one of Azure's provisioning states."""
    lower = provisioning.lower()
    if lower == "succeeded":
        return "succeeded"
    if lower in {"failed", "canceled"}:
        return lower
    return "running" if lower in {"creating", "updating", "deleting", "scaling"} else "unknown"


def computes(user: User) -> list[Compute]:
    """What this person sees, by name; at most `SHOWN`. Gone ones only while a stage is bound to them."""
    rows = visible_to(user, Cluster).select_related("workspace").order_by("workspace__name", "name", "id")
    bound = _bound(user)
    found = [row for row in rows[: SHOWN + len(bound)] if row.gone_at is None or row.pk in bound][:SHOWN]
    ids = [row.pk for row in found]
    running = Endpoint.objects.filter(cluster_id__in=ids, gone_at=None)
    counts = dict(running.values_list("cluster_id").annotate(n=Count("pk")))
    named = _named(ids)
    return [Compute(row, named.get(row.pk, []), counts.get(row.pk, 0), bound.get(row.pk, [])) for row in found]


def _named(clusters: Collection[int]) -> dict[int, list[Endpoint]]:
    """The first endpoints on each, by name. One query, whatever the number of computes."""
    found: dict[int, list[Endpoint]] = defaultdict(list)
    place = Window(RowNumber(), partition_by="cluster_id", order_by=["name", "id"])
    rows = Endpoint.objects.filter(cluster_id__in=clusters, gone_at=None).annotate(place=place)
    for row in rows.filter(place__lte=NAMED).order_by("name", "id"):
        found[row.cluster_id or 0].append(row)
    return found


def _bound(user: User) -> dict[int, list[StageBinding]]:
    found: dict[int, list[StageBinding]] = defaultdict(list)
    order = ("stage__pipeline__name", "stage__rank", "pk")
    rows = visible_to(user, StageBinding).filter(cluster__isnull=False, stage__gone_at=None)
    for row in rows.select_related("stage__pipeline", "bound_by").order_by(*order)[:SHOWN]:
        if row.cluster_id:
            found[row.cluster_id].append(row)
    return found
