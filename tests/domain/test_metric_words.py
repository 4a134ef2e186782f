"""What a model's figures are called, their units, and how far two are apart."""

import pytest

from releases.queries.metric_words import difference_words, figure_words, label_of, unit_of


@pytest.mark.parametrize(
    ("name", "label", "unit"),
    [
        ("accuracy", "Accuracy", ""),
        ("f1", "F1 score", ""),
        ("roc_auc", "ROC AUC", ""),
        ("p95_ms", "p95 latency", "ms"),
        ("calibration_error", "Calibration error", ""),
        ("val_loss", "Val loss", ""),
        ("test-Accuracy", "Test accuracy", ""),
        ("train rmse", "Train RMSE", ""),
        ("training_rows", "training_rows", ""),
        ("loss_of_signal", "loss_of_signal", ""),
        ("<b>spread</b>", "<b>spread</b>", ""),
        ("age_s", "age_s", ""),
    ],
)
def test_a_figure_is_known_by_its_name_or_keeps_it(name, label, unit):
    assert (label_of(name), unit_of(name)) == (label, unit)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.9561, "0.9561"), (12380.0, "12,380"), (44.0, "44"), (0.1 + 0.2, "0.3"), (1e-12, "1e-12"), (0.0, "0")],
)
def test_figures_are_written_as_people_read_them(value, words):
    assert figure_words(value) == words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (0.9487, 0.9561, "+0.0074"),
        (0.9425, 0.9418, "\u22120.0007"),
        (11214.0, 12380.0, "+1,166"),
        (41.0, 44.0, "+3"),
        (-1.5, 1.5, "+3"),
        (0.001, -0.001, "\u22120.002"),
        (1e300, -1e300, "\u22122e+300"),
    ],
)
def test_a_difference_is_exact(before, after, words):
    assert difference_words(before, after) == words
