"""The cycles of short pieces of assembly are those of the cores' manuals."""

import numpy as np
import pytest

from pipelines.profile.boards import board_of
from pipelines.profile.cycles.band import Cycles
from pipelines.profile.cycles.cores import CORES
from pipelines.profile.cycles.estimate import estimate_layers, total_of
from pipelines.profile.cycles.trace import Tracer
from pipelines.profile.emulator import Emulator
from pipelines.profile.image import read_image

from .conftest import toolchain_params

pytestmark = pytest.mark.parametrize("toolchain", toolchain_params()[:1])

PROGRAM = """
#include "firmware.h"
int values[64] __attribute__((aligned(8)));
void work(void);
__attribute__((naked, noinline, aligned(8))) void work(void) {
    __asm volatile(%s);
}
int firmware_main(void) {
    register int *r1 __asm("r1") = values;
    register int *r2 __asm("r2") = values + 8;
    register int *r3 __asm("r3") = values + 16;
    register int r0 __asm("r0") = 0;
    __asm volatile("bl work" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : : "r4", "r5", "r6", "r12", "lr", "memory");
    return 0;
}
"""
M4, M0 = "stm32l4r5", "pico"


@pytest.fixture
def traced(build, toolchain):
    """traced(board, instructions) -> the trace of a function made of them and `bx lr`."""

    def run(board_id, instructions):
        board = board_of(board_id)
        statements = [".syntax unified", *instructions.split(";"), "bx lr"]
        lines = "".join(f'"{each.strip()}\\n"\n' for each in statements)
        emulator = Emulator(read_image(build({"main.c": PROGRAM % lines}, board, toolchain)), board)
        emulator.run_to("work")
        markers = {
            address: int(name[-1])
            for name, address in emulator.image.symbols.items()
            if name.startswith("layer_")
        }
        tracer = Tracer(emulator, markers, max(markers.values(), default=0) + 1)
        counted = emulator.count_call()
        trace = tracer.finish()
        layers = estimate_layers(trace, board)
        assert sum(layer.instructions for layer in layers) == counted
        return trace, layers

    return run


@pytest.fixture
def cycles(traced):
    """cycles(board, instructions) -> Cycles without those of the return, and without waiting for the flash."""

    def run(board_id, instructions):
        over_manual = CORES[board_of(board_id).core].over_manual
        total, returning = (traced(board_id, each)[1][0].core for each in (instructions, "nop"))
        return Cycles(
            *(
                round((getattr(total, end) - getattr(returning, end)) / getattr(over_manual, end) + 1, 6)
                for end in ("low", "typical", "high")
            )
        )

    return run


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        # Cortex-M4 TRM, table 3-1
        ("nop; nop; nop", 3),
        ("movs r0, #3; muls r0, r0, r0; mla r0, r0, r0, r0; smlad r0, r0, r0, r0; sxtb16 r0, r0", 5),
        ("umull r4, r5, r0, r0; smlal r4, r5, r0, r0", 2),
        ("ldr r0, [r1]", 2),
        ("ldm r1, {r4, r5, r6}", 4),
        ("push {r0-r3, r4-r6, r12}; pop {r0-r3, r4-r6, r12}", 18),
        ("ldrd r4, r5, [r1]", 3),
        # section 3.3.3, its own examples: neighbouring loads and stores
        ("movs r0, #0; movs r5, #0; nop; ldr r0, [r1, r5]; ldr r1, [r2]; ldr r2, [r3, #4]", 3 + 4),
        ("movs r5, #0; nop; ldr r0, [r1, r5]; str r0, [r3, #20]", 2 + 3),
        ("movs r5, #0; nop; ldr r0, [r1, r5]; str r1, [r3, r5]", 2 + 3),
        ("str r0, [r1]", 1),
        # a load whose address comes from the load before is not neighbouring
        ("str r1, [r1]; nop; ldr r4, [r1]; ldr r5, [r4]", 1 + 1 + 4),
        # section 3.3.3: an address right from a computation stalls one cycle
        ("adds r4, r1, #4; ldr r5, [r4]", 4),
        # a misaligned word of two halves, and of three parts
        ("ldr.w r4, [r1, #2]", 3),
        ("ldr.w r4, [r1, #1]", 4),
        # table 7-1: floating point
        ("vadd.f32 s0, s1, s2; vmul.f32 s3, s1, s2", 2),
        ("vadd.f32 s0, s1, s2; vmul.f32 s3, s0, s2", 3),
        ("vmla.f32 s0, s1, s2", 3),
        ("vmul.f32 s0, s1, s2; vmla.f32 s0, s1, s2", 4),
        ("vdiv.f32 s0, s1, s2; vsqrt.f32 s3, s1", 28),
        ("vldr s0, [r1]", 2),
        ("vldm r1, {s0-s3}", 5),
        # a conditional instruction that is skipped takes its cycle; IT folds onto a 16-bit instruction
        ("cmp r0, r0; it ne; movne r4, #1", 2),
        # branches: a refill of at least one cycle
        ("b 1f; nop; 1: nop", 3),
        ("cmp r0, r0; bne 1f; nop; 1: nop", 4),
        ("movs r4, #10; 1: subs r4, #1; bne 1b", 1 + 10 * 3 - 1),
    ],
)
def test_a_cortex_m4_takes_the_cycles_of_its_manual(cycles, instructions, expected):
    found = cycles(M4, instructions)
    assert found.typical == expected
    assert found.low <= expected <= found.high


@pytest.mark.parametrize(
    ("instructions", "low", "high"),
    [
        ("b 1f; nop; 1: nop", 3, 5),
        ("movs r4, #9; movs r5, #2; sdiv r0, r4, r5", 4, 14),
        ("movw r4, #1; it eq; moveq r5, #1", 3, 3),
    ],
)
def test_what_the_manual_leaves_open_is_in_the_band(cycles, instructions, low, high):
    found = cycles(M4, instructions)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        # Cortex-M0+ TRM, table 3-1
        ("movs r4, #1; adds r4, r4, r4; muls r4, r4, r4", 3),
        ("ldr r4, [r1]; ldr r5, [r2]; str r4, [r1]", 6),
        ("ldm r1!, {r4, r5, r6}", 4),
        ("push {r4, lr}; pop {r4, pc}; nop", 3 + 5 - 2),
        ("b 1f; nop; 1: nop", 3),
        ("cmp r0, r0; bne 1f; nop; 1: nop", 4),
        ("movs r4, #10; 1: subs r4, #1; bne 1b", 1 + 10 * 3 - 1),
    ],
)
def test_a_cortex_m0plus_takes_the_cycles_of_its_manual(cycles, instructions, expected):
    found = cycles(M0, instructions)
    assert (found.low, found.typical, found.high) == (expected, expected, expected)


def test_a_cortex_m33_uses_what_it_loads_one_cycle_late(cycles):
    apart = cycles("cortex-m33", "ldr.w r4, [r1]; nop.w; adds.w r4, r4, #1")
    at_once = cycles("cortex-m33", "ldr.w r4, [r1]; adds.w r4, r4, #1; nop.w")
    assert at_once.typical == apart.typical + 1


def test_counting_accesses_does_not_disturb_what_follows_a_conditional_load(traced):
    """Unicorn would take what follows for conditional."""
    _, layers = traced(
        M4,
        "movs r4, #2; 1: cmp r0, r0; itt eq; addeq r5, r1, #4; ldreq r6, [r5]; b 2f; nop; 2: subs r4, #1; bne 1b",
    )
    assert layers[0].instructions == 1 + 2 * 7 + 1
    assert layers[0].traffic.read_bytes == 8


def test_each_layer_has_what_ran_after_its_marker_and_the_shares_add_up(traced):
    _, layers = traced(
        M4, "movs r4, #3; layer_1: nop; nop; layer_2: ldr r5, [r1]; subs r4, #1; bne layer_1; layer_0: nop"
    )
    assert [layer.instructions for layer in layers] == [3, 6, 9]
    assert layers[1].core.typical == pytest.approx(6 * CORES["Cortex-M4F"].over_manual.typical)
    assert total_of(layers).total.low == sum(layer.total.low for layer in layers)
    assert [layer.traffic.read_bytes for layer in layers] == [0, 0, 12]


def test_a_loop_waits_for_the_flash_once_and_weights_wait_for_every_line(traced):
    trace, layers = traced(M4, "movs r4, #100; layer_1: subs r4, #1; bne layer_1")
    assert layers[1].total.high - layers[1].core.high <= 3 * 6
    assert np.count_nonzero(trace.executed) == 4
    once = traced(M4, "ldr r4, 1f; b 2f; .align 2; 1: .word 5; 2: nop")[1][0]
    assert once.traffic.data_misses == 1


@pytest.mark.parametrize(("lines", "misses"), [(32, 32), (64, 128)])
def test_constants_that_fit_the_cache_are_read_from_flash_once_others_every_time(traced, lines, misses):
    walk = f"adr.w r4, 1f; mov r12, #2; 2: movs r5, #{lines}; mov r6, r4; 3: ldr r0, [r6], #8; subs r5, #1; bne 3b"
    again = "subs.w r12, r12, #1; bne 2b; b.w 4f; .balign 8; 1: .space 512; 4: nop"
    layer = traced(M4, f"{walk}; {again}")[1][0]
    assert layer.traffic.data_misses == misses
    assert layer.total.typical >= layer.core.typical + 5 * misses


def test_a_board_without_wait_states_never_waits(traced):
    layer = traced("cortex-m33", "ldr r4, [r1]")[1][0]
    assert layer.total == layer.core


def test_a_core_of_which_no_timing_is_published_has_a_wide_band_of_cycles_an_instruction(traced):
    layer = traced("stm32h7a3", "nop; nop; nop")[1][0]
    assert layer.total.low < layer.instructions < layer.total.high
