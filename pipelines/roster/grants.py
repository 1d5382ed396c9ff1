"""What the district has granted: relationships, approved groups and sites, as objects of one kind.

Rule of this file: a grant is a row of a district's table, with who may what, why, by whom and
until when. It lifts nothing itself; `exemption` and `approval` of the directory do, and name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.roster.approvals import parse_address
from pipelines.roster.tables import Tables


@dataclass(frozen=True, order=True)
class Grant:
    """One exception on file. Dates are inclusive, None is open."""

    source: str  # file and line, as an exemption names it: "relationships.csv:3"
    kind: str  # familial, employment, legal, group, site
    scope: str  # "E1032 and 0042626", "https://discord.gg/robotics"
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


def grants_of(tables: Tables) -> tuple[Grant, ...]:
    """Every grant of the district's tables, in the order of files and lines."""
    signed = [
        Grant(
            row.source,
            row.kind,
            f"{row.staff_id} and {row.student_id}",
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
    return tuple(signed)
