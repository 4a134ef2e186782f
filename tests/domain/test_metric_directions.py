"""Better and worse are said only where a table knows the metric's direction."""

import pytest

from releases.queries.metric_directions import HIGHER_IS_BETTER, LOWER_IS_BETTER, Verdict, is_higher_better, verdict


@pytest.mark.parametrize("name", ["accuracy", "Accuracy", "roc-auc", "test_f1", "val_f1_macro", "F1 score"])
def test_more_of_these_is_better(name: str) -> None:
    assert is_higher_better(name) is True
    assert verdict(name, 0.92, 0.91) is Verdict.BETTER
    assert verdict(name, 0.91, 0.92) is Verdict.WORSE


@pytest.mark.parametrize("name", ["p95_ms", "RMSE", "val_loss", "train_log_loss", "error-rate"])
def test_less_of_these_is_better(name: str) -> None:
    assert is_higher_better(name) is False
    assert verdict(name, 41, 44) is Verdict.BETTER
    assert verdict(name, 44, 41) is Verdict.WORSE


@pytest.mark.parametrize(
    "name", ["rows", "training_minutes", "loss_of_accuracy", "", "temperature", "contest_accuracy"]
)
def test_nothing_is_guessed(name: str) -> None:
    assert is_higher_better(name) is None
    assert verdict(name, 2, 1) is Verdict.UNJUDGED


def test_equal_and_absent_figures_are_no_change() -> None:
    assert verdict("accuracy", 0.9, 0.9) is Verdict.SAME
    assert verdict("accuracy", None, 0.9) is Verdict.NO_FIGURE
    assert verdict("accuracy", 0.9, None) is Verdict.NO_FIGURE


def test_no_metric_is_better_both_ways() -> None:
    assert not HIGHER_IS_BETTER & LOWER_IS_BETTER
