"""Operators that only lay out what they read: RESHAPE and its kin, and CONCATENATION."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import tflite

from pipelines.compile.channels.base import Bench, Keep, Known, Rule, channel_rule, channels_of, require
from pipelines.compile.graph import Operator


@channel_rule("RESHAPE", "EXPAND_DIMS", "SQUEEZE")
class View(Rule):
    """One of the two last axes is a whole number of times the other: then channel j stays apart from the others."""

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        self.source, self.target = bench.tensors[operator.inputs[0]], bench.tensors[operator.outputs[0]]
        require(self.source.data is None and self.source.elements == self.target.elements > 0)
        require(self.source.dtype is self.target.dtype)
        require(self.source.dtype.value != "int8" or self.source.quantization == self.target.quantization)
        counts = channels_of(self.source), channels_of(self.target)
        self.channels = min(counts)
        require(max(counts) % self.channels == 0)

    def fold(self) -> Known | None:
        known = self.bench.known(self.source.index)
        rows = known.values.reshape(-1, self.channels)
        mask = known.mask.reshape(-1, self.channels).all(axis=0) & (rows == rows[:1]).all(axis=0)
        repeats = channels_of(self.target) // self.channels
        return Known(np.tile(mask, repeats), np.tile(rows[0], repeats))

    def spread(self, keep: Keep) -> None:
        both = [keep[tensor.index] for tensor in (self.source, self.target)]
        wanted = both[0].reshape(-1, self.channels).any(axis=0) | both[1].reshape(-1, self.channels).any(
            axis=0
        )
        for mask in both:
            mask[:] = np.tile(wanted, len(mask) // self.channels)

    def narrow(self, keep: Keep) -> Operator:
        # The shape that the second input asks for may be no longer right; the tensors' own shapes are.
        return replace(self.operator, inputs=self.operator.inputs[:1])


@channel_rule("CONCATENATION")
class Concatenation(Rule):
    """Along the channels each input has its slice of the output's; along another axis all have the same channels."""

    may_lose_inputs = True

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        require(min(operator.inputs) >= 0)
        self.operands = [bench.tensors[index] for index in operator.inputs]
        self.target = bench.tensors[operator.outputs[0]]
        rank = len(self.target.shape)
        axis = int(bench.layer(operator).options(tflite.ConcatenationOptions).Axis())
        require(rank > 0 and -rank <= axis < rank and self.target.elements > 0)
        require(all(len(each.shape) == rank and each.elements > 0 for each in self.operands))
        self.along_channels = axis % rank == rank - 1
        counts = [channels_of(each) for each in self.operands]
        self.starts = np.cumsum([0, *counts]) if self.along_channels else np.zeros(len(counts) + 1, np.int64)
        channels = channels_of(self.target)
        require(sum(counts) == channels if self.along_channels else set(counts) == {channels})
        kept = rank - 1 if self.along_channels else axis % rank
        for each in self.operands:
            require(each.shape[:kept] == self.target.shape[:kept])
            require(each.shape[kept + 1 :] == self.target.shape[kept + 1 :])
            require(each.dtype is self.target.dtype)
        self.same_numbers = all(each.quantization == self.target.quantization for each in self.operands)

    def fold(self) -> Known | None:
        if not self.same_numbers:
            return None
        known = [self.bench.known(tensor.index) for tensor in self.operands]
        if self.along_channels:
            return Known(
                np.concatenate([each.mask for each in known]), np.concatenate([each.values for each in known])
            )
        mask = np.logical_and.reduce([each.mask & (each.values == known[0].values) for each in known])
        return Known(mask, known[0].values)

    def spread(self, keep: Keep) -> None:
        target = keep[self.target.index]
        for start, tensor in zip(self.starts, self.operands, strict=False):
            part = target[start : start + channels_of(tensor)]
            if tensor.data is None:
                part |= keep[tensor.index]
        for start, tensor in zip(self.starts, self.operands, strict=False):
            if tensor.data is None:
                keep[tensor.index] |= target[start : start + channels_of(tensor)]

    def narrow(self, keep: Keep) -> Operator:
        target = keep[self.target.index]
        if target.all():
            return self.operator
        inputs = []
        for start, tensor in zip(self.starts, self.operands, strict=False):
            part = target[start : start + channels_of(tensor)]
            if not part.any():
                continue
            if tensor.data is None or part.all():
                inputs.append(tensor.index)
            else:
                inputs.append(self.bench.constant(tensor, np.ascontiguousarray(tensor.data[..., part])))
        return replace(self.operator, inputs=tuple(inputs))
