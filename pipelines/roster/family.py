"""Who is family of whom, and which relationship the district has signed.

Rule of this file: only the same id, e-mail address or phone number makes a staff member a guardian;
an equal name never exempts, it is only said. Dates are inclusive on both ends.

`agentSourcedIds` is read as an undirected edge (producers fill it on either end or both): one end
must be a student and the other have a guardian's role. Source: OneRoster 1.1 specification, users
table (1EdTech OneRoster 1.1 and 1.2, agentSourcedIds).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.message import Person, Role
from pipelines.roster.names import fold
from pipelines.roster.tables import Relationship
from rules.model import Exemption

MAX_STAFF_PER_HANDLE = 3
"""More staff on one number or address: a school line or a placeholder, which shows no kinship."""


@dataclass(frozen=True, slots=True)
class Member:
    """What the roster says of one user, as far as family needs it. Ids are lower-case."""

    person: Person
    kinds: frozenset[Role]
    agents: tuple[str, ...]
    ids: frozenset[str]  # sourcedId and identifier
    names: frozenset[str]  # folded full names

    @property
    def key(self) -> str:
        """The id to compare by."""
        return self.person.id.lower()


@dataclass(frozen=True, slots=True)
class Holding:
    """One person holds an e-mail address or phone number in a span of days."""

    person: Person
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Why a guardian's record and a staff member are taken as one human being, and when."""

    staff: Person
    reason: str  # "same id", "same e-mail", "same phone"
    valid_from: date | None = None
    valid_to: date | None = None
    has_same_name: bool = False

    def is_valid(self, on: date) -> bool:
        """Whether both held the shared handle that day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


class Family:
    """Looks up guardians and relationships; read-only and picklable."""

    def __init__(
        self,
        members: Mapping[str, Member],
        holdings: Mapping[str, Iterable[Holding]],
        relationships: Iterable[Relationship],
    ) -> None:
        """Link guardians to students, and staff to guardians' records.

        `members` is keyed by lower-case sourcedId; `holdings` by typed handle (e-mail and phone
        only, without the district's own numbers).
        """
        self._names = {
            key: member.names
            for key, member in members.items()
            if Role.STAFF in member.kinds or Role.GUARDIAN in member.kinds
        }
        self._guardians = _guardian_links(members)
        self.same_person = _same_persons(members, holdings)
        self._signed: dict[tuple[str, str], tuple[Relationship, ...]] = {}
        for row in relationships:
            pair = (row.staff_id.lower(), row.student_id.lower())
            self._signed[pair] = (*self._signed.get(pair, ()), row)

    def guardians(self, student: Person) -> tuple[Person, ...]:
        """The student's guardians by roster, sorted by id; a staff member may be among them."""
        return self._guardians.get(student.id.lower(), ())

    def exemption(self, staff: Person, student: Person, on: date) -> Exemption | None:
        """The signed row or guardian link between the two that is valid that day, if any."""
        for row in self._signed.get((staff.id.lower(), student.id.lower()), ()):
            if row.is_valid(on):
                return Exemption(row.kind, row.source)
        for guardian in self.guardians(student):
            if guardian.id == staff.id:
                source = f"roster: guardian {guardian.id}, same person"
                return Exemption("familial", source)
            for link in self.same_person.get(guardian.id.lower(), ()):
                if link.staff.id == staff.id and link.is_valid(on):
                    source = f"roster: guardian {guardian.id}, {link.reason}"
                    return Exemption("familial", source)
        return None

    def expired_relationship(self, staff: Person, student: Person, on: date) -> str | None:
        """Tell of a signed row for the two that is not valid that day, None without one."""
        for row in self._signed.get((staff.id.lower(), student.id.lower()), ()):
            if row.valid_to and row.valid_to < on:
                return f"{row.source}: {row.kind} relationship ended on {row.valid_to}"
            if row.valid_from and on < row.valid_from:
                return f"{row.source}: {row.kind} relationship begins on {row.valid_from}"
        return None

    def name_only_relatives(self, staff: Person, student: Person) -> bool:
        """Whether a guardian of the student has the staff member's name and nothing else of theirs.

        A fact for the officer; it never exempts.
        """
        mine = self._names.get(staff.id.lower(), frozenset())
        return any(
            guardian.id != staff.id
            and bool(mine & self._names.get(guardian.id.lower(), frozenset()))
            and all(link.staff.id != staff.id for link in self._links(guardian))
            for guardian in self.guardians(student)
        )

    def _links(self, guardian: Person) -> tuple[SamePerson, ...]:
        return self.same_person.get(guardian.id.lower(), ())

    def staff_behind(self, guardian_id: str) -> Person | None:
        """The staff member who surely is this guardian: same id or handle, and same name."""
        sure = {
            link.staff.id: link.staff
            for link in self.same_person.get(guardian_id.lower(), ())
            if link.has_same_name
        }
        return next(iter(sure.values())) if len(sure) == 1 else None

    def lines(self) -> Iterator[str]:
        """The content as text, one line a fact, for a fingerprint."""
        for key, guardians in self._guardians.items():
            yield f"guardians {key} {[guardian.id for guardian in guardians]}"
        for key, links in self.same_person.items():
            for link in links:
                yield f"same {key} {link.staff.id} {link.reason} {link.valid_from} {link.valid_to}"
        for rows in self._signed.values():
            yield from (f"signed {row}" for row in rows)


def _guardian_links(members: Mapping[str, Member]) -> dict[str, tuple[Person, ...]]:
    found: dict[str, set[str]] = {}
    for key, member in members.items():
        for agent in member.agents:
            other = members.get(agent)
            if other is None:
                continue
            for student, guardian in ((member, other), (other, member)):
                if Role.STUDENT in student.kinds and Role.GUARDIAN in guardian.kinds:
                    found.setdefault(student.key, set()).add(guardian.key)
        found.get(key, set()).discard(key)
    return {
        student: tuple(members[guardian].person for guardian in sorted(guardians))
        for student, guardians in found.items()
        if guardians
    }


def _same_persons(
    members: Mapping[str, Member], holdings: Mapping[str, Iterable[Holding]]
) -> dict[str, tuple[SamePerson, ...]]:
    """Which staff member a guardian's record is, by lower-case id of the guardian."""
    found: dict[str, set[SamePerson]] = {}
    for guardian, link in (*_by_id(members), *_by_handle(holdings)):
        found.setdefault(guardian, set()).add(link)
    return {key: tuple(sorted(found[key], key=str)) for key in sorted(found)}


def _by_id(members: Mapping[str, Member]) -> Iterator[tuple[str, SamePerson]]:
    staff_ids: dict[str, list[Member]] = {}
    for member in members.values():
        if member.person.role is Role.STAFF:
            for one in member.ids:
                staff_ids.setdefault(one, []).append(member)
    for member in members.values():
        if member.person.role is Role.GUARDIAN:
            for staff in (staff for one in member.ids for staff in staff_ids.get(one, ())):
                if _share_a_name(staff.person, member.person):  # not two series that just meet
                    yield member.key, SamePerson(staff.person, "same id", has_same_name=True)


def _by_handle(
    holdings: Mapping[str, Iterable[Holding]],
) -> Iterator[tuple[str, SamePerson]]:
    for handle, held in holdings.items():
        owners = tuple(held)
        staff = [one for one in owners if one.person.role is Role.STAFF]
        if not staff or len({one.person.id for one in staff}) > MAX_STAFF_PER_HANDLE:
            continue
        reason = "same e-mail" if handle.startswith("email:") else "same phone"
        for one in owners:
            if one.person.role is not Role.GUARDIAN:
                continue
            for other in staff:
                link = _overlap(one, other, reason)
                if link:
                    yield one.person.id.lower(), link


def _share_a_name(one: Person, other: Person) -> bool:
    return bool(
        {fold(one.given_name), fold(one.family_name)}
        & {fold(other.given_name), fold(other.family_name)} - {""}
    )


def _is_same_name(one: Person, other: Person) -> bool:
    """Whether given names agree and a family name is shared (Montoya, Montoya-Byrne)."""
    families = [
        {fold(part) for part in person.family_name.replace("-", " ").split()} - {""}
        for person in (one, other)
    ]
    given = fold(one.given_name)
    return bool(given) and given == fold(other.given_name) and bool(families[0] & families[1])


def _overlap(one: Holding, other: Holding, reason: str) -> SamePerson | None:
    """The days on which both hold the handle, None when there are none."""
    starts = [day for day in (one.valid_from, other.valid_from) if day]
    ends = [day for day in (one.valid_to, other.valid_to) if day]
    start, end = max(starts, default=None), min(ends, default=None)
    if start and end and end < start:
        return None
    return SamePerson(other.person, reason, start, end, _is_same_name(one.person, other.person))
