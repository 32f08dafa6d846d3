"""One file per operator family: it checks the operator's attributes and lowers it to a C call.

A kernel is a function `Layer -> Step` registered with `@kernel("CONV_2D")`, or for one type of number with
`@kernel("CONV_2D", dtype=DType.INT16)`. Every module in this
package is imported when the package is, so a new kernel is one new file (and its C in `native/`).
"""

from __future__ import annotations

import importlib
import pkgutil

from pipelines.compile.kernels.base import KERNELS, Constant, Fields, Kernel, Layer, Reach, Step, kernel

__all__ = ["KERNELS", "Constant", "Fields", "Kernel", "Layer", "Reach", "Step", "kernel"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
