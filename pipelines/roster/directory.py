"""The directory: who a handle is on a day, and what the district knows of two people.

Rule of this file: look-ups only, over indexes that `build.py` made once. Nothing is parsed here
that was parsed before, no number library is called, and no answer depends on the clock. Identity
comes from the handle; a display name is evidence of its own, lower kind (`Basis.NAME`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any, NamedTuple

from pipelines.errors import Problem
from pipelines.handles import canonical_email, in_domains
from pipelines.message import Account, Basis, Person, Role
from pipelines.roster.approvals import Approvals
from pipelines.roster.build import Parts, build_parts
from pipelines.roster.classes import Classes
from pipelines.roster.family import Family
from pipelines.roster.names import NameIndex
from pipelines.roster.oneroster import Roster
from pipelines.roster.ownership import HandleIndex, Ownership, Via
from pipelines.roster.school_time import SchoolTime
from pipelines.roster.tables import Tables
from rules.model import Break, Exemption
from rules.signals.notices import is_network_mailer
from rules.signals.posting import is_posting_address

STAFF, STUDENT, GUARDIAN, UNKNOWN = 1, 2, 4, 8
SCHOOL, OTHER, SHARED, BY_NAME, BY_DOMAIN, PARTNER = 16, 32, 64, 128, 256, 512
"""Bits of `Directory.role_bits`. Exactly one of SCHOOL, OTHER and PARTNER is always set."""

_ROLE_BIT = {Role.STAFF: STAFF, Role.STUDENT: STUDENT, Role.GUARDIAN: GUARDIAN}
_ACCOUNT_BIT = {Account.SCHOOL: SCHOOL, Account.OTHER: OTHER, Account.PARTNER: PARTNER}
_BASIS_BIT = {
    Basis.HANDLE: 0,
    Basis.SHARED: SHARED,
    Basis.NAME: BY_NAME,
    Basis.DOMAIN: BY_DOMAIN,
    Basis.UNKNOWN: UNKNOWN,
}
_MEMO_LIMIT = 500_000


def _is_website(address: str) -> bool:
    """A website's own address; the name shown with it is of whom it writes about."""
    return is_network_mailer(address) or is_posting_address(address)


class Resolution(NamedTuple):
    """What a handle resolves to on a day; the parts of a `Participant`."""

    people: tuple[Person, ...]
    basis: Basis
    account: Account
    role_hint: Role | None = None  # only with Basis.DOMAIN


@dataclass(frozen=True, repr=False, eq=False)
class Directory:
    """Everybody of the district and their handles. Read-only, picklable; implements `District`.

    A guardian's record that surely is a staff member's own (same id, e-mail or phone, and the same
    name) does not hide the staff member: its handles resolve to the staff person.
    """

    people: tuple[Person, ...]
    handles: HandleIndex
    names: NameIndex
    family: Family
    classes: Classes
    approvals: Approvals
    school_domains: tuple[str, ...]
    district_numbers: frozenset[str]
    domain_roles: Mapping[str, Role]
    teaching_tools: frozenset[str]
    notices: tuple[Problem, ...] = ()
    school_time: SchoolTime = field(default_factory=SchoolTime)
    _memo: dict[tuple[str, str | None, date | None], int] = field(default_factory=dict, init=False)

    def __repr__(self) -> str:
        """Counts only: names and numbers stay out of logs."""
        return f"<Directory {self.shape()}>"

    def __getstate__(self) -> dict[str, Any]:
        """Leave the memo behind."""
        return {**self.__dict__, "_memo": {}}

    # -- handles ---------------------------------------------------------------------------

    def resolve(self, handle: str, name: str | None, on: date) -> Resolution:
        """Tell who a typed handle is on a local day, and who controls the account.

        `name` is the display name beside it, used for outside e-mail addresses and phones that
        nobody is known to own, and then only as evidence.
        """
        key = self._key(handle)
        people = self.handles.owners(key, on)
        account = self._account(key)
        if people:
            return Resolution(people, Basis.HANDLE if len(people) == 1 else Basis.SHARED, account)
        kind, _, value = key.partition(":")
        if account is Account.SCHOOL:
            hint = self.domain_roles.get(value.rpartition("@")[2]) if kind == "email" else None
            return Resolution((), Basis.DOMAIN if hint else Basis.UNKNOWN, account, hint)
        if kind == "phone" or (kind == "email" and not _is_website(value)):
            named = self.names.find(name, value.rpartition("@")[0] if kind == "email" else "")
            if named:
                return Resolution(named, Basis.NAME, account)
        return Resolution((), Basis.UNKNOWN, account)

    def role_bits(self, handle: str, name: str | None, on: date) -> int:
        """`resolve` as an OR of this module's constants; remembered, so ask for distinct values."""
        bits = self._memo.get((handle, name, None))  # only undated answers are kept so
        if bits is not None:
            return bits
        mark = (handle, name, on if self.is_dated(handle) else None)
        bits = self._memo.get(mark)
        if bits is None:
            found = self.resolve(handle, name, on)
            bits = _ACCOUNT_BIT[found.account] | _BASIS_BIT[found.basis]
            for person in found.people:
                bits |= _ROLE_BIT[person.role]
            if found.role_hint:
                bits |= _ROLE_BIT[found.role_hint]
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[mark] = bits
        return bits

    def is_dated(self, handle: str) -> bool:
        """Whether resolving the handle depends on the day."""
        return self.handles.is_dated(self._key(handle))

    def owners(self, handle: str, on: date) -> tuple[Person, ...]:
        """Everybody a typed handle belongs to that day, sorted by id; empty when unknown."""
        return self.handles.owners(self._key(handle), on)

    def ownerships(self, handle: str) -> tuple[Ownership, ...]:
        """Every ownership of a handle with its dates and where it is written."""
        return self.handles.rows(self._key(handle))

    def is_district_number(self, number: str) -> bool:
        """Whether an E.164 number is listed as the district's or assigned to its gateway."""
        return number in self.district_numbers or self.handles.is_gateway("phone:" + number)

    @property
    def local_area(self) -> str | None:
        """The area code most of the district's own North American numbers have."""
        areas = Counter(n[2:5] for n in self.district_numbers if n.startswith("+1"))
        return min(areas, key=lambda area: (-areas[area], area)) if areas else None

    def is_school_address(self, address: str) -> bool:
        """Whether an e-mail address is school-controlled, by its domain."""
        domain = address.strip().lower().rpartition("@")[2].rstrip(".")
        return in_domains(domain, self.school_domains)

    def add_lms_identities(self, mapping: Mapping[str, str]) -> Directory:
        """A new directory that also knows LMS user ids (key) by their SIS ids (value).

        A SIS id is looked for among sourcedIds, identifiers, usernames and userIds; then without
        its leading zeros, where exactly one person is left. Ids that match nobody are left out.
        Source: Canvas pseudonyms.sis_user_id.
        """
        stripped: dict[str, set[str]] = {}
        for one in self.handles.handles("sis"):
            stripped.setdefault(one[4:].lstrip("0"), set()).add(one)
        more: dict[str, list[Ownership]] = {}
        for lms_id, sis_id in mapping.items():
            key = sis_id.strip().lower()
            rows = self.handles.rows("sis:" + key) if key else ()
            if not rows and key.lstrip("0"):
                rows = tuple(
                    row
                    for one in stripped.get(key.lstrip("0"), ())
                    for row in self.handles.rows(one)
                )
                rows = rows if len({row.person.id for row in rows}) == 1 else ()
            if rows:
                handle = "lms:" + lms_id.removeprefix("lms:").strip().lower()
                people = {row.person.id: row.person for row in rows}
                more[handle] = [Ownership(one, via=Via.PSEUDONYM) for one in people.values()]
        return replace(self, handles=self.handles.plus(more))

    # -- people ----------------------------------------------------------------------------

    def shared_classes(self, staff: Person, student: Person, on: date) -> tuple[str, ...]:
        """Titles of the classes the two share that day, sorted, with their course."""
        return self.classes.shared(staff, student, on)

    def guardians(self, student: Person) -> tuple[Person, ...]:
        """The student's guardians by roster, sorted by id; a staff member may be among them."""
        return self.family.guardians(student)

    def exemption(self, staff: Person, student: Person, on: date) -> Exemption | None:
        """The signed row or guardian link between the two that is valid that day, if any."""
        return self.family.exemption(staff, student, on)

    def expired_relationship(self, staff: Person, student: Person, on: date) -> str | None:
        """Tell of a signed row for the two that is not valid that day; None without one."""
        return self.family.expired_relationship(staff, student, on)

    def name_only_relatives(self, staff: Person, student: Person) -> bool:
        """Whether only an equal name suggests that the staff member is a guardian; a mere fact."""
        return self.family.name_only_relatives(staff, student)

    def approval(self, domain_or_url: str, on: date) -> Exemption | None:
        """The approval of a site or group valid that day, if any."""
        return self.approvals.find(domain_or_url, on)

    def approved_pages(self, domain: str, on: date) -> tuple[str, ...]:
        """Where it stands that pages of a domain, but not all of it, are approved that day."""
        return self.approvals.pages(domain, on)

    # -- school time -----------------------------------------------------------------------

    def school_hours(self, on: date) -> tuple[time, time] | None:
        """Start and end of the school day; None on days off and where nobody has said."""
        return self.school_time.hours_on(on)

    def breaks(self, staff: Person, on: date) -> tuple[Break, ...]:
        """Breaks and preparation periods of a staff member that day, in order."""
        return self.school_time.breaks_of(staff.id, on)

    def web_permission(self, staff: Person, domain: str, on: date) -> Exemption | None:
        """The permission to use a social network in school hours that is valid that day, if any."""
        return self.school_time.permission(staff.id, domain, on)

    def staff_named(self, name: str) -> tuple[Person, ...]:
        """Staff of this name, title with family name, or account name; see `NameIndex.staff`."""
        return self.names.staff(name)

    def expired_approval(self, domain_or_url: str, on: date) -> str | None:
        """Tell of an approval of the site or group that is not valid that day."""
        return self.approvals.expired(domain_or_url, on)

    def is_listed_site(self, domain_or_url: str) -> bool:
        """Whether it is listed among the approved sites rather than the groups, valid or not."""
        return self.approvals.is_site(domain_or_url)

    def approved_at(self, host: str, on: date) -> Exemption | None:
        """An approval, valid that day, of any group or page at a host."""
        return self.approvals.at(host, on)

    def groups_named_in(self, text: str) -> tuple[str, ...]:
        """Names of listed groups, valid or not, that stand in a text."""
        return self.approvals.named_in(text)

    # -- the whole -------------------------------------------------------------------------

    def fingerprint(self) -> str:
        """SHA-256 (hex) of everything that can change an answer, whatever the order of rows."""
        lines = sorted(self._lines())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def shape(self) -> dict[str, int]:
        """How many people of each role, handles and classes there are."""
        roles = Counter(person.role for person in self.people)
        return {
            **{str(role): roles[role] for role in Role},
            "handles": len(self.handles),
            "classes": len(self.classes),
        }

    def _key(self, handle: str) -> str:
        """The spelling a handle is known by."""
        if handle in self.handles:
            return handle
        kind, _, value = handle.partition(":")
        if kind == "email":
            return "email:" + canonical_email(value, self.school_domains)
        if kind == "user":
            return self._user_key(value.lower())
        return handle.lower() if kind in ("lms", "sis") else handle

    def _user_key(self, name: str) -> str:
        """The handle a log-in name stands for, most certain first.

        Its row in handles.csv; a username or id that the roster
        gives to staff or students, since guardians' are those of another system; the one school
        address whose local part it is. A name that fits two addresses is nobody's.
        """
        known = f"user:{name}"
        if known in self.handles:
            return known
        listed = self.handles.rows(f"sis:{name}")
        if any(row.person.role is not Role.GUARDIAN for row in listed):
            return f"sis:{name}"
        addresses = [f"email:{name}@{domain}" for domain in self.school_domains]
        found = [one for one in addresses if one in self.handles]
        return found[0] if len(found) == 1 else known

    def _account(self, key: str) -> Account:
        kind, _, value = key.partition(":")
        if kind == "email":
            domain = value.rpartition("@")[2]
            if in_domains(domain, self.school_domains):
                return Account.SCHOOL
            return Account.PARTNER if self.approvals.is_partner(domain) else Account.OTHER
        if kind == "phone":
            return Account.SCHOOL if self.is_district_number(value) else Account.OTHER
        return Account.SCHOOL if kind in ("lms", "sis", "user") else Account.OTHER

    def _lines(self) -> Iterator[str]:
        for person in self.people:
            yield f"person {person!r}"
        for group in (self.handles, self.family, self.classes, self.names):
            yield from group.lines()
        yield from (f"approved {kind} {row}" for kind, rows in self._approved() for row in rows)
        yield f"domains {sorted(self.school_domains)} {sorted(self.domain_roles.items())}"
        yield f"numbers {sorted(self.district_numbers)}"
        yield from self.school_time.lines()
        yield f"tools {sorted(self.teaching_tools)}"

    def _approved(self) -> Iterator[tuple[str, tuple[object, ...]]]:
        yield from zip(("groups", "sites"), self.approvals.rows, strict=True)


def build_directory(
    roster: Roster, tables: Tables, school_domains: tuple[str, ...] | list[str], phone_region: str
) -> Directory:
    """Build the directory from what was read.

    `school_domains` are the district's e-mail domains (those below count too); `phone_region` is an
    ISO 3166 code such as "US".

    Raises:
        UserError: the roster or the tables have problems; all of them.
    """
    parts: Parts = build_parts(roster, tables, school_domains, phone_region)
    return Directory(**vars(parts))
