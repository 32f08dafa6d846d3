"""The description of a software pack (``.pdsc``)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from xml.etree import ElementTree

from deploy_targets.bundle import DeployBundle
from deploy_targets.c_library.plain_text import one_line
from pipelines.compile.library import Library

VENDOR = "Thimble"
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA_FILE = (
    "https://raw.githubusercontent.com/Open-CMSIS-Pack/Open-CMSIS-Pack-Spec/v1.7.32/schema/PACK.xsd"
)
_SCHEMA_VERSION = "1.7.32"
_CORES = ("Cortex-M0", "Cortex-M0+", "Cortex-M1", "Cortex-M3", "Cortex-M4", "Cortex-M7")
_CORES_V8 = ("Cortex-M23", "Cortex-M33", "Cortex-M35P", "Cortex-M52", "Cortex-M55", "Cortex-M85")
_CLASS = "Machine Learning"
_MAX_GROUP = 32
"""Characters that the schema allows; a library's name may have more."""


def group_of(name: str) -> str:
    """The library's name as a component group: a long one is cut, and a hash keeps it apart from others."""
    if len(name) <= _MAX_GROUP:
        return name
    return f"{name[: _MAX_GROUP - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def description(library: Library, bundle: DeployBundle, version: str, files: Sequence[str]) -> bytes:
    """The document.

    Args:
        files: paths in the pack: of ``src/``, ``selftest/`` and at its top.
    """
    ElementTree.register_namespace("xs", _SCHEMA)
    package = ElementTree.Element(
        "package", {"schemaVersion": _SCHEMA_VERSION, f"{{{_SCHEMA}}}noNamespaceSchemaLocation": _SCHEMA_FILE}
    )
    _text(package, "vendor", VENDOR)
    _text(package, "name", library.name)
    _text(package, "description", f"{one_line(bundle.project)}: raw sensor samples in, probabilities out")
    # The pack is given from hand to hand: it has no address.
    _text(package, "url", "")
    _text(package, "license", "LICENSE")
    releases = ElementTree.SubElement(package, "releases")
    _text(releases, "release", f"{bundle.variant}, made by Thimble", version=version)
    keywords = ElementTree.SubElement(package, "keywords")
    for word in ("machine learning", "classifier"):
        _text(keywords, "keyword", word)
    _conditions(package, library, version)
    group = group_of(library.name)
    taxonomy = ElementTree.SubElement(package, "taxonomy")
    _text(taxonomy, "description", one_line(bundle.project), Cclass=_CLASS, Cgroup=group)
    components = ElementTree.SubElement(package, "components")
    model = "Features and model, without malloc"
    _component(components, (group, "Model"), version, "Cortex-M", model, _of(files, "src/"))
    test = "Real windows, whose answers must be those that were measured"
    _component(components, (group, "Self-test"), version, "Library", test, _of(files, "selftest/"))
    ElementTree.indent(package)
    text = ElementTree.tostring(package, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _conditions(package: ElementTree.Element, library: Library, version: str) -> None:
    conditions = ElementTree.SubElement(package, "conditions")
    core = ElementTree.SubElement(conditions, "condition", id="Cortex-M")
    _text(core, "description", "Any Arm Cortex-M")
    for name in (*_CORES, *_CORES_V8):
        ElementTree.SubElement(core, "accept", Dcore=name)
    needed = ElementTree.SubElement(conditions, "condition", id="Library")
    _text(needed, "description", "The library that is tested")
    ElementTree.SubElement(
        needed, "require", Cclass=_CLASS, Cgroup=group_of(library.name), Csub="Model", Cversion=version
    )


def _component(
    parent: ElementTree.Element,
    name: tuple[str, str],
    version: str,
    condition: str,
    text: str,
    files: Sequence[str],
) -> None:
    component = ElementTree.SubElement(
        parent,
        "component",
        Cclass=_CLASS,
        Cgroup=name[0],
        Csub=name[1],
        Cversion=version,
        condition=condition,
    )
    _text(component, "description", text)
    listed = ElementTree.SubElement(component, "files")
    folder = files[0].split("/")[0]
    ElementTree.SubElement(listed, "file", category="doc", name="README.md")
    ElementTree.SubElement(listed, "file", category="include", name=f"{folder}/")
    for path in files:
        category = "sourceC" if path.endswith(".c") else "header"
        ElementTree.SubElement(listed, "file", category=category, name=path)


def _of(files: Sequence[str], folder: str) -> list[str]:
    return [path for path in files if path.startswith(folder)]


def _text(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = text
