"""The samples themselves as features."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from pydantic import ConfigDict, Field

from pipelines.blocks import BlockError, BlockParams, Cost, Picture, WindowShape, register
from pipelines.features.native_block import NativeFeatureBlock, NativeFrames, NativeFunction
from pipelines.features.native_config import NativeConfig, table
from pipelines.signals import FloatArray

_LONGEST_FRAME = 32
"""Frames save calls, and have to be collected before they are handled: neither short nor long ones."""


class RawParams(BlockParams):
    """Settings of :class:`Raw`."""

    model_config = ConfigDict(allow_inf_nan=False)

    scale: float = Field(
        1.0,
        title="Scale",
        description="Every sample is multiplied by this. 1 leaves the samples as they are.",
        ge=-1e6,
        le=1e6,
    )


@register
class Raw(NativeFeatureBlock):
    """Samples, scaled.

    Arguments: :class:`RawParams`. Input: ``[length, channels]``. Output: ``[length, channels]``, each sample
    times ``scale``, limited to what a float32 can hold.
    """

    id = "raw"
    title = "Raw signal"
    summary = (
        "Hands the samples to the model as they are. For networks that find their own features, and for short "
        "windows; a long window of raw samples makes a large model."
    )
    Params = RawParams
    params: RawParams

    def __init__(self, params: BlockParams, window: WindowShape, channels: tuple[str, ...] = ()) -> None:
        if not isinstance(params, RawParams):
            raise BlockError(f"params: expected RawParams, got {type(params).__name__}")
        super().__init__(params, window, channels)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (self.window.length, len(self.channels))

    @property
    def cost(self) -> Cost:
        return Cost(macs=self.output_size, scratch_bytes=0, table_bytes=self.native.config.table_bytes)

    @cached_property
    def native(self) -> NativeFunction:
        config = NativeConfig(
            "thimble_raw_config",
            {
                "length": self.window.length,
                "input_channels": len(self.window.channels),
                "channel_count": len(self.channels),
                "channels": table(self.channel_indices, np.uint16),
                "scale": float(self.params.scale),
            },
        )
        return NativeFunction("thimble_raw", ("thimble_const", "thimble_raw"), config, scratch_floats=0)

    def frames(self, window_stride: int) -> NativeFrames | None:
        """Any stretch of samples is a frame of its own: as long ones as fit the window and its stride."""
        common = math.gcd(self.window.length, window_stride)
        length = next(length for length in range(_LONGEST_FRAME, 0, -1) if common % length == 0)
        return NativeFrames(length, length, self.window.length // length, {"length": length})

    def picture(self, features: FloatArray) -> Picture:
        period_ms = 1000.0 / self.window.sample_rate_hz
        return Picture(
            kind="line",
            values=np.ascontiguousarray(features.reshape(self.output_shape).T),
            x_label="Time (ms)",
            y_label="Value",
            series=self.channels,
            x=tuple(index * period_ms for index in range(self.window.length)),
        )
