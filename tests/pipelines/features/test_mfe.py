"""Log mel filterbank energies, against an oracle written with NumPy in double precision.

A feature agrees with the oracle when it differs by at most 1e-4 of itself, plus 1e-5 of the unit scale that features
are on (0 is the noise floor, 1 a tone of amplitude 1). The energies behind the features have to agree, too: within
1e-4 of themselves, plus 1e-9 of the frame's greatest, which is what the rounding of float32 leaves of a weak band
beside a strong one.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import get_window

from pipelines.blocks import BlockError, WindowShape
from pipelines.features.mfe import Mfe, MfeParams


def oracle(signal, rate_hz, params):
    """Features ``[frames, filters]`` of one channel, from the definition in the docstring of ``Mfe``."""
    length = max(1, round(params.frame_ms * rate_hz / 1000))
    stride = max(1, round(params.frame_stride_ms * rate_hz / 1000))
    window = get_window("hann", length)
    bins = np.arange(params.fft_length // 2 + 1)
    transform = np.exp(-2j * np.pi * np.outer(np.arange(length), bins) / params.fft_length)
    high_hz = params.high_hz or rate_hz / 2
    mel = np.linspace(
        2595 * np.log10(1 + params.low_hz / 700), 2595 * np.log10(1 + high_hz / 700), params.filter_count + 2
    )
    corners = 700 * (10 ** (mel / 2595) - 1) / (rate_hz / params.fft_length)
    frames = []
    for start in range(0, len(signal) - length + 1, stride):
        spectrum = (signal[start : start + length].astype(float) * window * 2 / window.sum()) @ transform
        power = np.abs(spectrum) ** 2
        energies = []
        for left, centre, right in zip(corners, corners[1:], corners[2:], strict=False):
            weights = np.interp(bins, [left, centre, right], [0, 1, 0])
            narrow = not weights.any()
            energies.append(np.interp(centre, bins, power) if narrow else weights @ power)
        decibels = 10 * np.log10(np.maximum(energies, 1e-38))
        frames.append(np.maximum(0, (decibels - params.noise_floor_db) / -params.noise_floor_db))
    return np.array(frames)


def assert_agrees(features, expected, params):
    assert features.shape == expected.shape
    assert np.isfinite(features).all()
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5)
    energies, expected_energies = (
        10 ** ((1 - values.astype(float)) * params.noise_floor_db / 10) for values in (features, expected)
    )
    error = np.abs(energies - expected_energies)
    allowed = 1e-4 * expected_energies + 1e-9 * expected_energies.max(axis=1, keepdims=True)
    assert (error <= allowed).all()


@st.composite
def cases(draw):
    rate_hz = draw(st.sampled_from([100, 1000, 8000, 16000, 44100]))
    frame = draw(st.integers(1, 700))
    stride = draw(st.integers(1, 400))
    low_hz = draw(st.floats(0, 0.3)) * rate_hz
    high_hz = draw(st.one_of(st.just(0.0), st.floats(0.35, 0.5).map(lambda share: share * rate_hz)))
    params = MfeParams(
        frame_ms=frame * 1000 / rate_hz,
        frame_stride_ms=stride * 1000 / rate_hz,
        filter_count=draw(st.integers(2, 64)),
        fft_length=draw(st.sampled_from([16, 32, 64, 128, 256, 512, 1024])),
        low_hz=low_hz,
        high_hz=high_hz,
        noise_floor_db=draw(st.floats(-100, -10)),
    )
    length = frame + draw(st.integers(0, 3 * stride))
    return params, length, rate_hz, draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from([1e-2, 1.0, 30.0]))


@settings(max_examples=150, deadline=None)
@given(cases())
def test_noise_of_any_level_agrees_with_the_oracle(case):
    params, length, rate_hz, seed, level = case
    signal = (np.random.default_rng(seed).normal(size=(1, length, 1)) * level).astype(np.float32)
    block = Mfe(params, WindowShape(length, ("audio",), rate_hz))
    features = block.extract(signal)
    assert features.shape[1:] == block.output_shape
    assert_agrees(features[0], oracle(signal[0, :, 0], rate_hz, params), params)


@pytest.mark.parametrize("fft_length", [16, 32, 64, 128, 256, 512, 1024, 2048, 4096])
def test_tones_agree_with_the_oracle_at_every_fft_length(fft_length):
    time_s = np.arange(8000) / 16000
    signal = 0.5 * np.sin(2 * np.pi * (300 + 4000 * time_s) * time_s) + 0.1 * np.sin(
        2 * np.pi * 5100 * time_s
    )
    signal = (signal + np.random.default_rng(3).normal(size=8000) * 1e-3).astype(np.float32)
    params = MfeParams(fft_length=fft_length, filter_count=30)
    block = Mfe(params, WindowShape(8000, ("audio",), 16000))
    assert_agrees(block.extract(signal[None, :, None])[0], oracle(signal, 16000, params), params)


def test_a_tone_of_amplitude_one_is_one_in_the_filter_that_it_lies_in():
    tone = np.sin(2 * np.pi * 3000 * np.arange(16000) / 16000).astype(np.float32)
    block = Mfe(MfeParams(frame_ms=16), WindowShape(16000, ("audio",), 16000))
    features = block.extract(tone[None, :, None])[0]
    assert features.max() == pytest.approx(1, abs=0.03)
    assert abs(block.corners_hz[1 + features[0].argmax()] - 3000) < 200


def test_channels_stand_side_by_side_and_in_the_chosen_order():
    windows = np.random.default_rng(0).normal(size=(2, 800, 3)).astype(np.float32)
    shape = WindowShape(800, ("a", "b", "c"), 8000)
    both = Mfe(MfeParams(filter_count=10), shape, ("c", "a")).extract(windows)
    alone = [Mfe(MfeParams(filter_count=10), shape, (name,)).extract(windows) for name in ("c", "a")]
    np.testing.assert_array_equal(both, np.concatenate(alone, axis=2))
    mono = Mfe(MfeParams(filter_count=10), WindowShape(800, ("a",), 8000)).extract(windows[:, :, :1])
    np.testing.assert_array_equal(mono, alone[1])


@pytest.mark.parametrize("value", [0.0, 1e-30, 1.0, -1e5])
def test_a_constant_signal_gives_finite_features(value):
    block = Mfe(MfeParams(), WindowShape(16000, ("audio",), 16000))
    assert np.isfinite(block.extract(np.full((1, 16000, 1), value, np.float32))).all()


def test_silence_is_zero():
    block = Mfe(MfeParams(), WindowShape(16000, ("audio",), 16000))
    assert not block.extract(np.zeros((1, 16000, 1), np.float32)).any()


@pytest.mark.parametrize("level", [1e15, 1e20, 1e30, 3e38])
def test_huge_samples_agree_with_the_oracle(level):
    noise = np.random.default_rng(0).uniform(-1, 1, size=1000)
    signal = (noise * level).astype(np.float32)
    params = MfeParams(filter_count=20)
    features = Mfe(params, WindowShape(1000, ("audio",), 16000)).extract(signal[None, :, None])[0]
    assert_agrees(features, oracle(signal, 16000, params), params)


def test_a_window_of_one_sample_is_one_frame():
    block = Mfe(MfeParams(frame_ms=1, frame_stride_ms=1, filter_count=4), WindowShape(1, ("x",), 100))
    assert block.output_shape == (1, 4)
    assert_agrees(
        block.extract(np.ones((1, 1, 1), np.float32))[0], oracle(np.ones(1), 100, block.params), block.params
    )


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"frame_ms": 2000}, "frame_ms: a frame of 2000 ms is longer than the window of 1000 ms; shorten"),
        ({"high_hz": 9000}, "high_hz: 9000 Hz is above half the sample rate; use at most 8000 Hz, or 0"),
        ({"low_hz": 5000, "high_hz": 4000}, "low_hz: 5000 Hz must be below the highest frequency, 4000 Hz"),
        (
            {"frame_stride_ms": 0.01, "filter_count": 80},
            "frame_stride_ms: 15,681 frames make 1,254,480 features",
        ),
        ({"low_hz": 8000}, "low_hz: 8000 Hz must be below the highest frequency, 8000 Hz"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_the_cure(settings_, message):
    with pytest.raises(BlockError, match=message):
        Mfe(MfeParams(**settings_), WindowShape(16000, ("audio",), 16000))


def test_the_picture_is_a_heatmap_over_milliseconds_and_hertz():
    block = Mfe(MfeParams(), WindowShape(16000, ("audio",), 16000))
    assert block.output_shape == (99, 40)
    features = np.random.default_rng(0).normal(size=(99, 40)).astype(np.float32)
    picture = block.picture(features)
    assert picture.kind == "heatmap"
    assert picture.values.shape == (40, 99) == (len(picture.y), len(picture.x))
    assert picture.x[:2] == (10, 20)
    assert 0 < picture.y[0] < picture.y[-1] < 8000
    np.testing.assert_array_equal(picture.values, features.T)
