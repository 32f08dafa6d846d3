"""What the READMEs of all targets with the C library have in common."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from deploy_targets.bundle import DeployBundle
from deploy_targets.markdown import plain, table
from pipelines.compile.library import Library
from pipelines.profile.boards import board_of

_TEMPLATES = Path(__file__).parent / "templates"


def readme_values(
    library: Library, bundle: DeployBundle, profile: Mapping[str, Any] | None
) -> dict[str, str]:
    """What a README's template may name: the pipeline in words, and whole paragraphs.

    ``wire`` says what a sample is, ``call`` how to classify continuously, ``figures`` (two sections) what was measured.

    Args:
        profile: the library on the board that it is built for; None where it is built for none.
    """
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
        "workspace_bytes": f"{library.workspace_bytes:,}",
        "continuous_bytes": f"{library.continuous_bytes:,}",
        "board": bundle.board.title if bundle.board else "",
    }
    sections = {part: filled(_TEMPLATES / f"{part}.md", values).rstrip() for part in ("wire", "call")}
    return {**values, **sections, "figures": _figures(library, bundle, profile)}


def filled(template: Path, values: Mapping[str, str]) -> str:
    """The text of a template with its values in it."""
    return Template(template.read_text()).substitute(values)


def _figures(library: Library, bundle: DeployBundle, profile: Mapping[str, Any] | None) -> str:
    evaluation = bundle.evaluation
    rows = [
        f"| {plain(one['label'])} | {one['precision']:.1%} | {one['recall']:.1%} | {one['f1']:.1%} | {one['support']:,} |"
        for one in evaluation["per_class"]
    ]
    values = {
        "accuracy": f"{evaluation['accuracy']:.2%}",
        "windows": f"{evaluation['windows']:,}",
        "variant": bundle.variant,
        "per_class": "\n".join(rows),
        "takes": _on_a_board(profile) if profile else _on_any_board(library, bundle),
    }
    return filled(_TEMPLATES / "figures.md", values).rstrip()


def _on_a_board(profile: Mapping[str, Any]) -> str:
    board = board_of(profile["board"])
    rows = [
        ("flash", f"{profile['flash_bytes']:,} of {board.flash_bytes:,} bytes"),
        ("RAM", f"{profile['ram_bytes']:,} of {board.ram_bytes:,} bytes"),
    ]
    if profile["instructions"] is not None:
        rows += [
            ("instructions a window", f"{profile['instructions']:,}"),
            (f"time a window, {profile['latency_is']}", f"{profile['latency_ms']:.2f} ms{_band(profile)}"),
        ]
    stack_bytes = profile["breakdown"]["stack_bytes"]
    parts = "workspace, one window of samples, decision and other variables"
    ram = parts if stack_bytes is None else f"{parts}, and {stack_bytes:,} bytes of stack"
    return (
        f"On {board.title}:\n\n{table(('what', 'how much'), rows)}\n\n"
        f"Flash and RAM are read from a linked image; RAM is {ram}. Built with {profile['toolchain']}; run on: "
        f"{profile['emulator']}."
    )


def _on_any_board(library: Library, bundle: DeployBundle) -> str:
    rows = [
        (f"`{library.name}_workspace`", f"{library.workspace_bytes:,} bytes"),
        (f"the signal that `{library.name}_continuous` keeps", f"{library.continuous_bytes:,} bytes"),
        (f"`{library.name}_decision`, in it", f"{library.decision_bytes:,} bytes"),
    ]
    text = f"RAM, whatever the chip:\n\n{table(('what', 'how much'), rows)}\n"
    measured = bundle.metrics.get("variants", {}).get(bundle.variant, {}).get("profile")
    return f"{text}\n{_on_a_board(measured)}" if measured else text


def _band(profile: Mapping[str, Any]) -> str:
    """The band of the estimate; profiles of earlier versions have none."""
    if profile.get("latency_low_ms") is None:
        return ""
    return f" ({profile['latency_low_ms']:.2f} to {profile['latency_high_ms']:.2f} ms)"
