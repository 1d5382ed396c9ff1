"""Joins and groupings larger than memory: Arrow files partitioned by key, read back one by one.

Rule of this file: nothing here knows what a message is. Files live in an owner-only folder
that the run removes; a partition is the unit that must fit in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Hashes = npt.NDArray[np.uint64]

_SEED_A, _SEED_B = "brightline-key-a", "brightline-key-b"
_STEP_A, _STEP_B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x3C6EF372FE94F82A)


def hash_column(values: pa.Array, *, second: bool = False) -> Hashes:
    """64-bit hash per value, shape (n,), equal on every machine; null hashes as empty text or 0.

    Two calls, with and without `second`, give the two halves of a 128-bit digest.
    """
    if pa.types.is_integer(values.type):
        numbers = values.fill_null(0).to_numpy(zero_copy_only=False).astype(np.uint64)
        return _mix(numbers + (_STEP_B if second else _STEP_A))
    encoded = values.dictionary_encode() if len(values) > 4096 else None
    if encoded is not None and len(encoded.dictionary) * 2 < len(values):
        distinct = hash_column(encoded.dictionary, second=second)
        empty = hash_column(pa.array([""]), second=second)[0]
        found = encoded.indices.fill_null(len(distinct)).to_numpy(zero_copy_only=False)
        hashes: Hashes = np.append(distinct, empty)[found]
        return hashes
    texts = values.fill_null("").to_numpy(zero_copy_only=False)
    key = _SEED_B if second else _SEED_A
    return pd.util.hash_array(texts, hash_key=key, categorize=False)


def _mix(numbers: Hashes) -> Hashes:
    """Splitmix64 finaliser, so that running numbers spread over partitions."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def combine(*columns: Hashes) -> Hashes:
    """One hash from several, order of columns mattering."""
    total = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        total = _mix(total * np.uint64(31) + column)
    return total


class PartitionedSpill:
    """Rows written to `count` files by the high bits of a 64-bit hash, then read one by one."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema, count: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._paths = [partition_path(folder, name, number) for number in range(count)]
        self._schema = schema
        self._count = count
        self._writers: dict[int, pa.RecordBatchFileWriter] = {}

    def write(self, batch: pa.RecordBatch, hashes: Hashes) -> None:
        """Append the rows of a batch to their partitions; `hashes` has one entry a row."""
        if self._count == 1:
            self._writer(0).write_batch(batch)
            return
        part = partition_of(hashes, self._count)
        order = np.argsort(part, kind="stable")
        edges = np.searchsorted(part[order], np.arange(self._count + 1))
        sorted_batch = batch.take(pa.array(order))
        for number in range(self._count):
            start, end = int(edges[number]), int(edges[number + 1])
            if end > start:
                self._writer(number).write_batch(sorted_batch.slice(start, end - start))

    def _writer(self, number: int) -> pa.RecordBatchFileWriter:
        if number not in self._writers:
            self._paths[number].touch(mode=0o600)
            self._writers[number] = pa.ipc.new_file(str(self._paths[number]), self._schema)
        return self._writers[number]

    def close(self) -> None:
        """Finish the files; must be called before reading."""
        for writer in self._writers.values():
            writer.close()

    def partitions(self) -> Iterator[pa.Table]:
        """Every partition as one table, empty ones included, then its file is removed."""
        for number in range(self._count):
            yield self.partition(number)
            self.drop(number)

    def drop(self, number: int) -> None:
        """Remove a partition that has been used."""
        self._paths[number].unlink(missing_ok=True)

    def partition(self, number: int) -> pa.Table:
        """One partition; empty when nothing was written to it."""
        return read_partition(self._paths[number], self._schema)


def partition_path(folder: Path, name: str, number: int) -> Path:
    """The file of one partition."""
    return folder / f"{name}-{number:04d}.arrow"


def read_partition(path: Path, schema: pa.Schema) -> pa.Table:
    """A partition's rows, memory-mapped; empty when nothing was written to it."""
    if not path.exists():
        return schema.empty_table()
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def partition_of(hashes: Hashes, count: int) -> npt.NDArray[np.int64]:
    """Partition number per hash, from its high 32 bits."""
    return ((hashes >> np.uint64(32)) % np.uint64(count)).astype(np.int64)


def partitions_for(size: int, each: int = 48_000_000) -> int:
    """How many partitions so that one holds about `each` bytes of input."""
    return max(1, -(-size // each))


def batches(table: pa.Table, rows: int) -> Iterator[pa.RecordBatch]:
    """A table as batches of at most `rows` rows with whole columns."""
    for start in range(0, table.num_rows, rows):
        part = table.slice(start, rows).combine_chunks()
        yield from part.to_batches()
