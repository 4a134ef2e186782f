"""What an API key may be used for. A key never does more than its owner may; its scopes can only take away.

`read` opens every list; `read:<noun>` opens one. What changes something has a scope of its own, which no other opens.
The API asks `check_scope` for each request made with a key.
"""

from collections.abc import Collection, Iterable

from releases.errors import Denied, Invalid

READ = "read"
NOUNS = (
    "projects",
    "pipelines",
    "stages",
    "releases",
    "deployments",
    "live-spans",
    "logs",
    "approvals",
    "model-versions",
    "training-runs",
    "artifact-rules",
    "endpoint-rules",
    "endpoints",
    "endpoint-checks",
    "health-samples",
    "clusters",
    "drifts",
    "sync-runs",
    "commands",
    "audit",
)
ACT_ON_COMMANDS = "act:commands"
SCOPES = {
    READ: "Read everything its owner may read.",
    **{f"{READ}:{noun}": f"Read {noun} only." for noun in NOUNS},
    ACT_ON_COMMANDS: "Ask for commands, take back and have checked what its owner may.",
}
"""Every scope a key can have, with what it opens."""


def check_scope(held: Collection[str], *, needed: str) -> None:
    """A key with `needed`, or with the wider scope before its colon, may pass. Raises Denied."""
    if needed not in held and needed.partition(":")[0] not in held:
        raise Denied(f"This key lacks the scope {needed}.", code="scope_missing")


def known_scopes(wanted: Iterable[str]) -> list[str]:
    """The scopes sorted and without doubles. Raises Invalid for none at all and for one that does not exist."""
    scopes = sorted(set(wanted))
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise Invalid(f"There is no scope {unknown[0]}. Use one of {', '.join(SCOPES)}.", code="unknown_scope")
    if not scopes:
        raise Invalid("A key needs at least one scope.", code="no_scope")
    return scopes
