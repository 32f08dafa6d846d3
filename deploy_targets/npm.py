"""What an npm package is called: the checks of npm's own ``validate-npm-package-name``, as options of a target."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from deploy_targets.bundle import DeployBundle
from pipelines.compile.c_names import identifier_from

_NAME = re.compile(r"(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*\Z")
_VERSION = re.compile(r"(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}\Z")


def _name(value: str) -> str:
    if value and not _NAME.match(value):
        raise ValueError(
            "a package's name has lower-case letters, digits, dots, hyphens and underscores, and may begin with "
            "@scope/"
        )
    return value


def _version(value: str) -> str:
    if not _VERSION.match(value):
        raise ValueError("a version is three numbers with dots between, such as 1.0.0")
    return value


PackageName = Annotated[
    str,
    AfterValidator(_name),
    Field(
        title="Package name",
        description="The name in package.json, such as wrist-motions or @me/wrist-motions. Empty: made from the "
        "project's name.",
        max_length=100,
    ),
]
PackageVersion = Annotated[
    str,
    AfterValidator(_version),
    Field(title="Version", description="The version in package.json.", max_length=32),
]


def package_name(asked: str, bundle: DeployBundle) -> str:
    """The name that was asked for, else one made from the project's."""
    return asked or identifier_from(bundle.project).replace("_", "-")
