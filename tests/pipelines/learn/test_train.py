"""Training: it learns, tells each epoch, keeps the best, repeats itself, and stops when told to."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from pipelines.blocks import BlockError
from pipelines.learn import train
from pipelines.learn.train import Trained, batch_size_for, train_classifier
from tests.pipelines.learn.motions import LABELS, classifier, motions

TRAINING = motions(150)
VALIDATION = motions(45, seed=1)


def fit(folder, block=None, training=TRAINING, validation=VALIDATION, on_epoch=lambda metrics: None):
    return train_classifier(block or classifier(), *training, validation, folder, on_epoch)


def probabilities(trained, features):
    return trained.model().predict(trained.scaler().apply(features), verbose=0)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return fit(tmp_path_factory.mktemp("trained"), classifier(epochs=12))


def test_it_learns_and_ends_in_probabilities(trained):
    outputs = probabilities(trained, VALIDATION[0])
    assert outputs.shape == (45, 3)
    np.testing.assert_allclose(outputs.sum(axis=1), 1, atol=1e-5)
    assert np.mean(outputs.argmax(axis=1) == VALIDATION[1]) > 0.95


def test_the_folder_says_all(trained):
    again = Trained(trained.folder)
    assert again.labels() == LABELS
    assert sorted(path.name for path in trained.folder.iterdir()) == [
        "history.json", "labels.json", "model.keras", "scaler.npz",
    ]  # fmt: skip
    assert json.loads((trained.folder / "history.json").read_text())[0]["epoch"] == 1


def test_each_epoch_is_told_as_it_ends(tmp_path):
    told = []
    result = fit(tmp_path, classifier(epochs=3), on_epoch=told.append)
    assert [metrics.epoch for metrics in told] == [1, 2, 3]
    assert all(metrics.epochs == 3 and metrics.seconds > 0 for metrics in told)
    assert told == result.history()


def test_the_best_epochs_weights_are_kept(trained):
    best = min(epoch.val_loss for epoch in trained.history())
    chosen = probabilities(trained, VALIDATION[0])[np.arange(45), VALIDATION[1]]
    assert -np.log(chosen).mean() == pytest.approx(best, rel=1e-3)


def test_it_stops_when_patience_ends(tmp_path):
    features, labels = motions(60)
    nonsense = (VALIDATION[0], np.roll(VALIDATION[1], 1))
    block = classifier(epochs=60, early_stopping_patience=2, learning_rate=0.01)
    history = fit(tmp_path, block, (features, labels), nonsense).history()
    losses = [epoch.val_loss for epoch in history]
    assert len(history) < 60
    assert int(np.argmin(losses)) == len(losses) - 3


def test_the_same_seed_trains_the_same_network_and_another_seed_another(tmp_path):
    first, again, other = (
        fit(tmp_path / str(number), classifier(epochs=2, seed=seed, augment="light"))
        for number, seed in enumerate((1, 1, 2))
    )
    features = VALIDATION[0]
    np.testing.assert_allclose(probabilities(first, features), probabilities(again, features), atol=1e-5)
    assert not np.allclose(probabilities(first, features), probabilities(other, features), atol=1e-2)


def test_what_on_epoch_raises_stops_the_training(tmp_path):
    class Cancelled(Exception):
        pass

    told = []

    def cancel(metrics):
        told.append(metrics.epoch)
        raise Cancelled

    with pytest.raises(Cancelled):
        fit(tmp_path, on_epoch=cancel)
    assert told == [1]
    assert not (tmp_path / "model.keras").exists()


def test_without_validation_data_it_trains_all_the_same(tmp_path):
    empty = (TRAINING[0][:0], TRAINING[1][:0])
    history = fit(tmp_path, classifier(epochs=2), validation=empty).history()
    assert [epoch.val_loss for epoch in history] == [None, None]


def test_a_rare_label_weighs_as_much_as_a_frequent_one():
    weights = train._class_weights(np.array([0] * 90 + [1] * 10), 3)
    assert weights == pytest.approx({0: 100 / 180, 1: 5, 2: 0})


@pytest.mark.parametrize("augment", ["light", "strong"])
@pytest.mark.parametrize("shape", [(24, 3), (24, 12), (20,)])
def test_augmentation_does_not_keep_it_from_learning(tmp_path, augment, shape):
    preset = "conv1d-small" if len(shape) == 2 else "dense-small"
    block = classifier(shape, preset=preset, augment=augment, epochs=10)
    result = fit(tmp_path, block, motions(150, shape), motions(45, shape, seed=1))
    outputs = probabilities(result, motions(45, shape, seed=2)[0])
    assert np.mean(outputs.argmax(axis=1) == motions(45, shape, seed=2)[1]) > 0.8


def test_features_too_large_for_memory_are_read_from_their_file(tmp_path, monkeypatch, trained):
    monkeypatch.setattr(train, "IN_MEMORY_BYTES", 100)
    np.save(tmp_path / "features.npy", TRAINING[0])
    mapped = np.load(tmp_path / "features.npy", mmap_mode="r")
    result = fit(tmp_path / "out", classifier(epochs=8), (mapped, TRAINING[1]))
    assert np.mean(probabilities(result, VALIDATION[0]).argmax(axis=1) == VALIDATION[1]) > 0.9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"features": TRAINING[0][:, :5]}, r"features: of shape \(5, 3\)"),
        ({"labels": TRAINING[1][:9]}, "labels: .* for 150 windows"),
        ({"labels": TRAINING[1] + 1}, "labels: must be 0 to 2"),
        ({"labels": TRAINING[1] - 1}, "labels: must be 0 to 2"),
        ({"features": TRAINING[0][:0], "labels": TRAINING[1][:0]}, "no training windows"),
    ],
)
def test_what_does_not_fit_the_block_is_refused(tmp_path, change, message):
    data = {"features": TRAINING[0], "labels": TRAINING[1], **change}
    with pytest.raises(BlockError, match=message):
        fit(tmp_path, training=(data["features"], data["labels"]))


def test_epochs_are_plain_values_that_travel_as_json(trained):
    epoch = trained.history()[0]
    assert json.loads(json.dumps(dataclasses.asdict(epoch))) == dataclasses.asdict(epoch)


def test_few_windows_are_taught_in_small_batches_so_that_batch_normalisation_keeps_up(tmp_path):
    assert [batch_size_for(32, windows) for windows in (3, 66, 320, 512, 5000)] == [4, 4, 20, 32, 32]
    few = (TRAINING[0][:48], TRAINING[1][:48])
    history = fit(tmp_path, training=few).history()
    assert max(epoch.val_accuracy for epoch in history) > 0.9
