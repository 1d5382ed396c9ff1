"""Staff-student messages kept aside between the two steps, whole threads together.

Screening writes every message in which staff and students meet, partitioned by thread, with the
candidates marked; examining reads one partition at a time and makes `Message` objects only of
the threads that hold a candidate. Files are owner-only and removed after the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.broadcasts import write_copies
from pipelines.duplicates import DigestWriter
from pipelines.message import RESOLVED, Channel, Field, Message, Participant, Role, ZoneBasis
from pipelines.roster.directory import Directory
from pipelines.resolve import thread_keys
from pipelines.screen import screened
from pipelines.spill import PartitionedSpill, partition_path, read_partition
from rules.model import Rule

WINDOW = 6
"""Messages before and after a candidate that purpose and context look at."""

CONTACT = pa.schema([*RESOLVED, ("thread_key", pa.uint64()), ("candidate", pa.bool_())])


@dataclass
class Kept:
    """Files of one bundle of screening, and what it counted by source."""

    name: str
    partitions: int
    digests: list[str] = field(default_factory=list)
    copies: str = ""
    not_scanned: list[tuple[str, str, int]] = field(default_factory=list)


class ContactWriter:
    """Writes one bundle's contacts, digests and possible broadcasts."""

    def __init__(self, work: Path, name: str, partitions: int, sources: list[str]) -> None:
        self._spill = PartitionedSpill(work, f"{name}-contacts", CONTACT, partitions)
        self._digests = DigestWriter(work, name)
        self._sources = sources
        self._kept = Kept(name, partitions, copies=str(work / f"{name}-copies.bin"))

    def write(self, batch: pa.RecordBatch, rules: Sequence[Rule]) -> None:
        """Keep the contacts of a `RESOLVED` batch of one source, marking the candidates."""
        contact = batch["contact"]
        contacts = batch.filter(contact)
        hit = screened(contacts, rules)
        candidate = pc.replace_with_mask(contact, contact, hit)
        self._digests.write(batch["key"], self._sources.index(batch["source"][0].as_py()), candidate)
        if contacts.num_rows == 0:
            return
        threads = thread_keys(contacts)
        marked = pa.RecordBatch.from_arrays(
            [*contacts.columns, pa.array(threads), hit], schema=CONTACT
        )
        self._spill.write(marked, threads)
        candidates = marked.filter(hit)
        if candidates.num_rows:
            write_copies(Path(self._kept.copies), candidates)
        self._note_not_scanned(contacts)

    def _note_not_scanned(self, contacts: pa.RecordBatch) -> None:
        blind = pc.and_(
            pc.and_(contacts["from_staff"], pc.greater(contacts["students"], 0)),
            pc.is_null(contacts["body"]),
        )
        if pc.any(blind).as_py():
            rows = contacts.filter(blind)
            self._kept.not_scanned += zip(
                rows["source"].to_pylist(),
                rows["source_file"].to_pylist(),
                rows["record"].to_pylist(),
                strict=True,
            )

    def close(self) -> Kept:
        """Finish all files."""
        self._spill.close()
        self._kept.digests = self._digests.close()
        return self._kept


@dataclass(frozen=True)
class Thread:
    """The messages of one thread in time order, and which of them are candidates."""

    messages: tuple[Message, ...]
    candidates: frozenset[str]


def read_threads(
    work: Path, kept: list[Kept], number: int, directory: Directory, audience: Mapping[int, int]
) -> Iterator[Thread]:
    """Threads of one partition around their candidates: `WINDOW` messages before and after."""
    table = pa.concat_tables(
        read_partition(partition_path(work, f"{one.name}-contacts", number), CONTACT)
        for one in kept
    )
    wanted = pc.unique(table["thread_key"].filter(table["candidate"]))
    if len(wanted) == 0:
        return
    table = table.filter(pc.is_in(table["thread_key"], wanted))
    order = ("thread_key", "sent_at", "key", "source", "source_file", "record")
    table = table.sort_by([(name, "ascending") for name in order]).combine_chunks()
    table = table.filter(pa.array(_near_candidates(table)))
    parties = _Parties(directory)
    rows = (row for batch in table.to_batches(max_chunksize=2048) for row in _rows(batch))
    for _, group in groupby(rows, key=itemgetter("thread_key")):
        yield _thread(list(group), parties, audience)


def _near_candidates(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Rows of a table sorted by thread and time that stand within `WINDOW` of a candidate."""
    threads = table["thread_key"].to_numpy()
    candidate = table["candidate"].to_numpy()
    near = candidate.copy()
    for step in range(1, WINDOW + 1):
        same = threads[step:] == threads[:-step]
        near[step:] |= candidate[:-step] & same
        near[:-step] |= candidate[step:] & same
    return near


def _rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    names = batch.schema.names
    for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
        yield dict(zip(names, values, strict=True))


def _thread(
    rows: list[dict[str, Any]], parties: _Parties, audience: Mapping[int, int]
) -> Thread:
    """One thread; of several copies of a message the first by source, file and record stands."""
    messages: dict[bytes, Message] = {}
    candidates = set()
    for row in rows:
        if row["key"] not in messages:
            messages[row["key"]] = to_message(row, parties, audience)
        if row["candidate"]:
            candidates.add(messages[row["key"]].key)
    ordered = sorted(messages.values(), key=attrgetter("sent_at", "key"))
    return Thread(tuple(ordered), frozenset(candidates))


class _Parties:
    """Participants by handle, made once where the day does not matter."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._known: dict[tuple[str, str | None, str], Participant | None] = {}

    def party(self, handle: str, name: str | None, where: str, day: date) -> Participant:
        """The participant behind a handle on a local day."""
        mark = (handle, name, where)
        found = self._known.get(mark)
        if found is None:
            of_day = self._directory.resolve(handle, name, day)
            found = Participant(
                handle,
                Field(where),
                of_day.account,
                of_day.basis,
                of_day.people,
                name or "",
                of_day.role_hint,
            )
            if not self._directory.is_dated(handle):
                self._known[mark] = found
        return found


def to_message(
    row: Mapping[str, Any], parties: _Parties, audience: Mapping[int, int]
) -> Message:
    """A `Message` from one `CONTACT` row, its handles resolved for its local day."""
    day = row["sent_at_local"].date()
    recipients = tuple(
        parties.party(one["handle"], one["name"], one["field"], day) for one in row["recipients"]
    )
    students = sum(one.may_be(Role.STUDENT) for one in recipients)
    half = int.from_bytes(row["key"][:8], "little")
    return Message(
        key=row["key"].hex(),
        native_id=row["native_id"] or "",
        source=row["source"],
        source_file=row["source_file"],
        record=row["record"],
        channel=Channel(row["channel"]),
        platform=row["platform"],
        thread_key=row["thread_key"],
        sent_at=row["sent_at"],
        sent_at_local=row["sent_at_local"],
        zone_basis=ZoneBasis(row["zone_basis"]),
        off_hours=row["off_hours"],
        sender=parties.party(row["sender"], row["sender_name"], Field.FROM.value, day),
        recipients=recipients,
        audience=max(students, audience.get(half, 0)),
        subject=row["subject"] or "",
        body=row["body"],
        automatic=row["automatic"],
        delivered=row["delivered"],
    )


def partition_count(size: int) -> int:
    """Partitions for exports of `size` bytes: about 64 MB of contacts each at the most."""
    return max(1, min(256, -(-size // (64 << 20))))
