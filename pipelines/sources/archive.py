"""Files of an export, in folders or zips, opened as streams and never unpacked to disk.

A member whose name leaves its folder, or that grows beyond reason, is refused: the caller
quarantines it. Sizes are bytes.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

MAX_RATIO = 200
"""Honest mail and CSV compress 3 to 20 times; bombs a thousand times and more."""
RATIO_FLOOR = 50_000_000
"""Below this unpacked size no ratio is suspicious."""


@dataclass(frozen=True, order=True)
class ExportFile:
    """A plain file, or a member of a zip; `shown` is its name in every output."""

    shown: str
    path: Path
    member: str = ""
    size: int = 0

    @property
    def name(self) -> str:
        """The last part of the name, lower case."""
        return PurePosixPath(self.member or self.path.as_posix()).name.lower()


class Refused(Exception):
    """An archive or member that may not be read; the reason is a quarantine reason."""

    def __init__(self, shown: str, reason: str, detail: str = "") -> None:
        super().__init__(f"{shown}: {reason} {detail}".strip())
        self.shown, self.reason, self.detail = shown, reason, detail


def plain_files(path: Path, base: Path) -> list[ExportFile]:
    """Regular files at or below a path, sorted by name; hidden files and links are left out."""
    found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return [
        ExportFile(_shown(p, base), p, size=p.stat().st_size)
        for p in found
        if not p.is_symlink() and not any(part.startswith(".") for part in p.relative_to(path).parts)
    ]


def zip_members(archive: ExportFile) -> tuple[list[ExportFile], list[Refused]]:
    """Members of a zip that may be read, and those refused with the reason."""
    members: list[ExportFile] = []
    refused: list[Refused] = []
    try:
        with zipfile.ZipFile(archive.path) as opened:
            infos = opened.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        return [], [Refused(archive.shown, "broken-archive", type(error).__name__)]
    for info in sorted(infos, key=lambda info: info.filename):
        if info.is_dir():
            continue
        shown = f"{archive.shown}!{info.filename}"
        reason = _why_not(info)
        if reason:
            refused.append(Refused(shown, reason, f"{info.file_size} bytes"))
        else:
            members.append(ExportFile(shown, archive.path, info.filename, info.file_size))
    return members, refused


def _why_not(info: zipfile.ZipInfo) -> str:
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0]:
        return "archive-escapes"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "archive-escapes"
    if info.flag_bits & 0x1:
        return "archive-encrypted"
    if info.file_size > RATIO_FLOOR and info.file_size > MAX_RATIO * max(1, info.compress_size):
        return "archive-explodes"
    return ""


@contextmanager
def open_stream(file: ExportFile) -> Iterator[IO[bytes]]:
    """Open a plain file or a zip member for reading from the start."""
    if not file.member:
        with file.path.open("rb") as stream:
            yield stream
        return
    with zipfile.ZipFile(file.path) as opened, opened.open(file.member) as member:
        yield Bounded(member, file)


class Bounded(io.RawIOBase):
    """A stream that refuses to grow beyond its declared size: lying headers explode."""

    def __init__(self, stream: IO[bytes], file: ExportFile) -> None:
        super().__init__()
        self._stream, self._file = stream, file
        self._left = file.size

    def readable(self) -> bool:
        """Always true."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read at most `size` bytes; raises Refused past the declared size."""
        block = self._stream.read(size)
        self._left -= len(block)
        if self._left < 0:
            raise Refused(self._file.shown, "archive-explodes", f"more than {self._file.size} bytes")
        return block

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Read into a buffer."""
        block = self.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


def _shown(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else path.as_posix()
