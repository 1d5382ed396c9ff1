"""Labelled messages: read, examined as an audit would, and compared rule by rule.

Rule of this file: a labelled message goes through the audit's own resolver, screens, threads and
examiner, in a small district of its own; only the reading differs. An item is a short
conversation; its label says what its rule must make of the last message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.config import load_config
from pipelines.contacts import contacts_of, strangers_of
from pipelines.correlate import moves_in
from pipelines.examination import examine_threads
from pipelines.findings import Finding
from pipelines.history import Histories
from pipelines.message import MESSAGE, Channel, Field
from pipelines.offers import Teller
from pipelines.sources import formats
from pipelines.threads import threads_of
from pipelines.workplace import prepare
from rules.model import Rule, Status
from rules.signals.visits import domain_of, is_part

FOLDER = Path(__file__).parent.parent / "fixtures" / "labelled"
"""In the repository, not in the installed package."""

_PEOPLE = {
    "staff": ("mara.river@school.example", "+14065550101", "mara.river@example.com"),
    "staff2": ("tom.oak@school.example", "+14065550102", "tom.oak@example.net"),
    "student": ("jo.lopez@students.school.example", "+14065550142", "jo.lopez@example.org"),
    "student2": ("sam.wu@students.school.example", "+14065550145", "sam.wu@example.org"),
    "student3": ("kai.reed@students.school.example", "+14065550146", "kai.reed@example.net"),
    "child": ("noa.oak@students.school.example", "+14065550147", "noa.oak@example.org"),
    "guardian": ("ana.lopez@example.com", "+14065550143", "ana.lopez@example.com"),
}
"""School address, phone and private mailbox, as in fixtures/labelled/district."""
_SHARED = ("lopez.family@example.org", "+14065550144")
_STRANGER = ("someone@elsewhere.example.com", "+14065550199")
_LOOKALIKES = {
    "staff": "mara.river.home@example.net",
    "student": "jo.lopez27@example.net",
    "student2": "samwu.drums@example.org",
    "student3": "kai.reed09@example.com",
}
_MANY = {"class": "C", "guardians": "P"}  # how the ids of their people start


Row = dict[str, Any]
"""One row of a `MESSAGE` batch."""
Spoken = Mapping[str, Any]
"""A message of an item as it is written down: at, channel, from, to, text and the like."""
NONE = "none"


@dataclass(frozen=True)
class Item:
    """One labelled message with the conversation before it."""

    id: str
    rule: str
    label: str  # what must become of the last message: a status, or `none`
    messages: tuple[Spoken, ...]


@dataclass(frozen=True)
class Score:
    """How one rule did: what it flagged, and what it left."""

    rule: str
    found: int
    wrong: int
    missed: int
    quiet: int  # rightly not flagged
    otherwise: int  # of those: lifted, exempt or silent where the label says another of the three

    @property
    def count(self) -> int:
        """How many items there are."""
        return self.found + self.wrong + self.missed + self.quiet

    @property
    def precision(self) -> float:
        """Of what was flagged, the share that should be; 1 when nothing was."""
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of what should be flagged, the share that was; 1 when there is nothing."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0


class LabelledDistrict:
    """The people of the labelled messages, and what an audit makes of what they write."""

    def __init__(self, work: Path, folder: Path = FOLDER / "district") -> None:
        config = load_config(folder / "district.toml", frozenset(formats()))
        self.place = prepare(config, work)
        self._zone = ZoneInfo(config.time_zone)
        handles, day = self.place.directory.handles, date(2025, 10, 1)
        self._many = {
            (name, kind): [
                handle
                for handle in sorted(handles.handles(kind))
                if any(one.id.startswith(start) for one in handles.owners(handle, day))
            ]
            for name, start in _MANY.items()
            for kind in ("email", "phone")
        }

    def rows(self, item: str, messages: Sequence[Spoken]) -> Iterator[Row]:
        """Rows of `MESSAGE`, one a message; an item's channels and people are its threads.

        Raises:
            KeyError: somebody the district does not know.
        """
        for number, one in enumerate(messages):
            kind = "phone" if one["channel"] == Channel.SMS else "email"
            said = _said(one)
            if said is None:
                continue
            sender = self._handles(one["from"], kind, one)
            reached = [handle for who in one["to"] for handle in self._handles(who, kind, one)]
            parties = sorted({*sender, *reached})
            yield {
                "source": "labelled",
                "source_file": item,
                "record": number + 1,
                "native_id": f"{item} {number}",
                "channel": one["channel"],
                "platform": "labelled",
                "thread": f"{item} {one['channel']} {parties}",
                "sent_at": self._instant(one["at"]),
                "sent_at_text": one["at"],
                "zone_basis": "explicit",
                "sender": sender[0],
                "sender_name": one.get("sender_name"),
                "recipients": [
                    {"handle": handle, "name": None, "field": Field.TO.value} for handle in reached
                ],
                "subject": said[0],
                "body": said[1],
                "automatic": False,
                "delivered": True,
            }

    def examine(self, rows: Iterable[Row], rules: Sequence[Rule]) -> Iterator[Finding]:
        """What rules make of messages, through the audit's own stages."""
        batch = pa.RecordBatch.from_pylist(list(rows), schema=MESSAGE)
        resolved = self.place.resolver().resolve(batch)
        table = pa.Table.from_batches([contacts_of(resolved, rules)])
        strangers = pa.Table.from_batches([strangers_of(resolved)])
        known = Histories()
        threads = threads_of(table, self.place.directory, {})
        yield from examine_threads(threads, self.place, rules, known)
        teller = Teller.among(rules)
        if teller:
            for item in _conversations(table, strangers):  # no item knows of another
                own, others = (
                    one.filter(pc.equal(one["source_file"], item)) for one in (table, strangers)
                )
                yield from moves_in(own, others, self.place, teller, known)

    def _instant(self, local: str) -> datetime:
        return datetime.fromisoformat(local).replace(tzinfo=self._zone).astimezone(UTC)

    def _handles(self, who: str, kind: str, one: Spoken) -> list[str]:
        """The typed handles of somebody, or of everybody of a class."""
        if (who, kind) in self._many:
            return self._many[who, kind]
        person, _, account = who.partition(":")
        phone = kind == "phone"
        if person == "address":
            return [f"email:{account}"]
        if account == "lookalike" and not phone:
            return [f"email:{one.get('address') or _LOOKALIKES[person]}"]
        if person in ("stranger", "network") and not phone:
            return [f"email:{one.get('sender') or one.get('address') or _STRANGER[phone]}"]
        if person == "stranger":
            return [f"{kind}:{_STRANGER[phone]}"]
        if account == "shared":
            return [f"{kind}:{_SHARED[phone]}"]
        return [f"{kind}:{_PEOPLE[person][1 if phone else 2 if account == 'private' else 0]}"]


def _said(one: Spoken) -> tuple[str | None, str] | None:
    """Subject and body; of a visit what a web log's reader makes of it, None where it makes none.

    A visit is written down as its address alone; it stands for a dozen requests in its minute.
    """
    if one["channel"] != Channel.WEB:
        return one.get("subject"), one["text"]
    host = urlsplit(one["url"]).hostname or ""
    domain = None if is_part(host) else domain_of(host)
    end = datetime.fromisoformat(one["at"]) + timedelta(seconds=45)
    return (domain, f"until {end:%H:%M:%S}, 12 requests") if domain else None


def _conversations(*tables: pa.Table) -> list[str]:
    """The items of more than one message: only among several can contact move."""
    items = pa.concat_arrays([one["source_file"].combine_chunks() for one in tables])
    counts = pc.value_counts(items).to_pylist()
    return [one["values"] for one in counts if one["counts"] > 1]


def read_items(side: str, folder: Path = FOLDER) -> list[Item]:
    """The labelled messages of a side, `tune` or `measure`; a file a rule."""
    return [
        Item(one["id"], path.stem, one["label"], tuple(one["messages"]))
        for path in sorted((folder / side).glob("*.jsonl"))
        for one in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    ]


def outcomes(
    items: Sequence[Item], rules: Sequence[Rule], district: LabelledDistrict
) -> dict[str, str]:
    """Item id -> what its rule makes of its last message: a status, or `none`."""
    rows = [row for one in items for row in district.rows(one.id, one.messages)]
    last = {f"{one.id} {len(one.messages) - 1}": one for one in items}
    found = {one.id: NONE for one in items}
    for finding in district.examine(rows, rules):
        item = last.get(finding.message.native_id)
        if item and item.rule == finding.rule and found[item.id] != Status.FLAGGED:
            found[item.id] = finding.status.value
    return found


def scores(items: Sequence[Item], found: Mapping[str, str]) -> list[Score]:
    """One score a rule, in order of the rules' ids."""
    return [
        _score(rule, [one for one in items if one.rule == rule], found) for rule in rules_of(items)
    ]


def rules_of(items: Sequence[Item]) -> list[str]:
    """The rules the items are labelled for."""
    return sorted({one.rule for one in items})


def _score(rule: str, items: Sequence[Item], found: Mapping[str, str]) -> Score:
    flagged = Status.FLAGGED.value
    pairs = [(one.label == flagged, found[one.id] == flagged) for one in items]
    quiet = [one for one in items if flagged not in (one.label, found[one.id])]
    return Score(
        rule,
        found=pairs.count((True, True)),
        wrong=pairs.count((False, True)),
        missed=pairs.count((True, False)),
        quiet=len(quiet),
        otherwise=sum(one.label != found[one.id] for one in quiet),
    )
