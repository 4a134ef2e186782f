"""The registry of what the trail records. `append()` refuses a type that is not here; docs/audit.md lists them all."""

from enum import StrEnum

EVENTS = {
    "audit.genesis": "The trail of this installation began; holds the installation's id.",
    "audit.key_made": "The key that signs checkpoints was made; holds the public key.",
    "audit.key_rotated": "Another key signs from here on; holds it. The key before signed up to this event.",
    "audit.restored": "Events are missing because a backup was restored; says up to which, and begins a new epoch.",
    "audit.erased": "Personal values of one person were erased; says whose, which and on what legal basis.",
    "audit.verification_requested": "Somebody asked for the whole trail to be verified now.",
    "legal_hold.placed": "Personal values of a person must be kept; the private reason says why.",
    "legal_hold.lifted": "Personal values of a person may be erased again.",
    "audit.exported": "Somebody took entries of the trail along; the evidence is the SHA-256 of the file.",
    "releases.exported": "Somebody took the releases list along; the evidence is the SHA-256 of the file.",
    "audit.clock_anomaly": "The database's clock was put back: this event and those after it may seem older.",
    "sync.run": "A sync run changed something; the evidence is the SHA-256 of its manifest.",
    "sync.requested": "Somebody asked for a sync now.",
    "connection.saved": "An organization, project or workspace was connected, or its connection changed.",
    "artifact_rule.created": "A rule that decides roles of artifacts was made.",
    "artifact_rule.changed": "A rule that decides roles of artifacts was changed or moved.",
    "artifact_rule.deleted": "A rule that decides roles of artifacts was taken away.",
    "artifact_rule.applied": "Stored artifacts got the roles that changed rules give; `figures` counts them.",
    "endpoint_rule.created": "A rule that says which endpoint serves which stages was made.",
    "endpoint_rule.changed": "A rule that says which endpoint serves which stages was changed or moved.",
    "endpoint_rule.deleted": "A rule that says which endpoint serves which stages was taken away.",
    "user.created": "A person got an account.",
    "user.renamed": "A person changed the name under which others see them.",
    "user.password_changed": "A password was replaced, by its owner or from the shell; other sessions ended with it.",
    "user.deactivated": "An account was closed; its sessions and keys ended with it.",
    "user.reactivated": "A closed account was opened again; its keys stay revoked.",
    "user.role_granted": "A person got a role, in one project or in all.",
    "user.role_revoked": "A role was taken away.",
    "user.second_factor_added": "A person added an authenticator app; recovery codes came with it.",
    "user.second_factor_removed": "The authenticator app and recovery codes of an account were taken away.",
    "user.recovery_codes_renewed": "A person made new recovery codes; the old ones stopped working.",
    "invitation.created": "A one-time link was made, with which somebody makes an account and gets a role.",
    "invitation.withdrawn": "A one-time link was ended before anybody used it.",
    "identity.placed": "An administrator said who an identity of Azure DevOps, git or Azure ML is.",
    "api_key.created": "A person made a key for a program.",
    "api_key.revoked": "A key was ended before its time.",
    "stage.bound": "A person said which endpoint or cluster serves a stage.",
    "stage.unbound": "Where a stage is served was left to the rules again.",
    "command.recorded": "Somebody asked for something that Slipway shall do in Azure; nothing was sent yet.",
    "command.authorised": "A command may be sent (again): what held it is gone, or Azure shows that it was not done.",
    "command.held": "A command waits: the code says for what.",
    "command.sending": "A command is about to be sent to Azure; its comment there names this event.",
    "command.unknown": "Nobody can tell yet whether Azure did it; Azure is read before anything is sent again.",
    "command.needs_attention": "A command needs a person: the code says why.",
    "command.confirmed": "Azure was read and shows that it was done.",
    "command.refused": "Azure said no, or the release changed before it was sent.",
    "command.superseded": "Somebody else brought about the same result in Azure.",
    "command.conflict": "Somebody else brought about another result in Azure; nothing was done.",
    "command.cancelled": "A command was taken back before it was sent, given up by a person, or expired.",
    "command.sent_late": "A worker that had lost its lease found that its request had left all the same.",
    "flag.set": 'Somebody flagged a release "do not promote"; it is deployed nowhere until the flag is lifted.',
    "flag.lifted": 'Somebody lifted the flag "do not promote" of a release.',
    "sending.stopped": "Nothing is sent to an organization any more.",
    "sending.started": "What waits for an organization is sent again.",
    "signin.succeeded": "Somebody signed in.",
    "signin.failed": "A sign-in was refused.",
    "signin.ended": "Somebody signed out.",
    "signin.confirmed": "Somebody who is signed in proved again that it is them, for what they were about to do.",
    "signin.confirmation_failed": "Somebody who is signed in could not prove that it is them.",
    "secrets.rotated": "Kept secrets were encrypted anew with the newest key; `figures` counts them.",
    "action.refused": "Somebody asked for what they, or their key, may not do; the sentence is the private reason.",
}
"""Every event type, with what one such event means."""

SIGNED_AT_ONCE = frozenset(
    {"audit.key_made", "audit.key_rotated", "audit.restored", "audit.erased", "command.recorded"}
)
"""Types after which a checkpoint is signed without waiting for further events."""


class Outcome(StrEnum):
    """How what the event tells of ended."""

    OK = "ok"
    DENIED = "denied"
    ERROR = "error"


class Via(StrEnum):
    """Through which door it came."""

    SESSION = "session"
    API = "api"
    WEBHOOK = "webhook"
    SHELL = "shell"
    SWEEPER = "sweeper"
    TASK = "task"
