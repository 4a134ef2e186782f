"""A pipeline whose definition was read, with what Azure offered of each artifact: for tests of new releases."""

from typing import Any

from django.utils import timezone

from releases.models import Inquiry, Pipeline
from releases.queries import offers
from tests.pages import definitions
from tests.pages.company import Company, company

SHA = "e04d5aa{:033d}"


def made_company(**more: Any) -> Company:
    """The company, whose pipeline takes a model, a scaler and code; PROD asks somebody and starts after DEV TEST."""
    made = company()
    stages = [
        definitions.stage(made.dev.definition_environment_id, "DEV TEST"),
        definitions.stage(made.prod.definition_environment_id, "PROD", before=definitions.asking(definitions.AYLA)),
    ]
    carried = [
        definitions.artifact("model", "AzureML", "support-vector-classifier", **more),
        definitions.artifact("scaler", "AzureML", "scaler"),
        definitions.artifact("_code", "Git", "Learn_MLOps"),
    ]
    definitions.revision(made.pipeline, {"environments": stages, "artifacts": carried})
    made.dev.conditions = [{"name": "ReleaseStarted", "conditionType": "event"}]
    made.dev.save()
    return made


def version(id: str, **more: str) -> dict[str, str]:
    """One version on offer."""
    return {"id": id, "name": id, "branch": "", "commit": "", "message": "", **more}


def artifact(alias: str, *versions: dict[str, str], error: str = "") -> dict[str, Any]:
    """What is on offer of one artifact."""
    default = versions[0]["id"] if versions else ""
    return {"alias": alias, "versions": list(versions), "default": default, "error": error}


def commits(count: int = 3) -> list[dict[str, str]]:
    """So many commits, newest first."""
    named = [SHA.format(number) for number in range(count, 0, -1)]
    return [version(one, name=one[:8], branch="main", commit=one, message=f"Change {one[-2:]}") for one in named]


def answered(pipeline: Pipeline, *told: dict[str, Any], sentence: str = "") -> Inquiry:
    """The question what is on offer, answered just now: by default all there is of everything."""
    now = timezone.now()
    models = artifact("model", *(version(str(number)) for number in (8, 7, 6)))
    all_of_it = told or (models, artifact("scaler", version("1")), artifact("_code", *commits()))
    answer = {"sentence": sentence, "artifacts": [] if sentence else list(all_of_it)}
    return Inquiry.objects.create(
        kind=offers.KIND,
        payload={"pipeline": pipeline.pk},
        asked_at=now,
        answered_at=now,
        state=Inquiry.State.ANSWERED,
        answer=answer,
    )
