"""The audit: two graphs and what stands between and after them.

Screening reads every export once and keeps the staff-student messages; examining reads those
back by thread. Between the two, duplicates and broadcasts are counted; afterwards counts are
reconciled and the run folder is published whole, or the run fails and nothing is.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import apache_beam as beam

from pipelines.broadcasts import audiences
from pipelines.config import Config
from pipelines.contacts import Kept
from pipelines.counters import Ledger, merge
from pipelines.duplicates import tally
from pipelines.earlier import FILE, LookedBack, look_back, span_of, write_offers
from pipelines.examination import HISTORIES
from pipelines.history import contact_tables, histories
from pipelines.moved import Offer
from pipelines.offers import Teller
from pipelines.outcome import Entry, read_groups
from pipelines.output.exceptions import Exceptions, exceptions_entry, write_exceptions
from pipelines.output.flags import RunTables, utc
from pipelines.output.folder import IT, OFFICERS, owner_only, whole_folder, work_folder
from pipelines.output.manifest import (
    Totals,
    file_hashes,
    needs_a_person,
    reconcile,
    source_entry,
    versions,
    write_manifest,
)
from pipelines.output.quarantine import write_quarantine
from pipelines.output.summary import Shown, report_of
from pipelines.runners import local_pipeline
from pipelines.sources.archive import plain_files
from pipelines.transforms import (
    AssembleCases,
    ExamineThreads,
    FindMoves,
    SavePickled,
    ScreenExports,
)
from pipelines.workplace import Workplace, load_pickled, prepare, save_pickled
from rules.registry import fingerprint

NEW_OFFERS = "offers.pickle"
"""File of the work folder that holds the offers of the run."""
Step = Callable[[str], None]
"""Told the name of each step as it begins; draws the progress bar."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    folder: Path
    totals: Totals
    attention: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 complete, 1 complete but something needs a person."""
        return 1 if self.attention else 0


@dataclass
class _Clock:
    """Seconds spent by step."""

    step: Step
    seconds: dict[str, float] = field(default_factory=dict)
    _begun: float = field(default_factory=time.perf_counter)
    _name: str = ""

    def begin(self, name: str) -> None:
        now = time.perf_counter()
        if self._name:
            self.seconds[self._name] = round(now - self._begun, 3)
        self._begun, self._name = now, name
        if name:
            self.step(name)


def run_audit(config: Config, out: Path, step: Step = lambda name: None) -> Outcome:
    """Audit everything the configuration names and publish `out/<run_id>`.

    Raises:
        UserError: the configuration or an input cannot be used; every problem at once.
        RunFailed: a rule raised or the counts do not add up; nothing is published.
    """
    clock = _Clock(step)
    started = datetime.now(UTC)
    with owner_only(), work_folder(out) as work, ThreadPoolExecutor(1) as pool:
        clock.begin("roster")
        place = prepare(config, work)
        place.save()
        hashing = pool.submit(input_hashes, config)
        clock.begin("screening")
        kept, ledgers = screen(place)
        clock.begin("counting")
        counted = tally([one.digests for one in kept])
        reconcile(ledgers, counted, [source.name for source in config.sources])
        reach = audiences(Path(one.copies) for one in kept)
        tables = contact_tables(work, kept, place.partitions)
        save_pickled(work / HISTORIES, histories(tables, place.directory))
        earlier = look_back(config.history or out, config.name, span_of(ledgers))
        clock.begin("examining")
        entries = examine(place, kept, reach, earlier.offers)
        clock.begin("publishing")
        run = Run(place, out, started, kept, ledgers, Totals.of(counted), earlier)
        folder = _publish(run, entries, hashing, clock)
    return Outcome(folder, run.totals, tuple(run.attention))


@dataclass
class Run:
    """What is known of a run when it is published."""

    place: Workplace
    out: Path
    started: datetime
    kept: list[Kept]
    ledgers: dict[str, Ledger]
    totals: Totals
    earlier: LookedBack

    def days(self) -> tuple[tuple[date, date], date]:
        """First and last day of the messages, and the day of the run, by the local calendar."""
        zone = ZoneInfo(self.place.config.time_zone)
        today = self.started.astimezone(zone).date()
        seen = [
            datetime.fromisoformat(instant).astimezone(zone).date()
            for ledger in self.ledgers.values()
            for instant in (ledger.seen_first, ledger.seen_last)
            if instant
        ]
        return (min(seen, default=today), max(seen, default=today)), today

    @property
    def attention(self) -> list[str]:
        """Why somebody should look although the run is complete."""
        return needs_a_person(self.ledgers, self.place.config)


def input_hashes(config: Config) -> dict[str, str]:
    """SHA-256 of every input file: configuration, roster, tables, calendar, exports."""
    tables = [path for path in asdict(config.tables).values() if path]
    single = [config.path, config.days_off, config.calendar, *tables]
    paths = {path for path in single if path}
    for tree in (config.oneroster, *(source.path for source in config.sources)):
        paths |= {file.path for file in plain_files(tree, config.base)}
    return file_hashes(paths, config.base.resolve())


def build_screening(root: beam.Pipeline, place: Workplace) -> None:
    """Add the screening graph to a pipeline."""
    names = [source.name for source in place.config.sources]
    (
        root
        | "Exports" >> beam.Create(names, reshuffle=False)
        | "Screen exports" >> ScreenExports(str(place.work))
        | "Save summary" >> SavePickled(str(place.work / "screening.pickle"))
    )


def screen(place: Workplace) -> tuple[list[Kept], dict[str, Ledger]]:
    """Run the screening graph; returns what was kept and the merged ledgers."""
    with local_pipeline(place.work) as root:
        build_screening(root, place)
    kept, ledgers = load_pickled(place.work / "screening.pickle")
    return kept, merge(ledgers)


def build_examining(
    root: beam.Pipeline,
    place: Workplace,
    kept: list[Kept],
    reach: dict[int, int],
    earlier: tuple[Offer, ...],
) -> None:
    """Add the examining graph to a pipeline."""
    run = (str(place.work), tuple(kept), reach)
    numbers = root | "Partitions" >> beam.Create(range(place.partitions), reshuffle=False)
    found = [numbers | ExamineThreads(*run)]
    if Teller.among(place.rules()):
        found.append(numbers | FindMoves(*run, earlier, str(place.work / NEW_OFFERS)))
    (
        found
        | "All findings" >> beam.Flatten()
        | AssembleCases(str(place.work))
        | "All entries" >> beam.combiners.ToList()
        | "Save entries" >> SavePickled(str(place.work / "entries.pickle"))
    )


def examine(
    place: Workplace,
    kept: list[Kept],
    reach: dict[int, int],
    earlier: tuple[Offer, ...] = (),
) -> list[Entry]:
    """Run the examining graph; where the groups lie, worst case first."""
    with local_pipeline(place.work) as root:
        build_examining(root, place, kept, reach, earlier)
    entries: list[Entry] = load_pickled(place.work / "entries.pickle")
    return sorted(entries)


def _publish(
    run: Run, entries: list[Entry], hashing: Future[dict[str, str]], clock: _Clock
) -> Path:
    inputs = hashing.result()
    mark = hashlib.sha256("".join(inputs.values()).encode()).hexdigest()[:8]
    run_id = f"{run.started:%Y%m%dT%H%M%S}{run.started.microsecond // 1000:03d}Z-{mark}"
    with whole_folder(run.out, run.place.work, run_id) as folder:
        officers, it = folder / OFFICERS, folder / IT
        tables, shown, exceptions = RunTables(officers), Shown(), Exceptions()
        for findings, case in read_groups(entries):
            run.totals.add(findings, case)
            tables.add(findings, case)
            shown.add(findings, case)
            exceptions.add(findings)
        tables.close()
        _write_offers(run, officers)
        listed = exceptions.listed(run.place.grants, *run.days())
        write_exceptions(officers / "exceptions.csv", listed)
        report = report_of(
            run.place, run_id, run.started, run.ledgers, run.kept, shown, listed, run.attention
        )
        (officers / "report.html").write_text(report, encoding="utf-8")
        write_quarantine(
            it / "quarantine.csv", (one for led in run.ledgers.values() for one in led.quarantine)
        )
        clock.begin("")
        manifest = _manifest(run, run_id, inputs) | {
            "exceptions": exceptions_entry(listed),
            "timings_seconds": clock.seconds,
        }
        write_manifest(it / "manifest.json", manifest)
    return run.out / run_id


def _write_offers(run: Run, folder: Path) -> None:
    """What later nights must know; nothing where the policy does not name the rule."""
    saved = run.place.work / NEW_OFFERS
    offers = load_pickled(saved) if saved.exists() else []
    write_offers(folder / FILE, offers, run.place.config.name, span_of(run.ledgers))


def _manifest(run: Run, run_id: str, inputs: dict[str, str]) -> dict[str, Any]:
    place, attention = run.place, run.attention
    blind = sorted(row for one in run.kept for row in one.not_scanned)
    return {
        "run_id": run_id,
        "started_at": utc(run.started),
        "district": place.config.name,
        "complete": not attention,
        "reasons": attention,
        "versions": versions(),
        "hashes": {
            "inputs": inputs,
            "roster": place.directory.fingerprint(),
            "policy": {
                "id": place.policy.id,
                "version": place.policy.version,
                "sha256": place.policy.fingerprint,
            },
            "rules": fingerprint(),
        },
        "sources": {name: source_entry(one) for name, one in sorted(run.ledgers.items())},
        "totals": run.totals.shown(),
        "clauses_not_checked": [clause.id for clause in place.unchecked()],
        "notices": [str(one) for one in place.notices()],
        "looked_back": run.earlier.entry(),
        "undetermined": {
            "why": "the text of these staff-student messages was not in the export",
            "rules": [rule.id for rule in place.rules() if rule.reads_text],
            "messages": len(blind),
            "records": [f"{source}: {file}: {record}" for source, file, record in blind],
        },
    }
