"""manifest.json: what was read, what became of it, and whether anything needs a person.

Rule of this file: counts must add up to the record, or `reconcile` raises and nothing is
published. No message text and no names; ids only where a table's row is meant.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines.config import Config
from pipelines.counters import NOT_READ, SWALLOWED, Ledger
from pipelines.duplicates import Tally
from pipelines.errors import NotReconciled
from pipelines.findings import Case, Finding
from pipelines.output.quarantine import REASONS, without_accounts
from pipelines.sources import is_web_log
from rules.model import Status

_READ = 1 << 20
_RESOLUTION = (
    "participants",
    "unknown school account",
    "unknown outside account",
    "shared by several people",
    "matched by name only",
)
"""Notes that `source_entry` tells as the resolution; all others it tells as they are."""
TEXT_LIMIT = 0.01
"""Share of a source's messages whose text may be missing (confidential mail, say) before a run
asks for a person; every one is listed as undetermined either way."""
LIBRARIES = ("apache-beam", "pyarrow", "pandas", "spacy", "phonenumbers", "email-validator")


@dataclass
class Totals:
    """Totals of a run; messages = screened_out + examined."""

    messages: int
    screened_out: int
    examined: int
    flagged_messages: int = 0
    findings: int = 0
    lifted: int = 0
    exempt: int = 0
    cases: int = 0
    _seen: set[str] = field(default_factory=set, repr=False)

    def shown(self) -> dict[str, int]:
        """The numbers by name, for the manifest."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    @classmethod
    def of(cls, tally: Tally) -> Totals:
        """Totals before anything is found."""
        return cls(tally.messages, tally.messages - tally.examined, tally.examined)

    def add(self, findings: Sequence[Finding], case: Case | None) -> None:
        """Count one group; a message may stand in two, when rules concern other students of it."""
        by_status = Counter(one.status for one in findings)
        flagged = {one.message.key for one in findings if one.status is Status.FLAGGED}
        self._seen |= flagged
        self.flagged_messages = len(self._seen)
        self.findings += len(findings)
        self.lifted += by_status[Status.LIFTED]
        self.exempt += by_status[Status.EXEMPT]
        self.cases += case is not None


def reconcile(ledgers: Mapping[str, Ledger], tally: Tally, names: Sequence[str]) -> None:
    """Move copies found across files and sources to `duplicates`; then everything must add up.

    Raises:
        NotReconciled: naming the source and the difference.
    """
    for number, copies in tally.duplicates.items():
        ledgers[names[number]].messages -= copies
        ledgers[names[number]].duplicates += copies
    for name, ledger in ledgers.items():
        if ledger.balance():
            raise NotReconciled(
                f"source {name}: {ledger.records_read} records read but "
                f"{ledger.records_read - ledger.balance()} accounted for -> nothing was published; "
                "report this with the file names and counts of quarantine and manifest"
            )
    counted = sum(ledger.messages for ledger in ledgers.values())
    if counted != tally.messages:
        raise NotReconciled(
            f"{counted} messages read but {tally.messages} screened -> nothing was published"
        )


def needs_a_person(ledgers: Mapping[str, Ledger], config: Config) -> list[str]:
    """Why a complete run still wants somebody to look (exit 1); empty when all is well."""
    reasons = []
    for group in _shares(ledgers, config):
        read = sum(ledger.records_read for ledger in group)
        aside = sum(ledger.quarantined for ledger in group)
        if aside > config.quarantine_limit * read:
            reasons.append(
                f"{aside} of {read} records are in quarantine, more than the limit of "
                f"{config.quarantine_limit:.2%}"
            )
    for name, ledger in sorted(ledgers.items()):
        cut = {one.file for one in ledger.quarantine if REASONS[one.reason].more_is_lost}
        if cut:
            reasons.append(
                f"source {name}: {len(cut)} file(s) could not be read whole; see quarantine.csv"
            )
        if swallowed := ledger.notes[SWALLOWED]:
            reasons.append(
                f"source {name}: {swallowed} lines lie inside broken rows, so messages may be lost"
            )
        if unread := ledger.notes[NOT_READ]:
            reasons.append(f"source {name}: {unread} file(s) in its folder are of no use to it")
        if ledger.messages == 0 and not ledger.nothing_to_tell:
            reasons.append(f"source {name} gave no message")
        lost = ledger.notes["text not found"] + ledger.notes["text unreadable"]
        if lost > TEXT_LIMIT * ledger.messages:
            reasons.append(f"source {name}: the text of {lost} staff-student messages is missing")
        known = ledger.notes["participants"]
        unknown = ledger.notes["unknown school account"]
        if known and unknown > 0.2 * known:
            reasons.append(f"source {name}: {unknown} of {known} participants are unknown accounts")
    return reasons


def _shares(ledgers: Mapping[str, Ledger], config: Config) -> Iterator[list[Ledger]]:
    """Sources whose quarantine is weighed together: the millions of lines of a web-access log
    would hide what mail has lost, so logs are weighed apart."""
    logs = {one.name for one in config.sources if is_web_log(one.format)}
    yield [ledger for name, ledger in ledgers.items() if name not in logs]
    yield [ledger for name, ledger in ledgers.items() if name in logs]


def source_entry(ledger: Ledger) -> dict[str, Any]:
    """One source of the manifest."""
    seen = ledger.notes["participants"]
    missed = ledger.notes["unknown school account"] + ledger.notes["unknown outside account"]
    return {
        "records_read": ledger.records_read,
        "messages": ledger.messages,
        "duplicates": ledger.duplicates,
        "excluded": {reason: n for reason, n in sorted(ledger.excluded.items()) if n},
        "quarantined": ledger.quarantined,
        "resolution": {
            "participants": seen,
            "resolved": seen - missed,
            "rate": round((seen - missed) / seen, 4) if seen else None,
            "unknown_school_account": ledger.notes["unknown school account"],
            "unknown_outside_account": ledger.notes["unknown outside account"],
            "shared": ledger.notes["shared by several people"],
            "by_name_only": ledger.notes["matched by name only"],
        },
        "notes": {
            note: n for note, n in sorted(ledger.notes.items()) if n and note not in _RESOLUTION
        },
        "seen_from": ledger.seen_first,
        "seen_to": ledger.seen_last,
        "coverage": {"declared": None, "gaps": []},
    }


def file_hashes(paths: Iterable[Path], base: Path) -> dict[str, str]:
    """SHA-256 of every file, named relative to `base`."""
    found = {}
    for path in sorted(paths):
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_READ):
                digest.update(block)
        shown = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.as_posix()
        found[without_accounts(shown)] = digest.hexdigest()
    return found


def versions() -> dict[str, str]:
    """Versions of Brightline and of the libraries that decide what is found."""
    return {"brightline": version("brightline")} | {name: version(name) for name in LIBRARIES}


def write_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    """Write it readable and with keys in the order given."""
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
