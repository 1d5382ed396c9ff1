"""Exceptions: every one is listed with what it lifted, and what looks wrong is said."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.findings import Finding
from pipelines.output.exceptions import (
    COLUMNS,
    MUCH,
    Exceptions,
    Listed,
    exceptions_entry,
    write_exceptions,
)
from pipelines.roster.approvals import Approval
from pipelines.roster.grants import Grant, grants_of
from pipelines.roster.school_time import Permission, Validity
from pipelines.roster.tables import Relationship, Tables
from rules.examples import RIVER
from rules.model import Exemption, Status
from tests.factories import finding

SEEN, TODAY = (date(2025, 10, 1), date(2025, 10, 31)), date(2025, 11, 1)
SIGNED = Grant(
    "relationships.csv:2", "familial", "T1 and S1", "aunt", "Principal", None, date(2026, 6, 30)
)
GUARDIAN = Exemption("familial", "roster: guardian G9, same phone")


def lifted(number: int = 1, exemption: Exemption | None = None) -> Finding:
    """A finding that an exception lifted, by default the signed one."""
    by = exemption or Exemption(SIGNED.kind, SIGNED.source)
    return replace(finding(f"m{number}", status=Status.EXEMPT), exemptions=(by,))


def listed(*findings: Finding, grant: Grant = SIGNED) -> list[Listed]:
    """The list of a run with one grant."""
    gathered = Exceptions()
    gathered.add(findings)
    return gathered.listed((grant,), SEEN, TODAY)


def test_what_an_exception_lifted_is_counted_by_finding_and_message() -> None:
    twice = [lifted(1), replace(lifted(1), rule="personal_texting"), lifted(2), finding("m3")]
    (row,) = listed(*twice)
    assert (row.use.findings, len(row.use.messages)) == (3, 2)
    assert row.use.days == [date(2025, 10, 14), date(2025, 10, 14)]
    assert row.warnings == ()


def test_what_the_roster_lifts_has_a_row_too() -> None:
    _, row = listed(lifted(), lifted(2, GUARDIAN))
    assert (row.grant.source, row.grant.scope) == (
        GUARDIAN.source,
        "Mara River (T1) and Jo Lopez (S1)",
    )
    assert row.use.findings == 1


@pytest.mark.parametrize(
    ("change", "count", "warnings"),
    [
        ({}, 0, ("lifted nothing in this run",)),
        ({}, MUCH, ()),
        ({}, MUCH + 1, (f"lifted {MUCH + 1} findings, more than {MUCH}",)),
        ({"valid_to": date(2025, 12, 1)}, 1, ("ends on 2025-12-01",)),
        ({"valid_to": date(2025, 12, 2)}, 1, ()),
        ({"valid_to": TODAY}, 1, ("ends on 2025-11-01",)),
        ({"valid_to": date(2025, 10, 31)}, 1, ("ended on 2025-10-31",)),
        # it could lift nothing: over before the first message, not begun, or a partner's domain
        ({"valid_to": date(2025, 9, 30)}, 0, ("ended on 2025-09-30",)),
        ({"valid_from": date(2025, 11, 1)}, 0, ()),
        ({"is_partner": True}, 0, ()),
    ],
)
def test_what_looks_wrong_is_said(
    change: dict[str, object], count: int, warnings: tuple[str, ...]
) -> None:
    grant = replace(SIGNED, **change)  # type: ignore[arg-type]
    (row,) = listed(*(lifted(n) for n in range(count)), grant=grant)
    assert row.warnings == warnings


def test_the_tables_become_grants() -> None:
    dates = (date(2025, 8, 1), None)
    tables = Tables(
        handles=(),
        relationships=(
            Relationship("T1", "S1", "legal", "relationships.csv:2", *dates, "Chair", "ward"),
        ),
        district_numbers=frozenset(),
        approved_groups=(Approval("Band boosters", "approved_groups.csv:2", *dates, "Principal"),),
        approved_sites=(
            Approval("partner.example.org", "approved_sites.csv:2"),
            Approval("example.org/band", "approved_sites.csv:3"),
        ),
        problems=(),
        notices=(),
    )
    permissions = (
        Permission(Validity("t1", "web_permissions.csv:2", *dates), "x.com", "Chair", "scores"),
        Permission(Validity("", "web_permissions.csv:3", *dates), "", "Chair", "storm"),
    )
    legal, group, partner, page, mine, all_ = grants_of(tables, permissions, (RIVER,))
    assert (mine.scope, all_.scope) == ("Mara River (T1) on x.com", "all staff on every network")
    assert (legal.scope, legal.reason) == ("Mara River (T1) and S1", "ward")
    assert legal.approved_by == "Chair"
    assert (group.kind, group.scope, group.valid_from) == ("group", "Band boosters", dates[0])
    assert (partner.is_partner, page.is_partner, group.is_partner) == (True, False, False)


def test_the_file_has_a_row_an_exception_and_runs_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "exceptions.csv"
    rows = listed(lifted(), grant=replace(SIGNED, reason='=HYPERLINK("x")'))
    write_exceptions(path, rows)
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert list(row) == COLUMNS
    assert row["reason"].startswith("'=")
    assert (row["findings"], row["messages"], row["first"]) == ("1", "1", "2025-10-14")


def test_the_manifest_names_lines_and_no_people() -> None:
    entry = exceptions_entry(listed())
    assert entry == {
        "listed": 1,
        "lifted_findings": 0,
        "warnings": ["relationships.csv:2: lifted nothing in this run"],
    }
