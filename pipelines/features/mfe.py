"""Log mel filterbank energies."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from pipelines.blocks import BlockError, BlockParams, Cost, Picture, WindowShape, register
from pipelines.features.fourier import FftLength, fft_config, fft_multiplications, hann
from pipelines.features.native_block import NativeFeatureBlock, NativeFrames, NativeFunction
from pipelines.features.native_config import NativeConfig, table
from pipelines.signals import FloatArray

_DB_PER_LOG2 = 10 * math.log10(2)
_MOST_FEATURES = 1_000_000


class MfeParams(BlockParams):
    """Settings of :class:`Mfe`."""

    model_config = ConfigDict(allow_inf_nan=False)

    frame_ms: float = Field(
        20,
        title="Frame length (ms)",
        description="How much sound each column of the spectrogram looks at. Longer tells pitches apart better, "
        "shorter tells moments apart better.",
        gt=0,
        le=10_000,
    )
    frame_stride_ms: float = Field(
        10,
        title="Frame stride (ms)",
        description="How far the frame moves for the next column. Larger makes fewer features and a smaller model.",
        gt=0,
        le=10_000,
    )
    filter_count: int = Field(
        40,
        title="Mel filters",
        description="How many bands the frequencies are summed into: narrow at low pitch, wide at high pitch.",
        ge=2,
        le=256,
    )
    fft_length: FftLength = Field(
        256,
        title="FFT length",
        description="Points of the Fourier transform. A shorter frame is filled with zeros; a longer one is folded "
        "onto itself, which keeps all of it and reads its spectrum at this many points.",
    )
    low_hz: float = Field(
        0,
        title="Lowest frequency (Hz)",
        description="Where the lowest filter begins. Raise it to ignore hum and handling noise.",
        ge=0,
        le=500_000,
    )
    high_hz: float = Field(
        0,
        title="Highest frequency (Hz)",
        description="Where the highest filter ends; at most half the sample rate, which 0 stands for.",
        ge=0,
        le=500_000,
    )
    noise_floor_db: float = Field(
        -70,
        title="Noise floor (dB)",
        description="Energy at or below this is 0 in the features, a tone of amplitude 1 is 1. "
        "Raise it to hide background noise.",
        ge=-200,
        le=-10,
    )


@register
class Mfe(NativeFeatureBlock):
    """Log mel filterbank energies.

    Arguments: :class:`MfeParams`. Input: ``[length, channels]``. Output: ``[frames, channels * filters]``.

    The window is cut into ``1 + (length - frame) // stride`` frames of ``frame_ms``. Each is weighted by a periodic
    Hann window of its own length, scaled by ``2 / sum(window)`` so that a sine of amplitude 1 has power 1, and
    transformed: ``X[k] = sum x[i] exp(-2 pi i k / fft_length)`` over the whole frame, be it shorter or longer than
    ``fft_length``. Triangular filters of height 1, whose corners are evenly spaced on the mel scale
    ``2595 log10(1 + f / 700)`` (O'Shaughnessy 1987, as in HTK), sum ``|X[k]|^2``. A filter so narrow that no bin lies
    in it takes the power at its centre, interpolated between the two bins beside it. An energy ``E`` becomes
    ``max(0, 1 - 10 log10(E) / noise_floor_db)``.

    Raises:
        BlockError: a frame is longer than the window, the frequencies do not fit the sample rate, or there would be
            more than a million features.
    """

    id = "mfe"
    title = "Audio (MFE)"
    summary = (
        "A spectrogram as the ear hears it: energies in mel-spaced frequency bands, on a logarithmic scale. "
        "For sounds, and words if they are few."
    )
    Params = MfeParams
    params: MfeParams

    def __init__(self, params: BlockParams, window: WindowShape, channels: tuple[str, ...] = ()) -> None:
        if not isinstance(params, MfeParams):
            raise BlockError(f"params: expected MfeParams, got {type(params).__name__}")
        super().__init__(params, window, channels)
        rate_hz = window.sample_rate_hz
        self.frame_length = max(1, round(params.frame_ms * rate_hz / 1000))
        self.frame_stride = max(1, round(params.frame_stride_ms * rate_hz / 1000))
        self.high_hz = params.high_hz or rate_hz / 2
        if self.frame_length > window.length:
            window_ms = 1000 * window.length / rate_hz
            raise BlockError(
                f"frame_ms: a frame of {params.frame_ms:g} ms is longer than the window of {window_ms:g} ms; "
                "shorten the frame or lengthen the window"
            )
        if self.high_hz > rate_hz / 2:
            raise BlockError(
                f"high_hz: {self.high_hz:g} Hz is above half the sample rate; use at most {rate_hz / 2:g} Hz, or 0"
            )
        if params.low_hz >= self.high_hz:
            raise BlockError(
                f"low_hz: {params.low_hz:g} Hz must be below the highest frequency, {self.high_hz:g} Hz; lower it"
            )
        if self.output_size > _MOST_FEATURES:
            raise BlockError(
                f"frame_stride_ms: {self.frame_count:,} frames make {self.output_size:,} features a window, more than "
                f"{_MOST_FEATURES:,}; lengthen the stride, shorten the window or use fewer filters"
            )

    @property
    def frame_count(self) -> int:
        return 1 + (self.window.length - self.frame_length) // self.frame_stride

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (self.frame_count, len(self.channels) * self.params.filter_count)

    @property
    def cost(self) -> Cost:
        native = self.native
        logarithm = 8
        a_frame = (
            2 * self.frame_length
            + fft_multiplications(self.params.fft_length)
            + sum(len(weights) for _, weights in self._filters)
            + logarithm * self.params.filter_count
        )
        return Cost(
            macs=self.frame_count * len(self.channels) * a_frame,
            scratch_bytes=4 * native.scratch_floats,
            table_bytes=native.config.table_bytes,
        )

    @cached_property
    def corners_hz(self) -> NDArray[np.float64]:
        """``filter_count + 2`` corners: filter ``i`` rises from corner ``i``, peaks at ``i + 1``, ends at ``i + 2``."""
        mels = np.linspace(_mel(self.params.low_hz), _mel(self.high_hz), self.params.filter_count + 2)
        corners: NDArray[np.float64] = 700 * (10 ** (mels / 2595) - 1)
        return corners

    @cached_property
    def _filters(self) -> list[tuple[int, NDArray[np.float64]]]:
        """First bin and weights of each filter."""
        bin_hz = self.window.sample_rate_hz / self.params.fft_length
        frequencies = bin_hz * np.arange(self.params.fft_length // 2 + 1)
        filters = []
        for left, centre, right in zip(
            self.corners_hz, self.corners_hz[1:], self.corners_hz[2:], strict=False
        ):
            rising = (frequencies - left) / (centre - left)
            falling = (right - frequencies) / (right - centre)
            weights = np.minimum(rising, falling)
            bins = np.flatnonzero(weights > 0)
            if len(bins):
                filters.append((int(bins[0]), weights[bins]))
            else:
                first = min(int(centre / bin_hz), self.params.fft_length // 2 - 1)
                share = centre / bin_hz - first
                filters.append((first, np.array([1 - share, share])))
        return filters

    @cached_property
    def native(self) -> NativeFunction:
        taper = hann(self.frame_length)
        noise_floor_log2 = self.params.noise_floor_db / _DB_PER_LOG2
        config = NativeConfig(
            "thimble_mfe_config",
            {
                "input_channels": len(self.window.channels),
                "channel_count": len(self.channels),
                "channels": table(self.channel_indices, np.uint16),
                "frame_count": self.frame_count,
                "frame_length": self.frame_length,
                "frame_stride": self.frame_stride,
                "taper": table(taper * (2 / taper.sum()), np.float32),
                "fft": fft_config(self.params.fft_length),
                "filter_count": self.params.filter_count,
                "filter_start": table([first for first, _ in self._filters], np.uint16),
                "filter_size": table([len(weights) for _, weights in self._filters], np.uint16),
                "filter_weights": table(
                    np.concatenate([weights for _, weights in self._filters]), np.float32
                ),
                "floor_log2": float(noise_floor_log2),
                "gain": float(-1 / noise_floor_log2),
            },
        )
        units = ("thimble_const", "thimble_math", "thimble_fft", "thimble_mfe")
        return NativeFunction("thimble_mfe", units, config, scratch_floats=2 * self.params.fft_length)

    def frames(self, window_stride: int) -> NativeFrames | None:
        """Those of the spectrogram, where a window begins at a frame of the one before it."""
        if window_stride % self.frame_stride:
            return None
        return NativeFrames(self.frame_length, self.frame_stride, self.frame_count, {"frame_count": 1})

    def picture(self, features: FloatArray) -> Picture:
        rate_hz = self.window.sample_rate_hz
        middle = self.frame_length / 2
        return Picture(
            kind="heatmap",
            values=np.ascontiguousarray(features.reshape(self.output_shape).T),
            x_label="Time (ms)",
            y_label="Frequency (Hz)",
            series=self.channels,
            x=tuple(
                1000 * (frame * self.frame_stride + middle) / rate_hz for frame in range(self.frame_count)
            ),
            y=tuple(self.corners_hz[1:-1].tolist()) * len(self.channels),
        )


def _mel(frequency_hz: float) -> float:
    return 2595 * math.log10(1 + frequency_hz / 700)
