"""Requests folded into visits: by user and network, whatever the order and the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sources import formats, is_web_log
from tests.sources.weblogs import shown, squid_line, write

GAP = timedelta(minutes=10)
Asked = tuple[int, int, str, str]
"""A request: second of its end, seconds it lasted, user, host."""


def lines_of(requests: Iterable[Asked]) -> list[str]:
    """The lines of a log for these requests."""
    return [
        squid_line(at, user=user, url=f"{host}:443", took=1000 * lasted)
        for at, lasted, user, host in requests
    ]


def plainly(requests: Iterable[Asked]) -> list[tuple[str, datetime, datetime, int]]:
    """The visits, one request after the other: the slow, plain reference."""
    networks = {"www.facebook.com": "F", "fb.com": "F", "x.com": "X"}
    by: dict[tuple[str, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    for at, lasted, user, host in requests:
        by[user, networks[host]].append((shown(at - lasted), shown(at)))
    visits = []
    for (user, _), spans in by.items():
        last = None
        for start, end in sorted(spans):
            if last and start - last <= GAP:
                first, last, count = visits[-1][1], max(last, end), visits[-1][3] + 1
                visits[-1] = (user, first, last, count)
            else:
                last = end
                visits.append((user, start, end, 1))
    return sorted(visits)


def extent(end: datetime, count: int) -> str:
    """The extent of a visit, as its message says it."""
    local = end - timedelta(hours=7)  # Denver, in winter
    return f"until {local:%H:%M:%S}, {count} request{'' if count == 1 else 's'}"


def told(messages: list[dict[str, Any]]) -> list[tuple[str, datetime, str]]:
    """User, first request and extent of each visit."""
    return sorted((one["sender"][5:], one["sent_at"], one["body"]) for one in messages)


asked = st.tuples(
    st.integers(0, 9000),
    st.sampled_from([0, 0, 1, 30, 599, 600, 601, 4000]),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["www.facebook.com", "fb.com", "x.com"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(asked, min_size=1, max_size=25), st.integers(0, 25))
def test_visits_are_those_of_the_plain_way(tmp_path, read, requests, cut):
    folder = tmp_path / "web"
    lines = lines_of(requests)
    write(folder, *lines[:cut], name="access.log.1")
    write(folder, *lines[cut:])
    reading = read("squid", folder)
    doubled = len(set(lines[:cut]) & set(lines[cut:]))
    assert (reading.ledger.duplicates > 0) == (doubled > 0)
    if not doubled:
        wanted = plainly(requests)
        assert told(reading.messages) == [
            (user, start, extent(end, count)) for user, start, end, count in wanted
        ]
        assert reading.ledger.excluded["folded"] == len(requests) - len(wanted)


@pytest.mark.parametrize(("gap", "visits"), [(599, 1), (600, 1), (601, 2)])
def test_ten_minutes_without_a_request_end_a_visit(tmp_path, read, gap, visits):
    requests = [(0, 0, "a", "x.com"), (gap, 0, "a", "x.com")]
    assert len(read("squid", write(tmp_path / "web", *lines_of(requests))).messages) == visits


def test_a_long_connection_holds_a_visit_together(tmp_path, read):
    """The log has it last, since it ends last."""
    requests = [(60, 0, "a", "x.com"), (1800, 0, "a", "x.com"), (1900, 1900, "a", "x.com")]
    reading = read("squid", write(tmp_path / "web", *lines_of(requests)))
    (visit,) = reading.messages
    assert (visit["record"], visit["body"]) == (3, "until 12:31:40, 3 requests")


def test_a_visit_past_midnight_says_the_day(tmp_path, read):
    requests = [(43000 + at, 0, "a", "x.com") for at in range(0, 1500, 300)]
    (visit,) = read("squid", write(tmp_path / "web", *lines_of(requests))).messages
    assert visit["body"] == "until 2025-11-05 00:16:40, 5 requests"


def test_users_and_networks_are_apart_and_domains_of_one_network_together(tmp_path, read):
    requests = [
        *((0, 0, "a", "x.com"), (1, 0, "b", "x.com"), (2, 0, "a", "www.facebook.com")),
        *((3, 0, "a", "twitter.com"), (4, 0, "a", "m.facebook.com")),
    ]
    reading = read("squid", write(tmp_path / "web", *lines_of(requests)))
    assert [(one["sender"], one["subject"], one["body"][16:]) for one in reading.messages] == [
        ("user:a", "x.com", "2 requests"),
        ("user:b", "x.com", "1 request"),
        ("user:a", "facebook.com", "2 requests"),
    ]


def test_equal_lines_of_one_file_are_requests_and_of_two_files_are_copies(tmp_path, read):
    line = squid_line()
    folder = write(tmp_path / "web", line, line, line)
    reading = read("squid", folder)
    assert (reading.ledger.duplicates, reading.messages[0]["body"][16:]) == (0, "3 requests")
    write(folder, line, line, name="access.log.1")
    write(folder, line, line, line, line, name="access.log.2")
    reading = read("squid", folder)
    assert (reading.ledger.duplicates, reading.messages[0]["body"][16:]) == (5, "4 requests")


def test_the_order_of_lines_and_the_names_of_files_change_nothing(tmp_path, read):
    requests = [(at, 30, user, "x.com") for at in range(0, 5000, 170) for user in "ab"]
    lines = lines_of(requests)
    one = read("squid", write(tmp_path / "one", *lines))
    folder = write(tmp_path / "two", *lines[::-2], name="z.log")
    two = read("squid", write(folder, *lines[-2::-2], name="a.log"))
    assert told(one.messages) == told(two.messages)


def test_many_partitions_fold_as_one(tmp_path, read, monkeypatch):
    requests = [(at, 0, f"u{at % 50}", "x.com") for at in range(1000)]
    folder = write(tmp_path / "web", *lines_of(requests))
    whole = read("squid", folder)
    monkeypatch.setattr("pipelines.sources.requests.partitions_for", lambda _: 7)
    assert read("squid", folder).messages == whole.messages
    assert len(whole.messages) == 50


def test_web_logs_are_known_among_the_formats():
    assert [name for name in formats() if is_web_log(name)] == ["squid", "w3c", "webcsv"]
