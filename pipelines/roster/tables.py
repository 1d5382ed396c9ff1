"""Read the tables a district writes itself: handles, relationships, numbers, approvals, days off.

Rule of this file: people type these tables, so every row is checked and every mistake is a
`Problem` with file, line and column, and never with the value, which may be a private number.
Nothing is guessed and no bad row is dropped without a problem.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines.errors import Problem
from pipelines.handles import account_handle, canonical_email, canonical_phone, short_code
from pipelines.message import Role, handle
from pipelines.roster.approvals import Approval, is_whole_registry, parse_address
from pipelines.roster.oneroster import Roster
from rules.signals.tools import fold

HANDLE_KINDS = ("email", "phone", "lms", "gateway", "user")
RELATIONSHIP_KINDS = ("familial", "employment", "legal")


@dataclass(frozen=True)
class TablePaths:
    """Where the tables are; None where the district has none."""

    handles: Path | None = None
    relationships: Path | None = None
    district_numbers: Path | None = None
    approved_groups: Path | None = None
    approved_sites: Path | None = None
    breaks: Path | None = None
    web_permissions: Path | None = None
    teaching_tools: Path | None = None


@dataclass(frozen=True, slots=True)
class HandleRow:
    """A person's handle. Dates are inclusive on both ends; None is open."""

    person_id: str  # as the table spells it; compare in lower case
    handle: str  # typed and canonical: "phone:+14065550142"
    is_gateway: bool
    valid_from: date | None
    valid_to: date | None
    source: str  # "handles.csv:7"


@dataclass(frozen=True, slots=True)
class Relationship:
    """A signed row about one staff member and one student. Dates as in `HandleRow`."""

    staff_id: str
    student_id: str
    kind: str  # familial, employment, legal
    source: str  # "relationships.csv:3"
    valid_from: date | None
    valid_to: date | None
    approved_by: str = ""
    reason: str = ""

    def is_valid(self, on: date) -> bool:
        """Whether the row holds on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True, repr=False)  # names and numbers stay out of logs
class Tables:
    """The district's own tables. Where `problems` is not empty they are not fit for use."""

    handles: tuple[HandleRow, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    district_numbers: frozenset[str] = frozenset()  # E.164, or the digits of a short code
    approved_groups: tuple[Approval, ...] = ()
    approved_sites: tuple[Approval, ...] = ()
    teaching_tools: frozenset[str] = frozenset()  # folded; empty: the shipped list
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()  # for a person to see; they stop nothing


@dataclass
class Row:
    """One line of a table, with what to say when a cell is wrong."""

    where: str  # "handles.csv:7"
    cells: Mapping[str, str]
    problems: list[Problem]
    is_good: bool = field(default=True)

    def refuse(self, column: str, what: str, remedy: str) -> None:
        """Note a mistake in a column; the row will not be used."""
        self.problems.append(Problem(self.where, f"column {column}: {what}", remedy))
        self.is_good = False

    def text(self, column: str) -> str:
        """Give a cell that must not be empty."""
        cell = self.cells[column]
        if not cell:
            self.refuse(column, "is empty", "fill it in or delete the row")
        return cell

    def day(self, column: str) -> date | None:
        """Give a date, None when the cell is empty."""
        cell = self.cells.get(column, "")
        try:
            return date.fromisoformat(cell) if cell else None
        except ValueError:
            self.refuse(column, "not a date", "write dates as 2026-08-31 (year-month-day)")
            return None

    def has_day(self, column: str) -> bool:
        """Whether the row has the column and it holds a date; notes nothing."""
        try:
            return bool(date.fromisoformat(self.cells.get(column, "")))
        except ValueError:
            return False

    def span(self) -> tuple[date | None, date | None]:
        """Give valid_from and valid_to; None is open."""
        start, end = self.day("valid_from"), self.day("valid_to")
        if start and end and end < start:
            self.refuse("valid_to", "is before valid_from", "swap or mend the two dates")
        return start, end

    def choice(self, column: str, allowed: tuple[str, ...]) -> str:
        """Give one of a few words, in lower case."""
        word = self.text(column).lower()
        if word and word not in allowed:
            self.refuse(column, "unknown word", "use one of " + ", ".join(allowed))
        return word


def read_rows(path: Path, columns: tuple[str, ...], problems: list[Problem]) -> Iterator[Row]:
    """Give the rows of a table that has at least these columns, in any order, any case.

    Blank lines are skipped. A file that is missing, not UTF-8 or without a column adds problems
    and gives no row.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        problems.append(Problem(path.name, "cannot be read", "mend the path in district.toml"))
        return
    except UnicodeDecodeError:
        problems.append(Problem(path.name, "is not UTF-8 text", "save it as 'CSV UTF-8'"))
        return
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [cell.strip().lower() for cell in next(lines, [])]
        for name in columns:
            if header.count(name) != 1:
                what = f"column {name} is {'there twice' if name in header else 'missing'}"
                remedy = "the first line must be " + ",".join(columns)
                problems.append(Problem(f"{path.name}:1", what, remedy))
        if any(header.count(name) != 1 for name in columns):
            return
        line = lines.line_num + 1
        for cells in lines:
            row = Row(f"{path.name}:{line}", {}, problems)
            line = lines.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[len(header) :]):
                row.refuse(header[-1], "more cells than headers", "quote cells that hold a comma")
                continue
            padded = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
            row.cells = dict(zip(header, padded, strict=False))
            yield row
    except csv.Error:
        where = f"{path.name}:{lines.line_num}"
        problems.append(Problem(where, "is not CSV", "look for a quote that is not closed"))


def read_tables(
    paths: TablePaths, roster: Roster, school_domains: Collection[str], phone_region: str
) -> Tables:
    """Read every table that is configured and check it against the roster.

    `phone_region` is an ISO 3166 code for numbers without a country code. Raises nothing for bad
    tables: look at `problems` of what comes back, which holds all of them.
    """
    problems: list[Problem] = []
    people = People(roster)
    domains = tuple(domain.lower() for domain in school_domains)

    def rows(path: Path | None, columns: str) -> Iterator[Row]:
        return read_rows(path, tuple(columns.split(",")), problems) if path else iter(())

    handles = [
        _handle_row(row, people, domains, phone_region)
        for row in rows(paths.handles, "person_id,kind,value,valid_from,valid_to")
    ]
    relationships = [
        _relationship(row, people)
        for row in rows(
            paths.relationships, "staff_id,student_id,kind,approved_by,valid_from,valid_to"
        )
    ]
    numbers = [
        _district_number(row, phone_region) for row in rows(paths.district_numbers, "number,label")
    ]
    groups = [
        _group(row)
        for row in rows(paths.approved_groups, "name_or_url,approved_by,valid_from,valid_to")
    ]
    sites = [_site(row) for row in rows(paths.approved_sites, "domain_or_url")]
    tools = {fold(row.text("name")) for row in rows(paths.teaching_tools, "name")}
    return Tables(
        handles=tuple(row for row in handles if row),
        relationships=tuple(row for row in relationships if row),
        district_numbers=frozenset(number for number in numbers if number),
        approved_groups=tuple(row for row in groups if row),
        approved_sites=tuple(row for row in sites if row),
        teaching_tools=frozenset(tools - {""}),
        problems=tuple(problems),
        notices=people.notices(),
    )


@dataclass(frozen=True, slots=True)
class DayOff:
    """One row of days_off.csv."""

    day: date
    label: str
    source: str  # "days_off.csv:3"


def read_days_off(path: Path, problems: list[Problem]) -> tuple[DayOff, ...]:
    """Read days_off.csv (date,label); what is wrong goes to `problems`."""
    days: list[DayOff] = []
    for row in read_rows(path, ("date", "label"), problems):
        if row.text("date") and (day := row.day("date")) and row.is_good:
            days.append(DayOff(day, row.cells["label"], row.where))
    return tuple(days)


class People:
    """Which roles a roster id has; ids compare without regard to case."""

    def __init__(self, roster: Roster) -> None:
        users = roster.users
        self._is_unread = "kinds" not in users  # then the roster's own problems say enough
        columns = () if self._is_unread else ("sourcedId", "kinds")
        self._kinds = {
            key.lower(): frozenset(kinds.split(","))
            for key, kinds in zip(*(users[name] for name in columns), strict=True)
        }
        self.left: Counter[str] = Counter()  # rows of people who have left, by file

    def check(self, row: Row, column: str, role: Role | None = None) -> str:
        """Give a cell that must be the id of somebody (of a role)."""
        person = row.text(column)
        kinds = self._kinds.get(person.lower())
        if person and kinds is None and not self._is_unread:
            if row.has_day("valid_to"):  # somebody who has left: nothing to mend every night
                self.left[row.where.partition(":")[0]] += 1
                row.is_good = False
                return person
            remedy = (
                "use the sourcedId of the roster's users.csv, with its leading zeros; for somebody "
                "who has left, fill in valid_to"
            )
            row.refuse(column, "nobody on the roster has this id", remedy)
        elif kinds and role and role not in kinds:
            row.refuse(column, f"this person is not {role} on the roster", "mend the id")
        return person

    def notices(self) -> tuple[Problem, ...]:
        """Tables that name people who have left."""
        return tuple(
            Problem(file, f"{count} rows are of people who are not on the roster any more")
            for file, count in sorted(self.left.items())
        )


def _handle_row(
    row: Row, people: People, domains: tuple[str, ...], region: str
) -> HandleRow | None:
    person = people.check(row, "person_id")
    kind = row.choice("kind", HANDLE_KINDS)
    value = row.text("value")
    typed = ""
    if value and kind == "email":
        address = canonical_email(value, domains)
        local, _, domain = address.rpartition("@")
        if not local or "." not in domain or any(c.isspace() for c in address):
            row.refuse("value", "not an e-mail address", "write it as name@example.org")
        typed = handle("email", address)
    elif value and kind == "lms":
        typed = handle("lms", value.lower())
    elif value and kind == "user":
        typed = account_handle(value) or ""
        if not typed.startswith("user:"):
            row.refuse("value", "not a log-in name", "write the name alone, or use kind email")
    elif value and kind in ("phone", "gateway"):
        number = canonical_phone(value, region)
        if number is None and kind == "gateway":
            number = short_code(value)
        if number is None:
            row.refuse("value", "not a phone number", "write it as +14065550100")
        typed = handle("phone", number or "")
    if person and kind == "gateway":
        people.check(row, "person_id", Role.STAFF)
    start, end = row.span()
    if not row.is_good:
        return None
    return HandleRow(person, typed, kind == "gateway", start, end, row.where)


def _relationship(row: Row, people: People) -> Relationship | None:
    staff = people.check(row, "staff_id", Role.STAFF)
    student = people.check(row, "student_id", Role.STUDENT)
    kind = row.choice("kind", RELATIONSHIP_KINDS)
    signed = row.text("approved_by"), row.cells.get("reason", "")
    start, end = row.span()
    if not row.is_good:
        return None
    return Relationship(staff, student, kind, row.where, start, end, *signed)


def _district_number(row: Row, region: str) -> str | None:
    text = row.text("number")
    number = canonical_phone(text, region) or short_code(text)
    if text and number is None:
        row.refuse("number", "not a phone number", "write it as +14065550100")
    return number


def _group(row: Row) -> Approval | None:
    name = row.text("name_or_url")
    signed = row.text("approved_by"), row.cells.get("reason", "")
    start, end = row.span()
    address = parse_address(name)
    if address and is_whole_registry(address):
        row.refuse("name_or_url", "covers every site of a registry", "name the group's own page")
    return Approval(name, row.where, start, end, *signed) if row.is_good else None


def _site(row: Row) -> Approval | None:
    text = row.text("domain_or_url")
    address = parse_address(text)
    if text and address is None:
        row.refuse("domain_or_url", "not a web address", "write example.org or example.org/page")
    elif address and is_whole_registry(address):
        row.refuse("domain_or_url", "covers every site of a registry", "name one site")
    signed = row.cells.get("approved_by", ""), row.cells.get("reason", "")
    start, end = row.span()
    return Approval(text, row.where, start, end, *signed) if row.is_good else None
