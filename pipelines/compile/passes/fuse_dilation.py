"""SPACE_TO_BATCH_ND, a convolution and BATCH_TO_SPACE_ND become one dilated convolution.

So TensorFlow writes a dilated convolution: every `dilation`-th pixel goes to an image of its own, the batch of these is
convolved, and the results are put together again. One convolution with that dilation computes the same sums of the
same values, so the bytes are equal, and the batch, which no kernel here takes, disappears. The paddings that
SPACE_TO_BATCH_ND adds become the convolution's own, less what BATCH_TO_SPACE_ND crops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import flatbuffers
import tflite
from flatbuffers.table import Table

from pipelines.compile.graph import Graph, Operator, Shape, Tensor
from pipelines.compile.passes.alias_views import VIEW_KINDS
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.reader import reading

Pair = tuple[int, int]


@dataclass(frozen=True)
class _Chain:
    """SPACE_TO_BATCH_ND, views, the convolution, views, BATCH_TO_SPACE_ND: each is all that reads the one before."""

    operators: tuple[Operator, ...]
    convolution: Operator

    @property
    def source(self) -> int:
        return self.operators[0].inputs[0]

    @property
    def target(self) -> int:
        return self.operators[-1].outputs[0]


@dataclass(frozen=True)
class _Geometry:
    """Of the dilated convolution, (vertical, horizontal): shapes of its image and its output, dilation, padding."""

    image: Shape
    output: Shape
    dilation: Pair
    padding: tuple[int, int, int, int]


@graph_pass(order=20)
def fuse_dilation(graph: Graph) -> Graph:
    """Fuse each such chain whose operands are constant; others are left to the kernels' messages."""
    tensors = list(graph.tensors)
    replaced: dict[int, list[Operator]] = {}
    for operator in graph.operators:
        with reading(f"layer {graph.layer_name(operator)!r} ({operator.kind})"):
            chain = _chain(graph, operator)
            geometry = _geometry(graph, chain) if chain else None
        if chain is None or geometry is None:
            continue
        replaced |= {each.index: [] for each in chain.operators}
        replaced[chain.operators[-1].index] = _dilated(tensors, chain, geometry)
    operators = [new for operator in graph.operators for new in replaced.get(operator.index, [operator])]
    return replace(graph, tensors=tuple(tensors), operators=tuple(operators))


def _chain(graph: Graph, first: Operator) -> _Chain | None:
    if first.kind != "SPACE_TO_BATCH_ND" or len(first.inputs) != 3:
        return None
    operators = [first]
    convolution: Operator | None = None
    while operators[-1].kind != "BATCH_TO_SPACE_ND":
        readers = [each for each in graph.operators if operators[-1].outputs[0] in each.inputs]
        if len(readers) != 1 or operators[-1].outputs[0] == graph.output:
            return None
        following = readers[0]
        if following.inputs[0] != operators[-1].outputs[0] or len(following.outputs) != 1:
            return None
        if following.kind in ("CONV_2D", "DEPTHWISE_CONV_2D") and convolution is None:
            convolution = following
        elif following.kind not in VIEW_KINDS | {"BATCH_TO_SPACE_ND"}:
            return None
        operators.append(following)
    if convolution is None or len(operators[-1].inputs) != 3:
        return None
    return _Chain(tuple(operators), convolution)


def _geometry(graph: Graph, chain: _Chain) -> _Geometry | None:
    """What the dilated convolution is like; nothing when the chain is no such convolution."""
    tensors = graph.tensors
    source, target = tensors[chain.source], tensors[chain.target]
    image, output = tensors[chain.convolution.inputs[0]], tensors[chain.convolution.outputs[0]]
    weights = tensors[chain.convolution.inputs[1]]
    constants = [
        _integers(tensors[chain.operators[end].inputs[position]]) for end in (0, -1) for position in (1, 2)
    ]
    if (
        None in constants
        or not _is_plain(chain.convolution)
        or len(weights.shape) != 4
        or len(image.shape) != 4
    ):
        return None
    if not _same_numbers(source, image) or not _same_numbers(output, target) or source.shape[:1] != (1,):
        return None
    block, paddings, same_block, crops = (each or [] for each in constants)
    axes = len(block)
    if block != same_block or not len(paddings) == len(crops) == 2 * axes or len(source.shape) != axes + 2:
        return None
    if axes not in (1, 2) or min(block) < 1 or min(paddings) < 0 or min(crops) < 0:
        return None
    sizes: list[int] = list(source.shape[1:-1])
    if axes == 1:
        # A signal is an image of one row, or of one column.
        at = 1 if image.shape[1] == 1 and weights.shape[1] == 1 else 0
        sizes, block = _beside(sizes, at, [1]), _beside(block, at, [1])
        paddings, crops = _beside(paddings, at, [0, 0]), _beside(crops, at, [0, 0])
    padding = [pad - crop for pad, crop in zip(paddings, crops, strict=True)]
    kernel = weights.shape[1:3]
    result = [
        size + padding[2 * axis] + padding[2 * axis + 1] - (kernel[axis] - 1) * block[axis]
        for axis, size in enumerate(sizes)
    ]
    whole = all(
        (size + paddings[2 * axis] + paddings[2 * axis + 1]) % block[axis] == 0
        for axis, size in enumerate(sizes)
    )
    channels = weights.shape[0 if chain.convolution.kind == "CONV_2D" else 3]
    computed = (1, *result, channels)
    if (
        not whole
        or min(padding) < 0
        or min(result) < 1
        or target.elements != computed[1] * computed[2] * channels
    ):
        return None
    return _Geometry(
        (1, *sizes, source.shape[-1]),
        computed,
        (block[0], block[1]),
        (padding[0], padding[1], padding[2], padding[3]),
    )


def _beside(values: Sequence[int], at: int, neutral: list[int]) -> list[int]:
    """The values of the axis `at` of two, the other one neutral."""
    return [*neutral, *values] if at == 1 else [*values, *neutral]


def _integers(tensor: Tensor) -> list[int] | None:
    return None if tensor.data is None else [int(value) for value in tensor.data.reshape(-1)]


def _same_numbers(first: Tensor, second: Tensor) -> bool:
    return first.dtype is second.dtype and first.quantization == second.quantization


def _table(operator: Operator) -> Any:
    table = tflite.Conv2DOptions() if operator.kind == "CONV_2D" else tflite.DepthwiseConv2DOptions()
    table.Init(operator.options.Bytes, operator.options.Pos)
    return table


def _is_plain(operator: Operator) -> bool:
    """Whether the convolution has neither stride nor dilation nor padding of its own."""
    if operator.options is None or operator.padding is not None or min(operator.inputs[:2]) < 0:
        return False
    table = _table(operator)
    factors = (table.StrideH(), table.StrideW(), table.DilationHFactor(), table.DilationWFactor())
    return factors == (1, 1, 1, 1) and bool(table.Padding() == tflite.Padding.VALID)


def _dilated(tensors: list[Tensor], chain: _Chain, geometry: _Geometry) -> list[Operator]:
    """The convolution, of a view of the source as an image and to a view of the target where these are signals."""
    convolution = chain.convolution
    first, last = chain.operators[0], chain.operators[-1]
    image, output = chain.source, chain.target
    views_before, views_after = [], []
    if tensors[image].shape != geometry.image:
        image = convolution.inputs[0]
        tensors[image] = replace(tensors[image], shape=geometry.image)
        views_before = [_view(first, chain.source, image)]
    if tensors[output].shape != geometry.output:
        output = convolution.outputs[0]
        tensors[output] = replace(tensors[output], shape=geometry.output)
        views_after = [_view(last, output, chain.target)]
    dilated = replace(
        convolution,
        inputs=(image, *convolution.inputs[1:]),
        outputs=(output,),
        options=_options(convolution, geometry.dilation),
        padding=geometry.padding if any(geometry.padding) else None,
    )
    return [*views_before, dilated, *views_after]


def _view(operator: Operator, source: int, target: int) -> Operator:
    return replace(
        operator, kind="RESHAPE", inputs=(source,), outputs=(target,), options=None, options_type=0
    )


def _options(convolution: Operator, dilation: Pair) -> Table:
    """The convolution's table with another dilation."""
    old = _table(convolution)
    builder = flatbuffers.Builder(64)
    name = "Conv2DOptions" if convolution.kind == "CONV_2D" else "DepthwiseConv2DOptions"

    def add(field: str, value: int) -> None:
        getattr(tflite, f"{name}Add{field}")(builder, value)

    getattr(tflite, f"{name}Start")(builder)
    add("Padding", tflite.Padding.VALID)
    add("StrideH", 1)
    add("StrideW", 1)
    add("DilationHFactor", dilation[0])
    add("DilationWFactor", dilation[1])
    add("FusedActivationFunction", old.FusedActivationFunction())
    if convolution.kind == "DEPTHWISE_CONV_2D":
        add("DepthMultiplier", old.DepthMultiplier())
    builder.Finish(getattr(tflite, f"{name}End")(builder))
    data = bytes(builder.Output())
    return Table(data, int.from_bytes(data[:4], "little"))
