"""What the district has granted: relationships, groups, sites and web use, as objects of one kind.

Rule of this file: a grant is a row of a district's table, with who may what, why, by whom and
until when. It lifts nothing itself; `exemption` and `approval` of the directory do, and name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.message import Person, Role
from pipelines.roster.approvals import parse_address
from pipelines.roster.school_time import Permission
from pipelines.roster.tables import Tables


@dataclass(frozen=True, order=True)
class Grant:
    """One exception on file. Dates are inclusive, None is open."""

    source: str  # file and line, as an exemption names it: "relationships.csv:3"
    kind: str  # familial, employment, legal, group, site, web
    scope: str  # "Ida Ross (E1032) and Jo Ross (0042626)", "https://discord.gg/robotics"
    reason: str
    approved_by: str
    valid_from: date | None
    valid_to: date | None
    is_partner: bool = False  # a whole domain: its mail is never matched, so it shows nowhere

    def is_valid(self, first: date, last: date) -> bool:
        """Whether it holds on any day of a span."""
        return (self.valid_from is None or self.valid_from <= last) and (
            self.valid_to is None or first <= self.valid_to
        )


def pair(people: Iterable[Person]) -> str:
    """People as a scope names them."""
    return " and ".join(f"{one.name} ({one.id})" if one.name else one.id for one in people)


def grants_of(
    tables: Tables, permissions: Iterable[Permission], people: Iterable[Person]
) -> tuple[Grant, ...]:
    """Every grant of the district's tables, in the order of files and lines."""
    known = {one.id.lower(): one for one in people}
    signed = [
        Grant(
            row.source,
            row.kind,
            pair(
                _known(known, key, role)
                for key, role in ((row.staff_id, Role.STAFF), (row.student_id, Role.STUDENT))
            ),
            row.reason,
            row.approved_by,
            row.valid_from,
            row.valid_to,
        )
        for row in tables.relationships
    ]
    for kind, rows in (("group", tables.approved_groups), ("site", tables.approved_sites)):
        for one in rows:
            address = parse_address(one.text)
            partner = kind == "site" and address is not None and not address.path
            span = (one.valid_from, one.valid_to)
            signed.append(
                Grant(one.source, kind, one.text, one.reason, one.approved_by, *span, partner)
            )
    for row in permissions:
        who, valid = row.validity.staff_id, row.validity
        scope = f"{pair([_known(known, who, Role.STAFF)]) if who else 'all staff'} on "
        scope += row.domain or "every network"
        span = (valid.valid_from, valid.valid_to)
        signed.append(Grant(valid.source, "web", scope, row.reason, row.approved_by, *span))
    return tuple(signed)


def _known(people: Mapping[str, Person], key: str, role: Role) -> Person:
    return people.get(key.lower(), Person(key, role, "", ""))
