"""How two people wrote to each other over the whole log: numbers for each pair, never text.

Rule of this file: columns only. What is held grows with pairs of people and weeks, not with
messages. Private contact alone is counted: a staff member and one to three students, either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contacts import CONTACT, Kept
from pipelines.message import Person, Role
from pipelines.roster.directory import Directory
from pipelines.spill import partition_path, read_partition
from rules.facts import SMALL_GROUP

Ints = npt.NDArray[np.int64]

COLUMNS = ("sender", "recipients", "sent_at_local", "from_staff", "from_student", "students")
LATE_FROM, LATE_TO = 22, 5
"""Late at night: from 22:00 until before 5:00, local time."""
RECENT_WEEKS = 2
_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000_000  # microseconds
_WEEKS = 1 << 13  # more weeks since 1970 than a message can have
_DAYS = 1 << 20  # more days than that, too
_PEOPLE = 1 << 24  # more students than any roster has


@dataclass(frozen=True)
class History:
    """Private messages between a staff member and a student in one log."""

    messages: int
    by_staff: int
    late: int
    first: datetime  # local time
    recent: float  # messages a week in the last RECENT_WEEKS weeks of their contact
    before: float  # messages a week until then, 0 when there is no until then


@dataclass
class Histories:
    """Histories by pair, as columns sorted by pair and week; picklable."""

    staff: dict[str, int] = field(default_factory=dict)
    students: dict[str, int] = field(default_factory=dict)
    weeks: Ints = field(default_factory=lambda: np.zeros((0, 5), dtype=np.int64))
    """(n, 5): pair and week as one number, messages, by staff, late, first in microseconds."""

    def of(self, staff: Person, student: Person) -> History | None:
        """What the log holds of two people, None when they never wrote privately."""
        if staff.id not in self.staff or student.id not in self.students:
            return None
        pair = self.staff[staff.id] * _PEOPLE + self.students[student.id]
        keys = self.weeks[:, 0]
        begin, end = np.searchsorted(keys, (pair * _WEEKS, (pair + 1) * _WEEKS))
        rows = self.weeks[begin:end]
        if not len(rows):
            return None
        week = rows[:, 0] % _WEEKS
        recent = week > week[-1] - RECENT_WEEKS
        span = int(week[-1] - RECENT_WEEKS - week[0] + 1)  # weeks before the recent ones
        return History(
            messages=int(rows[:, 1].sum()),
            by_staff=int(rows[:, 2].sum()),
            late=int(rows[:, 3].sum()),
            first=datetime(1970, 1, 1) + timedelta(microseconds=int(rows[:, 4].min())),
            recent=float(rows[recent, 1].sum()) / RECENT_WEEKS,
            before=float(rows[~recent, 1].sum()) / span if span > 0 else 0.0,
        )


def histories(tables: Iterable[pa.Table], directory: Directory) -> Histories:
    """Count the private contacts of tables that have `COLUMNS` of `CONTACT`."""
    found = Histories()
    for table in tables:
        for batch in table.select(COLUMNS).combine_chunks().to_batches():
            private = pc.less_equal(batch["students"], SMALL_GROUP)
            rows = _weeks(batch.filter(private), directory, found)
            found.weeks = _summed(np.concatenate([found.weeks, rows]))
    return found


def contact_tables(work: Path, kept: list[Kept], partitions: int) -> Iterator[pa.Table]:
    """The kept contacts, a table a file."""
    for number in range(partitions):
        for one in kept:
            yield read_partition(partition_path(work, f"{one.name}-contacts", number), CONTACT)


def _weeks(batch: pa.RecordBatch, directory: Directory, known: Histories) -> Ints:
    lists = batch["recipients"]
    reached = pc.struct_field(pc.list_flatten(lists), "handle")
    owner = pc.list_parent_indices(lists).to_numpy().astype(np.int64)
    local = batch["sent_at_local"].cast(pa.int64()).to_numpy(zero_copy_only=False)
    days = local // _DAY
    handles = pa.concat_arrays([batch["sender"], reached])
    staff, students = _people(handles, np.concatenate([days, days[owner]]), directory, known)
    rows = batch.num_rows
    pairs = []
    for column, mine, theirs in (
        ("from_staff", staff[:rows][owner], students[rows:]),
        ("from_student", staff[rows:], students[:rows][owner]),
    ):
        sent = batch[column].to_numpy(zero_copy_only=False)[owner]
        chosen = np.flatnonzero(sent & (mine >= 0) & (theirs >= 0))
        at = local[owner[chosen]]
        hour = at // 3_600_000_000 % 24
        pair = mine[chosen] * _PEOPLE + theirs[chosen]
        late = (hour >= LATE_FROM) | (hour < LATE_TO)
        ones = np.ones(len(chosen), dtype=np.int64)
        by_staff = ones * (column == "from_staff")
        week = (at // _DAY + 3) // 7  # weeks begin on Monday
        pairs.append(np.stack([pair * _WEEKS + week, ones, by_staff, late, at], axis=1))
    return _summed(np.concatenate(pairs))


def _summed(rows: Ints) -> Ints:
    """One row for each pair and week, sorted."""
    if not len(rows):
        return rows
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    starts = np.flatnonzero(np.append(True, rows[1:, 0] != rows[:-1, 0]))
    counts = np.add.reduceat(rows[:, 1:4], starts, axis=0)
    first = np.minimum.reduceat(rows[:, 4], starts)
    return np.column_stack([rows[starts, 0], counts, first])


def _people(
    handles: pa.Array, days: Ints, directory: Directory, known: Histories
) -> tuple[Ints, Ints]:
    """(numbers of staff, numbers of students), one a handle; -1 where it is not just one person."""
    who = handles.dictionary_encode()
    texts = who.dictionary.to_pylist()
    dated = np.array([directory.is_dated(one) for one in texts], dtype=bool)
    code = who.indices.to_numpy().astype(np.int64)
    marks = code * _DAYS + np.where(dated[code], days, 0)
    distinct, back = np.unique(marks, return_inverse=True)
    numbers = np.full((len(distinct), 2), -1, dtype=np.int64)
    for place, mark in enumerate(distinct.tolist()):
        on = _EPOCH + timedelta(days=mark % _DAYS)
        owners = directory.owners(texts[mark // _DAYS], on)
        for side, (role, ids) in enumerate(
            ((Role.STAFF, known.staff), (Role.STUDENT, known.students))
        ):
            people = [one for one in owners if one.role is role]
            if len(people) == 1:
                numbers[place, side] = ids.setdefault(people[0].id, len(ids))
    return numbers[back, 0], numbers[back, 1]
