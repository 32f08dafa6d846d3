"""The contract: a pipeline is one JSON document, :class:`PipelineSpec`.

Its JSON Schema draws the forms in the browser, validates the REST API, drives
training, code generation and the docs. Nothing else describes a pipeline.

A document names its ``version``. :func:`load_spec` brings an older document up to
date, one version at a time, before it is validated; a newer one is refused in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from pipelines import blocks
from pipelines.blocks import FeatureBlock, LearningBlock, WindowShape
from pipelines.signals import hash_json

CURRENT_VERSION = 1

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Version n -> function that turns a document of version n into one of n + 1."""


class SpecError(ValueError):
    """A document that is no pipeline: ``errors`` holds one ``{"field", "message"}`` for each fault."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        self.errors = errors
        super().__init__(
            "; ".join(
                f"{error['field']}: {error['message']}" if error["field"] else error["message"]
                for error in errors
            )
        )


def _name(value: str) -> str:
    if not value.isidentifier():
        raise ValueError("use letters, digits and underscores, not starting with a digit")
    return value


BlockName = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_name)]
ChannelName = Annotated[str, Field(min_length=1, max_length=80)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class InputSpec(_Part):
    """How a recording is cut into windows."""

    kind: Literal["signal"] = Field(
        "signal", title="Kind", description="A signal: values sampled at a fixed rate."
    )
    channels: tuple[ChannelName, ...] = Field(
        title="Channels",
        description="The sensor axes that the pipeline reads, in this order.",
        min_length=1,
        max_length=64,
    )
    sample_rate_hz: float = Field(
        title="Sample rate (Hz)", description="How many values a second each channel has.", gt=0, le=1_000_000
    )
    window_ms: float = Field(
        1000,
        title="Window (ms)",
        description="How much of the signal is classified at once.",
        ge=1,
        le=60_000,
    )
    stride_ms: float = Field(
        500,
        title="Stride (ms)",
        description="How far the window moves before the next one. Smaller gives more training windows that overlap more.",
        ge=1,
        le=60_000,
    )
    zero_pad: bool = Field(
        True,
        title="Zero-pad",
        description="Fill recordings that are shorter than a window with zeros at their end.",
    )
    label_rule: Literal["majority", "centre", "last"] = Field(
        "majority",
        title="Label rule",
        description="Where a recording has labelled spans, which one a window takes: the one that covers most of it, "
        "the one at its centre, or the one at its end.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(set(self.channels)) != len(self.channels):
            raise ValueError("channels: name each channel once")
        if self.window_length > 1_000_000:
            raise ValueError(
                "window_ms: the window has over 1,000,000 values a channel; shorten it or lower the sample rate"
            )
        return self

    @property
    def window_length(self) -> int:
        """Values a channel in a window."""
        return max(1, round(self.window_ms * self.sample_rate_hz / 1000))

    @property
    def stride_length(self) -> int:
        """Values a channel between the starts of two windows."""
        return max(1, round(self.stride_ms * self.sample_rate_hz / 1000))

    @property
    def window_shape(self) -> WindowShape:
        return WindowShape(self.window_length, self.channels, self.sample_rate_hz)


class FeatureSpec(_Part):
    """One feature block: which, on which channels, with what parameters."""

    block: str = Field(title="Block", description="Which feature block.")
    name: BlockName = Field(title="Name", description="What the learning blocks call these features.")
    channels: tuple[ChannelName, ...] = Field(
        (),
        title="Channels",
        description="The channels that this block reads; all of them when empty.",
        max_length=64,
    )
    params: dict[str, Any] = Field(
        default_factory=dict, title="Settings", description="The block's own settings."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        params = _checked_params(blocks.feature_block(self.block).Params, self.params)
        object.__setattr__(self, "params", params)
        return self

    def build(self, window: WindowShape) -> FeatureBlock:
        """The block itself, for windows of that shape."""
        kind = blocks.feature_block(self.block)
        return kind(kind.Params.model_validate(self.params), window, self.channels)


class LearningSpec(_Part):
    """One learning block: which, on which features, with what parameters."""

    block: str = Field(title="Block", description="Which learning block.")
    name: BlockName = Field(title="Name", description="What the prediction is called.")
    inputs: tuple[BlockName, ...] = Field(
        title="Inputs", description="The feature blocks that it learns from.", min_length=1, max_length=16
    )
    params: dict[str, Any] = Field(
        default_factory=dict, title="Settings", description="The block's own settings."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        params = _checked_params(blocks.learning_block(self.block).Params, self.params)
        object.__setattr__(self, "params", params)
        return self

    def build(self, input_shape: tuple[int, ...], labels: tuple[str, ...]) -> LearningBlock:
        """The block itself, for features of that shape and these labels."""
        kind = blocks.learning_block(self.block)
        return kind(kind.Params.model_validate(self.params), input_shape, labels)


class CompressSpec(_Part):
    """A smaller variant of the model to make beside the float32 one."""

    method: Literal["ptq_int8"] = Field(
        "ptq_int8",
        title="Method",
        description="ptq_int8: weights and activations as 8-bit integers, ranges measured on the training windows.",
    )


class CompileSpec(_Part):
    """How the model becomes C. None of this changes its answers."""

    optimize: Literal["speed", "balanced", "size"] = Field(
        "balanced",
        title="Prefer",
        description="speed: the fastest code. size: the smallest, for a board short of flash. balanced: fast code "
        "where it pays, small code elsewhere.",
    )
    weights_in: Literal["flash", "ram"] = Field(
        "flash",
        title="Weights in",
        description="flash: they take no RAM. ram: copied there at start-up, faster on chips whose flash is slow.",
    )
    ram_limit_bytes: int | None = Field(
        None,
        title="RAM for the model (bytes)",
        description="At most this much working memory; parts of the image are computed twice if need be. Without a "
        "limit the model takes the least memory that costs no time, and at most what the board has.",
        ge=256,
        le=1 << 30,
    )


class PostprocessSpec(_Part):
    """What is done with the probabilities of successive windows."""

    smooth_windows: int = Field(
        1,
        title="Smooth over (windows)",
        description="Average the probabilities of this many windows in a row.",
        ge=1,
        le=64,
    )
    threshold: float = Field(
        0.6, title="Threshold", description="Below this probability the answer is “uncertain”.", ge=0, le=1
    )


class PipelineSpec(_Part):
    """A whole pipeline, from a recording to a decision."""

    version: Literal[1] = Field(1, title="Version", description="Version of this document's format.")
    input: InputSpec = Field(title="Window")
    features: tuple[FeatureSpec, ...] = Field(title="Features", min_length=1, max_length=16)
    learning: tuple[LearningSpec, ...] = Field(title="Learning", min_length=1, max_length=1)
    compress: tuple[CompressSpec, ...] = Field((CompressSpec(),), title="Compression", max_length=1)
    compile: CompileSpec = Field(default_factory=CompileSpec, title="On the device")
    postprocess: PostprocessSpec = Field(default_factory=PostprocessSpec, title="Decision")

    @field_validator("features", "learning")
    @classmethod
    def _names_differ(cls, parts: tuple[Any, ...]) -> tuple[Any, ...]:
        names = [part.name for part in parts]
        if len(set(names)) != len(names):
            raise ValueError("the names of the blocks must differ")
        return parts

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        names = {feature.name for feature in self.features}
        for learning in self.learning:
            unknown = [name for name in learning.inputs if name not in names]
            if unknown:
                raise ValueError(f"learning {learning.name}: no feature block is called {', '.join(unknown)}")
        self.feature_blocks()
        return self

    def feature_blocks(self) -> dict[str, FeatureBlock]:
        """Every feature block, built for this pipeline's window, by name."""
        return {feature.name: feature.build(self.input.window_shape) for feature in self.features}

    def model_input_shape(self, learning: LearningSpec) -> tuple[int, ...]:
        """Shape of what a learning block is given: its one input's own shape, or all inputs flat, one after another."""
        built = self.feature_blocks()
        if len(learning.inputs) == 1:
            return built[learning.inputs[0]].output_shape
        return (sum(math.prod(built[name].output_shape) for name in learning.inputs),)

    @property
    def sha256(self) -> str:
        return hash_json(self.model_dump(mode="json"))


def _checked_params(model: type[BaseModel], params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with every default written out, so that a stored pipeline never changes when a default does.

    A fault is told as ``params.FIELD: reason``, as pydantic would if the model were nested here.
    """
    try:
        return model.model_validate(dict(params)).model_dump(mode="json")
    except ValidationError as error:
        faults = "; ".join(f"params.{fault['field']}: {fault['message']}" for fault in faults_of(error))
        raise ValueError(faults) from None


def faults_of(error: ValidationError) -> list[dict[str, str]]:
    """A pydantic error as ``[{"field": "input.window_ms", "message": "..."}]``."""
    return [
        {
            "field": ".".join(str(place) for place in fault["loc"]),
            "message": fault["msg"].removeprefix("Value error, "),
        }
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def migrate(document: Mapping[str, Any]) -> dict[str, Any]:
    """Bring a document of an older version up to :data:`CURRENT_VERSION`.

    Raises:
        SpecError: no version, or one that this release does not know.
    """
    current = dict(document)
    version = current.get("version", CURRENT_VERSION)
    if not isinstance(version, int) or isinstance(version, bool):
        raise SpecError([{"field": "version", "message": "must be a whole number"}])
    while version != CURRENT_VERSION:
        step = MIGRATIONS.get(version)
        if step is None:
            message = (
                f"version {version} is not known here; this release reads up to version {CURRENT_VERSION}"
            )
            raise SpecError([{"field": "version", "message": message}])
        current = step(current)
        version += 1
        current["version"] = version
    return current


def load_spec(document: object) -> PipelineSpec:
    """A checked pipeline from a JSON document of this or an older version.

    Raises:
        SpecError: with the field and the reason of each fault.
    """
    if not isinstance(document, Mapping):
        raise SpecError([{"field": "", "message": "a pipeline is a JSON object"}])
    try:
        return PipelineSpec.model_validate(migrate(document))
    except ValidationError as error:
        raise SpecError(faults_of(error)) from None


def pipeline_json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a pipeline, with each block's own settings as ``oneOf`` branches.

    The branches of ``FeatureSpec`` and ``LearningSpec`` carry the block's title, summary and
    parameter schema, so that a browser can draw every form from this one document.
    """
    schema = PipelineSpec.model_json_schema()
    definitions: dict[str, Any] = schema["$defs"]
    kinds_of: dict[str, Mapping[str, type[FeatureBlock] | type[LearningBlock]]] = {
        "FeatureSpec": blocks.feature_blocks(),
        "LearningSpec": blocks.learning_blocks(),
    }
    for name, kinds in kinds_of.items():
        base = definitions[name]
        branches = []
        for block_id, kind in sorted(kinds.items()):
            params_schema = kind.Params.model_json_schema()
            definitions.update(params_schema.pop("$defs", {}))
            definitions[kind.Params.__name__] = params_schema
            properties = dict(base["properties"])
            properties["block"] = {"const": block_id, "title": kind.title, "description": kind.summary}
            properties["params"] = {"$ref": f"#/$defs/{kind.Params.__name__}"}
            branches.append(
                {**base, "title": kind.title, "description": kind.summary, "properties": properties}
            )
        definitions[name] = {"oneOf": branches}
    return schema
