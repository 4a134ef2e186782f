"""What the trail holds of one release: the sync runs that noted it, and what Slipway was asked to do with it.

A page of entries costs the same however long the trail is: the runs and commands of a release are few, and each has its
entries in an index.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from releases.models import AuditEvent, Command, Release
from releases.queries.audit_log.listing import Listing, Page
from releases.queries.proofs import lines_of_release


@dataclass(frozen=True)
class Noted:
    """The entries of a release; `documents`: by sync run, the SHA-256 of the release's document that it noted."""

    page: Page
    documents: Mapping[str, str]


def entries_of_release(release: Release, *, before: int | None = None, after: int | None = None) -> Noted:
    """One page of what is about this release, which the reader may see. Seven queries."""
    lines = lines_of_release(release.project_id, release.azure_id)
    documents = {line.run.natural_key: line.sha256 for line in lines}
    commands = Command.objects.filter(release=release).values_list("pk", flat=True)
    keys = {
        "sync_run": list(documents),
        "command": [str(pk) for pk in commands],
        "release": [f"{release.project.azure_id}/release:{release.azure_id}"],
    }
    rows = AuditEvent.objects.filter(project_id=release.project_id)
    streams = [rows.filter(Q(object_kind=kind, object_id__in=named)) for kind, named in keys.items() if named]
    return Noted(Listing(streams).page(before=before, after=after), documents)
