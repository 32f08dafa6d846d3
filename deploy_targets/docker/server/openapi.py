"""The API's own description, OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from .bodies import CSV, JSON, WAV
from .model import METADATA

_CHANNELS = len(METADATA.channels)


def openapi_document() -> dict[str, Any]:
    """Of this model: its labels, its channels, the length of its window."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": METADATA.project or "Pipeline",
            "version": "1.0.0",
            "description": "Raw sensor samples in, decisions out. Made by Thimble.",
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/v1/classify": {
                "post": {
                    "operationId": "classify",
                    "summary": "Classify one window",
                    "description": f"One window is {METADATA.window_length} points in time of {_CHANNELS} channel(s) "
                    f"({', '.join(METADATA.channels)}) at {METADATA.sample_rate_hz:g} Hz.",
                    "requestBody": _body(),
                    "responses": _responses("Classification", 400, 408, 411, 413, 415),
                }
            },
            "/v1/decisions": {
                "post": {
                    "operationId": "decide",
                    "summary": "Classify a recording",
                    "description": f"A window each {METADATA.stride_ms:g} ms, averaged over {METADATA.smooth_windows}; "
                    f"label is null below {METADATA.threshold:g}. A recording that is shorter than a window is filled "
                    "up with zeros.",
                    "requestBody": _body(),
                    "responses": _responses("Decisions", 400, 408, 411, 413, 415),
                }
            },
            "/v1/model": {
                "get": {
                    "operationId": "describe",
                    "summary": "What a caller must know of the model",
                    "responses": _responses("Model"),
                }
            },
            "/healthz": {
                "get": {
                    "operationId": "health",
                    "summary": "Whether the server answers",
                    "responses": _responses("Health"),
                }
            },
        },
        "components": {"schemas": _schemas()},
    }


def _body() -> dict[str, Any]:
    binary = {"schema": {"type": "string", "contentMediaType": WAV[0]}}
    text = {"schema": {"type": "string", "description": "a column for each channel, names in the first row"}}
    listed = {"schema": _reference("Samples")}
    return {"required": True, "content": {JSON: listed, WAV[0]: binary, CSV[0]: text}}


_WORDS = {
    400: "The samples are not what the model takes; the message says what is wrong, and where.",
    408: "The request did not arrive in time.",
    411: "The request says no length.",
    413: "The body is too large.",
    415: "The content type is none of those above.",
}


def _responses(schema: str, *problems: int) -> dict[str, Any]:
    found = {"200": {"description": "Done.", "content": {JSON: {"schema": _reference(schema)}}}}
    for status in problems:
        content = {JSON: {"schema": _reference("Error")}}
        found[str(status)] = {"description": _WORDS[status], "content": content}
    return found


def _reference(schema: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _object(**members: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "properties": members}


def _schemas() -> dict[str, Any]:
    number, text = {"type": "number"}, {"type": "string"}
    numbers = {"type": "array", "items": number}
    texts = {"type": "array", "items": text}
    label = {"enum": [*METADATA.labels, None]}
    probability = _object(label={"enum": list(METADATA.labels)}, probability=number)
    probabilities = {"type": "array", "items": probability}
    row = {**numbers, "minItems": _CHANNELS, "maxItems": _CHANNELS}
    decision = _object(seconds=number, label=label, confidence=number, smoothed=probabilities)
    return {
        "Samples": {
            **_object(
                samples={
                    "description": "Oldest first: rows of a number a channel, or all numbers side by side.",
                    "anyOf": [{"type": "array", "items": row}, numbers],
                }
            ),
            "additionalProperties": False,
        },
        "Classification": _object(label=label, confidence=number, probabilities=probabilities),
        "Decisions": _object(decisions={"type": "array", "items": decision}),
        "Model": _object(
            project=text,
            variant={"enum": ["int8", "float32"]},
            labels=texts,
            channels=texts,
            units=texts,
            sample_rate_hz=number,
            window_length={"type": "integer"},
            stride_length={"type": "integer"},
            window_ms=number,
            stride_ms=number,
            smooth_windows={"type": "integer"},
            threshold=number,
            is_sound={"type": "boolean"},
        ),
        "Health": _object(status={"const": "ok"}),
        "Error": _object(error=_object(status={"type": "integer"}, message=text)),
    }
