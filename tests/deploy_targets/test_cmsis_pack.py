"""The CMSIS-Pack target's pack has a description as its schema wants it, and its components build and run."""

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest

from deploy_targets.cmsis_pack.description import group_of
from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from pipelines.profile import board_of
from pipelines.profile.arm_toolchain import program, runtime_sources
from tests.deploy_targets.board_runs import bundle, hostile_bundle, unpacked, zip_of
from tests.firmware.machines import machine

PACK = "Thimble.wrist_motions.1.0.0.pack"
# PACK.xsd 1.7.32: the children of package that occur here may come in any order, each once.
NEEDED = {
    "vendor",
    "name",
    "description",
    "url",
    "license",
    "releases",
    "conditions",
    "taxonomy",
    "components",
}
GROUP = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+():/\- .]{0,31}")
CATEGORIES = {"doc", "header", "include", "sourceC"}


@pytest.fixture(scope="module")
def packs(tmp_path_factory):
    """packs(variant) -> the unpacked pack."""
    known = {}

    def build(variant):
        if variant not in known:
            folder = tmp_path_factory.mktemp("pack")
            whole = unpacked(zip_of("cmsis-pack", bundle("motion", variant), folder), folder / "zip")
            known[variant] = unpacked(whole / PACK, folder / "pack")
        return known[variant]

    return build


def described(pack):
    (path,) = pack.glob("*.pdsc")
    return ElementTree.parse(path).getroot()


def component(package, sub):
    (found,) = [one for one in package.iter("component") if one.get("Csub") == sub]
    return found


def files(one, category):
    return [file.get("name") for file in one.iter("file") if file.get("category") == category]


def test_the_description_is_as_the_schema_wants_it(packs):
    package = described(packs("int8"))
    assert package.tag == "package"
    assert package.get("schemaVersion") == "1.7.32"
    children = [child.tag for child in package]
    assert set(children) >= NEEDED
    assert len(children) == len(set(children))
    assert (package.findtext("vendor"), package.findtext("name")) == ("Thimble", "wrist_motions")
    assert [release.get("version") for release in package.iter("release")] == ["1.0.0"]
    conditions = {one.get("id") for one in package.iter("condition")}
    for one in package.iter("component"):
        assert {"Cclass", "Cgroup", "Csub", "Cversion", "condition"} <= set(one.attrib)
        assert all(GROUP.fullmatch(one.get(name)) for name in ("Cclass", "Cgroup", "Csub"))
        assert one.get("condition") in conditions
        assert one.findtext("description")
        assert {file.get("category") for file in one.iter("file")} <= CATEGORIES
    required = next(package.iter("require"))
    assert required.get("Csub") == "Model"
    assert {accept.get("Dcore") for accept in package.iter("accept")} >= {
        "Cortex-M0+",
        "Cortex-M4",
        "Cortex-M55",
    }


def test_every_file_of_the_pack_belongs_to_a_component_and_every_file_named_is_there(packs):
    pack = packs("int8")
    package = described(pack)
    named = {file.get("name") for file in package.iter("file")}
    there = {path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()}
    assert all((pack / name).exists() for name in named)
    assert there - named == {"LICENSE", "Thimble.wrist_motions.pdsc"}


@pytest.mark.parametrize("variant", ["int8", "float32"])
@pytest.mark.parametrize("core", ["rp2040", "cortex-m7", "cortex-m55"])
def test_the_two_components_build_as_a_tool_would_and_the_self_test_passes(packs, tmp_path, core, variant):
    """What a tool does: the sources and include folders of the chosen components, with its own flags."""
    pack = packs(variant)
    package = described(pack)
    chosen = [component(package, sub) for sub in ("Model", "Self-test")]
    (tmp_path / "firmware.h").write_text(runtime_sources()["firmware.h"])
    (tmp_path / "main.c").write_text(program("selftest", name="wrist_motions", NAME="WRIST_MOTIONS"))
    sources = [pack / name for one in chosen for name in files(one, "sourceC")]
    includes = [pack / name for one in chosen for name in files(one, "include")]
    board = machine(core)
    objects = board.compile(
        [*sources, tmp_path / "main.c"],
        [*includes, tmp_path],
        tmp_path / "objects",
        ("-Os", "-ffp-contract=fast"),
    )
    assert board.run(board.link(objects, tmp_path)) == (0, "")


def test_hostile_names_stay_text():
    target = target_of("cmsis-pack")
    made = hostile_bundle('evil"\n</description><x/> & \x00 ]]> */')
    found = deployment_files(target, made, target.Options(name="evil"), lambda share, message: None)
    with zipfile.ZipFile(BytesIO(found["Thimble.evil.1.0.0.pack"])) as archive:
        package = ElementTree.fromstring(archive.read("Thimble.evil.pdsc"))
    assert package.findtext("description").startswith('evil" </description><x/> & ]]> */: raw sensor')
    assert not list(package.iter("x"))


def test_a_long_name_becomes_a_group_that_is_its_own():
    names = ["a" * 33 + "b", "a" * 33 + "c", "short"]
    groups = {group_of(name) for name in names}
    assert len(groups) == 3
    assert all(GROUP.fullmatch(group) for group in groups)


def test_only_cortex_m_has_packs():
    target = target_of("cmsis-pack")
    board = board_of("cortex-m33")
    assert target.refuses_board(board) == ""
    assert "Cortex-M" in target.refuses_board(board.model_copy(update={"core": "AVR"}))


def test_the_same_model_gives_the_same_bytes(tmp_path):
    zips = [zip_of("cmsis-pack", bundle("motion"), tmp_path / name).read_bytes() for name in "ab"]
    assert zips[0] == zips[1]
