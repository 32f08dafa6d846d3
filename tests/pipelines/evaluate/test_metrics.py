"""Metrics agree with scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from pipelines.evaluate import accuracy_of, class_metrics, confusion_matrix

pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60)


@given(pairs)
def test_metrics_are_those_of_scikit_learn(drawn):
    true, predicted = np.array(drawn).T
    confusion = confusion_matrix(true, predicted, 5)
    np.testing.assert_array_equal(confusion, oracle.confusion_matrix(true, predicted, labels=range(5)))
    assert accuracy_of(confusion) == pytest.approx(oracle.accuracy_score(true, predicted))
    expected = oracle.precision_recall_fscore_support(true, predicted, labels=range(5), zero_division=0)
    for number, found in enumerate(class_metrics(confusion, "abcde")):
        assert found.label == "abcde"[number]
        assert (found.precision, found.recall, found.f1, found.support) == pytest.approx(
            [column[number] for column in expected]
        )


def test_a_class_that_was_never_predicted_has_precision_zero():
    confusion = confusion_matrix(np.array([0, 1]), np.array([0, 0]), 2)
    assert class_metrics(confusion, ("a", "b"))[1].precision == 0.0


def test_labels_of_a_small_integer_type_do_not_overflow():
    true = np.full(3, 120, np.int8)
    assert confusion_matrix(true, true, 121)[120, 120] == 3
