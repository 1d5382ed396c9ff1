"""Canvas Data 2 (DAP) as JSON lines, plain or gzip: conversations joined from four tables.

Recipients are `conversation_message_participants` minus the author; `conversation_participants`
has no conversation id in published dumps and is not relied on. The join is done partition by
partition on disk, so memory does not grow with the log.
Source: developerdocs.instructure.com (DAP), canvas-lms db schema.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.counters import Ledger
from pipelines.errors import Problem
from pipelines.message import RECIPIENT, Channel
from pipelines.sources.archive import ExportFile, Refused, open_unpacked, plain_files
from pipelines.sources.columns import json_batches
from pipelines.sources.interface import BATCH_ROWS, Export, Format, message_batch
from pipelines.sources.times import parse_times
from pipelines.spill import PartitionedSpill, batches, hash_column, partitions_for

MESSAGES, PARTICIPANTS = "conversation_messages", "conversation_message_participants"
CONVERSATIONS, PSEUDONYMS = "conversations", "pseudonyms"
SUFFIXES = (".json", ".jsonl", ".gz")
REQUIRED = (MESSAGES, PARTICIPANTS)
TABLES = (PARTICIPANTS, MESSAGES, "conversation_participants", CONVERSATIONS, PSEUDONYMS)
TELLING = {  # fields that only one table has together, for parts whose path names none
    PARTICIPANTS: {"conversation_message_id", "user_id"},
    MESSAGES: {"conversation_id", "author_id"},
    PSEUDONYMS: {"unique_id", "user_id"},
    CONVERSATIONS: {"subject", "has_media_objects"},
}
DAMAGED = "(damaged)"
"""Stands for the table of parts that nobody can tell because nothing of them can be read."""
_SNIFFED, _LONGEST_SNIFFED = 100, 1 << 20  # lines, for null fields are left out; bytes of one


def _shape(**value: pa.DataType) -> pa.Schema:
    return pa.schema(
        [
            ("key", pa.struct([("id", pa.int64())])),
            ("value", pa.struct(list(value.items()))),
            ("meta", pa.struct([("action", pa.string()), ("ts", pa.string())])),
        ]
    )


SHAPES = {
    MESSAGES: _shape(
        conversation_id=pa.int64(),
        author_id=pa.int64(),
        created_at=pa.string(),
        generated=pa.bool_(),
        body=pa.string(),
    ),
    PARTICIPANTS: _shape(conversation_message_id=pa.int64(), user_id=pa.int64()),
    CONVERSATIONS: _shape(subject=pa.string()),
    PSEUDONYMS: _shape(user_id=pa.int64(), sis_user_id=pa.string()),
}
MESSAGE_ROWS = pa.schema(
    [
        ("file", pa.string()),
        ("record", pa.int64()),
        ("id", pa.int64()),
        ("conversation_id", pa.int64()),
        ("author_id", pa.int64()),
        ("created_at", pa.string()),
        ("body", pa.string()),
        ("ts", pa.string()),  # when the row was exported: the latest copy stands
    ]
)
LINKS = pa.schema([("message", pa.int64()), ("user", pa.int64())])


class Canvas(Format):
    """Canvas inbox: conversations between users of the LMS."""

    name: ClassVar[str] = "canvas"
    title: ClassVar[str] = "Canvas Data 2 JSON lines (LMS inbox)"
    channel: ClassVar[str] = Channel.LMS

    def recognises(self, path: Path) -> bool:
        """Whether the folder holds parts of both tables a message needs."""
        return set(REQUIRED) <= set(parts_by_table(path, path.parent))

    def problems(self, export: Export) -> Iterator[Problem]:
        """Tables that are missing."""
        found = parts_by_table(export.path, export.base)
        for table in REQUIRED:
            if table not in found:
                yield Problem(
                    export.name_of(export.path),
                    f"no part of table {table}",
                    f"run `dap snapshot --table {table} --format jsonl` into this folder",
                )

    def read(self, export: Export, ledger: Ledger) -> Iterator[pa.RecordBatch]:
        """Messages with their recipients, partition by partition."""
        parts = parts_by_table(export.path, export.base)
        for file in parts.get(DAMAGED, []):
            ledger.records_read += 1
            ledger.set_aside(file.shown, 0, "truncated-file")
        sizes = sum(file.size for table in REQUIRED for file in parts.get(table, []))
        gz = any(file.name.endswith(".gz") for file in parts.get(MESSAGES, []))
        count = partitions_for(sizes * (6 if gz else 1))
        written = PartitionedSpill(export.work, f"{export.name}-messages", MESSAGE_ROWS, count)
        links = PartitionedSpill(export.work, f"{export.name}-participants", LINKS, count)
        for file in parts.get(MESSAGES, []):
            _spill_messages(file, written, ledger)
        _spill_participants(parts.get(PARTICIPANTS, []), links, ledger)
        written.close()
        links.close()
        subjects = _subjects(parts.get(CONVERSATIONS, []), ledger)
        for number, table in enumerate(written.partitions()):
            unique = _latest_copies(table, ledger)
            yield from _joined(unique, links.partition(number), subjects, export, ledger)
            links.drop(number)

    def identities(self, export: Export) -> dict[str, str]:
        """Canvas user id -> SIS user id, from `pseudonyms`."""
        found: dict[str, str] = {}
        aside = Ledger(export.name)  # the message tables are what is counted
        for file in parts_by_table(export.path, export.base).get(PSEUDONYMS, []):
            for _, value, _ in _rows(file, PSEUDONYMS, aside):
                users, sis = (pc.struct_field(value, place) for place in range(2))
                known = pc.fill_null(pc.and_(pc.is_valid(users), pc.not_equal(sis, "")), False)
                users = users.filter(known).cast(pa.string())
                found.update(zip(users.to_pylist(), sis.filter(known).to_pylist(), strict=True))
        return found


def parts_by_table(path: Path, base: Path) -> dict[str, list[ExportFile]]:
    """Files of each table: by a file or folder name, else by fields only that table has."""
    found: dict[str, list[ExportFile]] = {}
    for file in plain_files(path, base):
        if not file.name.endswith(SUFFIXES):
            continue
        table = _table_of(file, path)
        if table:
            found.setdefault(table, []).append(file)
    return found


def _table_of(file: ExportFile, root: Path) -> str | None:
    parts = [part.lower() for part in file.path.relative_to(root).parts] or [file.name]
    for part in reversed(parts):
        for table in TABLES:
            if part == table or part.startswith((f"{table}.", f"{table}-")):
                return table
    try:
        with open_unpacked(file) as stream:
            lines = io.BufferedReader(cast(io.RawIOBase, stream))
            told = (_told_by(lines.readline(_LONGEST_SNIFFED)) for _ in range(_SNIFFED))
            return next(filter(None, told), None)
    except Refused:
        return DAMAGED


def _told_by(line: bytes) -> str | None:
    try:
        value = json.loads(line)["value"].keys()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return next((table for table, fields in TELLING.items() if fields <= value), None)


def _rows(
    file: ExportFile, table: str, ledger: Ledger
) -> Iterator[tuple[pa.Array, pa.StructArray, pa.RecordBatch]]:
    """Ids, values and (record, deleted) of the rows of one part."""
    with open_unpacked(file) as stream:
        for rows, numbers in json_batches(stream, SHAPES[table], file.shown, ledger):
            key, value, meta = (rows[name].combine_chunks() for name in ("key", "value", "meta"))
            deleted = pc.fill_null(pc.equal(pc.struct_field(meta, "action"), "D"), False)
            ts = pc.struct_field(meta, "ts").fill_null("")
            marks = pa.RecordBatch.from_arrays([numbers, deleted, ts], ["record", "deleted", "ts"])
            yield pc.struct_field(key, "id"), value, marks


def _spill_messages(file: ExportFile, spill: PartitionedSpill, ledger: Ledger) -> None:
    for ids, value, marks in _rows(file, MESSAGES, ledger):
        numbers, deleted, ts = marks.columns
        fields = {f.name: pc.struct_field(value, f.name) for f in value.type}
        generated = fields.pop("generated").fill_null(False)
        keep = pc.invert(deleted)
        broken = pc.and_(keep, pc.or_(pc.is_null(ids), pc.is_null(fields["author_id"])))
        for number in numbers.filter(broken).to_pylist():
            ledger.set_aside(file.shown, number, "no-participants", "id or author_id")
        keep = pc.and_(keep, pc.invert(broken))
        for reason, rows in (("deleted", deleted), ("generated", pc.and_(keep, generated))):
            if rows.true_count:
                ledger.excluded[reason] += rows.true_count
        columns = {"id": ids, "record": numbers, "ts": ts, **fields}
        columns["file"] = pa.repeat(pa.scalar(file.shown), len(ids))
        batch = pa.RecordBatch.from_arrays(
            [columns[field.name] for field in MESSAGE_ROWS], schema=MESSAGE_ROWS
        ).filter(pc.and_(keep, pc.invert(generated)))
        spill.write(batch, hash_column(batch["id"]))


def _spill_participants(files: list[ExportFile], spill: PartitionedSpill, ledger: Ledger) -> None:
    """Participant rows are not messages: they are counted apart, in the notes."""
    aside = Ledger(ledger.source)
    for file in files:
        for _, value, marks in _rows(file, PARTICIPANTS, aside):
            link = pa.RecordBatch.from_arrays(value.flatten(), schema=LINKS)
            whole = pc.and_(pc.is_valid(link["message"]), pc.is_valid(link["user"]))
            unnamed = pc.and_(pc.invert(whole), pc.invert(marks["deleted"]))
            if unnamed.true_count:
                ledger.notes["participant rows without a user"] += unnamed.true_count
            link = link.filter(whole)
            spill.write(link, hash_column(link["message"]))
    _count_apart(aside, ledger, "participant rows")


def _count_apart(aside: Ledger, ledger: Ledger, note: str) -> None:
    """Rows that are no messages become a note; those nobody could read stay in quarantine."""
    ledger.notes[note] += aside.records_read - aside.quarantined
    ledger.quarantine += aside.quarantine
    ledger.quarantined += aside.quarantined
    ledger.records_read += aside.quarantined


def _subjects(files: list[ExportFile], ledger: Ledger) -> tuple[pa.Array, pa.Array]:
    """Conversation ids and subjects, only of those that have one."""
    ids: list[pa.Array] = [pa.array([], pa.int64())]
    subjects: list[pa.Array] = [pa.array([], pa.string())]
    aside = Ledger(ledger.source)
    for file in files:
        for keys, value, _ in _rows(file, CONVERSATIONS, aside):
            subject = pc.struct_field(value, "subject")
            there = pc.fill_null(pc.not_equal(subject, ""), False)
            ids.append(keys.filter(there))
            subjects.append(subject.filter(there))
    _count_apart(aside, ledger, "conversation rows")
    return pa.concat_arrays(ids), pa.concat_arrays(subjects)


def _latest_copies(table: pa.Table, ledger: Ledger) -> pa.Table:
    """One row a message id: of the copies in snapshots and incrementals the latest stands."""
    table = table.combine_chunks().sort_by(
        [
            ("id", "ascending"),
            ("ts", "descending"),
            ("file", "ascending"),
            ("record", "ascending"),
        ]
    )
    ids = table["id"].to_numpy()
    first = np.ones(len(ids), dtype=bool)
    first[1:] = ids[1:] != ids[:-1]
    ledger.duplicates += int(len(ids) - first.sum())
    return table.filter(pa.array(first))


def _joined(
    table: pa.Table,
    links: pa.Table,
    subjects: tuple[pa.Array, pa.Array],
    export: Export,
    ledger: Ledger,
) -> Iterator[pa.RecordBatch]:
    links = links.group_by(["message", "user"]).aggregate([])
    links = links.sort_by([("message", "ascending"), ("user", "ascending")])
    message = links["message"].to_numpy()
    users = links["user"].combine_chunks()
    for rows in batches(table, BATCH_ROWS):
        sent_at, basis = parse_times(rows["created_at"], *export.bare_zone)
        undated = pc.is_null(sent_at)
        lost = rows.filter(undated).select(["file", "record"])
        for file, number in zip(*lost.to_pydict().values(), strict=True):
            ledger.set_aside(file, number, "unreadable-date")
        keep = pc.invert(undated)
        rows, sent_at, basis = rows.filter(keep), sent_at.filter(keep), basis.filter(keep)
        ledger.messages += rows.num_rows
        found = pc.index_in(rows["conversation_id"], subjects[0])
        yield message_batch(
            source=export.name,
            source_file=rows["file"],
            record=rows["record"],
            native_id=rows["id"].cast(pa.string()),
            channel=Channel.LMS.value,
            platform="canvas",
            thread=rows["conversation_id"].cast(pa.string()),
            sent_at=sent_at,
            sent_at_text=rows["created_at"],
            zone_basis=basis,
            sender=_lms(rows["author_id"]),
            recipients=_recipients(rows, message, users),
            subject=subjects[1].take(found),
            body=rows["body"],
        )


def _lms(users: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(pa.scalar("lms"), users.cast(pa.string()), pa.scalar(":"))


def _recipients(
    rows: pa.RecordBatch, message: np.ndarray[tuple[int], np.dtype[np.int64]], users: pa.Array
) -> pa.ListArray:
    """Participants of each message minus its author; `message` is sorted and goes with `users`."""
    ids = rows["id"].to_numpy()
    start, end = np.searchsorted(message, ids), np.searchsorted(message, ids, side="right")
    lengths = end - start
    owner = np.repeat(np.arange(len(ids)), lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths) + np.repeat(start, lengths)
    chosen = users.take(pa.array(places))
    others = chosen.to_numpy() != rows["author_id"].to_numpy()[owner]
    chosen = chosen.filter(pa.array(others))
    kept = np.bincount(owner[others], minlength=len(ids))
    values = pa.StructArray.from_arrays(
        [
            _lms(chosen),
            pa.nulls(len(chosen), pa.string()),
            pa.repeat(pa.scalar("member"), len(chosen)),
        ],
        fields=list(RECIPIENT),
    )
    ends = np.concatenate([[0], np.cumsum(kept)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), values)
