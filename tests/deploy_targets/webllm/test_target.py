"""What the zip of a chat page holds, and what it is made from."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from deploy_targets.base import TargetError
from deploy_targets.bundle import LanguageModelBundle
from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from deploy_targets.webllm.licence import licence_of
from deploy_targets.webllm.model_library import FOLDER_VARIABLE
from pipelines.language.errors import LanguageModelError
from tests import language
from tests.deploy_targets.webllm.conftest import Built, bundle
from tests.deploy_targets.webllm.fake_library import fake_library

HOSTILE = '"><script>alert(1)</script> ${name} $x\n*/ `rm` | é'


def content_of(content: bytes | Path) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def files_of(model: LanguageModelBundle, **options: object) -> dict[str, bytes]:
    target = target_of("webllm")
    files = deployment_files(target, model, target.Options(**options), lambda share, words: None)
    return {name: content_of(content) for name, content in files.items()}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No folder of libraries, and a folder of its own for temporary files, as a job has it."""
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("job")))


def test_the_zip_carries_the_page_the_engines_and_the_weights(built: Built) -> None:
    names = {path.relative_to(built.folder).as_posix() for path in built.folder.rglob("*") if path.is_file()}
    assert {
        "README.md", "LICENSE", "thimble.json", "SHA256SUMS", "sbom.cdx.json", "index.html", "chat.json",
        "service-worker.js", "app/main.js", "engines/web-llm/index.js", "engines/wllama/wllama.wasm",
        "engines/wllama/compat/wllama.wasm", "model/resolve/main/mlc-chat-config.json",
        "model/resolve/main/tensor-cache.json", "model/resolve/main/params_shard_0.bin",
        "model/resolve/main/tokenizer.json", "model/gguf/model-00001-of-00005.gguf",
    } <= names  # fmt: skip
    config = json.loads((built.folder / "chat.json").read_text())
    for engine in config["engines"].values():
        for file in engine["model_files"]:
            content = (built.folder / file["path"]).read_bytes()
            assert [len(content), hashlib.sha256(content).hexdigest()] == [file["bytes"], file["sha256"]]
    manifest = json.loads((built.folder / "thimble.json").read_text())
    assert manifest["architecture"] == "llama"
    assert manifest["model_library"]["runtime_version"] == "0.27.0-dev0"
    components = json.loads((built.folder / "sbom.cdx.json").read_text())["components"]
    assert {"@mlc-ai/web-llm", "@mlc-ai/web-runtime", "@wllama/wllama", "llama.cpp"} <= {
        component["name"] for component in components
    }
    readme = (built.folder / "README.md").read_text()
    assert "no `model/lib/llama-128x2-q4f32_1-ctx512_cs512-webgpu.wasm`" in readme
    assert "${" not in readme


def test_the_page_names_no_other_server(built: Built) -> None:
    page = (built.folder / "index.html").read_text()
    assert "default-src 'none'" in page
    texts = [page, *(path.read_text() for path in (built.folder / "app").iterdir())]
    addresses = [address for text in texts for address in re.findall(r"https?://[^\s\"')]+", text)]
    assert addresses == ["https://github.com/WebAssembly/testsuite"], "the one in a comment"


def test_the_same_model_gives_the_same_bytes_on_another_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(language.small_llama(), tmp_path / "elsewhere")
    first = files_of(bundle(), older_browsers=False)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    assert (
        files_of(
            LanguageModelBundle("A project", "Small Llama", tmp_path / "elsewhere"), older_browsers=False
        )
        == first
    )


def test_a_hostile_name_stays_text(tmp_path: Path) -> None:
    files = files_of(bundle(HOSTILE), engines="wllama", older_browsers=False, system_prompt=HOSTILE)
    page = files["index.html"].decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert json.loads(files["chat.json"])["system_prompt"] == HOSTILE
    assert "\\<script\\>" in files["README.md"].decode().splitlines()[0]
    json.loads(files["manifest.webmanifest"])


def test_engines_that_were_not_asked_for_stay_out() -> None:
    names = set(files_of(bundle(), engines="wllama", older_browsers=False))
    assert not any(
        "web-llm" in name or name.startswith("model/resolve") or "compat" in name for name in names
    )
    with pytest.raises(TargetError, match="a page with WebLLM alone would not run without it") as refusal:
        files_of(bundle(), engines="webllm", model_library="none")
    assert refusal.value.field == "options.model_library"


def test_a_library_of_the_servers_folder_is_packed_with_its_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    name = "llama-128x2-q4f16_1-ctx512_cs512-webgpu.wasm"
    says = {
        "model_type": "llama",
        "quantization": "q4f16_1",
        "params": [{"name": "model.norm.weight", "shape": [128]}],
    }
    (tmp_path / name).write_bytes(fake_library(says))
    files = files_of(bundle(), engines="webllm")
    stamp = json.loads(files[f"model/lib/{name}.json"])
    assert stamp["sha256"] == hashlib.sha256(files[f"model/lib/{name}"]).hexdigest()
    assert json.loads(files["chat.json"])["engines"]["webllm"]["library"] == stamp
    says["params"] = [{"name": "model.norm.weight", "shape": [64]}]
    (tmp_path / name).write_bytes(fake_library(says))
    with pytest.raises(TargetError, match=r"in the shape \[64\]"):
        files_of(bundle(), engines="webllm")


def test_perplexity_against_sparsity_stands_in_the_readme() -> None:
    text = language.STORY * 2
    readme = files_of(
        bundle(), engines="wllama", older_browsers=False, evaluate_sparsity=True, evaluation_text=text
    )["README.md"].decode()
    assert "| left out | perplexity, WINA | perplexity, magnitude alone |" in readme
    assert "| 50% |" in readme


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"model_library": "url", "model_library_url": "https://example.org/x.wasm"}, "model_library_sha256"),
        ({"model_library": "url"}, "model_library_url"),
        ({"model_library_url": "http://example.org/x.wasm"}, "model_library_url"),
        ({"model_library_sha256": "12"}, "model_library_sha256"),
        ({"evaluate_sparsity": True}, "evaluation_text"),
        ({"context_tokens": 5}, "context_tokens"),
        ({"quantization": "q8"}, "quantization"),
    ],
)
def test_choices_that_make_no_sense_are_refused_with_their_field(
    options: dict[str, object], field: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        target_of("webllm").Options(**options)
    assert refusal.value.errors()[0]["loc"] == (field,)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LanguageModelError, match="is missing"):
        files_of(LanguageModelBundle("A project", "Nothing", tmp_path))


def test_the_publishers_licence_travels_with_the_model(tmp_path: Path) -> None:
    assert "says nothing of its licence" in licence_of(tmp_path).words
    (tmp_path / "LICENSE.txt").write_text("Do good.")
    (tmp_path / "README.md").write_text("---\nlicense: apache-2.0\n---\n# A model\n")
    found = licence_of(tmp_path)
    assert found.name == "apache-2.0"
    assert set(found.files) == {"model/LICENSE.txt", "MODEL_CARD.md"}
    assert found.words == "The model's own licence: apache-2.0; its text is in the folder model/."
