from __future__ import annotations

import hashlib
from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipelines.language.errors import LanguageModelError
from pipelines.language.forward import greedy_tokens, rope_factors, weights_of
from pipelines.language.gguf_blocks import q4_0_blocks, q8_0_blocks
from pipelines.language.gguf_file import Kind, convert_to_gguf
from pipelines.language.gguf_metadata import splitting_name
from pipelines.language.model_folder import LanguageModel, open_model
from tests import gguf_reader, language
from tests.pipelines.language import networks
from tests.pipelines.language.test_tokenizer import byte_fallback_json, tokenizer_of

KINDS: tuple[Kind, ...] = ("q8_0", "q4_0", "f16")
blocks = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.sampled_from([32, 64])),
    elements=st.one_of(st.floats(-1e3, 1e3, width=32), st.sampled_from([0.0, 1.0, -1.0, 0.5])),
)


@given(blocks)
def test_blocks_are_those_of_the_gguf_package_byte_for_byte(rows: np.ndarray) -> None:
    for own, kind in ((q8_0_blocks, "Q8_0"), (q4_0_blocks, "Q4_0")):
        expected = gguf.quants.quantize(rows, gguf.GGMLQuantizationType[kind])
        np.testing.assert_array_equal(own(rows).reshape(expected.shape), expected)


@pytest.mark.parametrize("kind", KINDS)
def test_the_small_llama_says_the_same_from_the_file(
    llama: LanguageModel, kind: Kind, tmp_path: Path
) -> None:
    weights = gguf_reader.weights(llama, convert_to_gguf(llama, kind, tmp_path / "out"))
    dense = weights_of(llama)
    for question in ("What does the duck say?", "What is the capital of Peru?"):
        prompt = llama.tokenizer.encode(language.conversation(question), start=False)
        assert greedy_tokens(llama, weights, prompt, 30) == greedy_tokens(llama, dense, prompt, 30)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_of_every_architecture_come_back(network: LanguageModel, kind: Kind, tmp_path: Path) -> None:
    weights = gguf_reader.weights(network, convert_to_gguf(network, kind, tmp_path / "out"))
    for name, expected in weights_of(network).items():
        if expected.ndim == 1:
            np.testing.assert_allclose(weights[name], expected, atol=1e-6, err_msg=name)
            continue
        largest = np.repeat(np.abs(expected).reshape(len(expected), -1, 32).max(axis=2), 32, axis=1)
        # half a step (the scale is rounded, too), but a whole one at the end of Q4_0's range that has no code
        step = {"q8_0": 0.57 / 127, "q4_0": 1.01 / 8, "f16": 1e-3}[kind]
        assert (np.abs(weights[name] - expected) <= step * largest).all(), name


def test_the_file_tells_the_sizes_and_the_tokenizer(llama: LanguageModel, tmp_path: Path) -> None:
    (file,) = convert_to_gguf(llama, "q8_0", tmp_path / "out")
    said = gguf_reader.metadata(file)
    assert said["general.architecture"] == "llama"
    assert said["llama.block_count"] == 2
    assert said["llama.attention.head_count_kv"] == 2
    assert said["llama.rope.dimension_count"] == 32
    assert said["llama.rope.freq_base"] == 10000
    assert said["tokenizer.ggml.model"] == "gpt2"
    assert said["tokenizer.ggml.pre"] == "llama-bpe"
    assert said["tokenizer.ggml.tokens"] == list(llama.tokenizer.tokens)
    assert said["tokenizer.ggml.merges"] == [" ".join(pair) for pair in llama.tokenizer.merges]
    assert set(said["tokenizer.ggml.token_type"][380:]) == {3}
    assert (said["tokenizer.ggml.bos_token_id"], said["tokenizer.ggml.eos_token_id"]) == (380, 383)
    assert said["tokenizer.ggml.add_bos_token"] is True
    assert said["tokenizer.chat_template"] == language.CHAT_TEMPLATE


def test_numbers_without_a_token_are_filled_up(networks_folder: Path, tmp_path: Path) -> None:
    (file,) = convert_to_gguf(open_model(networks_folder / "llama"), "f16", tmp_path / "out")
    said = gguf_reader.metadata(file)
    assert len(said["tokenizer.ggml.tokens"]) == len(said["tokenizer.ggml.token_type"]) == 400
    assert set(said["tokenizer.ggml.token_type"][384:]) == {5}
    assert len(set(said["tokenizer.ggml.tokens"])) == 400


def test_stretched_positions_and_windows_are_told(networks_folder: Path, tmp_path: Path) -> None:
    stretched = open_model(networks_folder / "llama31")
    (file,) = convert_to_gguf(stretched, "q8_0", tmp_path / "llama31")
    factors = {tensor.name: tensor.data for tensor in gguf.GGUFReader(file).tensors}["rope_freqs.weight"]
    np.testing.assert_allclose(factors, rope_factors(stretched.architecture), rtol=1e-6)
    (file,) = convert_to_gguf(open_model(networks_folder / "gemma2"), "q8_0", tmp_path / "gemma2")
    said = gguf_reader.metadata(file)
    assert said["gemma2.attention.sliding_window"] == 8
    assert (said["gemma2.attn_logit_softcapping"], said["gemma2.final_logit_softcapping"]) == (50, 30)


def test_the_output_layer_keeps_eight_bits(networks_folder: Path, tmp_path: Path) -> None:
    for name, output in (("llama", "output.weight"), ("qwen2", "token_embd.weight")):
        (file,) = convert_to_gguf(open_model(networks_folder / name), "q4_0", tmp_path / name)
        types = {tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(file).tensors}
        assert types.pop(output) == "Q8_0"
        assert types["blk.0.ffn_up.weight"] == "Q4_0"
        assert types["blk.0.attn_norm.weight"] == "F32"


def test_a_large_model_is_split_into_files_that_are_one_model(llama: LanguageModel, tmp_path: Path) -> None:
    files = convert_to_gguf(llama, "q8_0", tmp_path / "out", split_bytes=100_000)
    assert [file.name for file in files] == [f"model-{n:05}-of-00005.gguf" for n in range(1, 6)]
    (whole,) = convert_to_gguf(llama, "q8_0", tmp_path / "whole")
    assert whole.name == "model.gguf"
    expected = gguf_reader.weights(llama, [whole])
    for name, values in gguf_reader.weights(llama, files).items():
        np.testing.assert_array_equal(values, expected[name])
    said = [gguf_reader.metadata(file) for file in files]
    assert [each["split.no"] for each in said] == [0, 1, 2, 3, 4]
    assert {each["split.count"] for each in said} == {5}


def test_spaces_as_signs_are_told_with_scores_of_their_merges(networks_folder: Path, tmp_path: Path) -> None:
    source = open_model(networks_folder / "gemma")
    folder = tmp_path / "model"
    language.write_folder(folder, dict(source.config), weights_of(source), byte_fallback_json())
    (folder / "tokenizer_config.json").write_text('{"bos_token": "<s>", "eos_token": "</s>"}')
    (file,) = convert_to_gguf(open_model(folder), "q8_0", tmp_path / "out")
    said = gguf_reader.metadata(file)
    assert said["tokenizer.ggml.model"] == "llama"
    number = {token: place for place, token in enumerate(said["tokenizer.ggml.tokens"])}
    scores, types = said["tokenizer.ggml.scores"], said["tokenizer.ggml.token_type"]
    assert scores[number["he"]] > scores[number["hell"]] > scores[number["hello"]] > scores[number["h"]]
    assert (types[number["<unk>"]], types[number["<s>"]], types[number["<0x0A>"]], types[number["he"]]) == (
        2,
        3,
        6,
        1,
    )


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ([{"type": "ByteLevel"}], "gpt-2"),
        ([{"type": "Digits", "individual_digits": True}, {"type": "ByteLevel"}], "smollm"),
        ([{"type": "Split", "pattern": {"Regex": language.LLAMA3_PATTERN.replace("{1,3}", "")}}, {"type": "ByteLevel"}], "qwen2"),
    ],
)  # fmt: skip
def test_llama_cpp_is_told_how_text_is_split(tmp_path: Path, steps: list[object], name: str) -> None:
    tokenizer = tokenizer_of(
        tmp_path,
        language.tokenizer_json() | {"pre_tokenizer": {"type": "Sequence", "pretokenizers": steps}},
    )
    assert splitting_name(tokenizer) == name


def test_a_way_of_splitting_that_llama_cpp_does_not_know_is_refused(tmp_path: Path) -> None:
    folder = networks.write(tmp_path / "model", "llama")
    tokenizer_of(folder, language.tokenizer_json() | {"pre_tokenizer": {"type": "Whitespace"}})
    with pytest.raises(LanguageModelError, match="no name for how it splits text"):
        convert_to_gguf(open_model(folder), "q8_0", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("gemma2", {"query_pre_attn_scalar": 144}, "query_pre_attn_scalar"),
        ("gemma3", {"sliding_window_pattern": 3}, "sliding_window_pattern"),
        ("qwen3", {"attention_bias": True}, "attention_bias"),
    ],
)
def test_what_llama_cpp_would_compute_otherwise_is_refused(
    name: str, changes: dict[str, object], field: str, tmp_path: Path
) -> None:
    model = open_model(networks.write(tmp_path / "model", name, **changes))
    with pytest.raises(LanguageModelError, match=r"llama\.cpp") as caught:
        convert_to_gguf(model, "q8_0", tmp_path / "out")
    assert caught.value.field == field


def test_two_conversions_give_the_same_bytes(llama: LanguageModel, tmp_path: Path) -> None:
    sums = {
        hashlib.sha256(convert_to_gguf(llama, "q4_0", folder)[0].read_bytes()).hexdigest()
        for folder in (tmp_path / "one", tmp_path / "elsewhere" / "two")
    }
    assert len(sums) == 1


def test_progress_is_told_and_cancelling_leaves_nothing(llama: LanguageModel, tmp_path: Path) -> None:
    told: list[int] = []
    convert_to_gguf(llama, "q4_0", tmp_path / "out", lambda done, of: told.append(done))
    assert told[-1] == llama.weight_bytes

    def cancel(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert_to_gguf(llama, "q4_0", tmp_path / "other", cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
