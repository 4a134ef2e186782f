"""How the words of states look: icon, hue and label, as the design fixes them. Used by templatetags and tested."""

from typing import NamedTuple


class Look(NamedTuple):
    """One word's icon, its hue (empty is grey) and the label people read."""

    icon: str
    hue: str
    label: str


WORDS = {
    "succeeded": Look("circle-check", "ok", "Succeeded"),
    "partly_succeeded": Look("circle-dot-dashed", "wait", "Partly succeeded"),
    "running": Look("loader-circle", "run", "Running"),
    "queued": Look("circle-ellipsis", "", "Queued"),
    "scheduled": Look("calendar-clock", "", "Scheduled"),
    "waiting": Look("circle-pause", "wait", "Waiting"),
    "failed": Look("circle-x", "bad", "Failed"),
    "rejected": Look("ban", "bad", "Rejected"),
    "canceled": Look("circle-stop", "", "Canceled"),
    "abandoned": Look("circle-slash", "", "Abandoned"),
    "skipped": Look("circle-minus", "", "Skipped"),
    "not_started": Look("circle-dashed", "", "Not started"),
    "draft": Look("pencil", "", "Draft"),
    "unknown": Look("circle-help", "", "Unknown"),
    "uncertain": Look("circle-help", "wait", "Uncertain"),
    "approved": Look("circle-check", "ok", "Approved"),
    "reassigned": Look("users", "", "Reassigned"),
    "drift": Look("unplug", "drift", "Drift"),
    # what an endpoint serves against what was deployed; with "drift" and "unknown"
    "as_deployed": Look("circle-check", "ok", "As deployed"),
    "idle": Look("circle-minus", "", "No traffic"),
    "not_bound": Look("circle-help", "", "No endpoint known"),
    "unbound": Look("unlink", "", "Bound to no stage"),
    "gone": Look("archive", "", "Gone"),
    # where a source of the history stands
    "current": Look("circle-check", "ok", "Up to date"),
    "reading": Look("loader-circle", "run", "Reading"),
    "asked": Look("circle-ellipsis", "", "Not read yet"),
    "behind": Look("clock", "wait", "Behind"),
    "paused": Look("circle-pause", "bad", "Needs you"),
    "refused": Look("shield-x", "bad", "Sign-in refused"),
    "unreachable": Look("unplug", "bad", "Unreachable"),
    "stopped": Look("circle-stop", "", "Stopped"),
    # where a command stands
    "command_authorised": Look("circle-dot", "", "Recorded"),
    "command_held": Look("lock", "", "Held"),
    "command_sending": Look("send", "run", "Sending"),
    "command_unknown": Look("circle-help", "wait", "Not certain, checking"),
    "command_needs_attention": Look("circle-alert", "bad", "Needs you"),
    "command_confirmed": Look("cloud-check", "ok", "Confirmed in Azure"),
    "command_refused": Look("shield-x", "bad", "Refused by Azure"),
    "command_superseded": Look("circle-minus", "", "Superseded"),
    "command_conflict": Look("ban", "bad", "Conflict"),
    "command_cancelled": Look("circle-slash", "", "Taken back"),
}

EVENTS = {
    "created": Look("plus", "run", "Created"),
    "created_here": Look("plus", "run", "Created"),
    "abandoned": Look("circle-slash", "", "Abandoned"),
    "gone": Look("archive", "", "Gone"),
    "asked": Look("inbox", "", "Asked"),
    "waits": Look("circle-pause", "wait", "Waits"),
    "approved": Look("check", "ok", "Approved"),
    "rejected": Look("ban", "bad", "Rejected"),
    "redeployed": Look("rotate-ccw", "", "Redeployed"),
    "rolled_back": Look("history", "wait", "Rolled back"),
    "flagged": Look("flag", "bad", "Flagged"),
    "unflagged": Look("flag", "ok", "Flag lifted"),
    "closed": Look("circle-slash", "", "Closed"),
    "canceled_by": Look("circle-stop", "", "Canceled"),
    "started": Look("send", "", "Started"),
    "live": Look("rocket", "ok", "Live"),
    "partly": Look("circle-dot-dashed", "wait", "Partly"),
    "failed": Look("x", "bad", "Failed"),
    "canceled": Look("circle-stop", "", "Canceled"),
    "drift": Look("unplug", "drift", "Drift"),
    "drift_ended": Look("link", "ok", "Drift ended"),
}

RUN_KINDS = {
    "backfill": "Whole history",
    "incremental": "Changes",
    "history": "Changes",
    "read_back": "One release, for a command",
    "read_cluster": "One compute, for a command",
    "details": "Steps and approvals",
    "logs": "Logs of steps",
    "registry": "Models and their training",
    "serving": "Endpoints and computes",
    "health": "Health of endpoints",
}
"""What each kind of sync run reads."""

VERDICTS = {
    "same": Look("", "dim", "same"),
    "changed": Look("arrow-right", "run b", "changed"),
    "better": Look("arrow-up", "up", "better"),
    "worse": Look("arrow-down", "down", "worse"),
    "unknown": Look("circle-help", "dim", "not known"),
}
"""What became of one thing from one release to the other."""
