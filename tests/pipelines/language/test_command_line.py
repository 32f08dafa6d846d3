from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.language.__main__ import main
from pipelines.language.model_folder import LanguageModel
from tests import language


@pytest.mark.parametrize(("form", "file"), [("q4f16_1", "params_shard_0.bin"), ("q8_0", "model.gguf")])
def test_it_converts(
    llama: LanguageModel, form: str, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(llama.folder), form, str(tmp_path / "out")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"][file]["bytes"] == (tmp_path / "out" / file).stat().st_size


def test_it_evaluates_sparsity(
    llama: LanguageModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.txt").write_text(language.STORY)
    assert main(["sparsity", str(llama.folder), str(tmp_path / "text.txt"), "--sparsities", "0.5"]) == 0
    assert [row["sparsity"] for row in json.loads(capsys.readouterr().out)["rows"]] == [0.5]


def test_what_cannot_be_used_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(tmp_path), "q8_0", str(tmp_path / "out")]) == 1
    assert (
        capsys.readouterr().err == "config.json: is missing; give the whole folder as its publisher made it\n"
    )
