"""W3C extended logs of web proxies: `#Fields:` says what stands where, and may change on the way.

`date` and `time` are UTC unless the [[source]] declares a zone; a request ended then and began
`time-taken` before, which is milliseconds, or seconds where it has a decimal point.
Source: w3.org/TR/WD-logfile; field names of the proxies that write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.message import ZoneBasis
from pipelines.sources.archive import ExportFile
from pipelines.sources.lines import PACKED, first_lines, line_batches, log_files
from pipelines.sources.requests import SEEN, Requests, WebLog
from pipelines.sources.squid import epoch_micros
from pipelines.sources.times import parse_times

USERS = ("cs-username", "x-cs-username", "cs-user", "cs-authname", "x-cs-user")
ADDRESSES = (
    *("cs-host", "cs(host)", "x-host", "r-host", "cs-uri", "cs-url", "c-uri", "cs-uri-stem"),
    "s-computername",
)
VERDICTS = (
    *("sc-filter-result", "s-action", "x-resultcode-httpstatus", "sc-result-code", "sc-status"),
    *("sc-http-status", "action"),
)
PATHS = ("cs-uri-path", "cs-uri-stem")
DATE, TIME, EPOCH, TAKEN = "date", "time", ("timestamp", "x-timestamp"), "time-taken"
MOST_LAYOUTS, MOST_FIELDS = 32, 200
"""Different `#Fields:` of one file, and fields of one; a log with more is no log."""
_HEADER = r"(?i)^#fields:"
_FIELDS = re.compile(r"#fields:[ \t]*(.*)", re.IGNORECASE)
_CELL, _TABBED_CELL = r'(?:"(?:[^"]|"")*"|[^\s"]\S*)', r"[^\t]*"
_NO_HOST = "-"


class Layout(NamedTuple):
    """One `#Fields:` line: RE2 patterns of a record, and what the second one captures."""

    shape: str
    wanted: str
    names: tuple[str, ...]

    def first(self, known: Sequence[str]) -> str | None:
        """The first of some fields that a record has."""
        return next((name for name in known if name in self.names), None)

    @property
    def usable(self) -> bool:
        """Whether a record tells who, where and when."""
        timed = {DATE, TIME} <= set(self.names) or self.first(EPOCH)
        return bool(self.first(USERS) and self.first(ADDRESSES) and timed)


class W3c(WebLog):
    """Proxy logs in the W3C extended format."""

    name: ClassVar[str] = "w3c"
    title: ClassVar[str] = "W3C extended log (web proxy)"
    takes: ClassVar[tuple[str, ...]] = PACKED
    fault: ClassVar[str] = "has no #Fields: line with a user, a host and a date and time"
    remedy: ClassVar[str] = "log cs-username, cs-host, date and time, and keep the header of parts"

    def files(self, path: Path, base: Path) -> list[ExportFile]:
        """Logs, rotated and gzipped ones too."""
        return log_files(path, base)

    def fits(self, file: ExportFile) -> bool | None:
        """Whether a header among the first lines has what is needed; None without a line."""
        lines = first_lines(file)
        found = (layout_of(line) for line in lines if line.startswith("#"))
        return any(one is not None and one.usable for one in found) if lines else None

    def collect(self, stream: IO[bytes], file: ExportFile, requests: Requests) -> None:
        """Count and keep the requests of one file, by the header that stands above them."""
        ledger = requests.ledger
        layouts: list[Layout | None] = [None]  # records before the first header have none
        place = 0
        for lines, numbers in line_batches(stream, file.shown, ledger):
            marked = pc.starts_with(lines, "#")
            heads = np.flatnonzero(pc.match_substring_regex(lines, _HEADER).to_numpy(False))
            headers = lines.take(pa.array(heads)).to_pylist()
            in_turn = [place, *(_place(layout_of(header), layouts) for header in headers)]
            places = np.array(in_turn)[np.searchsorted(heads, np.arange(len(lines)), "right")]
            place = in_turn[-1]
            records = pc.invert(marked)
            ledger.records_read += records.true_count
            for one in np.unique(places).tolist():
                chosen = pc.and_(records, pa.array(places == one))
                rows = lines.filter(chosen), numbers.filter(chosen)
                _collect(*rows, layouts[one], file.shown, requests)


def _place(layout: Layout | None, layouts: list[Layout | None]) -> int:
    """Where a layout stands among those of the file; 0, that of none, when they are too many."""
    if layout in layouts:
        return layouts.index(layout)
    if len(layouts) > MOST_LAYOUTS:
        return 0
    layouts.append(layout)
    return len(layouts) - 1


@lru_cache(maxsize=4 * MOST_LAYOUTS)
def layout_of(header: str) -> Layout | None:
    """The layout a line declares; None when it is no `#Fields:` line or one beyond reason."""
    found = _FIELDS.match(header)
    if not found:
        return None
    tabbed = "\t" in found[1].strip()
    names = [name.lower() for name in (found[1].strip().split("\t" if tabbed else None))]
    if not 1 < len(names) <= MOST_FIELDS:
        return None
    cell, gap = (_TABBED_CELL, r"\t") if tabbed else (_CELL, r"[ \t]+")
    known = (*USERS, *ADDRESSES, *VERDICTS, *PATHS, DATE, TIME, *EPOCH, TAKEN)
    wanted = [at for at, name in enumerate(names) if name in known and names.index(name) == at]
    return Layout(
        shape=rf"^(?:{cell}{gap}){{{len(names) - 1}}}{cell}\s*$",
        wanted="".join(_captures(wanted, cell, gap)),
        names=tuple(names[at] for at in wanted),
    )


def _captures(wanted: Sequence[int], cell: str, gap: str) -> Iterator[str]:
    """A pattern that names the cells at these places `c0`, `c1`, ..."""
    yield "^"
    done = 0
    for number, at in enumerate(wanted):
        yield rf"(?:{cell}{gap}){{{at - done}}}" if at > done else ""
        yield f"(?P<c{number}>{cell})"
        yield f"(?:{gap}|\\s*$)"
        done = at + 1


def _collect(
    lines: pa.StringArray,
    numbers: pa.Int64Array,
    layout: Layout | None,
    file: str,
    requests: Requests,
) -> None:
    if layout is None or not layout.usable:
        good = pa.repeat(pa.scalar(False), len(lines))
    else:
        good = pc.match_substring_regex(lines, layout.shape)
    reason = "unreadable-line" if layout is None else "wrong-cell-count"
    for number in numbers.filter(pc.invert(good)).to_pylist():
        requests.ledger.set_aside(file, number, reason)
    lines, numbers = lines.filter(good), numbers.filter(good)
    if layout is None or not len(lines):
        return
    social = requests.only_social(lines)
    if social.true_count:
        rows = _Rows(lines.filter(social), layout)
        requests.add(rows.seen(numbers.filter(social), requests.export.declared_zone), file)


class _Rows:
    """The cells of some records of one layout, by field."""

    def __init__(self, lines: pa.StringArray, layout: Layout) -> None:
        self._lines = lines
        self._layout = layout
        parts = pc.extract_regex(lines, layout.wanted)
        cells = [pc.struct_field(parts, place) for place in range(len(layout.names))]
        self._cells = {
            name: pc.ascii_trim(cell.fill_null(""), characters='" ')
            for name, cell in zip(layout.names, cells, strict=True)
        }

    def seen(self, numbers: pa.Int64Array, zone: str) -> pa.RecordBatch:
        """The columns SEEN."""
        spelled, end, basis = self._end(zone)
        columns = {
            "address": self._address(),
            "user": self._cells[self._layout.first(USERS) or ""],
            "verdict": self._joined([one for one in VERDICTS if one in self._cells], " "),
            "start": self._start(end),
            "end": end,
            "spelled": spelled,
            "basis": basis,
            "record": numbers,
            "text": self._lines,
        }
        return pa.RecordBatch.from_arrays([columns[name] for name in SEEN], list(SEEN))

    def _address(self) -> pa.Array:
        """The first field with a host, and behind it the path where that stands in its own."""
        rows = len(self._lines)
        found = pa.nulls(rows, pa.string())
        for name in (one for one in ADDRESSES if one in self._cells):
            cell = self._cells[name]
            there = pc.match_substring_regex(cell, r"^[^/\s-]|^-.")
            found = pc.coalesce(found, pc.if_else(there, cell, pa.scalar(None, pa.string())))
        path = self._cells.get(self._layout.first(PATHS) or "", pa.repeat(pa.scalar(""), rows))
        alone = pc.invert(pc.match_substring(found.fill_null(""), "/"))
        own = pc.and_(alone, pc.starts_with(path, "/"))
        found = found.fill_null(_NO_HOST)
        return pc.if_else(own, pc.binary_join_element_wise(found, path, ""), found)

    def _joined(self, names: Sequence[str], between: str) -> pa.Array:
        if not names:
            return pa.repeat(pa.scalar(""), len(self._lines))
        return pc.binary_join_element_wise(*(self._cells[name] for name in names), between)

    def _end(self, zone: str) -> tuple[pa.Array, pa.Array, pa.Array]:
        """The time as it is spelled, as an instant (null when unreadable), and its basis."""
        if {DATE, TIME} <= self._cells.keys():
            spelled = self._joined((DATE, TIME), " ")
            basis = ZoneBasis.DECLARED if zone else ZoneBasis.EXPLICIT
            return spelled, *parse_times(spelled, zone or "UTC", basis)
        spelled = self._cells[self._layout.first(EPOCH) or ""]
        return spelled, *epoch_times(spelled)

    def _start(self, end: pa.Array) -> pa.Array:
        taken = self._cells.get(TAKEN)
        if taken is None:
            return end
        whole = pc.match_substring_regex(taken, r"^\d{1,9}$")
        split = pc.match_substring_regex(taken, r"^\d{1,6}\.\d{1,9}$")
        millis = pc.multiply(pc.if_else(whole, taken, "0").cast(pa.int64()), 1000)
        micros = epoch_micros(pc.if_else(split, taken, "0.0"))
        lasted = pc.add(millis, micros).cast(pa.duration("us"))
        return pc.subtract(end, lasted)


def epoch_times(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Seconds or milliseconds since 1970 as instants, null where unreadable; and their basis."""
    known = pc.match_substring_regex(texts, r"^\d{9,10}(\.\d{1,9})?$|^\d{12,13}$")
    plain = pc.if_else(known, texts, "0")
    millis = pc.replace_substring_regex(plain, r"^(\d{9,10})(\d{3})$", r"\1.\2")
    pointed = pc.replace_substring_regex(millis, r"^(\d+)$", r"\1.0")
    at = epoch_micros(pointed).cast(pa.timestamp("us", "UTC"))
    basis = pa.repeat(pa.scalar(ZoneBasis.EXPLICIT.value), len(texts))
    return pc.if_else(known, at, pa.scalar(None, at.type)), basis
