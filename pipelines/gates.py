"""The gates a rule must pass: its examples, silence on ordinary messages, labelled messages.

Rule of this file: a gate uses the same stages as the audit; nothing is judged a second way. The
messages live in the repository (fixtures), not in the installed package, and a gate that cannot
find them says so and fails.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import RuleFailed
from pipelines.examine import Examiner
from pipelines.findings import Finding
from pipelines.inspection import find_rule
from pipelines.labelled import (
    FOLDER,
    NONE,
    Item,
    LabelledDistrict,
    Score,
    outcomes,
    read_items,
    scores,
)
from pipelines.threads import Thread
from rules.examples import ExampleDistrict, stated_purpose
from rules.model import Example, Rule, Status
from rules.policies.pack import Policy, load_policy, shipped
from rules.registry import all_rules

BENIGN = FOLDER.parent / "benign"
MEASURED = "measure"
MOST_BENIGN = 1 / 10_000
"""The largest share of benign messages a rule may flag."""
LEAST = (0.95, 0.95)
"""The least precision and recall a rule may have on the labelled messages."""
NOT_THERE_YET = {
    "accepts_contact": (0.95, 0.53),
    "moved_channel": (0.90, 0.52),
    "non_school_account": (0.95, 0.88),
    "personal_number": (0.91, 0.64),
    "personal_site": (0.90, 0.58),
    "public_posting": (0.86, 0.81),
    "solicits_contact": (0.95, 0.73),
    "unapproved_group": (0.95, 0.87),
}
"""The same for rules that miss too much still: what they reached, so that they do not fall back."""
EVERY_RULE = -1  # all bits
_AUDIENCES = {
    "student": ("student",),
    "students3": ("student", "student2", "student3"),
    "class": ("class",),
    "student+guardian": ("student", "guardian"),
    "student+staff": ("student", "staff2"),
    "guardian": ("guardian",),
    "guardians": ("guardians",),
    "staff": ("staff2",),
}


@dataclass(frozen=True)
class Line:
    """One row of the gates' table."""

    rule: str
    examples: int
    wrong: int
    benign: int
    flagged: int
    score: Score | None  # on the labelled messages; None where there are none for the rule


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


def benign_items(folder: Path) -> list[Item]:
    """Every row of the benign corpus as an item of its own, known by file and line."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                said = {
                    "at": row["at"],
                    "channel": row["channel"],
                    "from": row["sender"],
                    "to": _reached(row["sender"], row["audience"]),
                    "subject": row["subject"],
                    "text": row["text"],
                }
                found.append(Item(f"{path.name}:{number}", "", NONE, (said,)))
    return found


def _reached(sender: str, audience: str) -> list[str]:
    people = [one for one in _AUDIENCES[audience] if one != sender]
    return people or ["staff"]


def flagged_benign(
    rules: Sequence[Rule], items: Sequence[Item], district: LabelledDistrict
) -> list[Finding]:
    """What the rules flag among benign messages."""
    rows = [row for one in items for row in district.rows(one.id, one.messages)]
    return [
        finding for finding in district.examine(rows, rules) if finding.status is Status.FLAGGED
    ]


def test_rules(name: str | None, benign: Path = BENIGN) -> tuple[str, list[str]]:
    """Run the gates for one rule or all; returns the table and the failures.

    Raises:
        UserError: there is no such rule.
    """
    rules = (find_rule(name),) if name else all_rules()
    wrong = list(wrong_examples(rules))
    failures = [f"{rule}: {what}" for rule, what in wrong]
    corpus, labelled = benign_items(benign), read_items(MEASURED)
    if not corpus or not labelled:
        where = f"{benign} or {FOLDER}"
        return "", [*failures, f"{where}: no messages; run this from a checkout of the repository"]
    with tempfile.TemporaryDirectory() as work:
        district = LabelledDistrict(Path(work))
        flagged = flagged_benign(rules, corpus, district)
        measured = {one.rule: one for one in scores(labelled, outcomes(labelled, rules, district))}
    lines = [
        Line(
            rule.id,
            len(rule.examples),
            sum(id_ == rule.id for id_, _ in wrong),
            len(corpus),
            sum(one.rule == rule.id for one in flagged),
            measured.get(rule.id),
        )
        for rule in rules
    ]
    return table(lines), [*failures, *_too_bad(lines, flagged)]


def _too_bad(lines: Sequence[Line], flagged: Sequence[Finding]) -> Iterator[str]:
    """What a line of the table may not be."""
    for line in lines:
        if line.flagged > line.benign * MOST_BENIGN:
            yield from (
                f"{line.rule}: flags the benign message {one.message.source_file}"
                for one in flagged
                if one.rule == line.rule
            )
        if line.score is None:
            yield f"{line.rule}: no labelled messages in fixtures/labelled/{MEASURED}"
            continue
        reached = (line.score.precision, line.score.recall)
        least = NOT_THERE_YET.get(line.rule, LEAST)
        if any(one < other for one, other in zip(reached, least, strict=True)):
            yield (
                f"{line.rule}: precision {reached[0]:.2f}, recall {reached[1]:.2f} on labelled "
                f"messages; {least[0]} and {least[1]} are the least"
            )


test_rules.__test__ = False  # type: ignore[attr-defined]  # a command, not a test


def table(lines: Sequence[Line]) -> str:
    """The gates' outcome, a line a rule."""
    head = (
        f"{'rule':28} {'examples':>8} {'wrong':>6} {'benign':>7} {'flagged':>8} "
        f"{'labelled':>9} {'precision':>10} {'recall':>7}"
    )
    return "\n".join((head, *map(_row, lines)))


def _row(line: Line) -> str:
    start = f"{line.rule:28} {line.examples:8} {line.wrong:6} {line.benign:7} {line.flagged:8}"
    score = line.score
    if score is None:
        return f"{start} {'-':>9} {'-':>10} {'-':>7}"
    return f"{start} {score.count:9} {score.precision:10.3f} {score.recall:7.3f}"
