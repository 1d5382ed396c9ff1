"""Which people a typed handle belongs to, and on which days.

Rule of this file: it stores and looks up, and decides nothing. A handle belongs to a set of people;
a row with dates never hides one without, except that a gateway number belongs on each day to those
it is assigned to in handles.csv and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pipelines.message import Person


class Via(StrEnum):
    """Where it is written that a handle is a person's."""

    ROSTER = "roster"
    HANDLES = "handles"
    GATEWAY = "gateway"
    PSEUDONYM = "pseudonym"  # the LMS's own table of SIS ids


class Ownership(NamedTuple):
    """One person owns a handle; dates are inclusive, None is open."""

    person: Person
    valid_from: date | None = None
    valid_to: date | None = None
    via: Via = Via.ROSTER

    def is_valid(self, on: date) -> bool:
        """Whether the handle is the person's on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


class HandleIndex:
    """Owners by typed handle, spelled canonically. Read-only once built; picklable."""

    def __init__(self, rows: Mapping[str, tuple[Ownership, ...]]) -> None:
        """Take the rows of every handle."""
        self._rows: dict[str, tuple[Ownership, ...]] = {}
        self._dated: set[str] = set()
        self._gateways: set[str] = set()
        for handle, owned in rows.items():
            kept = owned
            if len(owned) > 1:
                kept = tuple(sorted(set(owned), key=_order))
            if any(row.via is Via.GATEWAY for row in kept):
                kept = tuple(row for row in kept if row.via is Via.GATEWAY)
                self._gateways.add(handle)
            if any(row.valid_from or row.valid_to for row in kept):
                self._dated.add(handle)
            self._rows[handle] = kept

    def __contains__(self, handle: str) -> bool:
        return handle in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, handle: str) -> tuple[Ownership, ...]:
        """Every ownership of a handle, whatever the day."""
        return self._rows.get(handle, ())

    def owners(self, handle: str, on: date) -> tuple[Person, ...]:
        """Everybody a handle belongs to on a day, each once, sorted by id."""
        rows = self._rows.get(handle, ())
        if handle not in self._dated and len(rows) <= 1:
            return (rows[0].person,) if rows else ()
        valid = {row.person.id: row.person for row in rows if row.is_valid(on)}
        return tuple(valid[key] for key in sorted(valid))

    def is_dated(self, handle: str) -> bool:
        """Whether the answer of `owners` depends on the day."""
        return handle in self._dated

    def is_gateway(self, handle: str) -> bool:
        """Whether the handle is a number of the district's tool, assigned or not."""
        return handle in self._gateways

    def plus(self, more: Mapping[str, Iterable[Ownership]]) -> HandleIndex:
        """A new index with more ownerships."""
        rows = dict(self._rows)
        for handle, owned in more.items():
            rows[handle] = (*rows.get(handle, ()), *owned)
        return HandleIndex(rows)

    def handles(self, kind: str) -> Iterator[str]:
        """Every known handle of a kind: email, phone, lms or sis."""
        return (handle for handle in self._rows if handle.startswith(kind + ":"))

    def lines(self) -> Iterator[str]:
        """The content as text, one line an ownership, for a fingerprint."""
        for handle, rows in self._rows.items():
            for row in rows:
                dates = f"{row.valid_from} {row.valid_to}"
                yield f"handle {handle} {row.person.id} {dates} {row.via}"


def _order(row: Ownership) -> tuple[str, str, str, str]:
    return (row.person.id, str(row.valid_from), str(row.valid_to), row.via)
