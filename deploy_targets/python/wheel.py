"""Write a wheel: the same files always into the same bytes.

Format: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Wheel:
    """What a wheel says of itself.

    Args:
        package: the importable package, which also names the project on an index.
        version: three numbers with dots between.
        summary: one line, any text.
        readme: Markdown.
        platform: compressed set of platform tags, ``manylinux_2_17_x86_64.manylinux2014_x86_64``.
        requires_python: ``>=3.10``.
    """

    package: str
    version: str
    summary: str
    readme: str
    platform: str
    requires_python: str

    @property
    def file_name(self) -> str:
        return f"{self.package}-{self.version}-py3-none-{self.platform}.whl"

    def write(self, files: Mapping[str, bytes], licence: bytes) -> bytes:
        """The wheel's bytes. ``files`` are those of the package, by their names in it."""
        information = f"{self.package}-{self.version}.dist-info"
        record = f"{information}/RECORD"
        whole = {f"{self.package}/{name}": content for name, content in sorted(files.items())}
        whole |= {
            f"{information}/METADATA": self._metadata().encode(),
            f"{information}/WHEEL": self._wheel().encode(),
            f"{information}/licenses/LICENSE": licence,
        }
        lines = [f"{name},{_digest(content)},{len(content)}\n" for name, content in whole.items()]
        whole[record] = "".join([*lines, f"{record},,\n"]).encode()
        return _zipped(whole)

    def _metadata(self) -> str:
        summary = " ".join("".join(c if c.isprintable() else " " for c in self.summary).split())
        return (
            "Metadata-Version: 2.4\n"
            f"Name: {self.package}\n"
            f"Version: {self.version}\n"
            f"Summary: {summary}\n"
            "License-Expression: Apache-2.0\n"
            "License-File: LICENSE\n"
            f"Requires-Python: {self.requires_python}\n"
            "Description-Content-Type: text/markdown\n"
            "\n"
            f"{self.readme}"
        )

    def _wheel(self) -> str:
        tags = "".join(f"Tag: py3-none-{platform}\n" for platform in self.platform.split("."))
        return f"Wheel-Version: 1.0\nGenerator: thimble\nRoot-Is-Purelib: false\n{tags}"


def _digest(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=_TIME)
            entry.create_system = 3
            entry.external_attr = (0o755 if name.endswith(".so") else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)
    return buffer.getvalue()
