"""Web-access logs as CSV, as content filters export them: columns by name, in any order.

Known by their names are a time, a user, and a host or URL; a verdict such as `Blocked` is heeded.
Times are ISO 8601 or seconds since 1970; the [[source]] may declare the zone of those without one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sources.archive import ExportFile, open_unpacked, plain_files
from pipelines.sources.columns import RECORD, csv_batches, read_header
from pipelines.sources.requests import SEEN, Requests, WebLog
from pipelines.sources.times import parse_times
from pipelines.sources.w3c import epoch_times

KNOWN: dict[str, tuple[str, ...]] = {
    "time": tuple(
        "timestamp datetime dateandtime dateortime eventtime visittime visitedat accesstime "
        "requesttime time date".split()
    ),
    "user": tuple(
        "user username useremail email emailaddress login loginname account useraccount "
        "userprincipalname".split()
    ),
    "host": tuple("host hostname urlhostname domain domainname website destinationhost".split()),
    "url": tuple("url uri link fullurl siteurl requesturl webaddress destination".split()),
    "verdict": tuple("action verdict result filteraction disposition status".split()),
}
"""Names of columns, without case, blanks and signs, the surest first."""
ENDINGS = (".csv", ".csv.gz")


class WebCsv(WebLog):
    """A content filter's or proxy's log of requests as CSV."""

    name: ClassVar[str] = "webcsv"
    title: ClassVar[str] = "web-access log as CSV (content filter, proxy)"
    takes: ClassVar[tuple[str, ...]] = ENDINGS
    fault: ClassVar[str] = "has no columns for time, user, and host or URL"
    remedy: ClassVar[str] = "export with columns such as time, user and host"

    def files(self, path: Path, base: Path) -> list[ExportFile]:
        """CSV files, gzipped ones too."""
        return [file for file in plain_files(path, base) if file.name.endswith(ENDINGS)]

    def fits(self, file: ExportFile) -> bool | None:
        """Whether the header names what is needed; None for an empty file."""
        with open_unpacked(file) as stream:
            header = read_header(stream)
        return columns_of(header) is not None if header else None

    def collect(self, stream: IO[bytes], file: ExportFile, requests: Requests) -> None:
        """Count and keep the requests of one file."""
        with open_unpacked(file) as again:
            known = columns_of(read_header(again))
        if known is None:
            return
        names = list(dict.fromkeys(known.values()))
        for rows in csv_batches(stream, names, names, file.shown, requests.ledger):
            cells = {what: rows[name].fill_null("") for what, name in known.items()}
            social = requests.only_social(*(cells[one] for one in ("host", "url") if one in cells))
            if social.true_count:
                chosen = {what: cell.filter(social) for what, cell in cells.items()}
                numbers = rows[RECORD].filter(social)
                requests.add(_seen(chosen, numbers, requests), file.shown)


def columns_of(header: list[str]) -> dict[str, str] | None:
    """What is needed -> the name of its column; None when something is missing."""
    plain = {re.sub(r"[^a-z]", "", name.lower()): name for name in reversed(header)}
    found = {
        what: plain[next(one for one in names if one in plain)]
        for what, names in KNOWN.items()
        if any(one in plain for one in names)
    }
    if found.get("time") == plain.get("time") and "date" in plain:
        found["day"] = plain["date"]
    complete = {"time", "user"} <= found.keys() and ("host" in found or "url" in found)
    return found if complete else None


def _seen(
    cells: Mapping[str, pa.Array], numbers: pa.Int64Array, requests: Requests
) -> pa.RecordBatch:
    spelled = cells["time"]
    if "day" in cells:
        both = pc.binary_join_element_wise(cells["day"], spelled, " ")
        spelled = pc.if_else(pc.match_substring_regex(spelled, r"^\s*\d\d?:"), both, spelled)
    spelled = pc.utf8_trim_whitespace(spelled)
    at, basis = parse_times(spelled, *requests.export.bare_zone)
    since, sure = epoch_times(spelled)
    at, basis = pc.coalesce(at, since), pc.if_else(pc.is_valid(since), sure, basis)
    columns = {
        "address": _address(cells),
        "user": cells["user"],
        "verdict": cells.get("verdict", pa.repeat(pa.scalar(""), len(numbers))),
        "start": at,
        "end": at,
        "spelled": spelled,
        "basis": basis,
        "record": numbers,
        "text": pc.binary_join_element_wise(*cells.values(), "\t"),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in SEEN], list(SEEN))


def _address(cells: Mapping[str, pa.Array]) -> pa.Array:
    """The URL where there is one, else the host."""
    trimmed = {
        what: pc.utf8_trim_whitespace(cells[what]) for what in ("url", "host") if what in cells
    }
    if len(trimmed) == 1:
        return next(iter(trimmed.values()))
    url, host = trimmed["url"], trimmed["host"]
    return pc.if_else(pc.match_substring_regex(url, r"^[^/\s-]"), url, host)
