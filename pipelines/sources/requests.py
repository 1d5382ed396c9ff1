"""Web-access logs: requests to social networks folded into visits, all others only counted.

Rule of this file: of a request it keeps who, which network, when and where in the log that stands;
never a path, a query or an address. A log has millions of lines and few of them matter, so lines
are looked at as columns, and what matters is spilled to disk by user and network before it is
folded: memory does not grow with the log.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import IO, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.counters import BLOCKED, EMBEDDED, FOLDED, NO_USER, NOT_SOCIAL, Ledger
from pipelines.errors import Problem
from pipelines.handles import account_handle, map_distinct
from pipelines.message import RECIPIENT, Channel
from pipelines.sources.archive import ExportFile, Refused, open_unpacked
from pipelines.sources.interface import BATCH_ROWS, Export, Format, message_batch, note_unread
from pipelines.sources.times import in_range
from pipelines.spill import PartitionedSpill, batches, combine, hash_column, partitions_for
from rules.signals import visits
from rules.signals.hours import local_column

GAP = 600_000_000
"""Microseconds without a request after which the next one begins another visit."""
_UNPACKED = 8  # how much larger a gzipped log is when unpacked

REQUEST = pa.schema(
    [
        ("user", pa.string()),  # typed handle
        ("network", pa.string()),
        ("domain", pa.string()),
        ("start", pa.timestamp("us", "UTC")),
        ("end", pa.timestamp("us", "UTC")),
        ("spelled", pa.string()),  # the time, as the log has it
        ("basis", pa.string()),
        ("file", pa.string()),
        ("record", pa.int64()),
        ("line", pa.uint64()),  # digest of the whole record
    ]
)
SEEN = ("address", "user", "verdict", "start", "end", "spelled", "basis", "record", "text")
"""What a format hands on of a request: `address` is a URL, a host or host:port."""

_ADDRESS = (
    r"(?i)^(?:[a-z][a-z0-9+.-]*://)?(?:[^/?#\s]*@)?(?P<host>[^/?#:@\s]+)(?::\d*)?(?P<path>/[^?#]*)?"
)
_REFUSED = (
    r"(?i)den(?:y|ied)|block|redirect|reject|drop"
    r"|(?:^|[/ ])(?:000|407|50[0-4]|1[0-3]\d{3})(?: |$)"
)
_NOT_REFUSED = r"(?i)(?:\bnot|\bun|\bnever)[ _-]?(?:den|block)"

Ints = npt.NDArray[np.int64]


class WebLog(Format):
    """A web-access log; each format says which files are its own and what stands in a record."""

    channel: ClassVar[str] = Channel.WEB
    takes: ClassVar[tuple[str, ...]]  # endings of files below the path that it reads
    fault: ClassVar[str]  # what is wrong with a file that is not of this format
    remedy: ClassVar[str]

    @abstractmethod
    def files(self, path: Path, base: Path) -> list[ExportFile]:
        """Files at or below a path that may be of this format, by their names."""

    @abstractmethod
    def fits(self, file: ExportFile) -> bool | None:
        """Whether a file is of this format, by its start; None when it is empty."""

    @abstractmethod
    def collect(self, stream: IO[bytes], file: ExportFile, requests: Requests) -> None:
        """Hand every record of a file to `requests` or set it aside."""

    def recognises(self, path: Path) -> bool:
        """Whether a file at the path is of this format, by its start."""
        return any(self._fits(file) for file in self.files(path, path.parent))

    def problems(self, export: Export) -> Iterator[Problem]:
        """No file of this format."""
        files = self.files(export.path, export.base)
        if not files:
            yield Problem(export.name_of(export.path), f"no file of a {self.title}", self.remedy)
        faults = self._faults(files)
        if len(faults) == len(files):  # else the good ones are read, the others quarantined
            yield from faults

    def notices(self, export: Export) -> Iterator[Problem]:
        """Files beside the good ones that are not of this format."""
        yield from self._faults(self.files(export.path, export.base))

    def read(self, export: Export, ledger: Ledger) -> Iterator[pa.RecordBatch]:
        """Visits to social networks, of all files together, since a visit may go on in the next."""
        note_unread(export, self.takes, ledger)
        files = self.files(export.path, export.base)
        size = sum(f.size * (_UNPACKED if f.name.endswith(".gz") else 1) for f in files)
        requests = Requests(export, ledger, size)
        for file in files:
            try:
                if self.fits(file) is False:
                    raise Refused(file.shown, "missing-columns")
                with open_unpacked(file) as stream:
                    self.collect(stream, file, requests)
            except Refused as error:
                ledger.records_read += 1
                ledger.set_aside(file.shown, 0, error.reason, error.detail)
        yield from requests.visits()

    def _fits(self, file: ExportFile) -> bool | None:
        try:
            return self.fits(file)
        except Refused:
            return None

    def _faults(self, files: list[ExportFile]) -> list[Problem]:
        return [
            Problem(file.shown, self.fault, self.remedy)
            for file in files
            if self._fits(file) is False
        ]


class Requests:
    """The requests of one export: counted, and those to social networks kept until folded."""

    def __init__(self, export: Export, ledger: Ledger, size: int) -> None:
        self.export, self.ledger = export, ledger
        count = partitions_for(size)
        self._spill = PartitionedSpill(export.work, f"{export.name}-requests", REQUEST, count)

    def only_social(self, *texts: pa.Array) -> pa.BooleanArray:
        """Which records may be to a social network, by any of their texts; counts the others."""
        found = pc.match_substring_regex(texts[0], visits.pattern())
        for text in texts[1:]:
            found = pc.or_(found, pc.match_substring_regex(text, visits.pattern()))
        self._exclude(NOT_SOCIAL, found.false_count)
        return found

    def add(self, rows: pa.RecordBatch, file: str) -> None:
        """Keep the requests among records with the columns SEEN; count or set aside the others."""
        parts = pc.extract_regex(rows["address"], _ADDRESS)
        host, path = (pc.struct_field(parts, place).fill_null("") for place in range(2))
        domain = map_distinct(host, visits.domain_of)
        part = pc.is_valid(map_distinct(host, lambda one: one if visits.is_part(one) else None))
        part = pc.or_(part, pc.match_substring_regex(pc.utf8_lower(path), visits.EMBEDDED_PATH))
        refused = pc.match_substring_regex(rows["verdict"], _REFUSED)
        passed = pc.match_substring_regex(rows["verdict"], _NOT_REFUSED)
        user = map_distinct(rows["user"], account_handle)
        keep = pa.repeat(pa.scalar(True), rows.num_rows)
        for reason, out in (
            (NOT_SOCIAL, pc.is_null(domain)),
            (EMBEDDED, part),
            (BLOCKED, pc.and_(refused, pc.invert(passed))),
            (NO_USER, pc.is_null(user)),
        ):
            self._exclude(reason, pc.and_(keep, out).true_count)
            keep = pc.and_(keep, pc.invert(out))
        start = in_range(rows["start"])
        undated = pc.or_(pc.is_null(start), pc.is_null(rows["end"]))
        for number in rows["record"].filter(pc.and_(keep, undated)).to_pylist():
            self.ledger.set_aside(file, number, "unreadable-date")
        columns = {name: rows[name] for name in ("end", "spelled", "basis", "record")}
        columns |= {
            "start": start,
            "user": user,
            "domain": domain,
            "line": pa.array(hash_column(rows["text"])),
        }
        columns["network"] = map_distinct(domain, visits.by_domain().get)
        columns["file"] = pa.repeat(pa.scalar(file), rows.num_rows)
        kept = pa.RecordBatch.from_arrays([columns[one.name] for one in REQUEST], schema=REQUEST)
        kept = kept.filter(pc.and_(keep, pc.invert(undated)))
        if kept.num_rows:
            self._spill.write(
                kept, combine(hash_column(kept["user"]), hash_column(kept["network"]))
            )

    def visits(self) -> Iterator[pa.RecordBatch]:
        """Everything kept as messages, one a visit; the files are removed."""
        self._spill.close()
        for table in self._spill.partitions():
            if table.num_rows:
                folded = pa.Table.from_batches([self._folded(table)])
                self.ledger.messages += folded.num_rows
                yield from batches(folded, BATCH_ROWS)

    def _exclude(self, reason: str, count: int) -> None:
        if count:
            self.ledger.excluded[reason] += count

    def _folded(self, table: pa.Table) -> pa.RecordBatch:
        rows = _sorted(table)
        once = _first_copies(rows)
        self.ledger.duplicates += int(len(once) - once.sum())
        rows = rows.filter(pa.array(once))
        first, ends = _visits(rows)
        self._exclude(FOLDED, rows.num_rows - len(first))
        counts = np.diff(np.append(first, rows.num_rows))
        heads = rows.take(pa.array(first))
        last = pa.array(ends).cast(REQUEST.field("end").type)
        return _messages(heads, last, pa.array(counts), self.export)


def _sorted(table: pa.Table) -> pa.RecordBatch:
    order = ("user", "network", "start", "end", "line", "file", "record")
    rows = table.combine_chunks().sort_by([(name, "ascending") for name in order])
    return rows.combine_chunks().to_batches()[0]


def _changes(rows: pa.RecordBatch, *names: str) -> npt.NDArray[np.bool_]:
    """Rows that differ from the one before in a column; the first always does."""
    new = np.ones(rows.num_rows, dtype=bool)
    new[1:] = False
    for name in names:
        column = rows[name]
        differs = pc.not_equal(column[1:], column[:-1])
        new[1:] |= differs.to_numpy(zero_copy_only=False)
    return new


def _first_copies(rows: pa.RecordBatch) -> npt.NDArray[np.bool_]:
    """Rows that no other file had before: equal lines of one file are requests of their own.

    The n-th equal line of one file is a copy of the n-th of another.
    """
    key = np.cumsum(_changes(rows, "user", "network", "start", "end", "line"))
    starts = np.flatnonzero(_changes(rows, "user", "network", "start", "end", "line", "file"))
    run = np.repeat(starts, np.diff(np.append(starts, rows.num_rows)))
    nth = np.arange(rows.num_rows) - run
    _, firsts = np.unique(key * (rows.num_rows + 1) + nth, return_index=True)
    once = np.zeros(rows.num_rows, dtype=bool)
    once[firsts] = True
    return once


def _visits(rows: pa.RecordBatch) -> tuple[Ints, Ints]:
    """Places of the first request of each visit, and the latest end among its requests."""
    begins = rows["start"].cast(pa.int64()).to_numpy()
    ends = rows["end"].cast(pa.int64()).to_numpy()
    new = _changes(rows, "user", "network")
    group = np.cumsum(new)
    # The latest end so far in a group: ranks instead of times, so that groups can be told apart.
    known, rank = np.unique(ends, return_inverse=True)
    step = len(known) + 1
    latest = known[np.maximum.accumulate(rank + group * step) - group * step]
    new[1:] |= begins[1:] - latest[:-1] > GAP
    first = np.flatnonzero(new)
    return first, latest[np.append(first[1:], len(ends)) - 1]


def _messages(
    heads: pa.RecordBatch, end: pa.Array, counts: pa.Array, export: Export
) -> pa.RecordBatch:
    rows = heads.num_rows
    name = pc.replace_substring_regex(heads["user"], "^[a-z]+:", "")
    at = pc.strftime(_seconds(heads["start"].cast(pa.int64()).cast(pa.timestamp("us"))), "%FT%TZ")
    noun = pc.if_else(pc.equal(counts, 1), " request", " requests")
    until = _until(heads["start"], end, export.time_zone)
    body = _joined("until ", until, ", ", counts.cast(pa.string()), noun)
    nobody = pa.ListArray.from_arrays(pa.array([0] * (rows + 1), pa.int32()), _NO_RECIPIENTS)
    return message_batch(
        source=export.name,
        source_file=heads["file"],
        record=heads["record"],
        native_id=_joined(name, " ", heads["domain"], " ", at),
        channel=Channel.WEB.value,
        platform=export.format,
        thread=_joined(heads["user"], " ", heads["network"]),
        sent_at=heads["start"],
        sent_at_text=heads["spelled"],
        zone_basis=heads["basis"],
        sender=heads["user"],
        recipients=nobody,
        subject=heads["domain"],
        body=body,
    )


_NO_RECIPIENTS = pa.array([], RECIPIENT)


def _joined(*texts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(
        *(pa.scalar(t) if isinstance(t, str) else t for t in texts), ""
    )


def _until(start: pa.Array, end: pa.Array, zone: str) -> pa.Array:
    """The wall clock of the end, with its day where that is another than the start's."""
    first, last = (_seconds(local_column(one, zone)) for one in (start, end))
    same = pc.equal(first.cast(pa.date32()), last.cast(pa.date32()))
    day = pc.if_else(same, "", pc.strftime(last, visits.DAY_OF_END))
    return _joined(day, pc.strftime(last, visits.CLOCK_OF_END))


def _seconds(times: pa.Array) -> pa.Array:
    return pc.floor_temporal(times, unit="second").cast(pa.timestamp("s"))
