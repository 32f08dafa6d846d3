"""The parts of a ``tokenizer.json`` that are read here, checked as they are read.

Source: https://huggingface.co/docs/tokenizers, "Components" (the names of steps and of their fields).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.language.errors import LanguageModelError

MOST_TOKENS = 1 << 22
"""More than any vocabulary has; a larger number would only take memory."""
TokenNumber = Annotated[int, Field(ge=0, lt=MOST_TOKENS)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Pattern(_Part):
    """What a step looks for: a text, or a regular expression."""

    String: str | None = None
    Regex: str | None = None


class SpecialPiece(_Part):
    """A token of its own in a template of the post-processor."""

    id: str


class Piece(_Part):
    """A part of such a template: a token, or the text itself."""

    SpecialToken: SpecialPiece | None = None


class Step(_Part):
    """A step of any kind, or a sequence of them; each kind uses some of the fields."""

    type: str
    pattern: Pattern = Pattern()
    content: str = ""
    prepend: str = ""
    behavior: str = ""
    invert: bool = False
    individual_digits: bool = False
    add_prefix_space: bool = False
    use_regex: bool = True
    replacement: str = "\u2581"
    prepend_scheme: str = "always"
    start: int = 0
    stop: int = 0
    single: list[Piece] = []
    normalizers: list[Step] = []
    pretokenizers: list[Step] = []
    processors: list[Step] = []
    decoders: list[Step] = []


class AddedToken(_Part):
    """A token that is found in the text before anything else is done."""

    id: TokenNumber
    content: Annotated[str, Field(min_length=1)]
    special: bool = False


class Model(_Part):
    """The byte-pair encoder itself."""

    # old files do not name it
    type: str = "BPE"
    vocab: dict[str, TokenNumber]
    # a pair is written as one text with a space between in old files
    merges: list[str | tuple[str, str]] = []
    unk_token: str | None = None
    byte_fallback: bool = False
    ignore_merges: bool = False


class TokenizerFile(_Part):
    """A whole ``tokenizer.json``."""

    added_tokens: list[AddedToken] = []
    normalizer: Step | None = None
    pre_tokenizer: Step | None = None
    post_processor: Step | None = None
    decoder: Step | None = None
    model: Model


class _Kind(BaseModel):
    type: str = "BPE"


class _KindOnly(BaseModel):
    model: _Kind


def flat(step: Step | None) -> list[Step]:
    """The step, or, where it is a sequence, each step of it."""
    if step is None:
        return []
    if step.type != "Sequence":
        return [step]
    inner = [*step.normalizers, *step.pretokenizers, *step.processors, *step.decoders]
    return [each for part in inner for each in flat(part)]


def read_tokenizer_file(path: Path) -> TokenizerFile:
    """
    Raises:
        LanguageModelError: it is missing, malformed, or of a kind that is not supported.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise LanguageModelError(
            path.name, "is missing; give the whole folder as its publisher made it"
        ) from None
    try:
        # said first: encoders of other kinds have other fields
        kind = _KindOnly.model_validate_json(text).model.type
        if kind != "BPE":
            raise LanguageModelError(path.name, f"{kind!r} is not supported; the tokenizer must be BPE")
        return TokenizerFile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise LanguageModelError(
            path.name, f"is malformed{f' at {place}' if place else ''}: {first['msg']}"
        ) from None
