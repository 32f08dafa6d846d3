"""A program around one feature block's generated C: its window compiled in, its features printed as hexadecimal bits.

The same program runs on the host, in a sanitizer, as WebAssembly and on emulated Cortex-M cores.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wdouble-promotion", "-pedantic", "-Werror"]
COMMON = [*WARNINGS, "-ffp-contract=off", "-I", "."]

_MAIN = """\
#include "{function}.h"

#define WINDOW_FLOATS {window_floats}
#define FEATURE_FLOATS {feature_floats}

{config}
static const float window[WINDOW_FLOATS] = {{
{window}
}};
static float features[FEATURE_FLOATS];
static float scratch[{scratch_floats}];

static void put(const char *text);

static void put_features(void)
{{
    int i;
    int digit;
    {function}(&block, window, features, scratch);
    for (i = 0; i < FEATURE_FLOATS; i++) {{
        char text[10];
        uint32_t bits;
        __builtin_memcpy(&bits, &features[i], sizeof bits);
        for (digit = 0; digit < 8; digit++) {{
            text[digit] = "0123456789abcdef"[(bits >> (28 - 4 * digit)) & 15u];
        }}
        text[8] = '\\n';
        text[9] = '\\0';
        put(text);
    }}
}}

{platform}
"""

_HOSTED = """\
#include <stdio.h>
static void put(const char *text) { fputs(text, stdout); }
int main(void) { put_features(); return 0; }
"""

# Armv6-M and later, without a C library: a vector table, and Arm's semihosting for output and exit.
_CORTEX_M = """\
static int semihost(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}
static void put(const char *text) { semihost(0x04, text); }
static void reset(void)
{
#if defined(__ARM_FP)
    *(volatile uint32_t *)0xE000ED88u |= 0xF00000u; /* CPACR: let the program use the FPU */
    __asm__ volatile("dsb\\n isb");
#endif
    put_features();
    semihost(0x18, (const void *)0x20026);
    for (;;) {
    }
}
typedef void (*handler)(void);
void stack_top(void); /* no function, but the linker's address of the end of RAM */
__attribute__((used, section(".vectors"))) static const handler vectors[2] = {stack_top, reset};
void *memset(void *to, int value, unsigned int count);
__attribute__((optimize("no-tree-loop-distribute-patterns"))) void *memset(void *to, int value, unsigned int count)
{
    char *bytes = (char *)to;
    unsigned int i;
    for (i = 0; i < count; i++) {
        bytes[i] = (char)value;
    }
    return to;
}
"""

_LINKER_SCRIPT = """\
MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 256K  RAM (rw) : ORIGIN = 0x20000000, LENGTH = 16K }
stack_top = ORIGIN(RAM) + LENGTH(RAM);
SECTIONS {
    .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) } > FLASH
    .data : { *(.data*) } > RAM
    .bss (NOLOAD) : { *(.bss*) *(COMMON) } > RAM
}
"""


def need(*tools: str) -> None:
    """Skip the test, saying why, where one of these programs is not installed."""
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")


def write_program(folder: Path, block, window, platform: str = _HOSTED) -> list[str]:
    """Write the block's C part and a main program around it; the names of the C files."""
    part = block.c_part("block")
    for name, text in {**part.headers, **part.sources}.items():
        (folder / name).write_text(text)
    literals = ",\n".join(f"{np.float32(value)!s}f" for value in window.ravel())
    main = _MAIN.format(
        function=part.function,
        window_floats=window.size,
        feature_floats=block.output_size,
        config=part.config_definition,
        window=literals,
        scratch_floats=max(part.scratch_floats, 1),
        platform=platform,
    )
    (folder / "main.c").write_text(main)
    return [*part.sources, "main.c"]


def run(command, folder: Path) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout[-2000:]}\n{result.stderr[-6000:]}"
    return result.stdout


def _features(block, printed: str):
    bits = np.array([int(line, 16) for line in printed.split()], np.uint32)
    return bits.view(np.float32).reshape(block.output_shape)


def on_host(folder: Path, block, window, compiler, flags):
    """Features of one window ``[length, channels]``, computed by a program built with this compiler."""
    need(compiler[0])
    sources = write_program(folder, block, window)
    run([*compiler, *COMMON, *flags, "-o", "program", *sources], folder)
    return _features(block, run(["./program"], folder))


def in_webassembly(folder: Path, block, window):
    """The same, built by Zig's clang for ``wasm32-wasi`` and run by Node."""
    need("node")
    sources = write_program(folder, block, window)
    compiler = [sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi"]
    run([*compiler, *COMMON, "-std=c99", "-O2", "-o", "program.wasm", *sources], folder)
    (folder / "run.mjs").write_text(
        "import { readFileSync } from 'node:fs';\n"
        "import { WASI } from 'node:wasi';\n"
        "const wasi = new WASI({ version: 'preview1' });\n"
        "const module = await WebAssembly.compile(readFileSync('program.wasm'));\n"
        "wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));\n"
    )
    return _features(block, run(["node", "run.mjs"], folder))


def on_cortex_m(folder: Path, block, window, machine: str, flags):
    """The same, built by GCC for Arm and run on one of QEMU's boards."""
    need("arm-none-eabi-gcc", "qemu-system-arm")
    sources = write_program(folder, block, window, _CORTEX_M)
    (folder / "link.ld").write_text(_LINKER_SCRIPT)
    link = ["-mthumb", "-ffreestanding", "-nostdlib", "-T", "link.ld", "-Wl,--no-warn-rwx-segments"]
    run(
        ["arm-none-eabi-gcc", *COMMON, "-std=gnu99", *flags, *link, "-o", "program.elf", *sources, "-lgcc"],
        folder,
    )
    emulator = ["qemu-system-arm", "-M", machine, "-nographic", "-monitor", "none", "-serial", "none"]
    console = [
        "-chardev",
        "stdio,id=console",
        "-semihosting-config",
        "enable=on,target=native,chardev=console",
    ]
    return _features(block, run([*emulator, *console, "-kernel", "program.elf"], folder))
