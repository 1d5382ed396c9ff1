"""Offers of earlier nights: a file in every run folder, read back by the runs of 90 days.

Rule of this file: no message text comes in. What cannot be used is named with the reason, never
passed over; the manifest tells how far a run looked back. A run reads all earlier runs it finds,
so nights may be audited twice, overlap, or each hold another export.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.counters import Ledger
from pipelines.message import Role
from pipelines.moved import WITHIN, Offer, What
from pipelines.output.folder import OFFICERS

FILE = "offers.parquet"
_VERSION = "1"
_IDS = pa.list_(pa.string())
_TYPES = {
    "sent_at": pa.timestamp("us", "UTC"),
    "own": pa.bool_(),
    "staff": _IDS,
    "students": _IDS,
    "sent_at_local": pa.timestamp("us"),
}
SCHEMA = pa.schema(
    [(one.name, _TYPES.get(one.name, pa.string())) for one in fields(Offer) if one.name != "line"]
)
"""An offer a row, but for its text."""

Span = tuple[datetime, datetime]
"""First and last instant of the messages of a run."""


@dataclass(frozen=True)
class LookedBack:
    """What a run knows of earlier nights."""

    offers: tuple[Offer, ...] = ()
    since: datetime | None = None  # how far back it wanted to look
    used: tuple[Mapping[str, Any], ...] = ()
    unused: tuple[Mapping[str, str], ...] = ()

    def entry(self) -> dict[str, Any]:
        """For the manifest."""
        return {
            "days": WITHIN.days,
            "from": self.since.isoformat() if self.since else None,
            "runs": list(self.used),
            "not_used": list(self.unused),
            "note": ""
            if self.used
            else "numbers and addresses given before these messages were not known: no earlier run",
        }


def span_of(ledgers: Mapping[str, Ledger]) -> Span | None:
    """From the first to the last message of all sources; None without any."""
    seen = [
        datetime.fromisoformat(instant)
        for one in ledgers.values()
        for instant in (one.seen_first, one.seen_last)
        if instant
    ]
    return (min(seen), max(seen)) if seen else None


def write_offers(path: Path, offers: Iterable[Offer], district: str, span: Span | None) -> None:
    """Write what a run adds, in order, with the district and the span it read."""
    rows = [{name: getattr(one, name) for name in SCHEMA.names} for one in sorted(set(offers))]
    about = {"version": _VERSION, "district": district}
    if span:
        about |= {"from": span[0].isoformat(), "to": span[1].isoformat()}
    table = pa.Table.from_pylist(rows, schema=SCHEMA.with_metadata(about))
    pq.write_table(table, path, compression="zstd")


def look_back(folder: Path, district: str, span: Span | None) -> LookedBack:
    """The offers of the runs in a folder that may matter to messages of a span."""
    if span is None:
        return LookedBack()
    since = span[0] - WITHIN
    found: list[Offer] = []
    used, unused = [], []
    for path in sorted(folder.glob(f"[!.]*/{OFFICERS}/{FILE}")):
        run = path.parent.parent.name
        try:
            table = pq.read_table(path)
            about = {k.decode(): v.decode() for k, v in (table.schema.metadata or {}).items()}
            why = _why_not(table, about, district)
            if why:
                unused.append({"run": run, "why": why})
                continue
            if "to" not in about or datetime.fromisoformat(about["to"]) < since:
                continue  # nothing of it is recent enough
            offers = [_offer(row) for row in table.to_pylist()]
        except (OSError, ValueError, KeyError, TypeError) as error:  # Arrow's errors are among them
            unused.append({"run": run, "why": f"cannot be read: {type(error).__name__}"})
            continue
        kept = [one for one in offers if _matters(one, since, span)]
        found += kept
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        span_read = {"from": about["from"], "to": about["to"]}
        used.append({"run": run, **span_read, "offers": len(kept), "sha256": digest})
    return LookedBack(tuple(found), since, tuple(used), tuple(unused))


def _why_not(table: pa.Table, about: Mapping[str, str], district: str) -> str:
    """Why a file may not be used, empty when it may."""
    if about.get("version") != _VERSION or table.schema.names != SCHEMA.names:
        return "written by another version of Brightline"
    if about.get("district") != district:
        return "of another district"
    return ""


def _offer(row: Mapping[str, Any]) -> Offer:
    lists = {name: tuple(row[name]) for name in ("staff", "students")}
    return Offer(**{**row, **lists, "what": What(row["what"]), "side": Role(row["side"])})


def _matters(offer: Offer, since: datetime, span: Span) -> bool:
    """Whether an offer is recent enough, and no use of a handle that is judged again today."""
    again = offer.what is What.USED and offer.sent_at >= span[0]
    return since <= offer.sent_at <= span[1] and not again
