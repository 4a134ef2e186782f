"""Which figures a model has (decision 10). Pure; used by the registry's rows."""

import math
import re
from collections.abc import Mapping
from typing import Any

PREFIX = "metric."
_NOT_FIGURES = re.compile(r"^(_?azureml[._]|mlflow\.|_)|(^|[._-])(id|version|seed|port|hash|sha)$", re.IGNORECASE)
"""Numbers that Azure ML and mlflow note for themselves, and those that name a thing instead of measuring it."""


def metrics_of(*sources: Mapping[str, Any]) -> dict[str, float]:
    """Figures by name from tags and properties, the earlier source winning and `metric.<name>` over a bare name."""
    figures: dict[str, float] = {}
    for marked in (True, False):
        for source in sources:
            for key, value in source.items():
                name, number = _figure(key, value, marked=marked)
                if number is not None:
                    figures.setdefault(name, number)
    return figures


def _figure(key: str, value: object, *, marked: bool) -> tuple[str, float | None]:
    if key.startswith(PREFIX) is not marked or (not marked and _NOT_FIGURES.search(key)):
        return "", None
    name = key.removeprefix(PREFIX).strip()[:200]
    return name, _number(value) if name else None


def _number(value: object) -> float | None:
    """A finite number, written as such; "true", dates and infinities are none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
