"""A staff account visits a social network in school hours: a web-access log says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

import pyarrow.compute as pc

from pipelines.message import Basis, Channel, Message, Person, Role, ZoneBasis
from rules.examples import JO, NOA, OAK, RIVER, party, visit
from rules.facts import FROM_STAFF, sender_confidence
from rules.model import (
    Conversation,
    Evidence,
    Example,
    Exemption,
    Match,
    Need,
    Rule,
    Severity,
    Status,
)
from rules.signals import visits
from rules.signals.visits import Visit

LEAST_REQUESTS, LEAST_TIME = 3, timedelta(seconds=30)
"""A visit counts from so many requests, or from so long; less is likely a part of another page."""
_MANY_REQUESTS = 10
_KINDS = {"break": "a break", "lunch": "the lunch", "preparation": "a preparation period"}
_MOST_DAYS = 14  # of a tab left open
_DAY = timedelta(days=1)

Span = tuple[datetime, datetime]


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """The part of a visit in school hours matches, for whoever may be behind the account."""
    known = message.sender.basis in (Basis.HANDLE, Basis.SHARED)
    staff = message.sender.persons(Role.STAFF)
    if not message.is_visit or not known or len(staff) != len(message.sender.people):
        return
    seen = visits.read(message.subject, message.sent_at_local, message.body or "")
    if seen is None:
        return
    spans = [_spans(seen, one, around) for one in staff]
    if all(_counts(seen, one) for one in spans):
        yield _match(seen, min(spans, key=_length), staff, message, around)


def _spans(seen: Visit, staff: Person, around: Conversation) -> list[Span]:
    """The parts of a visit in school hours, without breaks where the clause leaves them out."""
    found: list[Span] = []
    day = seen.start.date()
    while day <= seen.end.date() and day - seen.start.date() < _MOST_DAYS * _DAY:
        hours = around.district.school_hours(day)
        if hours:
            first, last = _between(day_start := datetime.combine(day, time()), *hours)
            inside = [(max(seen.start, first), min(_end(seen), last))]
            if not around.settings.get("breaks_count", True):
                for one in around.district.breaks(staff, day):
                    inside = list(_without(inside, _between(day_start, one.start, one.end)))
            found += [(start, end) for start, end in inside if start < end]
        day += _DAY
    return found


def _between(day: datetime, start: time, end: time) -> Span:
    last = datetime.combine(day, end)
    return datetime.combine(day, start), last if end > time() else last + _DAY


def _without(spans: Iterable[Span], cut: Span) -> Iterator[Span]:
    for start, end in spans:
        yield start, min(end, cut[0])
        yield max(start, cut[1]), end


def _end(seen: Visit) -> datetime:
    """The end of a visit; it lasts a second at least, so that it lies somewhere."""
    return max(seen.end, seen.start + timedelta(seconds=1))


def _length(spans: Iterable[Span]) -> timedelta:
    return sum((end - start for start, end in spans), timedelta())


def _counts(seen: Visit, spans: list[Span]) -> bool:
    """Whether it is long enough there, or whole there and of enough requests."""
    inside = _length(spans)
    whole = inside == _end(seen) - seen.start
    return inside >= LEAST_TIME or (whole and seen.requests >= LEAST_REQUESTS)


def _match(
    seen: Visit,
    spans: list[Span],
    staff: tuple[Person, ...],
    message: Message,
    around: Conversation,
) -> Match:
    enough = 0.9 if seen.requests >= _MANY_REQUESTS else 0.75
    sure = enough if seen.requests >= LEAST_REQUESTS else 0.5
    assumed = 0.8 if message.zone_basis is ZoneBasis.ASSUMED else 1.0
    breaks = () if around.settings.get("breaks_count", True) else ("it had been in a break",)
    return Match(
        evidence=(Evidence(_sentence(seen, spans, around)),),
        students=(),
        confidence=sure * assumed * sender_confidence(message),
        facts_against=tuple(dict.fromkeys(_facts_against(seen, staff, message, around))),
        undone_if=(
            "it had been outside school hours",
            *breaks,
            "permission for it were on file",
        ),
        exemption=_permission(seen, staff, around),
    )


def _sentence(seen: Visit, spans: list[Span], around: Conversation) -> str:
    start, inside = spans[0][0], _length(spans)
    hours = around.district.school_hours(start.date())
    day = "" if seen.end.date() == seen.start.date() else f" on {seen.end:%A} {_date(seen.end)}"
    part = "" if inside == _end(seen) - seen.start else f", {_words(inside)} of it"
    named = f" ({hours[0]:%H:%M}-{hours[1]:%H:%M})" if hours else ""
    requests = "1 request" if seen.requests == 1 else f"{seen.requests} requests"
    return (
        f"visited {seen.domain} on {seen.start:%A} {_date(seen.start)} from {seen.start:%H:%M} to "
        f"{seen.end:%H:%M}{day} local time{part} in school hours{named}: {requests}"
    )


def _date(at: datetime) -> str:
    return f"{at.day} {at:%B}"


def _words(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    return f"{seconds} seconds" if seconds < 120 else f"{seconds // 60} minutes"


def _facts_against(
    seen: Visit, staff: tuple[Person, ...], message: Message, around: Conversation
) -> Iterator[str]:
    day = seen.start.date()
    yield (
        "the log shows the host alone: a page of the school, a link in a mail and a private page "
        "look the same"
    )
    pages = around.district.approved_pages(seen.domain, day)
    if pages:
        yield f"pages of {seen.domain} are approved ({', '.join(pages)}); this may have been one"
    for one in staff:
        for free in around.district.breaks(one, day):
            cut = _between(datetime.combine(day, time()), free.start, free.end)
            if cut[0] <= seen.start and _end(seen) <= cut[1]:
                yield f"within {_KINDS[free.kind]} of the staff member, which this policy counts in"
    if seen.requests < _MANY_REQUESTS:
        yield "few requests: perhaps a part of another page"
    if message.sender.basis is Basis.SHARED:
        yield "several staff members use this account"


def _permission(seen: Visit, staff: tuple[Person, ...], around: Conversation) -> Exemption | None:
    """A permission that holds for whoever of them it was, or the approval of the whole site."""
    day = seen.start.date()
    found = [around.district.web_permission(one, seen.domain, day) for one in staff]
    if all(found):
        return found[0]
    return around.district.approval(seen.domain, day)


RULE = Rule(
    id="social_media_in_school_hours",
    title="Social network in school hours",
    clause="school-hours",
    severity=Severity.LOW,
    rationale="Staff are not to use social networking sites for themselves in school hours, unless "
    "administration asks for it or in an emergency; the web-access log shows such a visit.",
    review_steps=(
        "Ask whether administration had asked for it, or what the emergency was.",
        "Look whether such visits repeat, and whether a class was being taught.",
        "Put standing permissions into web_permissions.csv.",
    ),
    false_positives=(
        "The school's own page, kept by a staff member without a permission on file.",
        "A tab left open, or an app of a phone that asks for news by itself.",
        "Parts of other pages, such as like buttons, that come from the network's main host.",
        "A computer that somebody else used under the staff member's account.",
    ),
    screen=FROM_STAFF & (pc.field("channel") == Channel.WEB.value),
    check=check,
    lifted_by_school_business=False,
    needs=frozenset({Need.WEB_LOG, Need.SCHOOL_HOURS}),
    examples=(
        Example(
            "37 requests in 36 minutes of a morning",
            visit("2025-10-14T10:05", "10:41:07", 37),
            Status.FLAGGED,
        ),
        Example(
            "one connection, open for four minutes",
            visit("2025-10-14T13:00", "13:04:00", 1, domain="instagram.com"),
            Status.FLAGGED,
        ),
        Example(
            "lunch, under a policy that counts breaks in",
            visit("2025-10-14T12:05", "12:20:00", 24),
            Status.FLAGGED,
        ),
        Example(
            "with permission on file",
            visit("2025-10-14T10:05", "10:41:07", 37, sender=OAK, domain="instagram.com"),
            Status.EXEMPT,
        ),
        Example("before school", visit("2025-10-14T07:10", "07:44:00", 60), None),
        Example("after school", visit("2025-10-14T15:30", "15:50:00", 60), None),
        Example("Saturday", visit("2025-10-18T11:00", "11:30:00", 60), None),
        Example(
            "it ends a few seconds after the bell",
            visit("2025-10-14T07:40", "08:00:05", 50),
            None,
        ),
        Example("two requests of a like button", visit("2025-10-14T10:05", "10:05:01", 2), None),
        Example("a student's account", visit("2025-10-14T10:05", "10:41:07", 37, sender=JO), None),
        Example(
            "an account that a student may have used",
            visit("2025-10-14T10:05", "10:41:07", 37, sender=party((RIVER, NOA), "user:lab")),
            None,
        ),
    ),
)
