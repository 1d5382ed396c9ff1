"""Give the files of a roster export, from a folder or from inside a zip.

Rule of this file: nothing is ever written to disk, and nothing of an untrusted zip is read before
its names, sizes and ratios have been looked at. It knows no column and no format but UTF-8 text.

A zip entry's declared size binds: `zipfile` stops there and then checks the CRC, so an entry that
lies about its size is refused too. Deflate cannot pass about 1,032:1 (zlib's technical notes);
roster files compress 5:1 to 40:1.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.errors import Problem

MAX_FILE_BYTES = 1 << 30
MAX_TOTAL_BYTES = 4 << 30
MAX_RATIO = 200
RATIO_FROM_BYTES = 1 << 20  # below this size a ratio says nothing
MAX_ENTRIES = 1000


@dataclass(frozen=True)
class RosterFiles:
    """The files found, by lower-cased name. Only valid while `open_roster_files` is open."""

    label: str
    readers: dict[str, Callable[[], bytes]]

    def holds(self, name: str) -> bool:
        """Whether the export has the file, whatever its case."""
        return name.lower() in self.readers

    def where(self, name: str) -> str:
        """How problems name a file of this export: roster/users.csv."""
        return f"{self.label}/{name}"

    def text(self, name: str, problems: list[Problem]) -> str | None:
        """Give a file's text without its byte-order mark; None when absent or unreadable.

        An unreadable file adds a problem, an absent one does not.
        """
        if not self.holds(name):
            return None
        try:
            return self.readers[name.lower()]().decode("utf-8-sig")
        except UnicodeDecodeError:
            what, remedy = "this is not UTF-8 text", "export it as 'CSV UTF-8'"
        except (OSError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile):
            what, remedy = "this file cannot be read", "make the export again, without a password"
        except zlib.error:
            what, remedy = "this file is damaged", "make the export again"
        problems.append(Problem(self.where(name), what, remedy))
        return None


@contextmanager
def open_roster_files(path: Path, problems: list[Problem]) -> Iterator[RosterFiles]:
    """Open a roster folder or zip for reading; what is wrong goes to `problems`.

    With problems, the files given are none.
    """
    if path.is_dir():
        found = [(entry.name, entry.read_bytes) for entry in sorted(path.iterdir())]
        yield _named(path.name, found, problems)
        return
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        problems.append(
            Problem(path.name, "there is no such folder or zip", "mend oneroster in district.toml")
        )
        yield RosterFiles(path.name, {})
        return
    except (OSError, zipfile.BadZipFile):
        problems.append(
            Problem(path.name, "this is neither a folder nor a zip", "export the roster again")
        )
        yield RosterFiles(path.name, {})
        return
    with archive:
        entries = [info for info in archive.infolist() if not info.is_dir()]
        refused = _refusals(path.name, entries)
        problems += refused
        names = _without_common_folder([info.filename for info in entries])
        found = [
            (name, lambda info=info: archive.read(info))  # type: ignore[misc]
            for name, info in zip(names, entries, strict=True)
        ]
        yield RosterFiles(path.name, {}) if refused else _named(path.name, found, problems)


def _named(
    label: str, found: list[tuple[str, Callable[[], bytes]]], problems: list[Problem]
) -> RosterFiles:
    readers: dict[str, Callable[[], bytes]] = {}
    for name, reader in found:
        key = name.lower()
        if not key.endswith(".csv"):
            continue
        if key in readers:
            problems.append(
                Problem(f"{label}/{name}", "this file is there twice", "keep one of the two")
            )
        readers[key] = reader
    return RosterFiles(label, readers)


def _refusals(label: str, entries: list[zipfile.ZipInfo]) -> list[Problem]:
    """What forbids reading this zip at all."""
    advice = "ask for a plain OneRoster zip with the CSV files in its root"
    if len(entries) > MAX_ENTRIES:
        return [Problem(label, f"the zip holds more than {MAX_ENTRIES} files", advice)]
    refused: list[Problem] = []
    for place, info in enumerate(entries, start=1):
        where = f"{label}: zip entry {place}"
        if _escapes(info):
            refused.append(Problem(where, "its name leads out of the zip", advice))
        elif info.file_size > MAX_FILE_BYTES:
            refused.append(Problem(where, "it unpacks to more than 1 GiB", advice))
        elif info.file_size > RATIO_FROM_BYTES and info.file_size > MAX_RATIO * max(
            info.compress_size, 1
        ):
            refused.append(Problem(where, f"it is compressed more than {MAX_RATIO} times", advice))
        elif info.flag_bits & 1:
            refused.append(
                Problem(where, "it is locked with a password", "export without a password")
            )
    if sum(info.file_size for info in entries) > MAX_TOTAL_BYTES:
        refused.append(Problem(label, "the zip unpacks to more than 4 GiB", advice))
    return refused


def _escapes(info: zipfile.ZipInfo) -> bool:
    """Whether an entry's name is absolute, climbs, hides behind a drive, or is a link.

    `orig_filename` is looked at too: `filename` has been cut at a NUL and had its separators
    changed already.
    """
    for name in (info.filename, info.orig_filename):
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
            return True
    return stat.S_ISLNK(info.external_attr >> 16)


def _without_common_folder(names: list[str]) -> list[str]:
    """Cut the one folder some producers wrap the files in; deeper files keep their path."""
    folders = {name.split("/")[0] for name in names if not name.startswith("__MACOSX/")}
    if len(folders) == 1 and all("/" in n for n in names):
        return [
            name.partition("/")[2] if not name.startswith("__MACOSX/") else name for name in names
        ]
    return names
