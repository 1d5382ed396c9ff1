"""Staff-student messages kept aside between the two steps, whole threads together.

Screening writes every message in which staff and students meet, partitioned by thread, with the
candidates marked; examining reads one partition at a time and makes `Message` objects only of
the threads that hold a candidate. Files are owner-only and removed after the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.broadcasts import write_copies
from pipelines.duplicates import DigestWriter
from pipelines.message import RESOLVED, Channel, Field, Message, Participant, Role, ZoneBasis
from pipelines.roster.directory import Directory
from pipelines.screen import screened
from pipelines.spill import PartitionedSpill, partition_path, read_partition

CONTACT = pa.schema([*RESOLVED, ("candidate", pa.bool_())])


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

    def write(self, batch: pa.RecordBatch, screen: pc.Expression) -> None:
        """Keep the contacts of a `RESOLVED` batch of one source, marking the candidates."""
        contact = batch["contact"]
        contacts = batch.filter(contact)
        hit = screened(contacts, screen)
        candidate = pc.replace_with_mask(contact, contact, hit)
        self._digests.write(batch["key"], self._sources.index(batch["source"][0].as_py()), candidate)
        if contacts.num_rows == 0:
            return
        marked = pa.RecordBatch.from_arrays([*contacts.columns, hit], schema=CONTACT)
        self._spill.write(marked, contacts["thread_key"].to_numpy(zero_copy_only=False))
        candidates = contacts.filter(hit)
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
    """Threads of one partition that hold a candidate, in no order that matters."""
    tables = [
        read_partition(partition_path(work, f"{one.name}-contacts", number), CONTACT)
        for one in kept
    ]
    table = pa.concat_tables(tables)
    wanted = pc.unique(table["thread_key"].filter(table["candidate"]))
    table = table.filter(pc.is_in(table["thread_key"], wanted))
    order = [
        (name, "ascending") for name in ("thread_key", "sent_at", "key", "source", "source_file", "record")
    ]
    table = table.sort_by(order)
    rows = (row for batch in table.to_batches(max_chunksize=4096) for row in batch.to_pylist())
    for _, group in groupby(rows, key=lambda row: row["thread_key"]):
        yield _thread(list(group), directory, audience)


def _thread(
    rows: list[dict[str, Any]], directory: Directory, audience: Mapping[int, int]
) -> Thread:
    """One thread; of several copies of a message the first by source, file and record stands."""
    messages: dict[bytes, Message] = {}
    candidates = set()
    for row in rows:
        if row["key"] not in messages:
            messages[row["key"]] = to_message(row, directory, audience)
        if row["candidate"]:
            candidates.add(messages[row["key"]].key)
    ordered = sorted(messages.values(), key=attrgetter("sent_at", "key"))
    return Thread(tuple(ordered), frozenset(candidates))


def to_message(
    row: Mapping[str, Any], directory: Directory, audience: Mapping[int, int]
) -> Message:
    """A `Message` from one `CONTACT` row, its handles resolved for its local day."""
    day = row["sent_at_local"].date()

    def party(handle: str, name: str | None, where: Field) -> Participant:
        found = directory.resolve(handle, name, day)
        return Participant(
            handle, where, found.account, found.basis, found.people, name or "", found.role_hint
        )

    recipients = tuple(
        party(one["handle"], one["name"], Field(one["field"])) for one in row["recipients"]
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
        sent_at=row["sent_at"].astimezone(UTC),
        sent_at_local=row["sent_at_local"],
        zone_basis=ZoneBasis(row["zone_basis"]),
        off_hours=row["off_hours"],
        sender=party(row["sender"], row["sender_name"], Field.FROM),
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
