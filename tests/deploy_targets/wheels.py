"""Wheels as a user has them: installed offline into an environment of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment_with(dist: Path, packages: list[str], folder: Path) -> Path:
    """Make a virtual environment in ``folder`` with packages from ``dist``, nothing else; its Python."""
    python = folder / "bin" / "python"
    uv = shutil.which("uv") or ROOT / "build" / "bootstrap" / "bin" / "uv"
    if Path(uv).exists():
        _run(str(uv), "venv", "--quiet", "--offline", "--python", sys.executable, str(folder))
        install = [str(uv), "pip", "install", "--quiet", "--offline", "--python", str(python)]
    else:
        _run(sys.executable, "-m", "venv", str(folder))
        install = [str(python), "-m", "pip", "install", "--quiet"]
    _run(*install, "--no-index", "--find-links", str(dist), *packages)
    return python


def unpacked_wheel(dist: Path, machine: str, folder: Path) -> Path:
    """Unpack the wheel for a machine into a folder; the folder, to be put on a path of Python's."""
    (wheel,) = dist.glob(f"*_{machine}.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _run(*command: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout}{result.stderr}"
