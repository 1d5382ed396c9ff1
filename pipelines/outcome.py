"""What examination found, kept on disk until it is published.

Rule of this file: findings grow with the log, so they are never all in memory. Each is written
once, as a pickle in a file of its bundle; an index entry for each group (the findings of one
staff side and one student or group) is small enough to hold and to sort.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from pipelines.assemble import assemble_case
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
            pickle.dump(finding, file, pickle.HIGHEST_PROTOCOL)
            yield finding.case_id, place


@dataclass(frozen=True, order=True)
class Entry:
    """Where a group lies; entries sort worst case first, then latest, groups without case last."""

    rank: tuple[int, float, str]  # minus severity (1 without case), minus time, id
    places: tuple[Place, ...]


def entry(places: Sequence[Place]) -> Entry:
    """The entry of one group; its findings are read for their rank and let go."""
    with ExitStack() as opened:
        findings, case = _group(places, opened, {})
    last = max(one.message.sent_at for one in findings).timestamp()
    rank = (-int(case.severity) if case else 1, -last, findings[0].case_id)
    return Entry(rank, tuple(places))


def read_groups(entries: Sequence[Entry]) -> Iterator[Group]:
    """Groups in the order of their entries, one in memory at a time."""
    files: dict[str, IO[bytes]] = {}
    with ExitStack() as opened:
        for one in entries:
            yield _group(one.places, opened, files)


def _group(places: Sequence[Place], opened: ExitStack, files: dict[str, IO[bytes]]) -> Group:
    findings: list[Finding] = []
    for path, offset in places:
        file = files.get(path) or opened.enter_context(Path(path).open("rb"))  # noqa: SIM115
        files[path] = file
        file.seek(offset)
        findings.append(pickle.load(file))
    return assemble_case(findings)
