"""W3C extended logs: fields in any order, headers that change, and the time they are in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.counters import Ledger
from pipelines.sources.interface import Export
from pipelines.sources.w3c import MOST_LAYOUTS, W3c, layout_of
from tests.sources.weblogs import write

HEADER = "#Fields: date time time-taken c-ip cs-username sc-status s-action cs-host cs-uri-path"
ROW = "2025-11-04 19:00:00 150 192.0.2.17 mriver 200 TCP_TUNNELED www.facebook.com /"
FILE = "web/proxy.log"


def log(folder: Path, *lines: str, head: str = HEADER) -> Path:
    """A folder with a log of one header and these lines."""
    return write(folder / "web", "#Software: SGOS", "#Version: 1.0", head, *lines, name="proxy.log")


def row(**cells: str) -> str:
    """The row, with other cells."""
    names = HEADER.split()[1:]
    found = dict(zip(names, ROW.split(), strict=True)) | {
        name.replace("_", "-"): cell for name, cell in cells.items()
    }
    return " ".join(found.values())


def test_a_visit_is_read_by_the_names_of_its_fields(tmp_path, read):
    later = row(time="19:05:00", cs_uri_path="/groups/7", time_taken="0")
    reading = read("w3c", log(tmp_path, ROW, later))
    (visit,) = reading.messages
    assert visit["sent_at"] == datetime(2025, 11, 4, 18, 59, 59, 850000, tzinfo=UTC)
    assert (visit["subject"], visit["body"]) == ("facebook.com", "until 12:05:00, 2 requests")
    assert (visit["sender"], visit["zone_basis"]) == ("user:mriver", "explicit")
    assert (visit["platform"], visit["record"]) == ("w3c", 4)  # the line, headers counted
    assert visit["sent_at_text"] == "2025-11-04 19:00:00"
    assert reading.ledger.records_read == 2  # a header is no record


def test_fields_in_another_order_and_another_case(tmp_path, read):
    names = HEADER.split()[1:]
    order = sorted(names)
    cells = dict(zip(names, ROW.split(), strict=True))
    line = " ".join(cells[name] for name in order)
    head = "#FIELDS: " + " ".join(name.upper() for name in order)
    reading = read("w3c", log(tmp_path, line, head=head))
    assert reading.column("native_id") == ["mriver facebook.com 2025-11-04T18:59:59Z"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cs-host", "www.facebook.com"),
        ("cs(Host)", "www.facebook.com:443"),
        ("r-host", "m.facebook.com"),
        ("cs-uri", "https://www.facebook.com/home?a=b"),
        ("cs-uri", "tcp://www.facebook.com:443/"),
        ("cs-url", "https://www.facebook.com/"),
        ("cs-uri-stem", "http://www.facebook.com/home"),
        ("s-computername", '"www.facebook.com"'),
    ],
)
def test_fields_that_name_the_host(tmp_path, read, field, value):
    head = f"#Fields: date time cs-username {field}"
    reading = read("w3c", log(tmp_path, f"2025-11-04 19:00:00 mriver {value}", head=head))
    assert reading.column("subject") == ["facebook.com"]


def test_the_next_field_serves_where_the_first_says_nothing(tmp_path, read):
    head = "#Fields: date time cs-username cs-uri-stem cs-host s-computername"
    rows = ["/home - www.facebook.com", "/home www.facebook.com proxy7", "/home - proxy7"]
    lines = [f"2025-11-04 19:00:00 u{n} {one}" for n, one in enumerate(rows)]
    reading = read("w3c", log(tmp_path, *lines, head=head))
    assert reading.column("sender") == ["user:u0", "user:u1"]
    assert reading.ledger.excluded == {"not-social": 1}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"cs_host": "classroom.example.org"}, "not-social"),
        ({"cs_host": "connect.facebook.net"}, "not-social"),
        ({"cs_uri_path": "/plugins/like.php"}, "embedded"),
        ({"cs_host": "platform.twitter.com"}, "embedded"),
        ({"s_action": "TCP_DENIED", "sc_status": "403"}, "blocked"),
        ({"sc_status": "407", "cs_username": "-"}, "blocked"),
        ({"sc_status": "12202"}, "blocked"),
        ({"cs_username": "-"}, "no-user"),
        ({"cs_username": '"-"'}, "no-user"),
        ({"cs_username": "anonymous"}, "no-user"),
    ],
)
def test_what_is_no_visit_is_counted_by_its_reason(tmp_path, read, cells, reason):
    reading = read("w3c", log(tmp_path, row(**cells)))
    assert (reading.messages, reading.ledger.excluded) == ([], {reason: 1})


def test_quoted_cells_hold_blanks(tmp_path, read):
    head = "#Fields: date time cs(User-Agent) cs-username cs-categories cs-host"
    line = '2025-11-04 19:00:00 "A 5.0 (""X"")" "DISTRICT\\m river" "Social; News" www.facebook.com'
    reading = read("w3c", log(tmp_path, line, line.replace("m river", "mriver"), head=head))
    assert reading.column("sender") == ["user:mriver"]
    assert reading.ledger.excluded == {"no-user": 1}  # no log-in name has a blank


def test_tabs_part_cells_that_hold_blanks(tmp_path, read):
    head = "#Fields:\tc-ip\tcs-username\tc-agent\tdate\ttime\tr-host"
    line = "192.0.2.1\tDISTRICT\\mriver\tMozilla 4.0 (x)\t2025-11-04\t19:00:00\twww.facebook.com"
    reading = read("w3c", log(tmp_path, line, line + "\tmore", head=head))
    assert reading.column("sender") == ["user:mriver"]
    assert reading.aside == [(FILE, 5, "wrong-cell-count")]


def test_the_header_may_change_on_the_way(tmp_path, read):
    other = "#Fields: cs-host cs-username time date"
    lines = [ROW, other, "x.com mriver 20:00:00 2025-11-04", ROW, HEADER, row(cs_host="x.com")]
    reading = read("w3c", log(tmp_path, *lines))
    assert [(one["record"], one["subject"]) for one in reading.messages] == [
        (4, "facebook.com"),
        (6, "x.com"),
        (9, "x.com"),
    ]
    assert reading.aside == [(FILE, 7, "wrong-cell-count")]


def test_rows_above_the_first_header_and_under_a_useless_one_are_set_aside(tmp_path, read):
    lines = [ROW, HEADER, ROW, "#Fields: date time", "2025-11-04 19:00:00"]
    reading = read("w3c", write(tmp_path / "web", *lines, name="proxy.log"))
    assert reading.aside == [(FILE, 1, "unreadable-line"), (FILE, 5, "wrong-cell-count")]
    assert len(reading.messages) == 1


def test_headers_without_end_are_no_log(tmp_path, read):
    head, line = "#Fields: date time cs-username cs-host", "2025-11-04 19:00:00 mriver x.com"
    lines = [part + " x" * n for n in range(2 * MOST_LAYOUTS) for part in (head, line)]
    reading = read("w3c", log(tmp_path, *lines))
    assert reading.column("body") == [f"until 12:00:00, {MOST_LAYOUTS - 1} requests"]
    assert {reason for _, _, reason in reading.aside} == {"unreadable-line"}
    assert layout_of("#Fields: " + " ".join(f"f{n}" for n in range(1000))) is None
    assert layout_of("#Fields:") is None
    assert layout_of("#Software: SGOS") is None


@pytest.mark.parametrize(
    ("taken", "start"),
    [
        ("90000", "18:58:30"),  # milliseconds
        ("90.5", "18:58:29.5"),  # seconds, as the standard says
        ("-", "19:00:00"),
        ("soon", "19:00:00"),
    ],
)
def test_time_taken_tells_when_the_request_began(tmp_path, read, taken, start):
    reading = read("w3c", log(tmp_path, row(time_taken=taken)))
    assert reading.column("sent_at") == [datetime.fromisoformat(f"2025-11-04T{start}+00:00")]


@pytest.mark.parametrize(
    ("stamp", "expect"),
    [
        ("1762282800", ["explicit"]),
        ("1762282800.250", ["explicit"]),
        ("1762282800250", ["explicit"]),
        ("yesterday", []),
        ("99", []),
    ],
)
def test_a_stamp_serves_for_date_and_time(tmp_path, read, stamp, expect):
    head = "#Fields: timestamp cs-username cs-host"
    reading = read("w3c", log(tmp_path, f"{stamp} mriver www.facebook.com", head=head))
    assert reading.column("zone_basis") == expect
    assert [reason for _, _, reason in reading.aside] == ["unreadable-date"] * (not expect)


@pytest.mark.parametrize("date", ["04.11.2025", "2025-13-01", "-"])
def test_an_unreadable_date_is_set_aside(tmp_path, read, date):
    reading = read("w3c", log(tmp_path, row(date=date)))
    assert reading.aside == [(FILE, 4, "unreadable-date")]


def test_a_request_that_began_before_all_time_is_set_aside(tmp_path, read):
    reading = read("w3c", log(tmp_path, row(date="0001-01-05", time_taken="999999999")))
    assert reading.aside == [(FILE, 4, "unreadable-date")]


def test_a_declared_zone_is_that_of_the_times(tmp_path):
    folder = log(tmp_path, ROW)

    def needs(_: Any) -> Any:
        raise AssertionError("a log has no text")

    export = Export("src", "w3c", folder, tmp_path, "America/Denver", "US", tmp_path / "w", needs)
    declared = replace(export, declared_zone="America/Chicago")
    (batch,) = W3c().read(declared, Ledger("src"))
    (visit,) = batch.to_pylist()
    assert visit["sent_at"] == datetime(2025, 11, 5, 0, 59, 59, 850000, tzinfo=UTC)
    assert visit["zone_basis"] == "declared"
    assert visit["body"] == "until 18:00:00, 1 request"  # always the district's wall clock


def test_other_files_are_told(tmp_path, read, problems):
    folder = log(tmp_path, ROW)
    assert W3c().recognises(folder)
    assert problems("w3c", folder) == []
    write(folder, "#Fields: date time s-ip cs-method", "2025-11-04 19:00:00 x GET", name="iis.log")
    assert problems("w3c", folder) == []
    assert ("web/iis.log", 0, "missing-columns") in read("w3c", folder).aside
    (folder / "proxy.log").unlink()
    (what,) = problems("w3c", folder)
    assert what == ("web/iis.log", "has no #Fields: line with a user, a host and a date and time")
    assert not W3c().recognises(folder)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 600), inserted=st.binary(max_size=30), cut=st.integers(0, 30))
def test_mutated_logs(tmp_path, read, place, inserted, cut):
    lines = [row(time=f"{hour}:00:00", cs_username=f"ü{hour}") for hour in range(10, 15)]
    folder = log(tmp_path, *lines)
    content = (folder / "proxy.log").read_bytes()
    (folder / "proxy.log").write_bytes(content[:place] + inserted + content[place + cut :])
    reading = read("w3c", folder)
    assert len(set(reading.column("record"))) == len(reading.messages)


_WORDS = st.lists(
    st.sampled_from(
        [
            *("#Fields:", "date", "time", "cs-username", "cs-host", "mriver", "x.com", "\t", '"'),
            *("2025-11-04", "19:00:00", "\n", "\n#Fields: date time cs-username cs-host\n", "é"),
        ]
    ),
    max_size=40,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(_WORDS)
def test_any_words(tmp_path, read, words):
    folder = log(tmp_path, ROW)
    (folder / "proxy.log").write_text(" ".join(words), encoding="utf-8")
    read("w3c", folder)
