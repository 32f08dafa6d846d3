"""The open data acquisition format, JSON: what Edge Impulse's clients and many firmwares write.

Source: Edge Impulse, "Data acquisition format", https://docs.edgeimpulse.com/reference/data-acquisition-format:
``{"protected": {"ver": "v1", "alg": "HS256"}, "signature": HEX, "payload": {"device_type", "interval_ms",
"sensors": [{"name", "units"}], "values": [[...], ...]}}``. The signature is the HMAC-SHA256 of the
document's bytes with 64 zeros in the signature's place.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.ingest import IngestError, IngestOptions, check_size, reader
from pipelines.signals import Signal

MAX_JSON_BYTES = 50_000_000
"""Parsed JSON takes some 20 times the room of its text."""

_SIGNATURE = re.compile(rb'"signature"\s*:\s*"([0-9a-fA-F]{64})"')
_NOT_SIGNED = "0" * 64
_FULL_SCALE = np.float32(1 / 32768)
"""Sound in the format is 16-bit integers with the unit `wav`; here it lies in -1..1, as from a WAV."""


def _begins_like_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


@reader("data acquisition JSON", (".json",), _begins_like_json)
def read_acquisition_json(path: Path, options: IngestOptions) -> Signal:
    """The values of one document; the sample rate is ``1000 / interval_ms``.

    Raises:
        IngestError: no such document, a wrong signature where ``options.hmac_key`` is given, ragged rows.
    """
    if path.stat().st_size > MAX_JSON_BYTES:
        raise IngestError(
            "file",
            f"JSON files of over {MAX_JSON_BYTES / 1e6:.0f} MB are not read; cut the recording into shorter ones, "
            "or send it as CSV",
        )
    raw = path.read_bytes()
    document = _parse(raw)
    protected = _part(document, "protected", Mapping, "an object")
    version, algorithm = protected.get("ver"), protected.get("alg")
    if version != "v1":
        raise IngestError("file", f"protected.ver is {version!r:.40}, only 'v1' is known")
    if algorithm not in {"HS256", "none"}:
        raise IngestError(
            "file", f"protected.alg is {algorithm!r:.40}; use 'HS256', or 'none' for no signature"
        )
    if options.hmac_key is not None:
        _check_signature(raw, document, algorithm, options.hmac_key)
    return _signal(_part(document, "payload", Mapping, "an object"))


def _parse(raw: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise IngestError("file", "the JSON is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise IngestError(
            "file", f"the JSON is broken or cut off at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except (RecursionError, ValueError):
        raise IngestError(
            "file", "the JSON is nested too deeply or holds a number that is too long"
        ) from None
    if not isinstance(document, dict):
        raise IngestError("file", "the JSON is not an object with protected, signature and payload")
    return document


def _check_signature(raw: bytes, document: Mapping[str, Any], algorithm: str, key: bytes) -> None:
    if algorithm == "none":
        raise IngestError(
            "signature", "the file is not signed (alg is none); sign it with the project's HMAC key, as HS256"
        )
    found = _SIGNATURE.findall(raw)
    if len(found) != 1 or document.get("signature") != found[0].decode():
        raise IngestError(
            "signature", "expected one signature of 64 hexadecimal digits, made with the project's HMAC key"
        )
    message = _SIGNATURE.sub(lambda match: match[0].replace(match[1], _NOT_SIGNED.encode()), raw)
    expected = hmac.new(key, message, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, found[0].decode().lower()):
        raise IngestError(
            "signature",
            "the signature does not fit: it was made with another key, or the file was changed since; "
            "sign it with the project's present HMAC key, and send it as it was signed",
        )


def _signal(payload: Mapping[str, Any]) -> Signal:
    interval = payload.get("interval_ms")
    if isinstance(interval, bool) or not isinstance(interval, int | float):
        raise IngestError("file", "payload.interval_ms must be a number: the milliseconds between two rows")
    if not 1e-3 <= interval <= 1e9:
        raise IngestError(
            "file", f"payload.interval_ms is {interval!r:.40}; it must be above zero, up to 1e9"
        )
    names, units = _sensors(_part(payload, "sensors", list, "a list"))
    values = _values(_part(payload, "values", list, "a list of rows"), names)
    for column, unit in enumerate(units):
        if unit == "wav":
            values[:, column] *= _FULL_SCALE
    return Signal(values, 1000 / interval, names, tuple("" if unit == "wav" else unit for unit in units))


def _sensors(sensors: list[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names, units = [], []
    for number, sensor in enumerate(sensors):
        name = sensor.get("name") if isinstance(sensor, dict) else None
        unit = sensor.get("units", "") if isinstance(sensor, dict) else None
        if not isinstance(name, str) or not name.strip() or not isinstance(unit, str):
            raise IngestError("file", f"payload.sensors[{number}] needs a name and units, both texts")
        names.append(name.strip()[:80])
        units.append(unit.strip()[:40])
    if not names:
        raise IngestError("file", "payload.sensors is empty; name a sensor for each column of values")
    return tuple(names), tuple(units)


def _values(rows: list[Any], names: tuple[str, ...]) -> NDArray[np.float32]:
    if not rows:
        raise IngestError("file", "payload.values is empty")
    check_size(len(rows), len(names))
    kinds = set(map(type, rows))
    if kinds == {list}:
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        wrong = np.flatnonzero(lengths != len(names))
        if wrong.size:
            raise IngestError(
                "file",
                f"payload.values: row {wrong[0] + 1:,} has {lengths[wrong[0]]:,} values for {len(names)} sensors",
            )
        flat = list(chain.from_iterable(rows))
    elif len(names) == 1 and not kinds & {list, dict, str}:
        flat = rows
    else:
        raise IngestError("file", "payload.values must be rows of numbers, one number for each sensor")
    kinds = set(map(type, flat))
    if not kinds <= {int, float}:
        strange = next(place for place, value in enumerate(flat) if type(value) not in {int, float})
        raise IngestError(
            "file",
            f"payload.values: row {strange // len(names) + 1:,}, {names[strange % len(names)]}: "
            f"{flat[strange]!r:.40} is not a number",
        )
    try:
        numbers = np.fromiter(flat, dtype=np.float64, count=len(flat))
    except OverflowError:
        numbers = np.array([math.inf])
    if not np.isfinite(numbers).all() or np.abs(numbers).max() > np.finfo(np.float32).max:
        raise IngestError(
            "file", "payload.values holds a value that is not a finite number (NaN, or too large)"
        )
    return numbers.astype(np.float32).reshape(-1, len(names))


def _part(parent: Mapping[str, Any], name: str, kind: Any, wanted: str) -> Any:
    value = parent.get(name)
    if not isinstance(value, kind):
        raise IngestError("file", f"{name} is missing or is not {wanted}")
    return value
