"""The boards and what is known of them."""

import pytest

from pipelines.profile.boards import board_of, boards
from pipelines.profile.errors import ProfileError


def test_the_promised_boards_are_there():
    assert {board.id for board in boards()} >= {
        "nano33ble",
        "stm32l4r5",
        "pico",
        "stm32h7a3",
        "cortex-m33",
        "cortex-m55",
    }


def test_the_nano_33_ble_sense_has_the_memory_of_its_datasheet():
    board = board_of("nano33ble")
    assert (board.clock_hz, board.flash_bytes, board.ram_bytes) == (64_000_000, 1024 * 1024, 256 * 1024)


def test_an_unknown_board_is_refused_naming_those_that_there_are():
    with pytest.raises(ProfileError, match=r"no board 'toaster'; there are cortex-m33, .*nano33ble"):
        board_of("toaster")


@pytest.mark.parametrize("board", boards(), ids=lambda board: board.id)
def test_a_board_names_the_source_of_its_figures_and_is_in_a_file_of_its_own_name(board):
    assert board.source.startswith("https://")
    assert "toolchain" not in board.summary()
    assert board.identity()["clock_hz"] == board.clock_hz


@pytest.mark.parametrize("board", boards(), ids=lambda board: board.id)
def test_compiler_flags_agree_with_what_the_board_is_said_to_have(board):
    assert ("-mfloat-abi=soft" in board.toolchain.gcc) == (board.fpu == "none")
    assert board.mve == (board.core == "Cortex-M55")
