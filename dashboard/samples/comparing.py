"""Lines of a comparison, one of each verdict, and one of its sides."""

from typing import Any

from dashboard.samples.lists import rows
from dashboard.samples.rows import LONG
from releases.queries.compare import Line, Verdict


def shown() -> dict[str, Any]:
    """For `_compare.html`."""
    return {
        "compared": rows()[0],
        "lines": [
            Line("Model support-vector-classifier", "v7", "v8", Verdict.CHANGED, "1 version newer"),
            Line("Code Learn_MLOps", "b71c9e2", "e04d5aa", Verdict.CHANGED, "3 commits", is_code=True),
            Line("Accuracy", "0.9487", "0.9561", Verdict.BETTER, "+0.0074"),
            Line("p95 latency", "41 ms", "44 ms", Verdict.WORSE, "+3 ms"),
            Line("Scaler", "v3", "v3", Verdict.SAME),
            Line("Trigger", "Mondays 11:00", "Model v8", Verdict.CHANGED),
            Line(LONG, "", LONG, Verdict.CHANGED, "added", is_code=True),
            Line("PROD: endpointKey", "masked", "masked", Verdict.UNKNOWN, "cannot be compared", is_code=True),
        ],
    }
