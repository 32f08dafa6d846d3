"""Boards that a board's software kit knows nothing of."""

from __future__ import annotations

from pipelines.profile.boards import Board


def not_an_avr(board: Board) -> str:
    """Why the library cannot run on this board, in words; empty where it can.

    The library keeps its constants in flash that is read like RAM; an 8-bit AVR reads it otherwise and has a target of
    its own.
    """
    if board.core.upper().startswith(("AVR", "ATMEGA")):
        return f"{board.title} has an 8-bit AVR core: deploy for the target AVR instead"
    return ""


def not_for_board(board: Board, kit: str) -> str:
    """Why ``kit``, which builds for particular boards, cannot build for this one; empty where it can."""
    if board.title.startswith("Any "):
        return f"{board.title} is no particular board, and {kit} builds for one: choose a board, or the target C library"
    return not_an_avr(board)
