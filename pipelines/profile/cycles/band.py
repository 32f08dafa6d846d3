"""A number of cycles that is known within a band."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cycles:
    """The estimate, and the least and most that the core's documentation allows."""

    low: float
    typical: float
    high: float

    def __add__(self, other: Cycles) -> Cycles:
        return Cycles(self.low + other.low, self.typical + other.typical, self.high + other.high)

    def __mul__(self, times: float) -> Cycles:
        return Cycles(self.low * times, self.typical * times, self.high * times)

    def scaled(self, factors: Cycles) -> Cycles:
        return Cycles(self.low * factors.low, self.typical * factors.typical, self.high * factors.high)


NONE = Cycles(0, 0, 0)


def exactly(cycles: float) -> Cycles:
    return Cycles(cycles, cycles, cycles)
