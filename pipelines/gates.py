"""The gates a rule must pass: its own examples, and silence on ordinary school messages.

Rule of this file: a gate uses the same examiner as the audit; nothing is judged a second way.
The benign messages live in the repository (fixtures/benign), not in the installed package, and
a gate that cannot find them says so and fails.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import RuleFailed
from pipelines.examine import Examiner, purposes_of
from pipelines.findings import Finding
from pipelines.inspection import find_rule
from pipelines.message import Account, Channel, Message, Participant
from pipelines.threads import Thread
from rules.examples import (
    ANA,
    JO,
    KAI,
    OAK,
    RIVER,
    SAM,
    ExampleDistrict,
    message,
    party,
    stated_purpose,
)
from rules.model import Example, Rule, Status
from rules.policies.pack import Policy, load_policy, shipped
from rules.registry import all_rules
from rules.signals.purpose import Categoriser, judge
from rules.signals.purpose_text import clean

BENIGN = Path(__file__).parent.parent / "fixtures" / "benign"
CLASS_SIZE = 24
EVERY_RULE = -1  # all bits
_SENDERS = {"staff": RIVER, "student": JO, "guardian": ANA}
_AUDIENCES = {
    "student": (JO,),
    "students3": (JO, SAM, KAI),
    "class": (JO, SAM, KAI),
    "student+guardian": (JO, ANA),
    "student+staff": (JO, OAK),
    "guardian": (ANA,),
    "guardians": (ANA,),
    "staff": (OAK,),
}


@dataclass(frozen=True)
class Line:
    """One row of the gates' table."""

    rule: str
    examples: int
    wrong: int
    benign: int
    flagged: int


def example_policy() -> Policy:
    """The policy examples are examined under: the shipped one that honours relationships."""
    return load_policy(shipped()["stevensville-5460"], frozenset(rule.id for rule in all_rules()))


def run_example(rule: Rule, example: Example) -> Status | None:
    """What becomes of an example's message under its rule; None when nothing matches."""
    thread = (*example.before, example.message)
    purpose = stated_purpose(example)
    examiner = Examiner((rule,), example_policy(), ExampleDistrict(), lambda *_: purpose)
    found = list(examiner.examine(Thread.of(thread, {len(thread) - 1: EVERY_RULE})))
    return found[0].status if found else None


def wrong_examples(rules: Sequence[Rule]) -> Iterator[tuple[str, str]]:
    """(rule id, what was expected and what came) for every example that is not as stated."""
    for rule in rules:
        for example in rule.examples:
            try:
                got = run_example(rule, example)
            except RuleFailed as error:
                yield rule.id, f'"{example.says}": {error}'
                continue
            if got != example.expect:
                yield rule.id, f'"{example.says}": expected {example.expect}, got {got}'


def benign_messages(folder: Path) -> list[tuple[str, Message]]:
    """(file:line, message) of every row of the benign corpus."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                where = f"{path.name}:{number}"
                found.append((where, _benign(row, where)))
    return found


def _benign(row: dict[str, str], key: str) -> Message:
    channel = Channel(row["channel"])
    sender = _SENDERS[row["sender"]]
    people = [one for one in _AUDIENCES[row["audience"]] if one != sender] or [RIVER]
    if channel is Channel.SMS:
        outside: list[Participant] = [
            party(one, f"phone:{one.id}", account=Account.OTHER) for one in (sender, *people)
        ]
        start, parties = outside[0], outside[1:]
    else:
        start, parties = party(sender), [party(one) for one in people]
    audience = CLASS_SIZE if row["audience"] == "class" else None
    return message(
        row["at"],
        row["text"],
        sender=start,
        to=parties,
        channel=channel,
        subject=row["subject"],
        audience=audience,
        key=key,
    )


def flagged_benign(rules: Sequence[Rule], folder: Path) -> tuple[int, list[Finding]]:
    """How many benign messages there are, and what the rules flag among them."""
    corpus = benign_messages(folder)
    texts = [clean(one.text) for _, one in corpus]
    values = Categoriser.load().probabilities(texts)
    probabilities = {one.key: value for (_, one), value in zip(corpus, values, strict=True)}
    district = ExampleDistrict()
    judged = purposes_of(probabilities, district, judge)
    examiner = Examiner(tuple(rules), example_policy(), district, judged)
    findings = [
        finding
        for _, one in corpus
        for finding in examiner.examine(Thread.of((one,), {0: EVERY_RULE}))
        if finding.status is Status.FLAGGED
    ]
    return len(corpus), findings


def test_rules(name: str | None, benign: Path = BENIGN) -> tuple[str, list[str]]:
    """Run the gates for one rule or all; returns the table and the failures.

    Raises:
        UserError: there is no such rule.
    """
    rules = (find_rule(name),) if name else all_rules()
    wrong = list(wrong_examples(rules))
    failures = [f"{rule}: {what}" for rule, what in wrong]
    corpus, flagged = flagged_benign(rules, benign)
    if not corpus:
        failures.append(f"{benign}: no messages there; run this from a checkout of the repository")
    failures += [f"{one.rule}: flags the benign message {one.message.key}" for one in flagged]
    lines = [
        Line(
            rule.id,
            len(rule.examples),
            sum(id_ == rule.id for id_, _ in wrong),
            corpus,
            sum(one.rule == rule.id for one in flagged),
        )
        for rule in rules
    ]
    return table(lines), failures


test_rules.__test__ = False  # type: ignore[attr-defined]  # a command, not a test


def table(lines: Sequence[Line]) -> str:
    """The gates' outcome, a line a rule."""
    head = f"{'rule':28} {'examples':>8} {'wrong':>6} {'benign':>7} {'flagged':>8}"
    rows = (
        f"{one.rule:28} {one.examples:8} {one.wrong:6} {one.benign:7} {one.flagged:8}"
        for one in lines
    )
    return "\n".join((head, *rows))
