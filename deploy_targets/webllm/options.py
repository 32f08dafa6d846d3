"""What can be chosen of a language model's page."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

Engines = Literal["both", "webllm", "wllama"]
LibrarySource = Literal["folder", "url", "build", "none"]
MAX_TEXT = 200_000


class WebLlmOptions(BaseModel):
    """How the model is packed and how the page behaves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(
        "",
        title="Title",
        description="Stands at the head of the page. Empty: the model's name.",
        max_length=80,
    )
    engines: Engines = Field(
        "both",
        title="Engines",
        description="WebLLM runs on the graphics card and needs a compiled model library; wllama runs on the processor "
        "and needs nothing. With both, the page takes the better one that the device can run.",
    )
    quantization: Literal["q4f16_1", "q4f32_1", "q0f16", "q0f32"] = Field(
        "q4f16_1",
        title="Weights for WebLLM",
        description="q4: 4 bits a weight; q0: as they are. f16 computes with 16-bit numbers, which not every graphics "
        "card can; f32 runs on all of them.",
    )
    gguf: Literal["q8_0", "q4_0", "f16"] = Field(
        "q8_0",
        title="Weights for wllama",
        description="q8_0: 8 bits a weight, nearly lossless; q4_0: half of that to download; f16: as they are.",
    )
    context_tokens: int = Field(
        4096,
        title="Context",
        description="The longest conversation, in tokens; no more than the model was trained for.",
        ge=128,
        le=131_072,
    )
    model_library: LibrarySource = Field(
        "folder",
        title="Compiled model library",
        description="WebLLM's WebAssembly for this architecture, kind of weights and context. folder: from this server's "
        "folder of libraries, where it has one; url: from an address; build: compiled here, where the tools are "
        "installed; none: put there later.",
    )
    model_library_url: str = Field(
        "",
        validate_default=True,
        title="Address of the library",
        description="Where it comes from an address: https://…",
        max_length=2000,
        pattern=r"^(https://\S+)?$",
    )
    model_library_sha256: str = Field(
        "",
        validate_default=True,
        title="SHA-256 of the library",
        description="Of the file at that address, in hex: no other file is taken.",
        pattern=r"^([0-9a-fA-F]{64})?$",
    )
    older_browsers: bool = Field(
        True,
        title="Older browsers",
        description="Add wllama's second build, for browsers without 64-bit WebAssembly, as Safari. 19 MB more in "
        "the zip; a browser downloads one of the two.",
    )
    system_prompt: str = Field(
        "",
        title="System prompt",
        description="What the model is told before each conversation; people can change it on the page.",
        max_length=20_000,
    )
    temperature: float = Field(
        0.7,
        title="Temperature",
        description="0 always takes the likeliest word; higher values vary more.",
        ge=0,
        le=2,
    )
    evaluate_sparsity: bool = Field(
        False,
        title="Evaluate sparsity (WINA)",
        description="Find out how much of the model's activations can be left out: perplexity against sparsity, beside "
        "magnitude alone, as a table in the README. Takes the time of reading the text some ten times, in NumPy.",
    )
    evaluation_text: str = Field(
        "",
        validate_default=True,
        title="Text for the evaluation",
        description="What perplexity is measured on; the first 512 tokens of it. A text of the kind that the model is "
        "for.",
        max_length=MAX_TEXT,
    )

    @field_validator("model_library_url", "model_library_sha256")
    @classmethod
    def _library_from_an_address(cls, value: str, info: ValidationInfo) -> str:
        wanted = info.data.get("model_library") == "url" and info.data.get("engines") != "wllama"
        if wanted and not value:
            raise ValueError(
                "the library comes from an address: give that, and its SHA-256; no other file is taken"
            )
        return value

    @field_validator("evaluation_text")
    @classmethod
    def _text_where_it_is_measured(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("evaluate_sparsity") and not value.strip():
            raise ValueError("give a text to measure perplexity on")
        return value
