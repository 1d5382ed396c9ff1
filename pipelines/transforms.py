"""Wiring only: each transform calls a plain function of a stage; no `if` about messages here.

Two graphs share these. Screening reads the exports and keeps the staff-student messages;
examining reads those back, thread by thread, and hands on findings. Counts and file names travel
through the graph as data, so that a retried bundle counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import apache_beam as beam
import pyarrow as pa
from apache_beam.pvalue import TaggedOutput
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from pipelines.ahead import ahead
from pipelines.contacts import ContactWriter, Kept
from pipelines.correlate import partition_contacts, partition_moves, partition_offers
from pipelines.counters import Ledger
from pipelines.examination import examine_partition
from pipelines.moved import Contact, Move, Offer, choose
from pipelines.outcome import Entry, Place, entry, write_findings
from pipelines.runners import leaving_word
from pipelines.sources import formats
from pipelines.workplace import open_workplace, save_pickled

LEDGERS = "ledgers"


class _ReadDoFn(beam.DoFn):
    def __init__(self, work: str) -> None:
        self._work = work

    def process(self, name: str) -> Iterator[Any]:
        with leaving_word(self._work):
            export = open_workplace(self._work).export(name)
            ledger = Ledger(name)
            yield from ahead(formats()[export.format].read(export, ledger))
            yield TaggedOutput(LEDGERS, ledger)


class _KeepDoFn(beam.DoFn):
    """Resolves, screens and keeps; emits what was kept when the bundle ends."""

    def __init__(self, work: str) -> None:
        self._work = work

    def setup(self) -> None:
        self._place = open_workplace(self._work)
        self._rules = self._place.rules()
        self._names = [source.name for source in self._place.config.sources]

    def start_bundle(self) -> None:
        self._writer: ContactWriter | None = None
        self._resolver = self._place.resolver()
        self._ledgers: dict[str, Ledger] = {}

    def process(self, batch: pa.RecordBatch) -> Iterator[Any]:
        with leaving_word(self._work):
            self._keep(batch)
        yield from ()

    def _keep(self, batch: pa.RecordBatch) -> None:
        if self._writer is None:
            name, partitions = uuid4().hex, self._place.partitions
            self._writer = ContactWriter(self._place.work, name, partitions, self._names)
        source = batch["source"][0].as_py() if batch.num_rows else None
        if source is None:
            return
        resolved = self._resolver.resolve(batch)
        ledger = self._ledgers.setdefault(source, Ledger(source))
        ledger.notes.update(self._resolver.seen)
        ledger.saw(resolved["sent_at"])
        self._resolver.seen.clear()
        self._writer.write(resolved, self._rules)

    def finish_bundle(self) -> Iterator[Any]:
        if self._writer is not None:
            yield _global(self._writer.close())
        for ledger in self._ledgers.values():
            yield _global(TaggedOutput(LEDGERS, ledger))


def _global(value: Any) -> Any:
    window = GlobalWindow()
    if isinstance(value, TaggedOutput):
        return TaggedOutput(
            value.tag, WindowedValue(value.value, window.max_timestamp(), (window,))
        )
    return WindowedValue(value, window.max_timestamp(), (window,))


@dataclass(eq=False)
class ScreenExports(beam.PTransform):
    """Source names in; one `(kept, ledgers)` of the whole run out."""

    work: str

    def expand(
        self, names: beam.PCollection[str]
    ) -> beam.PCollection[tuple[list[Kept], list[Ledger]]]:
        read = names | "Read exports" >> beam.ParDo(_ReadDoFn(self.work)).with_outputs(
            LEDGERS, main="messages"
        )
        kept = read.messages | "Keep staff-student messages" >> beam.ParDo(
            _KeepDoFn(self.work)
        ).with_outputs(LEDGERS, main="kept")
        ledgers = (read[LEDGERS], kept[LEDGERS]) | "All counts" >> beam.Flatten()
        return (
            names.pipeline
            | beam.Create([None])
            | "One summary"
            >> beam.Map(
                lambda _, kept, ledgers: (kept, ledgers),
                kept=beam.pvalue.AsList(kept.kept),
                ledgers=beam.pvalue.AsList(ledgers),
            )
        )


@dataclass(eq=False)
class ExamineThreads(beam.PTransform):
    """Partition numbers in; case ids out, each with the place where a finding lies on disk."""

    work: str
    kept: tuple[Kept, ...]
    audience: dict[int, int]

    def expand(self, numbers: beam.PCollection[int]) -> beam.PCollection[tuple[str, Place]]:
        return numbers | "Examine threads" >> beam.FlatMap(
            _examined, self.work, list(self.kept), self.audience
        )


def _examined(
    number: int, work: str, kept: list[Kept], audience: dict[int, int]
) -> Iterator[tuple[str, Place]]:
    with leaving_word(work):
        yield from write_findings(Path(work), examine_partition(number, work, kept, audience))


@dataclass(eq=False)
class FindMoves(beam.PTransform):
    """Partition numbers in; case ids of moves out, each with the place of its finding.

    `earlier` are offers of earlier nights; what this run adds to them is saved at `path`.
    """

    work: str
    kept: tuple[Kept, ...]
    audience: dict[int, int]
    earlier: tuple[Offer, ...]
    path: str

    def expand(self, numbers: beam.PCollection[int]) -> beam.PCollection[tuple[str, Place]]:
        run = (self.work, list(self.kept), self.audience)
        mine = numbers | "Offers" >> beam.FlatMap(_offers, *run)
        known = numbers.pipeline | "Earlier offers" >> beam.Create(self.earlier, reshuffle=False)
        offers = beam.pvalue.AsList((mine, known) | "All offers" >> beam.Flatten())
        contacts = numbers | "Later contacts" >> beam.FlatMap(_contacts, *run, offers=offers)
        chosen = (
            numbers.pipeline
            | "Once" >> beam.Create([None])
            | "Choose"
            >> beam.Map(
                lambda _, offers, contacts: choose(offers, contacts),
                offers=offers,
                contacts=beam.pvalue.AsList(contacts),
            )
        )
        (
            chosen
            | "Used too"
            >> beam.Map(lambda chosen, mine: mine + chosen[1], beam.pvalue.AsList(mine))
            | "Save offers" >> SavePickled(self.path)
        )
        return numbers | "Moves" >> beam.FlatMap(
            _moves, *run, chosen=beam.pvalue.AsSingleton(chosen)
        )


def _offers(number: int, work: str, kept: list[Kept], audience: dict[int, int]) -> Iterator[Offer]:
    with leaving_word(work):
        yield from partition_offers(number, work, kept, audience)


def _contacts(
    number: int, work: str, kept: list[Kept], audience: dict[int, int], offers: list[Offer]
) -> Iterator[Contact]:
    with leaving_word(work):
        yield from partition_contacts(number, work, kept, audience, offers)


def _moves(
    number: int,
    work: str,
    kept: list[Kept],
    audience: dict[int, int],
    chosen: tuple[list[Move], list[Offer]],
) -> Iterator[tuple[str, Place]]:
    with leaving_word(work):
        findings = partition_moves(number, work, kept, audience, chosen[0])
        yield from write_findings(Path(work), findings)


def _entry(group: tuple[str, Iterable[Place]], work: str) -> Entry:
    with leaving_word(work):
        return entry(sorted(group[1]))


@dataclass(eq=False)
class AssembleCases(beam.PTransform):
    """Places of findings by case id in; one entry a case (or a group without one) out."""

    work: str

    def expand(self, places: beam.PCollection[tuple[str, Place]]) -> beam.PCollection[Entry]:
        return places | "Together" >> beam.GroupByKey() | "Assemble" >> beam.Map(_entry, self.work)


@dataclass(eq=False)
class SavePickled(beam.PTransform):
    """Write the one value that comes, whole or not at all."""

    path: str

    def expand(self, value: beam.PCollection[Any]) -> beam.PCollection[None]:
        return value | "Save" >> beam.Map(_save, self.path)


def _save(value: object, path: str) -> None:
    save_pickled(Path(path), value)
