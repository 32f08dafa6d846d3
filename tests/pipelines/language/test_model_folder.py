from __future__ import annotations

import json
import shutil
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.language.architecture import architecture_of
from pipelines.language.errors import LanguageModelError
from pipelines.language.forward import weights_of
from pipelines.language.model_folder import LanguageModel, open_model
from pipelines.language.safetensors_file import read_header
from tests import language
from tests.pipelines.language import networks


def changed(folder: Path, name: str, **changes: object) -> None:
    """Change fields of a JSON file; None takes one away."""
    content = json.loads((folder / name).read_text())
    content.update(changes)
    (folder / name).write_text(
        json.dumps({key: value for key, value in content.items() if value is not None})
    )


@pytest.fixture
def folder(networks_folder: Path, tmp_path: Path) -> Path:
    """A folder of a Llama of one's own."""
    return Path(shutil.copytree(networks_folder / "llama", tmp_path / "model"))


def refused(folder: Path, field: str, reason: str) -> None:
    with pytest.raises(LanguageModelError, match=reason) as caught:
        open_model(folder)
    assert caught.value.field == field


def test_every_architecture_is_opened(network: LanguageModel) -> None:
    assert list(network.tensors) == list(network.architecture.tensor_shapes())
    assert network.weight_bytes == 2 * network.parameters
    assert network.stop_token_ids == (383,)


def test_shards_and_their_index_are_one_model(folder: Path) -> None:
    whole = weights_of(open_model(folder))
    names = sorted(whole)
    (folder / "model.safetensors").unlink()
    parts = {"a.safetensors": names[: len(names) // 2], "b.safetensors": names[len(names) // 2 :]}
    for file, part in parts.items():
        language.write_safetensors(
            folder / file, {name: whole[name] for name in part}, "F16" if file[0] == "a" else "F32"
        )
    index = {"weight_map": {name: file for file, part in parts.items() for name in part}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    for name, values in weights_of(open_model(folder)).items():
        assert abs(values - whole[name]).max() < 2e-3, name


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    refused(folder, name, "is missing")


def test_a_folder_must_be_one(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "folder", "is no folder")


@pytest.mark.parametrize("content", ["{", "[]", "", "\x00", "[" * 100_000])
def test_a_config_that_is_no_json_object_is_refused(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content)
    refused(folder, "config.json", "JSON")


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"architectures": ["MambaForCausalLM"]}, "architectures", "MambaForCausalLM is not supported; there are Llama"),
        ({"architectures": None}, "architectures", "must name the architecture"),
        ({"architectures": "LlamaForCausalLM"}, "architectures", "must name the architecture"),
        ({"hidden_size": None}, "config.json", "has no hidden_size"),
        ({"hidden_size": "64"}, "hidden_size", "must be a whole number"),
        ({"num_hidden_layers": -1}, "num_hidden_layers", "must be a whole number"),
        ({"num_key_value_heads": 3}, "num_key_value_heads", "cannot share"),
        ({"rms_norm_eps": "tiny"}, "rms_norm_eps", "must be a number"),
        ({"tie_word_embeddings": "yes"}, "tie_word_embeddings", "true or false"),
        ({"hidden_act": "relu"}, "hidden_act", "'relu' is not supported"),
        ({"attention_bias": True}, "attention_bias", "not supported"),
        ({"mlp_bias": True}, "mlp_bias", "not supported"),
        ({"rope_scaling": {"type": "yarn", "factor": 4}}, "rope_scaling", "'yarn' is not supported"),
        ({"rope_scaling": {"rope_type": "llama3"}}, "rope_scaling", "needs factor"),
        ({"rope_scaling": [1]}, "rope_scaling", "must be an object"),
        ({"quantization_config": {"bits": 4}}, "quantization_config", "quantised already"),
        ({"vocab_size": 300}, "tokenizer.json", "do not belong together"),
        ({"intermediate_size": 128}, "model.layers.0.mlp.gate_proj.weight", "has the shape"),
        ({"num_hidden_layers": 3}, "model.layers.2.input_layernorm.weight", "is missing from the safetensors"),
        ({"head_dim": 7}, "head_dim", "must be even"),
    ],
)  # fmt: skip
def test_a_config_that_cannot_be_used_is_refused(
    folder: Path, changes: dict[str, object], field: str, reason: str
) -> None:
    changed(folder, "config.json", **changes)
    refused(folder, field, reason)


def test_tensors_that_the_network_does_not_have_are_refused(folder: Path) -> None:
    changed(folder, "config.json", num_hidden_layers=1)
    with pytest.raises(LanguageModelError, match="is no tensor of a llama"):
        open_model(folder)


def test_an_output_layer_that_is_tied_may_be_there_twice(networks_folder: Path, tmp_path: Path) -> None:
    model = open_model(networks_folder / "qwen2")
    weights = weights_of(model)
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    weights["model.layers.0.self_attn.rotary_emb.inv_freq"] = weights["model.norm.weight"]
    language.write_folder(tmp_path / "model", dict(model.config), weights, language.tokenizer_json())
    assert "lm_head.weight" not in open_model(tmp_path / "model").tensors


def test_rope_may_be_given_as_newer_files_do(folder: Path) -> None:
    changed(
        folder,
        "config.json",
        rope_theta=None,
        rope_parameters={"rope_theta": 12345.0, "rope_type": "default"},
    )
    assert open_model(folder).architecture.rope_base == 12345.0


@pytest.mark.parametrize("kept", [0, 5, 8, 100, -1])
def test_a_file_that_is_cut_off_is_refused(folder: Path, kept: int) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:kept])
    refused(folder, "model.safetensors", "cut off")


def test_weights_must_be_of_a_type_that_weights_have(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes().replace(b'"BF16"', b'"I16" ', 1))
    with pytest.raises(LanguageModelError, match="is I16; weights must be one of BF16, F16, F32"):
        open_model(folder)


@pytest.mark.parametrize(
    ("index", "field", "reason"),
    [
        ({}, "model.safetensors.index.json", "no weight_map"),
        (
            {"weight_map": {"a": "../../../etc/passwd"}},
            "model.safetensors.index.json",
            "no safetensors file of this",
        ),
        (
            {"weight_map": {"a": "/tmp/x.safetensors"}},
            "model.safetensors.index.json",
            "no safetensors file of this",
        ),
        ({"weight_map": {"a": "other.safetensors"}}, "other.safetensors", "is missing; the index names it"),
        ({"weight_map": {"a": "model.safetensors"}}, "model.safetensors", "lacks 'a'"),
        (
            {"weight_map": {"model.norm.weight": "model.safetensors"}},
            "model.embed_tokens.weight",
            "is missing",
        ),
    ],
)
def test_an_index_that_cannot_be_followed_is_refused(
    folder: Path, index: dict[str, object], field: str, reason: str
) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    refused(folder, field, reason)


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"dtype": "BF16", "shape": [2], "data_offsets": [0]},
        {"dtype": "BF16", "shape": [-2], "data_offsets": [0, 4]},
        {"dtype": "BF16", "shape": [3], "data_offsets": [0, 4]},
        {"dtype": "X9", "shape": [2], "data_offsets": [0, 4]},
        {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]},
        {"dtype": ["BF16"], "shape": [2], "data_offsets": [0, 4]},
        [1, 2],
    ],
)
def test_a_header_that_does_not_fit_its_file_is_refused(tmp_path: Path, entry: object) -> None:
    text = json.dumps({"a": entry}).encode()
    path = tmp_path / "bad.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * 4)
    with pytest.raises(LanguageModelError) as caught:
        read_header(path)
    assert caught.value.field == "bad.safetensors"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(place=st.integers(0, 3000), bits=st.integers(1, 255))
def test_a_damaged_byte_is_an_error_in_words_or_none(
    networks_folder: Path, tmp_path: Path, place: int, bits: int
) -> None:
    content = bytearray((networks_folder / "llama" / "model.safetensors").read_bytes())
    content[place] ^= bits
    path = tmp_path / "damaged.safetensors"
    path.write_bytes(content)
    with suppress(LanguageModelError):
        read_header(path)


def test_the_publishers_stop_tokens_go_before_the_tokenizers(folder: Path) -> None:
    changed(folder, "config.json", eos_token_id=None)
    assert open_model(folder).stop_token_ids == (383,)
    (folder / "generation_config.json").write_text('{"eos_token_id": [7, 9]}')
    assert open_model(folder).stop_token_ids == (7, 9)


@pytest.mark.parametrize("listed", [400, -1, "383", [383, True]])
def test_a_stop_token_must_be_one(folder: Path, listed: object) -> None:
    changed(folder, "config.json", eos_token_id=listed)
    refused(folder, "eos_token_id", "is the number of no token")


def test_an_architecture_may_leave_its_defaults_out() -> None:
    gemma2 = {key: value for key, value in networks.CONFIGS["gemma2"].items() if key != "sliding_window"}
    sizes = architecture_of({**gemma2, "final_logit_softcapping": None})
    assert sizes.sliding_window_tokens == 4096
    assert (sizes.attention_cap, sizes.logit_cap) == (50.0, None)
    assert sizes.tied
