"""From a run to the report's contents: what the page shows, and counts of what lies beyond.

Rule of this file: groups come worst first and one at a time; only as many as the page holds stay
in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipelines.contacts import Kept
from pipelines.counters import Ledger
from pipelines.findings import Case, Finding
from pipelines.output.exceptions import Listed
from pipelines.output.manifest import versions
from pipelines.output.report import (
    MOST_CASES,
    MOST_SET_ASIDE,
    Beyond,
    Report,
    Scanned,
    render_report,
)
from pipelines.workplace import Workplace
from rules.model import Status


class Shown:
    """Cases and findings the page will hold, and the count of the rest."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.findings: list[Finding] = []
        self.beyond = Beyond()
        self._aside = 0

    def add(self, findings: Sequence[Finding], case: Case | None) -> None:
        """Take one group, or count it when the page is full."""
        if case and len(self.cases) < MOST_CASES:
            self.cases.append(case)
        elif case:
            self.beyond.cases[case.severity] += 1
        shown = case is not None and case is self.cases[-1]
        for finding in findings:
            aside = finding.status is not Status.FLAGGED
            self._aside += aside
            if (aside and self._aside <= MOST_SET_ASIDE) or (not aside and shown):
                self.findings.append(finding)
            else:
                self.beyond.findings[finding.clause, finding.rule, finding.status] += 1


def report_of(
    place: Workplace,
    run_id: str,
    started: datetime,
    ledgers: Mapping[str, Ledger],
    kept: Sequence[Kept],
    shown: Shown,
    listed: Sequence[Listed],
    attention: Sequence[str],
) -> str:
    """The whole page of a run."""
    config = place.config
    zone = ZoneInfo(config.time_zone)
    blind = Counter(source for one in kept for source, _, _ in one.not_scanned)
    report = Report(
        district=config.name,
        run_id=run_id,
        when=started.astimezone(zone),
        policy=place.policy,
        hours=place.hours,
        contact_hours=", ".join(f"{days} {span}" for days, span in config.hours.items()),
        cases=tuple(shown.cases),
        findings=tuple(shown.findings),
        rules=place.rules(),
        scanned=tuple(
            Scanned(
                source=one.name,
                format=one.format,
                records=ledgers[one.name].records_read,
                messages=ledgers[one.name].messages,
                duplicates=ledgers[one.name].duplicates,
                excluded=tuple(sorted((+ledgers[one.name].excluded).items())),
                quarantined=ledgers[one.name].quarantined,
                first=_day(ledgers[one.name].seen_first, zone),
                last=_day(ledgers[one.name].seen_last, zone),
                not_scanned=blind[one.name],
            )
            for one in config.sources
        ),
        clauses_not_checked=tuple(place.unchecked()),
        complete=not attention,
        warnings=tuple(attention),
        versions=tuple(versions().items()),
        beyond=shown.beyond,
        exceptions=tuple(listed),
    )
    return render_report(report)


def _day(instant: str, zone: ZoneInfo) -> date | None:
    return datetime.fromisoformat(instant).astimezone(zone).date() if instant else None
