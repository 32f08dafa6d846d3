"""How uploaded files arrive: streamed to a temporary file, hashed on the way, never whole in memory."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from studio.web.exceptions import TooLarge

_MULTIPART_OVERHEAD_BYTES = 1_000_000
"""What headers and the other fields of a form may take beside the file."""


class HashedUpload(TemporaryUploadedFile):
    """An uploaded file on disk, with the SHA-256 of its content in hex."""

    sha256: str


class HashingUploadHandler(FileUploadHandler):
    """Django's upload handler for every request.

    Raises:
        TooLarge: over ``MAX_UPLOAD_BYTES``; as soon as that is known, not when the disk is full.
    """

    chunk_size = 256 * 1024

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: bytes,
        encoding: Any = None,
    ) -> None:
        if content_length > settings.MAX_UPLOAD_BYTES + _MULTIPART_OVERHEAD_BYTES:
            raise _too_large("file")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = HashedUpload(self.file_name, self.content_type, 0, self.charset, self.content_type_extra)
        self._hash = hashlib.sha256()
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size > settings.MAX_UPLOAD_BYTES:
            self.file.close()
            raise _too_large(self.field_name)
        self._hash.update(raw_data)
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> HashedUpload:
        self.file.seek(0)
        self.file.size = file_size
        self.file.sha256 = self._hash.hexdigest()
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


def _too_large(field: str) -> TooLarge:
    limit = settings.MAX_UPLOAD_BYTES
    return TooLarge({field: [f"the file is over {limit:,} bytes; cut the recording into shorter files"]})
