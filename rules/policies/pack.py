"""Reading a policy pack: which clauses are in force, what lifts them, which rules look for them.

Rule of this file: a pack is checked whole, and every fault is named with its clause.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rules.model import Severity

SHIPPED = Path(__file__).parent
STANCES = ("forbidden", "permitted", "not-adopted")
LIFTS = ("school_business",)
RELATIONSHIPS = ("familial", "employment", "legal")


class InvalidPolicy(ValueError):
    """A pack that may not be used; `faults` says what is wrong and where."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__(f"{path.name}: " + "; ".join(faults))
        self.path, self.faults = path, faults


@dataclass(frozen=True)
class Clause:
    """One clause of a policy, in our own sentence."""

    id: str
    place: str
    statement: str
    stance: str
    lifted_by: tuple[str, ...]
    effective_from: date
    effective_to: date | None
    severities: dict[str, Severity]  # rule id -> severity
    settings: dict[str, Any]

    def in_force(self, on: date) -> bool:
        """Whether the clause forbids on that day."""
        started = self.effective_from <= on
        ended = self.effective_to is not None and on > self.effective_to
        return self.stance == "forbidden" and started and not ended


@dataclass(frozen=True)
class Policy:
    """A policy pack."""

    id: str
    title: str
    district: str
    number: str
    adopted: date
    version: str  # latest of adoption, revision and review dates
    exempt_relationships: tuple[str, ...]
    clauses: tuple[Clause, ...]
    fingerprint: str  # sha256 of the file

    def clause_for(self, rule: str, on: date) -> Clause | None:
        """The clause a rule looks for that is in force on that day."""
        return next((c for c in self.clauses if rule in c.severities and c.in_force(on)), None)


def shipped() -> dict[str, Path]:
    """Policies that come with Brightline, by id."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def load_policy(path: Path, known_rules: frozenset[str]) -> Policy:
    """Read and check a pack.

    Raises:
        InvalidPolicy: with every fault found.
    """
    raw = path.read_bytes()
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidPolicy(path, [str(error)]) from error
    faults = [f"key {key} missing" for key in ("id", "title", "adopted") if key not in data]
    exempt = tuple(data.get("exempt_relationships", ()))
    faults += [f"unknown relationship {kind}" for kind in exempt if kind not in RELATIONSHIPS]
    faults += [
        f"{key} must be a date" for key in ("adopted", "revised") if not _date(data.get(key))
    ]
    if not all(_date(one) for one in _listed(data.get("reviewed", []))):
        faults.append("reviewed must be a list of dates")
    clauses = [_checked(entry, known_rules, faults) for entry in _listed(data.get("clause", []))]
    if not clauses:
        faults.append("no [[clause]]")
    named = [clause.id for clause in clauses if clause]
    twice = sorted({name for name in named if named.count(name) > 1})
    faults += [f"clause {name} stands twice" for name in twice]
    if faults:
        raise InvalidPolicy(path, faults)
    dates = [data["adopted"], data.get("revised", data["adopted"]), *data.get("reviewed", [])]
    return Policy(
        id=data["id"],
        title=data["title"],
        district=data.get("district", ""),
        number=str(data.get("number", "")),
        adopted=data["adopted"],
        version=max(dates).isoformat(),
        exempt_relationships=exempt,
        clauses=tuple(clause for clause in clauses if clause),
        fingerprint=hashlib.sha256(raw).hexdigest(),
    )


def _date(value: object) -> bool:
    return value is None or isinstance(value, date)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _checked(entry: Any, known: frozenset[str], faults: list[str]) -> Clause | None:
    """A clause, or the fault that a key of it is of the wrong type."""
    try:
        return _clause(entry, known, faults)
    except (AttributeError, TypeError, ValueError):
        name = entry.get("id", "?") if isinstance(entry, dict) else "?"
        faults.append(f"clause {name}: a key is of the wrong type; compare with a shipped pack")
        return None


def _clause(entry: dict[str, Any], known: frozenset[str], faults: list[str]) -> Clause | None:
    name = entry.get("id", "?")
    before = len(faults)
    for key in ("id", "place", "statement", "stance", "effective", "rules"):
        if key not in entry:
            faults.append(f"clause {name}: key {key} missing")
    if entry.get("stance") not in STANCES:
        faults.append(f"clause {name}: stance must be one of {', '.join(STANCES)}")
    if not _date(entry.get("effective")) or not _date(entry.get("ends")):
        faults.append(f"clause {name}: effective and ends must be dates, without quotes")
    for word in entry.get("lifted_by", ()):
        if word not in LIFTS:
            faults.append(f"clause {name}: lifted_by {word}; known is {', '.join(LIFTS)}")
    severities: dict[str, Severity] = {}
    for rule, settings in entry.get("rules", {}).items():
        if rule not in known:
            faults.append(
                f"clause {name}: unknown rule {rule}; known are {', '.join(sorted(known))}"
            )
        try:
            severities[rule] = Severity[str(settings.get("severity", "medium")).upper()]
        except KeyError:
            faults.append(f"clause {name}: severity of {rule} must be low, medium or high")
    if len(faults) > before:
        return None
    return Clause(
        id=name,
        place=entry["place"],
        statement=entry["statement"],
        stance=entry["stance"],
        lifted_by=tuple(entry.get("lifted_by", ())),
        effective_from=entry["effective"],
        effective_to=entry.get("ends"),
        severities=severities,
        settings=dict(entry.get("settings", {})),
    )
