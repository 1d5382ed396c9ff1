"""Looking at single things: what a reader saw, what the signals see, what a rule says.

Rule of this file: nothing is written; text leaves only where the caller asked for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.config import Config
from pipelines.counters import Ledger
from pipelines.errors import Problem, UserError
from pipelines.output.flags import utc
from pipelines.sources import formats
from pipelines.workplace import prepare
from rules.model import Example, Purpose, Rule
from rules.registry import all_rules
from rules.signals import addresses, handles, links, phones
from rules.signals.purpose import judge_texts

_TEXT = ("subject", "body")
_TOGETHER = 2_000


def read_source(config: Config, name: str, work: Path, with_text: bool) -> Iterator[dict[str, Any]]:
    """Messages of one source as plain dictionaries, then one line with the counts."""
    place = prepare(config, work)
    export = place.export(name)
    ledger = Ledger(name)
    for batch in formats()[export.format].read(export, ledger):
        for row in batch.to_pylist():
            row["sent_at"] = utc(row["sent_at"])
            if not with_text:
                row["has_text"] = row["body"] is not None
                row = {key: value for key, value in row.items() if key not in _TEXT}
            yield row
    for record in sorted(ledger.quarantine):
        yield {
            "quarantined": record.reason,
            "source_file": record.file,
            "record": record.record,
            "detail": record.detail,
        }
    yield {
        "counts": {
            "records_read": ledger.records_read,
            "messages": ledger.messages,
            "duplicates": ledger.duplicates,
            "excluded": dict(ledger.excluded),
            "quarantined": ledger.quarantined,
        }
    }


def signals_of(lines: Iterable[str], where: str) -> Iterator[dict[str, Any]]:
    """What the rules see in each `{"id", "text"}` line.

    Raises:
        UserError: a line is not such an object; named by its number.
    """
    numbered = ((n, line) for n, line in enumerate(lines, 1) if line.strip())
    while group := list(islice(numbered, _TOGETHER)):
        entries = [_entry(line, f"{where}:{number}") for number, line in group]
        purposes = judge_texts([entry["text"] for entry in entries])
        for entry, purpose in zip(entries, purposes, strict=True):
            yield signals_in(entry["id"], entry["text"], purpose)


def _entry(line: str, where: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
        if isinstance(entry["text"], str) and "id" in entry:
            return dict(entry)
    except (ValueError, KeyError, TypeError):
        pass
    remedy = 'write lines such as {"id": "1", "text": "..."}'
    raise UserError([Problem(where, 'is no JSON object with "id" and "text"', remedy)])


def signals_in(name: Any, text: str, purpose: Purpose) -> dict[str, Any]:
    """Purpose and every signal of one text, spans in characters of it."""
    return {
        "id": name,
        "purpose": {
            "label": purpose.label.value,
            "p_school_business": purpose.p_school_business,
            "reasons": list(purpose.reasons),
        },
        "phones": [{"start": p.start, "end": p.end, "e164": p.e164} for p in phones.find(text)],
        "addresses": [
            {"start": a.start, "end": a.end, "address": a.address} for a in addresses.find(text)
        ],
        "links": [{"start": one.start, "end": one.end, "url": one.url} for one in links.find(text)],
        "handles": [
            {"start": h.start, "end": h.end, "handle": h.handle, "network": h.network}
            for h in handles.find(text)
        ],
    }


def find_rule(name: str) -> Rule:
    """A rule by id.

    Raises:
        UserError: there is no such rule.
    """
    known = {rule.id: rule for rule in all_rules()}
    if name not in known:
        remedy = f"known are {', '.join(known)}"
        raise UserError([Problem("rules", f"no rule {name}", remedy)])
    return known[name]


def describe_rule(name: str) -> str:
    """A rule as Markdown, the same text that docs/rules.md is made of."""
    rule = find_rule(name)
    lines = [
        f"## {rule.title} (`{rule.id}`)",
        "",
        f"Clause: {rule.clause}. Severity of a clear match: {rule.severity}. "
        + (
            "School business lifts it."
            if rule.lifted_by_school_business
            else "School business does not lift it."
        ),
        "",
        rule.rationale,
        "",
        "What to do:",
        *(f"{number}. {step}" for number, step in enumerate(rule.review_steps, 1)),
        "",
        "Where it may be wrong:",
        *(f"- {note}" for note in rule.false_positives),
        "",
        "| example | channel | local time | outcome |",
        "|---|---|---|---|",
        *(_example_row(example) for example in rule.examples),
        "",
    ]
    return "\n".join(lines)


def _example_row(example: Example) -> str:
    message = example.message
    outcome = example.expect.value if example.expect else "no match"
    at = f"{message.sent_at_local:%a %H:%M}"
    return f"| {example.says} | {message.channel.value} | {at} | {outcome} |"
