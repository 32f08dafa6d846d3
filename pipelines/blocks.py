"""What a feature block and a learning block are, and the registry where they are found.

A block is one file in :mod:`pipelines.features` or :mod:`pipelines.learn` that
declares its parameters (a pydantic model, drawn as a form in the browser), its
output shape and its cost. Decorate the class with :func:`register` and it is
found; a third-party package names its module in the entry-point group
``thimble.blocks`` and is found too.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import math
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from pipelines.signals import FloatArray


class BlockError(ValueError):
    """A block that does not exist, or that cannot work on the input that it was given."""


class BlockParams(BaseModel):
    """Base of every block's parameters: no unknown fields, immutable, help texts required by the tests."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class WindowShape:
    """The window that a block is given: ``float32[length, len(channels)]`` at ``sample_rate_hz``."""

    length: int
    channels: tuple[str, ...]
    sample_rate_hz: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call needs, known from the shapes: multiply-accumulates, RAM beside input and output, constant tables.

    These are exact counts of the algorithm, not time; time is measured on the core by ``pipelines.profile``.
    """

    macs: int
    scratch_bytes: int
    table_bytes: int


@dataclass(frozen=True, slots=True)
class Picture:
    """How the features of one window look: what the browser draws.

    Args:
        kind: ``line`` (one line a series), ``bars`` (one bar a value) or ``heatmap`` (rows over columns).
        values: ``[series, n]`` for lines and bars, ``[rows, columns]`` for a heatmap.
        series: a name for each line or row group.
        x_label, y_label: axis captions with units.
        x: position of each column on the x axis, in the unit of ``x_label``.
        y: position of each row (heatmap only).
        categories: a name for each bar.
    """

    kind: Literal["line", "bars", "heatmap"]
    values: FloatArray
    x_label: str
    y_label: str
    series: tuple[str, ...] = ()
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CPart:
    """What a feature block contributes to a generated C library.

    The block's function has the signature
    ``void function(const config_type *config, const float *window, float *features, float *scratch)``;
    ``window`` is ``[length, channels of the whole input]``, interleaved; the config
    knows which of those channels the block reads.

    Args:
        function: the C function, e.g. ``thimble_mfe``.
        config_type: its config struct, e.g. ``thimble_mfe_config``.
        headers, sources: file name -> text; equal names in two blocks hold equal text.
        config_definition: C text that defines ``static const config_type NAME = {...};`` and
            its tables, for the NAME given to :meth:`FeatureBlock.c_part`.
        scratch_floats: size of ``scratch`` in floats.
    """

    function: str
    config_type: str
    headers: Mapping[str, str]
    sources: Mapping[str, str]
    config_definition: str
    scratch_floats: int


@dataclass(frozen=True, slots=True)
class CFrames:
    """How the features of a window are made of frames that windows share: what continuous inference needs.

    A window's features are those of its ``count`` frames, one after another. Frame ``i`` depends on nothing but the
    window's points in time ``i * stride`` to ``i * stride + length - 1``; the block's C function computes it from
    these when it is called with the frame's own config, to the same bits as in the whole window.

    Args:
        length, stride: points in time; the windows' own stride is a multiple of ``stride``.
        count: frames a window.
        size: feature values of one frame.
        config: the C identifier of the frame's config.
        config_definition: C text that defines it; stands behind the ``config_definition`` of :class:`CPart`, whose
            tables it may use.
    """

    length: int
    stride: int
    count: int
    size: int
    config: str
    config_definition: str


class FeatureBlock(ABC):
    """Turns windows into features, by the C code that the device runs.

    Subclasses set the class variables below and are built from checked parameters and
    the shape of the window; the constructor raises :class:`BlockError` where the two
    do not fit.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    Params: ClassVar[type[BlockParams]]

    def __init__(self, params: BlockParams, window: WindowShape, channels: tuple[str, ...] = ()) -> None:
        """``channels``: which of ``window.channels`` to read, in this order; all of them when empty."""
        self.params = params
        self.window = window
        self.channels = channels or window.channels
        missing = [name for name in self.channels if name not in window.channels]
        if missing:
            raise BlockError(
                f"channels: the input has no {', '.join(missing)}; it has {', '.join(window.channels)}"
            )
        self.channel_indices = tuple(window.channels.index(name) for name in self.channels)

    @property
    @abstractmethod
    def output_shape(self) -> tuple[int, ...]:
        """Shape of one window's features; the last axis is the one that features are normalised along."""

    @property
    @abstractmethod
    def cost(self) -> Cost:
        """Work and memory for one window."""

    @abstractmethod
    def extract(self, windows: FloatArray) -> FloatArray:
        """Features ``float32[batch, *output_shape]`` of windows ``float32[batch, length, channels]``."""

    @abstractmethod
    def picture(self, features: FloatArray) -> Picture:
        """How one window's features, ``float32[*output_shape]``, are drawn."""

    @abstractmethod
    def c_part(self, name: str) -> CPart:
        """This block, with these parameters, as C; ``name`` is the C identifier of its config."""

    def c_frames(self, name: str, window_stride: int) -> CFrames | None:
        """The frames that windows share which begin ``window_stride`` points in time apart.

        None, the default, where features depend on the whole window: then continuous inference computes them anew
        for each. ``name`` is that given to :meth:`c_part`.
        """
        return None

    @property
    def output_size(self) -> int:
        return math.prod(self.output_shape)


class LearningBlock(ABC):
    """Turns features into a prediction. Knows its own network; training it is ``pipelines.learn``'s work."""

    id: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    Params: ClassVar[type[BlockParams]]

    def __init__(self, params: BlockParams, input_shape: tuple[int, ...], labels: tuple[str, ...]) -> None:
        self.params = params
        self.input_shape = input_shape
        self.labels = labels

    @property
    @abstractmethod
    def output_shape(self) -> tuple[int, ...]:
        """Shape of one prediction."""

    @property
    @abstractmethod
    def cost(self) -> Cost:
        """Work and weights for one prediction, from the layers' shapes (float32)."""


Block = TypeVar("Block", bound=type[FeatureBlock] | type[LearningBlock])


@dataclass(slots=True)
class _Registry:
    features: dict[str, type[FeatureBlock]] = field(default_factory=dict)
    learning: dict[str, type[LearningBlock]] = field(default_factory=dict)


_REGISTRY = _Registry()
_PACKAGES = ("pipelines.features", "pipelines.learn")


def register(block: Block) -> Block:
    """Class decorator: make a block known under its ``id``.

    Raises:
        BlockError: the id is taken by another class.
    """
    known: dict[str, Any] = _REGISTRY.features if issubclass(block, FeatureBlock) else _REGISTRY.learning
    other = known.get(block.id)
    if other is not None and (other.__module__, other.__qualname__) != (block.__module__, block.__qualname__):
        raise BlockError(f"block id {block.id!r} is taken by {other.__module__}.{other.__qualname__}")
    known[block.id] = block
    return block


@cache
def _discover() -> None:
    """Import every module of the block packages, and what other packages offer, once."""
    for package_name in _PACKAGES:
        package = importlib.import_module(package_name)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package_name}.{module.name}")
    for entry_point in importlib.metadata.entry_points(group="thimble.blocks"):
        entry_point.load()


def feature_blocks() -> Mapping[str, type[FeatureBlock]]:
    """Every known feature block by id."""
    _discover()
    return _REGISTRY.features


def learning_blocks() -> Mapping[str, type[LearningBlock]]:
    """Every known learning block by id."""
    _discover()
    return _REGISTRY.learning


def feature_block(block_id: str) -> type[FeatureBlock]:
    """The feature block of that id; :class:`BlockError` names those that there are."""
    try:
        return feature_blocks()[block_id]
    except KeyError:
        raise BlockError(
            f"no feature block {block_id!r}; there are {', '.join(sorted(feature_blocks()))}"
        ) from None


def learning_block(block_id: str) -> type[LearningBlock]:
    """The learning block of that id; :class:`BlockError` names those that there are."""
    try:
        return learning_blocks()[block_id]
    except KeyError:
        raise BlockError(
            f"no learning block {block_id!r}; there are {', '.join(sorted(learning_blocks()))}"
        ) from None
