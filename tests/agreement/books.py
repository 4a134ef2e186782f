"""The sandbox's books as a ledger of facts."""

from collections.abc import Iterator
from typing import Any

from tests.agreement.facts import Facts, Ledger

Row = dict[str, Any]


def ledger(books: Row, *, known: set[int]) -> Ledger:
    """Everything in the books that a sync can know of: a release deleted before it was ever seen (not in `known`)
    left no trace in Azure's answers."""
    seen = [row for row in books["releases"] if row["deleted"] is None or row["id"] in known]
    facts: Ledger = {}
    for release in seen:
        facts.update(_release(release))
    ids = {release["id"] for release in seen}
    facts.update(_span(row) for row in books["spans"] if row["release"] in ids)
    return facts


def _release(row: Row) -> Iterator[tuple[str, Facts]]:
    yield (
        f"release {row['id']}",
        {
            "definition": row["definitionId"],
            "revision": row["revision"],
            "name": row["name"],
            "status": row["status"],
            "reason": row["reason"],
            "description": row["description"] or "",
            "created": row["created"],
            "modified": row["modified"] if row["deleted"] is None else None,
            "created by": row["createdBy"],
            "kept": row["keepForever"],
            "trigger": row["trigger"]["kind"],
            "trigger alias": row["trigger"]["alias"] or "",
            "gone": row["deleted"] is not None,
        },
    )
    for artifact in row["artifacts"]:
        yield f"artifact {row['id']}/{artifact['alias']}", _artifact(artifact)
    for commit in set(row["commits"]):
        yield f"commit {row['id']}/{commit}", {}
    for stage in row["stages"]:
        yield from _stage(row["id"], stage)


def _artifact(row: Row) -> Facts:
    return {
        "type": row["type"],
        "role": row["role"],
        "name": row["name"],
        "version": row["version"],
        "source id": row["sourceId"],
        "version id": row["versionId"],
        "version name": row["versionName"],
        "source version": row["sourceVersion"] or "",
        "branch": row["branch"] or "",
        "triggering": row["isTriggering"],
    }


def _stage(release: int, row: Row) -> Iterator[tuple[str, Facts]]:
    facts = {"stage": row["stageId"], "name": row["name"], "rank": row["rank"], "status": row["status"]}
    yield f"stage {release}/{row['id']}", facts
    for attempt in row["attempts"]:
        name = f"{release}/{row['id']}/{attempt['attempt']}"
        yield f"attempt {name}", _attempt(attempt)
        for step in attempt["steps"]:
            facts = {fact: step[fact] for fact in ("name", "status", "started", "finished")}
            yield f"step {name}/{step['phase']}/{step['task']}", facts
        for approval in attempt["approvals"]:
            yield f"approval {release}/{approval['id']}", {"environment": row["id"], **_approval(approval)}


def _attempt(row: Row) -> Facts:
    return {
        "deployment": row["deploymentId"],
        "status": row["status"],
        "operation": row["operationStatus"].lower(),
        "reason": row["reason"],
        "requested by": row["requestedBy"],
        "requested for": row["requestedFor"],
        "queued": row["queued"],
        "started": row["started"],
        "finished": row["finished"],
        "last modified": row["lastModified"],
    }


def _approval(row: Row) -> Facts:
    return {
        "type": row["type"],
        "rank": row["rank"],
        "status": row["status"],
        "automated": row["automated"],
        "attempt": row["attempt"],
        "approver": row["approver"],
        "approved by": row["approvedBy"],
        "comments": row["comments"] or "",
        "created": row["created"],
        "modified": row["modified"],
    }


def _span(row: Row) -> tuple[str, Facts]:
    facts = {
        "release": row["release"],
        "pipeline": row["pipeline"],
        "from": row["from"],
        "until": row["until"],
        "partly": row["partially"],
    }
    return f"span {row['stageId']}/{row['deploymentId']}", facts
