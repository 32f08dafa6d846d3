"""From files to a language model that can be deployed: opened once, and refused by field where that fails."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from rest_framework.exceptions import ValidationError

from pipelines.language.model_folder import LanguageModelError, open_model
from studio.language_models.folder import link_files
from studio.language_models.models import LanguageModel, ModelFile, files_of
from studio.language_models.receiving import complete_file
from studio.language_models.server_folders import server_folder
from studio.web.exceptions import Conflict


def complete(model: LanguageModel) -> None:
    """Make an uploaded model ready. Does nothing where it is.

    Raises:
        ValidationError: by field, what is missing or what the files get wrong.
        Conflict: somebody changed the files meanwhile.
    """
    if model.state == LanguageModel.State.READY:
        return
    _complete_files(model)
    checked = files_of(model)
    facts = _facts(model)
    with transaction.atomic():
        if files_of(model.lock()) != checked:
            raise Conflict({"files": ["the files were changed meanwhile; complete the model again"]})
        model.state = LanguageModel.State.READY
        model.facts = facts
        model.save(update_fields=["state", "facts"])


def add_from_server(model: LanguageModel) -> None:
    """Save a new model with the files of its folder on the server.

    Raises:
        ValidationError: by field, why that folder cannot be used.
    """
    folder = server_folder(model.server_folder)
    with transaction.atomic():
        model.state = LanguageModel.State.READY
        model.save()
        ModelFile.objects.bulk_create(
            ModelFile(model=model, name=name, size_bytes=size, received_bytes=size)
            for name, size in folder.files.items()
        )
        model.facts = _facts(model)
        model.save(update_fields=["facts"])


def _complete_files(model: LanguageModel) -> None:
    files = list(model.files.select_related("model"))
    if not files:
        raise ValidationError(
            {"files": ["send the model's files first: config.json, weights, tokenizer.json"]}
        )
    for file in files:
        if file.received_bytes < file.size_bytes:
            raise ValidationError(
                {
                    f"files.{file.name}": [
                        f"{file.received_bytes:,} of {file.size_bytes:,} bytes have arrived; send the rest"
                    ]
                }
            )
        if not file.is_complete:
            complete_file(file)


def _facts(model: LanguageModel) -> dict[str, Any]:
    """What the files say of the model (JSON).

    Raises:
        ValidationError: they are not those of a model that is known, by field.
    """
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as temporary:
        folder = Path(temporary) / "model"
        link_files(model, folder)
        try:
            opened = open_model(folder)
        except LanguageModelError as error:
            raise ValidationError({error.field: [str(error).removeprefix(f"{error.field}: ")]}) from None
    network = opened.architecture
    return {
        "architecture": network.family.id,
        "parameters": opened.parameters,
        "weight_bytes": opened.weight_bytes,
        "layers": network.layers,
        "vocabulary": network.vocabulary,
        "context_tokens": network.context_tokens,
    }
