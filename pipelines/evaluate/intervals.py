"""How far a measured share may be from the true one."""

from __future__ import annotations

import math

Z_95 = 1.959963984540054
"""97.5 % quantile of the normal distribution."""


def wilson_interval(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share that was seen in ``count`` independent trials; (0, 1) where there were none.

    Wilson's score interval (E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    JASA 22, 1927), with z = 1.96: centre (p + z²/2n) / (1 + z²/n), half-width
    z / (1 + z²/n) · sqrt(p (1 - p) / n + z²/4n²). Unlike the normal interval it is right for small n and for p near 1.
    """
    if count <= 0:
        return 0.0, 1.0
    squared = Z_95 * Z_95 / count
    centre = (share + squared / 2) / (1 + squared)
    half = Z_95 / (1 + squared) * math.sqrt(share * (1 - share) / count + squared / (4 * count))
    return max(0.0, centre - half), min(1.0, centre + half)
