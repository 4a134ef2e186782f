"""Azure DevOps through the real client: typed answers with their raw JSON, and what Slipway changes there.

Called by `releases.sync` and `releases.delivery` only. Knows no models and keeps nothing but its connection. Raises
only errors of `releases.errors`. Docs: https://learn.microsoft.com/rest/api/azure/devops/release/
"""

from releases.azure.asking import Access
from releases.azure.devops.acting import Accepted, Acting, ChosenVersion
from releases.azure.devops.definitions import Definitions
from releases.azure.devops.logs import TaskLogs
from releases.azure.devops.organization import Organizations
from releases.azure.devops.query import LARGEST_PAGE
from releases.azure.devops.releases import LISTED_EXPAND, Releases

__all__ = ["LARGEST_PAGE", "LISTED_EXPAND", "Accepted", "Access", "ChosenVersion", "DevOps"]


class DevOps(Releases, TaskLogs, Definitions, Acting, Organizations):
    """All that Slipway asks of one organization. See `Asking` for how it behaves."""
