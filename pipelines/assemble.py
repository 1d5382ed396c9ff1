"""Findings of one staff side and one student (or group) become one case.

Rule of this file: only flagged findings open a case; its severity comes of `pattern`.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import methodcaller

from pipelines.findings import Case, Finding
from pipelines.pattern import pattern
from rules.model import Status


def assemble_case(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], Case | None]:
    """Each finding once (the first by file and record), in order; and their case, if any."""
    once: dict[str, Finding] = {}
    for finding in findings:
        known = once.get(finding.finding_id)
        if known is None or _origin(finding) < _origin(known):
            once[finding.finding_id] = finding
    ordered = tuple(sorted(once.values(), key=methodcaller("order")))
    flagged = tuple(one for one in ordered if one.status is Status.FLAGGED)
    if not flagged:
        return ordered, None
    severity, why = pattern(flagged)
    first = flagged[0]
    case = Case(first.case_id, first.policy, first.staff, first.students, severity, why, flagged)
    return ordered, case


def summary(case: Case) -> str:
    """The extent in one line: messages, days, channels."""
    messages = {one.message.key for one in case.findings}
    days = {one.message.sent_at_local.date() for one in case.findings}
    channels = sorted({one.message.channel.value for one in case.findings})
    return (
        f"{_count(len(messages), 'message')}, {_count(len(days), 'day')}, "
        f"{_count(len(channels), 'channel')} ({', '.join(channels)})"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _origin(finding: Finding) -> tuple[str, str, int]:
    return (finding.message.source, finding.message.source_file, finding.message.record)
