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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apache_beam as beam

from pipelines.broadcasts import audiences
from pipelines.config import Config
from pipelines.contacts import Kept
from pipelines.counters import Ledger, merge
from pipelines.duplicates import Tally, tally
from pipelines.findings import Case, Finding
from pipelines.output.flags import utc, write_flags, write_tables
from pipelines.output.folder import IT, OFFICERS, owner_only, whole_folder, work_folder
from pipelines.output.manifest import (
    Totals,
    file_hashes,
    needs_a_person,
    reconcile,
    source_entry,
    totals,
    versions,
    write_manifest,
)
from pipelines.output.quarantine import write_quarantine
from pipelines.output.summary import report_of
from pipelines.runners import local_pipeline
from pipelines.sources.archive import plain_files
from pipelines.transforms import AssembleCases, ExamineThreads, SavePickled, ScreenExports
from pipelines.workplace import Workplace, load_pickled, prepare
from rules.registry import fingerprint

Step = Callable[[str], None]
"""Told the name of each step as it begins; draws the progress bar."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    folder: Path
    totals: Totals
    cases: tuple[Case, ...]
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
        clock.begin("examining")
        findings, cases = examine(place, kept, reach)
        clock.begin("publishing")
        result = totals(counted, findings, cases)
        attention = needs_a_person(ledgers, config)
        folder = _publish(
            place, out, started, kept, ledgers, findings, cases, result, attention, hashing, clock
        )
    return Outcome(folder, result, tuple(cases), tuple(attention))


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
    with local_pipeline() as root:
        build_screening(root, place)
    kept, ledgers = load_pickled(place.work / "screening.pickle")
    return kept, merge(ledgers)


def build_examining(
    root: beam.Pipeline, place: Workplace, kept: list[Kept], reach: dict[int, int]
) -> None:
    """Add the examining graph to a pipeline."""
    (
        root
        | "Partitions" >> beam.Create(range(place.partitions), reshuffle=False)
        | ExamineThreads(str(place.work), tuple(kept), reach)
        | AssembleCases()
        | "All cases" >> beam.combiners.ToList()
        | "Save outcome" >> SavePickled(str(place.work / "outcome.pickle"))
    )


def examine(
    place: Workplace, kept: list[Kept], reach: dict[int, int]
) -> tuple[list[Finding], list[Case]]:
    """Run the examining graph; findings in order, cases worst first."""
    with local_pipeline() as root:
        build_examining(root, place, kept, reach)
    groups: list[tuple[tuple[Finding, ...], Case | None]] = load_pickled(
        place.work / "outcome.pickle"
    )
    findings = sorted((one for group, _ in groups for one in group), key=lambda one: one.order())
    cases = [case for _, case in groups if case]
    return findings, sorted(cases, key=_case_order)


def _case_order(case: Case) -> tuple[int, float, str]:
    return (-case.severity, -case.findings[-1].message.sent_at.timestamp(), case.case_id)


def _publish(
    place: Workplace,
    out: Path,
    started: datetime,
    kept: list[Kept],
    ledgers: dict[str, Ledger],
    findings: list[Finding],
    cases: list[Case],
    result: Totals,
    attention: list[str],
    hashing: Future[dict[str, str]],
    clock: _Clock,
) -> Path:
    inputs = hashing.result()
    mark = hashlib.sha256("".join(inputs.values()).encode()).hexdigest()[:8]
    run_id = f"{started:%Y%m%dT%H%M%S}{started.microsecond // 1000:03d}Z-{mark}"
    with whole_folder(out, run_id) as folder:
        officers, it = folder / OFFICERS, folder / IT
        write_flags(officers / "flags.csv", findings)
        write_tables(officers, findings, cases)
        report = report_of(place, run_id, started, ledgers, kept, findings, cases, attention)
        (officers / "report.html").write_text(report, encoding="utf-8")
        write_quarantine(it / "quarantine.csv", (q for one in ledgers.values() for q in one.quarantine))
        clock.begin("")
        manifest = _manifest(place, run_id, started, ledgers, kept, result, attention, inputs)
        write_manifest(it / "manifest.json", manifest | {"timings_seconds": clock.seconds})
    return out / run_id


def _manifest(
    place: Workplace,
    run_id: str,
    started: datetime,
    ledgers: dict[str, Ledger],
    kept: list[Kept],
    result: Totals,
    attention: list[str],
    inputs: dict[str, str],
) -> dict[str, Any]:
    blind = sorted(row for one in kept for row in one.not_scanned)
    return {
        "run_id": run_id,
        "started_at": utc(started),
        "district": place.config.name,
        "complete": not attention,
        "attention": attention,
        "versions": versions(),
        "hashes": {
            "inputs": inputs,
            "roster": place.directory.fingerprint(),
            "policy": {"id": place.policy.id, "version": place.policy.version, "sha256": place.policy.fingerprint},
            "rules": fingerprint(),
        },
        "sources": {name: source_entry(one) for name, one in sorted(ledgers.items())},
        "totals": asdict(result),
        "clauses_not_checked": unchecked(place),
        "undetermined": {
            "why": "the text of these staff-student messages was not in the export",
            "rules": [rule.id for rule in place.rules() if rule.reads_text],
            "messages": len(blind),
            "records": [f"{source}: {file}: {record}" for source, file, record in blind],
        },
    }


def unchecked(place: Workplace) -> list[str]:
    """Clauses in the policy that no rule of this version looks for."""
    known = {rule.id for rule in place.rules()}
    return [c.id for c in place.policy.clauses if not known & c.severities.keys()]
