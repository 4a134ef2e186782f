"""The log of a step, made from what is known of it: always the same lines, more of them as it runs."""

from datetime import datetime

from sandbox.company.releases import Attempt, Environment, Phase, Step

_FILLER = (
    "Copying $(Build.ArtifactStagingDirectory)/{n} to /azp/_work/r1/a",
    "[debug] evaluating condition succeeded(): true",
    "Progress: {n} of 40",
    "GET https://westeurope.api.azureml.ms/mlflow/v2.0/mlflow_ws 200 in {n}1 ms",
    "secret of service connection harbour-mlops: ***",
    "\x1b[32m\u2713\x1b[0m checksum of part {n} \x1b[1mmatches\x1b[0m",
    "Downloading wheel  12 %\rDownloading wheel  67 %\rDownloading wheel 100 %",
    "##[command]/usr/bin/bash --noprofile -e /azp/_work/_temp/{n}.sh",
)


def lines_of(env: Environment, attempt: Attempt, step: Step, *, now: datetime) -> list[str]:
    """What the log says by now; empty for a step that never began."""
    if step.started_on is None or step.task is None:
        return []
    texts = _texts(env, attempt, step)
    end = step.expected_on or step.finished_on or now
    each = (end - step.started_on) / max(1, len(texts) - 1)
    shown = [(step.started_on + each * number, text) for number, text in enumerate(texts)]
    if step.finished_on is None:
        shown = [(moment, text) for moment, text in shown if moment <= now]
    elif step.status == "canceled":
        shown = [(moment, text) for moment, text in shown if moment < step.finished_on]
        shown.append((step.finished_on, "##[error]The operation was canceled."))
    last = step.finished_on or now
    return [f"{_stamp(min(moment, last))} {text}" for moment, text in shown]


def job_lines(env: Environment, attempt: Attempt, phase: Phase, *, now: datetime) -> list[str]:
    """The log of the job: those of its steps, one after the other."""
    return [line for step in phase.steps for line in lines_of(env, attempt, step, now=now)]


def _texts(env: Environment, attempt: Attempt, step: Step) -> list[str]:
    task = step.task
    assert task is not None
    head = [f"##[section]Starting: {step.name}", "=" * 78, f"Task         : {task.task or step.name}"]
    head += [f"Version      : {task.version or '1.0'}", f"Stage        : {env.spec.name}, attempt {attempt.number}"]
    head += ["=" * 78]
    if step.rank == 2:
        head += [f"Downloading {v.alias} {v.name}" for v in env.release.artifacts]
    count = 4 + (attempt.deployment_id * 7 + step.rank * 13) % 23 if task.task else 2
    filler = [_FILLER[(number + step.rank) % len(_FILLER)].format(n=number) for number in range(count)]
    half = count // 2
    tail = list(task.trouble) if step.fails else []
    return [*head, *filler[:half], *task.chatter, *filler[half:], *tail, f"##[section]Finishing: {step.name}"]


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond:06d}0Z"
