"""READ_VARIABLE and ASSIGN_VARIABLE: copies from and to a tensor that keeps its content.

`passes/resolve_variables.py` has made their handles tensors, and drops reads that need no copy.
"""

from __future__ import annotations

from pipelines.compile.kernels.base import Layer, Step, kernel


@kernel("READ_VARIABLE")
def read_variable(layer: Layer) -> Step:
    """Output = the variable, any shape."""
    layer.require_shape(layer.output, layer.input(0).shape)
    return Step(call=f"copy_whole({layer.output.size_bytes}, {{input0}}, {{output}})", source="copy_whole.h")


@kernel("ASSIGN_VARIABLE")
def assign_variable(layer: Layer) -> Step:
    """The variable (input 1) = the value (input 0), any shape."""
    value, variable = layer.input(0), layer.input(1)
    layer.require_shape(value, variable.shape)
    if not variable.variable:
        layer.malformed("assigns to a tensor that is not a variable")
    return Step(call=f"copy_whole({value.size_bytes}, {{input0}}, {{input1}})", source="copy_whole.h")
