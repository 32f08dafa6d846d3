"""Options that every target with the C library has."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from deploy_targets.bundle import DeployBundle
from pipelines.compile.c_names import MAX_IDENTIFIER, checked_identifier, identifier_from
from pipelines.compile.library import Library

_NUMBER = r"(0|[1-9][0-9]{0,5})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")


def _name(value: str) -> str:
    return checked_identifier(value) if value else value


def _version(value: str) -> str:
    if not _VERSION.fullmatch(value):
        raise ValueError(f"version: {value!r} must be three numbers with dots, as in 1.0.0")
    return value


class LibraryOptions(BaseModel):
    """How the library is called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, AfterValidator(_name)] = Field(
        "",
        title="Library name",
        description="Begins the name of every function and file, so that several libraries can live in one "
        "firmware. Lower-case letters, digits and underscores. Empty: made from the project's name.",
        max_length=MAX_IDENTIFIER,
    )


class PackageOptions(LibraryOptions):
    """How the library is called, and the version that a package manager knows it by."""

    version: Annotated[str, AfterValidator(_version)] = Field(
        "1.0.0",
        title="Version",
        description="Three numbers with dots. Raise it when you deploy a better model, so that package managers "
        "notice.",
        max_length=20,
    )


def library_name(bundle: DeployBundle, options: Any) -> str:
    """The name that was chosen, or one made from the project's."""
    return options.name or identifier_from(bundle.project)


def library_of(bundle: DeployBundle, options: Any) -> Library:
    """The library under its chosen name.

    Raises:
        CompileError: the model cannot become C.
    """
    return bundle.library(library_name(bundle, options))
