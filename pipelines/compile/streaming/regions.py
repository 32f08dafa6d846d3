"""Which part of a step's input, along one axis, a part of its output needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AxisReach:
    """Reach along one axis: output `y` needs the inputs from `y * stride - before` to that plus `extent`."""

    stride: int
    before: int
    extent: int

    @property
    def is_elementwise(self) -> bool:
        return (self.stride, self.before, self.extent) == (1, 0, 1)

    def oldest(self, first: int) -> int:
        """The first input that outputs from `first` on need."""
        return max(first * self.stride - self.before, 0)

    def until(self, end: int, size: int) -> int:
        """The end of the inputs, of which there are `size`, that outputs before `end` need."""
        return max(min((end - 1) * self.stride - self.before + self.extent, size), 0) if end > 0 else 0

    def span(self, first: int, end: int, size: int) -> tuple[int, int]:
        """First and end of the inputs that outputs [first, end) need; never empty."""
        start = min(self.oldest(first), size - 1)
        return start, max(self.until(end, size), start + 1)
