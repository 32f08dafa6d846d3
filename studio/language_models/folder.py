"""A language model's files under their own names in one folder, as whoever works with it wants them."""

from __future__ import annotations

from pathlib import Path

from rest_framework.exceptions import ValidationError

from studio.language_models import content
from studio.language_models.models import LanguageModel
from studio.language_models.server_folders import server_folder


class ModelFolderError(Exception):
    """The files are not what they were when the model was added; in words for the person who deploys it."""


def link_files(model: LanguageModel, folder: Path) -> None:
    """Make ``folder`` and put a link to each of the model's files in it: nothing is copied.

    Raises:
        ModelFolderError: a folder on the server has changed or is gone.
    """
    folder.mkdir()
    for name, path in paths_of(model).items():
        (folder / name).symlink_to(path)


def paths_of(model: LanguageModel) -> dict[str, Path]:
    """Where each file lies on this host, by name; see :func:`link_files`."""
    if not model.server_folder:
        return {file.name: content.local_path(file) for file in model.files.select_related("model")}
    try:
        found = server_folder(model.server_folder)
    except ValidationError as error:
        raise ModelFolderError(
            f"the folder {model.server_folder} on the server cannot be used any more: "
            f"{error.detail['server_folder'][0]}"
        ) from None
    if found.files != dict(model.files.values_list("name", "size_bytes")):
        raise ModelFolderError(
            f"the folder {model.server_folder} on the server has changed since the model was added; "
            "delete the language model and add it anew"
        )
    return {name: found.path / name for name in found.files}
