"""Looking closely at candidate messages in their thread: rules, purpose, status.

Rule of this file: plain functions over the messages of one thread in time order. A rule that
raises stops the run; nothing that matched is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pipelines.circumstances import facts_against, facts_for, grows
from pipelines.errors import RuleFailed
from pipelines.findings import ContextLine, Finding, derived_id
from pipelines.history import Histories
from pipelines.message import Message, Person, Role
from pipelines.threads import Thread
from rules.facts import staff_senders
from rules.model import (
    Conversation,
    District,
    Exemption,
    Label,
    Match,
    Purpose,
    Rule,
    Severity,
    Status,
)
from rules.policies.pack import Clause, Policy

AROUND = 5
"""Messages of context kept before and after a finding."""

BUSINESS = "school_business"
"""The word of a clause's `lifted_by` that lets school business lift a match."""

_NO_TEXT = Purpose(Label.UNCLEAR, 0.5, ("a visit has no words that could say it",))

Judge = Callable[[Message, Sequence[Message]], Purpose]


@dataclass(frozen=True)
class Examiner:
    """Everything a thread is examined with."""

    rules: tuple[Rule, ...]
    policy: Policy
    directory: District
    judge: Judge
    histories: Histories = field(default_factory=Histories)

    def examine(self, thread: Thread) -> Iterator[Finding]:
        """Findings on the candidates of a thread, in time order."""
        for place, wanted in sorted(thread.wanted_by.items()):
            message = thread.messages[place]
            purpose = _NO_TEXT if message.is_visit else self.judge(message, thread.near(place))
            around = Conversation(thread.messages, place, self.directory, purpose)
            for finding in self._findings(message, around, wanted):
                flagged = finding.status is Status.FLAGGED
                reach = 0 if message.is_visit else AROUND  # other visits are nobody's business
                context = _context(thread.messages, place, reach) if flagged else ()
                yield replace(finding, context=context)

    def _findings(self, message: Message, around: Conversation, wanted: int) -> Iterator[Finding]:
        day = message.sent_at_local.date()
        for number, rule in enumerate(self.rules):
            clause = self.policy.clause_for(rule.id, day) if wanted >> number & 1 else None
            if clause is None:
                continue
            try:
                matches = list(rule.check(message, replace(around, settings=clause.settings)))
            except Exception as error:
                raise RuleFailed(rule.id, message.key, error) from None  # its text may quote
            for match in matches:
                yield self._finding(rule, clause, match, message, around)

    def _finding(
        self, rule: Rule, clause: Clause, match: Match, message: Message, around: Conversation
    ) -> Finding:
        day = message.sent_at_local.date()
        staff, purpose = match.staff or staff_senders(message), around.purpose
        students, exempt = self._without_exempt(staff, match, day)
        status, lifted_by = Status.FLAGGED, ""
        exemptions = tuple(sorted(set(exempt.values())))
        if exempt and not students:
            status, students = Status.EXEMPT, match.students
            lifted_by = "; ".join(map(str, exemptions))
        elif match.exemption:
            status, lifted_by = Status.EXEMPT, str(match.exemption)
            exemptions = (*exemptions, match.exemption)
        elif (
            rule.lifted_by_school_business
            and match.business_lifts
            and BUSINESS in clause.lifted_by
            and purpose.label is Label.SCHOOL_BUSINESS
        ):
            status, lifted_by = Status.LIFTED, "school business"
        return Finding(
            finding_id=derived_id("f", rule.id, message.key),
            rule=rule.id,
            rule_title=rule.title,
            clause=clause.id,
            policy=self.policy.id,
            policy_version=self.policy.version,
            severity=_severity(rule, clause, match, purpose, status),
            confidence=round(match.confidence, 2),
            status=status,
            lifted_by=lifted_by,
            exemptions=exemptions,
            purpose=purpose,
            message=message,
            staff=staff,
            students=students,
            others=_others(message, staff, students),
            evidence=match.evidence,
            reason=_reason(rule, match, purpose, status, lifted_by),
            facts_for=(
                *match.facts_for,
                *facts_for(message, around, staff, students, self.histories),
            ),
            facts_against=(
                *match.facts_against,
                *_exempt_facts(exempt if students else {}),
                *facts_against(message, around, staff, match, students, self.histories),
            ),
            undone_if=match.undone_if,
            direction=direction(message),
            growing=grows(staff, students, self.histories),
        )

    def _without_exempt(
        self, staff: tuple[Person, ...], match: Match, day: date
    ) -> tuple[tuple[Person, ...], dict[str, Exemption]]:
        """Students left after relationships the policy honours, and those exempted."""
        exempt: dict[str, Exemption] = {}
        for student in match.students:
            found = [self.directory.exemption(one, student, day) for one in staff]
            honoured = [
                one for one in found if one and one.kind in self.policy.exempt_relationships
            ]
            if honoured and len(honoured) == len(staff):  # whoever of them it was
                exempt[student.id] = honoured[0]
        return tuple(s for s in match.students if s.id not in exempt), exempt


def _exempt_facts(exempt: Mapping[str, Exemption]) -> Iterator[str]:
    for student, why in sorted(exempt.items()):
        yield f"student {student} is exempt: {why}"


def direction(message: Message) -> str:
    """Internal, inbound or outbound, seen from the district's own accounts."""
    if message.is_visit:
        return "outbound"
    inside = [party.account.value == "school" for party in message.recipients]
    if message.sender.account.value != "school":
        return "inbound" if any(inside) else "external"
    return "internal" if all(inside) else "outbound"


def _severity(
    rule: Rule, clause: Clause, match: Match, purpose: Purpose, status: Status
) -> Severity:
    """The clause's severity for a clear match; lower as the rule says for other purposes."""
    full = clause.severities.get(rule.id, rule.severity)
    lower = None
    if status is Status.FLAGGED and purpose.label is Label.UNCLEAR:
        lower = rule.unclear_severity
    elif purpose.label is Label.SCHOOL_BUSINESS:
        lower = rule.business_severity
    return min(full, max(lower, match.least or lower)) if lower else full


_READS_AS = {
    Label.SCHOOL_BUSINESS: "it reads as school business",
    Label.PERSONAL: "it reads as personal",
    Label.UNCLEAR: "its purpose is unclear",
}


def _reason(rule: Rule, match: Match, purpose: Purpose, status: Status, lifted_by: str) -> str:
    what = "; ".join(one.sentence for one in match.evidence)
    if status is Status.FLAGGED:
        return f"{rule.title}: {what}; {_READS_AS[purpose.label]}"
    return f"{rule.title}: {what}; {status} by {lifted_by}"


def _others(
    message: Message, staff: tuple[Person, ...], students: tuple[Person, ...]
) -> tuple[Person, ...]:
    known = {person.id for person in (*staff, *students)}
    everybody = {p.id: p for party in message.recipients for p in party.people}
    return tuple(everybody[key] for key in sorted(everybody) if key not in known)


def _context(thread: Sequence[Message], place: int, reach: int) -> tuple[ContextLine, ...]:
    first = max(0, place - reach)
    return tuple(
        context_line(other, number - place)
        for number, other in enumerate(thread[first : place + reach + 1], first)
    )


def context_line(message: Message, offset: int) -> ContextLine:
    """A message as context of a finding, `offset` places after it."""
    return ContextLine(
        offset=offset,
        key=message.key,
        sent_at=message.sent_at,
        sent_at_local=message.sent_at_local,
        channel=message.channel.value,
        sender=_shown(message.sender.people, message.sender.value),
        recipients="; ".join(_shown(one.people, one.value) for one in message.recipients[:20]),
        subject=message.subject,
        body=message.body,
        by_staff=bool(staff_senders(message)),
    )


def _shown(people: tuple[Person, ...], value: str) -> str:
    return " or ".join(person.name for person in people) or value


def purposes_of(
    probabilities: Mapping[str, float],
    directory: District,
    judge: Callable[[Message, Sequence[Message], Mapping[str, float], Sequence[str]], Purpose],
) -> Judge:
    """Bind the categoriser's probabilities and the roster's classes to a `Judge`."""

    def judged(message: Message, thread: Sequence[Message]) -> Purpose:
        day = message.sent_at_local.date()
        students = [s for party in message.recipients for s in party.persons(Role.STUDENT)]
        classes = sorted(
            {
                title
                for one in message.sender.persons(Role.STAFF)
                for student in students[:AROUND]
                for title in directory.shared_classes(one, student, day)
            }
        )
        return judge(message, thread, probabilities, classes)

    return judged
