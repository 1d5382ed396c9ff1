"""Twilio's console log: any order of columns, all date spellings, nothing unaccounted for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sources.twilio import Twilio

NEW = (
    "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,"
    "AccountSid,Sid,Direction,Price,PriceUnit"
)
OLD = "Body,Status,SentDate,ApiVersion,NumSegments,AccountSid,Sid,Direction,From,To,Price,PriceUnit"
ROW = {
    "From": "+14065550100",
    "To": "(406) 555-0142",
    "Body": 'Bus at 6, "sharp"\nsee you',
    "Status": "delivered",
    "SentDate": "2025-01-14T12:02:11Z",
    "Sid": "SM1",
    "Direction": "outbound-api",
}


def log(folder, *rows, header=NEW, name="sms.csv", encoding="utf-8", end="\r\n"):
    folder.mkdir(exist_ok=True)
    lines = [header]
    for row in rows:
        cells = {**ROW, **row}
        quoted = ['"' + cells.get(name, "").replace('"', '""') + '"' for name in header.split(",")]
        lines.append(",".join(quoted))
    (folder / name).write_bytes((end.join(lines) + end).encode(encoding))
    return folder


@pytest.mark.parametrize("header", [NEW, OLD, ",".join(reversed(NEW.split(",")))])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_order_encoding_and_line_ends(tmp_path, read, header, encoding, end):
    folder = log(tmp_path / "sms", {}, {"Sid": "SM2"}, header=header, encoding=encoding, end=end)
    reading = read("twilio", folder)
    first = reading.messages[0]
    assert (first["source_file"], first["record"], first["native_id"]) == ("sms/sms.csv", 1, "SM1")
    assert (first["channel"], first["platform"], first["zone_basis"]) == (
        "sms",
        "twilio",
        "explicit",
    )
    assert first["sender"] == "phone:+14065550100"
    assert reading.people() == [("+14065550142", "to")]
    assert first["body"] == ROW["Body"]
    assert first["sent_at"] == datetime(2025, 1, 14, 12, 2, 11, tzinfo=UTC)
    assert first["sent_at_text"] == "2025-01-14T12:02:11Z"
    assert reading.column("record") == [1, 2]


@pytest.mark.parametrize(
    "text",
    ["2025-01-14 12:02:11 UTC", "Tue, 14 Jan 2025 12:02:11 +0000", "2025-01-14T12:02:11.0000000Z"],
)
def test_spellings_of_dates(tmp_path, read, text):
    reading = read("twilio", log(tmp_path / "sms", {"SentDate": text}))
    assert reading.column("sent_at") == [datetime(2025, 1, 14, 12, 2, 11, tzinfo=UTC)]
    assert reading.column("zone_basis") == ["explicit"]


def test_a_date_without_a_zone_is_the_districts(tmp_path, read):
    reading = read("twilio", log(tmp_path / "sms", {"SentDate": "2025-01-14 05:02:11"}))
    assert reading.column("sent_at") == [datetime(2025, 1, 14, 12, 2, 11, tzinfo=UTC)]
    assert reading.column("zone_basis") == ["assumed"]


def test_what_was_never_sent_or_never_arrived(tmp_path, read):
    states = [
        "delivered",
        "Scheduled",
        "canceled",
        "accepted",
        "FAILED",
        "undelivered",
        "",
        "received",
    ]
    rows = [{"Status": state, "Sid": f"SM{n}"} for n, state in enumerate(states)]
    reading = read("twilio", log(tmp_path / "sms", *rows))
    assert reading.ledger.excluded == {"never-sent": 3}
    assert dict(zip(reading.column("native_id"), reading.column("delivered"), strict=True)) == {
        "SM0": True,
        "SM4": False,
        "SM5": False,
        "SM6": True,
        "SM7": True,
    }


def test_one_bad_record_has_one_reason(tmp_path, read):
    rows = [
        {"From": ""},
        {"To": "  "},
        {"Sid": ""},
        {"SentDate": "soon"},
        {"From": "", "SentDate": "soon"},
        {"From": "", "SentDate": "", "Status": "canceled"},
        {"Sid": "SM9"},
    ]
    reading = read("twilio", log(tmp_path / "sms", *rows))
    file = "sms/sms.csv"
    assert sorted(reading.aside) == [
        (file, 1, "no-participants"),
        (file, 2, "no-participants"),
        (file, 3, "no-participants"),
        (file, 4, "unreadable-date"),
        (file, 5, "no-participants"),
    ]
    assert reading.ledger.excluded == {"never-sent": 1}
    assert reading.column("record") == [7]


def test_numbers_that_are_no_phones_keep_their_spelling(tmp_path, read):
    rows = [{"From": "28849"}, {"From": "LarkValley"}, {"From": "whatsapp:+14065550100"}]
    reading = read("twilio", log(tmp_path / "sms", *rows))
    assert reading.column("sender") == ["phone:28849", "phone:LarkValley", "phone:+14065550100"]


def test_many_files_one_of_them_foreign(tmp_path, read):
    folder = log(tmp_path / "sms", {}, name="b.CSV")
    log(folder, {"Sid": "SM2"}, name="a.csv")
    log(folder, {}, name="price list.csv", header="Item,Price")
    (folder / "notes.txt").write_text("not a log")
    reading = read("twilio", folder)
    assert reading.column("source_file") == ["sms/a.csv", "sms/b.CSV"]
    assert reading.aside == [("sms/price list.csv", 0, "missing-columns")]


@pytest.mark.parametrize("content", [None, b"", NEW.encode(), NEW.encode() + b"\r\n"])
def test_nothing_to_read(tmp_path, read, content):
    (tmp_path / "sms").mkdir()
    if content is not None:
        (tmp_path / "sms" / "a.csv").write_bytes(content)
    reading = read("twilio", tmp_path / "sms")
    assert reading.messages == []
    assert reading.ledger.quarantined == (content == b"")
    assert Twilio().recognises(tmp_path / "sms") == bool(content)


def test_problems(tmp_path, problems):
    folder = log(tmp_path / "sms", {})
    assert problems("twilio", folder) == []
    log(folder, header="From,To,Body", name="a.csv")
    assert problems("twilio", folder) == []  # the good file is read, this one quarantined
    (folder / "sms.csv").unlink()
    assert problems("twilio", folder) == [("sms/a.csv:1", "column SentDate, Sid missing")]
    (tmp_path / "none").mkdir()
    assert problems("twilio", tmp_path / "none") == [
        ("none", "no .csv file of a Twilio message log")
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 900), inserted=st.binary(max_size=20), cut=st.integers(0, 20))
def test_mutated_logs(tmp_path, read, place, inserted, cut):
    rows = [{"Sid": f"SM{n}", "Body": "ñ"} for n in range(5)]
    folder = log(tmp_path / "sms", *rows)
    content = (folder / "sms.csv").read_bytes()
    (folder / "sms.csv").write_bytes(content[:place] + inserted + content[place + cut :])
    reading = read("twilio", folder)
    assert reading.ledger.records_read >= 1
    assert len(set(reading.column("record"))) == len(reading.messages)
