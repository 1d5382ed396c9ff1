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
import threading
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import islice
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.json as pj

from pipelines.ahead import ahead
from pipelines.counters import SWALLOWED, Ledger
from pipelines.sources.archive import Refused
from pipelines.sources.interface import BATCH_ROWS

BLOCK = 4 << 20
LONGEST = 64 << 20
"""Bytes of one record; the rest of a file with a longer one is not read."""
csv.field_size_limit(LONGEST)
RECORD = "record"
"""Name of the added int64 column that holds the 1-based record number."""
_LOOK = 1 << 16  # how far a header may reach
MARK = "\uffff"  # stands for bytes that are no text; a code point that no text holds
codecs.register_error("mark", lambda error: (MARK, error.end))  # type: ignore[attr-defined]


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
    return _header(stream.read(_LOOK))[0]


def _header(start: bytes) -> tuple[list[str], int]:
    """Names of the first row that is not blank, and the number of the line it ends on."""
    text = start.decode(encoding_of(start), errors="replace").lstrip("\ufeff")
    rows = csv.reader(io.StringIO(text, newline=""))
    names = next((row for row in rows if row), [])
    return [name.strip() for name in names], rows.line_num


def csv_batches(
    stream: IO[bytes], columns: Sequence[str], required: Sequence[str], file: str, ledger: Ledger
) -> Iterator[pa.RecordBatch]:
    """Batches of string columns in the order of `columns`, plus `record`.

    Columns not in the file come back null. Counts `records_read` and quarantines rows with too
    few or too many cells, rows that are not text in the file's encoding, and the place where a
    damaged stream ends.

    Raises:
        MissingColumns: a required column is not in the header.
        Refused: the stream is damaged before its first byte.
    """
    start = stream.read(_LOOK)
    header = _header(start)[0]
    missing = [name for name in required if name not in header]
    if missing:
        raise MissingColumns(missing, header)
    yield from _CsvReader(start, stream, columns, file, ledger).batches()


class CleanText(io.RawIOBase):
    """A CSV as clean UTF-8: the block already read, then the rest; damage counts as its end.

    Arrow cannot report a row that is not UTF-8, so bytes that are no text become marks here. It
    also reads ahead in a thread of its own, even after it has given up: hence the lock.
    """

    def __init__(self, start: bytes, rest: IO[bytes], encoding: str) -> None:
        super().__init__()
        self._rest, self._decoder = rest, codecs.getincrementaldecoder(encoding)("mark")
        self._ended = self.marked = False
        self._lock = threading.Lock()
        self.damage: Refused | None = None
        self._ready = memoryview(self._utf8(start) if start else b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        done = 0
        with self._lock:
            while done < len(buffer) and (self._ready or not self._ended):
                if not self._ready:
                    self._ready = memoryview(self._next_block(len(buffer) - done))
                size = min(len(self._ready), len(buffer) - done)
                buffer[done : done + size] = self._ready[:size]
                done, self._ready = done + size, self._ready[size:]
        return done

    def stop(self) -> None:
        """Touch the stream below no more; returns when a read under way is done."""
        with self._lock:
            self._ended, self._ready = True, memoryview(b"")

    def _next_block(self, size: int) -> bytes:
        block = b""
        try:
            block = self._rest.read(size)
        except Refused as error:
            self.damage = error
        self._ended = not block
        return self._utf8(block)

    def _utf8(self, block: bytes) -> bytes:
        text = self._decoder.decode(block, final=not block)
        self.marked = self.marked or MARK in text
        return text.encode()


class _CsvReader:
    """One CSV read by Arrow, with the records it skips put in the ledger."""

    def __init__(
        self, start: bytes, rest: IO[bytes], columns: Sequence[str], file: str, ledger: Ledger
    ) -> None:
        self._rest, self._encoding = rest, encoding_of(start)
        self._stream = CleanText(start, rest, self._encoding)
        self._header, self._lines = _header(start)
        self._header_only = len(start) < _LOOK and len(start.splitlines()) == 1
        self._columns, self._file, self._ledger = columns, file, ledger
        self._present = [name for name in columns if name in self._header]
        self._skipped: list[int] = []
        self._next = 1

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._open():
                yield from self._numbered(batch)
        except pa.ArrowInvalid:
            if not self._header_only:
                yield from self._slowly()
        self._report_skipped(final=True)
        if self._stream.damage:
            self._set_aside(self._stream.damage.reason, self._stream.damage.detail)

    def _open(self) -> pv.CSVStreamingReader:
        places = [str(self._header.index(name)) for name in self._present]
        skipped = self._skipped

        def invalid(row: pv.InvalidRow) -> str:
            skipped.append(row.number - self._lines)
            if swallowed := row.text.count("\n"):  # an unclosed quote takes the rows after it
                self._ledger.notes[SWALLOWED] += swallowed
            return "skip"

        return pv.open_csv(
            self._stream,
            read_options=pv.ReadOptions(
                use_threads=False,
                block_size=BLOCK,
                column_names=[str(place) for place in range(len(self._header))],
                skip_rows=self._lines,
            ),
            parse_options=pv.ParseOptions(newlines_in_values=True, invalid_row_handler=invalid),
            convert_options=pv.ConvertOptions(
                include_columns=places,
                column_types=dict.fromkeys(places, pa.string()),
                strings_can_be_null=False,
            ),
        )

    def _numbered(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        rows = batch.num_rows
        self._ledger.records_read += rows
        wanted = rows + len(self._skipped)
        numbers = np.arange(self._next, self._next + wanted, dtype=np.int64)
        skipped = [n for n in self._skipped if n < self._next + wanted]
        numbers = np.delete(numbers, np.array(skipped, dtype=np.int64) - self._next)[:rows]
        if rows:
            self._next = int(numbers[-1]) + 1
        self._report_skipped()
        yield from self._texts(batch.columns, pa.array(numbers))

    def _report_skipped(self, final: bool = False) -> None:
        """Set aside skipped rows, ascending, as far as rows have been handed on."""
        done = [n for n in self._skipped if final or n < self._next]
        del self._skipped[: len(done)]
        for number in done:
            self._next = max(self._next, number + 1)
            self._ledger.records_read += 1
            self._ledger.set_aside(self._file, number, "wrong-cell-count")

    def _set_aside(self, reason: str, detail: str = "") -> None:
        """Put the record at which reading stopped in the ledger."""
        self._ledger.records_read += 1
        self._ledger.set_aside(self._file, self._next, reason, detail)

    def _texts(self, cells: Sequence[pa.Array], numbers: pa.Array) -> Iterator[pa.RecordBatch]:
        """Rows with the columns asked for; those that are not text go to quarantine."""
        known = dict(zip(self._present, cells, strict=True))
        absent = pa.nulls(len(numbers), pa.string())
        arrays = [known.get(name, absent) for name in self._columns]
        result = pa.RecordBatch.from_arrays([*arrays, numbers], [*self._columns, RECORD])
        if self._stream.marked:
            marks = [pc.match_substring(column, MARK) for column in cells]
            garbled = reduce(pc.or_, marks, pa.repeat(pa.scalar(False), len(numbers)))
            for number in numbers.filter(garbled).to_pylist():
                self._ledger.set_aside(self._file, number, "wrong-encoding")
            result = result.filter(pc.invert(garbled))
        for begin in range(0, result.num_rows, BATCH_ROWS):
            yield result.slice(begin, BATCH_ROWS)

    def _slowly(self) -> Iterator[pa.RecordBatch]:
        """The rest of a file that Arrow gave up on, row by row.

        Only a record longer than a block brings us here. The file is read again from the start
        where it can be, else the remainder is quarantined as one record.
        """
        self._stream.stop()
        self._skipped = []
        if not self._rest.seekable():
            self._set_aside("record-too-long")
            return
        self._rest.seek(0)
        self._stream = CleanText(b"", self._rest, self._encoding)
        text = io.TextIOWrapper(io.BufferedReader(self._stream), "utf-8-sig", newline="")
        rows = islice((row for row in csv.reader(text) if row), self._next, None)
        places = [self._header.index(name) for name in self._present]
        going = True
        while going:
            good, numbers, going = self._some(rows)
            cells = [pa.array([row[place] for row in good], pa.string()) for place in places]
            yield from self._texts(cells, pa.array(numbers, pa.int64()))

    def _some(self, rows: Iterator[list[str]]) -> tuple[list[list[str]], list[int], bool]:
        """The next rows of the right length, their numbers, and whether more may follow."""
        good: list[list[str]] = []
        numbers: list[int] = []
        first = self._next
        try:
            for row in islice(rows, BATCH_ROWS):
                if len(row) == len(self._header):
                    self._ledger.records_read += 1
                    good.append(row)
                    numbers.append(self._next)
                else:
                    self._skipped.append(self._next)
                self._next += 1
        except csv.Error:
            self._report_skipped()
            self._set_aside("record-too-long")
            return good, numbers, False
        self._report_skipped()
        return good, numbers, self._next > first


def json_batches(
    stream: IO[bytes], shape: pa.Schema, file: str, ledger: Ledger
) -> Iterator[tuple[pa.Table, pa.Array]]:
    """Tables of the given shape from JSON lines, with their 1-based line numbers.

    `shape` holds integers, strings, bools and structs of them; other fields are ignored, missing
    ones null. Counts `records_read`; a line that is no JSON object is quarantined, and so is the
    line in which a damaged stream ends.
    """
    number = 1
    try:
        blocks = ahead(line_blocks(stream, file))
        for block, table in ahead((block, _quick_json(block, shape)) for block in blocks):
            lines = block.count(b"\n") + 1
            if table is not None and table.num_rows == lines:
                numbers = pa.array(np.arange(number, number + lines, dtype=np.int64))
                ledger.records_read += lines
            else:
                table, numbers = _slow_json(block, shape, number, file, ledger)
            number += lines
            yield table, numbers
    except Refused as error:
        ledger.records_read += 1
        ledger.set_aside(file, number, error.reason, error.detail)


def _quick_json(block: bytes, shape: pa.Schema) -> pa.Table | None:
    """The block by Arrow, ids as numbers or as strings of digits; None where neither fits."""
    for wanted in (shape, _with_text_ids(shape)):
        try:
            table = pj.read_json(
                io.BytesIO(block),
                read_options=pj.ReadOptions(use_threads=False, block_size=len(block) + 1),
                parse_options=pj.ParseOptions(
                    explicit_schema=wanted, unexpected_field_behavior="ignore"
                ),
            )
            table.validate(full=True)  # Arrow's JSON reader takes any bytes for text
            return table.cast(shape)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
    return None


def _with_text_ids(shape: pa.Schema) -> pa.Schema:
    def loose(kind: pa.DataType) -> pa.DataType:
        if pa.types.is_struct(kind):
            return pa.struct([(field.name, loose(field.type)) for field in kind])
        return pa.string() if pa.types.is_integer(kind) else kind

    return pa.schema([(field.name, loose(field.type)) for field in shape])


def line_blocks(stream: IO[bytes] | io.RawIOBase, file: str) -> Iterator[bytes]:
    """Blocks of whole lines without the last newline; raises Refused at the stream's damage."""
    rest: list[bytes] = []
    while block := stream.read(BLOCK):
        whole, newline, tail = block.rpartition(b"\n")
        if newline:
            yield b"".join((*rest, whole))
            rest = []
        rest.append(tail)
        if len(rest) * BLOCK > LONGEST:
            raise Refused(file, "record-too-long")
    last = b"".join(rest)
    if last.strip():
        yield last


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
        return _whole_number(value)
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair becomes "?"


def _whole_number(value: Any) -> int | None:
    """A 64-bit integer, from digits too; None for anything else, fractions included."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    exact = isinstance(value, str) or (not isinstance(value, bool) and number == value)
    return number if exact and -(1 << 63) <= number < 1 << 63 else None
