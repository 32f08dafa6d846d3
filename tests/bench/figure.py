"""One measured figure beside what Thimble promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; ``at_least`` or ``at_most`` is the promise, neither where it is only reported.

    ``detail`` is what the value is made of; it is only in the JSON.
    """

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""
    detail: list[Any] | None = None

    @property
    def met(self) -> bool | None:
        """Whether the promise is kept; None where there is none."""
        if self.at_least is not None:
            return self.value >= self.at_least
        if self.at_most is not None:
            return self.value <= self.at_most
        return None

    @property
    def target(self) -> str:
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return ""

    def as_json(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "unit": self.unit,
            "target": self.target,
            "met": self.met,
            **({"note": self.note} if self.note else {}),
            **({"detail": self.detail} if self.detail else {}),
        }

    def as_line(self) -> str:
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        return (
            f"{self.name:<44} {self.value:>14,.4g} {self.unit:<14} {self.target:<14} {verdict:<7} {self.note}"
        )
