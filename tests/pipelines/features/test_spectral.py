"""Spectral features, against an oracle written with NumPy and SciPy in double precision.

Agreement is within 1e-4: RMS relative to the signal's own RMS before the filter, where it is smaller; skewness and
kurtosis relative to themselves, or to 1 where they are smaller; powers relative to themselves, plus 1e-9 of the
channel's variance before the filter, which is what the rounding of float32 leaves of a weak band beside a strong one.
"""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal as scipy_signal
from scipy import stats

from pipelines.blocks import BlockError, WindowShape
from pipelines.features.spectral import Spectral, SpectralParams

AXES = ("ax", "ay", "az")


def spectrum_of(values, params):
    """Welch's one-sided powers, ``fft_length / 2 + 1`` bins that add up to the variance, about."""
    _, density = scipy_signal.welch(
        values,
        fs=params.fft_length,
        window="hann",
        nperseg=min(len(values), params.fft_length),
        noverlap=params.fft_length // 2 if len(values) >= params.fft_length else None,
        nfft=params.fft_length,
        detrend=False,
        scaling="density",
    )
    return density


def filtered(values, rate_hz, params):
    values = values.astype(float) - values.astype(float).mean()
    if params.filter_kind != "none":
        sections = scipy_signal.butter(
            params.filter_order, params.cutoff_hz, params.filter_kind + "pass", fs=rate_hz, output="sos"
        )
        values = scipy_signal.sosfilt(sections, values)
        values -= values.mean()
    return values


def band_edges(params):
    last = params.fft_length // 2 + 1
    places = np.arange(params.band_count + 1) / params.band_count
    wanted = np.round(last**places if params.band_spacing == "log" else 1 + (last - 1) * places).astype(int)
    for band in range(params.band_count):
        wanted[band + 1] = max(wanted[band + 1], wanted[band] + 1)
    return wanted


def assert_agrees(features, samples, rate_hz, params):
    """Check one channel's features against the oracle."""
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    before = np.var(samples.astype(float))
    values = filtered(samples, rate_hz, params)
    rms = np.sqrt(np.mean(values**2))
    assert features[0] == pytest.approx(rms, rel=1e-4, abs=1e-7 * np.sqrt(before))
    if rms > 1e-2 * np.sqrt(before):
        assert features[1] == pytest.approx(stats.skew(values), rel=1e-4, abs=1e-4)
        assert features[2] == pytest.approx(stats.kurtosis(values), rel=1e-4, abs=1e-4)

    floor = 10 ** (params.noise_floor_db / 10)
    power = spectrum_of(values, params)
    bands = features[3 : 3 + params.band_count]
    edges = band_edges(params)
    expected = np.array([power[low:high].sum() for low, high in pairwise(edges)])
    assert_powers_agree(bands, np.maximum(expected, floor), before)

    peaks = features[3 + params.band_count :].reshape(params.peak_count, 2)
    assert_peaks_agree(peaks, power, before, rate_hz, params)


def assert_peaks_agree(peaks, power, variance, rate_hz, params):
    """Each peak has its bin's power; they are the highest, unless neighbours are too close for float32 to tell."""
    floor = 10 ** (params.noise_floor_db / 10)
    steps = np.abs(np.diff(power))
    if (steps > 1e-3 * power[1:] + 1e-8 * variance).all():
        inner = power[1:-1]
        heights = np.sort(inner[(inner > power[:-2]) & (inner >= power[2:])])[::-1][: params.peak_count]
        heights = np.pad(heights, (0, params.peak_count - len(heights)))
        assert_powers_agree(peaks[:, 1], np.maximum(heights, floor), variance)
    assert (np.diff(peaks[:, 1]) <= 0).all()
    for frequency_hz, decibels in peaks:
        peak = round(frequency_hz * params.fft_length / rate_hz)
        assert peak * rate_hz / params.fft_length == pytest.approx(frequency_hz, rel=1e-6)
        if peak > 0:
            assert_powers_agree(np.array([decibels]), np.maximum(power[[peak]], floor), variance)
        else:
            assert decibels == pytest.approx(params.noise_floor_db, rel=1e-6)


def assert_powers_agree(decibels, expected, variance):
    error = np.abs(10 ** (decibels.astype(float) / 10) - expected)
    assert (error <= 1e-4 * expected + 1e-9 * variance).all()


@st.composite
def cases(draw):
    rate_hz = draw(st.sampled_from([10, 100, 1000, 16000]))
    fft_length = draw(st.sampled_from([16, 32, 64, 128, 256, 512]))
    params = SpectralParams(
        filter_kind=draw(st.sampled_from(["none", "low", "high"])),
        cutoff_hz=draw(st.floats(0.002, 0.49)) * rate_hz,
        filter_order=draw(st.sampled_from([2, 4, 6, 8])),
        fft_length=fft_length,
        band_count=draw(st.integers(1, fft_length // 2)),
        band_spacing=draw(st.sampled_from(["log", "linear"])),
        peak_count=draw(st.integers(0, 8)),
        noise_floor_db=draw(st.floats(-150, 0)),
    )
    length = draw(st.integers(2, 700))
    level = draw(st.sampled_from([1e-3, 1.0, 1e4]))
    offset = draw(st.sampled_from([0.0, 1.0, -30.0]))
    return params, length, rate_hz, draw(st.integers(0, 2**32 - 1)), level, offset


@settings(max_examples=300, deadline=None)
@given(cases())
def test_noise_on_any_offset_agrees_with_the_oracle(case):
    params, length, rate_hz, seed, level, offset = case
    random = np.random.default_rng(seed)
    windows = ((random.gamma(2, size=(1, length, 1)) + offset) * level).astype(np.float32)
    block = Spectral(params, WindowShape(length, ("x",), rate_hz))
    features = block.extract(windows)
    assert features.shape[1:] == block.output_shape == (len(block.feature_names),)
    assert_agrees(features[0], windows[0, :, 0], rate_hz, params)


def test_a_sine_has_its_peak_where_it_belongs_and_its_power_in_the_bands():
    time_s = np.arange(400) / 100
    tone = (3 * np.sin(2 * np.pi * 12.5 * time_s) + 9.81).astype(np.float32)
    block = Spectral(SpectralParams(), WindowShape(400, ("x",), 100))
    named = dict(zip(block.feature_names, block.extract(tone[None, :, None])[0], strict=True))
    assert named["x RMS"] == pytest.approx(3 / np.sqrt(2), rel=1e-3)
    assert named["x kurtosis"] == pytest.approx(-1.5, abs=1e-3)
    assert named["x peak 1 (Hz)"] == 12.5
    bands = [10 ** (value / 10) for name, value in named.items() if "–" in name]
    assert sum(bands) == pytest.approx(4.5, rel=1e-2)


def test_a_filter_with_a_very_low_cutoff_keeps_its_precision():
    params = SpectralParams(filter_kind="low", cutoff_hz=0.05, filter_order=8, fft_length=1024)
    time_s = np.arange(8000) / 100
    samples = np.sin(2 * np.pi * 0.04 * time_s) + np.random.default_rng(1).normal(size=8000)
    samples = samples.astype(np.float32)
    block = Spectral(params, WindowShape(8000, ("x",), 100))
    assert_agrees(block.extract(samples[None, :, None])[0], samples, 100, params)


def test_channels_follow_one_another_in_the_chosen_order():
    windows = np.random.default_rng(0).normal(size=(2, 200, 3)).astype(np.float32)
    shape = WindowShape(200, AXES, 100)
    both = Spectral(SpectralParams(), shape, ("az", "ax")).extract(windows)
    alone = [Spectral(SpectralParams(), shape, (name,)).extract(windows) for name in ("az", "ax")]
    np.testing.assert_array_equal(both, np.concatenate(alone, axis=1))


@pytest.mark.parametrize("value", [0.0, 0.1, -9.81, 101_325.2, 1e30, 3.4e38, 1e-38, 1e-45])
@pytest.mark.parametrize("kind", ["none", "low", "high"])
def test_a_constant_signal_counts_as_silence(value, kind):
    params = SpectralParams(filter_kind=kind, peak_count=2, band_count=4)
    block = Spectral(params, WindowShape(200, ("x",), 100))
    features = block.extract(np.full((1, 200, 1), value, np.float32))[0]
    np.testing.assert_allclose(features, [0, 0, 0, -100, -100, -100, -100, 0, -100, 0, -100], rtol=1e-6)


def test_a_window_of_one_sample_counts_as_silence():
    block = Spectral(SpectralParams(peak_count=0, band_count=1), WindowShape(1, ("x",), 100))
    np.testing.assert_allclose(block.extract(np.ones((1, 1, 1), np.float32))[0], [0, 0, 0, -100], rtol=1e-6)


@pytest.mark.parametrize("level", [1e-20, 1e15, 1e30, 3e38])
@pytest.mark.parametrize("kind", ["none", "low", "high"])
def test_tiny_and_huge_samples_agree_with_the_oracle(level, kind):
    samples = (np.random.default_rng(0).uniform(-1, 1, size=200) * level).astype(np.float32)
    params = SpectralParams(filter_kind=kind)
    features = Spectral(params, WindowShape(200, ("x",), 100)).extract(samples[None, :, None])[0]
    assert_agrees(features, samples, 100, params)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["none", "low", "high"]))
@settings(max_examples=50, deadline=None)
def test_any_finite_bits_give_finite_features(seed, kind):
    bits = np.random.default_rng(seed).integers(0, 2**32, size=(1, 50, 3), dtype=np.uint32)
    values = bits.view(np.float32)
    windows = np.where(np.isfinite(values), values, np.float32(0))
    block = Spectral(SpectralParams(filter_kind=kind), WindowShape(50, AXES, 100))
    assert np.isfinite(block.extract(windows)).all()


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        (
            {"filter_kind": "low", "cutoff_hz": 50},
            "cutoff_hz: 50 Hz must be below half the sample rate, 50 Hz",
        ),
        (
            {"fft_length": 16, "band_count": 9},
            "band_count: an FFT of 16 points has 8 bins above 0 Hz, too few",
        ),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_the_cure(settings_, message):
    with pytest.raises(BlockError, match=message):
        Spectral(SpectralParams(**settings_), WindowShape(200, AXES, 100))


def test_a_cutoff_without_a_filter_is_not_looked_at():
    Spectral(SpectralParams(cutoff_hz=1000), WindowShape(200, AXES, 100))


@given(st.sampled_from([16, 128, 4096]), st.integers(1, 256), st.sampled_from(["log", "linear"]))
def test_bands_cover_every_bin_above_zero_hertz_once(fft_length, count, spacing):
    count = min(count, fft_length // 2)
    params = SpectralParams(fft_length=fft_length, band_count=count, band_spacing=spacing)
    edges = Spectral(params, WindowShape(200, AXES, 100)).band_edges
    assert (edges[0], edges[-1], len(edges)) == (1, fft_length // 2 + 1, count + 1)
    assert (np.diff(edges) >= 1).all()


def test_the_picture_is_the_bands_powers_of_each_channel_over_hertz():
    block = Spectral(SpectralParams(band_count=4, peak_count=1), WindowShape(200, AXES, 100))
    features = np.arange(27, dtype=np.float32)
    picture = block.picture(features)
    assert (picture.kind, picture.series) == ("line", AXES)
    np.testing.assert_array_equal(picture.values[1], [12, 13, 14, 15])
    assert len(picture.x) == 4
    assert 0 < picture.x[0] < picture.x[-1] < 50
