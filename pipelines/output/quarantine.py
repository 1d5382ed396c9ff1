"""Why a record could not be read, and what to do about it: every reason with its fix.

Rule of this file: a reason is a key here before a reader may use it. Nothing here or in
quarantine.csv holds message text or names.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.counters import QuarantinedRecord
from pipelines.output.flags import csv_line


@dataclass(frozen=True)
class Reason:
    """What a quarantine reason means and how to mend it."""

    meaning: str
    advice: str
    more_is_lost: bool = False  # records nobody can count are lost with it: a person must look


_ACCOUNT = re.compile(r"[^/!\s@]+@[\w.]+")

REASONS: dict[str, Reason] = {
    "wrong-cell-count": Reason(
        "the row has more or fewer cells than the header",
        "a quote or delimiter is broken in the export; export again rather than edit by hand",
    ),
    "wrong-encoding": Reason(
        "the row is not text in the file's encoding",
        "export again as UTF-8; a spreadsheet may have re-saved the file",
    ),
    "record-too-long": Reason(
        "one record is too long to be read from inside an archive; the rest of the file is unread",
        "unzip that file beside the archive and run again",
        more_is_lost=True,
    ),
    "not-json": Reason(
        "the line is not a JSON object",
        "the part was cut or edited; fetch this part again",
    ),
    "unreadable-line": Reason(
        "the line does not have the shape of this log",
        "look at the line; a log cut at its rotation may begin or end in the middle of one",
    ),
    "truncated-file": Reason(
        "the file ends in the middle; what came before it was read",
        "the download was cut; fetch the file again and compare its checksum",
        more_is_lost=True,
    ),
    "missing-columns": Reason(
        "the file lacks columns this format must have; nothing of it was read",
        "export again with all columns, or move a file that does not belong there",
        more_is_lost=True,
    ),
    "unreadable-date": Reason(
        "nobody can tell when the message was sent",
        "look at the record's date cell; a spreadsheet may have rewritten it",
    ),
    "no-participants": Reason(
        "sender, recipient or message id is missing",
        "look at the record in the export; the vendor may have redacted it",
    ),
    "too-many-recipients": Reason(
        "the recipient list is longer than a million characters",
        "a mass mailing or a broken cell; look at the record in the export",
    ),
    "mail-without-metadata": Reason(
        "the mbox holds a mail that the metadata CSV does not list",
        "metadata and mbox are of different exports; download both of the same export",
    ),
    "broken-archive": Reason(
        "the zip cannot be opened; nothing of it was read",
        "the download was cut; fetch the zip again and compare its checksum",
        more_is_lost=True,
    ),
    "archive-escapes": Reason(
        "a name inside the zip points outside its folder; that member was not read",
        "no honest export does this; find out where the zip comes from",
        more_is_lost=True,
    ),
    "archive-explodes": Reason(
        "a member of the zip grows beyond reason when unpacked; it was not read",
        "no honest export does this; find out where the zip comes from",
        more_is_lost=True,
    ),
    "archive-encrypted": Reason(
        "a member of the zip is encrypted; it was not read",
        "export again without a password",
        more_is_lost=True,
    ),
}

COLUMNS = ("source", "file", "record", "reason", "detail", "meaning", "advice")


def write_quarantine(path: Path, records: Iterable[QuarantinedRecord]) -> int:
    """Write quarantine.csv, sorted; returns the number of rows."""
    rows = sorted(records)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(csv_line(COLUMNS))
        file.writelines(csv_line(_cells(row)) for row in rows)
    return len(rows)


def without_accounts(name: str) -> str:
    """A file name without the mail addresses that Vault puts in it: for_it names nobody."""
    return _ACCOUNT.sub("<account>", name)


def _cells(row: QuarantinedRecord) -> tuple[str, ...]:
    reason, number = REASONS[row.reason], str(row.record or "")
    told = (row.reason, row.detail, reason.meaning, reason.advice)
    return (row.source, without_accounts(row.file), number, *told)


def explain(path: Path) -> Iterable[str]:
    """Lines that tell, reason by reason, what a quarantine.csv holds and what to do."""
    by_reason: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = f"{row['file']}:{row['record']}" if row["record"] else row["file"]
            by_reason.setdefault(row["reason"], []).append(f"{place} {row['detail']}".rstrip())
    for name, places in sorted(by_reason.items()):
        reason = REASONS[name]
        yield f"{name}: {len(places)} record(s)"
        yield f"  means  {reason.meaning}"
        yield f"  do     {reason.advice}"
        yield from (f"  at     {place}" for place in places[:50])
        if len(places) > 50:
            yield f"  and {len(places) - 50} more; all are in {path.name}"
