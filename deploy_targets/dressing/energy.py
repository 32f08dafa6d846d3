"""Estimates of energy: of one window on a board, and of the training with its carbon. Each with its formula.

Training: Lannelongue, Grealey, Inouye, "Green Algorithms: Quantifying the Carbon Footprint of Computation", Advanced
Science 2021 (doi:10.1002/advs.202100707): E = t · (n_cores · P_core · u + n_GB · P_GB) · PUE, carbon = E · CI, with
that paper's defaults where nothing is known of the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.profile.boards import Board

CORE_W = 12.0
"""Power of a core at full use, of a processor that is not known (Green Algorithms' default)."""

MEMORY_W_PER_GB = 0.3725
OVERHEAD = 1.0
"""PUE: no cooling or lighting is added; a machine of one's own."""

CARBON_G_PER_KWH = 475.0
"""World average of electricity (IEA 2019, as in Green Algorithms)."""


@dataclass(frozen=True, slots=True)
class TrainingEnergy:
    """An estimate, from above: every core counts as fully used."""

    energy_wh: float
    carbon_g: float


def training_energy(effort: Mapping[str, Any]) -> TrainingEnergy:
    """Energy and carbon of a training, from what it took (:func:`pipelines.learn.effort.training_effort`)."""
    power_w = effort["cores"] * CORE_W + effort["memory_gb"] * MEMORY_W_PER_GB
    energy_wh = effort["seconds"] / 3600 * power_w * OVERHEAD
    return TrainingEnergy(energy_wh, energy_wh / 1000 * CARBON_G_PER_KWH)


def window_energy_uj(board: Board, latency_ms: float | None) -> float | None:
    """Energy of classifying one window: time · supply voltage · current of the running core, in microjoules.

    None where the time was not measured or the board's file gives no current. Sensor, radio and regulator come on top.
    """
    if board.power is None or latency_ms is None:
        return None
    return latency_ms * board.power.supply_v * board.power.active_ma
