"""Splitting an mbox stream into mails, strictly, and reading the text of one mail.

A line starting `From ` begins a mail only when it follows a blank line (or starts the file),
looks like a separator written by a mail system, and is followed by a header line; anything
else is somebody's sentence. Memory is bounded by the largest mail, capped at MAX_MAIL bytes.

The quick parser is trusted where it can be; whatever it may have lost (text in a broken
structure, an unusual charset or transfer encoding) is read again with the standard library.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from itertools import accumulate

import fast_mail_parser
from selectolax.lexbor import LexborHTMLParser

from pipelines.sources.archive import Refused

MAX_MAIL = 160 << 20
"""Gmail takes mails up to 50 MB, about 70 MB encoded; a longer run has lost a separator."""
_LOOK = 4096  # how far a separator and the first header line after it may reach
_SLOW = 4 << 20  # bytes of one mail given to the standard library
_DEEPEST = 10_000  # tags open at once; a browser's rules make deeper nesting quadratic

_SEPARATOR = re.compile(
    rb"From (?:"
    rb"(?:\S{1,320}|-)[ \t]{1,20}(?:\S{1,320}[ \t]{1,20})?"  # Takeout: id@xxx; others: an address
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?[ \t]{1,20}\w{3}[ \t]{1,20}\d{1,2}[ \t]{1,20}"
    rb"\d{1,2}:\d\d(?::\d\d)?[^\r\n]{0,40}\d{4}[^\r\n]{0,20}"
    rb"|(?:\d{9,25}@xxx|-)[ \t]{0,20}"  # the date left out
    rb")\r?\n"
    rb"(?=>?[!-9;-~]{1,80}:)"
)
_MESSAGE_ID = re.compile(
    rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?(?:<([^<>\r\n]+)>|([^<>\s]+))", re.I | re.M
)
_CHARSET = re.compile(rb"charset\s*=\s*\"?([\w.-]+)")
_UTF8_NAMES = frozenset({b"utf-8", b"utf8"})
_BLANK_LINE = re.compile(rb"\n\r?\n")
_QUOTED_FROM = re.compile(r"^>(>*From )", re.M)
_ODD_ENCODING = re.compile(
    rb"\ncontent-transfer-encoding:(?![ \t]*(?:7bit|8bit|binary|base64|quoted-printable)\r?\n)"
)
_TAG = re.compile(r"<(/?)[a-zA-Z]")
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|br|center|dd|div|dl|dt|fieldset|footer|form|h[1-6]|"
    r"header|hr|li|main|nav|ol|option|p|pre|section|table|td|th|tr|ul)\b[^<>]*>",
    re.I,
)
_LINE = "\u2028"
_WIDER = {  # charsets as mail uses them: a name Python lacks, or one meant wider than its standard
    "us-ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "windows-874": "cp874",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
}


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
        near = max(0, header.lower().find(b"\nmessage-id:"))
        found = _MESSAGE_ID.search(header, near)
        return (found[1] or found[2]).decode("utf-8", "replace").strip() if found else ""


def split_mbox(blocks: Iterable[bytes]) -> Iterator[Mail]:
    """Mails of an mbox in order; bytes before the first separator are a mail of their own.

    Raises:
        Refused: `blocks` raised it for damage; the mails before the damage came first, the cut
            one too.
    """
    coming = iter(blocks)
    buffer, lead = bytearray(b"\n\n"), 2  # so that a file starts as if after a blank line
    number, scanned, cut, ended = 0, 0, False, False
    damage: Refused | None = None
    while not ended:
        try:
            block = next(coming, b"")
        except Refused as error:
            block, damage = b"", error
        ended = not block
        buffer += block
        begun = lead
        while (at := _next_separator(buffer, scanned, ended)) is not None:
            content = bytes(memoryview(buffer)[begun : at[0]])
            if content.strip():
                number += 1
                yield Mail(number, content, cut)
            cut = False
            begun = scanned = at[1]
        if begun > lead:
            del buffer[:begun]
            lead = 0
        if len(buffer) > MAX_MAIL:
            del buffer[MAX_MAIL - _LOOK : len(buffer) - _LOOK]
            cut = True
        scanned = max(0, len(buffer) - _LOOK)
    if buffer.strip():
        yield Mail(number + 1, bytes(buffer[lead:]), cut)
    if damage:
        raise damage


def _next_separator(buffer: bytearray, scanned: int, ended: bool) -> tuple[int, int] | None:
    """(start of separator line, start of the mail after it), or None so far."""
    place = buffer.find(b"\nFrom ", scanned)
    while place >= 0:
        if not ended and place + _LOOK > len(buffer):
            return None  # the line may still be incomplete; looked at with the next block
        if (
            buffer[max(0, place - 1) : place] == b"\n"
            or buffer[max(0, place - 2) : place] == b"\n\r"
        ):
            found = _SEPARATOR.match(buffer, place + 1)
            if found:
                return place + 1, found.end()
        place = buffer.find(b"\nFrom ", place + 1)
    return None


def _header_end(content: bytes) -> int:
    found = _BLANK_LINE.search(content)
    return found.start() if found else len(content)


def mail_text(content: bytes) -> str | None:
    """The readable text of one mail: its text/plain parts, else its HTML as text.

    Attachments, and mails attached to a mail that has a text of its own, are left out. None when
    neither parser can take the mail apart.
    """
    text = _quick_text(content)
    if text is None or not text.strip():
        slow = _slow_text(content[:_SLOW])
        text = text if slow is None else slow
    if text is None:
        return None
    text = text.replace("\r\n", "\n").replace("\x00", "")
    return _QUOTED_FROM.sub(r"\1", text).strip("\n")


def _quick_text(content: bytes) -> str | None:
    """Text by the quick parser, None where it may have lost or garbled something."""
    lowered = content.lower()
    if _ODD_ENCODING.search(b"\n" + lowered):
        return None
    try:
        mail = fast_mail_parser.parse_email(content, mode="lazy")
        text = _readable(mail.text_plain, mail.text_html)
    except fast_mail_parser.ParseError:
        return None
    return text if text.isascii() or _is_utf8(content, lowered, text) else None


def _is_utf8(content: bytes, lowered: bytes, text: str) -> bool:
    """Whether every text part declares UTF-8 and holds it, so that nothing was guessed."""
    declared = _CHARSET.findall(lowered)
    if "\ufffd" in text or not declared or not _UTF8_NAMES.issuperset(declared):
        return False
    if lowered.count(b"content-type: text/") > len(declared):
        return False
    return content.isascii() or _decodes(content)


def _decodes(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _readable(plain: list[str], html: list[str]) -> str:
    if any(part.strip() for part in plain):
        return "\n".join(plain)
    return "\n".join(html_text(part) for part in html)


def html_text(html: str) -> str:
    """What a reader of the HTML sees, blocks on lines of their own; scripts and styles out."""
    if max(accumulate(-1 if tag else 1 for tag in _TAG.findall(html)), default=0) > _DEEPEST:
        seen = re.sub(r"<[^<>]*>", _LINE, html)
    else:
        body = LexborHTMLParser(_BLOCK.sub(rf"{_LINE}\g<0>{_LINE}", html)).body
        for node in body.css("script, style") if body else ():
            node.decompose()
        seen = body.text(separator="", strip=False) if body else ""
    lines = (" ".join(line.split()) for line in seen.split(_LINE))
    return "\n".join(line for line in lines if line)


def _slow_text(content: bytes) -> str | None:
    """Text by the standard library, which forgives more and knows more charsets."""
    plain: list[str] = []
    html: list[str] = []
    try:
        for part in email.message_from_bytes(content, policy=email.policy.compat32).walk():
            if part.is_multipart() or part.get_content_disposition() == "attachment":
                continue
            kind = part.get_content_type()
            if kind == "text/html":
                html.append(_decoded(part))
            elif kind.startswith(("text/", "multipart/", "message/")):
                plain.append(_decoded(part))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return _readable(plain, html)


def _decoded(part: Message) -> str:
    """Text of one part by its declared encodings, where they hold, else by the likeliest."""
    encoding = re.match(r"[\w-]*", str(part.get("Content-Transfer-Encoding", "")).strip())
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = encoding[0] if encoding else ""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    declared = part.get_content_charset("utf-8")
    for charset in (_WIDER.get(declared, declared), "utf-8"):
        try:
            return raw.decode(charset)
        except (UnicodeError, LookupError):
            continue
    return raw.decode("cp1252", "replace")
