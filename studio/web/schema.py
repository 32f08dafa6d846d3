"""What the OpenAPI schema says about every operation, whichever app it belongs to."""

from __future__ import annotations

from typing import Any

_ERRORS = {
    "type": "object",
    "description": "What was wrong: the field (empty where it was none) and the reason.",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        }
    },
}


def document_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the one error shape as the default response of every operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Errors"] = _ERRORS
    answer = {
        "description": "Refused: what was wrong, and where.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}},
    }
    for operations in result.get("paths", {}).values():
        for method, operation in operations.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                operation["responses"].setdefault("4XX", answer)
    return result
