"""What the user may choose about how a model is compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Optimize = Literal["speed", "balanced", "size"]
WeightsIn = Literal["flash", "ram"]


@dataclass(frozen=True)
class CompileOptions:
    """Choices of a compilation; none of them changes a byte of the results.

    Args:
        optimize: `size` prefers few, shared kernels, `speed` longer ones for each case, `balanced` both where
            each pays most.
        ram_limit_bytes: the arena must not be larger; plans that compute some values twice are taken only where
            nothing else fits. None: the least memory that costs no time.
        weights_in: where the target keeps the constants: in flash, or copied to RAM at start-up.
    """

    optimize: Optimize = "balanced"
    ram_limit_bytes: int | None = None
    weights_in: WeightsIn = "flash"
