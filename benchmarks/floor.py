"""The floor: pyarrow reads the same files and one regular expression runs over the text.

    python -m benchmarks.floor DISTRICT

Nothing is joined, resolved, kept or written: whatever reads these files costs at least this.
SMS: the CSVs, body column. LMS: all four conversation tables, body column. Mail: the metadata
CSVs, and the mboxes inflated and searched as bytes, without looking for headers or parts.
"""

from __future__ import annotations

import argparse
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.json as pj

from benchmarks.district import CANVAS_TABLES, parts, report, sources

PHONE = r"\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}"
BLOCK = 4 << 20


def floor(district: Path) -> tuple[int, int]:
    """Messages (of mail: mailbox copies) and those, or of mail the places, that look like one."""
    found = sources(district)
    bodies = _bodies(found)
    messages = matches = 0
    for column in bodies:
        messages += len(column)
        matches += pc.sum(pc.match_substring_regex(column, PHONE)).as_py() or 0
    if "vault" in found:
        messages += _count_rows(found["vault"])
        matches += _search_mboxes(found["vault"])
    return messages, matches


def _bodies(found: dict[str, Path]) -> Iterator[pa.Array]:
    if "twilio" in found:
        for path in sorted(found["twilio"].glob("*.csv")):
            for batch in _csv(path):
                yield batch["Body"]
    if "canvas" in found:
        for table in CANVAS_TABLES:
            for path in parts(found["canvas"], table):
                for batch in _json(path):
                    if table == "conversation_messages":
                        yield pc.struct_field(batch["value"], "body")


def _csv(path: Path) -> Iterator[pa.RecordBatch]:
    yield from pv.open_csv(
        path,
        read_options=pv.ReadOptions(block_size=BLOCK),
        parse_options=pv.ParseOptions(newlines_in_values=True),
        convert_options=pv.ConvertOptions(
            column_types={"Body": pa.string(), "From": pa.string(), "To": pa.string()}
        ),
    )


def _json(path: Path) -> Iterator[pa.RecordBatch]:
    with pa.input_stream(path, compression="gzip") as stream:
        yield from pj.open_json(stream, read_options=pj.ReadOptions(block_size=BLOCK))


def _count_rows(vault: Path) -> int:
    return sum(
        batch.num_rows for path in sorted(vault.glob("*-metadata.csv")) for batch in _csv(path)
    )


def _search_mboxes(vault: Path) -> int:
    matches = 0
    for path in sorted(vault.glob("*.zip")):
        with zipfile.ZipFile(path) as packed:
            for member in packed.infolist():
                with packed.open(member) as stream:
                    while block := stream.read(BLOCK):
                        value = pa.array([block], pa.binary())
                        matches += pc.count_substring_regex(value, PHONE)[0].as_py()
    return matches


def main(arguments: list[str] | None = None) -> int:
    """Command line: prints messages, matches, seconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor")
    parser.add_argument("district", type=Path, help="a folder written by benchmarks.generate")
    given = parser.parse_args(arguments)
    begin = time.perf_counter()
    messages, matches = floor(given.district)
    report(messages, matches, time.perf_counter() - begin)
    return 0


if __name__ == "__main__":
    sys.exit(main())
