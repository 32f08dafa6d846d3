"""A chain of functions of one int8 value becomes one table, and a table that changes nothing disappears.

What a layer makes of one int8 value can be told for all 256 values when compiling. So RELU, LOGISTIC, QUANTIZE to
another scale and ADD or MUL with a number are tables; two in a row are one, exactly, because every value between
them is an int8 that the first has made. A table that gives back each value that it can get is a view.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.errors import CompileError
from pipelines.compile.graph import Graph, Operator
from pipelines.compile.kernels.base import Layer
from pipelines.compile.options import CompileOptions
from pipelines.compile.passes.alias_views import VIEW_KINDS
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.tables import UNARY_KINDS, table_of_int8

Table = npt.NDArray[np.int8]
_SCALAR_KINDS = {"ADD", "SUB", "MUL"}


@graph_pass(order=40)
def functions_as_tables(graph: Graph) -> Graph:
    """Join tables that follow each other, and turn those that do nothing into RESHAPE."""
    tables = {
        operator.index: table
        for operator in graph.operators
        if (table := _table(graph, operator)) is not None
    }
    if not tables:
        return graph
    readers = _readers(graph)
    makers = {operator.outputs[0]: operator for operator in graph.operators}
    joined: dict[int, Operator] = {}
    gone: set[int] = set()
    for operator in graph.operators:
        if operator.index not in tables:
            continue
        source = _computed_input(graph, operator)
        table = tables[operator.index]
        before = joined.get(makers[source].index, makers[source]) if source in makers else None
        if (
            before is not None
            and before.index in tables
            and readers.get(source, 0) == 1
            and source != graph.output
        ):
            table = table[tables[before.index].astype(np.int64) + 128]
            gone.add(before.index)
            source = _computed_input(graph, before)
        elif operator.kind not in _SCALAR_KINDS and not _is_identity(table):
            continue
        tables[operator.index] = table
        # A view of the model's input as its output would leave nothing to compute.
        joined[operator.index] = _as_table(operator, source, table, not _views_input(graph, makers, source))
    operators = tuple(joined.get(each.index, each) for each in graph.operators if each.index not in gone)
    return replace(graph, operators=operators)


def _as_table(operator: Operator, source: int, table: Table, may_be_view: bool) -> Operator:
    is_view = may_be_view and _is_identity(table)
    attributes: dict[str, Any] = {} if is_view else {"table": tuple(table.tolist())}
    return replace(
        operator,
        kind="RESHAPE" if is_view else "TABLE",
        inputs=(source,),
        options=None,
        options_type=0,
        attributes=MappingProxyType(attributes),
    )


def _views_input(graph: Graph, makers: Mapping[int, Operator], tensor: int) -> bool:
    """Whether the tensor has the bytes of the model's input."""
    while tensor in makers and makers[tensor].kind in VIEW_KINDS and makers[tensor].inputs:
        tensor = makers[tensor].inputs[0]
    return tensor == graph.input


def _is_identity(table: Table) -> bool:
    return bool((table == np.arange(-128, 128)).all())


def _table(graph: Graph, operator: Operator) -> Table | None:
    if operator.kind not in UNARY_KINDS | _SCALAR_KINDS:
        return None
    try:
        return table_of_int8(Layer(graph, operator, CompileOptions()))
    except CompileError:
        # What is wrong with it, its kernel says.
        return None


def _computed_input(graph: Graph, operator: Operator) -> int:
    return next(index for index in operator.inputs if index >= 0 and graph.tensors[index].data is None)


def _readers(graph: Graph) -> dict[int, int]:
    count: dict[int, int] = {}
    for operator in graph.operators:
        for tensor in operator.inputs:
            count[tensor] = count.get(tensor, 0) + 1
    return count
