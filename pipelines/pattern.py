"""How severe a case is: the table of patterns, read from the top; the first that holds decides.

Rule of this file: a severity comes of what the findings show together, never of a formula or of
a bare count. docs/rules.md prints this table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipelines.circumstances import is_late
from pipelines.findings import Finding
from pipelines.message import Message
from rules.facts import SMALL_GROUP
from rules.model import Label, Severity

REPEATED = 3
"""Days, messages or rules from which personal contact is more than a slip."""


class Sight:
    """The flagged findings of a case, seen together."""

    def __init__(self, flagged: Sequence[Finding]) -> None:
        self.flagged = flagged
        self.personal = [one for one in flagged if one.purpose.label is Label.PERSONAL]

    @cached_property
    def messages(self) -> list[Message]:
        """The personal messages, each once."""
        return list({one.message.key: one.message for one in self.personal}.values())

    @cached_property
    def days(self) -> int:
        """Days, by the local calendar, with personal messages."""
        return len({one.sent_at_local.date() for one in self.messages})

    @cached_property
    def channels(self) -> list[str]:
        """Channels of the personal messages."""
        return sorted({one.channel.value for one in self.messages})

    @cached_property
    def rules(self) -> int:
        """Rules that matched personal messages."""
        return len({one.rule for one in self.personal})

    @cached_property
    def late(self) -> int:
        """Personal messages sent late at night."""
        return sum(map(is_late, self.messages))


@dataclass(frozen=True)
class Pattern:
    """One row: what must hold, in words and as a test, and what it says of a case."""

    what: str
    severity: Severity | None  # None: the worst of the findings
    holds: Callable[[Sight], bool]
    why: Callable[[Sight], str]


PATTERNS = (
    Pattern(
        "a personal message asks for secrecy",
        Severity.HIGH,
        lambda sight: any(one.purpose.secrecy for one in sight.personal),
        lambda sight: "asks for secrecy",
    ),
    Pattern(
        "personal contact is moved to a channel that nobody keeps",
        Severity.HIGH,
        lambda sight: any(one.rule == "moved_channel" for one in sight.personal),
        lambda sight: "personal contact moved off the record",
    ),
    Pattern(
        f"personal contact on {REPEATED} or more days",
        Severity.HIGH,
        lambda sight: sight.days >= REPEATED,
        lambda sight: f"personal contact on {sight.days} days",
    ),
    Pattern(
        f"{REPEATED} or more personal messages over 2 or more channels",
        Severity.HIGH,
        lambda sight: len(sight.messages) >= REPEATED and len(sight.channels) >= 2,
        lambda sight: (
            f"personal contact on {len(sight.channels)} channels ({', '.join(sight.channels)})"
        ),
    ),
    Pattern(
        f"{REPEATED} or more personal messages late at night",
        Severity.HIGH,
        lambda sight: sight.late >= REPEATED,
        lambda sight: f"{sight.late} personal messages late at night",
    ),
    Pattern(
        f"personal contact under {REPEATED} or more rules",
        Severity.HIGH,
        lambda sight: sight.rules >= REPEATED,
        lambda sight: "personal contact that matches three or more rules",
    ),
    Pattern(
        "personal contact, and private messages of the two grew to three times as many a week",
        Severity.HIGH,
        lambda sight: any(one.growing for one in sight.personal),
        lambda sight: "personal contact, and their private messages grow from week to week",
    ),
    Pattern(
        f"every message went to more than {SMALL_GROUP} students",
        Severity.LOW,
        lambda sight: all(one.message.audience > SMALL_GROUP for one in sight.flagged),
        lambda sight: "every message went to many students at once",
    ),
    Pattern(
        "otherwise: the worst finding",
        None,
        lambda sight: True,
        lambda sight: _reads_as(sight),
    ),
)


def pattern(flagged: Sequence[Finding]) -> tuple[Severity, str]:
    """Severity of a case with these flagged findings, and the sentence that says why."""
    sight = Sight(flagged)
    row = next(one for one in PATTERNS if one.holds(sight))
    return row.severity or max(one.severity for one in flagged), row.why(sight)


def _reads_as(sight: Sight) -> str:
    """What the messages of a case without a pattern read as."""
    if sight.personal:
        return "reads as personal"
    if any(one.purpose.label is Label.UNCLEAR for one in sight.flagged):
        return "its purpose is unclear"
    return "reads as school business, which does not lift this clause"
