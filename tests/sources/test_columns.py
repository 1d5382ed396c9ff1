"""Rows as columns: every record is in a batch or in the ledger, under its right number."""

from __future__ import annotations

import codecs
import csv
import io
import json
from typing import IO, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.counters import Ledger
from pipelines.sources import columns
from pipelines.sources.archive import Refused
from pipelines.sources.columns import (
    MissingColumns,
    csv_batches,
    encoding_of,
    json_batches,
    read_header,
)

Rows = list[tuple[int, Any, Any]]


class Pipe(io.RawIOBase):
    """A stream that cannot start again, and may break."""

    def __init__(self, content: bytes, broken: bool = False) -> None:
        self._below, self.broken = io.BytesIO(content), broken

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        block = self._below.read(len(buffer))
        if self.broken and not block:
            raise Refused("f.csv", "truncated-file", "EOFError")
        buffer[: len(block)] = block
        return len(block)


def read(content: bytes | IO[bytes], names=("a", "b"), required=("a",)) -> tuple[Rows, Ledger]:
    ledger = Ledger("s")
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    rows: Rows = []
    for batch in csv_batches(stream, names, required, "f.csv", ledger):
        batch.validate(full=True)
        ledger.messages += batch.num_rows
        rows += zip(*(batch[name].to_pylist() for name in ("record", *names)), strict=True)
    assert ledger.balance() == 0
    return rows, ledger


def aside(ledger: Ledger) -> list[tuple[int, str]]:
    return [(q.record, q.reason) for q in ledger.quarantine]


PLAIN = "a,b\r\n1,one\r\n2,zwölf “q” 😀\r\n"
EXPECTED = [(1, "1", "one"), (2, "2", "zwölf “q” 😀")]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
        PLAIN.replace("\r\n", "\n").encode(),
        PLAIN.replace("\r\n", "\r").encode(),
        PLAIN.rstrip().encode(),
        b"\r\n\n" + PLAIN.encode(),
        PLAIN.replace("\r\n", "\r\n\r\n").encode(),
        'b, a \r\none,1\r\n"zwölf “q” 😀",2\r\n'.encode(),
        'x,b,"a",b\r\n,one,1,second b\r\n,"zwölf “q” 😀",2,\r\n'.encode(),
    ],
)
def test_spellings_of_one_file(content):
    rows, ledger = read(content)
    assert rows == EXPECTED
    assert (ledger.records_read, ledger.quarantined) == (2, 0)
    assert read(Pipe(content))[0] == EXPECTED


def test_quotes_commas_and_newlines_in_cells():
    rows, _ = read(b'a,b\n"1,""x""","two\nlines\r\n\nand four"\n2,5\' 6" tall\n')
    assert rows == [(1, '1,"x"', "two\nlines\r\n\nand four"), (2, "2", "5' 6\" tall")]


def test_columns_of_the_file_that_nobody_asked_for_and_the_other_way_round():
    rows, _ = read(b"a,z\n1,2\n", names=("a", "b"))
    assert rows == [(1, "1", None)]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"x,y\n1,2\n", b"\xff\xfe", b"\x00" * 50])
def test_missing_columns(content):
    with pytest.raises(MissingColumns, match=r"^a$"):
        read(content)


@pytest.mark.parametrize("content", [b"a,b", b"a,b\n", b"a,b\r\n\r\n", "a,b".encode("utf-16")])
def test_a_header_only(content):
    assert read(content)[0] == []
    rows, ledger = read(Pipe(content))
    assert (rows, ledger.records_read) == ([], 0)


def test_record_numbers_after_skipped_rows():
    rows, ledger = read(b"a,b\nx\n1,2\n\n3\n4,5\n6,7,8\n9\n10,11\n12\n")
    assert [row[:2] for row in rows] == [(2, "1"), (4, "4"), (7, "10")]
    assert aside(ledger) == [(n, "wrong-cell-count") for n in (1, 3, 5, 6, 8)]


def test_rows_that_are_not_text():
    rows, ledger = read("a,b\n1,ñ\n2,ok\n3,ñ\n".encode("latin-1"))
    assert rows == [(2, "2", "ok")]
    assert aside(ledger) == [(1, "wrong-encoding"), (3, "wrong-encoding")]
    wide = "a,b\n1,ok\n2,\ud83d half\n3,ok\n".encode("utf-16", "surrogatepass")
    rows, ledger = read(wide)
    assert [row[0] for row in rows] == [1, 3]
    assert aside(ledger) == [(2, "wrong-encoding")]
    assert aside(read("a,b\n1,x\n2,y".encode("utf-16") + b"z")[1]) == [(2, "wrong-encoding")]


def test_a_short_row_that_is_not_text_is_not_lost():
    """Arrow's handler of bad rows fails on such a row, and the row was gone without a word."""
    rows, ledger = read(b"a,b\n1,2\n\xff\n3,4\n")
    assert [row[0] for row in rows] == [1, 3]
    assert aside(ledger) == [(2, "wrong-cell-count")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_record_longer_than_a_block(encoding):
    long = "x" * (3 * columns.BLOCK)
    text = f"a,b\n1,2\n3\n\n4,{long}\n5\n6,7\n" + "8,9\n" * 40_000
    rows, ledger = read(text.encode(encoding))
    assert [row[0] for row in rows[:4]] == [1, 3, 5, 6]
    assert rows[1] == (3, "4", long)
    assert rows[-1] == (40_005 - 0, "8", "9")
    assert aside(ledger) == [(2, "wrong-cell-count"), (4, "wrong-cell-count")]
    rows, ledger = read(Pipe(text.encode(encoding)))
    assert aside(ledger)[-1][1] == "record-too-long"
    assert ledger.records_read == len(rows) + ledger.quarantined < 4


def test_bad_rows_by_the_batch_do_not_end_the_slow_path():
    text = f"a,b\n1,{'x' * 3 * columns.BLOCK}\n" + "bad\n" * 70_000 + "2,3\n"
    rows, ledger = read(text.encode())
    assert [row[:2] for row in rows] == [(1, "1"), (70_002, "2")]
    assert ledger.quarantined == 70_000


def test_a_cell_beyond_every_limit_ends_the_file_and_says_so(monkeypatch):
    monkeypatch.setattr(columns, "BLOCK", 64)
    before = csv.field_size_limit(1000)
    try:
        rows, ledger = read(f"a,b\n1,2\n3\n4,{'x' * 2000}\n5,6\n".encode())
    finally:
        csv.field_size_limit(before)
    assert [row[0] for row in rows] == [1]
    assert aside(ledger) == [(2, "wrong-cell-count"), (3, "record-too-long")]


def test_a_stream_that_breaks_keeps_what_came_before():
    rows, ledger = read(Pipe(b"a,b\n1,2\n3,4\n5", broken=True))
    assert [row[0] for row in rows] == [1, 2]
    assert [reason for _, reason in aside(ledger)] == ["wrong-cell-count", "truncated-file"]


lines = st.lists(
    st.sampled_from(["1,2", "", "bad", "x,y,z", '"q,1","two\nlines"', "ñ,😀", '"",""', ","]),
    max_size=40,
)


@settings(deadline=None)
@given(lines=lines, block=st.integers(40, 200), pipe=st.booleans())
def test_any_block_size_gives_the_rows_of_the_csv_module(lines, block, pipe):
    text = "a,b\n" + "\n".join(lines)
    wanted, number = [], 0
    for row in list(csv.reader(io.StringIO(text, newline="")))[1:]:
        number += bool(row)
        if len(row) == 2:
            wanted.append((number, *row))
    before, columns.BLOCK = columns.BLOCK, block
    try:
        rows, ledger = read(Pipe(text.encode()) if pipe else text.encode())
    finally:
        columns.BLOCK = before
    assert rows == wanted
    assert ledger.records_read == number


@given(st.binary(max_size=300), st.binary(max_size=40), st.integers(0, 300))
def test_random_bytes(content, inserted, place):
    for text in (content, b"a,b\n" + content, ("a,b\n" + "1,2\n" * 60).encode()):
        mutated = text[:place] + inserted + text[place:]
        for stream in (mutated, Pipe(mutated), Pipe(b"a," + mutated, broken=True)):
            try:
                _, ledger = read(stream)
            except MissingColumns:
                continue
            assert not (isinstance(stream, Pipe) and stream.broken) or ledger.quarantined


@given(st.text(max_size=200))
def test_read_header_never_fails(text):
    assert all(name == name.strip() for name in read_header(io.BytesIO(text.encode())))
    assert encoding_of(b"a,b,c,d\n") == "utf-8"


SHAPE = pa.schema(
    [
        ("key", pa.struct([("id", pa.int64())])),
        ("value", pa.struct([("s", pa.string()), ("b", pa.bool_())])),
    ]
)


def read_json(content: bytes | IO[bytes]) -> tuple[list[tuple[int, Any, Any, Any]], Ledger]:
    ledger = Ledger("s")
    rows = []
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    for table, numbers in json_batches(stream, SHAPE, "f.jsonl", ledger):
        table.validate(full=True)
        ledger.messages += table.num_rows
        for number, row in zip(numbers.to_pylist(), table.to_pylist(), strict=True):
            value = row["value"] or {}
            rows.append((number, (row["key"] or {}).get("id"), value.get("s"), value.get("b")))
    assert ledger.balance() == 0
    return rows, ledger


def line(number: Any, text: Any = "x", flag: Any = True) -> str:
    return json.dumps({"key": {"id": number}, "value": {"s": text, "b": flag, "new": [1]}})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_json_lines(end):
    rows, ledger = read_json(end.join([line(1), line(2, "é 😀"), line(3)]).encode())
    step = end.count("\n")
    assert rows == [(1, 1, "x", True), (1 + step, 2, "é 😀", True), (1 + 2 * step, 3, "x", True)]
    assert ledger.records_read == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (line("123"), (123, "x", True)),
        (line("00123"), (123, "x", True)),
        (line(5.0), (5, "x", True)),
        (line(5.5), (None, "x", True)),
        (line(True), (None, "x", True)),
        (line("SM12"), (None, "x", True)),
        (line(2**63), (None, "x", True)),
        (line(10**400), (None, "x", True)),
        (line(2**63 - 1), (2**63 - 1, "x", True)),
        (line(1, 5), (1, "5", True)),
        (line(1, "cut \ud83d"), (1, "cut ?", True)),
        (line(1, "a\x00b"), (1, "a\x00b", True)),
        (line(1, None, None), (1, None, None)),
        (line(1, "x", "false"), (1, "x", False)),
        ("{}", (None, None, None)),
        ('{"key":7,"value":"x"}', (None, None, None)),
        ('\ufeff{"key":{"id":1}}', (1, None, None)),
        ('{"deep":' + "[" * 900 + "]" * 900 + "}", (None, None, None)),
    ],
)
def test_json_values(text, expected):
    assert read_json(text.encode())[0] == [(1, *expected)]
    rows, ledger = read_json(f"{line(1)}\n{text}\nnot json\n{line(4)}".encode())
    if not text.startswith("\ufeff"):  # a mark counts at the start of a file only
        assert rows[1] == (2, *expected)
        assert aside(ledger) == [(3, "not-json")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"nonsense", "not-json"),
        (b"[1]", "not-json"),
        (b'{"key":{"id":1}} x', "not-json"),
        (b"[" * 200_000, "not-json"),
        (b'{"value":{"s":"\xff"}}', "wrong-encoding"),
    ],
)
def test_lines_that_are_no_records(text, reason):
    rows, ledger = read_json(b"\n".join([line(1).encode(), text, line(3).encode()]))
    assert [row[0] for row in rows] == [1, 3]
    assert aside(ledger) == [(2, reason)]


@given(
    st.lists(
        st.sampled_from([line(1), line("2"), "", " ", "bad", line(3, "é😀"), "{}"]), max_size=30
    ),
    st.integers(1, 300),
)
def test_any_block_size_gives_the_same_json(lines, block):
    wanted = [n for n, text in enumerate(lines, 1) if text.startswith("{")]
    before, columns.BLOCK = columns.BLOCK, block
    try:
        rows, ledger = read_json("\n".join(lines).encode())
    finally:
        columns.BLOCK = before
    assert [row[0] for row in rows] == wanted
    assert [record for record, _ in aside(ledger)] == [
        n for n, text in enumerate(lines, 1) if text == "bad"
    ]


def test_a_line_without_end(monkeypatch):
    monkeypatch.setattr(columns, "BLOCK", 100)
    monkeypatch.setattr(columns, "LONGEST", 1000)
    rows, ledger = read_json(line(1).encode() + b"\n" + b"x" * 5000 + b"\n" + line(3).encode())
    assert [row[0] for row in rows] == [1]
    assert aside(ledger) == [(2, "record-too-long")]


def test_json_stream_that_breaks_keeps_what_came_before():
    rows, ledger = read_json(Pipe(f"{line(1)}\n{line(2)}\n{line(3)[:20]}".encode(), broken=True))
    assert [row[0] for row in rows] == [1, 2]
    assert aside(ledger) == [(3, "truncated-file")]


@given(st.binary(max_size=200), st.binary(max_size=20), st.integers(0, 200))
def test_random_json(content, inserted, place):
    for text in (content, f"{line(1)}\n{line(2)}\n".encode() * 3):
        read_json(text[:place] + inserted + text[place:])
