"""What every exception lifted: the list an auditor asks for first, and what looks wrong in it.

Rule of this file: an exception that is on file and one that lifted something both have a row;
a warning is a sentence, and nothing here takes an exception away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.findings import Finding
from pipelines.output.flags import csv_line
from pipelines.roster.grants import Grant, pair
from rules.model import Exemption

SOON = timedelta(days=30)
"""An exception that ends so soon is warned of."""
MUCH = 50
"""Findings in one run from which an exception is said to lift much."""
COLUMNS = (
    "kind,scope,reason,approved_by,valid_from,valid_to,source,findings,messages,first,last,warnings"
).split(",")


@dataclass
class Use:
    """What one exception lifted in a run."""

    findings: int = 0
    messages: set[str] = field(default_factory=set)
    pairs: set[str] = field(default_factory=set)
    days: list[date] = field(default_factory=list)  # first and last

    def add(self, finding: Finding) -> None:
        """Count a finding that the exception concerns."""
        self.findings += 1
        self.messages.add(finding.message.key)
        if len(self.pairs) < MUCH:
            self.pairs.add(pair((*finding.staff, *finding.students)))
        day = finding.message.sent_at_local.date()
        self.days = [min([day, *self.days]), max([day, *self.days])]


@dataclass(frozen=True)
class Listed:
    """One row of the list."""

    grant: Grant
    use: Use
    warnings: tuple[str, ...]


class Exceptions:
    """Gathers what exceptions lifted, group by group."""

    def __init__(self) -> None:
        self._uses: dict[Exemption, Use] = defaultdict(Use)

    def add(self, findings: Sequence[Finding]) -> None:
        """Count one group."""
        for finding in findings:
            for one in finding.exemptions:
                self._uses[one].add(finding)

    def listed(self, grants: Iterable[Grant], seen: tuple[date, date], today: date) -> list[Listed]:
        """Every grant with what it lifted, then what the roster itself lifted.

        `seen` is the first and last day of the messages, `today` the day of the run.
        """
        by_source = {one.source: use for one, use in self._uses.items()}
        known = tuple(grants)
        rows = [
            Listed(one, use, tuple(_warnings(one, use, seen, today)))
            for one in known
            for use in [by_source.get(one.source, Use())]
        ]
        of_tables = {one.source for one in known}
        for exemption in sorted(self._uses):
            if exemption.source not in of_tables:
                use = self._uses[exemption]
                scope = "; ".join(sorted(use.pairs))
                grant = Grant(exemption.source, exemption.kind, scope, "", "roster", None, None)
                rows.append(Listed(grant, use, tuple(_warnings(grant, use, seen, today))))
        return rows


def _warnings(grant: Grant, use: Use, seen: tuple[date, date], today: date) -> Iterable[str]:
    if not use.findings and not grant.is_partner and grant.is_valid(*seen):
        yield "lifted nothing in this run"
    if use.findings > MUCH:
        yield f"lifted {use.findings} findings, more than {MUCH}"
    if grant.valid_to and today <= grant.valid_to <= today + SOON:
        yield f"ends on {grant.valid_to}"
    if grant.valid_to and grant.valid_to < today:
        yield f"ended on {grant.valid_to}"


def write_exceptions(path: Path, rows: Iterable[Listed]) -> None:
    """Write exceptions.csv: `COLUMNS`, one row an exception."""
    lines = [csv_line(COLUMNS)]
    for row in rows:
        grant, use = row.grant, row.use
        cells = (
            *(grant.kind, grant.scope, grant.reason, grant.approved_by),
            *(grant.valid_from or "", grant.valid_to or "", grant.source),
            *(use.findings, len(use.messages), *(use.days or ("", ""))),
            "; ".join(row.warnings),
        )
        lines.append(csv_line([str(cell) for cell in cells]))
    path.write_text("".join(lines), encoding="utf-8", newline="")


def exceptions_entry(rows: Sequence[Listed]) -> dict[str, Any]:
    """The manifest's part: how many, and every warning with its file and line."""
    return {
        "listed": len(rows),
        "lifted_findings": sum(row.use.findings for row in rows),
        "warnings": [f"{row.grant.source}: {one}" for row in rows for one in row.warnings],
    }
