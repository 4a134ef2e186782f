"""The chain of a model version for its page: data, commit, run, version, releases. A missing link is a box too.

Pure: rows come with what they refer to.
"""

from collections.abc import Sequence

from releases.models import ModelVersion, Release
from releases.queries import lineage
from releases.queries.lineage import Link

ORDER = ("data", "commit", "training run", "model version")
WITHOUT_RUN = "Not known: there is no training run to ask."


def chain(version: ModelVersion, releases: Sequence[Release], *, count: int) -> list[Link]:
    """From the data to the releases that carried it; `releases` are the newest of `count`."""
    found = {link.kind: link for link in lineage.of_version(version)}
    return [*(found.get(kind) or Link(kind, missing=WITHOUT_RUN) for kind in ORDER), _releases(releases, count)]


def _releases(releases: Sequence[Release], count: int) -> Link:
    if not releases:
        return Link("releases", text="None", detail="No release that you can see has carried it.")
    newest = releases[0]
    detail = f"and {count - 1} more" if count > 1 else ""
    return Link("releases", text=newest.name, detail=detail, at=newest.created_on)
