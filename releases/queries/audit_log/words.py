"""Words for what stands in a body: doors, kinds of objects, keys, parts of Slipway. Pure."""

from releases.queries.audit_log.filters import GROUPS

ERASED = "erased person"

VIA_WORDS = {
    "session": "Page",
    "api": "API",
    "webhook": "Webhook",
    "shell": "Command line",
    "sweeper": "Slipway, regularly",
    "task": "Slipway",
}
OUTCOME_WORDS = {"ok": "Done", "denied": "Refused", "error": "Failed"}
OBJECT_WORDS = {
    "address": "Address",
    "api_key": "API key",
    "artifact_rule": "Artifact rule",
    "command": "Command",
    "endpoint_rule": "Endpoint rule",
    "export": "Export",
    "identity": "Identity",
    "invitation": "Invitation",
    "project": "Project",
    "release": "Release",
    "stage": "Stage",
    "sync_run": "Sync run",
    "user": "Account",
}
KEY_WORDS = {
    "v": "Version of the form",
    "seq": "Number",
    "id": "Id",
    "ts": "Time (UTC)",
    "type": "Type",
    "outcome": "Outcome",
    "via": "Came through",
    "actor": "Who",
    "project": "Project",
    "object": "About",
    "change": "Change",
    "evidence": "Evidence",
    "auth": "Signed in by",
    "cmd": "Command",
    "req": "Request",
    "azure": "In Azure",
    "subject": "Decided on",
    "policy": "By which rule",
    "figures": "Counts",
    "installation": "Installation",
}
PARTS = ("sync", "sign-in", "shell", "audit", "gates", "delivery", "trail")
"""The parts of Slipway that act by themselves."""
PART_WORDS = {"shell": "command line", "delivery": "sending", "sign": "signing"}
"""What a part is called where its own name says nothing to a reader."""
RUN_WORDS = {
    "backfill": "the whole history",
    "incremental": "changes",
    "history": "changes",
    "details": "steps and approvals",
    "registry": "models and their training",
    "serving": "endpoints and computes",
    "health": "the health of endpoints",
    "logs": "logs of steps",
    "read_back": "one release",
}


def word_of(key: str) -> str:
    """A key of a body in words: `rows_written` becomes `Rows written`."""
    return KEY_WORDS.get(key) or key.replace("_", " ").capitalize()


def type_words(word: str) -> str:
    """A type or a group of types in words: `user.role_granted` becomes `User role granted`."""
    if word in GROUPS:
        return GROUPS[word][0]
    return word.replace(".", " ").replace("_", " ").capitalize()


def object_word(kind: str) -> str:
    """The kind of an object in words."""
    return OBJECT_WORDS.get(kind) or kind.replace("_", " ").capitalize()


def name_in(identity: str) -> str:
    """The name in a canonical identity (`slipway|subject|Name <address>`), without the address."""
    shown = identity.split("|", 2)[-1]
    return shown.rpartition(" <")[0] or shown
