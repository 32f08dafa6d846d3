"""The graph on the workbench, what is known of its channels, and the rules that speak of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.errors import CompileError
from pipelines.compile.graph import DType, Graph, Operator, Quantization, Shape, Tensor
from pipelines.compile.kernels.base import Layer
from pipelines.compile.options import CompileOptions
from pipelines.compile.reader import reading

# For each computed tensor, which of its channels stay: bool[channels], changed in place.
Keep = dict[int, npt.NDArray[np.bool_]]


class DoesNotFitError(Exception):
    """An operator is not of the form that a rule speaks of; all of its channels stay."""


@dataclass(frozen=True)
class Known:
    """Channels with one value at every place, whatever the model's input: `mask` and `values`, both [channels]."""

    mask: npt.NDArray[np.bool_]
    values: npt.NDArray[Any]


def channels_of(tensor: Tensor) -> int:
    """Length of the last axis; 1 for a scalar."""
    return tensor.shape[-1] if tensor.shape else 1


class Bench:
    """A graph while it is worked on: its tensors, to which constants are added, and the known channels."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.tensors = list(graph.tensors)
        self._known: dict[int, Known] = {}
        self._with_tensors = graph

    def constant(self, like: Tensor, data: npt.NDArray[Any]) -> int:
        """Add a constant with the name and the type of another one."""
        index = len(self.tensors)
        self.tensors.append(replace(like, index=index, shape=data.shape, data=data))
        return index

    def new_bias(self, name: str, dtype: DType, data: npt.NDArray[Any]) -> int:
        return self.constant(Tensor(0, f"{name}/bias", (), dtype), data)

    def set_known(self, tensor: int, known: Known | None) -> None:
        if known is not None and known.mask.any():
            self._known[tensor] = known

    def known(self, tensor: int) -> Known:
        """What is known of a computed tensor or of a constant."""
        found = self._known.get(tensor)
        if found is None:
            found = self._known_of_data(self.tensors[tensor])
        return found

    def _known_of_data(self, tensor: Tensor) -> Known:
        channels = channels_of(tensor)
        if tensor.data is None:
            return Known(np.zeros(channels, np.bool_), np.zeros(channels, tensor.dtype.numpy))
        rows = tensor.data.reshape(-1, channels)
        return Known((rows == rows[:1]).all(axis=0) & bool(len(rows)), rows[0])

    def layer(self, operator: Operator) -> Layer:
        if len(self._with_tensors.tensors) != len(self.tensors):
            self._with_tensors = replace(self.graph, tensors=tuple(self.tensors))
        return Layer(self._with_tensors, operator, CompileOptions())


class Rule:
    """Of one operator. A subclass looks at the operator when it is made and raises `DoesNotFitError`."""

    # The fewest output channels that the operator may keep.
    least_outputs = 1
    # Whether an input of which no channel stays disappears from the operator.
    may_lose_inputs = False

    def __init__(self, bench: Bench, operator: Operator) -> None:
        self.bench = bench
        self.operator = operator

    @property
    def output(self) -> int:
        return self.operator.outputs[0]

    def computed_inputs(self) -> list[int]:
        tensors = self.bench.tensors
        return [index for index in self.operator.inputs if index >= 0 and tensors[index].data is None]

    def fold(self) -> Known | None:
        """What is known of the output. May replace `operator` by one that reads fewer channels."""
        return None

    def spread(self, keep: Keep) -> None:
        """Mark what must stay in the inputs because of the output, and the other way round."""
        for tensor in (*self.computed_inputs(), *self.operator.outputs):
            keep[tensor][:] = True

    def narrow(self, keep: Keep) -> Operator:
        """The operator on the channels that stay."""
        return self.operator


_rules: dict[str, type[Rule]] = {}


def channel_rule(*kinds: str) -> Callable[[type[Rule]], type[Rule]]:
    """Register a class as the rule of these operators."""

    def register(rule: type[Rule]) -> type[Rule]:
        for kind in kinds:
            _rules[kind] = rule
        return rule

    return register


def rule_for(bench: Bench, operator: Operator) -> Rule:
    """The operator's rule; the one that keeps everything where there is none or it does not fit."""
    rule = _rules.get(operator.kind, Rule)
    try:
        if len(operator.outputs) != 1 or not operator.inputs or operator.inputs[0] < 0:
            raise DoesNotFitError
        with reading(f"operator {operator.index}"):
            return rule(bench, operator)
    except (DoesNotFitError, CompileError):
        return Rule(bench, operator)


def fold(rule: Rule) -> None:
    """Tell the workbench what is known of the output. What is broken is for the kernel to explain."""
    if len(rule.operator.outputs) != 1:
        return
    with suppress(DoesNotFitError, CompileError), reading(f"operator {rule.operator.index}"):
        rule.bench.set_known(rule.output, rule.fold())


def shape_with_channels(shape: Shape, channels: int) -> Shape:
    return (*shape[:-1], channels)


def narrowed_quantization(
    quantization: Quantization | None, axis: int, keep: npt.NDArray[np.bool_]
) -> Quantization | None:
    """The scales of the channels that stay, where there is one for each."""
    if quantization is None or len(quantization.scales) == 1 or quantization.axis != axis:
        return quantization
    chosen = np.flatnonzero(keep)
    return Quantization(
        tuple(quantization.scales[index] for index in chosen),
        tuple(quantization.zero_points[index] for index in chosen),
        axis,
    )


def require(condition: bool) -> None:
    if not condition:
        raise DoesNotFitError
