"""Twilio console CSV (Monitor > Logs > Messaging > Export): columns by name, in any order.

The log names numbers, not people: who holds a gateway number on a day is the roster's to say.
Source: twilio.com/docs (message resource, console export).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.counters import Ledger
from pipelines.errors import Problem
from pipelines.handles import map_distinct, phone_handle
from pipelines.message import Channel
from pipelines.sources.archive import ExportFile, open_stream, plain_files
from pipelines.sources.columns import RECORD, MissingColumns, csv_batches, read_header
from pipelines.sources.interface import (
    Export,
    Format,
    message_batch,
    note_unread,
    one_recipient,
)
from pipelines.sources.times import parse_times

REQUIRED = ("From", "To", "Body", "SentDate", "Sid")
COLUMNS = (*REQUIRED, "Status", "Direction")
NEVER_SENT = ("scheduled", "canceled", "accepted")
UNDELIVERED = ("failed", "undelivered")


class Twilio(Format):
    """SMS and MMS log of a Twilio account; one row a message and recipient."""

    name: ClassVar[str] = "twilio"
    title: ClassVar[str] = "Twilio console CSV (SMS gateway)"
    channel: ClassVar[str] = Channel.SMS

    def recognises(self, path: Path) -> bool:
        """Whether a CSV at the path carries Twilio's columns."""
        return any(not _missing(file) for file in _csv_files(path, path.parent))

    def problems(self, export: Export) -> Iterator[Problem]:
        """Missing files and columns."""
        files = _csv_files(export.path, export.base)
        if not files:
            yield Problem(
                export.name_of(export.path),
                "no .csv file of a Twilio message log",
                "export Monitor > Logs > Messaging as CSV into this folder",
            )
        faults = _faults(files)
        if len(faults) == len(files):  # else the good ones are read, the others quarantined
            yield from faults

    def notices(self, export: Export) -> Iterator[Problem]:
        """Files beside the good ones that are not Twilio logs."""
        yield from _faults(_csv_files(export.path, export.base))

    def read(self, export: Export, ledger: Ledger) -> Iterator[pa.RecordBatch]:
        """Messages of every CSV below the path, file by file."""
        note_unread(export, (".csv",), ledger)
        for file in _csv_files(export.path, export.base):
            try:
                with open_stream(file) as stream:
                    for rows in csv_batches(stream, COLUMNS, REQUIRED, file.shown, ledger):
                        yield from _messages(rows, file, export, ledger)
            except MissingColumns as error:
                ledger.records_read += 1
                ledger.set_aside(file.shown, 0, "missing-columns", str(error))


def _faults(files: list[ExportFile]) -> list[Problem]:
    """What is wrong with the header of each file that is not a Twilio log."""
    return [
        Problem(
            f"{file.shown}:1",
            f"column {', '.join(missing)} missing",
            "export again with all columns, or move a file that is not a Twilio log",
        )
        for file in files
        if (missing := _missing(file))
    ]


def _csv_files(path: Path, base: Path) -> list[ExportFile]:
    return [file for file in plain_files(path, base) if file.name.endswith(".csv")]


def _missing(file: ExportFile) -> list[str]:
    with open_stream(file) as stream:
        header = read_header(stream)
    return [name for name in REQUIRED if name not in header]


def _messages(
    rows: pa.RecordBatch, file: ExportFile, export: Export, ledger: Ledger
) -> Iterator[pa.RecordBatch]:
    sent_at, basis = parse_times(rows["SentDate"], *export.bare_zone)
    status = pc.utf8_lower(rows["Status"].fill_null(""))
    keep = pc.invert(pc.is_in(status, pa.array(NEVER_SENT)))
    if keep.false_count:
        ledger.excluded["never-sent"] += keep.false_count
    for reason, column, bad in (
        *(("no-participants", name, _blank(rows[name])) for name in ("From", "To", "Sid")),
        ("unreadable-date", "SentDate", pc.is_null(sent_at)),
    ):
        for number in rows[RECORD].filter(pc.and_(bad, keep)).to_pylist():
            ledger.set_aside(file.shown, number, reason, column)
        keep = pc.and_(keep, pc.invert(bad))
    if keep.false_count:
        rows, sent_at = rows.filter(keep), sent_at.filter(keep)
        basis, status = basis.filter(keep), status.filter(keep)
    ledger.messages += rows.num_rows

    def to_handle(text: str) -> str:
        return phone_handle(text, export.region)

    sender, recipient = map_distinct(rows["From"], to_handle), map_distinct(rows["To"], to_handle)
    yield message_batch(
        record=rows[RECORD],
        source=export.name,
        source_file=file.shown,
        native_id=rows["Sid"],
        channel=Channel.SMS.value,
        platform="twilio",
        sent_at=sent_at,
        sent_at_text=rows["SentDate"],
        zone_basis=basis,
        sender=sender,
        recipients=one_recipient(recipient, "to"),
        body=rows["Body"],
        delivered=pc.invert(pc.is_in(status, pa.array(UNDELIVERED))),
    )


def _blank(texts: pa.Array) -> pa.Array:
    return pc.equal(pc.utf8_trim_whitespace(texts), "")
