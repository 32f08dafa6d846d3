"""``DATASHEET.md``: the ML sensor as a part that someone builds in: what it senses, takes and costs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from deploy_targets.base import DeployTarget
from deploy_targets.bundle import DeployBundle
from deploy_targets.dressing.energy import (
    CARBON_G_PER_KWH,
    CORE_W,
    MEMORY_W_PER_GB,
    OVERHEAD,
    training_energy,
    window_energy_uj,
)
from deploy_targets.dressing.words import common_values
from deploy_targets.markdown import plain, table
from pipelines.compile.errors import CompileError
from pipelines.profile.boards import Board, board_of, boards
from pipelines.profile.errors import ProfileError

_TEMPLATE = Path(__file__).parent / "templates" / "DATASHEET.md"

Profiles = dict[str, Mapping[str, Any] | str]
"""Board id -> its profile, or in words why there is none."""


def datasheet(target: DeployTarget, bundle: DeployBundle) -> str:
    """The datasheet of one variant of a run's model.

    A deployment for a board is measured on every board; one that is the same for all shows what the run measured.
    """
    profiles = _profiles(bundle)
    values = common_values(target, bundle) | {
        "channels_units": _channels(bundle),
        "boards": _board_table(profiles),
        "boards_words": _boards_words(target, profiles),
        "energy": _energy(profiles),
        "carbon": _carbon(bundle),
    }
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(values)


def _profiles(bundle: DeployBundle) -> Profiles:
    if bundle.board is None:
        known = bundle.metrics.get("variants", {}).get(bundle.variant, {}).get("profile")
        return {known["board"]: known} if known else {}
    found: Profiles = {}
    for board in boards():
        try:
            found[board.id] = bundle.profile_on(board)
        except (ProfileError, CompileError) as error:
            found[board.id] = str(error).splitlines()[0]
    return found


def _channels(bundle: DeployBundle) -> str:
    units = bundle.metrics.get("dataset", {}).get("channels", {})
    words = []
    for name in bundle.spec.input.channels:
        known = ", ".join(units.get(name, ()))
        words.append(f"{plain(name)} in {plain(known)}" if known else f"{plain(name)} (unit as recorded)")
    return ", ".join(words)


def _board_table(profiles: Profiles) -> str:
    if not profiles:
        return "It was measured on no board."
    head = ["board", "flash", "RAM", "cycles a window", "time a window", "fits"]
    return table(head, [_board_row(board_of(board_id), found) for board_id, found in profiles.items()])


def _board_row(board: Board, found: Mapping[str, Any] | str) -> list[str]:
    if isinstance(found, str):
        return [plain(board.title), plain(found), "", "", "", ""]
    cycles, latency = found["cycles"], found["latency_ms"]
    return [
        plain(board.title),
        f"{found['flash_bytes']:,} B",
        f"{found['ram_bytes']:,} B",
        "not measured" if cycles is None else f"{cycles:,}",
        "not measured"
        if latency is None
        else f"{latency:.2f} ms ({found['latency_low_ms']:.2f} to {found['latency_high_ms']:.2f})",
        "yes" if found["fits"] else plain("; ".join(found["problems"])),
    ]


def _boards_words(target: DeployTarget, profiles: Profiles) -> str:
    measured = [found for found in profiles.values() if not isinstance(found, str)]
    if not measured:
        return ""
    toolchains = ", ".join(sorted({found["toolchain"] for found in measured}))
    elsewhere = (
        f" Here the network is run by {target.runtime}: what that takes was not measured, except where the README says so."
        if target.runtime
        else ""
    )
    return (
        "Flash and RAM are read from a linked image of features, model and decision. Cycles are estimated from the "
        f"instructions that an emulated core ran, with their band. Built with {toolchains}.{elsewhere}"
    )


def _energy(profiles: Profiles) -> str:
    formula = (
        "An estimate of one window on the core alone, E = time · supply voltage · current of the running core; "
        "sensor, radio and regulator come on top."
    )
    rows = []
    for board_id, found in profiles.items():
        board = board_of(board_id)
        energy = None if isinstance(found, str) else window_energy_uj(board, found["latency_ms"])
        if energy is None or board.power is None or isinstance(found, str):
            continue
        made_of = f"{found['latency_ms']:.2f} ms · {board.power.supply_v:g} V · {board.power.active_ma:g} mA"
        rows.append([plain(board.title), f"{energy:,.1f} µJ", made_of, plain(board.power.source)])
    if not rows:
        return f"{formula} No current is known of the boards above: measure it on yours and multiply."
    return f"{formula}\n\n{table(['board', 'energy a window', 'made of', 'current from'], rows)}"


def _carbon(bundle: DeployBundle) -> str:
    effort = bundle.metrics.get("training_effort")
    if effort is None:
        return "The run was made by an earlier version of Thimble, which kept no record of its effort."
    found = training_energy(effort)
    return (
        f"Training took {effort['seconds']:,.1f} s on {effort['cores']} core(s) with {effort['memory_gb']:g} GB. "
        f"Estimated, from above: **{found.energy_wh:,.2f} Wh, {found.carbon_g:,.2f} g CO₂e**.\n\n"
        f"E = t · (cores · {CORE_W:g} W + GB · {MEMORY_W_PER_GB:g} W) · PUE {OVERHEAD:g}; "
        f'carbon = E · {CARBON_G_PER_KWH:g} g/kWh (the world\'s average): Lannelongue et al., "Green Algorithms", 2021, '
        "doi:10.1002/advs.202100707, with its defaults. Training alone: recording, other runs and the devices' making "
        "are not counted."
    )
