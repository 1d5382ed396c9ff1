"""Squid's access.log: every line accounted for, and of what matters the least that says it."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sources.squid import Squid
from tests.sources.weblogs import shown, squid_line, write


def test_a_visit_is_one_message_with_its_extent_and_nothing_of_its_pages(tmp_path, read):
    lines = [
        squid_line(10, took=4000, url="https://www.facebook.com/groups/7?who=me", method="GET"),
        squid_line(300),
        squid_line(900, took=0),
    ]
    reading = read("squid", write(tmp_path / "web", *lines))
    (visit,) = reading.messages
    assert (visit["subject"], visit["body"]) == ("facebook.com", "until 12:15:00, 3 requests")
    assert visit["sent_at"] == shown(6)  # it had begun before the line was written
    assert visit["sent_at_text"].startswith("176228281")
    assert (visit["sender"], visit["recipients"]) == ("user:mriver", [])
    assert (visit["channel"], visit["platform"]) == ("web", "squid")
    assert (visit["source_file"], visit["record"]) == ("web/access.log", 1)
    assert visit["native_id"] == "mriver facebook.com 2025-11-04T19:00:06Z"
    assert visit["thread"] == "user:mriver Facebook"
    assert visit["zone_basis"] == "explicit"
    assert "groups" not in str(visit) and "who" not in str(visit)
    assert reading.ledger.excluded == {"folded": 2}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (squid_line(url="classroom.example.org:443"), "not-social"),
        (squid_line(url="netflix.com:443"), "not-social"),
        (squid_line(url="http://news.example.com/facebook.com", method="GET"), "not-social"),
        (squid_line(url="error:invalid-request", method="NONE"), "not-social"),
        (squid_line(url="-", method="-"), "not-social"),
        (squid_line(url="[2001:db8::1]:443"), "not-social"),
        (squid_line(url="http://www.facebook.com@evil.example/", method="GET"), "not-social"),
        (squid_line(url="https://www.facebook.com/plugins/like.php", method="GET"), "embedded"),
        (squid_line(url="https://WWW.FACEBOOK.COM/TR/?id=1", method="GET"), "embedded"),
        (squid_line(url="platform.twitter.com:443"), "embedded"),
        (squid_line(code="TCP_DENIED/407", user="-"), "blocked"),
        (squid_line(code="TCP_DENIED_ABORTED/403"), "blocked"),
        (squid_line(code="TCP_REDIRECT/302"), "blocked"),
        (squid_line(code="TCP_TUNNEL/503"), "blocked"),
        (squid_line(code="NONE_NONE_ABORTED/000"), "blocked"),
        (squid_line(user="-"), "no-user"),
        (squid_line(user="192.0.2.44"), "no-user"),
        (squid_line(user="x" * 300), "no-user"),
    ],
)
def test_what_is_no_visit_is_counted_by_its_reason(tmp_path, read, line, reason):
    reading = read("squid", write(tmp_path / "web", line))
    assert (reading.messages, reading.ledger.excluded) == ([], {reason: 1})


@pytest.mark.parametrize(
    ("user", "handle"),
    [
        ("mriver", "user:mriver"),
        ("MRiver", "user:mriver"),
        (r"DISTRICT\mriver", "user:mriver"),
        ("DISTRICT%5CMRiver", "user:mriver"),
        ("district%5cmriver", "user:mriver"),
        ("mriver@school.example", "email:mriver@school.example"),
        ("M.River%40School.Example", "email:m.river@school.example"),
        ("mriver@DISTRICT.LOCAL", "user:mriver"),  # a realm, no domain of the internet
        ("mriver@AD", "user:mriver"),
        (r"DISTRICT\mriver@AD", "user:mriver"),
        ("lab-12$", "user:lab-12$"),
        ("m%C3%B3nica", "user:mónica"),
    ],
)
def test_spellings_of_an_account(tmp_path, read, user, handle):
    reading = read("squid", write(tmp_path / "web", squid_line(user=user)))
    assert reading.column("sender") == [handle]


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line[40:],
        lambda line: line[:60],
        lambda line: line.replace("TCP_TUNNEL/200", "TCP_TUNNEL"),
        lambda line: line.replace("1762", "yesterday"),
        lambda line: '{"time": 1}',
        lambda line: "x" * 10_000,
    ],
)
def test_a_line_of_another_shape_is_set_aside(tmp_path, read, change):
    lines = [squid_line(0), change(squid_line(1)), squid_line(2)]
    reading = read("squid", write(tmp_path / "web", *lines))
    assert reading.aside == [("web/access.log", 2, "unreadable-line")]
    assert [one["body"] for one in reading.messages] == ["until 12:00:02, 2 requests"]


def test_more_fields_blank_lines_and_windows_line_ends_do_no_harm(tmp_path, read):
    lines = [squid_line(0) + ' "Mozilla/5.0 (X11)" "-"', "", "   ", squid_line(5), "\t"]
    reading = read("squid", write(tmp_path / "web", *lines, end="\r\n"))
    assert [one["body"] for one in reading.messages] == ["until 12:00:05, 2 requests"]
    assert reading.ledger.records_read == 2


def test_bytes_that_are_no_text_cost_their_line(tmp_path, read):
    folder = write(tmp_path / "web", squid_line(0), squid_line(1))
    log = folder / "access.log"
    log.write_bytes(log.read_bytes() + squid_line(2, user="ren\xe9e").encode("latin-1") + b"\n")
    reading = read("squid", folder)
    assert reading.aside == [("web/access.log", 3, "wrong-encoding")]
    assert len(reading.messages) == 1


def test_parts_plain_and_gzipped_are_one_log(tmp_path, read):
    folder = write(tmp_path / "web", squid_line(500), name="access.log")
    packed = gzip.compress((squid_line(100) + "\n").encode(), mtime=0)
    (folder / "access.log.1.gz").write_bytes(packed)
    (folder / "access.log-20251101.gz").write_bytes(packed)  # the same line in two parts
    (folder / "README.txt").write_text("not a log")
    reading = read("squid", folder)
    assert [one["body"] for one in reading.messages] == ["until 12:08:20, 2 requests"]
    assert (reading.ledger.records_read, reading.ledger.duplicates) == (3, 1)


def test_a_cut_gzip_is_read_as_far_as_it_goes(tmp_path, read):
    folder = tmp_path / "web"
    folder.mkdir()
    lines = "".join(squid_line(at, user=f"u{at}") + "\n" for at in range(2000))
    packed = gzip.compress(lines.encode(), mtime=0)
    (folder / "access.log.gz").write_bytes(packed[: len(packed) // 2])
    reading = read("squid", folder)
    assert [reason for _, _, reason in reading.aside][-1] == "truncated-file"
    assert len(reading.messages) > 100
    (folder / "access.log.gz").write_bytes(b"\x1f\x8b and then nothing")
    assert read("squid", folder).aside == [("web/access.log.gz", 0, "truncated-file")]


def test_other_files_are_told_and_empty_ones_are_nothing(tmp_path, read, problems):
    folder = write(tmp_path / "web", squid_line())
    assert problems("squid", folder) == []
    assert Squid().recognises(folder)
    write(folder, "2025/11/04 12:00:00| Starting Squid Cache", name="cache.log")
    (folder / "empty.log").write_bytes(b"\n\n")
    assert problems("squid", folder) == []  # the good one is read, the other quarantined
    assert read("squid", folder).aside == [("web/cache.log", 0, "missing-columns")]
    (folder / "access.log").unlink()
    (folder / "empty.log").unlink()
    assert problems("squid", folder) == [
        ("web/cache.log", "is no access.log in Squid's native format")
    ]
    assert not Squid().recognises(folder)
    (tmp_path / "none").mkdir()
    assert problems("squid", tmp_path / "none") == [
        ("none", "no file of a Squid native access.log (web proxy)")
    ]


def test_a_file_may_be_given_whatever_its_name(tmp_path, read):
    folder = write(tmp_path / "web", squid_line(), name="proxy-november")
    assert len(read("squid", folder / "proxy-november").messages) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 700), inserted=st.binary(max_size=30), cut=st.integers(0, 30))
def test_mutated_logs(tmp_path, read, place, inserted, cut):
    lines = [squid_line(at * 700, user=f"ü{at}") for at in range(6)]
    folder = write(tmp_path / "web", *lines)
    content = (folder / "access.log").read_bytes()
    (folder / "access.log").write_bytes(content[:place] + inserted + content[place + cut :])
    reading = read("squid", folder)
    assert reading.ledger.records_read >= 5
    assert len(set(reading.column("record"))) == len(reading.messages)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(tmp_path, read, content):
    folder = write(tmp_path / "web", squid_line())
    (folder / "access.log").write_bytes(content)
    read("squid", folder)
