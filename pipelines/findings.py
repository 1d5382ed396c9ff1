"""What the machine hands to people: findings, the context they stood in, and cases.

Rule of this file: identities are derived, so the same inputs give the same ids on every
machine and every night. A finding's id comes of rule and message only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pipelines.message import Message, Person
from rules.model import Evidence, Exemption, Purpose, Severity, Status


def derived_id(prefix: str, *parts: str) -> str:
    """A short stable id: prefix and 16 hex digits of a SHA-256 over the parts."""
    return f"{prefix}-{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class ContextLine:
    """One message around a finding: `offset` is its place before (-) or after (+) it."""

    offset: int
    key: str
    sent_at: datetime
    sent_at_local: datetime
    channel: str
    sender: str
    recipients: str
    subject: str
    body: str | None
    by_staff: bool


@dataclass(frozen=True)
class Finding:
    """A rule's match on a message, with all that an officer needs to judge it."""

    finding_id: str
    rule: str
    rule_title: str
    clause: str
    policy: str
    policy_version: str
    severity: Severity
    confidence: float
    status: Status
    lifted_by: str  # what lifted or exempted it, empty when flagged
    purpose: Purpose
    message: Message
    staff: tuple[Person, ...]
    students: tuple[Person, ...]
    others: tuple[Person, ...]
    evidence: tuple[Evidence, ...]
    reason: str
    facts_for: tuple[str, ...]
    facts_against: tuple[str, ...]
    undone_if: tuple[str, ...]
    direction: str
    exemptions: tuple[Exemption, ...] = ()  # of it, or of some students when it is flagged
    growing: bool = False  # private messages of the two grew several times (`has_grown`)
    context: tuple[ContextLine, ...] = ()

    @property
    def staff_id(self) -> str:
        """Roster ids of the staff side, joined with `;`."""
        return ";".join(sorted(person.id for person in self.staff))

    @property
    def student_ids(self) -> str:
        """Roster ids of the students concerned, joined with `;`."""
        return ";".join(sorted(person.id for person in self.students))

    @property
    def case_id(self) -> str:
        """The case it belongs to: one staff side, one student or group, one policy."""
        return derived_id("case", self.policy, self.staff_id, self.student_ids)

    def order(self) -> tuple[datetime, str, str]:
        """Findings are listed by time, then message, then rule."""
        return (self.message.sent_at, self.message.key, self.rule)


@dataclass(frozen=True)
class Case:
    """What an officer decides on: the flagged findings of one pair under one policy."""

    case_id: str
    policy: str
    staff: tuple[Person, ...]
    students: tuple[Person, ...]
    severity: Severity
    why: str  # the pattern in one sentence
    findings: tuple[Finding, ...]
