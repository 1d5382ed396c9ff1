"""The contract of an export format: a new format is one new file that implements `Format`.

Rule of this folder: readers turn exports into `MESSAGE` batches and account for every record
in a `Ledger`. They know no people, no rules and no Beam. Expected trouble in a record is
quarantined with a reason; they raise only for what no record can explain.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa

from pipelines.counters import NOT_READ, Ledger
from pipelines.errors import Problem
from pipelines.message import MESSAGE, RECIPIENT, ZoneBasis

BATCH_ROWS = 32_768
"""Rows in a batch: large enough for columns to pay, small enough that memory stays flat."""

NeedsText = Callable[[pa.RecordBatch], pa.BooleanArray]
"""Tells a reader, from participants alone, which messages' text is worth decoding."""


@dataclass(frozen=True)
class Export:
    """One [[source]] of the configuration, as a reader sees it."""

    name: str
    format: str
    path: Path
    base: Path  # files are named relative to it
    time_zone: str  # of the district
    region: str
    work: Path  # owner-only folder for temporary files, removed after the run
    needs_text: NeedsText
    declared_zone: str = ""  # of times without a zone, where somebody has said it

    @property
    def bare_zone(self) -> tuple[str, ZoneBasis]:
        """The zone of times that carry none, and how it is known."""
        if self.declared_zone:
            return self.declared_zone, ZoneBasis.DECLARED
        return self.time_zone, ZoneBasis.ASSUMED

    def name_of(self, file: Path | str) -> str:
        """The file as it is named in outputs: relative, with forward slashes."""
        path = Path(file)
        return (
            path.relative_to(self.base).as_posix() if path.is_relative_to(self.base) else str(file)
        )


class Format(ABC):
    """One export format."""

    name: ClassVar[str]
    title: ClassVar[str]
    channel: ClassVar[str]

    @abstractmethod
    def recognises(self, path: Path) -> bool:
        """Whether a file or folder looks like this format, by header and content."""

    @abstractmethod
    def problems(self, export: Export) -> Iterator[Problem]:
        """Everything wrong with an export that headers can show; reads no more than that."""

    def notices(self, export: Export) -> Iterator[Problem]:
        """What a run will put in quarantine as far as it can be told beforehand; stops nothing."""
        yield from ()

    @abstractmethod
    def read(self, export: Export, ledger: Ledger) -> Iterator[pa.RecordBatch]:
        """Yield `MESSAGE` batches and account for every record in the ledger."""

    def identities(self, export: Export) -> dict[str, str]:
        """LMS user id -> SIS id, where the export carries such a table; else empty."""
        return {}


_EXPORT_LIKE = (".csv", ".tsv", ".json", ".jsonl", ".gz", ".zip", ".mbox", ".pst", ".eml", ".xlsx")


def note_unread(export: Export, takes: tuple[str, ...], ledger: Ledger) -> None:
    """Count files below the path that look like exports and that a reader does not take.

    Links are never followed. A person must look: what is in such a file was not scanned.
    """
    for path in export.path.rglob("*") if export.path.is_dir() else ():
        name = path.name.lower()
        wanted = name.endswith(takes) and not path.is_symlink()
        if not wanted and not path.is_dir() and name.endswith(_EXPORT_LIKE):
            ledger.notes[NOT_READ] += 1


def message_batch(**columns: pa.Array | pa.Scalar | str | bool | None) -> pa.RecordBatch:
    """Build a `MESSAGE` batch; a scalar stands for a whole column, a missing one is null."""
    rows = next(len(column) for column in columns.values() if isinstance(column, pa.Array))
    defaults: dict[str, object] = {"automatic": False, "delivered": True}
    arrays = []
    for field in MESSAGE:
        value = columns.get(field.name, defaults.get(field.name))
        if isinstance(value, pa.ChunkedArray):
            value = value.combine_chunks()
        if not isinstance(value, pa.Array):
            value = pa.repeat(pa.scalar(value, field.type), rows)
        arrays.append(value if value.type == field.type else value.cast(field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=MESSAGE)


def one_recipient(handles: pa.Array, field: str) -> pa.ListArray:
    """Recipients of messages that have exactly one: (n,) handles -> (n,) lists of one."""
    rows = len(handles)
    values = pa.StructArray.from_arrays(
        [handles, pa.nulls(rows, pa.string()), pa.repeat(pa.scalar(field), rows)],
        fields=list(RECIPIENT),
    )
    return pa.ListArray.from_arrays(pa.array(np.arange(rows + 1, dtype=np.int32)), values)
