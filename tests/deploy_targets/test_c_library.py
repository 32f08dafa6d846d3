"""The C target's zip builds everywhere and proves itself."""

import json
import shutil
import subprocess
import zipfile

import pytest

from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from deploy_targets.zips import build_zip
from tests.deploy_targets.conftest import make_bundle
from tests.real_runs import bundle_of, keyword_run, motion_run

STRICT = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-O3", "-ffp-contract=off"]
HOSTILE = ('a"b\\', "*/ #error x", "line\nbreak ??/")


def needs(program):
    missing = shutil.which(program) is None
    return pytest.param(program, marks=pytest.mark.skipif(missing, reason=f"needs Debian's {program}"))


def unpack(files, folder):
    path = build_zip(files, folder / "library.zip")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def run(command, folder, **options):
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, **options
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def build_selftest(compiler, folder, language):
    sources = [*folder.glob("src/*.c"), *folder.glob("selftest/*.c")]
    run(
        [compiler, *language, *STRICT, "-Isrc", "-Iselftest", *map(str, sources), "-o", "selftest.out"],
        folder,
    )
    return run(["./selftest.out"], folder)


@pytest.mark.parametrize("variant", ["float32", "int8"])
@pytest.mark.parametrize("compiler", [needs("gcc"), needs("clang")])
@pytest.mark.parametrize(
    "language", [["-std=c99", "-pedantic"], ["-x", "c++", "-std=c++17"]], ids=["c99", "c++17"]
)
def test_it_compiles_without_a_warning_and_its_self_test_passes(built, tmp_path, compiler, language, variant):
    folder = unpack(built(variant), tmp_path)
    assert "the self-test passed" in build_selftest(compiler, folder, language)


@pytest.mark.parametrize("compiler", [needs("gcc"), needs("clang")])
def test_make_builds_it_and_its_example_classifies_a_recording(built, tmp_path, compiler):
    folder = unpack(built("int8"), tmp_path)
    assert "the self-test passed" in run(["make", f"CC={compiler}", "test"], folder)
    run(["make", f"CC={compiler}"], folder)
    rows = "\n".join("0.01, -0.02, 0.0" for _ in range(100))
    decisions = run(["build/wrist_motions_example"], folder, input=rows).splitlines()
    assert [line.partition(" ")[0] for line in decisions] == ["2.000", "2.500", "3.000"]
    assert all("still" in line for line in decisions)


@pytest.mark.skipif(shutil.which("cmake") is None, reason="needs Debian's cmake")
def test_cmake_builds_it_and_ctest_passes(built, tmp_path):
    folder = unpack(built("int8"), tmp_path)
    run(["cmake", "-B", "build"], folder)
    run(["cmake", "--build", "build"], folder)
    assert "100% tests passed" in run(["ctest", "--test-dir", "build"], folder)


@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_the_self_test_runs_clean_under_the_address_and_undefined_behaviour_sanitizers(
    built, tmp_path, variant
):
    if shutil.which("gcc") is None:
        pytest.skip("needs Debian's gcc")
    folder = unpack(built(variant), tmp_path)
    flags = ["-std=c99", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    assert "the self-test passed" in build_selftest("gcc", folder, flags)


def test_the_self_test_fails_where_the_model_was_changed(built, tmp_path):
    files = dict(built("int8"))
    name = "src/wrist_motions.c"
    files[name] = files[name].replace(b"value / WRIST", b"0.5f * value / WRIST")
    folder = unpack(files, tmp_path)
    sources = [*folder.glob("src/*.c"), *folder.glob("selftest/*.c")]
    run(["cc", "-Isrc", "-Iselftest", *map(str, sources), "-o", "selftest.out"], folder)
    result = subprocess.run(["./selftest.out"], cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "expected" in result.stdout


def test_the_same_model_gives_the_same_bytes(tmp_path):
    target = target_of("c")
    zips = []
    for number in range(2):
        files = deployment_files(target, make_bundle(), target.Options(), lambda share, message: None)
        zips.append(build_zip(files, tmp_path / f"{number}.zip").read_bytes())
    assert zips[0] == zips[1]


@pytest.mark.parametrize(
    "language", [["-std=c99", "-trigraphs"], ["-x", "c++", "-std=c++17"]], ids=["c99", "c++17"]
)
def test_hostile_names_and_labels_stay_text(tmp_path, language):
    bundle = make_bundle(labels=HOSTILE, project='*/ int evil; /* "${name}" $(rm) \n# `x` 変')
    target = target_of("c")
    files = deployment_files(target, bundle, target.Options(), lambda share, message: None)
    folder = unpack(files, tmp_path)
    (folder / "print.c").write_text(
        '#include "int_evil_name_rm_x.h"\n#include <stdio.h>\n'
        'int main(void) { int i; for (i = 0; i < 3; i++) { printf("%s%c", int_evil_name_rm_x_labels[i], 1); }'
        " return 0; }\n"
    )
    sources = ["print.c", *map(str, folder.glob("src/*.c"))]
    run(["cc", *language, *STRICT, "-Isrc", *sources, "-o", "print.out"], folder)
    assert run(["./print.out"], folder).split("\x01")[:3] == list(HOSTILE)
    assert build_selftest("cc", folder, language)
    run(["make", "test"], folder)
    assert json.loads(files["thimble.json"])["labels"] == list(HOSTILE)
    assert "\n# `x`" not in files["README.md"].decode()


def test_options_name_the_library_and_leave_out_the_example():
    target = target_of("c")
    options = target.Options(name="gym", optimise="size", include_examples=False)
    files = deployment_files(target, make_bundle(), options, lambda share, message: None)
    assert {"src/gym.h", "src/gym.c", "selftest/gym_selftest.c"} <= set(files)
    assert not any(name.startswith("examples/") for name in files)
    assert b"EXAMPLE = \n" in files["Makefile"]
    assert b"example" not in files["CMakeLists.txt"]
    assert b"CFLAGS ?= -Os" in files["Makefile"]


@pytest.mark.parametrize("name", ["Gym", "1st", "int", "a b", "a/../b", "x" * 41, "class", "gym\n"])
def test_a_name_that_is_no_identifier_is_refused(name):
    with pytest.raises(ValueError, match="name"):
        target_of("c").Options(name=name)


def test_the_readme_and_manifest_tell_what_was_measured(built):
    files = built("int8")
    manifest = json.loads(files["thimble.json"])
    readme = files["README.md"].decode()
    profile = manifest["profile"]
    assert f"{profile['flash_bytes']:,} of 1,048,576 bytes" in readme
    assert f"{profile['instructions']:,}" in readme
    assert f"{manifest['evaluation']['accuracy']:.2%} of 30 test windows" in readme
    assert "estimated from the instructions run" in readme
    assert f"{profile['latency_low_ms']:.2f} to {profile['latency_high_ms']:.2f} ms" in readme
    assert manifest["pipeline"]["input"]["channels"] == ["ax", "ay", "az"]
    assert len(manifest["hashes"]["model_sha256"]) == 64
    assert b"Apache License" in files["LICENSE"]


@pytest.mark.skipif(shutil.which("arm-none-eabi-gcc") is None, reason="needs Debian's gcc-arm-none-eabi")
@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m4"])
@pytest.mark.parametrize("variant", ["int8", "float32"])
@pytest.mark.parametrize("a_run", [motion_run, keyword_run], ids=["motion", "keywords"])
def test_no_compiler_for_a_board_warns_even_where_it_unrolls_loops(tmp_path, a_run, variant, core):
    library = bundle_of(a_run(), variant).library("thimble")
    for name, text in library.files.items():
        (tmp_path / name).write_text(text)
    sources = sorted(name for name in library.files if name.endswith(".c"))
    flags = ["-O3", "-std=c99", "-ffp-contract=off", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
    run(["arm-none-eabi-gcc", f"-mcpu={core}", "-mthumb", *flags, "-c", *sources], tmp_path)
