"""Canvas Data 2: four tables in many parts, joined; nothing counted twice or dropped."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sources.canvas import Canvas, parts_by_table

M, P = "conversation_messages", "conversation_message_participants"
C, S = "conversations", "pseudonyms"
SENT = "2025-01-15T03:41:09.120Z"


def row(number, meta=None, **value):
    return {"key": {"id": number}, "value": value, "meta": {"ts": SENT, **(meta or {})}}


def message(number, author=31, conversation=700, **value):
    fields = {"conversation_id": conversation, "author_id": author, "created_at": SENT}
    return row(number, **{**fields, "body": f"text {number}", "generated": False, **value})


def link(number, of, user, **value):
    return row(number, conversation_message_id=of, user_id=user, **value)


def links(of, *users):
    return [link(of * 100 + place, of, user) for place, user in enumerate(users)]


def subject(number, text):
    return row(number, subject=text, has_media_objects=False, has_attachments=False)


def write(folder, **parts):
    """Write parts below a folder; a name ending in `.gz` is packed."""
    for name, rows in parts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = "".join(json.dumps(one) + "\n" for one in rows).encode()
        path.write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
    return folder


def small(folder):
    return write(
        folder,
        **{
            f"{M}/part-0.jsonl.gz": [message(1), message(2, author=32)],
            f"{M}/part-1.json": [message(3, author=33, conversation=701)],
            f"{P}/part-0.jsonl": links(1, 31, 32) + links(2, 31, 32),
            f"{P}/part-1.json.gz": links(3, 33, 35, 34),
            f"{C}/part-0.jsonl.gz": [subject(700, "Practice"), subject(701, "")],
        },
    )


def test_parts_gzipped_and_plain(tmp_path, read):
    reading = read("canvas", small(tmp_path / "c"))
    by_id = {one["native_id"]: one for one in reading.messages}
    assert sorted(by_id) == ["1", "2", "3"]
    first = by_id["1"]
    assert (first["channel"], first["platform"], first["thread"]) == ("lms", "canvas", "700")
    assert (first["sender"], first["body"], first["subject"]) == ("lms:31", "text 1", "Practice")
    assert first["sent_at"] == datetime(2025, 1, 15, 3, 41, 9, 120_000, tzinfo=UTC)
    assert (first["source_file"], first["record"]) == (f"c/{M}/part-0.jsonl.gz", 1)
    reached = {key: [r["handle"] for r in one["recipients"]] for key, one in by_id.items()}
    assert reached == {"1": ["lms:32"], "2": ["lms:31"], "3": ["lms:34", "lms:35"]}
    assert by_id["3"]["subject"] is None
    assert reading.ledger.records_read == 3
    assert reading.ledger.notes == {"participant rows": 7, "conversation rows": 2}


def test_snapshot_and_incremental(tmp_path, read):
    folder = small(tmp_path / "c")
    write(folder, **{f"{M}/job_2/part-0.jsonl": [message(1), message(1), message(4)]})
    write(folder, **{f"{P}/job_2/part-0.jsonl": links(1, 31, 32) + links(4, 31, 36)})
    reading = read("canvas", folder)
    assert (reading.ledger.messages, reading.ledger.duplicates) == (4, 2)
    assert len(next(one for one in reading.messages if one["native_id"] == "1")["recipients"]) == 1


def test_generated_and_deleted_rows(tmp_path, read):
    rows = [message(1), message(2, generated=True), row(3, {"action": "D"}), message(4)]
    rows[2].pop("value")
    participants = [
        *links(1, 31),
        link(9, 1, 32, workflow_state="deleted", deleted_at=SENT),  # his copy; it was still sent
        row(10, {"action": "D"}),
        link(11, 4, None),
    ]
    reading = read(
        "canvas", write(tmp_path / "c", **{f"{M}.jsonl": rows, f"{P}.jsonl": participants})
    )
    assert reading.ledger.excluded == {"generated": 1, "deleted": 1}
    assert reading.aside == []
    assert reading.people() == [("32", "member")]
    assert reading.people(1) == []
    assert reading.ledger.notes["participant rows without a user"] == 1


@pytest.mark.parametrize("kind", [str, int, lambda number: f"{number:05}"])
def test_ids_as_strings_and_numbers(tmp_path, read, kind):
    rows = [message(kind(n), author=kind(31), conversation=kind(700)) for n in (1, 2)]
    people = [link(kind(9), kind(1), kind(user)) for user in (31, 32)]
    folder = write(tmp_path / "c", **{f"{M}.jsonl": rows, f"{P}.jsonl": people})
    reading = read("canvas", folder)
    assert reading.column("native_id") == ["1", "2"]
    assert reading.people() == [("32", "member")]


def test_global_ids_stay_exact(tmp_path, read):
    big = 10_000_000_000_000_123
    parts = {f"{M}.jsonl": [message(big, author=big + 1)], f"{P}.jsonl": links(big, big + 2)}
    reading = read("canvas", write(tmp_path / "c", **parts))
    assert reading.column("native_id") == [str(big)]
    assert reading.people() == [(str(big + 2), "member")]


def test_a_missing_conversations_table(tmp_path, read):
    folder = write(tmp_path / "c", **{f"{M}.jsonl": [message(1)], f"{P}.jsonl": links(1, 32)})
    assert read("canvas", folder).column("subject") == [None]


@pytest.mark.parametrize(
    "shape",
    [
        "{table}/part-0000.json.gz",
        "{table}/job_1b2c/part-0000.json.gz",
        "job_1b2c/{table}.json.gz",
        "job_1b2c/{table}-part-0000.jsonl",
        "Canvas/{table}.2025.jsonl.gz",
        "{table}/snapshot/part",
    ],
)
def test_tables_by_path(tmp_path, shape):
    tables = {M: [message(1)], P: links(1, 32), C: [subject(700, "s")]}
    suffix = "" if shape.endswith((".gz", ".jsonl")) else ".json"
    names = {shape.format(table=table) + suffix: rows for table, rows in tables.items()}
    found = parts_by_table(write(tmp_path / "c", **names), tmp_path)
    assert {table: len(files) for table, files in found.items()} == dict.fromkeys(tables, 1)
    for table, files in found.items():
        assert f"/{table}" in files[0].shown


def test_tables_by_content(tmp_path, read):
    """`dap` leaves job_<uuid>/part-0000.json.gz with no table in the path."""
    comments = [
        row(n, author_id=31, comment="nice", submission_id=7, created_at=SENT) for n in (1, 2)
    ]
    notices = [row(700, subject="not a conversation", name="Announcement")]
    sparse = [row(7), row(8, conversation_id=700), message(1)]  # null fields are left out
    names = {
        "job_a/part-0000.json.gz": sparse,
        "job_b/part-0000.json.gz": links(1, 31, 32),
        "job_c/part-0000.json.gz": [subject(700, "Practice")],
        "job_d/part-0000.json.gz": comments,
        "job_e/part-0000.json.gz": notices,
        "job_f/part-0000.json.gz": [row(5, unique_id="kv", user_id=32, sis_user_id="S32")],
        "job_g/part-0000.json.gz": [],
    }
    folder = write(tmp_path / "c", **names)
    found = parts_by_table(folder, tmp_path)
    assert {table: [f.shown for f in files] for table, files in found.items()} == {
        M: ["c/job_a/part-0000.json.gz"],
        P: ["c/job_b/part-0000.json.gz"],
        C: ["c/job_c/part-0000.json.gz"],
        S: ["c/job_f/part-0000.json.gz"],
    }
    reading = read("canvas", folder)
    assert reading.column("subject") == ["Practice"]
    assert [reason for *_, reason in reading.aside] == ["no-participants"] * 2


@pytest.mark.parametrize(
    "name", [f"{P}.jsonl", f"{P}/x.jsonl", f"{M}/{P}-1.jsonl", f"{P}_1/y.json"]
)
def test_a_participants_file_is_never_taken_for_messages(tmp_path, name):
    folder = write(tmp_path / "c", **{name: links(1, 2)})
    assert list(parts_by_table(folder, tmp_path)) == [P]
    assert not Canvas().recognises(folder)


@pytest.mark.parametrize("table", [M, P, C])
def test_a_gzip_cut_half_way_keeps_what_came_before(tmp_path, read, table):
    rows = {
        M: [message(n, body=f"text {n * n}") for n in range(1, 5001)],
        P: [one for n in range(1, 5001) for one in links(n, 32)],
        C: [subject(700 + n, f"s{n * n}") for n in range(5000)],
    }
    folder = write(tmp_path / "c", **{f"{name}.json.gz": part for name, part in rows.items()})
    file = folder / f"{table}.json.gz"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    reading = read("canvas", folder)
    ((name, record, reason),) = reading.aside
    assert (name, reason) == (f"c/{table}.json.gz", "truncated-file")
    assert 1000 < record < 5000
    assert reading.ledger.messages == (record - 1 if table == M else 5000)
    if table == P:
        assert sum(bool(one["recipients"]) for one in reading.messages) == record - 1


@pytest.mark.parametrize("content", [b"\x1f\x8b", b"\x1f\x8b\x08\x00half", b"not a gzip at all"])
def test_a_part_that_nobody_can_tell_is_reported(tmp_path, read, content):
    folder = write(tmp_path / "c", **{f"{M}.jsonl": [message(1)], f"{P}.jsonl": links(1, 32)})
    write(folder, **{"job_x/part-0.json.gz": []})
    (folder / "job_x" / "part-0.json.gz").write_bytes(content)
    assert read("canvas", folder).aside == [("c/job_x/part-0.json.gz", 0, "truncated-file")]


def test_one_bad_record_has_one_reason(tmp_path, read):
    rows = [message(1), message(None), message(3, author=None), message(4, created_at="soon")]
    folder = write(tmp_path / "c", **{f"{M}.jsonl": rows, f"{P}.jsonl": links(1, 32)})
    with (folder / f"{M}.jsonl").open("a") as file:
        file.write("half a li\n\n" + json.dumps(message(7)) + "\n")
    reading = read("canvas", folder)
    assert sorted((record, reason) for _, record, reason in reading.aside) == [
        (2, "no-participants"),
        (3, "no-participants"),
        (4, "unreadable-date"),
        (5, "not-json"),
    ]
    assert reading.column("record") == [1, 7]
    assert reading.ledger.records_read == 6


def test_a_cut_emoji_costs_no_message(tmp_path, read):
    folder = write(tmp_path / "c", **{f"{M}.jsonl": [message(1, body="hi \ud83d")]})
    write(folder, **{f"{P}.jsonl": links(1, 32)})
    assert read("canvas", folder).column("body") == ["hi ?"]


@pytest.mark.parametrize(
    "names", [(), (f"{M}.jsonl",), (f"{M}.jsonl.gz", f"{P}.jsonl.gz", "notes.txt")]
)
def test_nothing_to_read(tmp_path, read, names, problems):
    (tmp_path / "c").mkdir()
    folder = write(tmp_path / "c", **{name: [] for name in names})
    reading = read("canvas", folder)
    assert (reading.messages, reading.aside, reading.ledger.records_read) == ([], [], 0)
    assert Canvas().recognises(folder) == (len(names) == 3)
    missing = {0: [M, P], 1: [P], 3: []}[len(names)]
    assert problems("canvas", folder) == [("c", f"no part of table {table}") for table in missing]
    empty = tmp_path / "e"
    empty.mkdir()
    for name in names:
        (empty / name).write_bytes(b"")
    assert read("canvas", empty).messages == []


def test_identities(tmp_path):
    rows = [
        row(1, user_id=31, sis_user_id="E1", unique_id="a"),
        row(2, user_id="32", sis_user_id="00270027", unique_id="b"),
        row(3, user_id=33, unique_id="c"),
        row(4, user_id=34, sis_user_id="", unique_id="d"),
    ]
    folder = write(tmp_path / "c", **{f"{S}.jsonl": rows})
    with (folder / f"{S}.jsonl").open("a") as file:
        file.write("nonsense\n")

    class Somewhere:
        name, path, base = "canvas", folder, tmp_path

    assert Canvas().identities(Somewhere) == {"31": "E1", "32": "00270027"}
    (folder / f"{S}.json.gz").write_bytes(gzip.compress(b'{"value":')[:-9])
    assert Canvas().identities(Somewhere) == {"31": "E1", "32": "00270027"}


def test_recipients_do_not_depend_on_the_order_of_rows(tmp_path, read):
    people = links(1, *range(40, 80))
    names = (f"{M}.jsonl", f"{P}.jsonl")
    one = write(tmp_path / "a", **dict(zip(names, ([message(1)], people), strict=True)))
    two = write(tmp_path / "b", **dict(zip(names, ([message(1)], people[::-1]), strict=True)))
    assert read("canvas", one).people() == read("canvas", two).people()


users = st.integers(1, 5)
sent = st.builds(message, st.integers(1, 6), author=users, generated=st.booleans())
joined = st.builds(link, st.integers(1, 99), st.integers(1, 8), users)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(sent, max_size=8), st.lists(joined, max_size=20))
def test_the_join_is_that_of_a_dictionary(tmp_path, read, rows, people):
    folder = write(tmp_path / "c", **{f"{M}.jsonl.gz": rows, f"{P}.jsonl": people})
    reading = read("canvas", folder)
    first = {}
    for one in rows:
        if not one["value"]["generated"]:
            first.setdefault(one["key"]["id"], one["value"]["author_id"])
    assert {int(one["native_id"]): one["sender"] for one in reading.messages} == {
        number: f"lms:{author}" for number, author in first.items()
    }
    for place, one in enumerate(reading.messages):
        number = int(one["native_id"])
        to = {
            str(p["value"]["user_id"])
            for p in people
            if p["value"]["conversation_message_id"] == number
        } - {str(first[number])}
        assert [who for who, _ in reading.people(place)] == sorted(to)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 600), inserted=st.binary(max_size=20), cut=st.integers(0, 20))
def test_mutated_parts(tmp_path, read, place, inserted, cut):
    folder = small(tmp_path / "c")
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        at = place % len(content)
        file.write_bytes(content[:at] + inserted + content[at + cut :])
        assert read("canvas", folder).ledger.records_read >= 1
