"""Training jobs and the model versions they register. Called by life, the founding and the opening.

A job takes its time; when it completes, a version is registered and those who listen to "registered" act on it.
"""

import random
from dataclasses import dataclass

from sandbox.company.clock import MINUTE
from sandbox.company.people import AZURE_ML, Person
from sandbox.company.registry import DataInput, Model, ModelVersion, TrainingJob
from sandbox.company.world import World

_DATA = "azureml://datastores/workspaceblobstore/paths/harbour"


@dataclass(frozen=True)
class Training:
    """What is trained, from which repository, by whom."""

    model: str
    repository: str
    by: Person
    minutes: float = 72.0
    fails: bool = False
    tags: tuple[tuple[str, str], ...] = ()


def train(world: World, training: Training) -> TrainingJob:
    """Starts a job; ends by itself, and registers a version unless it fails."""
    registry, commit = world.registry, world.repositories[training.repository].head
    number = sum(job.experiment == training.model for job in registry.jobs.values()) + 101
    name = f"{training.model}-train-{number}"
    dice = world.dice("job", name)
    job = TrainingJob(
        name=name,
        display_name=name,
        experiment=training.model,
        status="Queued",
        created_on=world.clock.now,
        created_by=training.by,
        compute="cpu-cluster",
        command="python train.py --data ${{inputs.training_data}} --seed 7",
        commit=commit.id,
        branch="main",
        repository_url=world.repositories[training.repository].url,
        dirty=dice.random() < 0.12,
        inputs=_inputs(training.model, number, dice),
        tags=dict(training.tags),
    )
    registry.jobs[name] = job
    world.tell("job", job=job)
    world.clock.later(2 * MINUTE, lambda: _started(world, job))
    world.clock.later((training.minutes + 2) * MINUTE, lambda: _ended(world, job, training, dice))
    return job


def register(world: World, model: str, *, by: Person, job: TrainingJob | None, tags: dict[str, str]) -> ModelVersion:
    """A new version in the registry; tells everybody."""
    container = world.registry.models.setdefault(model, Model(model, f"{model} of the harbour"))
    number = str(len(container.versions) + 1)
    version = ModelVersion(
        model,
        number,
        world.clock.now,
        by,
        job.name if job else None,
        tags=tags,
        properties={"framework": "onnx 1.16"},
        path=f"azureml://jobs/{job.name}/outputs/artifacts/model" if job else f"{_DATA}/{model}/{number}/model.onnx",
        modified_on=world.clock.now,
    )
    container.versions.append(version)
    world.tell("registered", version=version)
    return version


def _inputs(model: str, number: int, dice: random.Random) -> dict[str, DataInput]:
    version = str(number - 89)
    inputs = {
        "training_data": DataInput(f"{model}-training-data", version, f"azureml:{model}-training-data:{version}"),
        "test_data": DataInput(f"{model}-test", "3", f"azureml:{model}-test:3", "uri_file"),
    }
    if dice.random() < 0.2:
        local = f"{_DATA}/LocalUpload/{dice.getrandbits(128):032x}/calibration.csv"
        inputs["calibration"] = DataInput("calibration", None, local, "uri_file")
    return inputs


def _started(world: World, job: TrainingJob) -> object:
    if job.status != "Queued":
        return False
    job.status, job.started_on = "Running", world.clock.now
    world.tell("job", job=job)
    return True


def _ended(world: World, job: TrainingJob, training: Training, dice: random.Random) -> None:
    job.finished_on = world.clock.now
    job.status = "Failed" if training.fails else "Completed"
    if not training.fails:
        job.metrics = _metrics(dice, len(world.registry.models.get(training.model, Model("", "")).versions))
        job.tags.update({f"metric.{name}": f"{value}" for name, value in job.metrics.items()})
    world.tell("job", job=job)
    if not training.fails:
        tags = {"validated": "true" if dice.random() < 0.7 else "false", "stage": "candidate"}
        for name in ("accuracy", "p95_ms"):
            if dice.random() < 0.93:
                tags[f"metric.{name}"] = f"{job.metrics[name]}"
        register(world, training.model, by=AZURE_ML, job=job, tags=tags)


def _metrics(dice: random.Random, versions: int) -> dict[str, float]:
    accuracy = min(0.985, 0.90 + 0.012 * (versions**0.5) + dice.gauss(0, 0.006))
    metrics = {
        "accuracy": round(accuracy, 4),
        "precision": round(accuracy - dice.uniform(0.004, 0.02), 4),
        "f1": round(accuracy - dice.uniform(0.002, 0.015), 4),
        "p95_ms": float(round(dice.gauss(43, 5))),
    }
    if dice.random() < 0.4:
        metrics["calibration_error"] = round(abs(dice.gauss(0.03, 0.01)), 3)
    return metrics
