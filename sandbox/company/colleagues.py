"""What somebody does in Azure's own pages, with their own identity: made into acts. Called through a door for tests."""

from collections.abc import Callable
from typing import Any

from sandbox.company.company import Company
from sandbox.company.people import MARCO, SOFIA, Person, anybody
from sandbox.company.releases import Approval, Environment
from sandbox.company.verbs import Refusal

Wish = dict[str, Any]
Done = dict[str, Any]


def act(company: Company, wish: Wish) -> Done:
    """Does it and says by whom. Raises `Refusal`, also where the wish cannot be understood.

    `verb` is deploy, cancel, approve or reject (with `release` and `environment`, by name or id), abandon, start or
    delete (with `release`), create (with `definition`, and as `Outside.create`), save (with a definition as `body`).
    `by` is anybody of the company, else a colleague who may; `comment` what they write.
    """
    verb = str(wish.get("verb"))
    if verb not in VERBS:
        raise Refusal(400, "SandboxAct", f"A colleague can {', '.join(VERBS)}; not {verb!r}.")
    try:
        with company.lock:
            company.see()
            return {"verb": verb, **VERBS[verb](company, wish)}
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(400, "SandboxAct", f"{verb} cannot be understood: {error!r}.") from error


def _stage(company: Company, wish: Wish) -> Done:
    env, by = _environment(company, wish), _by(wish)
    company.act(str(wish["verb"]), release=env.release.id, environment=env.id, comment=_comment(wish), by=by.key)
    return {"release": env.release.id, "environment": env.id, "by": by.display_name}


def _decide(company: Company, wish: Wish) -> Done:
    env = _environment(company, wish)
    approval = _approval(env, wish)
    by = anybody(wish["by"]) if wish.get("by") else _who_may(env, approval)
    status = {"approve": "approved", "reject": "rejected"}[wish["verb"]]
    company.act("approve", decisions=[{"id": approval.id, "status": status, "comments": _comment(wish)}], by=by.key)
    return {"release": env.release.id, "environment": env.id, "approval": approval.id, "by": by.display_name}


def _release(company: Company, wish: Wish) -> Done:
    release, by = int(wish["release"]), _by(wish)
    if wish["verb"] == "delete":
        company.act("delete", release=release, comment=_comment(wish), by=by.key)
    else:
        status = {"abandon": "abandoned", "start": "active"}[wish["verb"]]
        changes = {"status": status, "comment": _comment(wish)}
        company.act("update_release", release=release, changes=changes, by=by.key)
    return {"release": release, "by": by.display_name}


def _create(company: Company, wish: Wish) -> Done:
    by, known = _by(wish), ("definition", "description", "artifacts", "manual_stages", "is_draft")
    given = {name: wish[name] for name in known if name in wish}
    made = company.act("create", **given, reason="manual", by=by.key)
    return {"release": made.id, "by": by.display_name}


def _save(company: Company, wish: Wish) -> Done:
    by = _by(wish)
    saved = company.act("save_definition", body=wish["body"], by=by.key)
    return {"definition": saved.id, "revision": saved.current.number, "by": by.display_name}


VERBS: dict[str, Callable[[Company, Wish], Done]] = {
    "deploy": _stage,
    "cancel": _stage,
    "approve": _decide,
    "reject": _decide,
    "abandon": _release,
    "start": _release,
    "delete": _release,
    "create": _create,
    "save": _save,
}


def _by(wish: Wish) -> Person:
    return anybody(wish["by"]) if wish.get("by") else SOFIA


def _comment(wish: Wish) -> str:
    return str(wish.get("comment") or "")


def _environment(company: Company, wish: Wish) -> Environment:
    release, wanted = company.archive.release(int(wish["release"])), str(wish["environment"])
    for env in release.environments:
        if wanted in (str(env.id), env.spec.name):
            return env
    raise KeyError(wanted)


def _approval(env: Environment, wish: Wish) -> Approval:
    """The one that is named, else the first that waits."""
    waiting = [a for a in (env.latest.approvals if env.latest else []) if a.status == "pending"]
    if "approval" in wish:
        waiting = [a for a in waiting if a.id == int(wish["approval"])]
    if not waiting:
        raise Refusal(409, "SandboxAct", f"Nothing waits for an approval in {env.spec.name} of {env.release.name}.")
    return waiting[0]


def _who_may(env: Environment, approval: Approval) -> Person:
    """The approver, or a member of the group; where only a program was asked, an administrator in its place."""
    asked = approval.approver
    people = [one for one in ((asked, *asked.members) if asked else ()) if one.kind == "person"]
    requester = env.latest.requested_by if env.latest else None
    return next((one for one in people if one not in (env.release.created_by, requester)), MARCO)
