"""The PlatformIO target's project builds with the settings in it, and its programs and test pass."""

import configparser
import json
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
    expected,
    hostile_bundle,
    recording,
    unpacked,
    zip_of,
)
from tests.firmware.machines import machine, run

CORES = {"nano33ble": "cortex-m4", "esp32dev": "rv32imc", "pico": "rp2040"}
FRAMEWORK_FLAGS = ("-Os", "-ffp-contract=fast", "-DARDUINO=10819", "-DESP_ARDUINO_VERSION_MAJOR=2")


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    """projects(kind) -> the unpacked project."""
    known = {}

    def build(kind):
        if kind not in known:
            folder = tmp_path_factory.mktemp("platformio")
            known[kind] = unpacked(zip_of("platformio", bundle(kind), folder), folder / "project")
        return known[kind]

    return build


def settings(project):
    found = configparser.ConfigParser()
    found.read(project / "platformio.ini")
    return found


def build(project, sources, core, samples, folder):
    """As PlatformIO does: the library with its own flags, the sources that the environment's filter chooses."""
    (library,) = (project / "lib").iterdir()
    manifest = json.loads((library / "library.json").read_text())
    stand_ins, includes = board_sources("arduino", samples, folder / "board")
    chosen = machine(core)
    flags = (*FRAMEWORK_FLAGS, *manifest["build"]["flags"])
    objects = chosen.compile(sorted((library / "src").glob("*.c")), [library / "src"], folder / "lib", flags)
    more = [library / "src", sources[0].parent, *includes]
    objects += chosen.compile([*sources, *stand_ins], more, folder / "objects", FRAMEWORK_FLAGS)
    return chosen.run(chosen.link(objects, folder))


@pytest.mark.parametrize("kind", ["motion", "sound"])
@pytest.mark.parametrize("environment", CORES)
def test_the_program_of_an_environment_answers_what_whole_windows_give(projects, tmp_path, environment, kind):
    if (environment, kind) == ("pico", "sound"):
        pytest.skip("the Arduino target's test runs this program on what a Pico hears")
    project = projects(kind)
    section = settings(project)[f"env:{environment}"]
    assert section["build_src_filter"] == f"+<{environment}/>"
    sources = sorted((project / "src" / environment).glob("*"))
    samples = recording(kind)
    status, text = build(project, sources, CORES[environment], samples, tmp_path)
    assert status == 0, text
    assert_answers(text, expected(bundle(kind), samples))


@pytest.mark.parametrize("core", ["cortex-m4", "rv32imc"])
def test_the_unity_test_passes_on_the_device(projects, tmp_path, core):
    project = projects("motion")
    folder = project / "test" / "test_selftest"
    sources = sorted([*folder.glob("*.c"), *folder.glob("*.cpp")])
    status, text = build(project, sources, core, recording("motion")[:1], tmp_path)
    assert (status, text) == (0, "test_wrist_motions_answers_what_was_measured:PASS\n0 failures\n")


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs Debian's g++")
def test_the_unity_test_passes_on_the_computer(projects, tmp_path):
    project = projects("motion")
    folder, library = project / "test" / "test_selftest", project / "lib" / "wrist_motions" / "src"
    (tmp_path / "unity.h").write_text((STUBS / "arduino" / "unity.h").read_text())
    (tmp_path / "unity.cpp").write_text(
        '#include "unity.h"\nstatic int failures;\nvoid unity_begin() {}\nvoid unity_run(void (*test)(), const char *) '
        "{ test(); }\nvoid unity_equal(long a, long b) { failures += a != b; }\nint unity_end() { return failures; }\n"
    )
    includes = [f"-I{path}" for path in (tmp_path, library, folder)]
    objects = []
    for source in [*library.glob("*.c"), *folder.glob("*.c"), *folder.glob("*.cpp"), tmp_path / "unity.cpp"]:
        compiler = ["gcc", "-std=gnu11"] if source.suffix == ".c" else ["g++", "-std=gnu++17"]
        objects.append(str(tmp_path / f"{source.name}.o"))
        run(
            [*compiler, "-O2", "-Wall", "-Wextra", "-Werror", *includes, "-c", str(source), "-o", objects[-1]]
        )
    run(["g++", *objects, "-o", str(tmp_path / "test")])
    run([str(tmp_path / "test")])


def test_the_settings_name_what_platformio_needs(projects):
    found = settings(projects("motion"))
    assert found["platformio"]["default_envs"] == "nano33ble"
    for name in CORES:
        assert {"platform", "board", "build_src_filter"} <= set(found[f"env:{name}"])
    assert found["env"]["framework"] == "arduino"
    assert found["env:native"]["framework"] == ""
    manifest = json.loads((projects("motion") / "lib/wrist_motions/library.json").read_text())
    assert {"name", "version", "description", "license"} <= set(manifest)
    assert manifest["headers"] == ["wrist_motions.h", "wrist_motions_continuous.h"]


def test_boards_without_an_environment_are_refused():
    target = target_of("platformio")
    assert target.refuses_board(board_of("pico")) == ""
    assert "not for ST NUCLEO" in target.refuses_board(board_of("stm32l4r5"))


def test_hostile_names_stay_text(tmp_path):
    target = target_of("platformio")
    made = hostile_bundle('evil"\n[env:x]\nboard=${y} */ #error')
    files = deployment_files(target, made, target.Options(name="evil"), lambda share, message: None)
    project = unpacked(build_zip(files, tmp_path / "x.zip"), tmp_path / "x")
    assert "env:x" not in settings(project)
    assert '"' in json.loads((project / "lib/evil/library.json").read_text())["description"]
    sources = sorted((project / "src/nano33ble").glob("*"))
    status, text = build(project, sources, "cortex-m4", np.zeros((200, 3), np.float32), tmp_path)
    assert status == 0, text


def test_the_same_model_gives_the_same_bytes(tmp_path):
    zips = [zip_of("platformio", bundle("motion"), tmp_path / name).read_bytes() for name in "ab"]
    assert zips[0] == zips[1]
