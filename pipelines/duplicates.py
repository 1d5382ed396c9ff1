"""Counting each message once, exactly, without holding messages: 16-byte digests on disk.

Rule of this file: a message exported twice is counted as a duplicate of the source that comes
later in the configuration; nothing here decides which copy is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

DIGEST = np.dtype([("a", "<u8"), ("b", "<u8"), ("source", "<u2"), ("candidate", "u1")])
PARTS = 16


@dataclass(frozen=True)
class Tally:
    """Exact numbers over all sources: duplicates by source, distinct messages, candidates."""

    duplicates: dict[int, int]
    messages: int
    examined: int


class DigestWriter:
    """Appends digests of one bundle to files of its own, by the high bits of the digest."""

    def __init__(self, folder: Path, name: str) -> None:
        self._paths = [folder / f"{name}-digests-{number:02d}.bin" for number in range(PARTS)]
        self._files = [path.open("wb") for path in self._paths]

    def write(self, keys: pa.Array, source: int, candidate: pa.BooleanArray) -> None:
        """Digests of (n,) 16-byte keys, all of one source."""
        halves = np.frombuffer(keys.buffers()[1], dtype="<u8").reshape(-1, 2)
        halves = halves[keys.offset : keys.offset + len(keys)]
        rows = np.zeros(len(keys), dtype=DIGEST)
        rows["a"], rows["b"], rows["source"] = halves[:, 0], halves[:, 1], source
        rows["candidate"] = candidate.to_numpy(zero_copy_only=False)
        part = (rows["a"] >> np.uint64(60)).astype(np.int64)
        order = np.argsort(part, kind="stable")
        edges = np.searchsorted(part[order], np.arange(PARTS + 1))
        rows = rows[order]
        for number, file in enumerate(self._files):
            rows[edges[number] : edges[number + 1]].tofile(file)

    def close(self) -> list[str]:
        """Finish; returns the files, one a part."""
        for file in self._files:
            file.close()
        return [str(path) for path in self._paths]


def tally(groups: Iterable[list[str]]) -> Tally:
    """Count over the files of all bundles; each group holds one file a part."""
    duplicates: dict[int, int] = {}
    messages = examined = 0
    for files in zip(*groups, strict=True):
        rows = np.concatenate([np.fromfile(file, dtype=DIGEST) for file in files])
        order = np.lexsort((rows["source"], rows["b"], rows["a"]))
        rows = rows[order]
        first = _starts(rows)
        for source in rows["source"][~first]:
            duplicates[int(source)] = duplicates.get(int(source), 0) + 1
        messages += int(first.sum())
        if len(rows):
            groups_of = np.cumsum(first) - 1
            examined += len(np.unique(groups_of[rows["candidate"] > 0]))
    return Tally(duplicates, messages, examined)


def _starts(rows: npt.NDArray[np.void]) -> npt.NDArray[np.bool_]:
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (rows["a"][1:] != rows["a"][:-1]) | (rows["b"][1:] != rows["b"][:-1])
    return first
