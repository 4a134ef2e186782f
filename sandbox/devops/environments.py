"""Handlers of one stage of a release: look, deploy, cancel; its logs."""

import io
import zipfile

from sandbox.company.logs import job_lines, lines_of
from sandbox.company.releases import Attempt, Environment, Phase, Release
from sandbox.devops.asking import json_list, moment_of, number
from sandbox.devops.desk import Desk, dumped, links_of
from sandbox.devops.stage_json import stage_json
from sandbox.http.messages import Refused, Request, Response, Route

TEXT = "text/plain; charset=utf-8"


class Environments:
    """The environments resource and the logs below it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """Its routes."""
        release = "/{org}/{project}/_apis/Release/releases/{release:int}"
        one = release + "/environments/{environment:int}"
        log = one + "/deployPhases/{phase:int}/tasks/{task:int}/logs"
        interventions = release + "/manualInterventions"
        gate = "/{org}/{project}/_apis/Release/gates/{gate:int}"
        return [
            self.desk.route("GET", one, self.get, "environments.get"),
            self.desk.route("PATCH", one, self.update, "environments.update"),
            self.desk.route("GET", log, self.log, "logs.task"),
            self.desk.route("GET", release + "/logs", self.logs, "logs.release"),
            self.desk.route("GET", interventions, self.interventions, "interventions.list"),
            self.desk.route("GET", interventions + "/{intervention:int}", self.intervention, "interventions.get"),
            self.desk.route("PATCH", interventions + "/{intervention:int}", self.intervention, "interventions.update"),
            self.desk.route("PATCH", gate, self.gate, "gates.update"),
        ]

    def get(self, request: Request) -> Response:
        """The stage in full depth."""
        return Response(body=self._body(request, self.desk.environment(request)))

    def update(self, request: Request) -> Response:
        """Deploys (inProgress) or cancels; a deployment is answered with "queued", its attempt comes a moment later."""
        body, env = request.json(), self.desk.environment(request)
        status, comment = str(body.get("status") or "").lower(), str(body.get("comment") or "")
        where = {"release": env.release.id, "environment": env.id, "comment": comment}
        if status == "inprogress":
            when = moment_of(body.get("scheduledDeploymentTime"), "scheduledDeploymentTime")
            env = self.desk.company.act("deploy", **where, when=when.isoformat() if when else None)
            return Response(body=self._body(request, env), effect="deploy")
        if status == "canceled":
            env = self.desk.company.act("cancel", **where)
            return Response(body=self._body(request, env), effect="cancel")
        raise Refused(400, "InvalidRequestException", f"VS402972: A stage cannot be set to {body.get('status')!r}.")

    def log(self, request: Request) -> Response:
        """The text of one task, or of the job; `startLine` and `endLine` count from 1, both included."""
        env, (attempt, phase) = self.desk.environment(request), self._phase(request)
        wanted, now = int(request.route["task"]), self.desk.company.now
        if wanted == phase.job_id:
            lines = job_lines(env, attempt, phase, now=now)
        else:
            step = next((s for s in phase.steps if s.id == wanted), None)
            lines = lines_of(env, attempt, step, now=now) if step else []
        if not lines:
            raise Refused(404, "ReleaseTaskLogNotFoundException", f"VS402973: There is no log of task {wanted}.")
        first, last = number(request, "startLine") or 1, number(request, "endLine") or len(lines)
        text = "".join(f"{line}\r\n" for line in lines[max(0, first - 1) : last])
        return Response(body=text.encode(), content_type=TEXT)

    def logs(self, request: Request) -> Response:
        """All logs of a release as a zip, in folders named after stage and attempt."""
        release, held = self.desk.release(request), io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as files:
            for name, text in self._files(release):
                files.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
        return Response(body=held.getvalue(), content_type="application/zip")

    def interventions(self, request: Request) -> Response:
        """No stage of the company has any."""
        self.desk.release(request)
        return json_list([])

    def intervention(self, request: Request) -> Response:
        """There is none to be had."""
        identity = request.route["intervention"]
        message = f"VS402974: Manual intervention {identity} does not exist."
        raise Refused(404, "ManualInterventionNotFoundException", message)

    def gate(self, request: Request) -> Response:
        """No stage of the company has gates."""
        raise Refused(404, "ReleaseGatesNotFoundException", f"VS402975: Gates {request.route['gate']} do not exist.")

    def _files(self, release: Release) -> list[tuple[str, str]]:
        now = self.desk.company.now
        return [
            (f"{env.spec.name} {attempt.number}/{step.rank}_{step.name}.log".replace(":", " "), "\r\n".join(lines))
            for env in release.environments
            for attempt in env.attempts
            for phase in attempt.phases
            for step in phase.steps
            if (lines := lines_of(env, attempt, step, now=now))
        ]

    def _phase(self, request: Request) -> tuple[Attempt, Phase]:
        wanted = int(request.route["phase"])
        for attempt in self.desk.environment(request).attempts:
            for phase in attempt.phases:
                if phase.id == wanted:
                    return attempt, phase
        raise Refused(404, "ReleaseDeployPhaseNotFoundException", f"VS402976: Phase {wanted} does not exist.")

    def _body(self, request: Request, env: Environment) -> bytes:
        return dumped(stage_json(links_of(request), env, depth="detailed"))
