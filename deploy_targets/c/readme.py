"""The README of a C library, written for one model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from deploy_targets.base import DeployBundle
from deploy_targets.markdown import plain
from pipelines.compile.library import Library

_TEMPLATE = Path(__file__).parent / "templates" / "README.md"


def readme_text(library: Library, bundle: DeployBundle, profile: Mapping[str, Any], has_example: bool) -> str:
    """How to add, wire and call this library, what it gets right and what it takes."""
    window = bundle.spec.input
    postprocess = bundle.spec.postprocess
    values = {
        "name": library.name,
        "NAME": library.name.upper(),
        "project": plain(bundle.project),
        "variant": bundle.variant,
        "labels": ", ".join(plain(label) for label in bundle.labels),
        "channels": ", ".join(plain(channel) for channel in window.channels),
        "channel_count": str(len(window.channels)),
        "window_length": f"{window.window_length:,}",
        "window_ms": f"{window.window_ms:g}",
        "stride_ms": f"{window.stride_ms:g}",
        "sample_rate_hz": f"{window.sample_rate_hz:g}",
        "smooth_windows": str(postprocess.smooth_windows),
        "threshold": f"{postprocess.threshold:g}",
        "example": _EXAMPLE.format(name=library.name) if has_example else "",
        "workspace_bytes": f"{library.workspace_bytes:,}",
        **_evaluation(bundle),
        **_profile(bundle, profile),
    }
    return Template(_TEMPLATE.read_text()).substitute(values)


_EXAMPLE = """
`build/{name}_example < recording.csv` classifies a recording (rows of comma-separated values); see `examples/main.c`.
"""


def _evaluation(bundle: DeployBundle) -> dict[str, str]:
    evaluation = bundle.evaluation
    rows = [
        f"| {plain(one['label'])} | {one['precision']:.1%} | {one['recall']:.1%} | {one['f1']:.1%} | {one['support']:,} |"
        for one in evaluation["per_class"]
    ]
    return {
        "accuracy": f"{evaluation['accuracy']:.2%}",
        "windows": f"{evaluation['windows']:,}",
        "per_class": "\n".join(rows),
    }


def _band(profile: Mapping[str, Any]) -> str:
    """The band of the estimate; profiles of earlier versions have none."""
    if profile.get("latency_low_ms") is None:
        return ""
    return f" ({profile['latency_low_ms']:.2f} to {profile['latency_high_ms']:.2f} ms)"


def _profile(bundle: DeployBundle, profile: Mapping[str, Any]) -> dict[str, str]:
    board = bundle.board
    assert board is not None  # noqa: S101 - the profile is of it
    rows = [
        f"| flash | {profile['flash_bytes']:,} of {board.flash_bytes:,} bytes |",
        f"| RAM | {profile['ram_bytes']:,} of {board.ram_bytes:,} bytes |",
    ]
    if profile["instructions"] is not None:
        rows += [
            f"| instructions a window | {profile['instructions']:,} |",
            f"| time a window, {profile['latency_is']} | {profile['latency_ms']:.2f} ms{_band(profile)} |",
        ]
    stack_bytes = profile["breakdown"]["stack_bytes"]
    parts = "workspace, one window of samples, decision and other variables"
    ram = parts if stack_bytes is None else f"{parts}, and {stack_bytes:,} bytes of stack"
    return {
        "board": board.title,
        "profile": "\n".join(rows),
        "ram": ram,
        "toolchain": profile["toolchain"],
        "emulator": profile["emulator"],
    }
