"""Counts that must add up. They travel as data through the graph, never as Beam metrics.

A `Ledger` is what one reader says of one export: every record it read is a message, a
duplicate, excluded for a reason, or quarantined for a reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

NOT_SOCIAL, EMBEDDED, BLOCKED = "not-social", "embedded", "blocked"
NO_USER, FOLDED = "no-user", "folded"
"""Why a record of a web-access log is no message."""
SWALLOWED = "lines inside rows with the wrong cell count"
NOT_READ = "files not read"
"""Notes that ask for a person."""


@dataclass(frozen=True, order=True)
class QuarantinedRecord:
    """A record nobody could read. Holds no message text; `detail` names a column or a size."""

    source: str
    file: str
    record: int  # 1-based; 0 when the whole file is meant
    reason: str  # a key of pipelines.output.quarantine.REASONS
    detail: str = ""


@dataclass
class Ledger:
    """Counts of one source, mutable while it is read, merged afterwards."""

    source: str
    records_read: int = 0
    messages: int = 0
    duplicates: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    quarantine: list[QuarantinedRecord] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)  # facts that change no count
    seen_first: str = ""  # ISO 8601 UTC of the earliest and latest message
    seen_last: str = ""

    def set_aside(self, file: str, record: int, reason: str, detail: str = "") -> None:
        """Quarantine one record; the full list is kept, it is small or the run says so."""
        self.quarantined += 1
        self.quarantine.append(QuarantinedRecord(self.source, file, record, reason, detail))

    def saw(self, sent_at: pa.Array) -> None:
        """Widen the span of time seen by a column of UTC instants."""
        if len(sent_at):
            span = pc.min_max(sent_at).as_py()
            first, last = (span[end].isoformat() for end in ("min", "max"))
            self.seen_first = min(self.seen_first or first, first)
            self.seen_last = max(self.seen_last, last)

    @property
    def nothing_to_tell(self) -> bool:
        """Whether a web-access log was read in which nobody reached a social network."""
        alive = self.excluded[NOT_SOCIAL] + self.excluded[EMBEDDED] + self.excluded[BLOCKED]
        return alive > 0 and not self.excluded[NO_USER]

    def balance(self) -> int:
        """Records read less records accounted for; zero when all is well."""
        known = self.messages + self.duplicates + self.excluded.total() + self.quarantined
        return self.records_read - known


def merge(ledgers: Iterable[Ledger]) -> dict[str, Ledger]:
    """Add up ledgers by source."""
    total: dict[str, Ledger] = {}
    for one in ledgers:
        into = total.setdefault(one.source, Ledger(one.source))
        for name in ("records_read", "messages", "duplicates", "quarantined"):
            setattr(into, name, getattr(into, name) + getattr(one, name))
        into.excluded.update(one.excluded)
        into.notes.update(one.notes)
        into.quarantine.extend(one.quarantine)
        firsts = [at for at in (into.seen_first, one.seen_first) if at]
        into.seen_first = min(firsts, default="")
        into.seen_last = max(into.seen_last, one.seen_last)
    return total
