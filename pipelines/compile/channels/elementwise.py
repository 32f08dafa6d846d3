"""Operators that treat every element alike: channel j of the output is a function of channel j of the inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipelines.compile.channels.base import Bench, Keep, Known, Rule, channel_rule, channels_of, require
from pipelines.compile.graph import DType, Operator
from pipelines.compile.kernels.base import float_limits
from pipelines.compile.tables import UNARY_KINDS, function_of_two_int8, table_of_int8


@channel_rule(*UNARY_KINDS, "DEQUANTIZE", "CAST", "FLOOR", "CEIL", "ROUND")
class Unary(Rule):
    """One input of the output's shape."""

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        require(len(operator.inputs) == 1)
        self.source, self.target = bench.tensors[operator.inputs[0]], bench.tensors[operator.outputs[0]]
        require(self.source.shape == self.target.shape and self.source.data is None)

    def fold(self) -> Known | None:
        known = self.bench.known(self.source.index)
        if not known.mask.any():
            return None
        types = (self.source.dtype, self.target.dtype)
        if types == (DType.FLOAT32, DType.FLOAT32) and self.operator.kind in ("RELU", "RELU6"):
            return Known(known.mask, np.clip(known.values, *float_limits(self.operator.kind)))
        if types != (DType.INT8, DType.INT8):
            return None
        table = table_of_int8(self.bench.layer(self.operator))
        return None if table is None else Known(known.mask, table[known.values.astype(np.int64) + 128])

    def spread(self, keep: Keep) -> None:
        source, target = keep[self.source.index], keep[self.target.index]
        source |= target
        target |= source


_TAKES_CONSTANTS = {"ADD", "SUB", "MUL"}


@channel_rule("ADD", "SUB", "MUL", "DIV", "MINIMUM", "MAXIMUM", "SQUARED_DIFFERENCE", "PRELU")
class Binary(Rule):
    """Two inputs, computed or constant, that broadcast to the output's shape."""

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        require(len(operator.inputs) == 2 and min(operator.inputs) >= 0)
        self.operands = [bench.tensors[index] for index in operator.inputs]
        self.target = bench.tensors[operator.outputs[0]]
        self.channels = channels_of(self.target)
        shapes = [each.shape for each in self.operands]
        require(all(len(shape) <= len(self.target.shape) for shape in shapes))
        require(all(each.elements for each in (*self.operands, self.target)))
        try:
            require(np.broadcast_shapes(*shapes) == self.target.shape)
        except ValueError:
            require(False)

    def fold(self) -> Known | None:
        first, second = (self._known(position) for position in (0, 1))
        if not (first.mask.any() or second.mask.any()):
            return None
        both = first.mask & second.mask
        found = self._known_results(first, second, both)
        if found is None or not found.mask.all():
            self._take_constants((first, second))
        return found

    def _known(self, position: int) -> Known:
        found = self.bench.known(self.operands[position].index)
        shape = (self.channels,)
        return Known(np.broadcast_to(found.mask, shape), np.broadcast_to(found.values, shape))

    def _known_results(self, first: Known, second: Known, both: npt.NDArray[np.bool_]) -> Known | None:
        compute = function_of_two_int8(self.bench.layer(self.operator)) if both.any() else None
        if compute is None:
            return None
        values = compute(first.values.astype(np.int64), second.values.astype(np.int64))
        return Known(both, np.where(both, values, 0).astype(np.int8))

    def _take_constants(self, known: tuple[Known, Known]) -> None:
        """An operand that is known in all channels, but computed, becomes a constant."""
        for position, (tensor, found) in enumerate(zip(self.operands, known, strict=True)):
            other = self.operands[1 - position]
            if tensor.data is not None or other.data is not None or not found.mask.all():
                continue
            # The other operand must span the output's shape alone.
            if other.shape != self.target.shape or self.operator.kind not in _TAKES_CONSTANTS:
                continue
            shape = (*(1 for _ in tensor.shape[:-1]), self.channels)
            index = self.bench.constant(tensor, found.values.astype(tensor.dtype.numpy).reshape(shape))
            inputs = list(self.operator.inputs)
            inputs[position] = index
            self.operator = replace(self.operator, inputs=tuple(inputs))
            self.operands[position] = self.bench.tensors[index]
            return

    def spread(self, keep: Keep) -> None:
        target = keep[self.target.index]
        tied = [self.target.index]
        for tensor in self.operands:
            if tensor.data is not None:
                continue
            if channels_of(tensor) == self.channels:
                tied.append(tensor.index)
                target |= keep[tensor.index]
            else:
                keep[tensor.index][:] = True
        for index in tied:
            keep[index] |= target

    def narrow(self, keep: Keep) -> Operator:
        target = keep[self.target.index]
        if target.all():
            return self.operator
        inputs = list(self.operator.inputs)
        for position, tensor in enumerate(self.operands):
            if tensor.data is not None and channels_of(tensor) == self.channels:
                inputs[position] = self.bench.constant(tensor, np.ascontiguousarray(tensor.data[..., target]))
        return replace(self.operator, inputs=tuple(inputs))
