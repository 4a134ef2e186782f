"""Figures of models as people read them: what they are called, their unit, and how far two are apart. Pure.

Which way is better is said by `metric_directions`; a figure that it does not know keeps its own name.
"""

import re
from decimal import Decimal

from releases.queries.metric_directions import is_higher_better

LABELS = {
    "auc": "AUC",
    "roc_auc": "ROC AUC",
    "f1": "F1 score",
    "r2": "R²",
    "mcc": "MCC",
    **{name: name.upper() for name in ("rmse", "mse", "mae", "mape", "smape", "rmsle", "ece", "ndcg")},
    **{name: f"{name} latency" for name in ("p50", "p90", "p95", "p99")},
}
UNITS = {"_ms": "ms", "_seconds": "s", "_s": "s"}
_SET = re.compile(r"^(test|testing|val|valid|validation|eval|holdout|train|training|cv)_")
_EXACT_BELOW, _EXACT_ABOVE = 1e15, 1e-9


def label_of(name: str) -> str:
    """`F1 score` for `f1`, `p95 latency` for `p95_ms`; the name as it is where nothing is known of it."""
    if is_higher_better(name) is None:
        return name
    bare = _plain(name).removesuffix(_ending(name))
    core = _SET.sub("", bare)
    told = bare.removesuffix(core).replace("_", " ") + LABELS.get(core, core.replace("_", " "))
    return told if re.match(r"p\d", told) else told[:1].upper() + told[1:]


def unit_of(name: str) -> str:
    """`ms` for `p95_ms`."""
    return UNITS.get(_ending(name), "") if is_higher_better(name) is not None else ""


def figure_words(value: float, unit: str = "") -> str:
    """`0.9561`, `12,380`, `44 ms`."""
    return f"{_number(value)} {unit}".strip()


def difference_words(before: float, after: float, unit: str = "") -> str:
    """`+0.0074`, `−3 ms`; as exact as the two figures are written."""
    exact = float(Decimal(repr(after)) - Decimal(repr(before)))
    sign = "+" if exact >= 0 else "\u2212"
    return f"{sign}{figure_words(abs(exact), unit)}"


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _ending(name: str) -> str:
    return next((ending for ending in UNITS if _plain(name).endswith(ending)), "")


def _number(value: float) -> str:
    if value and not _EXACT_ABOVE <= abs(value) < _EXACT_BELOW:
        return f"{value:.6g}"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.6f}".rstrip("0") if abs(value) >= 1 else f"{Decimal(f'{value:.6g}'):f}"
