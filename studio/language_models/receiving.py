"""Taking in a file piece by piece, from wherever the last attempt broke off, never whole in memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.http import UnreadablePostError
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from studio import storage
from studio.language_models import content
from studio.language_models.models import LanguageModel, ModelFile
from studio.language_models.names import MAX_FILES, check_name
from studio.web.exceptions import Conflict, LengthRequired, TooLarge

PIECE_BYTES = 8_000_000
"""What is lost at most where a connection breaks off."""

ROOM_LEFT_BYTES = 1_000_000_000
"""What an upload leaves free on the disk, so that the studio goes on working."""

_CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Piece:
    """Which bytes of a file a request brings: ``offset <= i < offset + length`` of ``size_bytes``."""

    offset: int
    length: int
    size_bytes: int
    sha256: str
    """That of the whole file, where the sender knows it; empty otherwise."""


def announced(request: Request) -> Piece:
    """What a request says that it brings: in ``Content-Range``, or in the query's ``offset`` and ``size``.

    Without a size, the request brings the rest of the file.

    Raises:
        ValidationError: it contradicts itself.
        LengthRequired: it does not say how long it is.
    """
    # Without either header a request has no body (RFC 9112, section 6.3).
    length = request.META.get("CONTENT_LENGTH") or ("" if "HTTP_TRANSFER_ENCODING" in request.META else "0")
    if not length.isdecimal():
        raise LengthRequired()
    sha256 = request.query_params.get("sha256", "")
    if sha256 and not _SHA256.fullmatch(sha256):
        raise ValidationError({"sha256": ["is 64 hexadecimal digits in lower case"]})
    written = request.headers.get("Content-Range", "")
    if written:
        match = _CONTENT_RANGE.fullmatch(written)
        if match is None:
            raise ValidationError({"Content-Range": ["write it as bytes FIRST-LAST/SIZE"]})
        first, last, size = map(int, match.groups())
        if last - first + 1 != int(length) or last >= size:
            raise ValidationError(
                {"Content-Range": [f"{written} does not fit a body of {length} bytes, or that size"]}
            )
        return Piece(first, int(length), size, sha256)
    offset = _number(request, "offset", 0)
    size = _number(request, "size", offset + int(length))
    if offset + int(length) > size:
        raise ValidationError({"size": [f"{offset} and {length} bytes are more than {size}"]})
    return Piece(offset, int(length), size, sha256)


def receive(model: LanguageModel, name: str, piece: Piece, body: IO[bytes]) -> tuple[ModelFile, bool]:
    """Take in what a request brings of a file, and whether the file is new.

    What has arrived stays, also where the connection breaks off in between. The last piece completes the file.

    Raises:
        ValidationError: the name, the size or, at the end, the hash is wrong.
        Conflict: the piece does not join what is there, or nothing may be changed any more.
        TooLarge: the model or the server's disk has no room for it.
    """
    check_name(name)
    file, is_new = _begun(model, name, piece)
    if piece.offset != file.received_bytes:
        raise content.end_is_elsewhere(file, piece.offset)
    offset, end = piece.offset, piece.offset + piece.length
    while offset < end and (bytes_of_it := _read(body, min(PIECE_BYTES, end - offset))):
        content.append(file, offset, bytes_of_it)
        offset += len(bytes_of_it)
    if file.received_bytes == file.size_bytes:
        complete_file(file, piece.sha256)
    return file, is_new


def complete_file(file: ModelFile, expected_sha256: str = "") -> None:
    """Hash what has been received. Where it is not what was expected, all of it is dropped, to be sent again."""
    digest = storage.file_sha256(content.local_path(file))
    if expected_sha256 and digest != expected_sha256:
        delete_file(file)
        raise ValidationError(
            {"sha256": [f"what arrived has the SHA-256 {digest}; it was dropped, send the file again"]}
        )
    if not ModelFile.objects.filter(pk=file.pk, received_bytes=F("size_bytes")).update(sha256=digest):
        raise Conflict({"name": ["the file was deleted meanwhile"]})
    file.sha256 = digest


def delete_file(file: ModelFile) -> None:
    """
    Raises:
        Conflict: the model is ready: what was deployed of it must stay what it was.
    """
    with transaction.atomic():
        _check_open(file.model.lock())
        content.delete_after_commit([file])
        ModelFile.objects.filter(pk=file.pk).delete()


def _begun(model: LanguageModel, name: str, piece: Piece) -> tuple[ModelFile, bool]:
    """The file's row: as it is, or a new one where there is room for it."""
    with transaction.atomic():
        _check_open(model.lock())
        file = model.files.filter(name=name).select_related("model").first()
        if file is not None:
            _check_same(file, piece)
            return file, False
        if piece.size_bytes == 0:
            raise ValidationError({"size": [f"{name} is empty"]})
        if piece.offset:
            raise Conflict({"offset": [f"nothing of {name} is here yet; begin at 0"]})
        _check_room(model, piece.size_bytes)
        try:
            return ModelFile.objects.create(model=model, name=name, size_bytes=piece.size_bytes), True
        except IntegrityError:
            raise Conflict({"name": [f"{name} has just been begun by another request"]}) from None


def _check_open(model: LanguageModel) -> None:
    if model.server_folder or model.state != LanguageModel.State.UPLOADING:
        raise Conflict({"state": ["the model is ready; its files cannot be changed any more"]})


def _check_same(file: ModelFile, piece: Piece) -> None:
    if file.is_complete:
        raise Conflict({"name": [f"{file.name} is complete; delete it to send another"]})
    if file.size_bytes != piece.size_bytes:
        raise Conflict(
            {
                "size": [
                    f"{file.name} was begun with {file.size_bytes} bytes, not {piece.size_bytes}; delete it first"
                ]
            }
        )


def _check_room(model: LanguageModel, size_bytes: int) -> None:
    if model.files.count() >= MAX_FILES:
        raise ValidationError({"name": [f"a language model has at most {MAX_FILES} files"]})
    announced_bytes = model.files.aggregate(total=Sum("size_bytes"))["total"] or 0
    limit = settings.MAX_LANGUAGE_MODEL_BYTES
    if announced_bytes + size_bytes > limit:
        raise TooLarge({"size": [f"a language model may have {limit:,} bytes here, all files together"]})
    room = content.room_bytes()
    if room is not None and size_bytes > room - ROOM_LEFT_BYTES:
        raise TooLarge(
            {"size": [f"the server's disk has room for {max(0, room - ROOM_LEFT_BYTES):,} bytes more"]}
        )


def _read(body: IO[bytes], count: int) -> bytes:
    """Up to ``count`` bytes; fewer where the connection breaks off."""
    parts: list[bytes] = []
    while count:
        try:
            part = body.read(min(count, 1 << 20))
        except (UnreadablePostError, OSError):
            break
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _number(request: Request, name: str, default: int) -> int:
    given = request.query_params.get(name, "")
    if not given:
        return default
    if not given.isdecimal() or not given.isascii() or len(given) > 15:
        raise ValidationError({name: ["is a whole number of bytes"]})
    return int(given)
