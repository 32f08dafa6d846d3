"""What TFLite Micro takes for the models of MLPerf Tiny, and what is promised of ours against that.

TFLite Micro 90b983c (August 2026) with CMSIS-NN 99f736a (July 2026), GCC 12.2, Cortex-M4F: instructions counted on QEMU's
mps2-an386 with ``-icount shift=0``, those of the Cortex-M55 (Helium kernels, -O3) on mps3-an547. The arena holds input,
output, all between them, and scratch memory; code is without weights. The cycles are the best that was published for a
Cortex-M4 at 120 MHz (MLPerf Tiny results; latency times clock).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Baseline:
    """TFLite Micro with CMSIS-NN. What nobody measured is None."""

    macs: int
    instructions: int
    arena_bytes: int
    code_bytes: int
    published_cycles: int
    instructions_os: int | None = None
    code_bytes_os: int | None = None
    instructions_m55: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What ours takes at most."""

    instructions: int | None = None
    instructions_m55: int | None = None
    arena_bytes: int | None = None
    code_bytes: int | None = None


BASELINES = {
    "kws_int8": Baseline(2_657_000, 7_850_000, 22_820, 91_916, 5_180_000, 9_230_000, 74_432, 1_790_000),
    "ic_int8": Baseline(12_500_000, 29_870_000, 54_996, 90_872, 19_800_000, 41_070_000, 67_788, 4_810_000),
    "ad_int8": Baseline(264_000, 582_000, 2_580, 36_700, 486_000, 843_000, 26_864, 285_000),
    "vww_int8": Baseline(7_490_000, 24_720_000, 100_708, 91_916, 10_700_000),
}
PROMISES = {
    "kws_int8": Promise(4_300_000, 1_340_000, 11_400, 18_600),
    "ic_int8": Promise(16_400_000, 3_600_000, 27_500, 17_000),
    "ad_int8": Promise(350_000, 210_000, 900, 6_700),
    "vww_int8": Promise(9_888_000),
}
CODE_BYTES_SIZE = 10_000
COMPILE_SECONDS_KWS = 2.0
