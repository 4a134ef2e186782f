"""The parts of the clusters' pages: traffic, health, settings, stretches of time."""

from datetime import timedelta
from typing import Any

from dashboard import tracks
from dashboard.samples.rows import LONG, MONDAY, release, stage
from releases.models import Endpoint, EndpointDeployment
from releases.queries.after_release import After
from releases.queries.endpoints import Share
from releases.queries.health import NOTHING, Health
from releases.queries.stage_settings import Line, StageSettings


def shown() -> dict[str, Any]:
    """For `_serving.html`."""
    until = MONDAY + timedelta(days=10)
    stretches = [("v11", "", MONDAY, MONDAY + timedelta(days=4)), ("v12", "drift", MONDAY + timedelta(days=5), None)]
    return {
        "traffics": [("serving", shares()), ("unreadable", []), ("idle", [])],
        "healths": [
            (Health(requests=1200, per_minute=20, p95=41, error_share=0.002), ""),
            (Health(requests=0), ""),
            (NOTHING, ""),
            (NOTHING, "not allowed"),
        ],
        "settings": [(settings(), stage("PROD")), (StageSettings(EndpointDeployment(name="blue")), stage(LONG))],
        "after": after(),
        "tracks": [tracks.track("eta-prod", stretches, start=MONDAY, until=until)],
        "ticks": tracks.ticks(MONDAY, until),
    }


def after() -> list[After]:
    """The first hours of a release: with figures, over, and not known."""
    endpoint = Endpoint(name="eta-prod", workspace_id=1)
    day = Health(requests=9000, per_minute=7.2, p95=43, error_share=0.002)
    worse = Health(requests=900, per_minute=7.9, p95=120, error_share=0.031)
    until = MONDAY + timedelta(hours=3)
    return [
        After(stage("PROD"), endpoint, MONDAY, until, first=worse, before=day),
        After(stage("DEV TEST"), endpoint, MONDAY, until, has_ended=True, first=day),
        After(stage(LONG), None, MONDAY, until, why="no data: what a legacy cluster serves cannot be seen"),
    ]


def shares() -> list[Share]:
    """Traffic to two deployments, one of which nobody deployed."""
    blue = EndpointDeployment(name="blue", model_name="eta-gbm", model_number="12")
    green = EndpointDeployment(name="green", model_name="eta-gbm", model_number="11")
    return [Share("blue", 90, blue, fits=True), Share("green", 10, green, fits=False)]


def settings() -> StageSettings:
    """A setting in each way it can compare."""
    lines = [
        Line("Autoscale, fewest", "1", "2", "variable minReplicas", "differs"),
        Line("CPU", "0.5 cores", "0.5", "task Deploy model", "same"),
        Line("Memory", "", "1 GB", "task Deploy model", "unclear"),
        Line("Authentication", "Key"),
    ]
    return StageSettings(EndpointDeployment(name="blue"), release("Release-39"), lines)
