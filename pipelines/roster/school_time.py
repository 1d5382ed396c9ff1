"""School hours, breaks, and who may use a social network in them: breaks.csv, web_permissions.csv.

Rule of this file: it reads what people typed, row by row as `tables.py` does, and looks up. School
hours are never taken from contact hours: a district that has not said them has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from pipelines.errors import Problem
from pipelines.message import Role
from pipelines.roster.approvals import parse_address
from pipelines.roster.oneroster import Roster
from pipelines.roster.tables import People, Row, TablePaths, read_rows
from rules.model import Break, Exemption
from rules.signals.hours import WEEKDAYS, ContactHours, Span
from rules.signals.networks import look_up
from rules.signals.visits import same_network

BREAK_KINDS = ("break", "lunch", "preparation")
_DAYS = {
    **{name: (number,) for number, name in enumerate(WEEKDAYS)},
    **{name[:3]: (number,) for number, name in enumerate(WEEKDAYS)},
    "weekdays": tuple(range(5)),
}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Validity:
    """Whom a row is for and when. No staff id is everybody; dates as in `HandleRow`."""

    staff_id: str  # in lower case
    source: str  # "breaks.csv:3"
    valid_from: date | None
    valid_to: date | None

    def holds(self, staff_id: str, on: date) -> bool:
        """Whether the row is for somebody on a day."""
        return self.staff_id in ("", staff_id.lower()) and (
            (self.valid_from is None or self.valid_from <= on)
            and (self.valid_to is None or on <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Permission:
    """One row of web_permissions.csv."""

    validity: Validity
    domain: str  # "" is every network
    approved_by: str
    reason: str


@dataclass(frozen=True)
class SchoolTime:
    """What the district says of its school hours; everything may be missing."""

    hours: ContactHours | None = None
    breaks: tuple[tuple[Validity, frozenset[int], Break], ...] = ()  # with weekdays, Monday 0
    permissions: tuple[Permission, ...] = ()
    notices: tuple[Problem, ...] = ()

    def hours_on(self, on: date) -> Span | None:
        """Start and end of the school day; None on a day off."""
        if self.hours is None or on in self.hours.days_off:
            return None
        return self.hours.by_weekday[on.weekday()]

    def breaks_of(self, staff_id: str, on: date) -> tuple[Break, ...]:
        """Breaks of a staff member on a day, in order."""
        found = (
            one
            for row, days, one in self.breaks
            if on.weekday() in days and row.holds(staff_id, on)
        )
        return tuple(sorted(found, key=lambda one: (one.start, one.end, one.kind)))

    def permission(self, staff_id: str, domain: str, on: date) -> Exemption | None:
        """The first row that lets somebody visit a network that day."""
        for row in self.permissions:
            covers = not row.domain or same_network(row.domain, domain)
            if covers and row.validity.holds(staff_id, on):
                return Exemption("approval", row.validity.source)
        return None

    def lines(self) -> Iterator[str]:
        """The rows as text, for a fingerprint."""
        for row, days, one in self.breaks:
            yield f"break {row} {sorted(days)} {one}"
        yield from (f"web permission {row}" for row in self.permissions)


def read_school_time(
    paths: TablePaths, hours: ContactHours | None, roster: Roster, problems: list[Problem]
) -> SchoolTime:
    """Read both tables, where there are; what is wrong goes to `problems`."""
    people = People(roster)
    ends = "valid_from,valid_to"
    breaks = [
        _break(row, people)
        for row in _rows(paths.breaks, f"staff_id,days,from,to,kind,{ends}", problems)
    ]
    permissions = [
        _permission(row, people)
        for row in _rows(
            paths.web_permissions, f"staff_id,domain,approved_by,reason,{ends}", problems
        )
    ]
    return SchoolTime(
        hours,
        tuple(one for one in breaks if one),
        tuple(one for one in permissions if one),
        people.notices(),
    )


def _rows(path: Path | None, columns: str, problems: list[Problem]) -> Iterator[Row]:
    return read_rows(path, tuple(columns.split(",")), problems) if path else iter(())


def _validity(row: Row, people: People) -> Validity:
    staff = people.check(row, "staff_id", Role.STAFF) if row.cells["staff_id"] else ""
    return Validity(staff.lower(), row.where, *row.span())


def _break(row: Row, people: People) -> tuple[Validity, frozenset[int], Break] | None:
    names = re.split(r"[;,\s]+", row.text("days").lower())
    if any(name not in _DAYS for name in names):
        row.refuse("days", "unknown day", "write weekdays, or days such as monday;wednesday")
    start, end = _clock(row, "from"), _clock(row, "to")
    if row.is_good and end <= start:
        row.refuse("to", "is not after from", "swap or mend the two times")
    kind, validity = row.choice("kind", BREAK_KINDS), _validity(row, people)
    if not row.is_good:
        return None
    days = frozenset(day for name in names for day in _DAYS[name])
    return validity, days, Break(start, end, kind)


def _clock(row: Row, column: str) -> time:
    found = _CLOCK.fullmatch(row.text(column))
    try:
        if found:
            return time(int(found[1]), int(found[2]))
    except ValueError:
        pass
    row.refuse(column, "not a time", "write times as 12:05 (24-hour clock)")
    return time()


def _permission(row: Row, people: People) -> Permission | None:
    signed = row.text("approved_by"), row.text("reason")
    validity, domain = _validity(row, people), row.cells["domain"]
    address = parse_address(domain)
    if domain and (address is None or look_up(address.host) is None):
        row.refuse("domain", "no social network that is known", "write a domain such as x.com")
    elif address and address.path:
        row.refuse("domain", "a page, which a web log does not show", "write the domain alone")
    for_all = not domain and not validity.staff_id
    if for_all and not (validity.valid_from and validity.valid_to):
        row.refuse("valid_to", "everything is open", "say whom, what, or from when to when")
    if not row.is_good:
        return None
    return Permission(validity, address.host if address else "", *signed)
