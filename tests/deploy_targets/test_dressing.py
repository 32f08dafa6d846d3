"""What every zip carries: checksums, model card, datasheet, manifest, bill of materials."""

from __future__ import annotations

import json
import subprocess
import zipfile
from dataclasses import replace

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy_targets.base import Component, DeployTarget, LanguageModelBundle, TargetError
from deploy_targets.dressing import dressed
from deploy_targets.dressing.energy import training_energy, window_energy_uj
from deploy_targets.zips import build_zip
from pipelines.profile.boards import board_of, boards
from tests.deploy_targets.test_c_library import HOSTILE
from tests.real_runs import bundle_of, motion_run


class Notes(DeployTarget):
    """As small as a target can be."""

    id, title, pitch, icon = "notes", "Notes", "A README.", "note"

    def build(self, bundle, options, progress):
        return {"README.md": b"# Notes\n", "notes/a.txt": b"a"}

    def components(self, bundle, options):
        return (
            Component("tfjs", "4.22.0", "Apache-2.0", "pkg:npm/%40tensorflow/tfjs@4.22.0"),
            Component("llama.cpp", "b1", "MIT OR Apache-2.0", "pkg:github/ggml-org/llama.cpp@b1"),
        )

    def facts(self, bundle, options):
        return {"notes": 1}


def dress(bundle, files=None):
    target = Notes()
    options = target.Options()
    files = target.build(bundle, options, None) if files is None else files
    return dressed(target, bundle, options, files)


@pytest.fixture(scope="module")
def bundle():
    return replace(
        bundle_of(motion_run()),
        about={"description": "Tells *gestures*\napart.", "run": 7, "dataset_version": 3},
    )


@pytest.fixture(scope="module")
def files(bundle):
    return dress(bundle)


def test_the_checksums_are_those_of_all_files(files, tmp_path):
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.count(": OK") == len(files) - 1


def test_the_bill_of_materials_is_valid_and_names_files_and_what_is_of_others(files):
    text = files["sbom.cdx.json"].decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    named = {one["name"]: one for one in document["components"]}
    assert named["tfjs"]["purl"] == "pkg:npm/%40tensorflow/tfjs@4.22.0"
    assert named["llama.cpp"]["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert {"README.md", "notes/a.txt", "MODEL_CARD.md", "thimble.json"} <= set(named)
    assert "timestamp" not in document["metadata"]


def test_the_manifest_tells_spec_hashes_and_what_the_target_adds(files, bundle):
    document = json.loads(files["thimble.json"])
    assert document["pipeline"] == bundle.spec.model_dump(mode="json")
    assert document["hashes"]["pipeline_sha256"] == bundle.spec.sha256
    assert (document["target"], document["board"], document["notes"]) == ("notes", "nano33ble", 1)
    assert document["profile"]["board"] == "nano33ble"


def test_the_model_card_tells_intent_data_and_how_sure_its_figures_are(files, bundle):
    card = files["MODEL_CARD.md"].decode()
    assert "> Tells \\*gestures\\*" in card
    assert "Dataset version 3" in card
    assert ", run 7" in card
    whole = bundle.evaluation["slices"][0]
    assert f"95 % interval {whole['low']:.1%} to {whole['high']:.1%}, counting recordings" in card
    assert "| circle | 40 recordings, 80.0 s | 10 recordings, 20.0 s |" in card
    assert "Few test windows, so little is known: circle (10)" in card


def test_the_card_shows_slices_by_group_where_there_are_any(bundle):
    slices = [
        *bundle.evaluation["slices"],
        {
            "by": "group",
            "name": "ann|b",
            "windows": 20,
            "recordings": 4,
            "accuracy": 0.9,
            "low": 0.4,
            "high": 1.0,
        },
    ]
    card = dress(replace(bundle, evaluation=bundle.evaluation | {"slices": slices}))["MODEL_CARD.md"].decode()
    assert "| ann\\|b | 90.0% (40.0% to 100.0%) | 20 | 4 |" in card


def test_the_datasheet_has_every_board_measured_with_energy_where_a_current_is_known(files, bundle):
    sheet = files["DATASHEET.md"].decode()
    for board in boards():
        profile = bundle.profile_on(board)
        row = next(
            line for line in sheet.splitlines() if line.replace("\\", "").startswith(f"| {board.title} |")
        )
        assert f"| {profile['flash_bytes']:,} B | {profile['ram_bytes']:,} B |" in row
        assert f"{profile['cycles']:,}" in row
    nano = board_of("nano33ble")
    energy = window_energy_uj(nano, bundle.measured_profile()["latency_ms"])
    assert f"{energy:,.1f} µJ" in sheet
    assert "Green Algorithms" in sheet


def test_a_deployment_for_no_board_shows_what_the_run_measured(bundle):
    sheet = dress(replace(bundle, board=None, profile=None))["DATASHEET.md"].decode()
    assert "Arduino Nano 33 BLE Sense" in sheet
    assert "Raspberry" not in sheet


def test_a_run_of_an_earlier_version_says_what_was_not_recorded(bundle):
    evaluation = {name: value for name, value in bundle.evaluation.items() if name != "slices"}
    files = dress(replace(bundle, evaluation=evaluation, metrics={}, about={}))
    assert "kept no record" in files["MODEL_CARD.md"].decode()
    assert "kept no record of its effort" in files["DATASHEET.md"].decode()
    assert "counting windows as independent" in files["MODEL_CARD.md"].decode()


def test_a_target_with_another_runtime_says_that_the_figures_are_of_the_compiled_c(bundle):
    class Elsewhere(Notes):
        runtime = "Abacus"

    files = dressed(Elsewhere(), bundle, Notes.Options(), {"README.md": b""})
    assert "on the compiled C of this network; here it is run by Abacus" in files["MODEL_CARD.md"].decode()
    assert "run by Abacus: what that takes was not measured" in files["DATASHEET.md"].decode()


def test_energy_is_time_times_voltage_times_current():
    assert window_energy_uj(board_of("nano33ble"), 2.0) == pytest.approx(2.0 * 3.0 * 3.3)
    assert window_energy_uj(board_of("pico"), 2.0) is None
    assert window_energy_uj(board_of("nano33ble"), None) is None


def test_training_energy_follows_green_algorithms():
    found = training_energy({"seconds": 3600, "cores": 4, "memory_gb": 8})
    assert found.energy_wh == pytest.approx(4 * 12 + 8 * 0.3725)
    assert found.carbon_g == pytest.approx(found.energy_wh * 0.475)


def test_hostile_names_stay_text(bundle):
    hostile = replace(
        bundle,
        project="x](http://evil) <script> ${name} |",
        labels=HOSTILE,
        about={"description": "<script>alert(1)</script>\n# heading"},
    )
    evaluation = json.loads(json.dumps(bundle.evaluation))
    for one, label in zip(evaluation["per_class"], HOSTILE, strict=True):
        one["label"] = label
    card = dress(replace(hostile, evaluation=evaluation))["MODEL_CARD.md"].decode()
    assert "<script>" not in card
    assert "](http" not in card
    assert "\n# heading" not in card


def test_the_same_build_gives_the_same_bytes(bundle, files, tmp_path):
    again = dress(bundle)
    assert again == files
    assert (
        build_zip(files, tmp_path / "1.zip").read_bytes() == build_zip(again, tmp_path / "2.zip").read_bytes()
    )


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a/./b", "a\\b", ""])
def test_a_path_that_leaves_the_zip_is_refused(bundle, name):
    with pytest.raises(TargetError, match="no path within the zip"):
        dress(bundle, {"README.md": b"", name: b""})


def test_a_zip_without_a_readme_is_refused(bundle):
    with pytest.raises(TargetError, match=r"made no README\.md"):
        dress(bundle, {"a.txt": b""})


def test_a_language_model_has_hashes_of_its_files_and_no_card_of_ours(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    large = tmp_path / "weights.bin"
    large.write_bytes(bytes(3_000_000))
    files = dress(LanguageModelBundle("Chat", "Tiny", tmp_path), {"README.md": b"", "weights.bin": large})
    assert "MODEL_CARD.md" not in files
    assert set(json.loads(files["thimble.json"])["hashes"]["files"]) == {"config.json", "weights.bin"}
    with zipfile.ZipFile(build_zip(files, tmp_path / "out.zip")) as archive:
        assert archive.testzip() is None
        assert archive.read("weights.bin") == bytes(3_000_000)
