"""Running firmware on the emulated core and counting its instructions."""

import pytest
from unicorn import unicorn_const

from pipelines.profile.boards import board_of
from pipelines.profile.emulator import Emulator
from pipelines.profile.errors import ProfileError
from pipelines.profile.image import read_image
from pipelines.profile.qemu import nanoseconds_per_tick, run_on_qemu
from tests.pipelines.profile.conftest import board_ids, needs_qemu, toolchain_params

SUM = """
#include "firmware.h"
#include <string.h>
float values[64];
float total = 1.5f;
static char text[8];
float work(void);
__attribute__((noinline)) float work(void) {
    float sum = 0.0f;
    int i;
    for (i = 0; i < 64; ++i) { if (values[i] > 2.0f) { sum += values[i] * values[i]; } }
    return sum;
}
int firmware_main(void) {
    total += work();
    memcpy(text, "done", 5);
    firmware_print(text);
    return total > 10.0f ? 42 : (int)total;
}
"""

TICKS = """
#include "firmware.h"
#define CONTROL (*(volatile uint32_t *)0xE000E010u)
#define RELOAD (*(volatile uint32_t *)0xE000E014u)
#define VALUE (*(volatile uint32_t *)0xE000E018u)
volatile uint32_t sink;
void work(void);
__attribute__((noinline)) void work(void) {
    uint32_t i, x = 1;
    for (i = 0; i < 20000; ++i) { x = x * 1664525u + (x > i ? i : 7u); }
    sink = x;
}
int firmware_main(void) {
    uint32_t start;
    RELOAD = 0xFFFFFFu; VALUE = 0; CONTROL = 5;
    start = VALUE;
    work();
    firmware_print_hex((start - VALUE) & 0xFFFFFFu);
    return 0;
}
"""


def crash(statement):
    return {"main.c": f'#include "firmware.h"\nint firmware_main(void) {{ {statement} return 0; }}\n'}


@pytest.mark.parametrize("toolchain", toolchain_params())
@pytest.mark.parametrize("board_id", board_ids(unicorn=True))
def test_a_program_runs_on_every_core_that_unicorn_has(build, board_id, toolchain):
    board = board_of(board_id)
    emulator = Emulator(read_image(build({"main.c": SUM}, board, toolchain)), board)
    assert emulator.run_to_exit() == 1
    assert emulator.text == "done"


def test_values_written_before_a_call_are_what_it_works_on(build):
    import numpy as np

    board = board_of("nano33ble")
    emulator = Emulator(read_image(build({"main.c": SUM}, board)), board)
    emulator.run_to("firmware_main")
    values = np.arange(64, dtype=np.float32)
    emulator.write("values", values.tobytes())
    assert emulator.run_to_exit() == 42
    total = np.frombuffer(emulator.read("total", 4), np.float32)[0]
    assert total == 1.5 + float((values[3:] ** 2).sum())


def test_on_a_core_without_conditional_instructions_the_count_is_that_of_a_hook_on_every_one(build):
    board = board_of("pico")
    emulator = Emulator(read_image(build({"main.c": SUM}, board)), board)
    seen = []
    emulator._engine.hook_add(unicorn_const.UC_HOOK_CODE, lambda *_: seen.append(1))
    emulator.run_to("work")
    emulator.run_to_return()
    assert emulator.instructions == len(seen) > 64


def test_a_skipped_conditional_instruction_counts_as_the_core_spends_a_cycle_on_it(build):
    source = """
    #include "firmware.h"
    int work(int x);
    __attribute__((naked, noinline)) int work(int x) {
        __asm volatile("cmp r0, #5\\n itte gt\\n movgt r0, #1\\n addgt.w r0, r0, #4\\n movle r0, #2\\n bx lr");
        (void)x;
    }
    volatile int values[2] = {3, 9};
    int firmware_main(void) { return work(values[0]) + work(values[1]); }
    """
    board = board_of("nano33ble")
    emulator = Emulator(read_image(build({"main.c": source}, board)), board)
    for _ in range(2):
        emulator.run_to("work")
        assert emulator.count_call() == 6


@needs_qemu
@pytest.mark.parametrize("board_id", ["nano33ble", "stm32h7a3", "cortex-m33"])
def test_the_count_is_that_of_qemu_within_a_few_ticks(build, board_id):
    board = board_of(board_id)
    path = build({"main.c": TICKS}, board)
    emulator = Emulator(read_image(path), board)
    emulator.run_to("work")
    before = emulator.instructions
    emulator.run_to_return()
    counted = emulator.instructions - before
    run = run_on_qemu(path, board)
    per_tick = nanoseconds_per_tick(board)
    assert run.exit_status == 0
    assert abs(int(run.text, 16) * per_tick - counted) <= 3 * per_tick


@needs_qemu
@pytest.mark.parametrize("toolchain", toolchain_params())
@pytest.mark.parametrize("board_id", board_ids())
def test_a_program_runs_on_qemus_machine_of_every_board(build, board_id, toolchain):
    board = board_of(board_id)
    run = run_on_qemu(build({"main.c": SUM}, board, toolchain, stack_bytes=4096), board)
    assert (run.exit_status, run.text.strip()) == (1, "done")


def test_the_stack_that_a_call_uses_is_measured(build):
    source = """
    #include "firmware.h"
    int fill(volatile unsigned char *buffer);
    int work(void);
    int fill(volatile unsigned char *buffer) { int i; for (i = 0; i < 1000; ++i) buffer[i] = 1; return buffer[7]; }
    int work(void) { unsigned char buffer[1000]; return fill(buffer); }
    int firmware_main(void) { return work(); }
    """
    board = board_of("nano33ble")
    emulator = Emulator(read_image(build({"main.c": source}, board)), board)
    emulator.run_to("firmware_main")
    emulator.paint_stack()
    emulator.run_to_return()
    assert 1000 <= emulator.stack_used_bytes() <= 1064


def test_a_write_outside_memory_is_told_with_its_address_and_place(build):
    board = board_of("nano33ble")
    image = read_image(build(crash("*(volatile int *)0x60000000u = 1;"), board))
    with pytest.raises(ProfileError, match=r"crashed .* at 0x0000.* \(firmware_main\): write to 0x60000000"):
        Emulator(image, board).run_to_exit()


def test_a_write_to_flash_is_a_crash(build):
    board = board_of("nano33ble")
    image = read_image(build(crash("*(volatile int *)0x500u = 1;"), board))
    with pytest.raises(ProfileError, match="write to 0x00000500"):
        Emulator(image, board).run_to_exit()


def test_a_stack_overflow_is_a_crash(build):
    source = """
    #include "firmware.h"
    int deep(volatile int n);
    int deep(volatile int n) { return n == 0 ? 0 : 1 + deep(n - 1) + n; }
    int firmware_main(void) { return deep(100000); }
    """
    board = board_of("nano33ble")
    image = read_image(build({"main.c": source}, board))
    with pytest.raises(ProfileError, match="write to 0x1fff"):
        Emulator(image, board).run_to_exit()


def test_code_that_does_not_end_is_stopped_with_where_it_was(build, monkeypatch):
    monkeypatch.setattr("pipelines.profile.emulator.TIMEOUT_S", 0.2)
    board = board_of("nano33ble")
    image = read_image(build(crash('for (;;) { __asm volatile("nop"); }'), board))
    with pytest.raises(ProfileError, match=r"did not end within 0.2 s .*\(firmware_main\)"):
        Emulator(image, board).run_to_exit()


@needs_qemu
def test_a_crash_on_qemu_is_told_in_words(build):
    board = board_of("cortex-m55")
    path = build(crash("*(volatile int *)0xF0000000u = 1;"), board)
    with pytest.raises(ProfileError, match="crashed on QEMU"):
        run_on_qemu(path, board)


def test_a_core_that_unicorn_lacks_is_told_in_words(build):
    board = board_of("cortex-m55")
    with pytest.raises(ProfileError, match="Unicorn has no Cortex-M55"):
        Emulator(read_image(build({"main.c": SUM}, board)), board)
