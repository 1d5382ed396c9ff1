"""Running one reader over a folder, with the ledger checked every time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.counters import Ledger
from pipelines.message import MESSAGE
from pipelines.sources import formats
from pipelines.sources.interface import Export

CORPORA = Path(
    os.environ.get("BRIGHTLINE_CORPORA", Path(__file__).parents[2] / "../shared/corpora")
)


@dataclass
class Reading:
    """What a reader gave: messages in order of file and record, and its ledger."""

    messages: list[dict[str, Any]]
    ledger: Ledger

    def column(self, name: str) -> list[Any]:
        """One column of the messages."""
        return [message[name] for message in self.messages]

    @property
    def aside(self) -> list[tuple[str, int, str]]:
        """(file, record, reason) of everything set aside."""
        return [(q.file, q.record, q.reason) for q in self.ledger.quarantine]

    def people(self, place: int = 0) -> list[tuple[str, str]]:
        """(handle without its kind, field) of the recipients of one message."""
        return [
            (r["handle"].partition(":")[2], r["field"]) for r in self.messages[place]["recipients"]
        ]


Read = Callable[..., Reading]


def run(name: str, path: Path, zone: str = "America/Denver", text: bool = True) -> Reading:
    """Read an export with the named format; fails when the ledger does not add up."""
    with tempfile.TemporaryDirectory() as work:

        def needs(batch: pa.RecordBatch) -> pa.BooleanArray:
            return pa.repeat(pa.scalar(text), batch.num_rows)

        base = path.parent
        export = Export("src", name, path, base, zone, "US", Path(work), needs)
        ledger = Ledger("src")
        batches = list(formats()[name].read(export, ledger))
        left = list(Path(work).iterdir())
    table = pa.Table.from_batches(batches, MESSAGE)
    table.validate(full=True)
    assert ledger.balance() == 0, ledger
    assert ledger.messages == table.num_rows
    assert len(ledger.quarantine) == ledger.quarantined
    assert not [file.name for file in left if file.stat().st_size], "temporary files remain"
    order = pc.sort_indices(table, [("source_file", "ascending"), ("record", "ascending")])
    return Reading(table.take(order).to_pylist(), ledger)


def describe(name: str, path: Path) -> list[tuple[str, str]]:
    """Where and what of every problem that a reader's headers show."""
    export = Export("src", name, path, path.parent, "UTC", "US", path, pc.is_valid)
    return [(problem.where, problem.what) for problem in formats()[name].problems(export)]


@pytest.fixture
def problems() -> Callable[[str, Path], list[tuple[str, str]]]:
    """The function `describe`, as a fixture."""
    return describe


@pytest.fixture
def read() -> Read:
    """The function `run`, as a fixture."""
    return run


@pytest.fixture
def corpora() -> Callable[[str], Path]:
    """The folder of one corpus, or the test is skipped with the reason."""

    def find(name: str) -> Path:
        if not (CORPORA / name).is_dir():
            pytest.skip(f"no corpus {name} in {CORPORA}: set BRIGHTLINE_CORPORA")
        return CORPORA / name

    return find
