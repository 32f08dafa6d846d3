"""Running what the board targets generate: on QEMU, against stand-ins of the board's software kit, with a recording.

The programs print a line for each window, ``1500 ms: up, 83 %``; what they are to print is worked out from the natively
built library, window by window.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from deploy_targets.bundle import DeployBundle
from deploy_targets.package import build_deployment
from deploy_targets.registry import target_of
from pipelines.evaluate import NativeLibrary
from pipelines.profile.arm_toolchain import runtime_sources
from tests import tiny
from tests.deploy_targets.test_c_library import HOSTILE
from tests.firmware.machines import CODE, STRICT, Machine, run
from tests.real_runs import bundle_of, keyword_run, motion_run, soundtrack

STUBS = Path(__file__).parent / "stubs"
UNCERTAIN = "uncertain"


@cache
def bundle(kind: str, variant: str = "int8", board_id: str = "nano33ble") -> DeployBundle:
    """Of ``motion`` or ``sound``."""
    run, project = {"motion": (motion_run, "Wrist motions"), "sound": (keyword_run, "Words")}[kind]
    return bundle_of(run(), variant, board_id, project)


def hostile_bundle(project: str) -> DeployBundle:
    """The motion classifier of a project with any name, its labels as unkind as can be."""
    return replace(bundle("motion"), project=project, labels=HOSTILE)


@cache
def recording(kind: str) -> np.ndarray:
    """Six motions of two seconds, or three words of one, ``float32[points, channels]``, as 16-bit sensors give them."""
    if kind == "motion":
        values, _ = tiny.windows(6, seed=21)
        return np.clip(np.trunc(values.reshape(-1, 3) * 4096), -32768, 32767).astype(np.float32) / 4096
    return (np.clip(np.trunc(soundtrack(3) * 32768), -32768, 32767).astype(np.float32) / 32768)[:, None]


def zip_of(target_id: str, made_for: DeployBundle, folder: Path, **options) -> Path:
    """The zip, as it is downloaded."""
    target = target_of(target_id)
    out = folder / f"{target.file_stem(made_for)}.zip"
    return build_deployment(target, made_for, target.Options(**options), lambda share, message: None, out)


def unpacked(zip_path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(zip_path) as archive:
        archive.extractall(folder)
    return folder


def expected(made_for: DeployBundle, samples: np.ndarray) -> list[tuple[int, str, float]]:
    """End in ms, answer and percentage of each window of a recording, from whole windows."""
    return expected_of(NativeLibrary(made_for.library("expected")), made_for.spec, made_for.labels, samples)


def expected_of(native: NativeLibrary, spec, labels, samples: np.ndarray) -> list[tuple[int, str, float]]:
    """The same of any library."""
    length, rate = spec.input.window_length, spec.input.sample_rate_hz
    stride = round(spec.input.stride_ms * rate / 1000)
    ends = range(length, len(samples) + 1, stride)
    windows = np.stack([samples[end - length : end] for end in ends]).astype(np.float32)
    probabilities = native.classify(windows)
    rows = []
    for number, end in enumerate(ends):
        first = max(0, number + 1 - spec.postprocess.smooth_windows)
        smoothed = probabilities[first : number + 1].mean(axis=0)
        best = int(smoothed.argmax())
        answer = labels[best] if smoothed[best] >= spec.postprocess.threshold else UNCERTAIN
        rows.append((int(1000 * end / rate), answer, 100 * float(smoothed[best])))
    return rows


def assert_answers(text: str, wanted: list[tuple[int, str, float]], distinct: int = 2) -> None:
    """The lines of a program are those that were expected; percentages within one of rounding."""
    found = re.findall(r"^.*?(\d+) ms: ([^,\n]+)(?:, (\d+) %)?$", text, re.MULTILINE)
    assert [(int(end), answer) for end, answer, _ in found] == [(end, answer) for end, answer, _ in wanted], (
        text
    )
    for (_, _, percent), (_, _, exact) in zip(found, wanted, strict=True):
        assert not percent or abs(int(percent) - exact) <= 1
    assert len({answer for _, answer, _ in found} - {UNCERTAIN}) >= distinct, (
        "too few answers to show anything"
    )


def board_sources(kit: str, samples: np.ndarray, folder: Path) -> tuple[list[Path], list[Path]]:
    """Sources and include folders of a kit's stand-ins with a recording in them."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join("    " + "".join(f"{value:.9e}f, " for value in row) + "\n" for row in samples)
    text = f"const float board_recording[] = {{\n{rows}}};\n"
    text += (
        f"const int32_t board_points = {len(samples)};\nconst int32_t board_channels = {samples.shape[1]};\n"
    )
    (folder / "recording.c").write_text(f'#include "board.h"\n{text}')
    (folder / "firmware.h").write_text(runtime_sources()["firmware.h"])
    kit_sources = sorted([*(STUBS / kit).glob("*.c"), *(STUBS / kit).glob("*.cpp")])
    return [STUBS / "board" / "board.c", folder / "recording.c", *kit_sources], [
        STUBS / "board",
        STUBS / kit,
        folder,
    ]


def cmake_build(
    source: Path,
    chosen: Machine,
    stand_ins: list[Path],
    includes: list[Path],
    folder: Path,
    switches: Mapping[str, str],
    environment: Mapping[str, str],
) -> Path:
    """Configure and build a kit's project with CMake for a machine, without a warning; the image.

    Args:
        switches: ``CONFIG_*``, as the kit's own configuration would define them, for CMake and for C.
        environment: where the project finds the kit.
    """
    runtime = folder / "runtime"
    start = chosen.compile_runtime(runtime)
    on = {name: value for name, value in switches.items() if value not in ("", "n")}
    definitions = [f"-D{name}={'1' if value == 'y' else value}" for name, value in on.items()]
    flags = [*chosen.flags, *chosen.library_flags(), *CODE, *STRICT, "-std=gnu11", "-O2", *definitions]
    link = ["-nostartfiles", "-Wl,--gc-sections", "-T", str(runtime / "image.ld")]
    (folder / "toolchain.cmake").write_text(
        f"set(CMAKE_SYSTEM_NAME Generic)\nset(CMAKE_C_COMPILER {chosen.prefix}gcc)\n"
        "set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)\n"
        f'set(CMAKE_C_FLAGS_INIT "{" ".join(flags)}")\nset(CMAKE_EXE_LINKER_FLAGS_INIT "{" ".join(link)}")\n'
    )
    sources = [*stand_ins, *start]
    command = ["cmake", "-S", str(source), "-B", str(folder), "-Wno-dev", "-G", "Unix Makefiles"]
    command += [f"-DCMAKE_TOOLCHAIN_FILE={folder / 'toolchain.cmake'}", "-DCMAKE_BUILD_TYPE="]
    command += [
        f"-DSTAND_IN={';'.join(map(str, sources))}",
        f"-DSTAND_IN_INCLUDES={';'.join(map(str, includes))}",
    ]
    command += [f"-D{name}={value}" for name, value in on.items()]
    run(command, env={**os.environ, **environment})
    run(["cmake", "--build", str(folder), "--parallel", "2"])
    (image,) = folder.glob("*.elf")
    return image
