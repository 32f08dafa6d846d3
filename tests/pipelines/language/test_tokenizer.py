from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.language.byte_pairs import python_pattern
from pipelines.language.errors import LanguageModelError
from pipelines.language.model_folder import LanguageModel
from pipelines.language.tokenizer import Tokenizer, read_tokenizer
from tests import language

SIGN = "\u2581"


def byte_fallback_json() -> dict[str, object]:
    """A tokenizer as Llama 2 and Gemma have them: a sign for the space, and bytes for what has no token."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    tokens += [SIGN, *"helowrd", "he", "ll", "hell", "hello", SIGN + "hello", "or", SIGN + "w", "ld"]
    merges = ["h e", "l l", "he ll", "hell o", f"{SIGN} hello", "o r", f"{SIGN} w", "l d"]
    return {
        "added_tokens": [{"id": n, "content": tokens[n], "special": True} for n in range(3)],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Prepend", "prepend": SIGN},
                {"type": "Replace", "pattern": {"String": " "}, "content": SIGN},
            ],
        },
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "<s>", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
            ],
        },
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": SIGN}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
                {"type": "Strip", "content": " ", "start": 1, "stop": 0},
            ],
        },
        "model": {
            "type": "BPE",
            "unk_token": "<unk>",
            "byte_fallback": True,
            "vocab": {token: number for number, token in enumerate(tokens)},
            "merges": merges,
        },
    }


def tokenizer_of(folder: Path, steps: object, settings: object = None) -> Tokenizer:
    (folder / "tokenizer.json").write_text(json.dumps(steps))
    (folder / "tokenizer_config.json").write_text(json.dumps(settings or {}))
    return read_tokenizer(folder)


@pytest.fixture
def with_bytes(tmp_path: Path) -> Tokenizer:
    return tokenizer_of(
        tmp_path, byte_fallback_json(), {"bos_token": "<s>", "eos_token": {"content": "</s>"}}
    )


@given(st.text())
def test_every_text_comes_back_from_its_tokens(llama: LanguageModel, text: str) -> None:
    if not any(token in text for token in language.SPECIAL):
        assert llama.tokenizer.decode(llama.tokenizer.encode(text)) == text


def test_words_numbers_and_line_ends_are_split_as_llama_3_splits_them(llama: LanguageModel) -> None:
    split = python_pattern(language.LLAMA3_PATTERN).findall
    assert split("Hello, it'S 12345²  ok\r\n\n x_é") == [
        *("Hello", ",", " it", "'S", " ", "123", "45²", " ", " ok", "\r\n\n", " x", "_é"),
    ]


def test_a_token_with_a_meaning_of_its_own_is_found_in_the_text(llama: LanguageModel) -> None:
    ids = llama.tokenizer.encode("<|im_start|>user<|im_end|>")
    assert ids[:2] == [380, 382]
    assert ids[-1] == 383
    assert llama.tokenizer.decode(ids) == "user"


def test_the_start_token_is_added_where_the_tokenizer_says_so(llama: LanguageModel) -> None:
    assert llama.tokenizer.adds_start
    assert llama.tokenizer.encode("a")[0] == llama.tokenizer.start_id == 380
    assert llama.tokenizer.encode("a", start=False) == llama.tokenizer.encode("a")[1:]


def test_spaces_are_signs_and_unknown_characters_bytes(with_bytes: Tokenizer) -> None:
    assert with_bytes.kind == "byte_fallback"
    assert with_bytes.prepends_space
    assert with_bytes.strips_space
    ids = with_bytes.encode("hello world é")
    spelt = ["<s>", f"{SIGN}hello", f"{SIGN}w", "or", "ld", SIGN, "<0xC3>", "<0xA9>"]
    assert [with_bytes.tokens[number] for number in ids] == spelt
    assert with_bytes.decode(ids) == " hello world é"


def test_roles_are_found_by_name(with_bytes: Tokenizer) -> None:
    assert (with_bytes.start_id, with_bytes.end_of_text_id, with_bytes.unknown_id) == (1, 2, 0)
    assert with_bytes.padding_id is None


def test_a_template_may_be_one_of_several(tmp_path: Path) -> None:
    named = [{"name": "tool_use", "template": "T"}, {"name": "default", "template": "D"}]
    assert tokenizer_of(tmp_path, byte_fallback_json(), {"chat_template": named}).chat_template == "D"


def test_a_template_in_a_file_of_its_own_goes_before(tmp_path: Path) -> None:
    (tmp_path / "chat_template.jinja").write_text("J")
    assert tokenizer_of(tmp_path, byte_fallback_json(), {"chat_template": "D"}).chat_template == "J"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model": {"type": "Unigram", "vocab": []}}, "'Unigram' is not supported"),
        ({"model": {"type": "WordPiece", "vocab": {"a": 0}}}, "'WordPiece' is not supported"),
        ({"model": {"type": "BPE", "vocab": {}}, "added_tokens": []}, "has no tokens"),
        ({"model": {"type": "BPE", "vocab": {"a": -1}}}, "model.vocab.a: Input should be greater"),
        ({"model": {"type": "BPE", "vocab": {"a": 10**9}}}, "model.vocab.a: Input should be less"),
        ({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["ab"]}}, "malformed entry in merges: 'ab'"),
        ({"added_tokens": [{"content": "x"}]}, "added_tokens.0.id: Field required"),
        ({"added_tokens": [{"id": 1, "content": "x"}, {"id": 2, "content": "x"}]}, "'x' twice"),
    ],
)
def test_a_tokenizer_that_cannot_be_used_is_refused(
    tmp_path: Path, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(LanguageModelError, match=reason) as caught:
        tokenizer_of(tmp_path, byte_fallback_json() | changes)
    assert caught.value.field == "tokenizer.json"


@pytest.mark.parametrize(
    "changes",
    [
        {"normalizer": {"type": "Precompiled"}},
        {"pre_tokenizer": {"type": "BertPreTokenizer"}},
        {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\p{Han"}, "behavior": "Isolated"}},
    ],
)
def test_a_step_that_is_unknown_is_refused_when_text_is_encoded(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    tokenizer = tokenizer_of(tmp_path, byte_fallback_json() | changes)
    with pytest.raises(LanguageModelError, match="not supported"):
        tokenizer.encode("hello")
