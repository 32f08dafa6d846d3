"""The examples of ESP-IDF and Zephyr for sensors that are neither a microphone nor an accelerometer alone."""

from pathlib import Path

import numpy as np
import pytest

from deploy_targets.c_library.sdk_example import example_files
from pipelines.evaluate import NativeLibrary
from pipelines.spec import load_spec
from tests.deploy_targets.board_runs import assert_answers, board_sources, expected_of
from tests.deploy_targets.test_arduino import SPECTRAL, pipeline
from tests.firmware.machines import machine
from tests.pipelines.compile import pushed

CHANNELS = {"other": ("warm", "high"), "motion": tuple("abcdef")}
PINS = "\n".join(f"    ADC_DT_SPEC_GET_BY_IDX(DT_PATH(zephyr_user), {number})," for number in range(2))
STEP = {"esp_idf": np.float32(np.float32(3.3) / np.float32(4095)), "zephyr": np.float32(0.001) * 2}


@pytest.mark.parametrize("kind", CHANNELS)
@pytest.mark.parametrize("kit", ["esp_idf", "zephyr"])
def test_an_example_answers_what_whole_windows_give(tmp_path, kit, kind):
    spec = load_spec(pipeline([SPECTRAL], CHANNELS[kind], 50, 2000, 500))
    library = pushed.library_of(spec, "air")
    per_kind = {"sound": {}, "motion": {}, "other": {"pins": PINS}}
    templates = Path("deploy_targets") / kit / "templates"
    files = {**library.files, **example_files(templates, library, spec.input, per_kind)}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    random = np.random.default_rng(3)
    if kind == "other":
        read = random.integers(0, 4096, (300, 2)).astype(np.float32)
        samples = read * STEP[kit]
    else:
        steps = np.array([4096] * 3 + [65.5] * 3, np.float32)
        read = random.integers(-9000, 9000, (300, 6)).astype(np.float32) / steps
        samples = np.trunc(read * steps).astype(np.float32) / steps
    stand_ins, includes = board_sources(kit, read, tmp_path / "board")
    chosen = machine("rv32imafc" if kit == "esp_idf" else "cortex-m4")
    sources = [tmp_path / name for name in files if name.endswith(".c")]
    objects = chosen.compile([*sources, *stand_ins], [tmp_path, *includes], tmp_path / "objects")
    status, text = chosen.run(chosen.link(objects, tmp_path))
    assert status == 0, text
    assert_answers(text, expected_of(NativeLibrary(library), spec, pushed.LABELS, samples), distinct=1)
