"""Squid's native access.log: time, elapsed, client, code, bytes, method, URL, user, hierarchy.

A line is written when its request ends, so that the request began `elapsed` milliseconds before:
a tunnel may be open for an hour. More fields at the end of a line do no harm.
Source: squid-cache.org, logformat squid.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import IO, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.message import ZoneBasis
from pipelines.sources.archive import ExportFile
from pipelines.sources.lines import PACKED, first_lines, line_batches, log_files
from pipelines.sources.requests import SEEN, Requests, WebLog

_LINE = (
    r"^\s*(?P<at>\d{1,10}\.\d{1,9})\s+(?P<took>-?\d{1,9})\s+\S+\s+(?P<code>\S+/\d{1,3})\s+-?\d+\s+"
    r"\S+\s+(?P<url>\S+)\s+(?P<user>\S+)\s+\S+/\S+(?:\s.*)?$"
)
_MARK = re.compile(_LINE.replace(r"\S+/\d{1,3}", r"[A-Z_]+/\d{3}"), re.ASCII)
_MICROS = 1_000_000


class Squid(WebLog):
    """Squid's own log of requests."""

    name: ClassVar[str] = "squid"
    title: ClassVar[str] = "Squid native access.log (web proxy)"
    takes: ClassVar[tuple[str, ...]] = PACKED
    fault: ClassVar[str] = "is no access.log in Squid's native format"
    remedy: ClassVar[str] = "copy access.log and its rotated parts into a folder of their own"

    def files(self, path: Path, base: Path) -> list[ExportFile]:
        """Logs, rotated and gzipped ones too."""
        return log_files(path, base)

    def fits(self, file: ExportFile) -> bool | None:
        """Whether one of the first lines has the native shape; None when there is no line."""
        lines = first_lines(file)
        return any(_MARK.match(line[:4096]) for line in lines) if lines else None

    def collect(self, stream: IO[bytes], file: ExportFile, requests: Requests) -> None:
        """Count and keep the requests of one file."""
        ledger = requests.ledger
        for lines, numbers in line_batches(stream, file.shown, ledger):
            ledger.records_read += len(lines)
            good = pc.match_substring_regex(lines, _LINE)
            for number in numbers.filter(pc.invert(good)).to_pylist():
                ledger.set_aside(file.shown, number, "unreadable-line")
            lines, numbers = lines.filter(good), numbers.filter(good)
            social = requests.only_social(lines)
            if social.true_count:
                requests.add(_seen(lines.filter(social), numbers.filter(social)), file.shown)


def _seen(lines: pa.StringArray, numbers: pa.Int64Array) -> pa.RecordBatch:
    parts = pc.extract_regex(lines, _LINE)
    at, took, code, url, user = (pc.struct_field(parts, place) for place in range(5))
    end = epoch_micros(at)
    lasted = pc.max_element_wise(took.cast(pa.int64()), 0)
    columns = {
        "address": url,
        "user": user,
        "verdict": code,
        "start": pc.subtract(end, pc.multiply(lasted, 1000)).cast(pa.timestamp("us", "UTC")),
        "end": end.cast(pa.timestamp("us", "UTC")),
        "spelled": at,
        "basis": pa.repeat(pa.scalar(ZoneBasis.EXPLICIT.value), len(lines)),
        "record": numbers,
        "text": lines,
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in SEEN], list(SEEN))


def epoch_micros(texts: pa.Array) -> pa.Array:
    """Seconds since 1970 with a decimal point, as whole microseconds."""
    parts = pc.extract_regex(texts, r"^(?P<whole>\d+)\.(?P<rest>\d+)$")
    whole, rest = (pc.struct_field(parts, place) for place in range(2))
    rest = pc.utf8_slice_codeunits(pc.utf8_rpad(rest, 6, "0"), 0, 6)
    return pc.add(pc.multiply(whole.cast(pa.int64()), _MICROS), rest.cast(pa.int64()))
