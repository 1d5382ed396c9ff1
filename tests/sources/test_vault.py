"""Google Vault: one mail in many mailboxes is one message with everybody it reached."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.sources.vault import COLUMNS, Vault

EXTRA = ("SubjectAtStart", "ThreadedMessageCount")
COACH, PUPIL = "coach@example.org", "pupil@students.example.org"
ROW = {
    "Rfc822MessageId": "<m1@x.org>",
    "GmailMessageId": "1",
    "Account": COACH,
    "Labels": "^SENT",
    "From": f"Mara River <{COACH}>",
    "Subject": "practice",
    "To": PUPIL,
    "DateSent": "2025-01-15T03:41:09+00:00",
}


def table(*rows, columns=(*COLUMNS, *EXTRA)) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return out.getvalue()


def mail(number: int, text: str = "At six.") -> str:
    head = f"From 18212233445566778{number}@xxx Wed Jan 15 03:41:09 +0000 2025\r\n"
    return f"{head}Message-ID: <m{number}@x.org>\r\nSubject: s\r\n\r\n{text}\r\n\r\n"


def export(folder, *rows, mbox: str | None = None, name="case-metadata.csv", **more):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(table(*rows, **more), encoding="utf-8", newline="")
    if mbox is not None:
        with zipfile.ZipFile(folder / "case-1.zip", "w", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr("case-coach.mbox", mbox)
    return folder


def test_one_mail_in_many_mailboxes(tmp_path, read):
    rows = [
        {},
        {"Account": PUPIL, "Labels": "^INBOX", "GmailMessageId": "2"},
        {"Account": "member@example.org", "Labels": "^inbox", "To": "team@example.org"},
        {"Account": "x@example.org", "Labels": "", "CC": '"Doe, Jo" <jo@example.org>'},
        {"Account": "y@example.org", "Labels": "", "BCC": f"secret@example.org, {PUPIL}"},
    ]
    reading = read("vault", export(tmp_path / "v", *rows, mbox=mail(1) * 5))
    assert (reading.ledger.records_read, reading.ledger.duplicates) == (5, 4)
    (message,) = reading.messages
    assert reading.people() == [
        (PUPIL, "to"),
        ("team@example.org", "to"),
        ("jo@example.org", "cc"),
        ("secret@example.org", "bcc"),
        ("member@example.org", "member"),
        ("x@example.org", "member"),
        ("y@example.org", "member"),
    ]
    names = {r["handle"]: r["name"] for r in message["recipients"]}
    assert names["email:jo@example.org"] == "Doe, Jo"
    assert names[f"email:{PUPIL}"] is None
    assert (message["sender"], message["sender_name"]) == (f"email:{COACH}", "Mara River")
    assert (message["native_id"], message["record"]) == ("m1@x.org", 1)
    assert (message["source_file"], message["platform"]) == ("v/case-metadata.csv", "gmail")
    assert (message["body"], message["subject"]) == ("At six.", "practice")
    assert message["sent_at"] == datetime(2025, 1, 15, 3, 41, 9, tzinfo=UTC)


@pytest.mark.parametrize("label", ["^SENT", "^sent", "^INBOX,^SENT", "^SENT,Work"])
def test_the_senders_mailbox_is_no_recipient(tmp_path, read, label):
    alias = {"Labels": label, "Account": "alias@example.org"}
    reading = read("vault", export(tmp_path / "v", alias))
    assert reading.people() == [(PUPIL, "to")]
    own = read("vault", export(tmp_path / "w", {"Labels": "^INBOX"}))
    assert own.people() == [(PUPIL, "to")]  # the sender's address, whatever the label
    to_self = read("vault", export(tmp_path / "u", {"To": f"{COACH},{PUPIL}"}))
    assert to_self.people() == [(COACH, "to"), (PUPIL, "to")]


def test_a_blank_sender_is_the_mailbox_it_was_sent_from(tmp_path, read):
    blank = {"From": "", "Labels": "^INBOX", "Account": PUPIL}
    reading = read("vault", export(tmp_path / "v", blank, {"From": ""}))
    assert reading.column("sender") == [f"email:{COACH}"]
    reading = read("vault", export(tmp_path / "w", blank, {**blank, "Account": "x@x.org"}))
    assert [reason for *_, reason in reading.aside] == ["no-participants"] * 2


@pytest.mark.parametrize("label", ["^DRAFT", "^draft", "^Draft", "^ALL,^dRAFT", "^DRAFT,^INBOX"])
def test_drafts_are_excluded_and_known(tmp_path, read, label):
    rows = [{}, {"Rfc822MessageId": "<m2@x.org>", "Labels": label}]
    reading = read("vault", export(tmp_path / "v", *rows, mbox=mail(1) + mail(2)))
    assert reading.ledger.excluded == {"draft": 1}
    assert reading.aside == []
    assert reading.column("native_id") == ["m1@x.org"]


@pytest.mark.parametrize("label", ["^DRAFTS", "DRAFT", "^r", ""])
def test_other_labels_are_no_drafts(tmp_path, read, label):
    assert read("vault", export(tmp_path / "v", {"Labels": label})).ledger.excluded == {}


def test_whatever_was_set_aside_is_known_to_the_mbox(tmp_path, read):
    rows = [
        {"DateSent": "soon"},
        {"Rfc822MessageId": "<m2@x.org>", "From": "", "Labels": ""},
        {"Rfc822MessageId": "<m3@x.org>", "To": "a" * 1_000_001},
        {"Rfc822MessageId": "<m3@x.org>", "Labels": "^DRAFT", "To": "a" * 1_000_001},
    ]
    text = "".join(mail(number) for number in (1, 2, 3, 4))
    reading = read("vault", export(tmp_path / "v", *rows, mbox=text))
    csv_file = "v/case-metadata.csv"
    assert sorted(reading.aside) == [
        ("v/case-1.zip!case-coach.mbox", 4, "mail-without-metadata"),
        (csv_file, 1, "unreadable-date"),
        (csv_file, 2, "no-participants"),
        (csv_file, 3, "too-many-recipients"),
    ]


def test_one_copy_with_a_date_is_enough(tmp_path, read):
    rows = [{"DateSent": ""}, {"Account": PUPIL, "Labels": ""}]
    reading = read("vault", export(tmp_path / "v", *rows))
    assert reading.column("sent_at_text") == [ROW["DateSent"]]
    assert reading.ledger.duplicates == 1


def test_every_copy_of_a_bad_mail_is_set_aside_once(tmp_path, read):
    rows = [{"DateSent": "soon", "From": "", "Labels": "", "Account": str(n)} for n in range(3)]
    reading = read("vault", export(tmp_path / "v", *rows, {"Rfc822MessageId": "<m2@x.org>"}))
    assert [(record, reason) for _, record, reason in reading.aside] == [
        (number, "unreadable-date") for number in (1, 2, 3)
    ]


def test_a_blank_message_id(tmp_path, read):
    blank = {"Rfc822MessageId": " <> "}
    rows = [
        blank,
        {**blank, "Account": PUPIL, "Labels": ""},  # the same mail in another mailbox
        {**blank, "Subject": "another"},
        {**blank, "Subject": "third", "GmailMessageId": ""},
        {**blank, "Subject": "fourth", "GmailMessageId": ""},
    ]
    reading = read("vault", export(tmp_path / "v", *rows, mbox=""))
    ids = dict(zip(reading.column("subject"), reading.column("native_id"), strict=True))
    assert ids["practice"] == "1"
    assert ids["third"].startswith("no-id-")
    assert ids["third"] != ids["fourth"]
    assert "third" not in ids["third"]
    assert (reading.ledger.messages, reading.ledger.duplicates) == (4, 1)
    again = read("vault", export(tmp_path / "w", *reversed(rows)))
    assert set(again.column("native_id")) == set(ids.values())


def test_the_same_rows_in_two_files(tmp_path, read):
    folder = export(tmp_path / "v", {}, {"Rfc822MessageId": "<m2@x.org>"})
    export(folder, {}, {"Rfc822MessageId": "<m3@x.org>"}, name="b-metadata.csv")
    reading = read("vault", folder)
    assert reading.ledger.duplicates == 1
    assert [(m["source_file"][2:3], m["record"], m["native_id"][:2]) for m in reading.messages] == [
        ("b", 1, "m1"),
        ("b", 2, "m3"),
        ("c", 2, "m2"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_order_of_columns_and_encoding(tmp_path, read, encoding):
    folder = tmp_path / "v"
    folder.mkdir()
    text = table({"Subject": "día\r\nlibre"}, columns=tuple(reversed(COLUMNS)))
    (folder / "x-metadata.csv").write_bytes(text.encode(encoding))
    assert read("vault", folder).column("subject") == ["día\r\nlibre"]


def test_metadata_inside_a_zip_is_read_without_unpacking(tmp_path, read):
    folder = tmp_path / "v"
    folder.mkdir()
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("deep/case-metadata.csv", table({}, {"Rfc822MessageId": "<m2@x.org>"}))
        opened.writestr("deep/a.mbox", mail(1) + mail(2, "Seven."))
    assert Vault().recognises(folder)
    reading = read("vault", folder)
    assert reading.column("body") == ["At six.", "Seven."]
    assert reading.messages[0]["source_file"] == "v/all.zip!deep/case-metadata.csv"
    assert [path.name for path in folder.iterdir()] == ["all.zip"]


def test_a_zip_damaged_inside_keeps_what_came_before(tmp_path, read):
    folder = tmp_path / "v"
    folder.mkdir()
    text = table(*({"Rfc822MessageId": f"<m{n * n}@x.org>"} for n in range(20_000)))
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("case-metadata.csv", text)
    raw = bytearray((folder / "all.zip").read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    (folder / "all.zip").write_bytes(raw)
    reading = read("vault", folder)
    assert reading.aside[-1][2] == "truncated-file"
    assert 5_000 < reading.ledger.messages < 20_000


def test_a_recipient_cell_with_a_million_addresses(tmp_path, read):
    crowd = ",".join(f"p{number}@x.org" for number in range(1_000_000))
    rows = [{}, {"Rfc822MessageId": "<m2@x.org>", "To": crowd}, {"Rfc822MessageId": "<m3@x.org>"}]
    reading = read("vault", export(tmp_path / "v", *rows))
    assert reading.aside == [("v/case-metadata.csv", 2, "too-many-recipients")]
    assert reading.column("record") == [1, 3]
    most = ",".join(f"p{number}@x.org" for number in range(60_000))
    assert len(most) < 1_000_000
    assert len(read("vault", export(tmp_path / "w", {"To": most})).people()) == 60_000


def test_text_only_where_it_is_wanted(tmp_path, read):
    folder = export(tmp_path / "v", {}, mbox=mail(1))
    assert read("vault", folder, text=False).column("body") == [None]
    reading = read(
        "vault", export(tmp_path / "w", {}, {"Rfc822MessageId": "<m9@x.org>"}, mbox=mail(1))
    )
    assert reading.column("body") == ["At six.", None]
    assert reading.ledger.notes["text not found"] == 1


@pytest.mark.parametrize("content", [None, "", table(), "a,b\r\n1,2\r\n"])
def test_nothing_to_read(tmp_path, read, content):
    (tmp_path / "v").mkdir()
    if content is not None:
        (tmp_path / "v" / "x-metadata.csv").write_text(content, newline="")
    reading = read("vault", tmp_path / "v")
    assert reading.messages == []
    foreign = content is not None and content != table()
    expected = [("v/x-metadata.csv", 0, "missing-columns")] if foreign else []
    assert reading.aside == expected
    assert Vault().recognises(tmp_path / "v") == (content == table())


def test_problems(tmp_path, problems):
    folder = export(tmp_path / "v", {})
    assert problems("vault", folder) == []
    (folder / "a-metadata.csv").write_text("Account,From\n")
    (folder / "b.zip").write_bytes(b"half a zip")
    assert problems("vault", folder) == []  # the good file is read, the others quarantined
    for path in folder.glob("*-metadata.csv"):
        if path.name != "a-metadata.csv":
            path.unlink()
    assert problems("vault", folder) == [
        ("v/a-metadata.csv:1", "column Rfc822MessageId, Labels, To, CC, BCC, DateSent missing"),
    ]
    (tmp_path / "w").mkdir()
    assert problems("vault", tmp_path / "w") == [("w", "no *-metadata.csv of a Vault export")]


names = st.sampled_from([COACH, PUPIL, "a@x.org", "b@x.org", "c@x.org"])
copies = st.fixed_dictionaries(
    {
        "Rfc822MessageId": st.sampled_from(["<m1@x.org>", "<m2@x.org>", ""]),
        "Account": names,
        "Labels": st.sampled_from(["^SENT", "^INBOX", "^DRAFT", ""]),
        "From": st.sampled_from([COACH, "a@x.org", ""]),
        "To": st.lists(names, max_size=3).map(",".join),
        "CC": st.lists(names, max_size=2).map(",".join),
        "DateSent": st.sampled_from([ROW["DateSent"], "soon"]),
    }
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(copies, max_size=8))
def test_recipients_are_the_union_of_the_copies(tmp_path, read, rows):
    reading = read("vault", export(tmp_path / "v", *rows))
    for place, message in enumerate(reading.messages):
        if not message["native_id"].startswith("m"):
            continue
        mine = [
            row
            for row in rows
            if row["Rfc822MessageId"].strip("<>") == message["native_id"]
            and row["Labels"] != "^DRAFT"
        ]
        sender = next(
            row["From"] or row["Account"] for row in mine if row["From"] or row["Labels"] == "^SENT"
        )
        wanted = {
            who: field
            for field, column in (("cc", "CC"), ("to", "To"))
            for row in mine
            for who in row[column].split(",")
            if who
        }
        for row in mine:
            if row["Labels"] != "^SENT" and row["Account"] != sender:
                wanted.setdefault(row["Account"], "member")
        assert message["sender"] == f"email:{sender}"
        assert dict(reading.people(place)) == wanted
        assert len(reading.people(place)) == len(wanted)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 1200), inserted=st.binary(max_size=20), cut=st.integers(0, 20))
def test_mutated_metadata_and_zip(tmp_path, read, problems, place, inserted, cut):
    rows = [{"Rfc822MessageId": f"<m{n}@x.org>"} for n in range(4)]
    folder = export(tmp_path / "v", *rows, mbox="".join(map(mail, range(4))))
    for file in ("case-metadata.csv", "case-1.zip"):
        content = (folder / file).read_bytes()
        at = place % len(content)
        (folder / file).write_bytes(content[:at] + inserted + content[at + cut :])
        reading = read("vault", folder)
        assert reading.ledger.records_read >= 1
        problems("vault", folder)
        Vault().recognises(folder)
