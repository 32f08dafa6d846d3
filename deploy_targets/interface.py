"""What a caller of a model must know of it, as JSON: for the targets that call it for people."""

from __future__ import annotations

from typing import Any

from deploy_targets.bundle import DeployBundle
from deploy_targets.markdown import plain, table


def model_interface(bundle: DeployBundle) -> dict[str, Any]:
    """Labels, the shape of a window, rates, units and how decisions are made; equal runs give equal documents."""
    window = bundle.spec.input
    postprocess = bundle.spec.postprocess
    return {
        "project": bundle.project,
        "variant": bundle.variant,
        "labels": list(bundle.labels),
        "channels": list(window.channels),
        "units": [unit_of(bundle, channel) for channel in window.channels],
        "sample_rate_hz": window.sample_rate_hz,
        "window_length": window.window_length,
        "stride_length": window.stride_length,
        "window_ms": window.window_ms,
        "stride_ms": window.stride_ms,
        "smooth_windows": postprocess.smooth_windows,
        "threshold": postprocess.threshold,
        "is_sound": is_sound(bundle),
    }


def unit_of(bundle: DeployBundle, channel: str) -> str:
    """The unit of a channel in the recordings; empty where they do not say, or do not agree."""
    units = bundle.metrics.get("dataset", {}).get("channels", {}).get(channel, [])
    return str(units[0]) if len(units) == 1 else ""


def is_sound(bundle: DeployBundle) -> bool:
    """Whether it listens: one channel at a rate at which sound is recorded."""
    window = bundle.spec.input
    return len(window.channels) == 1 and window.sample_rate_hz >= 4000


def readme_values(bundle: DeployBundle) -> dict[str, str]:
    """What READMEs tell of a model, as Markdown: the interface, and what the evaluation counted."""
    known = model_interface(bundle)
    units = sorted({unit for unit in known["units"] if unit})
    evaluation = bundle.evaluation
    rows = [
        [
            plain(one["label"]),
            *(f"{one[key]:.1%}" for key in ("precision", "recall", "f1")),
            f"{one['support']:,}",
        ]
        for one in evaluation["per_class"]
    ]
    return {
        "project": plain(bundle.project),
        "variant": bundle.variant,
        "labels": ", ".join(map(plain, bundle.labels)),
        "channels": ", ".join(map(plain, known["channels"])),
        "channel_count": str(len(known["channels"])),
        "units": f" ({', '.join(map(plain, units))})" if units else "",
        "window_length": f"{known['window_length']:,}",
        "window_floats": f"{known['window_length'] * len(known['channels']):,}",
        "window_ms": f"{known['window_ms']:g}",
        "stride_ms": f"{known['stride_ms']:g}",
        "sample_rate_hz": f"{known['sample_rate_hz']:g}",
        "smooth_windows": str(known["smooth_windows"]),
        "threshold": f"{known['threshold']:g}",
        "accuracy": f"{evaluation['accuracy']:.2%}",
        "windows": f"{evaluation['windows']:,}",
        "per_class": table(["class", "precision", "recall", "F1", "windows"], rows),
    }
