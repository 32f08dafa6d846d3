"""A WHILE becomes its body, as often as it runs: so do Keras's LSTM, GRU and SimpleRNN arrive.

Keras exports a recurrent layer as a loop over the time steps, with counters among the values that it carries. How
often it runs follows from the counters alone, which are computed here; what is left has no control flow. All turns
share the body's constants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.errors import ModelFormatError, UnsupportedOpError
from pipelines.compile.graph import Graph, Operator, Subgraph, Tensor
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.reader import MAX_OPERATORS, MAX_TENSORS, reading

_COUNTING: Mapping[str, Callable[..., npt.NDArray[Any]]] = {
    "ADD": np.add,
    "SUB": np.subtract,
    "MUL": np.multiply,
    "MINIMUM": np.minimum,
    "MAXIMUM": np.maximum,
    "LESS": np.less,
    "LESS_EQUAL": np.less_equal,
    "GREATER": np.greater,
    "GREATER_EQUAL": np.greater_equal,
    "EQUAL": np.equal,
    "NOT_EQUAL": np.not_equal,
    "LOGICAL_AND": np.logical_and,
    "LOGICAL_OR": np.logical_or,
    "LOGICAL_NOT": np.logical_not,
}


@graph_pass(order=2)
def unroll_loops(graph: Graph) -> Graph:
    """Replace every WHILE of the main graph whose number of turns is known when compiling.

    Raises `UnsupportedOpError` where it depends on the data, and `ModelFormatError` where the loop is malformed.
    """
    if not any(operator.kind == "WHILE" for operator in graph.operators):
        return graph
    return _Unrolling(graph).whole()


class _Unrolling:
    """The graph that grows while loops are written out."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.tensors = list(graph.tensors)
        self.operators: list[Operator] = []
        self.renamed: dict[int, int] = {}

    def whole(self) -> Graph:
        for operator in self.graph.operators:
            given = tuple(self.renamed.get(tensor, tensor) for tensor in operator.inputs)
            if operator.kind == "WHILE":
                carried = self._turns(operator, given)
                self.renamed.update(zip(operator.outputs, carried, strict=True))
            else:
                self.operators.append(replace(operator, inputs=given))
        return replace(
            self.graph,
            tensors=tuple(self.tensors),
            operators=tuple(replace(each, index=index) for index, each in enumerate(self.operators)),
            output=self.renamed.get(self.graph.output, self.graph.output),
        )

    def _turns(self, loop: Operator, carried: tuple[int, ...]) -> tuple[int, ...]:
        """Write the loop out; what it carries in the end."""
        condition, body = self._functions(loop)
        shared: dict[int, int] = {}
        while self._goes_on(loop, condition, carried):
            if len(self.operators) > MAX_OPERATORS or len(self.tensors) > MAX_TENSORS:
                raise UnsupportedOpError(
                    "WHILE",
                    self.graph.layer_name(loop),
                    f"runs so often that the model has over {MAX_OPERATORS} operators",
                    "use fewer time steps, or a convolution in front that strides over time",
                )
            carried = self._turn(loop, body, carried, shared)
        return carried

    def _functions(self, loop: Operator) -> tuple[Subgraph, Subgraph]:
        with reading(f"the options of operator {loop.index}"):
            if loop.options is None or loop.options_type != tflite.BuiltinOptions.WhileOptions:
                raise ModelFormatError(f"operator {loop.index} (WHILE) lacks its options")
            options = tflite.WhileOptions()
            options.Init(loop.options.Bytes, loop.options.Pos)
            numbers = (int(options.CondSubgraphIndex()), int(options.BodySubgraphIndex()))
        for number in numbers:
            if not 0 < number < len(self.graph.subgraphs):
                raise ModelFormatError(
                    f"operator {loop.index} (WHILE) calls subgraph {number}, which does not exist"
                )
        condition, body = (self.graph.subgraphs[number] for number in numbers)
        count = len(loop.inputs)
        ends = {count, len(loop.outputs), len(condition.inputs), len(body.inputs), len(body.outputs)}
        if len(ends) != 1 or len(condition.outputs) != 1 or min(loop.inputs, default=0) < 0:
            raise ModelFormatError(
                f"operator {loop.index} (WHILE) and its functions differ in what they carry"
            )
        return condition, body

    def _goes_on(self, loop: Operator, condition: Subgraph, carried: tuple[int, ...]) -> bool:
        known = {
            tensor: data
            for tensor, value in zip(condition.inputs, carried, strict=True)
            if (data := self.tensors[value].data) is not None
        }
        known.update({each.index: each.data for each in condition.tensors if each.data is not None})
        for operator in condition.operators:
            result = _counted(operator, [known.get(tensor) for tensor in operator.inputs])
            if result is not None:
                known[operator.outputs[0]] = result
        answer = known.get(condition.outputs[0])
        if answer is None or answer.size != 1:
            raise UnsupportedOpError(
                "WHILE",
                self.graph.layer_name(loop),
                "runs as often as the data say",
                "export the model with a fixed number of time steps",
            )
        return bool(answer.reshape(-1)[0])

    def _turn(
        self, loop: Operator, body: Subgraph, carried: tuple[int, ...], shared: dict[int, int]
    ) -> tuple[int, ...]:
        """Append the body once; the new carried values. `shared` has the numbers of its constants."""
        here = dict(zip(body.inputs, carried, strict=True))
        for inside, value in here.items():
            if (body.tensors[inside].shape, body.tensors[inside].dtype) != (
                self.tensors[value].shape,
                self.tensors[value].dtype,
            ):
                raise ModelFormatError(
                    f"operator {loop.index} (WHILE) carries a tensor that changes its shape"
                )

        def number(inside: int) -> int:
            if inside < 0 or inside in here:
                return here.get(inside, inside)
            if body.tensors[inside].data is not None:
                if inside not in shared:
                    shared[inside] = self._add(body.tensors[inside])
                return shared[inside]
            here[inside] = self._add(body.tensors[inside])
            return here[inside]

        for operator in body.operators:
            if operator.kind == "WHILE":
                raise UnsupportedOpError(
                    "WHILE", self.graph.layer_name(loop), "has a loop inside", "export the model unrolled"
                )
            inputs = tuple(number(tensor) for tensor in operator.inputs)
            result = _counted(
                operator, [self.tensors[tensor].data if tensor >= 0 else None for tensor in inputs]
            )
            outputs = tuple(number(tensor) for tensor in operator.outputs)
            if result is not None and self.tensors[outputs[0]].shape == result.shape:
                self.tensors[outputs[0]] = replace(self.tensors[outputs[0]], data=result)
            else:
                self.operators.append(replace(operator, inputs=inputs, outputs=outputs))
        return tuple(number(tensor) for tensor in body.outputs)

    def _add(self, tensor: Tensor) -> int:
        self.tensors.append(replace(tensor, index=len(self.tensors)))
        return len(self.tensors) - 1


def _counted(operator: Operator, values: list[npt.NDArray[Any] | None]) -> npt.NDArray[Any] | None:
    """The result of an operator on counters and conditions; None where it is none, or reads anything unknown."""
    function = _COUNTING.get(operator.kind)
    known = [value for value in values if value is not None]
    if function is None or not known or len(known) != len(values):
        return None
    if any(value.dtype.kind not in "ib" for value in known):
        return None
    try:
        with np.errstate(over="ignore"):
            return np.asarray(function(*known))
    except (ValueError, TypeError):
        return None
