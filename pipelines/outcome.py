"""What examination found, kept on disk by case until it is published.

Rule of this file: findings grow with the log, so they are never all in memory. Each group (the
findings of one staff side and one student or group, and their case if there is one) is a pickle
in a file of its bundle; an index entry a group is small enough to hold and to sort.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from pipelines.findings import Case, Finding

Group = tuple[tuple[Finding, ...], Case | None]


Place = tuple[str, int]
"""Where a pickle lies: path and offset."""


def write_findings(work: Path, findings: Iterator[Finding]) -> Iterator[tuple[str, Place]]:
    """Write findings to a file of their own; yields the case id and the place of each."""
    path = work / f"{uuid4().hex}-findings.bin"
    with path.open("wb") as file:
        for finding in findings:
            place = (str(path), file.tell())
            pickle.dump(finding, file)
            yield finding.case_id, place


def read_findings(places: Sequence[Place]) -> Iterator[Finding]:
    """Findings in the order of their places."""
    yield from _read(places)


@dataclass(frozen=True, order=True)
class Entry:
    """Where a group lies; entries sort worst case first, then latest, groups without case last."""

    rank: tuple[int, float, str]  # minus severity (1 without case), minus time, id
    path: str
    offset: int


class GroupWriter:
    """Writes the groups of one bundle; holds no file open, so that a failed bundle leaves none."""

    def __init__(self, work: Path) -> None:
        self._path = work / f"{uuid4().hex}-groups.bin"

    def write(self, group: Group) -> Entry:
        """Append a group; returns its place."""
        findings, case = group
        last = max(one.message.sent_at for one in findings).timestamp()
        rank = (-int(case.severity) if case else 1, -last, findings[0].case_id)
        with self._path.open("ab") as file:
            offset = file.tell()
            pickle.dump(group, file)
        return Entry(rank, str(self._path), offset)


def read_groups(entries: Sequence[Entry]) -> Iterator[Group]:
    """Groups in the order of their entries, one in memory at a time."""
    yield from _read([(entry.path, entry.offset) for entry in entries])


def _read(places: Sequence[Place]) -> Iterator[Any]:
    files: dict[str, IO[bytes]] = {}
    with ExitStack() as opened:
        for path, offset in places:
            if path not in files:
                files[path] = opened.enter_context(Path(path).open("rb"))
            files[path].seek(offset)
            yield pickle.load(files[path])
