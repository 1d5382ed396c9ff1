"""Files of an export, in folders or zips, opened as streams and never unpacked to disk.

A member whose name leaves its folder, or that grows beyond reason, is refused: the caller
quarantines it. Damage inside a compressed stream is raised as `Refused` after everything that
comes before it has been read. Sizes are bytes.
"""

from __future__ import annotations

import gzip
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO, cast

MAX_RATIO = 200
"""Honest mail and CSV compress 3 to 20 times; bombs a thousand times and more."""
RATIO_FLOOR = 50_000_000
"""Below this unpacked size no ratio is suspicious."""
_STEP = 1 << 16
_EMPTY_ZIP = 22  # bytes of an end record, all there is in a zip of nothing
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, LZMAError, struct.error, OSError, EOFError),
    *(ValueError, LookupError, RuntimeError),
)
"""What the standard library raises on damaged zips and gzips (NotImplementedError included)."""


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
        if not p.is_symlink() and not _hidden(p.relative_to(path))
    ]


def zip_members(archive: ExportFile) -> tuple[list[ExportFile], list[Refused]]:
    """Members of a zip that may be read, and those refused with the reason."""
    members: list[ExportFile] = []
    refused: list[Refused] = []
    try:
        with zipfile.ZipFile(archive.path) as opened:
            infos = opened.infolist()
    except _DAMAGE as error:
        return [], [Refused(archive.shown, "broken-archive", type(error).__name__)]
    if not infos and archive.path.stat().st_size > _EMPTY_ZIP:
        return [], [Refused(archive.shown, "broken-archive", "its directory lists nothing")]
    names: set[str] = set()
    for info in sorted(infos, key=lambda info: info.filename):
        if info.filename.endswith("/"):
            continue
        shown = f"{archive.shown}!{info.filename}"
        twice_or_nameless = info.filename in names or not info.filename
        reason = "broken-archive" if twice_or_nameless else _why_not(info)
        names.add(info.filename)
        if reason:
            refused.append(Refused(shown, reason, f"{info.file_size} bytes"))
        elif not _hidden(PurePosixPath(info.filename)):
            members.append(ExportFile(shown, archive.path, info.filename, info.file_size))
    return members, refused


def _why_not(info: zipfile.ZipInfo) -> str:
    name = info.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
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
    """Open a plain file or a zip member for reading from the start.

    Raises:
        Refused: the archive cannot be opened; while reading, the member is damaged.
    """
    if not file.member:
        with file.path.open("rb") as stream:
            yield stream
        return
    try:
        member = _opened(file.path, file.path.stat().st_mtime_ns).open(file.member)
    except _DAMAGE as error:
        raise Refused(file.shown, "broken-archive", type(error).__name__) from error
    with member:
        yield cast(IO[bytes], Checked(member, file.shown))


@contextmanager
def open_unpacked(file: ExportFile) -> Iterator[IO[bytes]]:
    """Open a file for reading, unpacked where its name ends in .gz.

    Raises:
        Refused: as `open_stream`; while reading, the stream is damaged.
    """
    with open_stream(file) as stream:
        if file.name.endswith(".gz"):
            unpacked = cast(IO[bytes], gzip.GzipFile(fileobj=stream))
            yield cast(IO[bytes], Checked(unpacked, file.shown))
        else:
            yield stream


@lru_cache(maxsize=1)
def _opened(path: Path, changed: int) -> zipfile.ZipFile:
    """A zip kept open for its next member: one of thousands of members has a long directory.

    `changed` is the file's modification time, so that a replaced file is opened anew.
    """
    return zipfile.ZipFile(path)


class Checked(io.RawIOBase):
    """A compressed stream in full reads; damage is raised after what comes before it.

    `zipfile` never gives more than the declared size and checks the sum, so a member that
    declares less than it holds ends here as damaged, not as an explosion.
    """

    def __init__(self, stream: IO[bytes], shown: str) -> None:
        super().__init__()
        self._stream, self._shown = cast(io.BufferedReader, stream), shown
        self._damage: Refused | None = None

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer as far as the stream goes; raises Refused at its damage."""
        done = 0
        while done < len(buffer) and not self._damage:
            try:
                block = self._stream.read1(min(len(buffer) - done, _STEP))
            except _DAMAGE as error:
                self._damage = Refused(self._shown, "truncated-file", type(error).__name__)
                break
            if not block:
                break
            buffer[done : done + len(block)] = block
            done += len(block)
        if self._damage and not done:
            raise self._damage
        return done


def _hidden(path: Path | PurePosixPath) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _shown(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else path.as_posix()
