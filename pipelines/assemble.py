"""Findings of one staff side and one student (or group) become one case.

Rule of this file: only flagged findings open a case; its severity comes of the pattern the
table below names, never of a formula or a bare count.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import methodcaller

from pipelines.findings import Case, Finding
from rules.model import Label, Severity, Status


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


def pattern(flagged: Sequence[Finding]) -> tuple[Severity, str]:
    """Severity of a case and the sentence that says why.

    | what the flagged findings show                                  | severity  |
    |-----------------------------------------------------------------|-----------|
    | personal contact on 3 or more days                              | high      |
    | 3 or more personal messages over 2 or more channels             | high      |
    | personal contact under 3 or more rules                          | high      |
    | otherwise                                                       | the worst |
    """
    personal = [one for one in flagged if one.purpose.label is Label.PERSONAL]
    days = {one.message.sent_at_local.date() for one in personal}
    channels = sorted({one.message.channel.value for one in personal})
    messages = {one.message.key for one in personal}
    if len(days) >= 3:
        return Severity.HIGH, f"personal contact on {len(days)} days"
    if len(channels) >= 2 and len(messages) >= 3:
        return (
            Severity.HIGH,
            f"personal contact on {len(channels)} channels ({', '.join(channels)})",
        )
    if len({one.rule for one in personal}) >= 3:
        return Severity.HIGH, "personal contact that matches three or more rules"
    return max(one.severity for one in flagged), _reads_as(flagged, personal)


def _reads_as(flagged: Sequence[Finding], personal: Sequence[Finding]) -> str:
    """What the messages of a case without a pattern read as."""
    if personal:
        return "reads as personal"
    if any(one.purpose.label is Label.UNCLEAR for one in flagged):
        return "its purpose is unclear"
    return "reads as school business, which does not lift this clause"


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
