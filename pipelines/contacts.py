"""Staff-student messages kept aside between the two steps, whole threads together.

Rule of this file: it only writes, as columns. Every message in which staff and students meet goes
to the partition of its thread, with bits that say which rules want to see it; `threads.py` reads
one partition at a time. Files are owner-only and removed after the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.broadcasts import write_copies
from pipelines.duplicates import DigestWriter
from pipelines.message import RESOLVED
from pipelines.resolve import thread_keys
from pipelines.screen import screened
from pipelines.spill import PartitionedSpill
from rules.facts import SMALL_GROUP
from rules.model import Rule

CONTACTS, STRANGERS = "contacts", "strangers"
"""Names of the two kinds of file."""
CONTACT = pa.schema([*RESOLVED, ("thread_key", pa.uint64()), ("wanted_by", pa.int64())])


@dataclass
class Kept:
    """Files of one bundle of screening, and the messages that had no text to scan."""

    name: str
    digests: list[str] = field(default_factory=list)
    copies: str = ""
    not_scanned: list[tuple[str, str, int]] = field(default_factory=list)


def contacts_of(batch: pa.RecordBatch, rules: Sequence[Rule]) -> pa.RecordBatch:
    """The contacts of a `RESOLVED` batch as a `CONTACT` batch, the candidates marked."""
    contacts = batch.filter(batch["contact"])
    columns = [*contacts.columns, pa.array(thread_keys(contacts)), screened(contacts, rules)]
    return pa.RecordBatch.from_arrays(columns, schema=CONTACT)


def strangers_of(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Messages to or from few, with nobody known at the other end: what a given handle may be.

    No rule sees them; their text is kept only where the reader had it anyway.
    """
    few = pc.less_equal(pc.list_value_length(batch["recipients"]), SMALL_GROUP)
    chosen = pc.and_(batch["stranger"], pc.and_(few, pc.invert(batch["automatic"])))
    rows = batch.filter(chosen.fill_null(False))
    nobody = pa.array([0] * rows.num_rows, pa.int64())
    columns = [*rows.columns, pa.array(thread_keys(rows)), nobody]
    return pa.RecordBatch.from_arrays(columns, schema=CONTACT)


class ContactWriter:
    """Writes one bundle's contacts, digests and possible broadcasts."""

    def __init__(self, work: Path, name: str, partitions: int, sources: list[str]) -> None:
        self._spill = PartitionedSpill(work, f"{name}-{CONTACTS}", CONTACT, partitions)
        self._strangers = PartitionedSpill(work, f"{name}-{STRANGERS}", CONTACT, partitions)
        self._digests = DigestWriter(work, name)
        self._sources = sources
        self._kept = Kept(name, copies=str(work / f"{name}-copies.bin"))

    def write(self, batch: pa.RecordBatch, rules: Sequence[Rule]) -> None:
        """Keep the contacts of a `RESOLVED` batch of one source, marking the candidates."""
        contact = batch["contact"]
        contacts = contacts_of(batch, rules)
        hit = pc.not_equal(contacts["wanted_by"], 0)
        candidate = pc.replace_with_mask(contact, contact, hit)
        self._digests.write(
            batch["key"], self._sources.index(batch["source"][0].as_py()), candidate
        )
        strangers = strangers_of(batch)
        if strangers.num_rows:
            self._strangers.write(strangers, strangers["thread_key"].to_numpy())
        if contacts.num_rows == 0:
            return
        self._spill.write(contacts, contacts["thread_key"].to_numpy())
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
        self._strangers.close()
        self._kept.digests = self._digests.close()
        return self._kept


def partition_count(size: int) -> int:
    """Partitions for exports of `size` bytes: about 64 MB of contacts each at the most."""
    return max(1, min(256, -(-size // (64 << 20))))
