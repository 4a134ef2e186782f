"""What an entry tells, in one plain sentence without its actor, for each type of event. Pure.

Every type has words of its own (a test insists); where a body lacks what they need, the meaning of the type stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from releases.audit import EVENTS
from releases.queries.audit_log.words import ERASED, RUN_WORDS, name_in
from releases.queries.commands.words import WORDS
from releases.states import CommandState, Role

GENERAL = "Something happened that this version has no words for."


@dataclass(frozen=True)
class Facts:
    """What a sentence is made of."""

    body: Mapping[str, Any]
    private: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def id(self) -> str:
        """The natural key of what it is about."""
        return str(self.body.get("object", {}).get("id", ""))

    @property
    def where(self) -> str:
        """`in Learn_MLOps`, or for all projects."""
        name = self.body.get("project", {}).get("name")
        return f"in {name}" if name else "for all projects"

    @property
    def person(self) -> str:
        """The account it is about."""
        return self.named(self.id)

    def named(self, subject: object) -> str:
        """The name of an account."""
        return self.names.get(str(subject)) or ERASED

    def changed(self, field: str) -> tuple[Any, Any]:
        """Before and after."""
        before, after = self.body.get("change", {}).get(field, (None, None))
        return before, after

    def figure(self, name: str) -> int:
        """A count."""
        return int(self.body.get("figures", {}).get(name, 0))


def sentence_of(body: Mapping[str, Any], *, private: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The sentence; that of the type in general where the body is not as its type has it."""
    type = str(body.get("type", ""))
    make = SENTENCES.get(type)
    try:
        return make(Facts(body, private, names)) if make else EVENTS.get(type, GENERAL)
    except (ValueError, TypeError, AttributeError, KeyError):
        return EVENTS.get(type, GENERAL)


def role_words(role: object) -> str:
    """`QA specialist`."""
    return "QA specialist" if role == Role.QA else str(role)


def counted(number: int, noun: str) -> str:
    """`1 change`, `2,000 changes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _run(of: Facts) -> str:
    whose, kind, _ = of.id.rsplit("/", 2)
    whose = of.body.get("project", {}).get("name") or whose
    end = ", then broke off" if of.body.get("outcome") == "error" else ""
    return f"Read {RUN_WORDS.get(kind, kind)} of {whose}: {counted(of.figure('lines'), 'change')} noted{end}"


def _applied(of: Facts) -> str:
    looked = counted(of.figure("read"), "artifact")
    return f"Gave stored artifacts the roles of changed rules: {of.figure('changed'):,} of {looked} changed"


def _rule(verb: str, noun: str) -> Callable[[Facts], str]:
    return lambda of: f"{verb} {noun} {of.id} {of.where}"


def _placed(of: Facts) -> str:
    held = of.private.get("identity")
    whose = name_in(held) if held else ERASED
    _, user = of.changed("user")
    if user:
        return f"Said that the identity {whose} is {of.named(user)}"
    _, kind = of.changed("kind")
    return f"Said that the identity {whose} is {'a service' if kind == 'service' else 'nobody with an account'}"


def _key_made(of: Facts) -> str:
    _, owner = of.changed("owner")
    _, scopes = of.changed("scopes")
    return f"Made the API key {of.id} for {of.named(owner)}, which may {', '.join(scopes)}"


def _bound(of: Facts) -> str:
    _, after = of.changed("served_by")
    return f"Said that stage {_stage(of)} is served by {after}"


def _stage(of: Facts) -> str:
    return of.id.partition("/")[2].replace("/", ", ").replace(":", " ")


def _flag(verb: str) -> Callable[[Facts], str]:
    def told(of: Facts) -> str:
        reason = of.private.get("reason", "").rstrip(".")
        return f"{verb} “do not promote” of {_stage(of)}" + (f": {reason}" if reason else "")

    return told


def _refused(of: Facts) -> str:
    return f"Was refused: {of.private['reason']}" if "reason" in of.private else f"Was refused at {of.id}"


def _command(of: Facts) -> str:
    """`Redeploy DEV TEST of Release-12: confirmed in Azure. Azure shows attempt 2`, with the reason where it was asked.

    Azure's numbers stand for a command that is not there any more.
    """
    _, state = of.changed("state")
    azure = of.body["azure"]
    target = azure["target"].partition("/")[2].replace(":", " ").replace("/", ", ")
    what = of.names.get(of.id, f"{azure['kind'].replace('_', ' ').capitalize()} of {target}")
    word = WORDS[CommandState(state)] if state in WORDS else str(state).replace("_", " ")
    words = "asked for" if of.body["type"] == "command.recorded" else f"{word[:1].lower()}{word[1:]}"
    said = [of.private[name].rstrip(".") for name in ("reason", "said") if of.private.get(name)]
    return ". ".join([f"{what}: {words}", *said])


def _renamed(of: Facts) -> str:
    before, after = of.private.get("name_before") or ERASED, of.private.get("name_after") or ERASED
    return f"Changed their name from {before} to {after}"


def _not_signed_in(of: Facts) -> str:
    if of.id:
        return f"Refused a sign-in: the password of {of.person} was right, the code after it was not"
    return "Refused a sign-in: address and password did not belong together"


def _method(of: Facts) -> str:
    return str(of.body["auth"]["method"]).replace("totp", "a code of their app").replace("_", " ")


def _exported(of: Facts) -> str:
    what = {"audit.exported": "entries of the trail", "releases.exported": "releases"}[of.body["type"]]
    return f"Exported {of.figure('rows'):,} {what} as {of.id}"


def _closed(of: Facts) -> str:
    keys, _ = of.changed("api_keys")
    return f"Closed the account of {of.person}" + (f"; {counted(len(keys), 'API key')} ended with it" if keys else "")


SENTENCES: dict[str, Callable[[Facts], str]] = {
    "audit.clock_anomaly": lambda _: "The database's clock was put back; what follows may seem older than it is",
    "audit.genesis": lambda of: f"The trail of installation {of.body['installation'][:8]} began",
    "audit.key_made": lambda _: "Made the key that signs checkpoints",
    "audit.key_rotated": lambda _: "Changed the key that signs checkpoints",
    "audit.restored": lambda _: "Said that entries are missing because a backup was restored",
    "audit.erased": lambda _: f"Erased the personal values of an {ERASED}",
    "audit.verification_requested": lambda _: "Asked for the whole trail to be verified",
    "audit.exported": _exported,
    "releases.exported": _exported,
    "sync.run": _run,
    "sync.requested": lambda of: f"Asked for a sync {of.where}",
    "connection.saved": lambda of: f"Connected {of.id.partition('/')[0]} / {of.body['project']['name']}",
    "artifact_rule.created": _rule("Made", "artifact rule"),
    "artifact_rule.changed": _rule("Changed", "artifact rule"),
    "artifact_rule.deleted": _rule("Took away", "artifact rule"),
    "artifact_rule.applied": _applied,
    "endpoint_rule.created": _rule("Made", "endpoint rule"),
    "endpoint_rule.changed": _rule("Changed", "endpoint rule"),
    "endpoint_rule.deleted": _rule("Took away", "endpoint rule"),
    "user.created": lambda of: f"Made an account for {of.private.get('name') or ERASED}",
    **{type: _command for type in EVENTS if type.startswith("command.")},
    "flag.set": _flag("Set the flag"),
    "flag.lifted": _flag("Lifted the flag"),
    "sending.stopped": lambda of: f"Stopped all sending to {of.id}",
    "sending.started": lambda of: f"Let commands to {of.id} go on",
    "user.renamed": _renamed,
    "user.password_changed": lambda of: f"Changed the password of {of.person}",
    "user.deactivated": _closed,
    "user.reactivated": lambda of: f"Opened the account of {of.person} again",
    "user.role_granted": lambda of: f"Gave {of.person} the role {role_words(of.changed('role')[1])} {of.where}",
    "user.role_revoked": lambda of: f"Took the role {role_words(of.changed('role')[0])} {of.where} from {of.person}",
    "user.second_factor_added": lambda _: "Added an authenticator app for signing in",
    "user.second_factor_removed": lambda of: f"Took the second factor of {of.person} away",
    "user.recovery_codes_renewed": lambda _: "Made new recovery codes",
    "legal_hold.placed": lambda of: f"Said that personal values of {of.person} must be kept",
    "legal_hold.lifted": lambda of: f"Said that personal values of {of.person} may be erased again",
    "invitation.created": lambda of: f"Made a link for a new {role_words(of.changed('role')[1])} {of.where}",
    "invitation.withdrawn": lambda of: f"Ended link {of.id} before anybody used it",
    "identity.placed": _placed,
    "api_key.created": _key_made,
    "api_key.revoked": lambda of: f"Ended the API key {of.id}",
    "stage.bound": _bound,
    "stage.unbound": lambda of: f"Left it to the rules where stage {_stage(of)} is served",
    "signin.succeeded": lambda _: "Signed in",
    "signin.failed": _not_signed_in,
    "signin.ended": lambda _: "Signed out",
    "signin.confirmed": lambda of: f"Proved again who they are, by {_method(of)}",
    "signin.confirmation_failed": lambda _: "Could not prove again who they are",
    "secrets.rotated": lambda of: f"Encrypted {counted(of.figure('seeds'), 'kept secret')} anew",
    "action.refused": _refused,
}
"""What each type says; who did it stands beside it."""
