"""Web-access logs as CSV: columns by their names, times with a zone or in a declared one."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.counters import Ledger
from pipelines.sources.interface import Export
from pipelines.sources.webcsv import WebCsv, columns_of

ROW = {
    "Time": "2025-11-04T19:00:00Z",
    "User": "mriver@school.example",
    "URL": "https://www.facebook.com/groups/7?who=me",
    "Action": "Allowed",
}
FILE = "web/filter.csv"


def log(folder: Path, *rows: dict[str, str], name: str = "filter.csv") -> Path:
    """A folder with a CSV of these rows; the first says the columns."""
    folder = folder / "web"
    folder.mkdir(exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    data = text.getvalue().encode()
    (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return folder


@pytest.mark.parametrize("name", ["filter.csv", "filter.CSV", "filter.csv.gz"])
def test_a_visit_is_read_by_the_names_of_its_columns(tmp_path, read, name):
    later = ROW | {"Time": "2025-11-04T19:04:30Z"}
    reading = read("webcsv", log(tmp_path, ROW, later, name=name))
    (visit,) = reading.messages
    assert visit["sent_at"] == datetime(2025, 11, 4, 19, tzinfo=UTC)
    assert (visit["subject"], visit["body"]) == ("facebook.com", "until 12:04:30, 2 requests")
    assert (visit["sender"], visit["record"]) == ("email:mriver@school.example", 1)
    assert visit["sent_at_text"] == ROW["Time"]
    assert "groups" not in str(visit)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Timestamp,Username,Host", {"time": "Timestamp", "user": "Username", "host": "Host"}),
        (
            "date,TIME,User Email,Full URL",
            {"time": "TIME", "user": "User Email", "url": "Full URL", "day": "date"},
        ),
        (
            "Date,e-mail address,domain,url,Action",
            {
                "time": "Date",
                "user": "e-mail address",
                "host": "domain",
                "url": "url",
                "verdict": "Action",
            },
        ),
        ("time,host", None),
        ("time,user", None),
        ("user,host", None),
        ("From,To,Body,Status,SentDate,Sid", None),
        ("person_id,kind,value,valid_from,valid_to", None),
        ("", None),
    ],
)
def test_columns_are_known_by_their_names(header, found):
    assert columns_of(header.split(",")) == found


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"URL": "https://classroom.example.org/"}, "not-social"),
        ({"URL": ""}, "not-social"),
        ({"URL": "https://www.facebook.com/tr?id=1"}, "embedded"),
        ({"Action": "Blocked"}, "blocked"),
        ({"Action": "deny"}, "blocked"),
        ({"User": ""}, "no-user"),
        ({"User": "Unknown"}, "no-user"),
    ],
)
def test_what_is_no_visit_is_counted_by_its_reason(tmp_path, read, cells, reason):
    reading = read("webcsv", log(tmp_path, ROW | cells))
    assert (reading.messages, reading.ledger.excluded) == ([], {reason: 1})


@pytest.mark.parametrize("action", ["Allowed", "Not blocked", "unblocked", "", "200"])
def test_what_was_not_refused_is_a_visit(tmp_path, read, action):
    assert len(read("webcsv", log(tmp_path, ROW | {"Action": action})).messages) == 1


@pytest.mark.parametrize(
    ("url", "host", "domain"),
    [
        ("https://x.com/home", "classroom.example.org", "x.com"),
        ("-", "x.com", "x.com"),
        ("/home", "x.com", "x.com"),
        ("", "x.com:443", "x.com"),
    ],
)
def test_the_url_goes_before_the_host(tmp_path, read, url, host, domain):
    reading = read("webcsv", log(tmp_path, ROW | {"URL": url, "Host": host}))
    assert reading.column("subject") == [domain]


@pytest.mark.parametrize(
    ("cells", "at", "basis"),
    [
        ({"Time": "2025-11-04 19:00:00 UTC"}, 19, "explicit"),
        ({"Time": "2025-11-04T12:00:00-07:00"}, 19, "explicit"),
        ({"Time": "1762282800"}, 19, "explicit"),
        ({"Time": "1762282800000"}, 19, "explicit"),
        ({"Time": "2025-11-04 12:00:00"}, 19, "assumed"),
        ({"Time": "12:00:00", "Date": "2025-11-04"}, 19, "assumed"),
        ({"Time": "2025-11-04 12:00", "Date": "2025-11-04"}, 19, "assumed"),
    ],
)
def test_times_with_a_zone_and_without(tmp_path, read, cells, at, basis):
    reading = read("webcsv", log(tmp_path, ROW | cells))
    assert reading.column("sent_at") == [datetime(2025, 11, 4, at, tzinfo=UTC)]
    assert reading.column("zone_basis") == [basis]


def test_a_declared_zone_is_declared(tmp_path):
    folder = log(tmp_path, ROW | {"Time": "2025-11-04 12:00:00"})

    def needs(_: Any) -> Any:
        raise AssertionError("a log has no text")

    export = Export("s", "webcsv", folder, tmp_path, "America/Denver", "US", tmp_path / "w", needs)
    (batch,) = WebCsv().read(replace(export, declared_zone="UTC"), Ledger("s"))
    (visit,) = batch.to_pylist()
    assert visit["sent_at"] == datetime(2025, 11, 4, 12, tzinfo=UTC)
    assert (visit["zone_basis"], visit["body"]) == ("declared", "until 05:00:00, 1 request")


def test_bad_rows_cost_themselves(tmp_path, read):
    folder = log(tmp_path, ROW, ROW | {"Time": "11/4/25 12:00 PM"}, ROW | {"User": "x@y.example"})
    with (folder / "filter.csv").open("ab") as file:
        file.write(b"cut,short\r\n" + b"2025-11-04T19:00:00Z,\xff,https://x.com/,\r\n")
    reading = read("webcsv", folder)
    assert sorted(reading.aside) == [
        (FILE, 2, "unreadable-date"),
        (FILE, 4, "wrong-cell-count"),
        (FILE, 5, "wrong-encoding"),
    ]
    assert len(reading.messages) == 2


def test_other_files_are_told(tmp_path, read, problems):
    folder = log(tmp_path, ROW)
    assert WebCsv().recognises(folder)
    log(tmp_path, {"Item": "1", "Price": "2"}, name="prices.csv")
    assert problems("webcsv", folder) == []
    assert read("webcsv", folder).aside == [("web/prices.csv", 0, "missing-columns")]
    (folder / "filter.csv").unlink()
    assert problems("webcsv", folder) == [
        ("web/prices.csv", "has no columns for time, user, and host or URL")
    ]
    assert not WebCsv().recognises(folder)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 400), inserted=st.binary(max_size=20), cut=st.integers(0, 20))
def test_mutated_logs(tmp_path, read, place, inserted, cut):
    rows = [ROW | {"User": f"ü{n}"} for n in range(4)]
    folder = log(tmp_path, *rows)
    content = (folder / "filter.csv").read_bytes()
    (folder / "filter.csv").write_bytes(content[:place] + inserted + content[place + cut :])
    reading = read("webcsv", folder)
    assert len(set(reading.column("record"))) == len(reading.messages)
