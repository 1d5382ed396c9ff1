"""Mails of an mbox: none lost, none made of somebody's sentence, whatever the size of a read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sources import mbox
from pipelines.sources.archive import Refused
from pipelines.sources.mbox import Mail, split_mbox

SEPARATORS = [
    "From 1545668983435175434@xxx Fri Sep 16 22:26:51 +0000 2016",  # Takeout
    "From coach@example.org Wed Jan 15 03:41:09 2025",  # RFC 4155
    "From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
    "From - Tue Jan 14 21:41:09 2025",  # Thunderbird
    "From coach@example.org  Wed Jan  5 03:41 2025",
    "From coach@example.org Wed Jan 15 03:41:09 MST 2025",
    "From coach@example.org Wed Jan 15 03:41:09 2025 -0700",
    "From coach@example.org Wed, Jan 15 03:41:09 2025 remote from hub",
    "From 1844347792267117879@xxx",
    "From - ",
]
SENTENCES = [
    "From the desk of the coach",
    "From Russia with love",
    "From Monday Jan 13 practice is at 6",
    "From me Fri night 10:30 at the lake 2024",
    "From 9 to 5",
    "From: not a separator",
    "from coach@example.org Wed Jan 15 03:41:09 2025",
    ">From coach@example.org Wed Jan 15 03:41:09 2025",
    " From coach@example.org Wed Jan 15 03:41:09 2025",
    "From -x",
]


def split(content: bytes | str, size: int | None = None) -> list[Mail]:
    raw = content if isinstance(content, bytes) else content.encode()
    step = size or len(raw) or 1
    return list(split_mbox(raw[start : start + step] for start in range(0, len(raw), step)))


def mail(number: int, body: str = "At six.", separator: str = SEPARATORS[0]) -> str:
    return f"{separator}\nMessage-ID: <m{number}@x.org>\nSubject: s\n\n{body}\n\n"


def ids(content: bytes | str) -> list[str]:
    return [one.message_id for one in split(content)]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators(separator, end):
    text = (mail(1, separator=separator) + mail(2, separator=separator)).replace("\n", end)
    assert ids(text) == ["m1@x.org", "m2@x.org"]
    assert [one.number for one in split(text)] == [1, 2]
    assert split(text)[0].content.startswith(b"Message-ID")


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("after", ["more words", "", "Note: bring shoes"])
def test_sentences_are_no_separators(sentence, after):
    text = mail(1, f"Hello\n\n{sentence}\n{after}\nbye") + mail(2)
    assert ids(text) == ["m1@x.org", "m2@x.org"]
    assert sentence.encode() in split(text)[0].content


def test_a_blank_line_and_a_header_line_are_needed():
    glued = mail(1, "text\n" + SEPARATORS[1] + "\nSubject: quoted")
    assert len(split(glued)) == 1
    assert len(split(mail(1, "text\n\n" + SEPARATORS[1] + "\nno header"))) == 1
    assert len(split(mail(1, "text\n\n" + SEPARATORS[1] + "\nSubject: a mail"))) == 2


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n\r\n", b" \n\t\n"])
def test_nothing(content):
    assert split(content) == []


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (mail(1).rstrip(), 1),
        ("\n" + mail(1), 1),
        ("Subject: no separator\n\ntext\n\n" + mail(1), 2),
        ("\n" * 9000 + "late text", 1),
        (SEPARATORS[0] + "\n", 1),
        ("\x00\x00" + mail(1, "a\x00b") + mail(2), 2),
        ("\ufeff" + mail(1) + mail(2), 2),
    ],
)
def test_odd_files(content, count):
    assert len(split(content)) == count


def test_a_lone_mail_keeps_its_message_id():
    assert ids("Message-ID: <lone@x.org>\nSubject: s\n\ntext") == ["lone@x.org"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_size_of_a_read_gives_the_same(end):
    text = "".join(
        mail(number, f"Hi\n\n{sentence}\nx: y" + "z" * (number * 700), separator)
        for number, (sentence, separator) in enumerate(zip(SENTENCES, SEPARATORS, strict=True))
    ).replace("\n", end)
    whole = split(text)
    assert len(whole) == 10
    for size in (1, 2, 3, 5, 7, 64, 1000, 4095, 4096, 4097, 8191, 8192, 8193):
        assert split(text, size) == whole


line = st.sampled_from(
    [*SEPARATORS, *SENTENCES, "", "", "", "Subject: x", "text", "\r", "x" * 5000]
)


@settings(deadline=None)
@given(st.lists(line, max_size=30), st.integers(1, 9000), st.sampled_from(["\n", "\r\n"]))
def test_any_lines_any_read(lines, size, end):
    text = end.join(lines)
    whole = split(text)
    assert split(text, size) == whole
    assert [one.number for one in whole] == list(range(1, len(whole) + 1))
    lost = text.replace(" ", "")
    for one in whole:  # every byte is in a mail or in a separator line
        lost = lost.replace(one.content.decode().replace(" ", ""), "", 1)
    left = [rest for rest in lost.split() if not rest.startswith("From")]
    assert left == []


@given(st.binary(max_size=400), st.integers(1, 50))
def test_garbage(content, size):
    assert split(content, size) == split(content)
    assert b"".join(one.content for one in split(content)).split() == content.split()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Message-ID: <a@x>", "a@x"),
        ("message-id:<A@x>", "A@x"),
        ("Message-Id:\r\n <a@x>", "a@x"),
        ("Message-ID: a@x", "a@x"),
        ("Message-ID: <a b@x> (added)", "a b@x"),
        ("X-Message-ID: <a@x>", ""),
        ("Message-ID:", ""),
        ("Subject: x\n\nMessage-ID: <body@x>", ""),
    ],
)
def test_message_id(header, expected):
    assert Mail(1, f"{header}\nSubject: x\n\ntext".encode()).message_id == expected


def test_a_run_without_separators_is_cut(monkeypatch):
    monkeypatch.setattr(mbox, "MAX_MAIL", 20_000)
    mails = split(mail(1, "x" * 100_000) + mail(2), 1000)
    assert [(one.cut, one.message_id) for one in mails] == [(True, "m1@x.org"), (False, "m2@x.org")]
    assert len(mails[0].content) <= 20_000


def test_damage_comes_after_the_mails():
    def broken():
        yield (mail(1) + mail(2)[:90]).encode()
        raise Refused("a.mbox", "truncated-file")

    mails = split_mbox(broken())
    assert [next(mails).message_id, next(mails).message_id] == ["m1@x.org", "m2@x.org"]
    with pytest.raises(Refused):
        next(mails)


@pytest.mark.corpora
@pytest.mark.parametrize("name", ["issue1189", "content-length"])
def test_mimekit_counts(name, corpora):
    """A `Content-Length` mbox has no blank line before some separators: those stay glued."""
    folder = corpora("mail_mimekit") / "data" / "mbox"
    content = (folder / f"{name}.mbox.txt").read_bytes()
    expected = len(json.loads((folder / f"{name}.unix-offsets.json").read_text("utf-8-sig")))
    lines = content.splitlines()
    glued = [
        n for n, text in enumerate(lines) if n and text[:5] == b"From " and lines[n - 1].strip()
    ]
    assert len(split(content)) == expected - len(glued)
    assert bool(glued) == (name == "content-length")


@pytest.mark.corpora
def test_mimekit_unmunged(corpora):
    content = (corpora("mail_mimekit") / "data" / "mbox" / "unmunged.mbox.txt").read_bytes()
    assert [one.content.count(b"From Russia with love") for one in split(content)] == [1, 1]


@pytest.mark.corpora
def test_mime4j_mbox_is_split_like_its_parts(corpora):
    folder = corpora("mail_mime4j") / "data/mbox/src/test/resources/test-1"
    mails = split((folder / "mbox.rlug").read_bytes())
    parts = [(folder / f"mbox.rlug-{number}").read_bytes() for number in range(5)]
    assert [one.content.split() for one in mails] == [part.split() for part in parts]
