"""Parameters of the lists of what Azure ML knows."""

from releases.api.filters.base import PageFilter, by_id, time, word


class ModelVersionFilter(PageFilter):
    """Parameters of `model-versions`."""

    workspace = word("Name of the workspace.")
    name = word("Name of the model.")
    version = word("The version.")
    training_run = by_id("Our id of the run that trained it.")
    person = word("Name or e-mail address of who registered it.")
    created_after = time("Registered at or after.")
    created_before = time("Registered before.")


class TrainingRunFilter(PageFilter):
    """Parameters of `training-runs`."""

    workspace = word("Name of the workspace.")
    name = word("Azure ML's name of the job.")
    experiment = word("Name of the experiment.")
    status = word("Azure ML's word for the job, whatever its case.")
    model = word("Name of a model that it made.")
    person = word("Name or e-mail address of its owner.")
    created_after = time("Created at or after.")
    created_before = time("Created before.")
