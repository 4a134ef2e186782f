"""Writes what Azure ML told of computes and endpoints, where it differs. Used by `reading`, in its transactions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from releases.azure.answers import ComputeAnswer, EndpointAnswer, EndpointDeploymentAnswer, Item, Page
from releases.models import Cluster, Endpoint, EndpointCheck, EndpointDeployment, ModelVersion, Workspace
from releases.sync.registry.writing import Written
from releases.sync.rows import Values, take_over
from releases.sync.serving import checks, mapping
from releases.sync.serving.looking import Look

GONE = sha256(b"gone").hexdigest()


@dataclass
class Held:
    """What we hold of a workspace, read once a turn. Names have no case in ARM."""

    endpoints: dict[str, Endpoint]
    checks: dict[int, EndpointCheck]
    clusters: dict[str, Cluster]


def held(workspace: Workspace) -> Held:
    """The rows of a workspace."""
    return Held(
        {row.name.lower(): row for row in Endpoint.objects.filter(workspace=workspace)},
        {row.endpoint_id: row for row in EndpointCheck.objects.filter(endpoint__workspace=workspace, seen_until=None)},
        {row.name.lower(): row for row in Cluster.objects.filter(workspace=workspace)},
    )


def store_clusters(workspace: Workspace, page: Page[ComputeAnswer], rows: Held, *, now: datetime) -> Written:
    """All computes. What is not listed is marked gone unless the list has holes."""
    written = Written(read=len(page.items))
    listed = set()
    for item in page.items:
        name = item.value.name[:260].lower()
        listed.add(name)
        rows.clusters[name] = store_cluster(workspace, item, rows.clusters.get(name), written, now=now)
    if not page.malformed:
        for name in rows.clusters.keys() - listed:
            _mark_gone(written, rows.clusters[name], f"cluster:{name}", now=now)
    return written


def store_cluster(
    workspace: Workspace, item: Item[ComputeAnswer], row: Cluster | None, written: Written, *, now: datetime
) -> Cluster:
    """One compute. Without a `row` one is looked for, since it may have been read back after the others were."""
    name = item.value.name[:260]
    row = row or Cluster.objects.filter(workspace=workspace, name__iexact=name).first()
    row = row or Cluster(workspace=workspace, name=name)
    if _save(row, mapping.cluster_values(item.value), now=now):
        _note(written, f"cluster:{name}", item.raw)
    return row


def store_endpoint(
    workspace: Workspace,
    item: Item[EndpointAnswer],
    page: Page[EndpointDeploymentAnswer] | None,
    rows: Held,
    *,
    now: datetime,
) -> tuple[Endpoint, Written]:
    """An endpoint with its deployments; without a `page` those stay as they were."""
    name, written = item.value.name[:260], Written(read=1)
    row = rows.endpoints.get(name.lower()) or Endpoint(workspace=workspace, name=name)
    behind = {one.name: one for one in EndpointDeployment.objects.filter(endpoint=row)} if row.pk else {}
    names = [one.value.name for one in page.items] if page else [one.name for one in behind.values() if not one.gone_at]
    values = mapping.endpoint_values(item.value, deployments=names)
    cluster = rows.clusters.get(values["compute_name"].lower())
    if _save(row, {**values, "cluster_id": cluster.pk if cluster else None}, now=now):
        rows.endpoints[name.lower()] = row
        _note(written, f"endpoint:{name}", item.raw)
    if page:
        _store_deployments(row, page, behind, written, now=now)
    return row, written


def store_look(
    row: Endpoint, look: Look, rows: Held, written: Written, *, answered_at: datetime, before: datetime | None
) -> EndpointCheck | None:
    """What the look saw, where that is new."""
    check = checks.note(row, rows.checks.get(row.pk), look, answered_at=answered_at, before=before)
    if check:
        written.rows += 1 if row.pk not in rows.checks else 2
        written.manifest.append(checks.line_of(check))
        rows.checks[row.pk] = check
    return check


def store_gone(row: Endpoint, *, now: datetime) -> Written:
    """An endpoint that Azure ML lists no longer; what is known of it stays."""
    written = Written()
    _mark_gone(written, row, f"endpoint:{row.name}", now=now)
    return written


def named_only(workspace: Workspace, name: str, rows: Held, *, now: datetime) -> tuple[Endpoint, Written]:
    """An endpoint of which only the name can be read: as it is held, or new with nothing else."""
    written, row = Written(), rows.endpoints.get(name.lower())
    if row is None:
        row = rows.endpoints[name.lower()] = Endpoint.objects.create(workspace=workspace, name=name, changed_at=now)
        written.rows = 1
    return row, written


def _store_deployments(
    endpoint: Endpoint,
    page: Page[EndpointDeploymentAnswer],
    behind: dict[str, EndpointDeployment],
    written: Written,
    *,
    now: datetime,
) -> None:
    versions = _versions(endpoint.workspace_id, [item.value for item in page.items])
    for item in page.items:
        name = item.value.name[:260]
        row = behind.pop(name, None) or EndpointDeployment(endpoint=endpoint, name=name)
        values = mapping.deployment_values(item.value)
        version = versions.get((values["model_name"], values["model_number"]))
        if _save(row, {**values, "model_version_id": version}, now=now):
            _note(written, f"endpoint-deployment:{endpoint.name}/{name}", item.raw)
    if not page.malformed:
        for row in behind.values():
            _mark_gone(written, row, f"endpoint-deployment:{endpoint.name}/{row.name}", now=now)


def _versions(workspace: int, deployments: Sequence[EndpointDeploymentAnswer]) -> Mapping[tuple[str, str], int]:
    """Our ids of the model versions these deployments serve."""
    wanted = {mapping.model_of(one.properties.model) for one in deployments} - {("", "")}
    if not wanted:
        return {}
    rows = ModelVersion.objects.filter(
        workspace=workspace, name__in=[name for name, _ in wanted], version__in=[number for _, number in wanted]
    )
    return {(row.name, row.version): row.pk for row in rows}


def _save(row: Any, values: Values, *, now: datetime) -> bool:
    """Store a row that is new or differs."""
    if not take_over(row, values, now=now) and row.pk:
        return False
    row.changed_at = now
    row.save()
    return True


def _mark_gone(written: Written, row: Any, key: str, *, now: datetime) -> None:
    if row.gone_at is None:
        row.gone_at = row.changed_at = now
        row.save(update_fields=["gone_at", "changed_at"])
        written.rows += 1
        written.manifest.append((key[:200], GONE))


def _note(written: Written, key: str, raw: bytes) -> None:
    written.rows += 1
    written.manifest.append((key[:200], sha256(raw).hexdigest()))


def names_of(items: Iterable[Item[EndpointAnswer]]) -> set[str]:
    """Names as they are compared."""
    return {item.value.name[:260].lower() for item in items}
