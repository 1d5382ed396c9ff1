"""Log files of one record a line, as columns of lines.

Rule of this file: every line that is not blank is in a batch or in the ledger; what a line means
is the format's to say. Files may be gzipped, and rotated ones have numbers or dates in their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ahead import ahead
from pipelines.counters import Ledger
from pipelines.sources.archive import ExportFile, Refused, open_unpacked, plain_files
from pipelines.sources.columns import MARK, CleanText, encoding_of, line_blocks

PACKED = (".gz",)
_NAME = re.compile(r"\.(?:log|w3c)(?:[._-][\w.-]{0,60})?$|\.gz$")
_LOOK, _LINES = 1 << 16, 100  # how much of a file tells its format
_BOM = "\ufeff".encode()


def log_files(path: Path, base: Path) -> list[ExportFile]:
    """Logs at or below a path: by their names, or the file itself whatever its name."""
    return [
        file
        for file in plain_files(path, base)
        if path.is_file() or (_NAME.search(file.name) and not file.name.endswith(".csv.gz"))
    ]


def first_lines(file: ExportFile) -> list[str]:
    """The first lines of a log that are not blank; raises Refused where nothing can be read."""
    with open_unpacked(file) as stream:
        start = stream.read(_LOOK)
    text = start.decode(encoding_of(start), errors="replace").lstrip("\ufeff")
    return [line for line in text.splitlines() if line.strip()][:_LINES]


def line_batches(
    stream: IO[bytes], file: str, ledger: Ledger
) -> Iterator[tuple[pa.StringArray, pa.Int64Array]]:
    """Lines without their ends, and their 1-based numbers; blank lines are left out.

    Counts as read and quarantines lines that are not text in the file's encoding, and the line in
    which a damaged stream ends. The caller counts the others.
    """
    start = stream.read(_LOOK)
    text = CleanText(start, stream, encoding_of(start))
    number = 1
    try:
        for block in ahead(line_blocks(text, file)):
            lines = _lines(block.removeprefix(_BOM) if number == 1 else block)
            numbers = pa.array(np.arange(number, number + len(lines), dtype=np.int64))
            number += len(lines)
            there = pc.greater(pc.binary_length(pc.ascii_trim_whitespace(lines)), 0)
            lines, numbers = lines.filter(there), numbers.filter(there)
            if text.marked:
                garbled = pc.match_substring(lines, MARK)
                for bad in numbers.filter(garbled).to_pylist():
                    _set_aside(ledger, file, bad, "wrong-encoding")
                good = pc.invert(garbled)
                lines, numbers = lines.filter(good), numbers.filter(good)
            yield lines, numbers
    except Refused as error:
        _set_aside(ledger, file, number, error.reason, error.detail)
    if text.damage:
        _set_aside(ledger, file, number, text.damage.reason, text.damage.detail)


def _lines(block: bytes) -> pa.StringArray:
    """The lines of a block, which share its memory until their ends are cut off."""
    ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n")) + 1
    offsets = np.concatenate([[0], ends, [len(block)]]).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(block)]
    lines = pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)
    return pc.ascii_rtrim(lines, characters="\r\n")


def _set_aside(ledger: Ledger, file: str, number: int, reason: str, detail: str = "") -> None:
    ledger.records_read += 1
    ledger.set_aside(file, number, reason, detail)
