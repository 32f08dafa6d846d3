"""Building shared libraries with the machine's C compiler."""

import ctypes
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines import toolchain

ADD = {
    "add.c": '#include "add.h"\nint add(int a, int b) { return a + b + OFFSET; }\n',
    "add.h": "#define OFFSET 0\n",
}


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("THIMBLE_CACHE_DIR", str(tmp_path))


def test_a_library_is_built_and_can_be_called():
    library = ctypes.CDLL(str(toolchain.build_shared_library(ADD)))
    assert library.add(2, 3) == 5


def test_the_same_sources_are_built_once():
    first = toolchain.build_shared_library(ADD)
    modified = first.stat().st_mtime_ns
    assert toolchain.build_shared_library(ADD) == first
    assert first.stat().st_mtime_ns == modified


def test_a_changed_header_or_flag_gives_another_library():
    first = toolchain.build_shared_library(ADD)
    assert toolchain.build_shared_library({**ADD, "add.h": "#define OFFSET 1\n"}) != first
    assert toolchain.build_shared_library(ADD, flags=["-O1", "-fPIC", "-shared"]) != first


def test_concurrent_builds_of_the_same_sources_all_get_a_whole_library():
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: toolchain.build_shared_library(ADD), range(4)))
    assert len(set(paths)) == 1
    assert ctypes.CDLL(str(paths[0])).add(1, 1) == 2
    assert [path.name for path in paths[0].parent.iterdir()] == [paths[0].name]


def test_a_refused_source_raises_with_the_compilers_own_words():
    with pytest.raises(toolchain.ToolchainError, match="undeclared"):
        toolchain.build_shared_library({"bad.c": "int f(void) { return missing; }\n"})


@pytest.mark.parametrize("name", ["/etc/x.c", "../x.c", "-x.c"])
def test_a_source_name_cannot_leave_the_build_folder(name):
    with pytest.raises(toolchain.ToolchainError, match="relative path"):
        toolchain.build_shared_library({name: "int x;\n"})


def test_zig_builds_where_there_is_no_c_compiler(monkeypatch):
    monkeypatch.setattr(toolchain.shutil, "which", lambda name: None)
    toolchain._find_compiler.cache_clear()
    try:
        assert toolchain.host_compiler() == [sys.executable, "-m", "ziglang", "cc"]
    finally:
        toolchain._find_compiler.cache_clear()
