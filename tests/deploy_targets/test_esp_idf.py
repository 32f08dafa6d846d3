"""The ESP-IDF target's component and example are built by CMake, and answer what whole windows give."""

import json
import shutil

import numpy as np
import pytest

from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from deploy_targets.zips import build_zip
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

KIT = STUBS / "esp_idf"


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    """projects(kind) -> the unpacked zip, made for no board."""
    known = {}

    def build(kind, variant="int8"):
        if (kind, variant) not in known:
            folder = tmp_path_factory.mktemp("esp-idf")
            made = bundle(kind, variant, "")
            known[kind, variant] = unpacked(zip_of("esp-idf", made, folder), folder / "zip")
        return known[kind, variant]

    return build


def defaults(project):
    """The switches of sdkconfig.defaults."""
    lines = (project / "example" / "sdkconfig.defaults").read_text().splitlines()
    return dict(line.split("=") for line in lines if not line.startswith("#"))


def run_example(project, core, samples, folder, **switches):
    chosen = machine(core)
    stand_ins, includes = board_sources("esp_idf", samples, folder / "board")
    switches = {**defaults(project), **switches}
    image = cmake_build(
        project / "example", chosen, stand_ins, includes, folder / "build", switches, {"IDF_PATH": str(KIT)}
    )
    return chosen.run(image)


@pytest.mark.parametrize(
    ("kind", "variant", "core"),
    [("motion", "int8", "rv32imc"), ("motion", "float32", "rv32imafc"), ("sound", "int8", "rv32imc")],
)
def test_the_example_passes_its_self_test_and_answers_what_whole_windows_give(
    projects, tmp_path, kind, variant, core
):
    samples = recording(kind)
    status, text = run_example(
        projects(kind, variant), core, samples, tmp_path, CONFIG_WRIST_MOTIONS_SPEED="y"
    )
    assert status == 0, text
    first, _, rest = text.partition("\n")
    assert first == f"I {'words' if kind == 'sound' else 'wrist_motions'}: the self-test passed"
    assert_answers(rest, expected(bundle(kind, variant), samples))


def test_without_the_switch_there_is_no_self_test(projects, tmp_path):
    samples = recording("motion")
    status, text = run_example(
        projects("motion"), "rv32imc", samples, tmp_path, CONFIG_WRIST_MOTIONS_SELFTEST=""
    )
    assert status == 0, text
    assert "self-test" not in text
    assert not list((tmp_path / "build").rglob("*selftest.c.o*"))


def test_the_component_says_what_it_is(projects):
    component = projects("motion") / "components" / "wrist_motions"
    manifest = (component / "idf_component.yml").read_text().splitlines()
    fields = dict(line.split(": ", 1) for line in manifest if not line.endswith(":"))
    assert fields["version"] == '"1.0.0"'
    assert json.loads(fields["description"]).startswith("Wrist motions: ")
    kconfig = (component / "Kconfig").read_text()
    assert "config WRIST_MOTIONS_SELFTEST" in kconfig
    assert "default y" in kconfig
    listed = (component / "CMakeLists.txt").read_text()
    assert all(f"src/{path.name}" in listed for path in (component / "src").glob("*.c"))


def test_it_is_made_for_no_board_and_says_what_ram_it_takes_on_any(projects):
    assert target_of("esp-idf").board_use == "none"
    readme = (projects("motion") / "README.md").read_text()
    library = bundle("motion", board_id="").library("wrist_motions")
    assert f"| `wrist_motions_workspace` | {library.workspace_bytes:,} bytes |" in readme
    assert "On Arduino Nano 33 BLE Sense:" in readme


def test_hostile_names_stay_text(tmp_path):
    target = target_of("esp-idf")
    made = hostile_bundle('evil"\nversion: 9\n${ENV{HOME}} */ #error \\')
    files = deployment_files(target, made, target.Options(name="evil"), lambda share, message: None)
    project = unpacked(build_zip(files, tmp_path / "x.zip"), tmp_path / "x")
    manifest = (project / "components/evil/idf_component.yml").read_text()
    assert [line[:8] for line in manifest.splitlines()].count("version:") == 1
    status, text = run_example(project, "rv32imc", np.zeros((200, 3), np.float32), tmp_path)
    assert (status, "the self-test passed" in text) == (0, True), text


def test_the_same_model_gives_the_same_bytes(tmp_path):
    made = bundle("motion", board_id="")
    zips = [zip_of("esp-idf", made, tmp_path / name).read_bytes() for name in "ab"]
    assert zips[0] == zips[1]
