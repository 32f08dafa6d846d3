"""What a dataset is made of."""

import numpy as np

from pipelines.makeup import dataset_makeup
from pipelines.signals import Dataset, Signal, Span, store_sample


def recording(tmp_path, name, label, split, seconds=2.0, **fields):
    values = np.full((int(50 * seconds), 2), len(name), np.float32)
    return store_sample(
        Signal(values, 50, ("ax", "ay"), ("g", "")), tmp_path, name=name, label=label, split=split, **fields
    )


def test_recordings_and_seconds_are_counted_by_label_and_split(tmp_path):
    dataset = Dataset(
        (
            recording(tmp_path, "a", "walk", "training", group="ann"),
            recording(tmp_path, "bb", "walk", "training", 4, group="bob"),
            recording(tmp_path, "ccc", "rest", "test", group="ann"),
        )
    )
    found = dataset_makeup(dataset)
    assert found["labels"] == {
        "rest": {"test": {"recordings": 1, "seconds": 2.0}},
        "walk": {"training": {"recordings": 2, "seconds": 6.0}},
    }
    assert found["channels"] == {"ax": ["g"], "ay": []}
    assert (found["groups"], found["sample_rates_hz"], found["sha256"]) == (2, [50], dataset.sha256)


def test_a_recording_with_spans_counts_under_the_labels_of_its_spans(tmp_path):
    spans = (Span(0, 500, "cough"), Span(500, 1500, "quiet"), Span(1500, 2000, "cough"))
    found = dataset_makeup(Dataset((recording(tmp_path, "a", "", "test", spans=spans),)))
    assert found["labels"] == {
        "cough": {"test": {"recordings": 1, "seconds": 1.0}},
        "quiet": {"test": {"recordings": 1, "seconds": 1.0}},
    }
