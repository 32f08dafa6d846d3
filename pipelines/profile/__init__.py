"""What a library takes on a board: flash and RAM from a linked image, instructions from running it."""

from pipelines.profile.boards import Board, board_of, boards
from pipelines.profile.errors import ProfileError
from pipelines.profile.measurement import Breakdown, Profile, measure
from pipelines.profile.selftest import SelfTestResult, run_selftest

__all__ = [
    "Board",
    "Breakdown",
    "Profile",
    "ProfileError",
    "SelfTestResult",
    "board_of",
    "boards",
    "measure",
    "run_selftest",
]
