"""Whether a scaler and a model belong together: by tag, by an input of the run, by a common run, or nobody knows."""

from typing import Any

import pytest

from releases.models import ModelVersion, TrainingRun
from releases.queries.fitting import misfits
from releases.states import ArtifactRole


def row(name: str, version: str, *, run: str = "", inputs: Any = (), **more: Any) -> ModelVersion:
    trained = TrainingRun(name=run, display_name=run, inputs=list(inputs)) if run else None
    return ModelVersion(name=name, version=version, job_name=run, training_run=trained, **more)


def said(model: ModelVersion, scaler: ModelVersion, *others: ModelVersion) -> str:
    chosen = [(ArtifactRole.MODEL, model), (ArtifactRole.SCALER, scaler)]
    return " ".join(f"{one.title} {one.detail}" for one in misfits(chosen, known=[model, scaler, *others]))


CASES = [
    (row("m", "8", tags={"scaler": "scaler:3"}), row("scaler", "3"), (), ""),
    (row("m", "8", tags={"scaler_version": "v3"}), row("scaler", "3"), (), ""),
    (row("m", "8", tags={"scaler": "other:4"}), row("scaler", "3"), (), ""),
    (row("m", "8", tags={"scaler": "on all of it"}), row("scaler", "3"), (), ""),
    (row("m", "8", tags={"scaler_width": "4"}), row("scaler", "3"), (), ""),
    (row("m", "8", tags={"fitted with": "scaler:3"}), row("scaler", "3"), (), ""),
    (
        row("m", "8", tags={"scaler": "4"}),
        row("scaler", "3"),
        (),
        "Scaler v3 was not fitted for model v8. Model v8 names scaler v4, which is not on offer.",
    ),
    (
        row("m", "8", run="run-118", inputs=[{"uri": "azureml:scaler:4"}]),
        row("scaler", "3"),
        (row("scaler", "4"),),
        "Scaler v3 was not fitted for model v8. Training run run-118 used scaler v4.",
    ),
    (
        row("m", "8", run="run-118"),
        row("scaler", "3", run="run-117"),
        (row("m", "7", run="run-117"), row("scaler", "4", run="run-118")),
        "Scaler v3 was fitted for model v7. Training run run-118 used scaler v4.",
    ),
    (row("m", "8", run="a"), row("scaler", "3", run="b"), (), ""),
    (
        row("m", "8"),
        row("scaler", "3", properties={"model": "m:7"}),
        (),
        "Scaler v3 was fitted for model v7. Model v8 does not say which scaler it wants.",
    ),
]


@pytest.mark.parametrize(("model", "scaler", "others", "told"), CASES)
def test_a_pair_that_does_not_fit_is_told_with_what_says_so(model, scaler, others, told):
    assert said(model, scaler, *others) == told
