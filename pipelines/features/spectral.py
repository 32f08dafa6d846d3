"""Statistics and spectrum of slow signals: motion, vibration, current."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import ConfigDict, Field

from pipelines.blocks import BlockError, BlockParams, Cost, Picture, WindowShape, register
from pipelines.features.fourier import FftLength, fft_config, fft_multiplications, hann
from pipelines.features.native_block import NativeFeatureBlock, NativeFunction
from pipelines.features.native_config import NativeConfig, table
from pipelines.signals import FloatArray

_DB_PER_LOG2 = 10 * math.log10(2)
_STATISTICS = 3


class SpectralParams(BlockParams):
    """Settings of :class:`Spectral`."""

    model_config = ConfigDict(allow_inf_nan=False)

    filter_kind: Literal["none", "low", "high"] = Field(
        "none",
        title="Filter",
        description="none: use the signal as it is. low: keep what is slower than the cutoff. "
        "high: keep what is faster.",
    )
    cutoff_hz: float = Field(
        3,
        title="Cutoff frequency (Hz)",
        description="Where the filter has halved the power; below half the sample rate. Not used without a filter.",
        gt=0,
        le=500_000,
    )
    filter_order: Literal[2, 4, 6, 8] = Field(
        6,
        title="Filter order",
        description="How sharply the filter cuts: each order adds 6 dB an octave. Not used without a filter.",
    )
    fft_length: FftLength = Field(
        128,
        title="FFT length",
        description="Points of the Fourier transform. A longer window is cut into stretches of this many samples that "
        "overlap by half, and their spectra are averaged; a shorter one is filled with zeros.",
    )
    band_count: int = Field(
        12,
        title="Frequency bands",
        description="How many bands the spectrum is divided into; at most half the FFT length.",
        ge=1,
        le=256,
    )
    band_spacing: Literal["log", "linear"] = Field(
        "log",
        title="Band spacing",
        description="log: bands grow wider with frequency, for motion and speech-like signals. "
        "linear: all bands are equally wide, for vibration.",
    )
    peak_count: int = Field(
        3,
        title="Peaks",
        description="How many of the highest peaks of the spectrum to give, each by its frequency and power.",
        ge=0,
        le=16,
    )
    noise_floor_db: float = Field(
        -100,
        title="Noise floor (dB)",
        description="Powers below this count as this. 0 dB is a power of one squared unit of the signal.",
        ge=-200,
        le=100,
    )


@register
class Spectral(NativeFeatureBlock):
    """Spectral features.

    Arguments: :class:`SpectralParams`. Input: ``[length, channels]``. Output: ``[channels * n]``, channel after
    channel; of each, ``n = 3 + band_count + 2 peak_count`` values: RMS, skewness, excess kurtosis, the power of each
    band in dB, then frequency (Hz) and power (dB) of each peak.

    The mean is subtracted; the signal is filtered (Butterworth, bilinear transform with the cutoff kept in place,
    starting from rest), and its mean subtracted once more. Skewness is ``m3 / m2^1.5`` and kurtosis ``m4 / m2^2 - 3``
    with the central moments ``m``; both are 0 for a constant signal. The spectrum is Welch's (1967): Hann-weighted
    stretches of ``fft_length``, half overlapping, one-sided powers averaged; a bin's power is
    ``2 |X|^2 / (fft_length sum(window^2))``, so that the bins add up to the variance, about. Band edges are whole
    bins from the first above 0 Hz to half the sample rate; every band has one bin at least. A peak is a bin above its
    lower and not below its upper neighbour. Missing peaks are 0 Hz at the noise floor.

    The filter is a cascade of trapezoidal state-variable sections (Zavalishin, "The Art of VA Filter Design", 2018,
    section 4): the same transfer function as biquads in direct form, but exact in float32 at low cutoffs, too.

    Raises:
        BlockError: the cutoff or the number of bands does not fit.
    """

    id = "spectral"
    title = "Spectral analysis"
    summary = (
        "How strong a signal is, how its values are spread and how its power is divided among frequencies. "
        "For motion, vibration and other signals that repeat."
    )
    Params = SpectralParams
    params: SpectralParams

    def __init__(self, params: BlockParams, window: WindowShape, channels: tuple[str, ...] = ()) -> None:
        if not isinstance(params, SpectralParams):
            raise BlockError(f"params: expected SpectralParams, got {type(params).__name__}")
        super().__init__(params, window, channels)
        if params.filter_kind != "none" and params.cutoff_hz >= window.sample_rate_hz / 2:
            raise BlockError(
                f"cutoff_hz: {params.cutoff_hz:g} Hz must be below half the sample rate, "
                f"{window.sample_rate_hz / 2:g} Hz; lower it or use no filter"
            )
        if params.band_count > params.fft_length // 2:
            raise BlockError(
                f"band_count: an FFT of {params.fft_length} points has {params.fft_length // 2} bins above 0 Hz, "
                f"too few for {params.band_count} bands; use fewer bands or a longer FFT"
            )
        self.segment_length = min(window.length, params.fft_length)
        self.segment_stride = params.fft_length // 2
        self.segment_count = 1 + (window.length - self.segment_length) // self.segment_stride

    @property
    def features_per_channel(self) -> int:
        return _STATISTICS + self.params.band_count + 2 * self.params.peak_count

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (len(self.channels) * self.features_per_channel,)

    @property
    def cost(self) -> Cost:
        native = self.native
        bins = self.params.fft_length // 2 + 1
        sections = self._filter_sections()
        filtering = sum(7 if self.params.filter_kind == "high" else 6 for _ in sections)
        moments = 6 if sections else 3
        spectra = self.segment_count * (self.segment_length + fft_multiplications(self.params.fft_length))
        logarithms = 8 * (self.params.band_count + self.params.peak_count)
        a_channel = self.window.length * (1 + filtering + moments) + spectra + bins + logarithms
        return Cost(
            macs=len(self.channels) * a_channel,
            scratch_bytes=4 * native.scratch_floats,
            table_bytes=native.config.table_bytes,
        )

    @cached_property
    def band_edges(self) -> tuple[int, ...]:
        """Band ``i`` holds the FFT bins from edge ``i`` up to, not including, edge ``i + 1``."""
        count, end = self.params.band_count, self.params.fft_length // 2 + 1
        edges = [1]
        for band in range(1, count + 1):
            if self.params.band_spacing == "log":
                edge = round(end ** (band / count))
            else:
                edge = 1 + round((end - 1) * band / count)
            edges.append(max(edge, edges[-1] + 1))
        return tuple(edges)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """A name for each feature, with its unit."""
        bin_hz = self.window.sample_rate_hz / self.params.fft_length
        edges_hz = [(edge - 0.5) * bin_hz for edge in self.band_edges]
        names = ["RMS", "skewness", "kurtosis"]
        names += [f"{low:.3g}–{high:.3g} Hz (dB)" for low, high in pairwise(edges_hz)]
        for peak in range(1, self.params.peak_count + 1):
            names += [f"peak {peak} (Hz)", f"peak {peak} (dB)"]
        return tuple(f"{channel} {name}" for channel in self.channels for name in names)

    def _filter_sections(self) -> list[list[float]]:
        """``[a1, a2, a3, k]`` of each section; the denominators are those of Butterworth's polynomial."""
        if self.params.filter_kind == "none":
            return []
        order = self.params.filter_order
        g = math.tan(math.pi * self.params.cutoff_hz / self.window.sample_rate_hz)
        sections = []
        for index in range(order // 2):
            k = 2 * math.sin(math.pi * (2 * index + 1) / (2 * order))
            a1 = 1 / (1 + g * (g + k))
            sections.append([a1, g * a1, g * g * a1, k])
        return sections

    @cached_property
    def native(self) -> NativeFunction:
        length = self.params.fft_length
        taper = hann(self.segment_length)
        taper *= math.sqrt(2 / (length * (taper**2).sum() * self.segment_count))
        sections = self._filter_sections()
        config = NativeConfig(
            "thimble_spectral_config",
            {
                "length": self.window.length,
                "input_channels": len(self.window.channels),
                "channel_count": len(self.channels),
                "channels": table(self.channel_indices, np.uint16),
                "filter_is_high_pass": int(self.params.filter_kind == "high"),
                "filter_sections": len(sections),
                "filter": table(np.array(sections), np.float32),
                "fft": fft_config(length),
                "segment_count": self.segment_count,
                "segment_length": self.segment_length,
                "segment_stride": self.segment_stride,
                "taper": table(taper, np.float32),
                "band_count": self.params.band_count,
                "band_edges": table(self.band_edges, np.uint16),
                "peak_count": self.params.peak_count,
                "bin_hz": float(self.window.sample_rate_hz / length),
                "floor_log2": float(self.params.noise_floor_db / _DB_PER_LOG2),
            },
        )
        units = ("thimble_const", "thimble_math", "thimble_fft", "thimble_spectral")
        scratch_floats = self.window.length + length // 2 + 1 + 2 * length
        return NativeFunction("thimble_spectral", units, config, scratch_floats)

    def picture(self, features: FloatArray) -> Picture:
        """The bands' powers, a line for each channel."""
        bin_hz = self.window.sample_rate_hz / self.params.fft_length
        by_channel = features.reshape(len(self.channels), self.features_per_channel)
        edges = self.band_edges
        return Picture(
            kind="line",
            values=np.ascontiguousarray(by_channel[:, _STATISTICS : _STATISTICS + self.params.band_count]),
            x_label="Frequency (Hz)",
            y_label="Power (dB)",
            series=self.channels,
            x=tuple(bin_hz * (low + high - 1) / 2 for low, high in pairwise(edges)),
        )
