"""What the compiler returns: the C files and the facts about them."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.compile.graph import Shape


@dataclass(frozen=True)
class TensorInfo:
    """The model's input or output. `dtype` is `"int8"`, `"int16"`, `"float32"`, or `"int32"` or `"int64"` of plain numbers.

    For int8 and int16, real = scale * (integer - zero_point); for the others scale is 1.0 and zero_point 0.
    """

    shape: Shape
    dtype: str
    scale: float
    zero_point: int

    @property
    def is_quantized(self) -> bool:
        return self.dtype in ("int8", "int16")

    @property
    def c_type(self) -> str:
        return "float" if self.dtype == "float32" else f"{self.dtype}_t"

    @property
    def elements(self) -> int:
        count = 1
        for size in self.shape:
            count *= size
        return count


@dataclass(frozen=True)
class LayerInfo:
    """One step of the compiled model. `macs` counts multiply-accumulates; `op` is TFLite's name."""

    name: str
    op: str
    macs: int
    output_shape: Shape
    weights_bytes: int
    scratch_bytes: int
    weights_bytes_dsp: int
    weights_bytes_mve: int

    def weights_bytes_for(self, dsp: bool, mve: bool) -> int:
        """Bytes of the constants on a core with these extensions, which may read them in another order."""
        if mve:
            return self.weights_bytes_mve
        return self.weights_bytes_dsp if dsp else self.weights_bytes


@dataclass(frozen=True)
class SegmentInfo:
    """Layers `first` to `last` (included) that run row by row, in `strips` of columns (1: the whole width).

    Of each image between them only some rows are in memory, `ring_rows` by layer: `ring_bytes` instead of
    `whole_bytes`. `recomputed_macs` are those of columns that two strips compute.
    """

    first: int
    last: int
    strips: int
    ring_rows: dict[int, int]
    ring_bytes: int
    whole_bytes: int
    recomputed_macs: int


@dataclass(frozen=True)
class CompiledModel:
    """A model as C source.

    `files` has `{name}.c` and `{name}.h`. The arena is all the
    memory that `{name}_invoke` works in: the input and the output lie in it too, at these offsets, and may share
    bytes with each other. Its first `state_bytes` keep their content from one call to the next; `{name}_reset` is
    there only if there are any.
    """

    name: str
    files: dict[str, str]
    arena_bytes: int
    arena_lower_bound_bytes: int
    weights_bytes: int
    macs: int
    input: TensorInfo
    output: TensorInfo
    input_offset_bytes: int
    output_offset_bytes: int
    state_bytes: int
    layers: list[LayerInfo]
    segments: tuple[SegmentInfo, ...] = ()

    @property
    def recomputed_macs(self) -> int:
        """Multiply-accumulates beside `macs`, which strips of columns do a second time to need less memory."""
        return sum(segment.recomputed_macs for segment in self.segments)

    def weights_bytes_for(self, dsp: bool, mve: bool) -> int:
        """Bytes of the constants on a core with these extensions, which may read them in another order."""
        return sum(layer.weights_bytes_for(dsp, mve) for layer in self.layers)
