"""Google Vault Gmail export: `*-metadata.csv` for who and when, the zipped mboxes for text.

The CSV has one row a message and mailbox, so one mail in many mailboxes is folded into one
message with the union of its recipients, group fan-out (`Account`) included. Mails of the mbox
are decoded only for messages whose participants make them worth reading.
Source: support.google.com/vault/answer/6099459 (columns), formats of public readers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.counters import Ledger
from pipelines.errors import Problem
from pipelines.handles import map_distinct
from pipelines.message import RECIPIENT, Channel, handle
from pipelines.sources.addresses import parse_addresses
from pipelines.sources.archive import (
    ExportFile,
    Refused,
    open_stream,
    plain_files,
    zip_members,
)
from pipelines.sources.columns import RECORD, MissingColumns, csv_batches, read_header
from pipelines.sources.interface import BATCH_ROWS, Export, Format, message_batch, note_unread
from pipelines.sources.mailtext import MailTexts
from pipelines.sources.times import parse_times
from pipelines.spill import PartitionedSpill, batches, hash_column, partitions_for

COLUMNS = (
    *("Rfc822MessageId", "GmailMessageId", "FileName", "Account", "Labels"),
    *("From", "Subject", "To", "CC", "BCC", "DateSent", "DateReceived"),
)
REQUIRED = ("Rfc822MessageId", "Account", "Labels", "From", "To", "CC", "BCC", "DateSent")
LONGEST_LIST = 1_000_000
"""Characters of one recipient cell; a longer one (about 30,000 people) is quarantined."""
ROWS = pa.schema(
    [("file", pa.string()), ("record", pa.int64()), ("id", pa.string())]
    + [(name, pa.string()) for name in COLUMNS]
)
NO_ID = "no-message-id\x1f"
"""How an id begins that was built of other columns."""
Places = np.ndarray[tuple[int], np.dtype[np.int64]]
_LISTS = (("To", "to", 0), ("CC", "cc", 1), ("BCC", "bcc", 2), ("Account", "member", 3))


class Vault(Format):
    """Gmail export of Google Vault."""

    name: ClassVar[str] = "vault"
    title: ClassVar[str] = "Google Vault Gmail export (metadata CSV and mbox zips)"
    channel: ClassVar[str] = Channel.EMAIL

    def recognises(self, path: Path) -> bool:
        """Whether the folder holds a metadata CSV with Vault's columns."""
        return any(_missing(file) == [] for file in _metadata(path, path.parent))

    def problems(self, export: Export) -> Iterator[Problem]:
        """Missing metadata files and columns; what is wrong inside a zip is quarantined later."""
        files = _metadata(export.path, export.base)
        if not files:
            yield Problem(
                export.name_of(export.path),
                "no *-metadata.csv of a Vault export",
                "download all files of the export, the metadata CSV too, into this folder",
            )
        faults = _faults(files)
        if len(faults) == len(files):  # else the good ones are read, the others quarantined
            yield from faults

    def notices(self, export: Export) -> Iterator[Problem]:
        """Zips and members of zips that may not or cannot be opened."""
        for archive in plain_files(export.path, export.base):
            if archive.name.endswith(".zip"):
                for refused in zip_members(archive)[1]:
                    what = f"{refused.reason}: it will be quarantined, all else is read"
                    yield Problem(refused.shown, what, "see `brightline quarantine`")
        yield from _faults(_metadata(export.path, export.base))

    def read(self, export: Export, ledger: Ledger) -> Iterator[pa.RecordBatch]:
        """Messages folded from their mailbox copies, with text where it is needed."""
        note_unread(export, (".csv", ".zip", ".mbox", ".xml"), ledger)
        files = _metadata(export.path, export.base)
        count = partitions_for(sum(file.size for file in files))
        rows = PartitionedSpill(export.work, f"{export.name}-rows", ROWS, count)
        texts = MailTexts(export, ledger)
        for file in files:
            _spill_rows(file, rows, texts, ledger)
        rows.close()
        for table in rows.partitions():
            texts.know(table["id"].combine_chunks())
            for batch in _folded(table, export, ledger):
                yield from texts.hold_back(batch)
        yield from texts.with_text()


def _faults(files: list[ExportFile]) -> list[Problem]:
    """What is wrong with each metadata file that cannot be read."""
    found = []
    for file in files:
        missing = _missing(file)
        if missing is None:
            found.append(Problem(file.shown, "damaged inside its zip", "download the zip again"))
        elif missing:
            what = f"column {', '.join(missing)} missing"
            remedy = "this is not the metadata CSV of a Vault Gmail export; download it again"
            found.append(Problem(f"{file.shown}:1", what, remedy))
    return found


def _metadata(path: Path, base: Path) -> list[ExportFile]:
    found = []
    for file in plain_files(path, base):
        if file.name.endswith("metadata.csv"):
            found.append(file)
        elif file.name.endswith(".zip"):
            found += [m for m in zip_members(file)[0] if m.name.endswith("metadata.csv")]
    return found


def _missing(file: ExportFile) -> list[str] | None:
    """Required columns that a file lacks; None when it cannot be read at all."""
    try:
        with open_stream(file) as stream:
            header = read_header(stream)
    except Refused:
        return None
    return [name for name in REQUIRED if name not in header]


def _spill_rows(
    file: ExportFile, spill: PartitionedSpill, texts: MailTexts, ledger: Ledger
) -> None:
    try:
        with open_stream(file) as stream:
            for rows in csv_batches(stream, COLUMNS, REQUIRED, file.shown, ledger):
                ids = _mail_ids(rows)
                keep = _sent_rows(rows, file, ledger)
                texts.know(ids.filter(pc.invert(keep)))
                batch = pa.RecordBatch.from_arrays(
                    [
                        pa.repeat(pa.scalar(file.shown), rows.num_rows),
                        rows[RECORD],
                        ids,
                        *(rows[name].fill_null("") for name in COLUMNS),
                    ],
                    schema=ROWS,
                ).filter(keep)
                spill.write(batch, hash_column(batch["id"]))
    except MissingColumns as error:
        ledger.records_read += 1
        ledger.set_aside(file.shown, 0, "missing-columns", str(error))
    except Refused as error:
        ledger.records_read += 1
        ledger.set_aside(error.shown, 0, error.reason, error.detail)


def _sent_rows(rows: pa.RecordBatch, file: ExportFile, ledger: Ledger) -> pa.BooleanArray:
    """Which rows are sent mail: drafts are excluded, absurd recipient lists set aside."""
    draft = pc.match_substring_regex(rows["Labels"].fill_null(""), r"(?i)\^DRAFT\b")
    if draft.true_count:
        ledger.excluded["draft"] += draft.true_count
    keep = pc.invert(draft)
    for name in ("From", "To", "CC", "BCC", "Account"):
        long = pc.greater(pc.binary_length(rows[name].fill_null("")), LONGEST_LIST)
        for number in rows[RECORD].filter(pc.and_(long, keep)).to_pylist():
            ledger.set_aside(file.shown, number, "too-many-recipients", name)
        keep = pc.and_(keep, pc.invert(long))
    return keep


def _mail_ids(rows: pa.RecordBatch) -> pa.Array:
    """RFC Message-ID without brackets; where blank, one built of sender, list, time, subject."""
    ids = pc.utf8_trim(rows["Rfc822MessageId"].fill_null(""), characters="<> \t\r\n")
    built = pc.binary_join_element_wise(
        NO_ID,
        *(rows[name].fill_null("") for name in ("From", "To", "CC", "DateSent", "Subject")),
        "\x1f",
    )
    return pc.if_else(pc.equal(ids, ""), built, ids)


def _folded(table: pa.Table, export: Export, ledger: Ledger) -> Iterator[pa.RecordBatch]:
    """Messages of one partition, one a Message-ID, recipients of all its copies together."""
    table = table.combine_chunks().sort_by(
        [("id", "ascending"), ("file", "ascending"), ("record", "ascending")]
    )
    if table.num_rows == 0:
        return
    ids = table["id"].combine_chunks()
    starts = np.ones(len(ids), dtype=bool)
    starts[1:] = pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
    message_of = np.cumsum(starts) - 1
    first = table.filter(pa.array(starts))
    senders, names = _senders(table, message_of)
    dates = table["DateSent"].combine_chunks()
    sent_at, basis = parse_times(dates, *export.bare_zone)
    dated = _first_valid(sent_at, message_of)
    sent_at, basis = sent_at.take(dated), basis.take(dated)
    good = _accounted(
        table,
        message_of,
        (("unreadable-date", pc.is_null(sent_at)), ("no-participants", pc.is_null(senders))),
        ledger,
    )
    batch = message_batch(
        source=export.name,
        source_file=first["file"].combine_chunks(),
        record=first["record"].combine_chunks(),
        native_id=_native_ids(first),
        channel=Channel.EMAIL.value,
        platform="gmail",
        sent_at=sent_at,
        sent_at_text=dates.take(dated),
        zone_basis=basis,
        sender=senders,
        sender_name=names,
        recipients=_recipients(table, message_of, senders),
        subject=first["Subject"].combine_chunks(),
    ).filter(pa.array(good))
    yield from batches(pa.Table.from_batches([batch]), BATCH_ROWS)


def _accounted(
    table: pa.Table,
    message_of: Places,
    faults: tuple[tuple[str, pa.BooleanArray], ...],
    ledger: Ledger,
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which messages are whole; every copy of the others is set aside with the first fault."""
    good = np.ones(int(message_of[-1]) + 1, dtype=bool)
    for reason, fault in faults:
        bad = fault.to_numpy(zero_copy_only=False) & good
        good &= ~bad
        copies = table.filter(pa.array(bad[message_of])).select(["file", "record"])
        for file, number in zip(*copies.to_pydict().values(), strict=True):
            ledger.set_aside(file, number, reason)
    ledger.messages += int(good.sum())
    ledger.duplicates += int(good[message_of].sum() - good.sum())
    return good


def _first_valid(values: pa.Array, message_of: Places) -> pa.Array:
    """Per message the row of its first copy with a value; null where no copy has one."""
    known = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
    place = np.full(int(message_of[-1]) + 1, -1, dtype=np.int64)
    owners, firsts = np.unique(message_of[known], return_index=True)
    place[owners] = known[firsts]
    return pa.array(place, mask=place < 0)


def _native_ids(first: pa.Table) -> pa.Array:
    """The Message-ID; without one Gmail's id, without that a digest that shows no text."""
    ids, gmail = first["id"].combine_chunks(), first["GmailMessageId"].combine_chunks()
    built = pc.starts_with(ids, NO_ID)
    if not pc.any(built).as_py():
        return ids
    halves = zip(hash_column(ids), hash_column(ids, second=True), strict=True)
    digest = pa.array([f"no-id-{a:016x}{b:016x}" for a, b in halves])
    return pc.if_else(built, pc.if_else(pc.equal(gmail, ""), digest, gmail), ids)


def _first_address(cell: str) -> str | None:
    found = parse_addresses(cell)
    return handle("email", found[0][0]) if found else None


def _first_name(cell: str) -> str | None:
    found = parse_addresses(cell)
    return (found[0][1] or None) if found else None


def _senders(table: pa.Table, message_of: Places) -> tuple[pa.Array, pa.Array]:
    """Sender handle and name a message: `From`, else the mailbox that holds it as sent."""
    cells = table["From"].combine_chunks()
    account = pc.if_else(_sent(table), table["Account"].combine_chunks(), "")
    handles = pc.coalesce(
        map_distinct(cells, _first_address), map_distinct(account, _first_address)
    )
    chosen = _first_valid(handles, message_of)
    return handles.take(chosen), map_distinct(cells, _first_name).take(chosen)


def _sent(table: pa.Table) -> pa.BooleanArray:
    labels = table["Labels"].combine_chunks()
    return pc.match_substring_regex(labels, r"(?i)\^SENT\b")


def _recipients(table: pa.Table, message_of: Places, senders: pa.Array) -> pa.ListArray:
    """Union of the recipients of all copies, each once, in the strongest place it stands."""
    owners, ranks, handles, names = [], [], [], []
    for column, _, rank in _LISTS:
        cells = table[column].combine_chunks()
        if column == "Account":
            cells = pc.if_else(_sent(table), "", cells)
        parsed = _parsed(cells)
        flat = pc.list_flatten(parsed)
        owners.append(message_of[pc.list_parent_indices(parsed).to_numpy()])
        handles.append(pc.struct_field(flat, "handle"))
        names.append(pc.struct_field(flat, "name"))
        ranks.append(np.full(len(flat), rank))
    owner, place = np.concatenate(owners), np.concatenate(ranks)
    who, name = pa.concat_arrays(handles), pa.concat_arrays(names)
    own = pc.fill_null(pc.equal(who, senders.take(pa.array(owner))), False)
    others = np.flatnonzero(~(own.to_numpy(zero_copy_only=False) & (place == 3)))
    chosen = others[_strongest(owner[others], who.take(pa.array(others)), place[others])]
    rows = pa.array(chosen)
    fields = pa.array([field for _, field, _ in _LISTS]).take(pa.array(place[chosen]))
    values = pa.StructArray.from_arrays(
        [who.take(rows), name.take(rows), fields], fields=list(RECIPIENT)
    )
    counts = np.bincount(owner[chosen], minlength=int(message_of[-1]) + 1)
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), values)


def _parsed(cells: pa.Array) -> pa.ListArray:
    """Address lists of a column, each distinct text read once."""
    encoded = cells.dictionary_encode()
    lists = [
        [{"handle": handle("email", address), "name": name or None} for address, name in found]
        for found in map(parse_addresses, encoded.dictionary.to_pylist())
    ]
    kind = pa.list_(pa.struct([("handle", pa.string()), ("name", pa.string())]))
    return pa.array(lists, kind).take(encoded.indices)


def _strongest(owner: Places, who: pa.Array, rank: Places) -> Places:
    """Rows that name each (owner, handle) first, strongest rank winning, grouped by owner."""
    code = who.dictionary_encode().indices.to_numpy()
    order = np.lexsort((rank, code, owner))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (owner[order][1:] != owner[order][:-1]) | (code[order][1:] != code[order][:-1])
    chosen = order[new]
    return chosen[np.lexsort((chosen, rank[chosen], owner[chosen]))]
