"""What the feature blocks that are written in C have in common: calling it, and handing it out."""

from __future__ import annotations

import ctypes
import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipelines.blocks import BlockError, CFrames, CPart, FeatureBlock
from pipelines.features.native_config import NativeConfig
from pipelines.features.native_library import batch_function, read_sources
from pipelines.signals import FloatArray

_CHUNK_WINDOWS = 256


@dataclass(frozen=True, slots=True)
class NativeFunction:
    """A block's C function and the config it is called with.

    Args:
        name: the function; also the name of its unit (``NAME.h``, ``NAME.c``), which is in ``units``.
        units: the units of ``native/`` that it is built from, each after those that it includes.
        config: the values of its config struct.
        scratch_floats: size of its scratch buffer.
    """

    name: str
    units: tuple[str, ...]
    config: NativeConfig
    scratch_floats: int


@dataclass(frozen=True, slots=True)
class NativeFrames:
    """Frames of which a window's features are made, see :class:`pipelines.blocks.CFrames`.

    Args:
        length, stride: points in time.
        count: frames a window.
        changes: members of the block's config that make it the config of a single frame.
    """

    length: int
    stride: int
    count: int
    changes: Mapping[str, int]


class NativeFeatureBlock(FeatureBlock):
    """A feature block whose work is done by one C function under ``native/``."""

    @property
    @abstractmethod
    def native(self) -> NativeFunction:
        """The function, with its config for these parameters and this window."""

    def frames(self, window_stride: int) -> NativeFrames | None:
        """The frames that windows share which begin ``window_stride`` points apart; None, the default, for none."""
        return None

    def extract(self, windows: FloatArray) -> FloatArray:
        """Features ``float32[batch, *output_shape]`` of windows ``float32[batch, length, channels]``.

        ``windows`` may be memory-mapped, and of any layout: what is not contiguous float32 is copied, a part
        at a time.

        Raises:
            BlockError: the shape is not that of the window that the block was built for.
        """
        expected = (self.window.length, len(self.window.channels))
        if windows.ndim != 3 or windows.shape[1:] != expected:
            raise BlockError(
                f"windows: expected shape [batch, {expected[0]}, {expected[1]}], got {windows.shape}"
            )
        native = self.native
        batch = batch_function(native.name, native.config.type_name, native.units)
        config = native.config.to_ctypes()
        scratch = np.empty(native.scratch_floats, np.float32)
        features = np.empty((len(windows), self.output_size), np.float32)
        ready = windows.dtype == np.float32 and windows.flags.c_contiguous
        chunk = len(windows) if ready else _CHUNK_WINDOWS
        for start in range(0, len(windows), max(chunk, 1)):
            part = np.ascontiguousarray(windows[start : start + chunk], dtype=np.float32)
            into = features[start : start + len(part)]
            batch(
                ctypes.addressof(config),
                part.ctypes.data,
                len(part),
                math.prod(expected),
                self.output_size,
                into.ctypes.data,
                scratch.ctypes.data,
            )
        return features.reshape(len(windows), *self.output_shape)

    def c_part(self, name: str) -> CPart:
        native = self.native
        headers, sources = read_sources(native.units)
        return CPart(
            function=native.name,
            config_type=native.config.type_name,
            headers=headers,
            sources=sources,
            config_definition=native.config.to_c(name),
            scratch_floats=native.scratch_floats,
        )

    def c_frames(self, name: str, window_stride: int) -> CFrames | None:
        frames = self.frames(window_stride)
        if frames is None:
            return None
        config = f"{name}_frame"
        return CFrames(
            length=frames.length,
            stride=frames.stride,
            count=frames.count,
            size=self.output_size // frames.count,
            config=config,
            config_definition=self.native.config.variant_to_c(config, name, **frames.changes),
        )
