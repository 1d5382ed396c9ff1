"""Threads read back from the kept messages: rows first, `Message` objects only when asked for.

Rule of this file: a candidate is looked at with what was said near it, so a thread holds the
rows around its candidates and makes objects of the few that a rule, the judge or the context of
a finding asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contacts import CONTACT, CONTACTS, Kept
from pipelines.message import Channel, Field, Message, Participant, Role, ZoneBasis
from pipelines.roster.directory import Directory
from pipelines.spill import partition_path, read_partition
from rules.signals.purpose import HOURS, WINDOW

Row = dict[str, Any]
"""One row of a CONTACT batch, by column."""

_TIMES = ("sent_at", "sent_at_local")
_NEEDED = (
    *("key", "native_id", "source", "source_file", "record", "channel", "platform", "thread_key"),
    *("zone_basis", "off_hours", "sender", "sender_name", "recipients", "subject", "body"),
    *("automatic", "delivered", "wanted_by", *_TIMES),
)

REACH = timedelta(hours=HOURS)
"""How far the neighbours reach that say something about a message's purpose (see `judge`)."""


@dataclass(frozen=True)
class Thread:
    """Messages of one thread in time order, with their times and the candidates among them.

    `wanted_by` maps the place of a candidate to bits, one a rule in the order of
    `Workplace.rules`, of the rules whose screen let the message through.
    """

    messages: Sequence[Message]
    times: Sequence[datetime]
    wanted_by: Mapping[int, int]

    @classmethod
    def of(cls, messages: Sequence[Message], wanted_by: Mapping[int, int]) -> Thread:
        """A thread of messages that are there already, in time order."""
        return cls(messages, [message.sent_at for message in messages], wanted_by)

    def near(self, place: int) -> Sequence[Message]:
        """A message and its neighbours, in order: at most `WINDOW` places and `REACH` away."""
        here, first, last = self.times[place], place, place
        while first > max(0, place - WINDOW) and here - self.times[first - 1] <= REACH:
            first -= 1
        most = min(len(self.times) - 1, place + WINDOW)
        while last < most and self.times[last + 1] - here <= REACH:
            last += 1
        return self.messages[first : last + 1]


class LazyMessages(Sequence[Message]):
    """Messages made of rows when they are asked for; most neighbours never are."""

    def __init__(self, rows: Sequence[Row], make: Callable[[Row], Message]) -> None:
        self._rows, self._make = rows, make
        self._made: dict[int, Message] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Message: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Message]: ...
    def __getitem__(self, place: int | slice) -> Message | Sequence[Message]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = range(len(self))[place]
        if number not in self._made:
            self._made[number] = self._make(self._rows[number])
        return self._made[number]


def read_threads(
    work: Path, kept: list[Kept], number: int, directory: Directory, audience: Mapping[int, int]
) -> Iterator[Thread]:
    """Threads of one partition around their candidates."""
    yield from threads_of(read_contacts(work, kept, number), directory, audience)


def read_contacts(work: Path, kept: list[Kept], number: int, kind: str = CONTACTS) -> pa.Table:
    """One partition of the kept messages as a `CONTACT` table, memory-mapped."""
    parts = (
        read_partition(partition_path(work, f"{one.name}-{kind}", number), CONTACT) for one in kept
    )
    return pa.concat_tables([CONTACT.empty_table(), *parts])


def threads_of(
    table: pa.Table, directory: Directory, audience: Mapping[int, int]
) -> Iterator[Thread]:
    """Threads of a `CONTACT` table around their candidates: `WINDOW` messages before and after.

    `audience` maps the first half of a message's key to the students a broadcast reached.
    """
    candidate = pc.not_equal(table["wanted_by"], 0)
    wanted = pc.unique(table["thread_key"].filter(candidate))
    if len(wanted) == 0:
        return
    table = table.filter(pc.is_in(table["thread_key"], wanted))
    order = ("thread_key", "sent_at", "key", "source", "source_file", "record")
    table = table.sort_by([(name, "ascending") for name in order]).combine_chunks()
    table = table.filter(pa.array(_near_candidates(table)))
    parties = _Parties(directory)
    rows = (row for batch in table.to_batches(max_chunksize=2048) for row in _rows(batch))
    for _, group in groupby(rows, key=itemgetter("thread_key")):
        yield _thread(group, parties, audience)


def messages_of(
    table: pa.Table, directory: Directory, audience: Mapping[int, int]
) -> Sequence[Message]:
    """The messages of a `CONTACT` table, each once, in order of time, made when asked for."""
    order = ("sent_at", "key", "source", "source_file", "record")
    table = table.sort_by([(name, "ascending") for name in order]).combine_chunks()
    rows = (row for batch in table.to_batches() for row in _rows(batch))
    return _thread(rows, _Parties(directory), audience).messages


def _near_candidates(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Rows of a table sorted by thread and time that stand within `WINDOW` of a candidate.

    Copies of a message stand side by side and count as one place.
    """
    threads = table["thread_key"].to_numpy()
    keys = np.frombuffer(table["key"].combine_chunks().buffers()[1], dtype="<u8").reshape(-1, 2)
    keys = keys[: len(threads)]
    new = np.ones(len(threads), dtype=bool)
    new[1:] = (threads[1:] != threads[:-1]) | (keys[1:] != keys[:-1]).any(axis=1)
    starts, place = np.flatnonzero(new), np.cumsum(new) - 1
    candidate = np.logical_or.reduceat(table["wanted_by"].to_numpy() != 0, starts)
    thread = threads[starts]
    near: npt.NDArray[np.bool_] = candidate.copy()
    for step in range(1, min(WINDOW, len(starts) - 1) + 1):
        same = thread[step:] == thread[:-step]
        near[step:] |= candidate[:-step] & same
        near[:-step] |= candidate[step:] & same
    chosen: npt.NDArray[np.bool_] = near[place]
    return chosen


def _rows(batch: pa.RecordBatch) -> Iterator[Row]:
    """Rows as dictionaries of the columns a `Message` is made of."""
    columns = {name: batch[name] for name in _NEEDED}
    at, local = (columns[name].cast(pa.int64()) for name in ("sent_at", "sent_at_local"))
    values = {name: column.to_pylist() for name, column in columns.items() if name not in _TIMES}
    # to_pylist takes 12 microseconds for each time with a zone
    values["sent_at"] = [one.replace(tzinfo=UTC) for one in _naive(at)]
    values["sent_at_local"] = _naive(local)
    for row in zip(*values.values(), strict=True):
        yield dict(zip(values, row, strict=True))


def _naive(microseconds: pa.Int64Array) -> list[datetime]:
    times: list[datetime] = microseconds.to_numpy().astype("datetime64[us]").tolist()
    return times


def _thread(rows: Iterable[Row], parties: _Parties, audience: Mapping[int, int]) -> Thread:
    """One thread; of several copies of a message the first by source, file and record stands."""
    once: dict[bytes, Row] = {}
    for row in rows:  # sorted by time, key, source, file and record
        known = once.setdefault(row["key"], row)
        known["wanted_by"] |= row["wanted_by"]
        if known["body"] is None:  # another export may have the text
            known["body"] = row["body"]
    ordered = sorted(once.values(), key=itemgetter("sent_at", "key"))
    return Thread(
        LazyMessages(ordered, lambda row: to_message(row, parties, audience)),
        [row["sent_at"] for row in ordered],
        {place: row["wanted_by"] for place, row in enumerate(ordered) if row["wanted_by"]},
    )


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


def to_message(row: Row, parties: _Parties, audience: Mapping[int, int]) -> Message:
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
