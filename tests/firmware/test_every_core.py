"""The self-test of the exported library passes on QEMU's machine of every core, Arm and RISC-V."""

import shutil

import pytest

from pipelines.profile.arm_toolchain import program, runtime_sources
from tests.deploy_targets.conftest import built  # noqa: F401
from tests.firmware.machines import MACHINES, machine, run

NAME = "wrist_motions"
CORES = [core for core in MACHINES if core != "rp2040"]


def write(files, folder):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "firmware.h").write_text(runtime_sources()["firmware.h"])
    (folder / "main.c").write_text(program("selftest", name=NAME, NAME=NAME.upper()))
    return [*sorted(folder.glob("src/*.c")), folder / f"selftest/{NAME}_selftest.c", folder / "main.c"]


def selftest(files, core, folder):
    sources = write(files, folder)
    chosen = machine(core)
    includes = [folder, folder / "src", folder / "selftest"]
    objects = chosen.compile(sources, includes, folder / "objects", ("-O2", "-ffp-contract=off"))
    return chosen.run(chosen.link(objects, folder))


@pytest.mark.parametrize("variant", ["float32", "int8"])
@pytest.mark.parametrize("core", CORES)
def test_the_self_test_passes(built, tmp_path, core, variant):  # noqa: F811
    assert selftest(built(variant), core, tmp_path) == (0, "")


@pytest.mark.parametrize("core", ["cortex-m0", "cortex-m3", "rv32imc"])
def test_a_changed_weight_is_found(built, tmp_path, core):  # noqa: F811
    files = dict(built("int8"))
    files[f"src/{NAME}.c"] = files[f"src/{NAME}.c"].replace(b"value / WRIST", b"0.5f * value / WRIST")
    status, text = selftest(files, core, tmp_path)
    assert status == 1
    assert "window 0x00000000" in text


@pytest.mark.skipif(shutil.which("xtensa-lx106-elf-gcc") is None, reason="needs Debian's gcc-xtensa-lx106")
@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_it_compiles_for_the_xtensa_core_of_an_esp8266_without_a_warning(built, tmp_path, variant):  # noqa: F811
    flags = [
        "-std=c99",
        "-ffreestanding",
        "-O2",
        "-ffp-contract=off",
        "-Wall",
        "-Wextra",
        "-Wconversion",
        "-Werror",
    ]
    for source in write(built(variant), tmp_path):
        if source.name != "main.c":
            includes = [f"-I{tmp_path / folder}" for folder in ("src", "selftest", "libc")]
            (tmp_path / "libc").mkdir(exist_ok=True)
            shutil.copy("pipelines/profile/firmware/freestanding/string.h", tmp_path / "libc")
            run(["xtensa-lx106-elf-gcc", *flags, *includes, "-c", str(source), "-o", str(tmp_path / "x.o")])
