"""Resource variables, as streaming models carry their past in, become tensors that keep their content.

VAR_HANDLE names a variable and CALL_ONCE calls the function that gives it its first value; both are worked out here.
READ_VARIABLE is the variable itself, or a copy where it is assigned to before all that was read is used. What is left
is ASSIGN_VARIABLE with the inputs (value, variable) and an empty output, because every operator has one.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy.typing as npt
import tflite

from pipelines.compile.errors import ModelFormatError, UnsupportedOpError
from pipelines.compile.graph import DType, Graph, Operator, Subgraph, Tensor
from pipelines.compile.passes.alias_views import VIEW_KINDS
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.reader import reading

# Container and shared name of a VAR_HANDLE.
_Name = tuple[bytes, bytes]


@graph_pass(order=1)
def resolve_variables(graph: Graph) -> Graph:
    """Replace VAR_HANDLE, CALL_ONCE, READ_VARIABLE and ASSIGN_VARIABLE of the main graph."""
    if not any(operator.kind in ("VAR_HANDLE", "CALL_ONCE") for operator in graph.operators):
        return graph
    return _Resolution(graph).whole()


class _Resolution:
    """The graph whose variables are being found."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.tensors = list(graph.tensors)
        self.handles = _handles(graph.operators)
        self.initial = self._initial_values()
        self.variables: dict[_Name, int] = {}

    def whole(self) -> Graph:
        views = dict(self.graph.views)
        operators = []
        for position, operator in enumerate(self.graph.operators):
            if operator.kind in ("VAR_HANDLE", "CALL_ONCE"):
                continue
            if operator.kind == "READ_VARIABLE":
                variable = self._variable(operator, operator.outputs[0])
                if self._outlives_assignment(position, operator):
                    operators.append(replace(operator, inputs=(variable,)))
                else:
                    views[operator.outputs[0]] = variable
            elif operator.kind == "ASSIGN_VARIABLE":
                operators.append(self._assignment(operator))
            else:
                operators.append(operator)
        return replace(
            self.graph,
            tensors=tuple(self.tensors),
            operators=tuple(operators),
            views=MappingProxyType(views),
        )

    def _initial_values(self) -> dict[_Name, npt.NDArray[Any]]:
        values: dict[_Name, npt.NDArray[Any]] = {}
        for operator in self.graph.operators:
            if operator.kind != "CALL_ONCE":
                continue
            function = self._function(operator)
            handles = _handles(function.operators)
            for each in function.operators:
                if each.kind == "VAR_HANDLE":
                    continue
                known = each.kind == "ASSIGN_VARIABLE" and len(each.inputs) == 2 and each.inputs[0] in handles
                data = function.tensors[each.inputs[1]].data if known and each.inputs[1] >= 0 else None
                if data is None:
                    raise UnsupportedOpError(
                        "CALL_ONCE",
                        f"operator {operator.index}",
                        f"prepares its variables with {each.kind} on computed values",
                        "give the model's variables constant initial values",
                    )
                values[handles[each.inputs[0]]] = data
        return values

    def _function(self, operator: Operator) -> Subgraph:
        with reading(f"the options of operator {operator.index}"):
            if operator.options is None or operator.options_type != tflite.BuiltinOptions.CallOnceOptions:
                raise ModelFormatError(f"operator {operator.index} (CALL_ONCE) lacks its options")
            options = tflite.CallOnceOptions()
            options.Init(operator.options.Bytes, operator.options.Pos)
            number = int(options.InitSubgraphIndex())
        if not 0 < number < len(self.graph.subgraphs):
            raise ModelFormatError(
                f"operator {operator.index} (CALL_ONCE) calls subgraph {number}, which does not exist"
            )
        return self.graph.subgraphs[number]

    def _variable(self, operator: Operator, like: int) -> int:
        """The tensor of the variable that `operator` reads or writes, which has the type of tensor `like`."""
        name = self.handles.get(operator.inputs[0]) if operator.inputs else None
        if name is None:
            raise ModelFormatError(f"operator {operator.index} ({operator.kind}) has no variable's handle")
        value = self.tensors[like]
        if name not in self.variables:
            initial = self.initial.get(name)
            if value.dtype is DType.OTHER or (
                initial is not None and (initial.shape, initial.dtype) != (value.shape, value.dtype.numpy)
            ):
                raise ModelFormatError(
                    f"operator {operator.index} ({operator.kind}) has a variable of another type than its first value"
                )
            self.variables[name] = self._add(replace(value, data=None, variable=True, initial=initial))
        variable = self.tensors[self.variables[name]]
        if (variable.shape, variable.dtype) != (value.shape, value.dtype):
            raise ModelFormatError(
                f"operator {operator.index} ({operator.kind}) has a variable of shape {list(variable.shape)} "
                f"and a value of shape {list(value.shape)}"
            )
        return variable.index

    def _outlives_assignment(self, position: int, read: Operator) -> bool:
        """Whether what was read is used, or is the model's output, once its variable has a new value."""
        assigned = False
        names = {read.outputs[0]}
        for operator in self.graph.operators[position + 1 :]:
            if assigned and not names.isdisjoint(operator.inputs):
                return True
            if operator.kind in VIEW_KINDS and not names.isdisjoint(operator.inputs):
                names.update(operator.outputs)
            if operator.kind == "ASSIGN_VARIABLE" and operator.inputs:
                assigned = assigned or self.handles.get(operator.inputs[0]) == self.handles[read.inputs[0]]
        return self.graph.output in names

    def _assignment(self, operator: Operator) -> Operator:
        if len(operator.inputs) != 2 or operator.inputs[1] < 0:
            raise ModelFormatError(f"operator {operator.index} (ASSIGN_VARIABLE) has no value")
        value = operator.inputs[1]
        variable = self._variable(operator, value)
        nothing = self._add(Tensor(0, f"{self.tensors[variable].name}/assigned", (0,), DType.INT8))
        return replace(operator, inputs=(value, variable), outputs=(nothing,))

    def _add(self, tensor: Tensor) -> int:
        self.tensors.append(replace(tensor, index=len(self.tensors)))
        return len(self.tensors) - 1


def _handles(operators: tuple[Operator, ...]) -> dict[int, _Name]:
    """Which variable each tensor that a VAR_HANDLE makes stands for."""
    handles = {}
    for operator in operators:
        if operator.kind == "VAR_HANDLE":
            with reading(f"the options of operator {operator.index}"):
                if (
                    operator.options is None
                    or operator.options_type != tflite.BuiltinOptions.VarHandleOptions
                ):
                    raise ModelFormatError(f"operator {operator.index} (VAR_HANDLE) lacks its options")
                options = tflite.VarHandleOptions()
                options.Init(operator.options.Bytes, operator.options.Pos)
                handles[operator.outputs[0]] = (options.Container() or b"", options.SharedName() or b"")
    return handles
