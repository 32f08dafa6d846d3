"""Evaluation runs the library's own C over the test windows."""

import numpy as np
import pytest

from pipelines.evaluate import EvaluationError, NativeLibrary, evaluate
from tests import tiny


def batches(values, size=7):
    return (values[start : start + size] for start in range(0, len(values), size))


@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_a_trained_model_tells_new_windows_apart_and_says_how_well(variant):
    values, label = tiny.windows(60, seed=5)
    found = evaluate(tiny.library(variant), batches(values), label, tiny.LABELS)
    assert found.accuracy > 0.95
    assert found.windows == 60
    assert found.confusion.sum() == 60
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=0.02)
    document = found.as_json()
    assert [one["label"] for one in document["per_class"]] == list(tiny.LABELS)
    assert sum(one["support"] for one in document["per_class"]) == 60


def test_the_size_of_the_batches_changes_nothing():
    values, label = tiny.windows(20, seed=6)
    library = tiny.library("int8")
    one = evaluate(library, batches(values, 1), label, tiny.LABELS)
    all_at_once = evaluate(library, [values], label, tiny.LABELS)
    np.testing.assert_array_equal(one.probabilities, all_at_once.probabilities)


@pytest.mark.parametrize(("windows", "labels"), [(4, 5), (6, 5), (0, 0)])
def test_windows_and_labels_that_do_not_match_are_refused(windows, labels):
    values, label = tiny.windows(6)
    with pytest.raises(EvaluationError, match="windows: "):
        evaluate(tiny.library("int8"), batches(values[:windows]), label[:labels], tiny.LABELS)


def test_labels_in_another_order_are_refused():
    values, label = tiny.windows(6)
    with pytest.raises(EvaluationError, match="labels: "):
        evaluate(tiny.library("int8"), batches(values), label, tiny.LABELS[::-1])


def test_windows_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"expected shape \[batch, 64, 3\]"):
        NativeLibrary(tiny.library("int8")).classify(np.zeros((2, 64, 2), np.float32))
