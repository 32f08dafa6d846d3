"""Normalisation: exact, in chunks, and harmless where a feature never changes."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.learn import scaler
from pipelines.learn.scaler import Scaler, fit_scaler


@pytest.mark.parametrize("shape", [(200, 5), (200, 7, 5), (200, 3, 7, 5)])
def test_scaled_features_have_mean_0_and_deviation_1_along_the_last_axis(shape, monkeypatch):
    monkeypatch.setattr(scaler, "CHUNK_VALUES", 300)
    values = (
        np.random.default_rng(1).normal([1e4, -3, 0, 1e-4, 5], [1, 2, 3, 1e-5, 100], shape).astype(np.float32)
    )
    fitted = fit_scaler(values)
    flat = values.reshape(-1, 5).astype(np.float64)
    np.testing.assert_allclose(fitted.mean, flat.mean(axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(fitted.scale, 1 / flat.std(axis=0), rtol=1e-4)
    scaled = fitted.apply(values).reshape(-1, 5)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-3)


def test_a_feature_that_never_changes_becomes_zero():
    values = np.array([[3.3, 0, 1], [3.3, 0, 2]], dtype=np.float32)
    fitted = fit_scaler(values)
    assert fitted.scale[:2].tolist() == [0, 0]
    assert fitted.apply(np.array([[9, 9, 1]], dtype=np.float32))[0, :2].tolist() == [0, 0]


def test_tiny_features_do_not_overflow():
    fitted = fit_scaler(np.array([[1e-38], [2e-38]], dtype=np.float32))
    assert np.isfinite(fitted.scale).all()


def test_a_mapped_file_is_read_in_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr(scaler, "CHUNK_VALUES", 64)
    values = np.random.default_rng(1).normal(size=(100, 4)).astype(np.float32)
    np.save(tmp_path / "x.npy", values)
    mapped = fit_scaler(np.load(tmp_path / "x.npy", mmap_mode="r"))
    np.testing.assert_array_equal(mapped.mean, fit_scaler(values).mean)


def test_a_scaler_is_read_back_as_it_was_saved(tmp_path):
    saved = Scaler(np.array([1, 2], dtype=np.float32), np.array([3, 4], dtype=np.float32))
    saved.save(tmp_path / "scaler.npz")
    again = Scaler.load(tmp_path / "scaler.npz")
    assert again.mean.tolist() == [1, 2]
    assert again.scale.dtype == np.float32
