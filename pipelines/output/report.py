"""report.html: the page a compliance officer reads first.

Rule of this file: it decides what stands where and in which words; report.html.j2 decides how it
looks. Everything from an export reaches the page through Jinja2's autoescape, never as markup.
The page stays bounded whatever the run found, and says loudly what it left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from operator import methodcaller
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from pipelines.assemble import summary
from pipelines.findings import Case, Finding
from pipelines.message import Person
from pipelines.output.exceptions import Listed
from pipelines.output.timeline import (
    Hit,
    Moment,
    Noted,
    Passage,
    Timeline,
    draw_timeline,
    gather_hits,
    passages,
)
from pipelines.output.wording import pieces
from rules.model import Label, Rule, Severity, Status
from rules.policies.pack import Clause, Policy
from rules.signals.hours import ContactHours

MOST_CASES = 500
"""Cases shown in full; the rest is in flags.csv, and the page says so."""
MOST_BYTES = 7_500_000
"""About what the cases may weigh; those beyond are left out like those beyond MOST_CASES."""
MOST_HITS = 50
"""Messages of one case shown in their context; its other findings are listed in short."""
MOST_SET_ASIDE = 500
"""Lifted and exempt findings listed; all are counted."""
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True)
class Scanned:
    """What became of one source: records = messages + duplicates + excluded + quarantined."""

    source: str
    format: str
    records: int
    messages: int
    duplicates: int
    excluded: tuple[tuple[str, int], ...]  # reason, count
    quarantined: int
    first: date | None  # local day of the earliest and latest message
    last: date | None
    not_scanned: int = 0  # staff-student messages whose text was not in the export


@dataclass(frozen=True)
class Beyond:
    """What a large run found beyond what the page holds: counted, and in flags.csv."""

    cases: Counter[Severity] = field(default_factory=Counter)
    findings: Counter[tuple[str, str, Status]] = field(default_factory=Counter)  # clause, rule


@dataclass(frozen=True)
class Report:
    """All that a run tells an officer. `findings` holds the lifted and exempt ones too."""

    district: str
    run_id: str
    when: datetime
    policy: Policy
    hours: ContactHours
    contact_hours: str  # the same in words
    cases: tuple[Case, ...]
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    scanned: tuple[Scanned, ...]
    clauses_not_checked: tuple[Clause, ...]
    complete: bool
    warnings: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()  # name, value; for the foot of the page
    beyond: Beyond = Beyond()
    exceptions: tuple[Listed, ...] = ()

    def by_severity(self) -> Counter[Severity]:
        """Cases of the whole run."""
        return Counter(one.severity for one in self.cases) + self.beyond.cases

    def by_rule(self) -> Counter[tuple[str, str, Status]]:
        """Findings of the whole run by clause, rule and status."""
        return Counter((f.clause, f.rule, f.status) for f in self.findings) + self.beyond.findings


def render_report(report: Report) -> str:
    """Draw the whole page: one HTML text that needs nothing else to be read."""
    aside = [one for one in report.findings if one.status is not Status.FLAGGED]
    lifted = Counter(one.case_id for one in aside)
    cases = _views(report, lifted)
    return (
        _template().render(
            report=report,
            headline=headline(report),
            cases=cases,
            cases_left_out=report.by_severity().total() - len(cases),
            by_rule=_by_rule(report),
            aside=sorted(aside, key=methodcaller("order"))[:MOST_SET_ASIDE],
            aside_left_out=max(0, _set_aside(report) - MOST_SET_ASIDE),
            clauses=[_checked(one, report) for one in report.policy.clauses],
            readers=[rule for rule in report.rules if rule.reads_text],
            total=_total(report.scanned),
        )
        + "\n"
    )


def headline(report: Report) -> str:
    """The run in one line: how much was read, over which days, and what came of it."""
    total = _total(report.scanned)
    read = f"{count(total.messages, 'message')} from {count(len(report.scanned), 'source')}"
    if total.first and total.last:
        read += f", {period(total.first, total.last)}"
    by_severity = report.by_severity()
    parts = [f"{by_severity[s]:,} {s}" for s in sorted(by_severity, reverse=True)]
    if not parts:
        return f"{read}: no case to review"
    return f"{read}: {count(by_severity.total(), 'case')} to review ({', '.join(parts)})"


@dataclass(frozen=True)
class CaseView:
    """A case as the page shows it."""

    number: int
    case: Case
    title: str
    others: tuple[Person, ...]
    extent: str
    first: datetime
    last: datetime
    off_hours: int
    messages: int
    clauses: tuple[str, ...]
    rules: tuple[tuple[Rule, int], ...]
    timeline: Timeline
    passages: tuple[Passage, ...]
    rest: tuple[Noted, ...]
    set_aside: int


def _case_order(case: Case) -> tuple[int, float, str]:
    return (-case.severity, -case.findings[-1].message.sent_at.timestamp(), case.case_id)


def _views(report: Report, lifted: Counter[str]) -> list[CaseView]:
    """The first cases, as many as the page can bear; always one."""
    views: list[CaseView] = []
    weight = 0
    for number, case in enumerate(sorted(report.cases, key=_case_order)[:MOST_CASES], 1):
        view = _view(number, case, report, lifted)
        weight += _weight(view)
        if views and weight > MOST_BYTES:
            break
        views.append(view)
    return views


def _weight(view: CaseView) -> int:
    """About how many bytes a case takes on the page: what is written, and markup around it."""
    texts = (
        min(len(one.words), one.limit)
        for passage in view.passages
        for line in passage.lines
        for one in (line.subject, line.body)
        if one
    )
    lines = sum(len(passage.lines) for passage in view.passages)
    marks = 150 * len(view.timeline.marks) + 260 * len(view.rest)
    noted = len(view.case.findings) - len(view.rest)
    return 3500 + 240 * lines + 1500 * noted + marks + sum(texts)


def _view(number: int, case: Case, report: Report, lifted: Counter[str]) -> CaseView:
    noted = _noted(case, report.policy)
    hits = gather_hits(noted)
    messages = [hit.message for hit in hits]
    titles = Counter(one.rule for one in case.findings)
    return CaseView(
        number=number,
        case=case,
        title=" and ".join(_together(one) for one in (case.staff, case.students) if one),
        others=tuple({p.id: p for one in case.findings for p in one.others}.values()),
        extent=summary(case),
        first=messages[0].sent_at_local,
        last=messages[-1].sent_at_local,
        off_hours=sum(one.off_hours for one in messages),
        messages=len(messages),
        clauses=tuple(dict.fromkeys(one.clause for one in case.findings)),
        rules=tuple((rule, titles[rule.id]) for rule in report.rules if rule.id in titles),
        timeline=draw_timeline(_moments(case, hits), report.hours),
        passages=tuple(passages(hits[:MOST_HITS])),
        rest=tuple(one for hit in hits[MOST_HITS:] for one in hit.noted),
        set_aside=lifted[case.case_id],
    )


def _together(people: Sequence[Person]) -> str:
    if len(people) > 3:
        return f"{len(people)} {people[0].role.value}s"
    return ", ".join(one.name or one.id for one in people) or "nobody named"


def _noted(case: Case, policy: Policy) -> list[Noted]:
    clauses = {one.id: one for one in policy.clauses}
    ordered = sorted(case.findings, key=methodcaller("order"))
    return [Noted(n, one, clauses.get(one.clause)) for n, one in enumerate(ordered, 1)]


def _moments(case: Case, hits: Sequence[Hit]) -> Iterator[Moment]:
    flagged = {hit.message.key: hit.message for hit in hits}
    around = {line.key: line for one in case.findings for line in one.context}
    for message in flagged.values():
        yield Moment(message.sent_at_local, message.channel.value, True)
    for key, line in around.items():
        if key not in flagged:
            yield Moment(line.sent_at_local, line.channel, False)


@dataclass(frozen=True)
class Checked:
    """A clause, the rules that looked for it, and how often."""

    clause: Clause
    rules: tuple[Rule, ...]
    flagged: int
    set_aside: int


def _checked(clause: Clause, report: Report) -> Checked:
    found = dict.fromkeys(Status, 0)
    for (clause_id, _, status), number in report.by_rule().items():
        found[status] += number if clause_id == clause.id else 0
    rules = tuple(rule for rule in report.rules if rule.id in clause.severities)
    flagged = found.pop(Status.FLAGGED)
    return Checked(clause, rules, flagged, sum(found.values()))


def _set_aside(report: Report) -> int:
    return sum(n for (_, _, s), n in report.by_rule().items() if s is not Status.FLAGGED)


def _by_rule(report: Report) -> list[tuple[str, int, int]]:
    """Lifted and exempt findings of each rule that has some."""
    counts: Counter[tuple[str, Status]] = Counter()
    for (_, rule, status), number in report.by_rule().items():
        counts[rule, status] += number
    rows = [
        (r.title, counts[r.id, Status.LIFTED], counts[r.id, Status.EXEMPT]) for r in report.rules
    ]
    return [row for row in rows if row[1] or row[2]]


def _total(rows: Sequence[Scanned]) -> Scanned:
    excluded: Counter[str] = Counter()
    for row in rows:
        excluded.update(dict(row.excluded))
    return Scanned(
        source="All sources",
        format="",
        records=sum(row.records for row in rows),
        messages=sum(row.messages for row in rows),
        duplicates=sum(row.duplicates for row in rows),
        excluded=tuple(sorted(excluded.items())),
        quarantined=sum(row.quarantined for row in rows),
        first=min((row.first for row in rows if row.first), default=None),
        last=max((row.last for row in rows if row.last), default=None),
        not_scanned=sum(row.not_scanned for row in rows),
    )


def count(number: int, noun: str) -> str:
    """`1 case`, `2 cases`, `2 matches`."""
    ending = "" if number == 1 else "es" if noun.endswith("ch") else "s"
    return f"{number:,} {noun}{ending}"


def period(first: date, last: date) -> str:
    """`20 Oct – 30 Nov 2025`; the year twice only when it changes."""
    if first == last:
        return _day(first)
    start = f"{first.day} {first:%b}" if first.year == last.year else _day(first)
    return f"{start} – {_day(last)}"


def confidence_word(value: float) -> str:
    """High from 0.85, moderate from 0.6, low below."""
    return "high" if value >= 0.85 else "moderate" if value >= 0.6 else "low"


def _day(on: date) -> str:
    return f"{on.day} {on:%b} {on.year}"


def _moment(at: datetime) -> str:
    return f"{at:%a} {_day(at)}, {at:%H:%M}"


def _printable(value: object) -> object:
    """Control characters and direction overrides never reach the page; lengths stay."""
    return _UNSHOWABLE.sub("\ufffd", value) if type(value) is str else value  # not Markup


_LABELS = {
    Label.PERSONAL: "reads as personal",
    Label.SCHOOL_BUSINESS: "reads as school business",
    Label.UNCLEAR: "purpose unclear",
}
_ENDS = {
    "internal": "between school accounts",
    "inbound": "from outside to a school account",
    "outbound": "to an account, phone or site outside the school's",
    "external": "between accounts or phones outside the school's",
}
_CHANNELS = {
    "email": "e-mail",
    "sms": "text message",
    "lms": "LMS message",
    "chat": "chat",
    "web": "web visit",
}


@cache
def _template() -> Template:
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {
        "count": count,
        "day": _day,
        "moment": _moment,
        "pieces": pieces,
        "period": lambda span: period(*span),
        "label": _LABELS.__getitem__,
        "channel": lambda channel: _CHANNELS.get(channel, channel),
        "ends": lambda direction: _ENDS.get(direction, direction),
        "sureness": confidence_word,
    }
    return pages.get_template("report.html.j2")
