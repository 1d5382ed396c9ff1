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
from pipelines.sources.archive import ExportFile, open_stream, plain_files, zip_members
from pipelines.sources.columns import RECORD, MissingColumns, csv_batches, read_header
from pipelines.sources.interface import BATCH_ROWS, Export, Format, message_batch
from pipelines.sources.mailtext import MailTexts
from pipelines.sources.times import parse_times
from pipelines.spill import PartitionedSpill, batches, hash_column, partitions_for

COLUMNS = (
    "Rfc822MessageId,GmailMessageId,FileName,Account,Labels,From,Subject,To,CC,BCC,"
    "DateSent,DateReceived"
).split(",")
REQUIRED = ("Rfc822MessageId", "Account", "Labels", "From", "To", "CC", "BCC", "DateSent")
LONGEST_LIST = 1_000_000
"""Characters of one recipient cell; a longer one (about 30,000 people) is quarantined."""
ROWS = pa.schema(
    [("file", pa.string()), ("record", pa.int64()), ("id", pa.string())]
    + [(name, pa.string()) for name in COLUMNS]
)
_LISTS = (("To", "to", 0), ("CC", "cc", 1), ("BCC", "bcc", 2), ("Account", "member", 3))


class Vault(Format):
    """Gmail export of Google Vault."""

    name: ClassVar[str] = "vault"
    title: ClassVar[str] = "Google Vault Gmail export (metadata CSV and mbox zips)"
    channel: ClassVar[str] = Channel.EMAIL

    def recognises(self, path: Path) -> bool:
        """Whether the folder holds a metadata CSV with Vault's columns."""
        return any(not _missing(file) for file in _metadata(path, path.parent))

    def problems(self, export: Export) -> Iterator[Problem]:
        """Missing metadata files and columns, zips that cannot be opened."""
        files = _metadata(export.path, export.base)
        if not files:
            yield Problem(
                export.name_of(export.path),
                "no *-metadata.csv of a Vault export",
                "download all files of the export, the metadata CSV too, into this folder",
            )
        for file in files:
            missing = _missing(file)
            if missing:
                yield Problem(
                    f"{file.shown}:1",
                    f"column {', '.join(missing)} missing",
                    "this is not the metadata CSV of a Vault Gmail export; download it again",
                )
        for archive in plain_files(export.path, export.base):
            if archive.name.endswith(".zip"):
                for refused in zip_members(archive)[1]:
                    yield Problem(refused.shown, refused.reason, "download the zip again")

    def read(self, export: Export, ledger: Ledger) -> Iterator[pa.RecordBatch]:
        """Messages folded from their mailbox copies, with text where it is needed."""
        files = _metadata(export.path, export.base)
        count = partitions_for(sum(file.size for file in files))
        rows = PartitionedSpill(export.work, f"{export.name}-rows", ROWS, count)
        for file in files:
            _spill_rows(file, rows, ledger)
        rows.close()
        texts = MailTexts(export, ledger)
        for table in rows.partitions():
            for batch in _folded(table, export, ledger):
                yield from texts.hold_back(batch)
        yield from texts.with_text()


def _metadata(path: Path, base: Path) -> list[ExportFile]:
    found = []
    for file in plain_files(path, base):
        if file.name.endswith("metadata.csv"):
            found.append(file)
        elif file.name.endswith(".zip"):
            found += [m for m in zip_members(file)[0] if m.name.endswith("metadata.csv")]
    return found


def _missing(file: ExportFile) -> list[str]:
    with open_stream(file) as stream:
        header = read_header(stream)
    return [name for name in REQUIRED if name not in header]


def _spill_rows(file: ExportFile, spill: PartitionedSpill, ledger: Ledger) -> None:
    try:
        with open_stream(file) as stream:
            for rows in csv_batches(stream, COLUMNS, REQUIRED, file.shown, ledger):
                kept = _sent_rows(rows, file, ledger)
                ids = _mail_ids(kept)
                batch = pa.RecordBatch.from_arrays(
                    [
                        pa.repeat(pa.scalar(file.shown), kept.num_rows),
                        kept[RECORD],
                        ids,
                        *(kept[name].fill_null("") for name in COLUMNS),
                    ],
                    schema=ROWS,
                )
                spill.write(batch, hash_column(ids))
    except MissingColumns as error:
        ledger.records_read += 1
        ledger.set_aside(file.shown, 0, "missing-columns", str(error))


def _sent_rows(rows: pa.RecordBatch, file: ExportFile, ledger: Ledger) -> pa.RecordBatch:
    """Rows of sent mail: drafts are excluded, absurd recipient lists set aside."""
    draft = pc.match_substring_regex(rows["Labels"].fill_null(""), r"(?i)\^DRAFT\b")
    ledger.excluded["draft"] += pc.sum(draft).as_py() or 0
    keep = pc.invert(draft)
    for name in ("To", "CC", "BCC"):
        long = pc.greater(pc.binary_length(rows[name].fill_null("")), LONGEST_LIST)
        long = pc.and_(long, keep)
        for number in rows[RECORD].filter(long).to_pylist():
            ledger.set_aside(file.shown, number, "too-many-recipients", name)
        keep = pc.and_(keep, pc.invert(long))
    return rows.filter(keep)


def _mail_ids(rows: pa.RecordBatch) -> pa.Array:
    """RFC Message-ID without brackets; where blank, one built of sender, list, time, subject."""
    ids = pc.utf8_trim(rows["Rfc822MessageId"].fill_null(""), characters="<> \t")
    built = pc.binary_join_element_wise(
        "no-message-id",
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
    copies = np.ones(len(ids), dtype=bool)
    copies[1:] = pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
    message_of = np.cumsum(copies) - 1
    first = table.filter(pa.array(copies))
    senders, names = _senders(table, message_of)
    lists = _recipients(table, message_of, senders)
    sent_at, basis = parse_times(first["DateSent"].combine_chunks(), export.time_zone)
    copies_of = np.bincount(message_of)
    good = np.ones(first.num_rows, dtype=bool)
    for reason, bad in (
        ("unreadable-date", pc.is_null(sent_at)),
        ("no-participants", pc.is_null(senders)),
    ):
        for place in np.flatnonzero(bad.to_numpy(zero_copy_only=False) & good):
            good[place] = False
            for row in np.flatnonzero(message_of == place):
                ledger.set_aside(table["file"][row].as_py(), table["record"][row].as_py(), reason)
    ledger.messages += int(good.sum())
    ledger.duplicates += int((copies_of[good] - 1).sum())
    batch = message_batch(
        source=export.name,
        source_file=first["file"].combine_chunks(),
        record=first["record"].combine_chunks(),
        native_id=_native_ids(first),
        channel=Channel.EMAIL.value,
        platform="gmail",
        sent_at=sent_at,
        sent_at_text=first["DateSent"].combine_chunks(),
        zone_basis=basis,
        sender=senders,
        sender_name=names,
        recipients=lists,
        subject=first["Subject"].combine_chunks(),
    ).filter(pa.array(good))
    yield from batches(pa.Table.from_batches([batch]), BATCH_ROWS)


def _native_ids(first: pa.Table) -> pa.Array:
    ids, gmail = first["id"].combine_chunks(), first["GmailMessageId"].combine_chunks()
    return pc.if_else(pc.starts_with(ids, "no-message-id"), gmail, ids)


def _first_address(cell: str) -> str | None:
    found = parse_addresses(cell)
    return handle("email", found[0][0]) if found else None


def _first_name(cell: str) -> str | None:
    found = parse_addresses(cell)
    return found[0][1] if found else None


def _senders(table: pa.Table, message_of: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[pa.Array, pa.Array]:
    """Sender handle and name a message: `From`, else the mailbox that holds it as sent."""
    cells = table["From"].combine_chunks()
    handles = map_distinct(cells, _first_address)
    sent = pc.match_substring_regex(table["Labels"].combine_chunks(), r"(?i)\^SENT\b")
    account = pc.if_else(sent, table["Account"].combine_chunks(), pa.scalar(None, pa.string()))
    handles = pc.coalesce(handles, map_distinct(account, _first_address))
    known = np.flatnonzero(handles.is_valid().to_numpy(zero_copy_only=False))
    place = np.full(int(message_of[-1]) + 1, -1, dtype=np.int64)
    owners, firsts = np.unique(message_of[known], return_index=True)
    place[owners] = known[firsts]
    chosen = pa.array(place, mask=place < 0)
    return handles.take(chosen), map_distinct(cells, _first_name).take(chosen)


def _recipients(
    table: pa.Table, message_of: np.ndarray[tuple[int], np.dtype[np.int64]], senders: pa.Array
) -> pa.ListArray:
    """Union of the recipients of all copies, each once, in the strongest place it stands."""
    owners, handles, names, ranks = [], [], [], []
    for column, _, rank in _LISTS:
        cells = table[column].combine_chunks()
        if column == "Account":
            sent = pc.match_substring_regex(table["Labels"].combine_chunks(), r"(?i)\^SENT\b")
            cells = pc.if_else(sent, "", cells)
        encoded = cells.dictionary_encode()
        parsed = pa.array(
            [
                [{"handle": handle("email", a), "name": n} for a, n in parse_addresses(cell)]
                for cell in encoded.dictionary.to_pylist()
            ],
            pa.list_(pa.struct([("handle", pa.string()), ("name", pa.string())])),
        ).take(encoded.indices)
        flat = pc.list_flatten(parsed)
        owners.append(message_of[pc.list_parent_indices(parsed).to_numpy()])
        handles.append(pc.struct_field(flat, "handle"))
        names.append(pc.struct_field(flat, "name"))
        ranks.append(np.full(len(flat), rank))
    owner, rank = np.concatenate(owners), np.concatenate(ranks)
    who, name = pa.concat_arrays(handles), pa.concat_arrays(names)
    from_sender = pc.fill_null(pc.equal(who, senders.take(pa.array(owner))), False)
    keep = ~(from_sender.to_numpy(zero_copy_only=False) & (rank == 3))
    owner, rank = owner[keep], rank[keep]
    who, name = who.filter(pa.array(keep)), name.filter(pa.array(keep))
    code = who.dictionary_encode().indices.to_numpy()
    order = np.lexsort((rank, code, owner))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (owner[order][1:] != owner[order][:-1]) | (code[order][1:] != code[order][:-1])
    chosen = order[new]
    chosen = chosen[np.lexsort((chosen, rank[chosen], owner[chosen]))]
    fields = pa.array([field for _, field, _ in _LISTS]).take(pa.array(rank[chosen]))
    values = pa.StructArray.from_arrays(
        [who.take(pa.array(chosen)), name.take(pa.array(chosen)), fields], fields=list(RECIPIENT)
    )
    counts = np.bincount(owner[chosen], minlength=int(message_of[-1]) + 1)
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), values)
