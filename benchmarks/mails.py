"""Writes mail as Google Vault does: a metadata CSV with one row a mailbox copy, zips of mboxes.

Rule of this file: one Vault export holds at most a chunk of mails, so that memory does not grow;
a mail is rendered from its number alone, the same in every mailbox that holds it.
"""

from __future__ import annotations

import csv
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import numpy as np

from benchmarks.exports import count_plan, own_numbers
from benchmarks.people import OUTSIDE, District
from benchmarks.tables import write_csv
from benchmarks.texts import COLLEAGUE, PHRASES, TextMaker, with_filled, written_numbers
from benchmarks.traffic import Plan

HEADER = (
    "Rfc822MessageId,GmailMessageId,FileName,Account,Labels,From,Subject,To,CC,BCC,DateSent,"
    "DateReceived,SubjectAtStart,SubjectAtEnd,DateFirstMessageSent,DateLastMessageSent,"
    "DateFirstMessageReceived,DateLastMessageReceived,ThreadedMessageCount"
)
WITH_HTML, WITH_ATTACHMENT, WITH_COPIED = 0.45, 0.05, 0.20
"""Shares of mails with an HTML alternative, an attachment; of staff mails with others in CC."""
TEXT_BYTES = (1_000, 6_000)
ATTACHMENT_LINES = (150, 1_500)  # of 76 base64 characters: 9 to 86 KB
ACCOUNTS_A_ZIP = 1_000
ZIP_TIME = (2026, 6, 15, 4, 0, 0)
_POOL = 1_500  # long texts that mails draw theirs from
_BLOB_LINES = 40_000
_TRANSPORT = (
    "Received: by 2002:a05:6a20:0000:b0:1d9:1111:2222 with SMTP id {id};\r\n"
    "        {date}\r\n"
    "X-Received: by 2002:a17:90b:4c0f:b0:2ff:3333:4444 with SMTP id\r\n"
    "        98e67ed59e1d1-30a{id}.6.17; {date}\r\n"
    "ARC-Seal: i=1; a=rsa-sha256; d=relay.example; s=arc-20240605;\r\n"
    + "".join(
        f"        {letter * 4}b4QF7yPq0LrKx9vT2mWz8sHc5dNj1uGe6oYa3iRf\r\n" for letter in "abcde"
    )
    + "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=relay.example; s=20230601;\r\n"
    + "".join(f"        b={letter * 4}Ue2kVx7Rw4Tn9BqPz6yLm1sHd8cJg5oFa\r\n" for letter in "fghi")
    + "Return-Path: <{sender}>\r\n"
)
Bytes = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class _Mail:
    """The envelope of one mail; `boxes` are the district's mailboxes that hold a copy."""

    sender: str
    sender_shown: str
    to: str
    cc: str
    boxes: tuple[str, ...]


def write_mail(district: District, plans: Iterable[Plan], folder: Path, seed: int) -> Counter[str]:
    """One Vault export a chunk; counts of mails and copies by kind and reason."""
    folder.mkdir(parents=True, exist_ok=True)
    writer, counts = _Writer(district, seed), Counter[str]()
    for number, plan in enumerate(plans):
        counts += writer.export(f"mail-{number:03d}", plan, folder)
        count_plan("mail", plan, counts)
    return counts


class _Writer:
    """Envelopes and texts of mails, drawn from pools made once."""

    def __init__(self, district: District, seed: int) -> None:
        self._district, self._seed = district, seed
        rng = np.random.default_rng([seed, 23])
        self._maker = TextMaker()
        self._plain, self._html = self._pool(rng)
        self._blob = _base64_lines(rng)
        self._bounds = district.class_bounds()

    def export(self, name: str, plan: Plan, folder: Path) -> Counter[str]:
        """Metadata CSV, zips and result counts of one plan."""
        rng = np.random.default_rng([self._seed, 24, plan.first])
        mails = self._envelopes(plan, rng)
        subjects = rng.integers(0, len(PHRASES["subject"]), 2 * len(plan))
        offset = plan.thread - 2 * plan.first
        shown = [
            ("Re: " if step else "") + PHRASES["subject"][subjects[thread]]
            for step, thread in zip(plan.step, offset, strict=True)
        ]
        rendered = _Rendered(plan, mails, shown, self._openings(plan, rng), rng)
        boxes = _boxes(mails)
        with (folder / f"{name}-metadata.csv").open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream, lineterminator="\n")
            stream.write(f"{HEADER}\n")
            for box, held in boxes.items():
                rows.writerows(rendered.row(number, box, name) for number in held)
        self._zips(name, boxes, rendered, folder)
        copies = sum(len(held) for held in boxes.values())
        results = [(box, "Success", len(held), 0) for box, held in boxes.items()]
        header = "Account,AccountStatus,SuccessCount,MessageErrorCount"
        total = ("Total", "Success", copies, 0)
        write_csv(folder / f"{name}-result-counts.csv", header, [total, *results])
        attached = int((rendered.attached > 0).sum())
        return Counter({"mail copies": copies, "mail with an attachment": attached})

    def _zips(
        self, name: str, boxes: dict[str, list[int]], rendered: _Rendered, folder: Path
    ) -> None:
        accounts = list(boxes)
        for part, start in enumerate(range(0, len(accounts), ACCOUNTS_A_ZIP), start=1):
            path = folder / f"{name}-{part}.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                for box in accounts[start : start + ACCOUNTS_A_ZIP]:
                    entry = zipfile.ZipInfo(_mbox_name(name, box), ZIP_TIME)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    content = (
                        rendered.content(number, box, self._plain, self._html, self._blob)
                        for number in boxes[box]
                    )
                    packed.writestr(entry, b"".join(content), compresslevel=1)

    def _envelopes(self, plan: Plan, rng: np.random.Generator) -> list[_Mail]:
        names = [kind.name for kind in plan.kinds]
        own, private = plan.because("own-account"), plan.because("private-address")
        copied = plan.is_kind("staff-staff") & (rng.random(len(plan)) < WITH_COPIED)
        others = rng.integers(self._district.first_staff, self._district.people, (len(plan), 3))
        extras = [
            dict.fromkeys(row) if some else {}
            for row, some in zip(others.tolist(), copied, strict=True)
        ]
        return [
            self._envelope(names[kind], staff, other, from_staff, (mine, theirs), extra)
            for kind, staff, other, from_staff, mine, theirs, extra in zip(
                plan.kind,
                plan.staff.tolist(),
                plan.other.tolist(),
                plan.from_staff.tolist(),
                own.tolist(),
                private.tolist(),
                extras,
                strict=True,
            )
        ]

    def _envelope(
        self,
        kind: str,
        staff: int,
        other: int,
        from_staff: bool,
        private: tuple[bool, bool],
        copied: Iterable[int],
    ) -> _Mail:
        district = self._district
        ours = str(district.private_email[staff] if private[0] else district.email[staff])
        named = f"{district.given[staff]} {district.family[staff]}"
        boxes = [] if private[0] else [ours]
        if kind == "staff-class":
            theirs = district.class_address(other)
            pupils = district.enrolled_student[self._bounds[other] : self._bounds[other + 1]]
            return _Mail(ours, named, theirs, "", (ours, *district.email[pupils].tolist()))
        if kind == "outside-staff":
            theirs, their_name = OUTSIDE[other], "Orders"
        else:
            theirs = str(district.private_email[other] if private[1] else district.email[other])
            their_name = f"{district.given[other]} {district.family[other]}"
            if not private[1] and kind != "guardian-staff":
                boxes.append(theirs)
        cc = [str(district.email[one]) for one in copied if one not in (staff, other)]
        boxes += cc
        ends = ((ours, named), (theirs, their_name))
        sender, recipient = ends if from_staff else (ends[1], ends[0])
        return _Mail(*sender, f'"{recipient[1]}" <{recipient[0]}>', ", ".join(cc), tuple(boxes))

    def _openings(self, plan: Plan, rng: np.random.Generator) -> list[str]:
        """The first paragraph of each mail: what its own kind of sender would write."""
        bodies = self._maker.bodies(plan.voice, (1, 3), rng)
        giving = plan.because("number")
        numbers = written_numbers(own_numbers(self._district, plan.staff[giving]), rng)
        filled: list[str] = with_filled(bodies, giving, "number", numbers, rng).to_pylist()
        return filled

    def _pool(self, rng: np.random.Generator) -> tuple[list[str], list[str]]:
        """Texts of 1 to 6 KB in paragraphs, plain and as HTML."""
        plain, html = [], []
        for length in rng.integers(*TEXT_BYTES, _POOL):
            voice = np.full(int(length) // 240 + 1, COLLEAGUE, dtype=np.int64)
            paragraphs = self._maker.bodies(voice, (3, 4), rng).to_pylist()
            plain.append("\n\n".join(paragraphs))
            blocks = (f'<div dir="ltr">{escape(one)}<br></div>\n' for one in paragraphs)
            html.append("".join(blocks))
        return plain, html


class _Rendered:
    """Mails of one export as CSV rows and as mbox entries, by their place in the plan."""

    def __init__(
        self,
        plan: Plan,
        mails: list[_Mail],
        subjects: list[str],
        openings: list[str],
        rng: np.random.Generator,
    ) -> None:
        count = len(plan)
        self._mails, self._subjects, self._openings = mails, subjects, openings
        self._number = (plan.first + np.arange(count)).tolist()
        self._thread = plan.thread.tolist()
        self._sent = (plan.sent // 1000).tolist()
        self._long = rng.integers(0, _POOL, count).tolist()
        self._has_html = (rng.random(count) < WITH_HTML).tolist()
        lines = rng.integers(*ATTACHMENT_LINES, count)
        self.attached: Bytes = np.where(rng.random(count) < WITH_ATTACHMENT, lines, 0)
        self._blob_at = rng.integers(0, _BLOB_LINES - ATTACHMENT_LINES[1], count).tolist()

    def row(self, place: int, box: str, export: str) -> tuple[object, ...]:
        """The metadata row of one copy."""
        mail, when = self._mails[place], _instant(self._sent[place])
        received = _instant(self._sent[place] + 2)
        labels = "^SENT" if mail.sender == box else "^INBOX"
        return (
            *(f"<{self._message_id(place)}>", self._gmail_id(place, box), _mbox_name(export, box)),
            *(box, labels, f"{mail.sender_shown} <{mail.sender}>", self._subjects[place], mail.to),
            *(mail.cc, "", when.isoformat(), received.isoformat(), "", "", "", "", "", "", ""),
        )

    def content(
        self, place: int, box: str, plain: list[str], html: list[str], blob: list[bytes]
    ) -> bytes:
        """The mbox entry of one copy, CRLF within."""
        mail, when = self._mails[place], _instant(self._sent[place])
        number, date = self._gmail_id(place, box), format_datetime(when)
        labels = "Sent" if mail.sender == box else "Inbox"
        copied = f"Cc: {mail.cc}\r\n" if mail.cc else ""
        head = (
            f"From {number}@xxx {when:%a %b %d %H:%M:%S} +0000 {when:%Y}\r\n"
            f"X-GM-THRID: {1_800_000_000_000_000_000 + self._thread[place]}\r\n"
            f"X-Gmail-Labels: {labels},Opened\r\n"
            f"Delivered-To: {box}\r\n"
            + _TRANSPORT.format(id=number, date=date, sender=mail.sender)
            + f"MIME-Version: 1.0\r\nDate: {date}\r\nMessage-ID: <{self._message_id(place)}>\r\n"
            f"Subject: {self._subjects[place]}\r\nFrom: {mail.sender_shown} <{mail.sender}>\r\n"
            f"To: {mail.to}\r\n{copied}"
        )
        return f"{head}{self._body(place, plain, html)}".encode() + self._end(place, blob)

    def _body(self, place: int, plain: list[str], html: list[str]) -> str:
        opening, pooled = self._openings[place], self._long[place]
        text = f"{opening}\n\n{plain[pooled]}\n".replace("\n", "\r\n")
        part = f'Content-Type: text/plain; charset="UTF-8"\r\n{_ENCODING}\r\n{text}'
        if self._has_html[place]:
            marked = f'<div dir="ltr">{escape(opening)}</div>\n{html[pooled]}'.replace("\n", "\r\n")
            part = (
                'Content-Type: multipart/alternative; boundary="alt0"\r\n\r\n'
                f'--alt0\r\n{part}\r\n--alt0\r\nContent-Type: text/html; charset="UTF-8"\r\n'
                f"{_ENCODING}\r\n{marked}\r\n--alt0--\r\n"
            )
        if self.attached[place]:
            part = f'Content-Type: multipart/mixed; boundary="mix0"\r\n\r\n--mix0\r\n{part}'
        return part

    def _end(self, place: int, blob: list[bytes]) -> bytes:
        lines = int(self.attached[place])
        if not lines:
            return b"\r\n"
        begin = self._blob_at[place]
        content = b"".join(blob[begin : begin + lines])
        return b"\r\n--mix0\r\n" + _ATTACHMENT + content + b"--mix0--\r\n\r\n"

    def _message_id(self, place: int) -> str:
        return f"CAB{self._number[place]:012d}x@mail.benchvalley.example"

    def _gmail_id(self, place: int, box: str) -> int:
        """A number of its own for every copy: mail number and place of its mailbox."""
        copy = self._mails[place].boxes.index(box)
        return 1_790_000_000_000_000_000 + self._number[place] * 1_000 + copy


_ENCODING = "Content-Transfer-Encoding: 8bit\r\n"
_ATTACHMENT = (
    b'Content-Type: application/pdf; name="form.pdf"\r\n'
    b'Content-Disposition: attachment; filename="form.pdf"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)


def _boxes(mails: list[_Mail]) -> dict[str, list[int]]:
    """Mailbox -> places of the mails it holds, mailboxes by name."""
    held: dict[str, list[int]] = {}
    for place, mail in enumerate(mails):
        for box in mail.boxes:
            held.setdefault(box, []).append(place)
    return dict(sorted(held.items()))


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)


def _mbox_name(export: str, box: str) -> str:
    return f"{export}-{box}-{sum(box.encode()) % 46_656:04x}.mbox"


def _base64_lines(rng: np.random.Generator) -> list[bytes]:
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    letters = np.frombuffer(alphabet, np.uint8)[rng.integers(0, 64, (_BLOB_LINES, 76))]
    return [row.tobytes() + b"\r\n" for row in letters]
