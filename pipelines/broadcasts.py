"""Finding broadcasts among private-looking messages: one text to many, one row a recipient.

Equal bodies from one sender within a minute to more than three students are one broadcast.
Works on the candidates alone, which are few.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.spill import hash_column
from rules.facts import SMALL_GROUP

MINUTE = 60_000_000  # microseconds
COPY = np.dtype(
    [("sender", "<u8"), ("body", "<u8"), ("at", "<i8"), ("key", "<u8"), ("thread", "<u8")]
)


def write_copies(path: Path, candidates: pa.RecordBatch) -> None:
    """Append what is needed of `RESOLVED` candidates from staff to students."""
    there = pc.fill_null(pc.greater(pc.binary_length(candidates["body"]), 0), False)
    chosen = candidates.filter(pc.and_(candidates["from_staff"], there))
    rows = np.zeros(chosen.num_rows, dtype=COPY)
    rows["sender"] = hash_column(chosen["sender"])
    rows["body"] = hash_column(pc.utf8_trim_whitespace(chosen["body"]))
    rows["at"] = chosen["sent_at"].cast(pa.int64()).to_numpy(zero_copy_only=False)
    rows["key"] = key_halves(chosen["key"])
    rows["thread"] = chosen["thread_key"].to_numpy(zero_copy_only=False)
    with path.open("ab") as file:
        rows.tofile(file)


def key_halves(keys: pa.Array) -> npt.NDArray[np.uint64]:
    """The first eight bytes of (n,) 16-byte keys as numbers."""
    halves = np.frombuffer(keys.buffers()[1], dtype="<u8").reshape(-1, 2)
    return halves[keys.offset : keys.offset + len(keys), 0]


def audiences(paths: Iterable[Path]) -> dict[int, int]:
    """Key half -> threads reached, for every message that is part of a broadcast."""
    parts = [np.fromfile(path, dtype=COPY) for path in paths if path.exists()]
    if not parts:
        return {}
    rows = np.unique(np.concatenate(parts))
    if not len(rows):
        return {}
    rows = rows[np.lexsort((rows["at"], rows["body"], rows["sender"]))]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows["sender"][1:] != rows["sender"][:-1]) | (rows["body"][1:] != rows["body"][:-1])
    starts = np.flatnonzero(new)
    found: dict[int, int] = {}
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        if end - start > SMALL_GROUP:
            found.update(_within_a_minute(rows[start:end]))
    return found


def _within_a_minute(rows: npt.NDArray[np.void]) -> dict[int, int]:
    at = rows["at"]
    first = np.searchsorted(at, at - MINUTE)
    last = np.searchsorted(at, at + MINUTE, side="right")
    found = {}
    for place, (begin, end) in enumerate(zip(first, last, strict=True)):
        reached = len(np.unique(rows["thread"][begin:end])) if end - begin > SMALL_GROUP else 0
        if reached > SMALL_GROUP:
            found[int(rows["key"][place])] = reached
    return found
