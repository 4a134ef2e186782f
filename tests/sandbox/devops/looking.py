"""Finds what a test needs in the living company."""

from typing import Any

from tests.sandbox.living import Harbour, Row

PROJECT = "MLOps"


def stages(harbour: Harbour, status: str) -> list[Row]:
    """Stages with this status, those of the newest releases first."""
    releases = harbour.pages("releases", **{"$expand": "environments", "$top": 100})
    return [env for r in releases if r["status"] == "active" for env in r["environments"] if env["status"] == status]


def ours(harbour: Harbour) -> Row:
    """An approval that waits for the service."""
    return next(a for a in harbour.pages("approvals") if a["approver"]["displayName"] == "svc-slipway")


def pages(client: Any, **query: Any) -> list[Any]:
    """Pages by the token, which the client itself drops."""
    tokens: list[str | None] = []
    client.config.hooks.append(lambda answer, *_, **__: tokens.append(answer.headers.get("x-ms-continuationtoken")))
    found: list[Any] = client.get_releases(PROJECT, **query)
    while tokens[-1]:
        found += client.get_releases(PROJECT, continuation_token=tokens[-1], **query)
    return found
