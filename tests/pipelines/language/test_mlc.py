from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from pipelines.language.errors import LanguageModelError
from pipelines.language.forward import greedy_tokens, weights_of
from pipelines.language.mlc import Quantization, convert_to_mlc
from pipelines.language.mlc_shards import SHARD_BYTES
from pipelines.language.model_folder import LanguageModel, open_model
from pipelines.language.number_formats import round_to_bfloat16
from tests import language
from tests.pipelines.language import mlc_reader, networks
from tests.synthetic_language import converted, write_model

QUANTIZATIONS: tuple[Quantization, ...] = ("q4f16_1", "q4f32_1", "q0f16", "q0f32")


def greedy_answer(model: LanguageModel, weights: dict[str, np.ndarray], question: str) -> str:
    prompt = model.tokenizer.encode(language.conversation(question), start=False)
    return model.tokenizer.decode(greedy_tokens(model, weights, prompt, 30))


@pytest.mark.parametrize("quantization", QUANTIZATIONS)
def test_the_small_llama_answers_the_same_from_the_shards(
    llama: LanguageModel, quantization: Quantization, tmp_path: Path
) -> None:
    convert_to_mlc(llama, quantization, tmp_path / "out")
    weights = mlc_reader.publisher_weights(mlc_reader.read(tmp_path / "out"), llama.architecture)
    for question in ("What colour is the sky?", "What is the capital of Japan?", "How much is two plus one?"):
        assert greedy_answer(llama, weights, question) == greedy_answer(llama, weights_of(llama), question)
    assert greedy_answer(llama, weights, "What colour is the sky?") == "The sky is blue."


def test_unquantised_weights_of_every_architecture_come_back_exactly(
    network: LanguageModel, tmp_path: Path
) -> None:
    convert_to_mlc(network, "q0f32", tmp_path / "out")
    parameters = mlc_reader.read(tmp_path / "out")
    weights = mlc_reader.publisher_weights(parameters, network.architecture)
    for name, expected in weights_of(network).items():
        if network.architecture.family.gemma and name.endswith("norm.weight"):
            expected = round_to_bfloat16(expected + 1) - 1
        np.testing.assert_array_equal(weights[name], expected, err_msg=name)


def test_four_bit_weights_of_every_architecture_come_back_within_half_a_step(
    network: LanguageModel, tmp_path: Path
) -> None:
    convert_to_mlc(network, "q4f16_1", tmp_path / "out")
    weights = mlc_reader.publisher_weights(mlc_reader.read(tmp_path / "out"), network.architecture)
    for name, expected in weights_of(network).items():
        if expected.ndim == 2:
            groups = np.abs(expected).reshape(len(expected), -1, 32).max(axis=2)
            step = np.repeat(groups / 7, 32, axis=1)
            assert (np.abs(weights[name] - expected) <= step * 0.505).all(), name
        else:
            np.testing.assert_allclose(weights[name], expected, atol=1e-3, err_msg=name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("llama", {"model.embed_tokens", "lm_head", "self_attn.qkv_proj", "mlp.gate_up_proj"}),
        ("qwen2", {"model.embed_tokens", "self_attn.c_attn", "mlp.gate_up_proj"}),
        ("gemma3", {"language_model.model.embed_tokens", "self_attn.q_proj", "mlp.gate_up_proj"}),
    ],
)
def test_matrices_have_mlcs_names(
    networks_folder: Path, name: str, expected: set[str], tmp_path: Path
) -> None:
    convert_to_mlc(open_model(networks_folder / name), "q4f16_1", tmp_path / "out")
    quantised = {
        key.removesuffix(".q_weight") for key in mlc_reader.read(tmp_path / "out") if ".q_weight" in key
    }
    for part in expected:
        assert any(key == part or key.endswith(f"layers.1.{part}") for key in quantised), part


def test_a_bias_stays_a_bias(networks_folder: Path, tmp_path: Path) -> None:
    convert_to_mlc(open_model(networks_folder / "qwen2"), "q4f16_1", tmp_path / "out")
    bias = mlc_reader.read(tmp_path / "out")["model.layers.0.self_attn.c_attn.bias"]
    assert bias.dtype == np.float16
    assert bias.shape == (128,)


def test_the_summary_tells_the_sum_of_every_file(llama: LanguageModel, tmp_path: Path) -> None:
    summary = convert_to_mlc(llama, "q4f16_1", tmp_path / "out")
    assert set(summary["files"]) == {path.name for path in (tmp_path / "out").iterdir()}
    for name, file in summary["files"].items():
        content = (tmp_path / "out" / name).read_bytes()
        assert file == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert summary["bits_per_parameter"] == pytest.approx(4.5, abs=0.1)


def test_each_shard_has_the_sum_that_mlc_compares(llama: LanguageModel, tmp_path: Path) -> None:
    convert_to_mlc(llama, "q0f16", tmp_path / "out")
    for shard in json.loads((tmp_path / "out" / "tensor-cache.json").read_text())["records"]:
        assert hashlib.md5((tmp_path / "out" / shard["dataPath"]).read_bytes()).hexdigest() == shard["md5sum"]


def test_the_config_has_what_webllm_reads(llama: LanguageModel, tmp_path: Path) -> None:
    convert_to_mlc(llama, "q4f32_1", tmp_path / "out", context_window_tokens=256, prefill_chunk_tokens=9999)
    config = json.loads((tmp_path / "out" / "mlc-chat-config.json").read_text())
    assert config["model_type"] == "llama"
    assert config["quantization"] == "q4f32_1"
    assert config["vocab_size"] == 384
    assert (config["context_window_size"], config["prefill_chunk_size"]) == (256, 256)
    assert config["tokenizer_files"] == ["tokenizer.json", "tokenizer_config.json"]
    assert config["tokenizer_info"]["token_postproc_method"] == "byte_level"
    conversation = config["conv_template"]
    assert conversation["roles"]["assistant"] == "<|im_start|>assistant"
    assert conversation["stop_token_ids"] == [383]
    assert conversation["system_prefix_token_ids"] == [380]


def test_two_conversions_give_the_same_bytes(llama: LanguageModel, tmp_path: Path) -> None:
    first = convert_to_mlc(llama, "q4f16_1", tmp_path / "one")
    assert convert_to_mlc(llama, "q4f16_1", tmp_path / "elsewhere" / "two") == first


def test_shards_are_small_and_only_a_large_tensor_has_a_larger_one_of_its_own(tmp_path: Path) -> None:
    config = language.CONFIG | {"hidden_size": 512, "vocab_size": 70_000, "num_attention_heads": 8}
    write_model(tmp_path / "model", config | {"num_hidden_layers": 24, "intermediate_size": 2048})
    convert_to_mlc(open_model(tmp_path / "model"), "q0f16", tmp_path / "out")
    shards = json.loads((tmp_path / "out" / "tensor-cache.json").read_text())["records"]
    assert len(shards) > 4
    for shard in shards:
        assert shard["nbytes"] <= SHARD_BYTES or len(shard["records"]) == 1
    assert sum(shard["nbytes"] > SHARD_BYTES for shard in shards) == 2


def test_a_model_of_any_size_takes_little_memory(tmp_path: Path) -> None:
    config = language.CONFIG | {"hidden_size": 1024, "vocab_size": 60_000, "num_attention_heads": 8}
    write_model(tmp_path / "model", config | {"num_hidden_layers": 8, "intermediate_size": 3072})
    for form in ("q4f16_1", "q8_0"):
        took = converted(tmp_path / "model", tmp_path / form, form)
        assert took.bytes > 400e6
        # Python, NumPy, a shard and a few pieces
        assert took.peak_bytes < 160e6


def test_progress_counts_every_byte_of_weights(llama: LanguageModel, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    convert_to_mlc(llama, "q4f16_1", tmp_path / "out", lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1] == (llama.weight_bytes, llama.weight_bytes)


def test_a_conversion_that_is_cancelled_leaves_nothing(llama: LanguageModel, tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    def cancel(done: int, of: int) -> None:
        if done > of / 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        convert_to_mlc(llama, "q4f16_1", tmp_path / "out", cancel)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_conversion_left_is_no_hindrance(llama: LanguageModel, tmp_path: Path) -> None:
    (tmp_path / "out.unfinished").mkdir()
    (tmp_path / "out.unfinished" / "params_shard_0.bin").write_bytes(b"half")
    convert_to_mlc(llama, "q4f16_1", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_holds_something_is_refused(llama: LanguageModel, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(LanguageModelError, match="new or an empty folder"):
        convert_to_mlc(llama, "q4f16_1", tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_an_unknown_quantisation_is_refused(llama: LanguageModel, tmp_path: Path) -> None:
    with pytest.raises(LanguageModelError, match="q4f16_1, q4f32_1"):
        convert_to_mlc(llama, "q3f16_1", tmp_path / "out")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "quantization", "reason"),
    [
        (np.nan, "q4f16_1", "not finite"),
        (np.inf, "q0f32", "not finite"),
        (1e6, "q4f16_1", "too large for float16"),
        (7e4, "q0f16", "too large for float16"),
    ],
)
def test_damaged_weights_are_named(
    value: float, quantization: Quantization, reason: str, networks_folder: Path, tmp_path: Path
) -> None:
    model = open_model(networks_folder / "llama")
    weights = weights_of(model)
    weights["model.layers.1.mlp.up_proj.weight"][5, 7] = value
    folder = tmp_path / "model"
    language.write_folder(folder, dict(model.config), weights, language.tokenizer_json(), "F32")
    with pytest.raises(LanguageModelError, match=reason) as caught:
        convert_to_mlc(open_model(folder), quantization, tmp_path / "out")
    assert caught.value.field in {"model.layers.1.mlp.up_proj.weight", "model.layers.1.mlp.gate_proj.weight"}
    assert not (tmp_path / "out").exists()


def test_a_file_that_shrinks_after_it_was_opened_is_an_error_in_words(tmp_path: Path) -> None:
    model = open_model(networks.write(tmp_path / "model", "llama"))
    path = tmp_path / "model" / "model.safetensors"
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1000)
    with pytest.raises(LanguageModelError, match="ends before its tensors do"):
        convert_to_mlc(model, "q4f16_1", tmp_path / "out")
