"""Turn a roster and the district's tables into the indexes of a directory.

Rule of this file: it runs once per run and is the only place that spells roster cells as handles.
What it leaves out (an unreadable phone, an agent nobody knows) it counts in `notices`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pipelines.errors import Problem, UserError
from pipelines.handles import canonical_email, canonical_phone, in_domains
from pipelines.message import Person, Role
from pipelines.roster.approvals import Approvals
from pipelines.roster.classes import Classes
from pipelines.roster.family import Family, Holding, Member
from pipelines.roster.names import NameIndex, fold
from pipelines.roster.oneroster import Roster, listed
from pipelines.roster.ownership import HandleIndex, Ownership, Via
from pipelines.roster.tables import Tables
from rules.signals import tools

DOMAIN_SHARE = 0.8
"""Share of a domain's roster people who must have one role before the domain hints at it."""

User = Mapping[str, str]


@dataclass
class Parts:
    """The fields of a `Directory`; see there."""

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
    notices: tuple[Problem, ...]


def build_parts(
    roster: Roster, tables: Tables, school_domains: Iterable[str], phone_region: str
) -> Parts:
    """Build every index.

    Raises:
        UserError: the roster or the tables have problems; all of them.
    """
    problems = [*roster.problems, *tables.problems]
    if problems:
        raise UserError(problems)
    domains = tuple(sorted({domain.strip().lower() for domain in school_domains}))
    users = _users(roster)
    schools = _org_names(roster)
    people = {key: _person(user, schools) for key, user in users.items()}
    rows, bad_phones = _roster_rows(users, people, domains, phone_region)
    for row in tables.handles:
        via = Via.GATEWAY if row.is_gateway else Via.HANDLES
        owner = people[row.person_id.lower()]
        owned = Ownership(owner, row.valid_from, row.valid_to, via)
        rows[row.handle] = (*rows.get(row.handle, ()), owned)
    family = _family(users, people, rows, tables)
    classes = Classes(roster)
    return Parts(
        people=tuple(people[key] for key in sorted(people)),
        handles=HandleIndex(_staff_first(rows, family)),
        names=_names(users, people, domains, family),
        family=family,
        classes=classes,
        approvals=Approvals(tables.approved_groups, tables.approved_sites),
        school_domains=domains,
        district_numbers=tables.district_numbers,
        domain_roles=_domain_roles(users, people, domains),
        teaching_tools=tables.teaching_tools or tools.shipped(),
        notices=(*roster.notices, *tables.notices, *_notices(users, classes, bad_phones)),
    )


def _users(roster: Roster) -> dict[str, User]:
    """The users by lower-case sourcedId."""
    columns = list(roster.users.columns)
    values = (roster.users[name].tolist() for name in columns)
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True))
    return {row["sourcedId"].lower(): row for row in rows}


def _person(user: User, schools: Mapping[str, str]) -> Person:
    return Person(
        id=user["sourcedId"],
        role=Role(user["kind"]),
        given_name=user["givenName"],
        family_name=user["familyName"],
        schools=tuple(schools.get(one.lower(), one) for one in listed(user["orgSourcedIds"])),
    )


def sis_ids(user_ids: str) -> tuple[str, ...]:
    """The values of a userIds cell: "{LDAP:12},{LTI:9}" gives 12 and 9 (OneRoster 1.1)."""
    return tuple(
        piece.strip("{}").partition(":")[2].strip() if ":" in piece else piece.strip("{}")
        for piece in listed(user_ids)
    )


def _addresses(user: User, domains: tuple[str, ...]) -> tuple[str, ...]:
    """Canonical e-mail addresses of a user; a username that is an address counts."""
    found = {user["email"], user["username"]}
    return tuple(sorted({canonical_email(one, domains) for one in found if "@" in one}))


def _roster_rows(
    users: Mapping[str, User], people: Mapping[str, Person], domains: tuple[str, ...], region: str
) -> tuple[dict[str, tuple[Ownership, ...]], int]:
    """Who owns which handle by roster, and how many phone cells could not be read."""
    rows: dict[str, tuple[Ownership, ...]] = {}
    bad_phones = 0

    @cache  # a household's number stands on every child and guardian
    def spell(text: str) -> str | None:
        return canonical_phone(text, region)

    for key, user in users.items():
        alone = (Ownership(people[key]),)
        found = {"email:" + address for address in _addresses(user, domains)}
        for cell in {user["sms"], user["phone"]} - {""}:
            number = spell(cell)
            bad_phones += number is None
            if number:
                found.add("phone:" + number)
        ids = (key, user["identifier"], user["username"], *sis_ids(user["userIds"]))
        found.update("sis:" + one.lower() for one in ids if one)
        for handle in found:
            known = rows.get(handle)
            rows[handle] = (*known, *alone) if known else alone
    return rows, bad_phones


def _family(
    users: Mapping[str, User],
    people: Mapping[str, Person],
    rows: Mapping[str, tuple[Ownership, ...]],
    tables: Tables,
) -> Family:
    """Guardian links, without the district's own numbers: a school line shows no kinship."""
    members = {
        key: Member(
            person=people[key],
            kinds=frozenset(Role(kind) for kind in user["kinds"].split(",")),
            agents=tuple(agent.lower() for agent in listed(user["agentSourcedIds"])),
            ids=frozenset({key, user["identifier"].lower()} - {""}),
            names=frozenset(fold(given) + fold(family) for given, family in _spellings(user)),
        )
        for key, user in users.items()
    }
    holdings = {
        handle: [Holding(row.person, row.valid_from, row.valid_to) for row in owned]
        for handle, owned in rows.items()
        if len(owned) > 1
        and handle.startswith(("email:", "phone:"))
        and handle.removeprefix("phone:") not in tables.district_numbers
        and not any(row.via is Via.GATEWAY for row in owned)
    }
    return Family(members, holdings, tables.relationships)


def _staff_first(
    rows: Mapping[str, tuple[Ownership, ...]], family: Family
) -> dict[str, tuple[Ownership, ...]]:
    """Let handles of a guardian's record that surely is a staff member's resolve to the latter."""

    def owner(row: Ownership) -> Ownership:
        if row.person.role is not Role.GUARDIAN:
            return row
        staff = family.staff_behind(row.person.id)
        return row._replace(person=staff) if staff else row

    return {handle: tuple(owner(row) for row in owned) for handle, owned in rows.items()}


def _spellings(user: User) -> Iterator[tuple[str, str]]:
    """Every (given, family) pair a user may go by."""
    family = {user["familyName"], user["preferredFamilyName"]} - {""}
    given = {user["givenName"], user["preferredGivenName"]} - {""}
    if user["middleName"] and user["givenName"]:
        given.add(f"{user['givenName']} {user['middleName']}")
    return ((one, other) for one in sorted(given) for other in sorted(family))


def _names(
    users: Mapping[str, User],
    people: Mapping[str, Person],
    domains: tuple[str, ...],
    family: Family,
) -> NameIndex:
    index = NameIndex()
    for key in sorted(users):
        if people[key].role is Role.GUARDIAN and family.staff_behind(key):
            continue  # the name is the staff member's own
        user = users[key]
        split = (address.rpartition("@") for address in _addresses(user, domains))
        locals_ = [local for local, _, domain in split if in_domains(domain, domains)]
        index.add(people[key], _spellings(user), locals_)
    return index


def _domain_roles(
    users: Mapping[str, User], people: Mapping[str, Person], domains: tuple[str, ...]
) -> dict[str, Role]:
    """Which role an exact school domain hints at."""
    counts: dict[str, Counter[Role]] = {}
    for key, user in users.items():
        found = {address.rpartition("@")[2] for address in _addresses(user, domains)}
        for domain in found:
            if in_domains(domain, domains):
                counts.setdefault(domain, Counter())[people[key].role] += 1
    return {
        domain: role
        for domain, seen in counts.items()
        for role in (Role.STUDENT, Role.STAFF)
        if seen[role] >= DOMAIN_SHARE * seen.total()
    }


def _org_names(roster: Roster) -> dict[str, str]:
    orgs = roster.orgs
    return {
        key.lower(): name for key, name in zip(orgs["sourcedId"], orgs["name"], strict=True) if name
    }


def _notices(users: Mapping[str, User], classes: Classes, bad_phones: int) -> Iterator[Problem]:
    strangers = sum(
        agent.lower() not in users
        for user in users.values()
        for agent in listed(user["agentSourcedIds"])
    )
    found = (
        ("users.csv", bad_phones, "phone cells are no phone number; those lines stay unknown"),
        ("users.csv", strangers, "agentSourcedIds name nobody on the roster"),
        ("enrollments.csv", classes.unknown_classes, "enrolments are in no listed class"),
        ("enrollments.csv", classes.unreadable_dates, "dates are unreadable, taken as open"),
    )
    for file, count, what in found:
        if count:
            yield Problem(f"roster/{file}", f"{count} {what}", "look whether that is meant")
