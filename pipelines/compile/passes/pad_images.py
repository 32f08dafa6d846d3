"""A PAD of a signal that is then seen as an image becomes a PAD of the image.

Keras pads in front of a causal Conv1D, and only then turns the signal into an image of one row. The other way around, the
convolution takes the padding over (`fuse_pad`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipelines.compile.graph import DType, Graph, Operator, Tensor
from pipelines.compile.passes.alias_views import VIEW_KINDS
from pipelines.compile.passes.registry import graph_pass


@graph_pass(order=30)
def pad_images(graph: Graph) -> Graph:
    """Swap each PAD of [1, length, channels] and the view of it as [1, 1, length, channels] or [1, length, 1, channels]."""
    tensors = list(graph.tensors)
    swapped: dict[int, list[Operator]] = {}
    for pad in graph.operators:
        view = _only_view(graph, pad)
        amounts = _amounts(tensors, pad, view) if view is not None else None
        if view is None or amounts is None:
            continue
        source, signal, image = pad.inputs[0], pad.outputs[0], view.outputs[0]
        axis = 1 if amounts[1].any() else 2
        shape = list(tensors[image].shape)
        shape[axis] -= int(amounts[axis].sum())
        tensors[signal] = replace(tensors[signal], shape=tuple(shape))
        constant = Tensor(len(tensors), "", amounts.shape, DType.INT32, data=amounts)
        tensors.append(constant)
        swapped[pad.index] = [
            replace(view, kind="RESHAPE", inputs=(source,), outputs=(signal,), options=None)
        ]
        swapped[view.index] = [replace(pad, inputs=(signal, constant.index), outputs=(image,))]
    operators = [new for operator in graph.operators for new in swapped.get(operator.index, [operator])]
    return replace(graph, tensors=tuple(tensors), operators=tuple(operators))


def _only_view(graph: Graph, pad: Operator) -> Operator | None:
    """The view that is all that reads a PAD."""
    if pad.kind != "PAD" or len(pad.inputs) != 2 or pad.outputs[0] == graph.output:
        return None
    readers = [each for each in graph.operators if pad.outputs[0] in each.inputs]
    if len(readers) != 1 or readers[0].kind not in VIEW_KINDS or readers[0].inputs[0] != pad.outputs[0]:
        return None
    return readers[0]


def _amounts(tensors: list[Tensor], pad: Operator, view: Operator) -> npt.NDArray[np.int32] | None:
    """What the image is padded by, [4, 2]; nothing when the PAD touches more than the length."""
    source, signal, image = (tensors[index] for index in (pad.inputs[0], pad.outputs[0], view.outputs[0]))
    data = tensors[pad.inputs[1]].data
    if data is None or data.shape != (3, 2) or data.min() < 0 or data[[0, 2]].any() or not data.any():
        return None
    length, channels = signal.shape[1:] if len(signal.shape) == 3 else (0, 0)
    if source.shape != (1, length - int(data.sum()), channels) or source.dtype is not image.dtype:
        return None
    if source.quantization != signal.quantization or signal.quantization != image.quantization:
        return None
    if image.shape not in ((1, 1, length, channels), (1, length, 1, channels)):
        return None
    axis = 2 if image.shape[1] == 1 else 1
    amounts = np.zeros((4, 2), np.int32)
    amounts[axis] = data[1]
    return amounts
