"""Fixture messages as threads, judged as the audit would judge them.

Rule of this file: measuring only. It reads the story CSVs as they stand, without the readers
of pipelines/, so that a fault there does not show up here as one of purpose.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipelines.message import Account, Basis, Channel, Field, Message, Participant, ZoneBasis
from rules.signals.purpose import Categoriser, clean, judge

Row = tuple[str, Message]  # truth ("flagged", ...) or "" and the message


def fixture_rows(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Name of a group of staff messages, and the labels judged; nothing when not there."""
    for path in sorted((folder / "benign").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [r for r in csv.DictReader(stream) if r["sender"] == "staff"]
        messages = [
            _message(str(n), "", r["at"], r["subject"], r["text"]) for n, r in enumerate(rows)
        ]
        if messages:
            yield f"benign/{path.stem}", _labels([[m] for m in messages], {m.key for m in messages})
    story = folder / "district_small"
    if (story / "story").is_dir():
        yield from _story(story)


def _story(folder: Path) -> Iterator[tuple[str, list[str]]]:
    truth = _truth(folder / "truth.csv")
    staff = _staff(folder / "roster" / "users.csv")
    for channel in ("email", "lms", "sms"):
        threads: dict[str, list[Message]] = defaultdict(list)
        groups: dict[str, set[str]] = defaultdict(set)
        with (folder / "story" / f"{channel}.csv").open(encoding="utf-8", newline="") as stream:
            for place, row in enumerate(csv.DictReader(stream)):
                key = f"{channel}{place}"
                sender = row.get("from_name") or row["from"].partition("<")[0].strip()
                message = _message(
                    key, row["thread"], row["local_time"], row.get("subject") or "", row["text"]
                )
                threads[row["thread"]].append(message)
                if sender in staff:
                    for says in truth.get(row["native_id"], {"no row"}):
                        groups[says].add(key)
        for says, keys in sorted(groups.items()):
            yield f"story/{channel} {says}", _labels(list(threads.values()), keys)


def _truth(path: Path) -> dict[str, set[str]]:
    """By message: "flagged personal_texting" and the like, of rules that ask for the purpose."""
    found: dict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["rule"] in ("personal_texting", "off_hours_contact"):
                found[row["native_id"]].add(f"{row['status']} {row['rule']}")
    return found


def _staff(path: Path) -> set[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {
            f"{row['givenName']} {row['familyName']}"
            for row in csv.DictReader(stream)
            if row["role"] in ("teacher", "administrator", "aide", "staff", "proctor")
        }


def _labels(threads: Sequence[Sequence[Message]], wanted: set[str]) -> list[str]:
    model = Categoriser.load()
    labels = []
    for thread in threads:
        chances = model.probabilities([clean(m.text) for m in thread])
        p_of = {m.key: chance for m, chance in zip(thread, chances, strict=True)}
        labels += [judge(m, thread, p_of, ()).label.value for m in thread if m.key in wanted]
    return labels


def _message(key: str, thread: str, at: str, subject: str, text: str) -> Message:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    nobody = Participant("sis:0", Field.FROM, Account.SCHOOL, Basis.UNKNOWN)
    return Message(
        key=key,
        native_id=key,
        source="fixture",
        source_file="",
        record=1,
        channel=Channel.SMS,
        platform="fixture",
        thread_key=hash(thread),
        sent_at=moment,
        sent_at_local=moment,
        zone_basis=ZoneBasis.DECLARED,
        off_hours=False,
        sender=nobody,
        recipients=(),
        audience=1,
        subject=subject,
        body=text,
    )
