"""Every quarantine reason has a broken export, and every broken export exactly its reason."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from pipelines.output.quarantine import REASONS

FOLDER = Path(__file__).parents[2] / "fixtures" / "malformed"
TABLE = [
    re.sub("`", "", line).strip("| ").split(" | ")
    for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]


def files(folder: Path) -> dict[str, bytes]:
    """Contents by name, of what the script writes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".md", ".pyc")
    }


@pytest.mark.parametrize("line", TABLE, ids=lambda line: line[0])
def test_exactly_its_reason(line, read):
    name, kind, _, file, record, read_count, messages = line
    reading = read(kind, FOLDER / name)
    assert reading.aside == [(file, int(record), name.removesuffix(".csv"))]
    assert (reading.ledger.records_read, reading.ledger.messages) == (
        int(read_count),
        int(messages),
    )
    assert reading.ledger.quarantined == 1


def test_every_reason_has_its_file_and_every_file_its_reason():
    reasons = sorted(REASONS)
    assert sorted(line[0].removesuffix(".csv") for line in TABLE) == reasons
    there = {name.partition("/")[0].removesuffix(".csv") for name in files(FOLDER)}
    assert sorted(there) == reasons


def test_the_script_writes_what_is_committed(tmp_path):
    spec = importlib.util.spec_from_file_location("make_malformed", FOLDER / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.write(tmp_path)
    assert files(tmp_path) == files(FOLDER)


def test_details_hold_no_text_of_messages(read):
    details = [
        q.detail for line in TABLE for q in read(line[1], FOLDER / line[0]).ledger.quarantine
    ]
    allowed = r"|\d+ bytes|[A-Z]\w+(, [A-Z]\w+)*"  # a size, or the name of a column or an error
    assert all(re.fullmatch(allowed, detail) for detail in details), details
