"""Where Azure DevOps keeps what we read and change: location ids and API versions. Used by `releases.azure.devops`.

The client looks the ids up at the server, so addresses are never made here. Ids are compared in lower case.
"""

from dataclasses import dataclass

_RELEASE = "releases.azure.raw.RawReleaseClient"
_ORGANIZATION = "releases.azure.raw.RawClient"


@dataclass(frozen=True, slots=True)
class Location:
    """One resource: its id at the server, the version we speak, the client class that asks."""

    id: str
    version: str
    client: str = _RELEASE


_LOCATIONS = {
    "releases": Location("a166fde7-27ad-408e-ba75-703c2cc9d500", "7.1-preview.8"),
    "deployments": Location("b005ef73-cddc-448e-9ba2-5193bf36b19f", "7.1-preview.2"),
    "approvals": Location("b47c6458-e73b-47cb-a770-4df1e8813a91", "7.1-preview.3"),
    "approval": Location("9328e074-59fb-465a-89d9-b09c82ee5109", "7.1-preview.3"),
    "environment": Location("a7e426b1-03dc-48af-9dfe-c98bac612dcb", "7.1-preview.7"),
    "history": Location("23f461c8-629a-4144-a076-3054fa5f268a", "7.1-preview.1"),
    "versions": Location("30fc787e-a9e0-4a07-9fbc-3e903aa051d2", "7.1-preview.1"),
    "definitions": Location("d8f96f24-8ea7-4cb6-baab-2df8fc515665", "7.1-preview.4"),
    "revisions": Location("258b82e0-9d41-43f3-86d6-fef14ddd44bc", "7.1-preview.1"),
    "changes": Location("8dcf9fe9-ca37-4113-8ee1-37928e98407c", "7.1-preview.1"),
    "workitems": Location("4f165cc0-875c-4768-b148-f12f78769fab", "7.1-preview.1"),
    "task_log": Location("17c91af7-09fd-4256-bff1-c24ee4f73bc0", "7.1-preview.2"),
    "connectionData": Location("00d9565f-ed9c-4a06-9a50-00e7896ccab4", "7.1-preview.1", _ORGANIZATION),
    "projects": Location("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "7.1-preview.4", _ORGANIZATION),
}


def of(resource: str) -> Location:
    """The location of a resource by its name in Azure's addresses."""
    return _LOCATIONS[resource]
