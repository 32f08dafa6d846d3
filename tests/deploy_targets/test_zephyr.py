"""The Zephyr target's module and sample are built by CMake, and answer what whole windows give."""

import re
import shutil

import numpy as np
import pytest

from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from deploy_targets.zips import build_zip
from pipelines.profile import board_of
from tests.deploy_targets.board_runs import (
    STUBS,
    assert_answers,
    board_sources,
    bundle,
    cmake_build,
    expected,
    hostile_bundle,
    recording,
    unpacked,
    zip_of,
)
from tests.firmware.machines import machine

pytestmark = pytest.mark.skipif(shutil.which("cmake") is None, reason="needs Debian's cmake")

KIT = STUBS / "zephyr"


@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    """modules(kind) -> the unpacked zip."""
    known = {}

    def build(kind, variant="int8"):
        if (kind, variant) not in known:
            folder = tmp_path_factory.mktemp("zephyr")
            known[kind, variant] = unpacked(
                zip_of("zephyr", bundle(kind, variant), folder), folder / "module"
            )
        return known[kind, variant]

    return build


def configuration(module):
    """prj.conf, and the defaults of the module's own switches."""
    (sample,) = (module / "samples").iterdir()
    lines = (sample / "prj.conf").read_text().splitlines()
    chosen = dict(line.split("=") for line in lines if line.startswith("CONFIG_"))
    kconfig = (module / "Kconfig").read_text()
    own = dict(re.findall(r"^config (\w+)\n\tbool .*\n\tdefault (\w)$", kconfig, re.MULTILINE))
    return {**{f"CONFIG_{name}": value for name, value in own.items()}, **chosen}


def run_sample(module, core, samples, folder, **switches):
    chosen = machine(core)
    (sample,) = (module / "samples").iterdir()
    stand_ins, includes = board_sources("zephyr", samples, folder / "board")
    image = cmake_build(
        sample,
        chosen,
        stand_ins,
        includes,
        folder / "build",
        {**configuration(module), **switches},
        {"ZEPHYR_BASE": str(KIT)},
    )
    return chosen.run(image)


@pytest.mark.parametrize(
    ("kind", "variant", "core"),
    [("motion", "int8", "cortex-m33"), ("motion", "float32", "rv32imc"), ("sound", "int8", "cortex-m4")],
)
def test_the_sample_passes_its_self_test_and_answers_what_whole_windows_give(
    modules, tmp_path, kind, variant, core
):
    samples = recording(kind)
    status, text = run_sample(modules(kind, variant), core, samples, tmp_path)
    assert status == 0, text
    first, _, rest = text.partition("\n")
    assert first == f"{'words' if kind == 'sound' else 'wrist_motions'}: the self-test passed"
    assert_answers(rest, expected(bundle(kind, variant), samples))


def test_without_the_switch_there_is_no_self_test(modules, tmp_path):
    samples = recording("motion")
    status, text = run_sample(
        modules("motion"), "cortex-m4", samples, tmp_path, CONFIG_WRIST_MOTIONS_SELFTEST="n"
    )
    assert status == 0, text
    assert "self-test" not in text


def test_the_module_says_what_it_is(modules):
    module = modules("motion")
    assert (module / "zephyr" / "module.yml").read_text() == (
        "name: wrist_motions\nbuild:\n  cmake: .\n  kconfig: Kconfig\n"
    )
    kconfig = (module / "Kconfig").read_text()
    assert "menuconfig WRIST_MOTIONS\n" in kconfig
    assert kconfig.count("\nif ") == kconfig.count("\nendif")
    assert configuration(module)["CONFIG_WRIST_MOTIONS"] == "y"
    assert (
        "west build -b arduino_nano_33_ble/nrf52840/sense samples/wrist_motions"
        in (module / "README.md").read_text()
    )


def test_every_board_but_an_avr_is_taken():
    target = target_of("zephyr")
    board = board_of("cortex-m55")
    assert target.refuses_board(board) == ""
    assert "8-bit AVR" in target.refuses_board(board.model_copy(update={"core": "AVR"}))


def test_hostile_names_stay_text(tmp_path):
    target = target_of("zephyr")
    made = hostile_bundle('evil"\nCONFIG_X=y\n${ENV{HOME}} */ #error \\')
    files = deployment_files(target, made, target.Options(name="evil"), lambda share, message: None)
    module = unpacked(build_zip(files, tmp_path / "x.zip"), tmp_path / "x")
    status, text = run_sample(module, "cortex-m4", np.zeros((200, 3), np.float32), tmp_path)
    assert (status, "the self-test passed" in text) == (0, True), text


def test_the_same_model_gives_the_same_bytes(tmp_path):
    zips = [zip_of("zephyr", bundle("motion"), tmp_path / name).read_bytes() for name in "ab"]
    assert zips[0] == zips[1]
