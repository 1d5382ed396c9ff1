"""Splitting an mbox stream into mails, strictly, and reading the text of one mail.

A line starting `From ` begins a mail only when it follows a blank line (or starts the file),
looks like a separator written by a mail system, and is followed by a header line; anything
else is somebody's sentence. Memory is bounded by the largest mail, capped at MAX_MAIL bytes.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import fast_mail_parser
from selectolax.lexbor import LexborHTMLParser

MAX_MAIL = 160 << 20
"""Gmail takes mails up to 50 MB, about 70 MB encoded; a longer run has lost a separator."""
_READ = 4 << 20
_LOOK = 4096  # how far a separator and the first header line after it may reach

_SEPARATOR = re.compile(
    rb"From (?:\S{1,320}|-)[ \t]+(?:\S+[ \t]+)?"  # Takeout: id@xxx; others: an address
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?[ \t]+\w{3}[ \t]+\d{1,2}[ \t]+\d{1,2}:\d\d(?::\d\d)?"
    rb"[^\r\n]{0,40}\d{4}[^\r\n]{0,20}\r?\n"
    rb"(?=>?[!-9;-~]{1,80}:)"
)
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?<?([^<>\s]+)>?", re.I | re.M)
_QUOTED_FROM = re.compile(r"^>(>*From )", re.M)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of an mbox: its bytes after the separator line, cut at MAX_MAIL."""

    number: int  # 1-based place in the mbox
    content: bytes
    cut: bool = False

    @property
    def message_id(self) -> str:
        """The RFC Message-ID without brackets, empty when there is none."""
        header = self.content[: _header_end(self.content)]
        found = _MESSAGE_ID.search(header)
        return found.group(1).decode("utf-8", "replace") if found else ""


def split_mbox(stream: IO[bytes]) -> Iterator[Mail]:
    """Mails of an mbox in order; bytes before the first separator are a mail of their own."""
    buffer = bytearray()
    number, begun, scanned, cut, ended = 0, 0, 0, False, False
    while not ended or buffer:
        block = stream.read(_READ)
        ended = not block
        buffer += block
        at = _next_separator(buffer, scanned, number == 0 and begun == 0, ended)
        while at is not None:
            start, after = at
            if start > 0 and bytes(buffer[begun:start]).strip():
                number += 1
                yield Mail(number, bytes(buffer[begun:start]), cut)
            cut = False
            begun = scanned = after
            at = _next_separator(buffer, scanned, False, ended)
        del buffer[:begun]
        begun = 0
        if len(buffer) > MAX_MAIL:
            del buffer[MAX_MAIL - _LOOK : len(buffer) - _LOOK]
            cut = True
        scanned = max(0, len(buffer) - _LOOK)
        if ended:
            if bytes(buffer[:4096]).strip():
                yield Mail(number + 1, bytes(buffer), cut)
            return


def _next_separator(
    buffer: bytearray, scanned: int, at_start: bool, ended: bool
) -> tuple[int, int] | None:
    """(start of separator line, start of the mail after it), or None so far."""
    if at_start and scanned == 0:
        found = _SEPARATOR.match(buffer)
        if found:
            return 0, found.end()
    place = buffer.find(b"\nFrom ", scanned)
    while place >= 0:
        if not ended and place + _LOOK > len(buffer):
            return None  # the line may still be incomplete; looked at with the next block
        if buffer[place - 1 : place] == b"\n" or buffer[max(0, place - 2) : place] == b"\n\r":
            found = _SEPARATOR.match(buffer, place + 1)
            if found:
                return place + 1, found.end()
        place = buffer.find(b"\nFrom ", place + 1)
    return None


def _header_end(content: bytes) -> int:
    ends = [at for at in (content.find(b"\n\n"), content.find(b"\n\r\n")) if at >= 0]
    return min(ends, default=len(content))


def mail_text(content: bytes) -> str | None:
    """The readable text of one mail: its text/plain parts, else its HTML as text.

    None when the mail cannot be taken apart by either parser.
    """
    try:
        mail = fast_mail_parser.parse_email(content, mode="lazy")
        plain, html = list(mail.text_plain), list(mail.text_html)
    except fast_mail_parser.ParseError:
        taken = _by_standard_library(content)
        if taken is None:
            return None
        plain, html = taken
    if any(part.strip() for part in plain):
        text = "\n".join(plain)
    else:
        text = "\n".join(html_text(part) for part in html)
    text = text.replace("\r\n", "\n").replace("\x00", "")
    return _QUOTED_FROM.sub(r"\1", text).strip("\n")


def html_text(html: str) -> str:
    """What a reader of the HTML sees, blocks on lines of their own; scripts and styles out."""
    tree = LexborHTMLParser(html)
    for node in tree.css("script, style, head"):
        node.decompose()
    body = tree.body
    text = body.text(separator="\n", strip=False) if body else ""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _by_standard_library(content: bytes) -> tuple[list[str], list[str]] | None:
    try:
        message = email.message_from_bytes(content, policy=email.policy.compat32)
        plain: list[str] = []
        html: list[str] = []
        for part in message.walk():
            if part.get_content_maintype() != "text" or part.get_filename():
                continue
            raw = part.get_payload(decode=True)
            text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
            (html if part.get_content_subtype() == "html" else plain).append(text)
        return plain, html
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
