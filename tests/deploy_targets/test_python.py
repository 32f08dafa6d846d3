"""The wheels install offline and answer as the server and the device do, bit for bit."""

import base64
import csv
import hashlib
import json
import shutil
import subprocess
import sys
import wave
import zipfile
from pathlib import Path

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from deploy_targets.package import build_deployment
from deploy_targets.python.package import package_from
from deploy_targets.python.target import PythonTarget
from pipelines.evaluate import NativeLibrary
from tests import tiny
from tests.deploy_targets.conftest import make_bundle
from tests.deploy_targets.decisions import stream_decisions
from tests.deploy_targets.test_c_library import HOSTILE
from tests.deploy_targets.unpacked import unpacked
from tests.deploy_targets.wheels import ROOT, environment_with, unpacked_wheel
from tests.real_runs import bundle_of, keyword_run, motion_run, soundtrack

WINDOWS = 1000
SECONDS = 6
QEMU, ARM_LIBRARIES = "qemu-aarch64", Path("/usr/aarch64-linux-gnu")


def built(bundle, folder, **options):
    """Build the target's zip and unpack it below ``folder``."""
    target = PythonTarget()
    chosen = target.Options.model_validate(options)
    path = build_deployment(target, bundle, chosen, lambda share, message: None, folder / "python.zip")
    return unpacked(path, folder / "python")


@pytest.fixture(scope="module")
def motion(tmp_path_factory):
    return built(bundle_of(motion_run(), board_id=""), tmp_path_factory.mktemp("motion"))


@pytest.fixture(scope="module")
def keywords(tmp_path_factory):
    bundle = bundle_of(keyword_run(), board_id="", project="Keywords")
    return built(bundle, tmp_path_factory.mktemp("keywords"), machines="x86_64")


@pytest.fixture(scope="module")
def installed(motion, keywords, tmp_path_factory):
    """The Python of an environment with both packages and nothing else."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    dist = tmp_path_factory.mktemp("dist")
    for package in (motion, keywords):
        for wheel in (package / "dist").iterdir():
            shutil.copy(wheel, dist)
    return environment_with(dist, ["wrist_motions", "keywords"], folder)


def python(interpreter, script, *arguments, folder, status=0, **options):
    """What a script prints."""
    result = subprocess.run(
        [str(interpreter), "-c", script, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )
    assert result.returncode == status, result.stdout + result.stderr
    return result.stdout


_ALL = """
import sys
from array import array
from wrist_motions import METADATA, classify
values = array("f", open(sys.argv[1], "rb").read())
length = METADATA.window_length * len(METADATA.channels)
with open(sys.argv[2], "wb") as file:
    for start in range(0, len(values), length):
        array("f", classify(values[start : start + length]).probabilities).tofile(file)
"""


def answers_in(path):
    return np.frombuffer(path.read_bytes(), np.uint32)


@pytest.fixture(scope="module")
def thousand(tmp_path_factory):
    """(file of 1,000 windows, bits of the server's answers)."""
    windows, _ = tiny.windows(WINDOWS, seed=78)
    path = tmp_path_factory.mktemp("windows") / "windows.bin"
    path.write_bytes(windows.tobytes())
    server = NativeLibrary(bundle_of(motion_run(), board_id="").library("server")).classify(windows)
    return path, server.view(np.uint32).ravel()


def test_a_thousand_windows_are_equal_in_every_bit(installed, thousand, tmp_path):
    path, expected = thousand
    python(installed, _ALL, path, tmp_path / "answers.bin", folder=tmp_path)
    assert (answers_in(tmp_path / "answers.bin") == expected).all()


_HARNESS = """
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int pipeline_classify(void *workspace, const float *samples, float *probabilities);
extern const int64_t workspace_bytes;
int main(void)
{
    static float samples[192], probabilities[3];
    void *workspace = malloc((size_t)workspace_bytes);
    while (fread(samples, sizeof samples, 1, stdin) == 1) {
        pipeline_classify(workspace, samples, probabilities);
        fwrite(probabilities, sizeof probabilities, 1, stdout);
    }
    return 0;
}
"""


@pytest.mark.skipif(
    shutil.which(QEMU) is None or not ARM_LIBRARIES.exists(),
    reason="needs Debian's qemu-user and libc6-arm64-cross",
)
def test_the_library_for_aarch64_gives_the_same_bits(motion, thousand, tmp_path):
    path, expected = thousand
    library = unpacked_wheel(motion / "dist", "aarch64", tmp_path) / "wrist_motions" / "pipeline.so"
    (tmp_path / "harness.c").write_text(_HARNESS)
    compiler = [sys.executable, "-m", "ziglang", "cc", "-target", "aarch64-linux-gnu.2.17"]
    subprocess.run(
        [*compiler, "harness.c", str(library), f"-Wl,-rpath,{library.parent}", "-o", "harness"],
        cwd=tmp_path,
        check=True,
        timeout=120,
    )
    with path.open("rb") as windows, (tmp_path / "answers.bin").open("wb") as answers:
        command = [QEMU, "-L", str(ARM_LIBRARIES), "./harness"]
        subprocess.run(command, cwd=tmp_path, stdin=windows, stdout=answers, check=True, timeout=120)
    assert (answers_in(tmp_path / "answers.bin") == expected).all()


@pytest.mark.parametrize("name", ["motion", "keywords"])
def test_its_self_test_passes_and_fails_where_an_answer_was_changed(request, installed, name):
    folder = request.getfixturevalue(name)
    command = [str(installed), "selftest/run.py"]
    passed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "the self-test passed" in passed.stdout, passed.stderr
    answers = folder / "selftest" / "probabilities.f32"
    content = answers.read_bytes()
    answers.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    failed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    answers.write_bytes(content)
    assert (failed.returncode, "FAILED" in failed.stdout) == (1, True)


def test_a_stream_decides_as_the_windows_one_by_one_whatever_the_pushes(installed, tmp_path):
    bundle = bundle_of(keyword_run(), board_id="")
    samples = soundtrack(SECONDS)
    (tmp_path / "sound.bin").write_bytes(samples.tobytes())
    script = """
from array import array
from keywords import METADATA, Stream
sound = array("f", open("sound.bin", "rb").read())
found = []
stream = Stream(lambda result: found.append((result.label, result.end)))
stream.push(sound[:100])
stream.reset()
start, step = 0, 1
while start < len(sound):
    stream.push(sound[start : start + step])
    start, step = start + step, step * 7 % 4001
print([(METADATA.labels.index(label) if label else -1, end) for label, end in found])
"""
    expected = stream_decisions(bundle, samples[:, None])
    assert len({answer for answer, _ in expected}) > 3
    assert eval(python(installed, script, folder=tmp_path)) == expected


def test_an_error_in_the_callback_comes_out_of_the_push(installed, tmp_path):
    script = """
from wrist_motions import Stream
seen = []
def fail(result):
    seen.append(result.end)
    raise KeyError("mine")
stream = Stream(fail)
try:
    stream.push([0.0] * 3 * 100)
except KeyError as error:
    print(error, seen)
stream.push([0.0] * 3)
print(len(seen))
"""
    assert python(installed, script, folder=tmp_path).splitlines() == ["'mine' [64]", "1"]


def test_threads_get_the_same_answers(installed, thousand, tmp_path):
    script = """
import sys
from array import array
from concurrent.futures import ThreadPoolExecutor
from wrist_motions import classify
values = array("f", open(sys.argv[1], "rb").read())
windows = [values[start : start + 192] for start in range(0, len(values), 192)]
with ThreadPoolExecutor(8) as pool:
    print(list(pool.map(classify, windows)) == list(map(classify, windows)))
"""
    assert python(installed, script, thousand[0], folder=tmp_path) == "True\n"


@pytest.fixture(scope="module")
def importable(motion, tmp_path_factory):
    """A folder to be put on Python's path, beside the packages of this environment."""
    return unpacked_wheel(motion / "dist", "x86_64", tmp_path_factory.mktemp("importable"))


def here(importable, script, folder):
    return python(sys.executable, script, folder=folder, env={"PYTHONPATH": str(importable)})


def test_samples_of_every_kind_are_taken(importable, tmp_path):
    script = """
from array import array
import numpy as np
from wrist_motions import classify
random = np.random.default_rng(1).normal(0, 0.4, (64, 3)).astype(np.float32)
expected = classify(random)
exact = [random.tolist(), random.ravel().tolist(), array("f", random.ravel()), array("d", random.ravel()),
         memoryview(random), random.astype(np.float64), np.asfortranarray(random), tuple(map(tuple, random.tolist())),
         list(random), random[::-1][::-1], random.astype(">f4")]
print(all(classify(samples) == expected for samples in exact))
integers = np.zeros((64, 3), np.int16)
print(classify(integers) == classify(integers.astype(np.float16)) == classify([0] * 192))
"""
    assert here(importable, script, tmp_path).splitlines() == ["True", "True"]


def test_bad_samples_are_refused_in_words(importable, tmp_path):
    script = """
import numpy as np
from wrist_motions import Stream, classify
stream = Stream(lambda result: None)
bad = np.zeros((64, 3)); bad[7, 1] = np.nan
attempts = [
    lambda: classify([0.0] * 191),
    lambda: classify([0.0] * 195),
    lambda: classify(np.zeros((3, 64))),
    lambda: classify([[0.0, 0.0]] * 96),
    lambda: classify(bad),
    lambda: classify([1e39] + [0.0] * 191),
    lambda: classify("text"),
    lambda: classify(b"1" * 192),
    lambda: classify(["x"] * 192),
    lambda: classify(7),
    lambda: stream.push([1, 2]),
    lambda: stream.push([0, 0, float("inf")]),
]
for attempt in attempts:
    try:
        print("taken:", attempt())
    except (TypeError, ValueError) as error:
        print(f"{type(error).__name__}: {error}")
"""
    assert here(importable, script, tmp_path).splitlines() == [
        "ValueError: samples: 191 numbers are no whole points in time of 3 channels",
        "ValueError: samples: a window has 64 points in time of 3 channel(s), 192 numbers; these are 195",
        "ValueError: samples have shape (3, 64): expected [time][3] (ax, ay, az), or all numbers side by side",
        "ValueError: samples have shape (96, 2): expected [time][3] (ax, ay, az), or all numbers side by side",
        "ValueError: samples: channel ay is nan at point 7; every sample must be a finite number",
        "ValueError: samples: channel ax is inf at point 0; every sample must be a finite number",
        "TypeError: samples: str is no sequence of numbers",
        "TypeError: samples: bytes is no sequence of numbers",
        "TypeError: samples must be numbers, or rows of numbers: must be real number, not str",
        "TypeError: samples must be numbers, or rows of numbers: 'int' object is not iterable",
        "ValueError: samples: 2 numbers are no whole points in time of 3 channels",
        "ValueError: samples: channel az is inf at point 0; every sample must be a finite number",
    ]


def test_its_types_hold_in_a_strict_client(importable, tmp_path):
    client = tmp_path / "client.py"
    client.write_text(
        """
from array import array

import numpy as np

from wrist_motions import METADATA, Classification, Stream, StreamResult, classify, read_recording

found: Classification = classify(np.zeros((64, 3), np.float32))
label: str | None = found.label
classify([0.0] * 192)
classify([[0.0, 0.0, 0.0]])
classify(array("d", [0.0]))


def show(result: StreamResult) -> None:
    print(result.seconds, result.smoothed[0] + 1.0, METADATA.labels[0].upper())


Stream(show).push(read_recording("recording.csv"))
Stream(1)  # type: ignore[arg-type]
classify(None)  # type: ignore[arg-type]
"""
    )
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(client)],
        cwd=tmp_path,
        env={"MYPYPATH": str(importable)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def command_line(interpreter, package, *arguments, folder):
    return subprocess.run(
        [str(interpreter), "-m", package, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def wav(path, samples, rate=16000, width=2, channels=1):
    scaled = np.round(samples.astype(np.float64) * (2 ** (8 * width - 1) - 1)).astype("<i8")
    data = (scaled + 128 if width == 1 else scaled).view(np.uint8).reshape(-1, 8)[:, :width].tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return path


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_it_classifies_a_sound_file_from_the_command_line(installed, tmp_path, width):
    samples = soundtrack(3)
    path = wav(tmp_path / "sound.wav", samples, width=width)
    result = command_line(installed, "keywords", "--json", path, folder=tmp_path)
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    bundle = bundle_of(keyword_run(), board_id="")
    steps = 2 ** (8 * width - 1)
    read = np.round(samples.astype(np.float64) * (steps - 1)) / steps
    expected = stream_decisions(bundle, read.astype(np.float32)[:, None])
    labels = [bundle.labels[answer] if answer >= 0 else None for answer, _ in expected]
    assert [line["label"] for line in lines] == labels
    assert [line["seconds"] for line in lines] == [end / 16000 for _, end in expected]


def test_it_classifies_tables_and_says_what_a_file_lacks(installed, tmp_path):
    values, _ = tiny.windows(1, seed=3)
    rows = [",".join(map(str, (row[2], row[0], row[1]))) for row in values[0]]
    files = {
        "named.csv": "AZ,ax,ay\n" + "\n".join(rows),
        "times.csv": "\n".join(",".join(map(str, (i, *row))) for i, row in enumerate(values[0])),
        "short.csv": "ax;ay;az\n1;2;3\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    result = command_line(installed, "wrist_motions", *files, folder=tmp_path)
    assert result.returncode == 0, result.stderr
    named, times, short = result.stdout.splitlines()
    assert named == times
    assert short.startswith("   2.000 s  ")
    wav(tmp_path / "slow.wav", soundtrack(1), rate=8000)
    (tmp_path / "noise.wav").write_bytes(b"RIFF1234WAVE")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    for package, name, text, words in (
        ("wrist_motions", "missing.csv", "ax,ay\n1,2\n", "there is no column 'az'; there are ax, ay"),
        ("wrist_motions", "cell.csv", "ax,ay,az\n1,2,x\n", "row 2, column 3: 'x' is no number"),
        ("wrist_motions", "nan.csv", "ax,ay,az\n1,2,nan\n", "channel az is nan at point 0"),
        ("wrist_motions", "wide.csv", "1,2\n", "the rows have 2 columns; the model takes 3: ax, ay, az"),
        ("wrist_motions", "empty.csv", "", "the recording holds no samples"),
        ("wrist_motions", "absent.csv", None, "No such file"),
        ("keywords", "slow.wav", None, "the sound has 8,000 Hz; the model takes 16,000 Hz"),
        ("keywords", "noise.wav", None, "no WAV file of integer samples"),
        ("keywords", "picture.png", None, "picture.png is neither WAV nor text"),
    ):
        if text is not None:
            (tmp_path / name).write_text(text)
        result = command_line(installed, package, name, folder=tmp_path)
        assert result.returncode == 2
        assert words in result.stderr
        assert "Traceback" not in result.stderr


def test_the_wheels_are_what_they_say(motion):
    wheels = sorted((motion / "dist").iterdir())
    assert [wheel.name for wheel in wheels] == [
        f"wrist_motions-1.0.0-py3-none-manylinux_2_17_{machine}.manylinux2014_{machine}.whl"
        for machine in ("aarch64", "x86_64")
    ]
    for wheel, machine in zip(wheels, ("EM_AARCH64", "EM_X86_64"), strict=True):
        with zipfile.ZipFile(wheel) as archive:
            rows = csv.reader(archive.read("wrist_motions-1.0.0.dist-info/RECORD").decode().splitlines())
            record = {name: digest for name, digest, _ in rows}
            assert set(record) == set(archive.namelist())
            for name, digest in record.items():
                content = hashlib.sha256(archive.read(name)).digest()
                expected = "sha256=" + base64.urlsafe_b64encode(content).rstrip(b"=").decode()
                assert digest == ("" if name.endswith("RECORD") else expected)
                assert str(ROOT).encode() not in archive.read(name)
            assert {"wrist_motions/py.typed", "wrist_motions/pipeline.so"} <= set(record)
            with archive.open("wrist_motions/pipeline.so") as file:
                check_library(ELFFile(file), machine)


def check_library(elf, machine):
    """It needs glibc alone, no newer than 2.17, and holds no path of the machine that built it."""
    assert elf["e_machine"] == machine
    needed = [tag.needed for tag in elf.get_section_by_name(".dynamic").iter_tags("DT_NEEDED")]
    assert set(needed) <= {"libc.so.6"}
    for section in elf.iter_sections():
        if isinstance(section, GNUVerNeedSection):
            for _, versions in section.iter_versions():
                for version in versions:
                    assert tuple(map(int, version.name.removeprefix("GLIBC_").split("."))) <= (2, 17)
    assert not any(section.name.startswith(".debug") for section in elf.iter_sections())


def test_hostile_names_stay_text(tmp_path):
    project = 'Evil\nLicense: none\n\n"""; import os # ${x} 変'
    folder = built(make_bundle(labels=HOSTILE, project=project, board_id=""), tmp_path, machines="x86_64")
    interpreter = environment_with(folder / "dist", ["evil_license_none_import_os_x"], tmp_path / "venv")
    script = """
import importlib.metadata, json
from evil_license_none_import_os_x import METADATA, classify
about = importlib.metadata.metadata("evil_license_none_import_os_x")
print(json.dumps([METADATA.project, METADATA.labels, classify([0.0] * 192).label in METADATA.labels,
                  about["License-Expression"], about.get_all("License")]))
"""
    found = json.loads(python(interpreter, script, folder=tmp_path))
    assert found == [project, list(HOSTILE), True, "Apache-2.0", None]


@pytest.mark.parametrize("name", ["Upper", "a b", "1a", "a__b", "json", "lambda", "../x", "a\n", "x" * 41])
def test_a_name_that_cannot_be_imported_or_hides_a_module_is_refused(name):
    with pytest.raises(ValueError, match="package"):
        PythonTarget.Options(package=name)


@pytest.mark.parametrize(
    ("project", "package"),
    [
        ("Wrist motions", "wrist_motions"),
        ("JSON", "json_model"),
        ("lambda", "lambda_model"),
        ("42", "thimble_42"),
    ],
)
def test_a_package_is_named_after_its_project(project, package):
    assert package_from(project) == package
