"""The Debian packages that the tests use: which are missing, and installing them as root.

``python -m tests.debian_packages [--install]``. Without root, or on another system, it names
what the tests will leave out; they skip, saying so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

LEFT_OUT = {
    "chromium": "the browser tests",
    "clang": "compiling the generated C with a second compiler",
    "gcc": "the sanitizer runs of the generated C",
    "g++": "compiling the generated C as C++17",
    "cmake": "building the exported library with CMake",
    "gcc-arm-none-eabi": "firmware built with GCC for Arm",
    "libnewlib-arm-none-eabi": "firmware built with GCC for Arm",
    "qemu-system-arm": "firmware on QEMU's boards",
    "gcc-riscv64-unknown-elf": "firmware for RISC-V",
    "picolibc-riscv64-unknown-elf": "firmware for RISC-V",
    "qemu-system-misc": "firmware for RISC-V",
    "gcc-xtensa-lx106": "compiling the exported C for Xtensa",
    "curl": "the commands of docs/rest.md and docs/continuous-deployment.md",
    "jq": "the commands of docs/rest.md and docs/continuous-deployment.md",
    "postgresql": "the studio's tests on PostgreSQL",
    "redis-server": "the studio's tests on a separate Redis",
}


def wanted() -> list[str]:
    return Path(__file__).with_name("debian-packages.txt").read_text().split()


def missing() -> list[str]:
    """Names of the list that dpkg does not have installed; all of them where there is no dpkg."""
    if shutil.which("dpkg-query") is None:
        return wanted()
    command = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *wanted()]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    installed = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in wanted() if name not in installed]


def install(names: list[str]) -> None:
    print(f"==> Installing Debian packages for the tests: {' '.join(names)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"stdout": subprocess.DEVNULL, "env": environment}
    subprocess.run(["apt-get", "update", "-q"], check=True, **quiet)
    subprocess.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *names], check=True, **quiet)


def main() -> None:
    names = missing()
    can_install = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if names and "--install" in sys.argv[1:] and can_install:
        try:
            install(names)
        except subprocess.CalledProcessError as error:
            print(f"    apt-get failed ({error}); going on without", flush=True)
        names = missing()
    for name in names:
        print(f"    without {name}: {LEFT_OUT.get(name, 'some tests')} will be skipped", flush=True)


if __name__ == "__main__":
    main()
