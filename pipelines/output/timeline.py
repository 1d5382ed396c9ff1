"""A case in time: its picture, and its conversation with every message once.

Rule of this file: it places and cuts; the page draws, so nothing here is markup. Across the
picture is a share of the width in percent, down is pixels, and so its letters stay readable at
every width.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.findings import ContextLine, Finding
from pipelines.message import Account, Message, Participant, Role
from rules.model import Purpose
from rules.policies.pack import Clause
from rules.signals.hours import ContactHours

HOUR = 7.0
"""Pixels of an hour; a day is 24 of them high."""
HEIGHT = 24 * HOUR
LONGEST = 26
"""Weeks shown without a break; over a longer time, weeks without a message are left out."""
MOST_NAMED = 12
"""People of a line, and reasons of a finding, that are spelled out."""
LONGEST_HIT, LONGEST_LINE = 2400, 900  # characters of a flagged message, of one around it
_QUOTE = 120
_LABELS = 6
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_CLOSE = 40 / 60  # hours: marks nearer than this on one day stand side by side
_LANES = (0.0, 0.17, -0.17, 0.34, -0.34)  # shares of a day's column


@dataclass(frozen=True, slots=True)
class Moment:
    """A message to place, at the district's wall clock."""

    at: datetime
    channel: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A placed message: `x` in percent of the width, `y` in pixels from midnight."""

    x: float
    y: float
    moment: Moment


@dataclass(frozen=True, slots=True)
class Shade:
    """Contact hours of one day or of equal days in a row; `x` and `width` in percent."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A label and the line it stands at, in percent across or pixels down."""

    at: float
    label: str


@dataclass(frozen=True)
class Timeline:
    """Everything the page draws."""

    days: tuple[Tick, ...]
    hours: tuple[Tick, ...]
    breaks: tuple[float, ...]
    shades: tuple[Shade, ...]
    marks: tuple[Mark, ...]
    description: str
    height: float = HEIGHT

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels on the picture, for its legend."""
        return tuple(sorted({mark.moment.channel for mark in self.marks}))

    @property
    def has_others(self) -> bool:
        """Whether messages that were not flagged stand on it."""
        return any(not mark.moment.flagged for mark in self.marks)


def draw_timeline(moments: Iterable[Moment], hours: ContactHours) -> Timeline:
    """Place messages by day and hour, whole weeks from Monday to Sunday.

    Raises:
        ValueError: no moment at all.
    """
    ordered = sorted(moments, key=lambda one: (one.flagged, one.at, one.channel))
    if not ordered:
        raise ValueError("a timeline needs at least one message")
    mondays = _weeks({one.at.date() for one in ordered})
    columns = {
        monday + number * _DAY: 7 * week + number
        for week, monday in enumerate(mondays)
        for number in range(7)
    }
    return Timeline(
        days=_day_ticks(mondays),
        hours=tuple(Tick(hour * HOUR, f"{hour:02d}:00") for hour in range(0, 25, 6)),
        breaks=tuple(
            _across(7 * week, len(columns))
            for week, monday in enumerate(mondays)
            if week and monday - mondays[week - 1] > _WEEK
        ),
        shades=_shades(columns, hours),
        marks=_marks(ordered, columns),
        description=_describe(ordered, hours),
    )


def _weeks(days: set[date]) -> list[date]:
    """Mondays of the weeks to show, in order."""
    used = sorted({day - day.weekday() * _DAY for day in days})
    weeks = (used[-1] - used[0]) // _WEEK + 1
    return used if weeks > LONGEST else [used[0] + number * _WEEK for number in range(weeks)]


def _across(column: float, columns: int) -> float:
    return round(100 * column / columns, 3)


def _marks(ordered: Sequence[Moment], columns: dict[date, int]) -> tuple[Mark, ...]:
    """Marks at the middle of their day's column; near ones side by side, flagged on top."""
    taken: dict[tuple[date, bool], list[float]] = {}
    marks = []
    for one in ordered:
        hour = one.at.hour + one.at.minute / 60
        before = taken.setdefault((one.at.date(), one.flagged), [])
        near = sum(1 for other in before if hour - other < _CLOSE)
        before.append(hour)
        middle = columns[one.at.date()] + 0.5 + _LANES[near % len(_LANES)]
        marks.append(Mark(_across(middle, len(columns)), round(hour * HOUR, 1), one))
    return tuple(marks)


def _shades(columns: dict[date, int], hours: ContactHours) -> tuple[Shade, ...]:
    """One area for each run of days with the same contact hours."""
    runs: list[tuple[int, int, float, float]] = []
    for day, column in columns.items():
        span = None if day in hours.days_off else hours.by_weekday[day.weekday()]
        if span is None:
            continue
        start = span[0].hour + span[0].minute / 60
        end = span[1].hour + span[1].minute / 60 or 24.0
        if runs and runs[-1][1:] == (column, start, end):
            runs[-1] = (runs[-1][0], column + 1, start, end)
        else:
            runs.append((column, column + 1, start, end))
    return tuple(
        Shade(
            _across(first, len(columns)),
            round(start * HOUR, 1),
            _across(after - first, len(columns)),
            round((end - start) * HOUR, 1),
        )
        for first, after, start, end in runs
    )


def _day_ticks(mondays: Sequence[date]) -> tuple[Tick, ...]:
    if len(mondays) == 1:
        days = [mondays[0] + number * _DAY for number in range(7)]
        return tuple(Tick(_across(n, 7), f"{day:%a} {day.day}") for n, day in enumerate(days))
    form = "%b" if mondays[0].year == mondays[-1].year else "%b %Y"
    step = math.ceil(len(mondays) / _LABELS)
    return tuple(
        Tick(_across(week, len(mondays)), f"{mondays[week].day} {mondays[week].strftime(form)}")
        for week in range(0, len(mondays), step)
    )


def _describe(ordered: Sequence[Moment], hours: ContactHours) -> str:
    """The picture in words, for those who do not see it."""
    flagged = [one for one in ordered if one.flagged]
    outside = sum(hours.is_off_hours(one.at) for one in flagged)
    days = sorted({one.at.date() for one in flagged or ordered})
    return (
        f"Flagged messages: {len(flagged)}, on {len(days)} of the days from {days[0]:%d %b %Y} to "
        f"{days[-1]:%d %b %Y}; {outside} outside contact hours. "
        f"Other messages of the same conversations: {len(ordered) - len(flagged)}."
    )


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject or body, its evidence as spans, and the length from which it is cut."""

    words: str
    spans: tuple[tuple[int, int], ...] = ()
    limit: int = 0


@dataclass(frozen=True)
class Noted:
    """A finding with its number in the case and the clause it cites."""

    number: int
    finding: Finding
    clause: Clause | None

    @property
    def evidence(self) -> tuple[tuple[str, str], ...]:
        """Each reason with the words it stands on; at most MOST_NAMED of them."""
        message = self.finding.message
        parts = {"subject": message.subject, "body": message.body or ""}
        return tuple(
            (one.sentence, parts.get(one.part, "")[one.start : one.end][:_QUOTE])
            for one in self.finding.evidence[:MOST_NAMED]
        )

    @property
    def more_evidence(self) -> int:
        """How many reasons are not spelled out."""
        return max(0, len(self.finding.evidence) - MOST_NAMED)


@dataclass(frozen=True)
class Hit:
    """A flagged message with all findings on it; each fact with the rules it belongs to."""

    message: Message
    noted: tuple[Noted, ...]
    facts_for: tuple[tuple[str, str], ...]  # fact, rule titles when not common to all
    facts_against: tuple[tuple[str, str], ...]

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """The judged purpose, once; more only if its findings disagree."""
        return tuple(dict.fromkeys(one.finding.purpose for one in self.noted))

    @property
    def direction(self) -> str:
        """Internal, inbound or outbound."""
        return self.noted[0].finding.direction


@dataclass(frozen=True)
class Line:
    """One message of a conversation as shown; `hit` when it is flagged."""

    at: datetime
    channel: str
    sender: str
    account: str  # the handle a flagged message came from, and who controls it
    recipients: str  # empty when the people are those of the line before
    by_staff: bool
    subject: Wording
    body: Wording | None
    hit: Hit | None = None


@dataclass(frozen=True)
class Passage:
    """A stretch of one conversation, each message once, and the flagged ones in it."""

    lines: tuple[Line, ...]
    hits: tuple[Hit, ...]


def gather_hits(noted: Sequence[Noted]) -> list[Hit]:
    """Findings, given in order, by their message."""
    by_message: dict[str, list[Noted]] = defaultdict(list)
    for one in noted:
        by_message[one.finding.message.key].append(one)
    return [
        Hit(
            group[0].finding.message,
            tuple(group),
            _facts(group, [one.finding.facts_for for one in group]),
            _facts(group, [one.finding.facts_against for one in group]),
        )
        for group in by_message.values()
    ]


def _facts(group: Sequence[Noted], facts: Sequence[tuple[str, ...]]) -> tuple[tuple[str, str], ...]:
    """Each fact once; with the rules it speaks of when the others do not share it."""
    holders: dict[str, list[str]] = defaultdict(list)
    for one, own in zip(group, facts, strict=True):
        for fact in dict.fromkeys(own):
            holders[fact].append(one.finding.rule_title)
    return tuple(
        (fact, "" if len(titles) == len(group) else "; ".join(titles))
        for fact, titles in holders.items()
    )


def passages(hits: Sequence[Hit]) -> Iterator[Passage]:
    """Hits of one thread whose contexts overlap share a passage; passages in order of time."""
    open_ones: dict[int, list[Hit]] = {}
    seen: dict[int, set[str]] = {}
    finished: list[list[Hit]] = []
    for hit in hits:
        thread = hit.message.thread_key
        around = {hit.message.key, *(line.key for line in hit.noted[0].finding.context)}
        if thread in open_ones and seen[thread] & around:
            open_ones[thread].append(hit)
            seen[thread] |= around
        else:
            open_ones[thread], seen[thread] = [hit], around
            finished.append(open_ones[thread])
    for group in finished:
        yield Passage(tuple(_lines(group)), tuple(group))


def _lines(group: Sequence[Hit]) -> Iterator[Line]:
    hits = {hit.message.key: hit for hit in group}
    places: dict[str, tuple[datetime, str, ContextLine | None]] = {
        line.key: (line.sent_at, line.key, line)
        for hit in group
        for line in hit.noted[0].finding.context
    }
    for key, hit in hits.items():
        places.setdefault(key, (hit.message.sent_at, key, None))
    people: set[str] = set()
    for _, key, line in sorted(places.values(), key=lambda place: place[:2]):
        shown = _hit_line(hits[key]) if key in hits else _context_line(line, people)
        if shown:
            yield shown
        people = {line.sender, *line.recipients.split("; ")} if line else set()


def _hit_line(hit: Hit) -> Line:
    message, evidence = hit.message, [e for one in hit.noted for e in one.finding.evidence]
    spans = {
        part: tuple((one.start, one.end) for one in evidence if one.part == part)
        for part in ("subject", "body")
    }
    named = [f"{_names(one)} {_account(one)}" for one in message.recipients[:MOST_NAMED]]
    if len(message.recipients) > MOST_NAMED:
        named.append(f"{len(message.recipients) - MOST_NAMED:,} more")
    return Line(
        message.sent_at_local,
        message.channel.value,
        _names(message.sender),
        _account(message.sender),
        ", ".join(named),
        bool(message.sender.persons(Role.STAFF)),
        Wording(message.subject, spans["subject"], LONGEST_LINE),
        None if message.body is None else Wording(message.body, spans["body"], LONGEST_HIT),
        hit,
    )


def _names(party: Participant) -> str:
    return " or ".join(person.name or person.id for person in party.people) or "unknown"


def _account(party: Participant) -> str:
    """The handle, and whether the school controls it."""
    controlled = {Account.SCHOOL: "school account", Account.PARTNER: "approved partner"}
    return f"({party.value}, {controlled.get(party.account, 'not a school account')})"


def _context_line(line: ContextLine | None, people: set[str]) -> Line | None:
    if line is None:
        return None
    same = {line.sender, *line.recipients.split("; ")} == people
    return Line(
        line.sent_at_local,
        line.channel,
        line.sender,
        "",
        "" if same else line.recipients,
        line.by_staff,
        Wording(line.subject, (), LONGEST_LINE),
        None if line.body is None else Wording(line.body, (), LONGEST_LINE),
    )
