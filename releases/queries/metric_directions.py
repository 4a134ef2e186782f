"""Which way a metric gets better, as far as that is known: an explicit table, and nothing is guessed beyond it.

Shared by every page and answer that calls a figure better or worse. Pure.
"""

import re
from enum import StrEnum


class Verdict(StrEnum):
    """How a figure stands beside another; `UNJUDGED` differs, but nobody said which way is better."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    UNJUDGED = "unjudged"
    NO_FIGURE = "no_figure"


_HIGHER = """
accuracy balanced_accuracy acc auc roc_auc auc_roc pr_auc average_precision precision recall sensitivity specificity
f1 f1_score f2_score fbeta mcc matthews_corrcoef kappa cohen_kappa r2 r2_score explained_variance ndcg map mrr hit_rate
skill_score throughput requests_per_second rps availability
"""
_LOWER = """
loss log_loss logloss cross_entropy hinge_loss mae mse rmse rmsle mape smape wape medae max_error mean_absolute_error
mean_squared_error root_mean_squared_error mean_absolute_percentage_error brier brier_score calibration_error ece
expected_calibration_error error error_rate false_positive_rate false_negative_rate fpr fnr false_alarm_rate miss_rate
perplexity wer cer demographic_parity_difference equalized_odds_difference latency p50 p90 p95 p99 latency_p50
latency_p90 latency_p95 latency_p99 p50_latency p90_latency p95_latency p99_latency inference_time
"""
HIGHER_IS_BETTER = frozenset(_HIGHER.split())
LOWER_IS_BETTER = frozenset(_LOWER.split())
_BESIDE_THE_NAME = re.compile(
    r"^(test|testing|val|valid|validation|eval|holdout|train|training|cv)_|_(macro|micro|weighted|ms|s|seconds)$"
)
"""The set it was measured on, how it was averaged, its unit: none of them turns a metric round."""
_WORDS = re.compile(r"[^a-z0-9]+")


def is_higher_better(metric: str) -> bool | None:
    """True or False where the table knows the metric, whatever set it was measured on; None where nobody said."""
    name = _WORDS.sub("_", metric.lower()).strip("_")
    for known in (name, _BESIDE_THE_NAME.sub("", name)):
        if known in HIGHER_IS_BETTER:
            return True
        if known in LOWER_IS_BETTER:
            return False
    return None


def verdict(metric: str, figure: float | None, other: float | None) -> Verdict:
    """How `figure` stands beside `other`."""
    if figure is None or other is None:
        return Verdict.NO_FIGURE
    if figure == other:
        return Verdict.SAME
    higher = is_higher_better(metric)
    if higher is None:
        return Verdict.UNJUDGED
    return Verdict.BETTER if (figure > other) is higher else Verdict.WORSE
