"""What holds for every target: reproducible, complete, tested, described, and without a trace of the machine."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from deploy_targets.base import DeployTarget
from deploy_targets.registry import ENTRY_POINTS, targets
from tests.deploy_targets.twice import ROOT, Twice, build_twice, own_targets

CARRIED = {"README.md", "LICENSE", "thimble.json", "sbom.cdx.json", "SHA256SUMS"}
OF_A_MODEL = {"MODEL_CARD.md", "DATASHEET.md"}
IDS = [target.id for target in own_targets()]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Twice]:
    return build_twice(tmp_path_factory.mktemp("twice"))


def own_entry_points() -> list[str]:
    section = (ROOT / "pyproject.toml").read_text().partition(f'[project.entry-points."{ENTRY_POINTS}"]')[2]
    return [line.partition(" = ")[0] for line in section.partition("\n[")[0].splitlines() if " = " in line]


def test_every_target_that_is_named_can_be_loaded() -> None:
    assert sorted(own_entry_points()) == sorted(
        target.id for target in targets() if type(target).__module__.startswith("deploy_targets.")
    )


def test_every_target_has_a_test_of_its_own_and_a_page_in_the_docs() -> None:
    for name in own_entry_points():
        file = name.replace("-", "_")
        tests = ROOT / "tests" / "deploy_targets"
        assert any((tests / f"test_{file}{end}").exists() for end in (".py", "_library.py")) or list(
            tests.glob(f"{file}/test_*.py")
        ), name
        assert (ROOT / "docs" / "targets" / f"{name}.md").exists(), name


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("target_id", IDS)
def test_the_same_run_gives_the_same_bytes_on_two_paths(twice: dict[str, Twice], target_id: str) -> None:
    built = twice[target_id]
    assert built.errors == ("", "")
    if built.sha256[0] != built.sha256[1]:
        assert _differing(built) == []
        pytest.fail("the files are equal, their packing is not")


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("target_id", IDS)
def test_every_zip_is_complete_and_bears_no_trace_of_the_machine(
    twice: dict[str, Twice], target_id: str
) -> None:
    target: DeployTarget = next(one for one in own_targets() if one.id == target_id)
    with zipfile.ZipFile(twice[target_id].zips[0]) as archive:
        top = _top_folder(archive.namelist())
        names = {name.removeprefix(top) for name in archive.namelist()}
        assert names >= CARRIED | (OF_A_MODEL if target.takes == "pipeline" else set())
        readme = archive.read(f"{top}README.md").decode()
        assert "${" not in readme
        for name in names:
            content = archive.read(f"{top}{name}")
            for trace in (str(ROOT), str(twice[target_id].zips[0].parents[1]), str(Path.home())):
                assert trace.encode() not in content, f"{name} holds {trace}"


def _top_folder(names: list[str]) -> str:
    """The one folder that holds all files, with a slash; empty where the zip has several entries at its top."""
    tops = {name.partition("/")[0] for name in names}
    return f"{tops.pop()}/" if len(tops) == 1 else ""


def _differing(built: Twice) -> list[str]:
    first, second = (zipfile.ZipFile(path) for path in built.zips)
    names = set(first.namelist()) ^ set(second.namelist())
    common = set(first.namelist()) & set(second.namelist())
    return sorted(names | {name for name in common if first.read(name) != second.read(name)})
