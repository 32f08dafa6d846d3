"""A model's report for people: what was done, layer by layer, what it costs, and where everything lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.report.model_report import ModelReport

_HEADS = ("", "layer", "op", "MACs", "instructions", "cycles", "", "no waiting", "RAM alive", "flash", "done")


def explained(report: ModelReport) -> str:
    """The report as text, in lines of any length."""
    found = report.as_json()
    passes = [f"  {line}" for line in report.explanation.passes or ("none",)]
    return "\n".join(
        [
            *_title(report, found),
            "",
            "Passes that changed the graph:",
            *passes,
            *_segments(report),
            "",
            *_layers(found),
            "",
            *_totals(report, found),
            "",
            *_arena(report, found),
        ]
    )


def _segments(report: ModelReport) -> list[str]:
    lines = []
    for segment in report.model.segments:
        layers = f"layers {segment.first}-{segment.last}" if segment.ring_rows else f"layer {segment.first}"
        rows = ", ".join(f"{rows} of layer {layer}" for layer, rows in segment.ring_rows.items())
        kept = f"; rows in memory: {rows}; {segment.ring_bytes:,} instead of {segment.whole_bytes:,} bytes"
        strips = f"; in {segment.strips} strips, which compute {segment.recomputed_macs:,} MACs twice"
        lines.append(f"  {layers}{kept if rows else ''}{strips if segment.strips > 1 else ''}")
    return ["", "Row by row:", *lines] if lines else []


def totals(report: ModelReport) -> str:
    """What the whole model takes, as text."""
    found = report.as_json()
    return "\n".join([*_title(report, found), "", *_totals(report, found)])


def _title(report: ModelReport, found: dict[str, Any]) -> list[str]:
    limit = f", arena at most {found['ram_limit_bytes']:,} bytes" if found["ram_limit_bytes"] else ""
    return [
        f"{report.model.name} on {report.board.title} ({found['core']}, {found['clock_hz'] / 1e6:g} MHz): "
        f"optimize {found['optimize']}, weights in {found['weights_in']}{limit}",
        f"built with {found['toolchain']}, run on {found['emulator']}; cycles are {found['cycles_are']}",
    ]


def _layers(found: dict[str, Any]) -> list[str]:
    rows = [
        (
            str(index),
            layer["name"],
            layer["op"],
            f"{layer['macs']:,}",
            f"{layer['instructions']:,}",
            f"{layer['cycles']:,}",
            f"{layer['cycles'] / max(found['cycles'], 1):.1%}",
            f"{layer['cycles_without_wait_states']:,}",
            f"{layer['ram_bytes']:,}",
            f"{layer['weights_bytes']:,}",
            ", ".join(layer["done"]),
        )
        for index, layer in enumerate(found["layers"])
    ]
    return aligned([_HEADS, *rows], left=(1, 2, 10))


def _totals(report: ModelReport, found: dict[str, Any]) -> list[str]:
    free = f" ({found['arena_bytes'] - found['arena_lower_bound_bytes']:,} above the lower bound)"
    is_optimal = found["arena_bytes"] == found["arena_lower_bound_bytes"]
    saved = found["macs_model"] - found["macs"]
    rows = [
        ("MACs", f"{found['macs']:,}", f"of {found['macs_model']:,} in the model" if saved > 0 else ""),
        ("instructions", f"{found['instructions']:,}", _per_mac(found["instructions"], found["macs"])),
        (
            "cycles, estimated",
            f"{found['cycles']:,}",
            f"{found['cycles_low']:,} to {found['cycles_high']:,}; {found['latency_ms']:.2f} ms",
        ),
        (
            "arena, bytes",
            f"{found['arena_bytes']:,}",
            "input, output and scratch included; " + ("the lower bound" if is_optimal else free.strip(" ()")),
        ),
        ("stack, bytes", f"{found['stack_bytes']:,}", ""),
        ("code, bytes", f"{found['code_bytes']:,}", "without weights"),
        ("weights, bytes", f"{found['weights_bytes']:,}", f"in {found['weights_in']}"),
        ("on the board", *_share_of_board(report, found)),
        (
            "differing bytes",
            f"{found['differing_bytes']:,}",
            f"from TFLite's reference kernels, {report.runs} random inputs, {report.core_runs} of them on the core too",
        ),
        ("compiled in", f"{found['compile_seconds']:.2f} s", ""),
    ]
    return aligned(rows, left=(0, 2))


def _share_of_board(report: ModelReport, found: dict[str, Any]) -> tuple[str, str]:
    """Whether flash and RAM suffice, were the model all that the board holds."""
    flash_bytes = found["code_bytes"] + found["weights_bytes"]
    ram_bytes = found["arena_bytes"] + found["stack_bytes"]
    ram_bytes += found["weights_bytes"] if found["weights_in"] == "ram" else 0
    board = report.board
    fits = flash_bytes <= board.flash_bytes and ram_bytes <= board.ram_bytes
    flash = f"flash {flash_bytes:,} of {board.flash_bytes:,} bytes"
    return "fits" if fits else "DOES NOT FIT", f"{flash}, RAM {ram_bytes:,} of {board.ram_bytes:,}"


def _per_mac(instructions: int, macs: int) -> str:
    return f"{instructions / macs:.2f} for each MAC" if macs else ""


def _arena(report: ModelReport, found: dict[str, Any]) -> list[str]:
    rows = [("offset", "bytes", "layers", "content")]
    for buffer in report.explanation.arena:
        life = f"{buffer.first}-{buffer.last}" if buffer.last > buffer.first else f"{buffer.first}"
        rows.append((f"{buffer.offset:,}", f"{buffer.size_bytes:,}", life, buffer.content))
    return [f"Arena, {found['arena_bytes']:,} bytes:", *aligned(rows, left=(2, 3))]


def aligned(rows: Sequence[tuple[str, ...]], left: tuple[int, ...]) -> list[str]:
    """Lines of a table: columns aligned right but for those in ``left``."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
