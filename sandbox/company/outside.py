"""Everything that can be done to the company from outside, by name and plain arguments, so that it can be journaled.

`Company.act` calls these; the servers never change anything in another way. Acts are done by the service identity, as
with the token of a real connection, unless `by` names somebody of the company who does it in Azure's own pages.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.company import attaching, creating, editing, life, serving, verbs
from sandbox.company.archive import Archive
from sandbox.company.artifacts import ArtifactVersion
from sandbox.company.people import SLIPWAY, Person, anybody
from sandbox.company.pipelines import ArtifactSource, Pipeline
from sandbox.company.registry import Compute, EndpointDeployment
from sandbox.company.releases import Environment, Release, Truth
from sandbox.company.verbs import Refusal
from sandbox.company.world import World

Act = Callable[..., Any]


class Outside:
    """The acts. Each raises `Refusal` before it changed anything, or changes and returns what it changed."""

    def __init__(self, world: World, archive: Archive) -> None:
        self.world, self.archive = world, archive
        self.acts: dict[str, Act] = {
            "create": self.create,
            "deploy": self.deploy,
            "cancel": self.cancel,
            "update_release": self.update_release,
            "delete": self.delete,
            "undelete": self.undelete,
            "approve": self.approve,
            "save_definition": self.save_definition,
            "attach_compute": self.attach_compute,
            "set_traffic": self.set_traffic,
            "put_deployment": self.put_deployment,
            "serve": self.serve,
        }

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Does one of them; what follows at once from it does not wait for a slow company."""
        self.world.is_asked = True
        try:
            return self.acts[name](**arguments)
        finally:
            self.world.is_asked = False

    def create(
        self,
        definition: int,
        description: str = "",
        artifacts: dict[str, str] | None = None,
        manual_stages: list[str] | None = None,
        is_draft: bool = False,
        reason: str = "none",
        by: str = "",
    ) -> Release:
        """A new release; `artifacts` are version ids by alias, those to be specified at creation among them."""
        pipeline = self._pipeline(definition)
        for source in pipeline.current.artifacts:
            if source.asks_for_version and source.alias not in (artifacts or {}):
                message = f"VS402986: Artifact {source.alias} needs a version to be specified at release creation."
                raise Refusal(400, "InvalidRequestException", message)
        chosen = {alias: self._version(pipeline, alias, number) for alias, number in (artifacts or {}).items()}
        kind = {"manual": "manual", "schedule": "schedule", "pullRequest": "pull_request"}.get(reason, "unknown")
        return creating.create(
            self.world,
            pipeline,
            reason=reason if reason in ("none", "manual", "schedule", "pullRequest") else "none",  # type: ignore[arg-type]
            by=_who(by),
            why=Truth(kind),
            chosen=chosen,
            description=description,
            manual_stages=tuple(manual_stages or ()),
            is_draft=is_draft,
        )

    def deploy(
        self, release: int, environment: int, comment: str = "", when: str | None = None, by: str = ""
    ) -> Environment:
        """Deploys or redeploys a stage."""
        env = self._environment(release, environment)
        moment = datetime.fromisoformat(when) if when else None
        verbs.deploy(self.world, env, by=_who(by), when=moment, comment=comment)
        return env

    def cancel(self, release: int, environment: int, comment: str = "", by: str = "") -> Environment:
        """Cancels what a stage does."""
        env = self._environment(release, environment)
        verbs.cancel(self.world, env, by=_who(by), comment=comment)
        return env

    def update_release(self, release: int, changes: dict[str, Any], by: str = "") -> Release:
        """Abandons, starts a draft, keeps for ever, renames: what PATCH of a release can do."""
        found, comment, who = self._release(release), str(changes.get("comment") or ""), _who(by)
        status = str(changes.get("status") or "").lower()
        if status == "abandoned":
            verbs.abandon(self.world, found, by=who, comment=comment)
        elif status == "active" and found.status != "active":
            verbs.start_draft(self.world, found, by=who, comment=comment)
        if changes.get("keepForever") is not None and changes["keepForever"] != found.keep_forever:
            found.keep_forever = bool(changes["keepForever"])
            verbs.changed(self.world, found, who, "Retain", comment)
        if changes.get("name"):
            found.name = str(changes["name"])
            verbs.changed(self.world, found, who, "Rename", comment)
        return found

    def delete(self, release: int, comment: str = "", by: str = "") -> Release:
        """Soft-deletes."""
        found = self._release(release)
        verbs.delete(self.world, found, by=_who(by), comment=comment)
        return found

    def undelete(self, release: int, comment: str = "") -> Release:
        """Brings a soft-deleted release back."""
        found = self.archive.for_change(release)
        found.deleted_on = None
        verbs.changed(self.world, found, SLIPWAY, "Undelete", comment)
        return found

    def approve(self, decisions: list[dict[str, Any]], by: str = "") -> list[int]:
        """Answers approvals, all or none; returns their ids."""
        numbers, who = [int(decision["id"]) for decision in decisions], _who(by)
        if len(set(numbers)) < len(numbers):
            raise Refusal(400, "InvalidRequestException", "VS402984: An approval is named twice.")
        found = [(self._approval(number), decision) for number, decision in zip(numbers, decisions, strict=True)]
        checked = [(place, *self._checked(place, decision, who)) for place, decision in found]
        for place, status, comment, to in checked:
            if to is not None:
                verbs.reassign(self.world, place, by=who, to=to, comment=comment)
            else:
                verbs.decide(self.world, place, by=who, status=status, comment=comment)
        return numbers

    def _checked(self, place: verbs.Found, decision: dict[str, Any], by: Person) -> tuple[str, str, Person | None]:
        """What is wanted of one approval; refused here, before any of them changed."""
        status, comment = str(decision.get("status") or "").lower(), str(decision.get("comments") or "")
        if status != "reassigned":
            verbs.check_can_become(status)
            verbs.check_can_decide(place, by=by)
            return status, comment, None
        verbs.check_is_pending(place[2])
        try:
            return status, comment, anybody(str((decision.get("approver") or {}).get("id", "")))
        except KeyError as error:
            raise Refusal(400, "InvalidRequestException", "VS402985: The new approver is not known.") from error

    def save_definition(self, body: dict[str, Any], by: str = "") -> Pipeline:
        """Saves a changed definition; an old revision is refused."""
        pipeline = self._pipeline(int(body.get("id") or 0))
        editing.save(self.world, pipeline, body, by=_who(by))
        if pipeline.looks:
            life.keep_schedule(self.world, pipeline)
        return pipeline

    def attach_compute(self, name: str, resource_id: str, namespace: str = "default", fails: bool = False) -> Compute:
        """Attaches an AKS cluster as a Kubernetes compute, which takes a moment and may fail in the end."""
        return attaching.attach(
            self.world, name, resource_id=resource_id, namespace=namespace, ending="Failed" if fails else "Succeeded"
        )

    def set_traffic(self, endpoint: str, traffic: dict[str, int]) -> None:
        """Sends an endpoint's traffic elsewhere."""
        found = self.world.registry.endpoints[endpoint]
        found.traffic = {name: int(traffic.get(name, 0)) for name in found.deployments}
        found.modified_on = self.world.clock.now
        self.world.tell("drift", endpoint=found)

    def put_deployment(self, endpoint: str, name: str, model: str, model_version: str, **settings: Any) -> None:
        """Creates or changes a deployment behind an endpoint."""
        found, now = self.world.registry.endpoints[endpoint], self.world.clock.now
        found.deployments[name] = EndpointDeployment(name, model, model_version, now, SLIPWAY, now, **settings)
        found.traffic.setdefault(name, 0)

    def serve(self, endpoint: str, deployed: bool) -> bool:
        """An endpoint serves what was deployed last, or another version; False when it does so already."""
        change = serving.repair if deployed else serving.serve_other
        return change(self.world, endpoint)

    def _pipeline(self, definition: int) -> Pipeline:
        pipeline = self.world.pipelines.get(definition)
        if pipeline is None:
            message = f"VS402877: Release pipeline with ID {definition} does not exist."
            raise Refusal(404, "ReleaseDefinitionNotFoundException", message)
        return pipeline

    def _release(self, release: int) -> Release:
        try:
            found = self.archive.for_change(release)
        except KeyError:
            found = None
        if found is None or found.deleted_on is not None:
            raise Refusal(404, "ReleaseNotFoundException", f"VS402867: Release with ID {release} does not exist.")
        return found

    def _environment(self, release: int, environment: int) -> Environment:
        try:
            return self._release(release).environment(environment)
        except KeyError as error:
            message = f"VS402881: Release stage with ID {environment} does not exist in release {release}."
            raise Refusal(404, "ReleaseEnvironmentNotFoundException", message) from error

    def _approval(self, identity: int) -> verbs.Found:
        try:
            env, attempt, approval = self.archive.approval(identity)
        except KeyError as error:
            message = f"VS402883: Approval with ID {identity} does not exist."
            raise Refusal(404, "ApprovalNotFoundException", message) from error
        self._release(env.release.id)
        return env, attempt, approval

    def _version(self, pipeline: Pipeline, alias: str, number: str) -> ArtifactVersion:
        source: ArtifactSource | None = pipeline.current.artifact(alias)
        for version in creating.offered(self.world, source) if source else ():
            if version.id == number:
                return version
        message = f"VS402878: Artifact {alias} has no version {number}."
        raise Refusal(400, "InvalidRequestException", message)


def _who(by: str) -> Person:
    """Who acts: the service itself, unless somebody is named."""
    try:
        return anybody(by) if by else SLIPWAY
    except KeyError as error:
        raise Refusal(400, "SandboxAct", f"Nobody in the company is called {by}.") from error
