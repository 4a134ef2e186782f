"""Loads `azure-mgmt-monitor`, late: one client per workspace's access, over our own wire. Used by `monitor` only.

The same credential, certificate, deadlines and errors as Azure ML's client: metrics come from the resource manager too.
"""

from functools import lru_cache
from typing import Any

from releases.azure.loading import loading
from releases.azure.ml_sdk import WORKSPACES_AT_MOST, Bodies, MlAccess, over_wire, plain_http

PUBLIC_CLOUD = "https://management.azure.com"


def client(access: MlAccess) -> tuple[Any, Bodies]:
    """The client and what it was sent, made at first use; no request yet."""
    with loading():
        return _made(access)


@lru_cache(maxsize=WORKSPACES_AT_MOST)
def _made(access: MlAccess) -> tuple[Any, Bodies]:
    from azure.mgmt.monitor import MonitorManagementClient

    bodies = Bodies()
    _, transport = over_wire(access, bodies, service="Azure Monitor")
    url = access.resource_manager_url.rstrip("/") or PUBLIC_CLOUD
    made = MonitorManagementClient(
        access.credential,
        access.subscription_id,
        base_url=url,
        credential_scopes=[f"{url}/.default"],
        transport=transport,
        per_call_policies=plain_http(access),
        retry_total=0,
    )
    return made, bodies
