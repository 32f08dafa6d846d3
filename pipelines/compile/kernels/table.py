"""TABLE, an operator that passes make: any function of one int8 value, given as its 256 results."""

from __future__ import annotations

import numpy as np

from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.lookup import lookup_step


@kernel("TABLE")
def table(layer: Layer) -> Step:
    """The attribute `table` has the results of -128, -127, ... 127."""
    layer.require_shape(layer.output, layer.input(0).shape)
    results = np.asarray(layer.operator.attributes["table"])
    return lookup_step(layer, lambda raw: int(results[raw + 128]))
