"""Text rows of exports as Arrow columns: CSV by header name, JSON lines by a given shape.

Rule of this file: every record of the file is either in a batch or in the ledger. The quick
path is Arrow's; what Arrow refuses is read again record by record with the standard library,
so that one bad row costs one row.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.json as pj

from pipelines.counters import Ledger
from pipelines.sources.interface import BATCH_ROWS

BLOCK = 4 << 20
csv.field_size_limit(64 << 20)
RECORD = "record"
"""Name of the added int64 column that holds the 1-based record number."""


class MissingColumns(Exception):
    """A CSV without columns it must have."""

    def __init__(self, missing: Sequence[str], header: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing, self.header = list(missing), list(header)


def encoding_of(start: bytes) -> str:
    """UTF-8 or UTF-16 by byte order mark, or by NUL bytes where a mark is missing."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) > 3 and start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if len(start) > 3 and start[0::2].count(0) > len(start) // 4:
        return "utf-16-be"
    return "utf-8"


def read_header(stream: IO[bytes]) -> list[str]:
    """The header row of a CSV, trimmed; empty when there is none."""
    start = stream.read(1 << 16)
    text = start.decode(encoding_of(start), errors="replace").lstrip("\ufeff")
    return [name.strip() for name in next(csv.reader(io.StringIO(text)), [])]


def csv_batches(
    stream: IO[bytes], columns: Sequence[str], required: Sequence[str], file: str, ledger: Ledger
) -> Iterator[pa.RecordBatch]:
    """Batches of string columns in the order of `columns`, plus `record`.

    Columns not in the file come back null. Counts `records_read` and quarantines rows with too
    few or too many cells and rows that are not text in the file's encoding.

    Raises:
        MissingColumns: a required column is not in the header.
    """
    start = stream.read(1 << 16)
    encoding = encoding_of(start)
    whole = _Joined(start, stream)
    header = read_header(io.BytesIO(start))
    missing = [name for name in required if name not in header]
    if missing:
        raise MissingColumns(missing, header)
    if encoding != "utf-8":
        recoded = codecs.EncodedFile(whole, "utf-8", encoding, errors="replace")
        whole = recoded  # type: ignore[assignment]
    yield from _CsvReader(whole, header, columns, file, ledger).batches()


class _Joined(io.RawIOBase):
    """The first block already read, then the rest of the stream."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        super().__init__()
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if size is None or size < 0:
            block, self._start = self._start + self._rest.read(), b""
            return block
        if self._start:
            block, self._start = self._start[:size], self._start[size:]
            return block
        return self._rest.read(size)

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        block = self.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)


class _CsvReader:
    """One CSV read by Arrow, with the records it skips put in the ledger."""

    def __init__(
        self, stream: IO[bytes], header: list[str], columns: Sequence[str], file: str, ledger: Ledger
    ) -> None:
        self._stream, self._header, self._file, self._ledger = stream, header, file, ledger
        self._present = [name for name in columns if name in header]
        self._columns = columns
        self._skipped: list[int] = []
        self._next = 1

    def batches(self) -> Iterator[pa.RecordBatch]:
        tap = _Tap(self._stream)
        try:
            reader = pv.open_csv(
                tap,
                read_options=pv.ReadOptions(
                    use_threads=False, block_size=BLOCK, column_names=self._header, skip_rows=1
                ),
                parse_options=pv.ParseOptions(
                    newlines_in_values=True, invalid_row_handler=self._invalid
                ),
                convert_options=pv.ConvertOptions(
                    include_columns=self._present,
                    column_types={name: pa.binary() for name in self._present},
                    strings_can_be_null=False,
                ),
            )
            for batch in reader:
                yield from self._numbered(batch)
        except pa.ArrowInvalid:
            yield from self._slowly(tap)
        self._report_skipped(final=True)

    def _invalid(self, row: pv.InvalidRow) -> str:
        self._skipped.append(row.number - 1 if row.number else 0)
        return "skip"

    def _numbered(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        rows = batch.num_rows
        self._ledger.records_read += rows
        wanted = rows + len(self._skipped)
        numbers = np.arange(self._next, self._next + wanted, dtype=np.int64)
        skipped = [n for n in self._skipped if self._next <= n < self._next + wanted]
        if skipped:
            numbers = np.delete(numbers, np.array(skipped) - self._next)
        numbers = numbers[:rows]
        if rows:
            self._next = int(numbers[-1]) + 1
        self._report_skipped()
        yield from self._texts(batch, pa.array(numbers))

    def _report_skipped(self, final: bool = False) -> None:
        done = [n for n in self._skipped if final or n < self._next]
        for number in done:
            self._ledger.records_read += 1
            self._ledger.set_aside(self._file, number, "wrong-cell-count")
        self._skipped = [n for n in self._skipped if n not in set(done)]
        if final and done:
            self._next = max(self._next, max(done) + 1)

    def _texts(self, batch: pa.RecordBatch, numbers: pa.Array) -> Iterator[pa.RecordBatch]:
        """Binary columns as strings; rows that are not UTF-8 go to quarantine."""
        strings, keep = [], None
        for column in batch.columns:
            try:
                strings.append(column.cast(pa.string()))
            except pa.ArrowInvalid:
                good = pa.array([_is_text(value) for value in column.to_pylist()])
                keep = good if keep is None else pc.and_(keep, good)
                blank = pc.if_else(good, column, pa.scalar(b"", column.type))
                strings.append(blank.cast(pa.string()))
        arrays = [
            strings[self._present.index(name)]
            if name in self._present
            else pa.nulls(batch.num_rows, pa.string())
            for name in self._columns
        ]
        result = pa.RecordBatch.from_arrays([*arrays, numbers], [*self._columns, RECORD])
        if keep is not None:
            for number in numbers.filter(pc.invert(keep)).to_pylist():
                self._ledger.set_aside(self._file, number, "wrong-encoding")
            result = result.filter(keep)
        for begin in range(0, result.num_rows, BATCH_ROWS):
            yield result.slice(begin, BATCH_ROWS)

    def _slowly(self, tap: _Tap) -> Iterator[pa.RecordBatch]:
        """The rest of a file that Arrow gave up on, row by row.

        Only a record longer than a block brings us here. The file is read again from the start
        where it can be, else the remainder is quarantined as one record.
        """
        self._skipped = []
        if not tap.rewind():
            self._ledger.records_read += 1
            self._ledger.set_aside(self._file, self._next, "record-too-long")
            return
        text = io.TextIOWrapper(tap, "utf-8-sig", errors="surrogateescape", newline="")
        rows = islice(csv.reader(text), self._next, None)
        while True:
            good: list[list[str]] = []
            numbers: list[int] = []
            try:
                for row in islice(rows, BATCH_ROWS):
                    if not row:
                        continue
                    if len(row) == len(self._header):
                        self._ledger.records_read += 1
                        good.append(row)
                        numbers.append(self._next)
                    else:
                        self._skipped.append(self._next)
                    self._next += 1
            except csv.Error:
                self._skipped.append(self._next)
                rows = iter(())
            self._report_skipped()
            if not good:
                return
            places = [self._header.index(name) for name in self._present]
            batch = pa.RecordBatch.from_arrays(
                [
                    pa.array([r[p].encode("utf-8", "surrogateescape") for r in good], pa.binary())
                    for p in places
                ],
                self._present,
            )
            yield from self._texts(batch, pa.array(numbers, pa.int64()))


class _Tap(io.RawIOBase):
    """A stream that can start again when what lies below can."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._stream.read(size)

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def rewind(self) -> bool:
        below = self._stream._rest if isinstance(self._stream, _Joined) else self._stream
        try:
            below.seek(0)
        except (OSError, ValueError, io.UnsupportedOperation):
            return False
        if isinstance(self._stream, _Joined):
            self._stream._start = b""
        return True


def _is_text(value: bytes | None) -> bool:
    try:
        (value or b"").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def json_batches(
    stream: IO[bytes], shape: pa.Schema, file: str, ledger: Ledger
) -> Iterator[tuple[pa.Table, pa.Array]]:
    """Tables of the given shape from JSON lines, with their 1-based record numbers.

    `shape` holds strings, bools and structs of them; other fields are ignored, missing ones
    null. Counts `records_read`; a line that is no JSON object is quarantined. A stream that ends
    in an error (truncated gzip) is quarantined as one more record.
    """
    number = 1
    for block in _line_blocks(stream, file, ledger):
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        try:
            table = _quick_json(block, shape)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            table = None
        if table is not None and table.num_rows == lines:
            numbers = pa.array(np.arange(number, number + lines, dtype=np.int64))
            ledger.records_read += lines
        else:
            table, numbers = _slow_json(block, shape, number, file, ledger)
        number += lines
        yield table, numbers


def _quick_json(block: bytes, shape: pa.Schema) -> pa.Table:
    return pj.read_json(
        io.BytesIO(block),
        read_options=pj.ReadOptions(use_threads=False, block_size=max(len(block), 1) + 1),
        parse_options=pj.ParseOptions(
            explicit_schema=shape, unexpected_field_behavior="ignore", newlines_in_values=False
        ),
    )


def _line_blocks(stream: IO[bytes], file: str, ledger: Ledger) -> Iterator[bytes]:
    """Blocks of whole lines; an error of the stream ends them with a quarantined record."""
    rest = b""
    while True:
        try:
            block = stream.read(BLOCK)
        except (EOFError, OSError, ValueError) as error:
            ledger.records_read += 1
            ledger.set_aside(file, 0, "truncated-file", type(error).__name__)
            block = b""
        if not block:
            break
        whole, newline, tail = (rest + block).rpartition(b"\n")
        rest = tail if newline else whole + tail
        if newline and whole:
            yield whole
    if rest.strip():
        yield rest


def _slow_json(
    block: bytes, shape: pa.Schema, first: int, file: str, ledger: Ledger
) -> tuple[pa.Table, pa.Array]:
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    for number, line in enumerate(block.split(b"\n"), first):
        if not line.strip():
            continue
        ledger.records_read += 1
        try:
            value = json.loads(line)
            rows.append({f.name: _as(value.get(f.name), f.type) for f in shape})
            numbers.append(number)
        except UnicodeDecodeError:
            ledger.set_aside(file, number, "wrong-encoding")
        except (ValueError, AttributeError, RecursionError):
            ledger.set_aside(file, number, "not-json")
    return pa.Table.from_pylist(rows, schema=shape), pa.array(numbers, pa.int64())


def _as(value: Any, wanted: pa.DataType) -> Any:
    """A JSON value as the shape wants it: text of scalars, None where it cannot be."""
    if value is None:
        return None
    if pa.types.is_struct(wanted):
        if not isinstance(value, dict):
            return None
        return {f.name: _as(value.get(f.name), f.type) for f in wanted}
    if pa.types.is_boolean(wanted):
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if pa.types.is_integer(wanted):
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError):
            return None
    return value if isinstance(value, str) else json.dumps(value)
