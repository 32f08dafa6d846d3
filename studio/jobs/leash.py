"""Runs a command that must not outlive the worker: ``python leash.py PARENT_PID COMMAND...``.

Started as the leader of its own session. When the worker dies, by whatever
signal, the kernel sends this process SIGTERM (prctl(2), PR_SET_PDEATHSIG), and it kills its whole
process group: the command, and the compilers and emulators that the command started.
Imports nothing of the studio: it must start at once.
"""

import ctypes
import os
import signal
import subprocess
import sys
from types import FrameType

PR_SET_PDEATHSIG = 1


def kill_group(_signal: int = 0, _frame: FrameType | None = None) -> None:
    os.killpg(0, signal.SIGKILL)


def main(parent_pid: int, command: list[str]) -> int:
    signal.signal(signal.SIGTERM, kill_group)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent_pid:
        kill_group()
    # Training may take the whole machine; whoever clicks in the browser goes first.
    os.nice(5)
    code = subprocess.Popen(command).wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
