"""The four pipelines: Port Weather, Berth ETA, Swell Height, Tide Gauge. Facts only; `founding` plays them."""

from dataclasses import replace
from datetime import UTC, datetime

from sandbox.company.harbour import (
    GROUP,
    LONG_STAGE,
    MONDAY,
    SERVICE,
    WEEKDAYS,
    Edit,
    PipelinePlan,
    add_triggers,
    after,
    build,
    change_stage,
    code,
    drop_trigger,
    model,
    on_push,
    on_version,
    rename_stage,
    seats,
    size,
    stage,
    stage_tasks,
    weekly,
)
from sandbox.company.people import AYLA, INGRID, JONAS, MARCO, PRIYA, SOFIA, TOMAS, WEI, Person
from sandbox.company.pipelines import ArtifactSource, Revision, StageSpec, Trigger

_NEVER = datetime(1, 1, 1, tzinfo=UTC)
PORT_DEV, PORT_QA, PORT_PROD = 2, 3, 4
ETA_DEV, ETA_STAGING, ETA_PROD = 11, 12, 13
SWELL_DEV, SWELL_PROD = 21, 22
TIDE_DEV, TIDE_PROD = 31, 32


def _first(
    name: str, by: Person, stages: tuple[StageSpec, ...], artifacts: tuple[ArtifactSource, ...], *triggers: Trigger
) -> Revision:
    return Revision(1, _NEVER, by, "", name, stages, artifacts, triggers, "Release-$(rev:r)", {"workspace": "mlops_ws"})


def _variables(revision: Revision, **values: str | None) -> Revision:
    return replace(revision, variables=revision.variables | values)


def _with_qa(revision: Revision) -> Revision:
    qa = stage(PORT_QA, "QA", 2, tasks=stage_tasks("ACI", "aci-webservice", aci=True)[-1:], conditions=after("DEV"))
    dev, prod = revision.stage(PORT_DEV), revision.stage(PORT_PROD)
    return replace(revision, stages=(dev, qa, replace(prod, rank=3, conditions=after("QA"))))


def _without_qa(revision: Revision) -> Revision:
    prod = replace(revision.stage(PORT_PROD), rank=2, conditions=after("DEV"))
    return replace(revision, stages=(revision.stage(PORT_DEV), prod))


PORT_WEATHER = PipelinePlan(
    id=7,
    key="port",
    repository="Learn_MLOps",
    model="support-vector-classifier",
    scaler="scaler",
    born=0.0,
    share=0.44,
    trains_every=16.0,
    fails=0.13,
    weights={"push": 0.52, "manual": 0.17, "pullRequest": 0.10, "none": 0.03, "model": 0.14, "scaler": 0.04},
    first=_first(
        "Port Weather ML Pipeline",
        PRIYA,
        (
            stage(PORT_DEV, "DEV", 1, tasks=stage_tasks("ACI", "aci-webservice", aci=True), endpoint="aci-webservice"),
            stage(
                PORT_PROD,
                "PROD",
                2,
                tasks=stage_tasks("AKS", "prod-webservice", aci=False),
                conditions=after("DEV"),
                before=seats((1, JONAS)),
                endpoint="prod-webservice",
                variables={"namespace": "ml", "endpointKey": None, **size()},
            ),
        ),
        (code("Learn_MLOps"), model("support-vector-classifier"), model("scaler")),
        on_push("_Learn_MLOps"),
    ),
    edits=(
        Edit(0.02, PRIYA, "Release on new model versions", add_triggers(on_version("_support-vector-classifier"))),
        Edit(0.04, PRIYA, "QA between DEV and PROD", _with_qa),
        Edit(0.08, PRIYA, "Mondays 11:00", add_triggers(weekly(MONDAY, 11, 0, "FLE Standard Time"))),
        Edit(0.11, SOFIA, "", lambda r: _variables(r, **{"system.debug": "false"})),
        Edit(0.15, MARCO, "Two pairs of eyes", change_stage(PORT_PROD, before=seats((1, JONAS), (2, AYLA)))),
        Edit(0.20, SOFIA, "Secret for the storage", lambda r: _variables(r, storageKey=None)),
        Edit(0.25, MARCO, "QA repeats DEV, dropped", _without_qa),
        Edit(0.40, PRIYA, "Call it what it is", rename_stage(PORT_DEV, "DEV TEST")),
        Edit(0.46, SOFIA, "Pull requests go to DEV TEST", change_stage(PORT_DEV, accepts_pull_requests=True)),
        Edit(0.461, SOFIA, "", add_triggers(Trigger("pullRequest", "_Learn_MLOps", ("main",)))),
        Edit(0.60, MARCO, "QA as a group", change_stage(PORT_PROD, before=seats((1, GROUP), required=1))),
        Edit(0.80, PRIYA, "Scaler alone is a reason too", add_triggers(on_version("_scaler"))),
        Edit(0.90, MARCO, "Approvals through Slipway", change_stage(PORT_PROD, before=seats((1, SERVICE)))),
        Edit(0.97, SOFIA, "No pull requests for now", drop_trigger("pullRequest", "_Learn_MLOps")),
    ),
)

BERTH_ETA = PipelinePlan(
    id=12,
    key="eta",
    repository="berth-eta",
    model="eta-gbm",
    scaler="eta-scaler",
    born=0.06,
    share=0.31,
    trains_every=19.0,
    fails=0.11,
    weights={"push": 0.45, "manual": 0.20, "pullRequest": 0.14, "none": 0.02, "model": 0.14, "scaler": 0.05},
    first=_first(
        "Berth ETA Pipeline",
        SOFIA,
        (
            stage(
                ETA_DEV,
                "DEV TEST",
                1,
                tasks=stage_tasks("ACI", "eta-dev", aci=True),
                endpoint="eta-dev",
                accepts_pull_requests=True,
            ),
            stage(
                ETA_STAGING,
                LONG_STAGE,
                2,
                tasks=stage_tasks("AKS", "eta-staging", aci=False, shadow=True),
                conditions=after("DEV TEST"),
                after=seats((1, INGRID)),
                endpoint="eta-staging",
                variables=size(MIN_REPLICAS="1"),
            ),
            stage(
                ETA_PROD,
                "PROD",
                3,
                tasks=stage_tasks("AKS", "eta-prod", aci=False),
                conditions=after(LONG_STAGE),
                before=seats((1, INGRID), skip=True),
                endpoint="eta-prod",
                variables=size(CPU_CORES="2", MEMORY_GB="4"),
            ),
        ),
        (
            code("berth-eta"),
            model("eta-gbm", prefixed="id"),
            model("eta-scaler", prefixed="id"),
            build("berth-eta-CI", "23"),
        ),
        on_push("_berth-eta"),
        Trigger("pullRequest", "_berth-eta", ("main",)),
    ),
    edits=(
        Edit(0.10, SOFIA, "Release on new models", add_triggers(on_version("_eta-gbm"), on_version("_eta-scaler"))),
        Edit(0.18, WEI, "Shorter name", rename_stage(ETA_STAGING, "STAGING")),
        Edit(0.30, MARCO, "Both leads", change_stage(ETA_PROD, before=seats((1, JONAS), (1, AYLA)))),
        Edit(0.45, SOFIA, "", lambda r: replace(r, flags_triggering_artifact="true")),
        Edit(0.55, MARCO, "", change_stage(ETA_STAGING, after=seats((1, INGRID), (1, JONAS), required=1))),
        Edit(0.75, MARCO, "Any of QA", change_stage(ETA_PROD, before=seats((1, GROUP), required=1))),
    ),
)

SWELL_HEIGHT = PipelinePlan(
    id=15,
    key="swell",
    repository="swell-height",
    model="swell-ridge",
    scaler="swell-scaler",
    born=0.90,
    share=0.03,
    trains_every=13.0,
    fails=0.55,
    reaches_production=False,
    weights={"push": 0.0, "manual": 0.35, "pullRequest": 0.0, "none": 0.1, "model": 0.55, "scaler": 0.0},
    first=_first(
        "Swell Height Pipeline",
        TOMAS,
        (
            stage(SWELL_DEV, "DEV TEST", 1, tasks=stage_tasks("ACI", "swell-dev", aci=True), endpoint="swell-dev"),
            stage(
                SWELL_PROD,
                "PROD",
                2,
                tasks=stage_tasks("AKS", "swell-prod", aci=False, cluster="old-aks"),
                conditions=after("DEV TEST"),
                before=seats((1, MARCO), creator=False),
                variables=size(),
            ),
        ),
        (code("swell-height", kind="GitHub"), model("swell-ridge"), model("swell-scaler")),
        on_version("_swell-ridge"),
        weekly(WEEKDAYS, 6, 30, "UTC", changes=True),
    ),
    edits=(
        Edit(0.01, TOMAS, "", lambda r: replace(r, flags_triggering_artifact=None, describes_trigger=False)),
        Edit(0.2, TOMAS, "Daily was too often", lambda r: replace(r, triggers=(r.triggers[0],))),
        Edit(0.3, TOMAS, "Mondays", add_triggers(weekly(MONDAY, 16, 30, "Europe/Helsinki"))),
    ),
)

TIDE_GAUGE = PipelinePlan(
    id=21,
    key="tide",
    repository="tide-gauge",
    model="tide-lstm",
    scaler="tide-scaler",
    born=0.0,
    share=0.22,
    trains_every=24.0,
    fails=0.09,
    weights={"push": 0.50, "manual": 0.22, "pullRequest": 0.0, "none": 0.06, "model": 0.12, "scaler": 0.10},
    first=replace(
        _first(
            "Tide Gauge Pipeline",
            WEI,
            (
                stage(TIDE_DEV, "DEV TEST", 1, tasks=stage_tasks("ACI", "tide-dev", aci=True), endpoint="tide-dev"),
                stage(
                    TIDE_PROD,
                    "PROD",
                    2,
                    tasks=stage_tasks("AKS", "tide-prod", aci=False),
                    conditions=after("DEV TEST", value="132"),
                    before=seats((1, AYLA)),
                    endpoint="tide-prod",
                    variables=size(SCORING_TIMEOUT_MS="30000"),
                ),
            ),
            (
                build("tide-gauge-CI", "31", primary=True),
                model("tide-lstm", prefixed="name"),
                model("tide-scaler", hides_name=True),
            ),
            on_version("_tide-gauge-CI", "main"),
            on_version("_tide-lstm"),
        ),
        flags_triggering_artifact=None,
        numeric_trigger_types=True,
        name_format="Tide-Gauge-$(Date:yyyyMMdd)-turku-utö-hanko-kotka-Release-$(rev:r)",
    ),
    edits=(
        Edit(0.12, WEI, "", add_triggers(on_version("_tide-scaler"))),
        Edit(0.35, WEI, "Names got too long", lambda r: replace(r, name_format="Release-$(rev:r)")),
        Edit(0.36, WEI, "Saved by the new editor", lambda r: replace(r, numeric_trigger_types=False)),
        Edit(0.50, WEI, "", lambda r: replace(r, describes_trigger=False)),
        Edit(0.56, WEI, "Say again what triggered", lambda r: replace(r, describes_trigger=True)),
        Edit(0.70, MARCO, "Lead, then QA", change_stage(TIDE_PROD, before=seats((1, JONAS), (2, GROUP)))),
    ),
)

FLEET = (PORT_WEATHER, BERTH_ETA, SWELL_HEIGHT, TIDE_GAUGE)

_BY_HAND = {"push": 0.0, "manual": 1.0, "pullRequest": 0.0, "none": 0.0, "model": 0.0, "scaler": 0.0}


def _quay(number: int) -> PipelinePlan:
    """A small pipeline without triggers."""
    first = replace(TIDE_GAUGE.first, name=f"Quay {number} Tide Gauge", name_format="Release-$(rev:r)", triggers=())
    return replace(TIDE_GAUGE, id=100 + number, key=f"quay{number}", share=0.5, weights=_BY_HAND, edits=(), first=first)


QUAYS = (*FLEET, *(_quay(number) for number in range(1, 121)))
"""A hundred and twenty small pipelines more, for what needs many stages at once."""
