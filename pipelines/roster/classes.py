"""Which classes two people share on a day.

Rule of this file: enrolments and their dates only; who is staff and who is a student is not asked.
An enrolment without dates holds for the class's terms, and always when those are not known either.
Dates are inclusive on both ends (OneRoster 1.1: endDate is the last day).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from pipelines.message import Person
from pipelines.roster.oneroster import Roster, listed

Span = tuple[date | None, date | None]


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date | None:
    """Read a OneRoster date or date-time (its day); None when empty or unreadable."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


class Classes:
    """Looks up shared classes; read-only and picklable. Ids compare without regard to case."""

    def __init__(self, roster: Roster) -> None:
        """Index the enrolments of a roster."""
        courses = {
            key.lower(): title
            for key, title in zip(roster.courses["sourcedId"], roster.courses["title"], strict=True)
        }
        terms = _terms(roster)
        self._titles: dict[str, str] = {}
        default: dict[str, Span] = {}
        columns = ("sourcedId", "title", "courseSourcedId", "termSourcedIds")
        for key, title, course, term_ids in zip(
            *(roster.classes[name] for name in columns), strict=True
        ):
            self._titles[key.lower()] = _title(title, courses.get(course.lower(), ""))
            default[key.lower()] = _hull([terms.get(t.lower()) for t in listed(term_ids)])
        self.unknown_classes = 0
        self.unreadable_dates = 0
        self._of: dict[str, tuple[tuple[str, Span], ...]] = {}
        shared: dict[tuple[str, Span], tuple[str, Span]] = {}
        enrolled: dict[str, list[tuple[str, Span]]] = {}
        columns = ("classSourcedId", "userSourcedId", "beginDate", "endDate")
        for class_id, user, begin, end in zip(
            *(roster.enrollments[name] for name in columns), strict=True
        ):
            key = class_id.lower()
            if key not in self._titles:
                self.unknown_classes += 1
                continue
            span: Span = (parse_day(begin), parse_day(end))
            self.unreadable_dates += (span[0] is None and bool(begin)) + (
                span[1] is None and bool(end)
            )
            if span == (None, None):
                span = default[key]
            seat = shared.setdefault((key, span), (key, span))
            enrolled.setdefault(user.lower(), []).append(seat)
        self._of = {user: tuple(sorted(set(seats), key=str)) for user, seats in enrolled.items()}

    def shared(self, one: Person, other: Person, on: date) -> tuple[str, ...]:
        """Titles of the classes both are in that day, sorted."""
        return tuple(sorted({self._titles[key] for key in self._on(one, on) & self._on(other, on)}))

    def _on(self, person: Person, on: date) -> set[str]:
        return {
            key
            for key, (start, end) in self._of.get(person.id.lower(), ())
            if (start is None or start <= on) and (end is None or on <= end)
        }

    def __len__(self) -> int:
        return len(self._titles)

    def lines(self) -> Iterator[str]:
        """The content as text, one line a fact, for a fingerprint."""
        for key, title in self._titles.items():
            yield f"class {key} {title}"
        for user, seats in self._of.items():
            for key, (start, end) in seats:
                yield f"seat {user} {key} {start} {end}"


def _title(title: str, course: str) -> str:
    """Class titles are often codes ("ENG-1"); the course says what is taught."""
    if not course or course.casefold() in title.casefold():
        return title or course
    return f"{title} ({course})" if title else course


def _terms(roster: Roster) -> dict[str, Span]:
    columns = ("sourcedId", "startDate", "endDate")
    return {
        key.lower(): (parse_day(start), parse_day(end))
        for key, start, end in zip(*(roster.sessions[name] for name in columns), strict=True)
    }


def _hull(spans: list[Span | None]) -> Span:
    """The days from the first start to the last end; open where any of it is not known."""
    known = [span for span in spans if span]
    if not known or len(known) < len(spans):
        return (None, None)
    starts = [span[0] for span in known]
    ends = [span[1] for span in known]
    return (
        None if None in starts else min(day for day in starts if day),
        None if None in ends else max(day for day in ends if day),
    )
