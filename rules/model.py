"""The nouns of checking: Rule, Match, Evidence, Purpose, Example, and what a rule may ask.

Rule of this file: `rules` knows messages and nothing of how they were read. It imports
`pipelines.message` alone from the rest of Brightline, and neither Beam, pandas nor a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import IntEnum, StrEnum
from typing import Any, Protocol

import pyarrow.compute as pc

from pipelines.message import Message, Person


class Severity(IntEnum):
    """How bad if true. Confidence is another question and never mixed in."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


class Status(StrEnum):
    """What became of a match; only FLAGGED opens or joins a case."""

    FLAGGED = "flagged"
    LIFTED = "lifted"
    EXEMPT = "exempt"


class Label(StrEnum):
    """What a conversation is about, as far as words and roster show."""

    SCHOOL_BUSINESS = "school_business"
    PERSONAL = "personal"
    UNCLEAR = "unclear"


class Need(StrEnum):
    """What a district must give before a rule can look; without it the rule does not run."""

    WEB_LOG = "a web-access log among the sources"
    SCHOOL_HOURS = "school hours: school_day in [hours]"


@dataclass(frozen=True)
class Purpose:
    """The judged purpose; `p_school_business` in [0, 1], `reasons` readable."""

    label: Label
    p_school_business: float
    reasons: tuple[str, ...] = ()
    secrecy: tuple[str, ...] = ()  # words that ask for secrecy


@dataclass(frozen=True)
class Evidence:
    """One reason with its place: half-open character span of `part`, or no span at all."""

    sentence: str
    part: str = ""  # "subject" or "body"; empty when the reason is not in the text
    start: int = 0
    end: int = 0


@dataclass(frozen=True, order=True)
class Exemption:
    """What lifts a match by the policy's own words: a relationship or an approval."""

    kind: str  # familial, employment, legal, approval
    source: str  # where it stands: "relationships.csv:3", "roster: guardian G501"

    def __str__(self) -> str:
        return f"{self.kind} ({self.source})"


@dataclass(frozen=True, slots=True)
class Break:
    """A break or preparation period of one day; the start counts, the end does not."""

    start: time
    end: time  # 00:00 is midnight at the end of the day
    kind: str  # break, lunch, preparation


@dataclass(frozen=True)
class Match:
    """A rule's answer for one message: which students it concerns, why, and how sure."""

    evidence: tuple[Evidence, ...]
    students: tuple[Person, ...]  # none where the act concerns no student, as a visit to a site
    confidence: float  # 0 to 1
    facts_for: tuple[str, ...] = ()
    facts_against: tuple[str, ...] = ()
    undone_if: tuple[str, ...] = ()  # "would not match if ..."
    exemption: Exemption | None = None  # by approval; relationships are tested for every rule
    staff: tuple[Person, ...] = ()  # where a message is about staff; empty: its sender
    business_lifts: bool = True  # False: school business around the words is not theirs
    least: Severity | None = None  # severity that no purpose lowers it below


class District(Protocol):
    """What a rule may ask about the district. Dates are local."""

    @property
    def local_area(self) -> str | None:
        """The area code that seven-digit numbers are meant to have, if known."""

    def owners(self, handle: str, on: date) -> tuple[Person, ...]:
        """Everybody a typed handle belongs to that day; empty when unknown."""

    def is_district_number(self, number: str) -> bool:
        """Whether an E.164 number is listed as the district's or assigned to its gateway."""

    def is_school_address(self, address: str) -> bool:
        """Whether an e-mail address is school-controlled."""

    def shared_classes(self, staff: Person, student: Person, on: date) -> tuple[str, ...]:
        """Titles of the classes the two share that day."""

    def exemption(self, staff: Person, student: Person, on: date) -> Exemption | None:
        """The relationship between the two that is valid that day, if any."""

    def expired_relationship(self, staff: Person, student: Person, on: date) -> str | None:
        """Tells of a signed row for the two that is not valid that day."""

    def name_only_relatives(self, staff: Person, student: Person) -> bool:
        """Whether only an equal name suggests that the staff member is a guardian."""

    def guardians(self, student: Person) -> tuple[Person, ...]:
        """The student's guardians by roster."""

    def approval(self, domain_or_url: str, on: date) -> Exemption | None:
        """The approval of a site or group valid that day, if any."""

    def approved_pages(self, domain: str, on: date) -> tuple[str, ...]:
        """Where it stands that pages of a domain, but not all of it, are approved that day."""

    def school_hours(self, on: date) -> tuple[time, time] | None:
        """Start and end of the school day; None on days off and where nobody has said."""

    def breaks(self, staff: Person, on: date) -> tuple[Break, ...]:
        """Breaks and preparation periods of a staff member that day."""

    def web_permission(self, staff: Person, domain: str, on: date) -> Exemption | None:
        """The permission to use a social network in school hours that is valid that day, if any."""

    def staff_named(self, name: str) -> tuple[Person, ...]:
        """Staff of this full name, title with family name, or account made of a name.

        Empty where a student or guardian goes by it too: a name is evidence, not identity.
        """

    @property
    def teaching_tools(self) -> frozenset[str]:
        """Names of tools for teaching, folded: contact on them is never social."""

    def expired_approval(self, domain_or_url: str, on: date) -> str | None:
        """Tells of an approval of the site or group that is not valid that day."""

    def is_listed_site(self, domain_or_url: str) -> bool:
        """Whether it is listed among the approved sites rather than the groups, valid or not."""

    def approved_at(self, host: str, on: date) -> Exemption | None:
        """An approval of any group or page at a host: words may lead there without its address."""

    def groups_named_in(self, text: str) -> tuple[str, ...]:
        """Names of listed groups, valid or not, that stand in a text."""


@dataclass(frozen=True)
class Conversation:
    """What surrounds a message: its thread in time order, the district, the judged purpose.

    `messages` may be made when they are asked for, so ask for few. `settings` are those of the
    clause that the rule looks for.
    """

    messages: Sequence[Message]
    place: int  # of the message that is looked at
    district: District
    purpose: Purpose  # what the conversation around the message is for
    settings: Mapping[str, Any] = field(default_factory=dict)

    def previous(self) -> Message | None:
        """The message before it in the thread, if any."""
        return self.messages[self.place - 1] if self.place else None


Check = Callable[[Message, Conversation], Iterable[Match]]


@dataclass(frozen=True)
class Example:
    """A message shipped with a rule, and what must come of it (None: no match)."""

    says: str
    message: Message
    expect: Status | None
    before: tuple[Message, ...] = ()
    purpose: Label = Label.UNCLEAR


class InvalidRule(ValueError):
    """A rule that may not be used: it says what is missing."""


@dataclass(frozen=True)
class Rule:
    """One thing looked for, for one clause. The module is named after the id."""

    id: str
    title: str
    clause: str
    severity: Severity  # of a clear match; a policy pack may set another
    rationale: str  # why the clause is engaged, for a parent to read
    review_steps: tuple[str, ...]
    false_positives: tuple[str, ...]
    screen: pc.Expression  # necessary for a match, over the columns of RESOLVED
    # and, where the rule reads text, one of `hint` below must be found in subject or body
    check: Check
    examples: tuple[Example, ...]
    lifted_by_school_business: bool
    business_severity: Severity | None = None  # when business lowers instead of lifting
    unclear_severity: Severity | None = Severity.LOW  # unclear purpose: flagged, but low
    # RE2 pattern; with one, the rule cannot look where there is no text. Large patterns stand
    # apart: joined into one they may outgrow RE2's memory, and then it is ten times slower.
    hint: str | tuple[str, ...] = ""
    needs: frozenset[Need] = frozenset()

    @property
    def hints(self) -> tuple[str, ...]:
        """The patterns of which one must be found."""
        return (self.hint,) if isinstance(self.hint, str) else self.hint

    @property
    def reads_text(self) -> bool:
        """Whether the rule looks for something in the text."""
        return bool(self.hint)

    def __post_init__(self) -> None:
        wanted = {
            "at least one example that must match": any(e.expect for e in self.examples),
            "at least one example that must not match": any(
                e.expect is None for e in self.examples
            ),
            "two or three review steps": 2 <= len(self.review_steps) <= 3,
            "a rationale of a sentence": len(self.rationale.split()) >= 8,
            "a named false-positive situation": bool(self.false_positives)
            and all(len(note.split()) >= 4 for note in self.false_positives),
        }
        missing = [what for what, there in wanted.items() if not there]
        if missing:
            raise InvalidRule(f"rule {self.id} lacks " + "; ".join(missing))
