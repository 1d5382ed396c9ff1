"""Who wrote to whom, as columns: the facts of `FACTS` for every message of a batch.

Rule of this file: people are looked up once per distinct handle (and day, where it matters);
nothing here loops over messages.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.message import RESOLVED, Channel
from pipelines.roster.directory import (
    BY_NAME,
    OTHER,
    SCHOOL,
    SHARED,
    STAFF,
    STUDENT,
    UNKNOWN,
    Directory,
)
from pipelines.spill import Hashes, combine, hash_column
from rules.signals.hours import ContactHours, local_column
from rules.signals.notices import is_network_mailer
from rules.signals.posting import may_publish

Ints = npt.NDArray[np.int64]

_EPOCH = date(1970, 1, 1)
_MEMO_LIMIT = 500_000
_DATED = -1  # in the memo: ask again with the day
NETWORK, POSTING = 1 << 16, 1 << 17  # bits beside those of `Directory.role_bits`
_DAYS = 1 << 20  # more days since 1970 than a message can have
_NO_REPLY = (
    r"^email:(?:no-?reply|do-?not-?reply|notifications?|mailer-daemon|postmaster|bounces?)\b"
)
_REPLY_PREFIX = r"(?i)^(?:\s*(?:re|fwd?|rv|aw)\s*(?:\[\d+\])?\s*:)+\s*"


@dataclass
class Resolver:
    """Looks up the distinct handles of batches; keeps what it found."""

    directory: Directory
    hours: ContactHours
    time_zone: str
    seen: Counter[str] = field(default_factory=Counter)
    _memo: dict[tuple[str, str], int] = field(default_factory=dict)

    def resolve(self, batch: pa.RecordBatch, *, count: bool = True) -> pa.RecordBatch:
        """A `MESSAGE` batch with the columns of `FACTS` added: a `RESOLVED` batch."""
        rows = batch.num_rows
        lists = batch["recipients"]
        flat = pc.list_flatten(lists)
        owner = pc.list_parent_indices(lists).to_numpy().astype(np.int64)
        recipients = pc.struct_field(flat, "handle")
        local = local_column(batch["sent_at"], self.time_zone)
        days = local.cast(pa.date32()).cast(pa.int32()).to_numpy(zero_copy_only=False)
        handles = pa.concat_arrays([batch["sender"], recipients])
        names = pa.concat_arrays([batch["sender_name"], pc.struct_field(flat, "name")])
        bits = self._bits(handles, names, np.concatenate([days, days[owner]]))
        sender, others = bits[:rows], bits[rows:]
        if count:
            self._count(bits)
        students = np.bincount(owner[_has(others, STUDENT)], minlength=rows)
        to_staff = np.bincount(owner[_has(others, STAFF)], minlength=rows) > 0
        private = _has(others, STUDENT) & _has(others, OTHER)
        outside = _has(sender, OTHER) | (np.bincount(owner[private], minlength=rows) > 0)
        from_staff, from_student = _has(sender, STAFF), _has(sender, STUDENT)
        from_network = _has(sender, NETWORK)
        to_public = np.bincount(owner[_has(others, POSTING)], minlength=rows) > 0
        web = pc.equal(batch["channel"], Channel.WEB.value).to_numpy(zero_copy_only=False)
        strange = _has(others, UNKNOWN) & _has(others, OTHER)
        stranger = from_staff & (np.bincount(owner[strange], minlength=rows) > 0)
        stranger |= _has(sender, UNKNOWN) & _has(sender, OTHER) & (students > 0)
        contact = (from_staff | to_staff) & (from_student | (students > 0))
        stranger &= ~contact & ~from_network
        contact |= (from_network & (students > 0)) | (from_staff & (to_public | web))
        facts = {
            "key": _keys(batch, owner, recipients, rows),
            "sent_at_local": local,
            "off_hours": self.hours.off_hours_column(local),
            "from_staff": pa.array(from_staff),
            "from_student": pa.array(from_student),
            "to_staff": pa.array(to_staff),
            "students": pa.array(students.astype(np.int32)),
            "outside_end": pa.array(outside),
            "from_network": pa.array(from_network),
            "to_public": pa.array(to_public),
            "contact": pa.array(contact),
            "stranger": pa.array(stranger),
        }
        columns = {**dict(zip(batch.schema.names, batch.columns, strict=True)), **facts}
        robot = pc.match_substring_regex(batch["sender"], _NO_REPLY)
        columns["automatic"] = pc.or_(batch["automatic"], robot)
        return pa.RecordBatch.from_arrays([columns[f.name] for f in RESOLVED], schema=RESOLVED)

    def needs_text(self, batch: pa.RecordBatch) -> pa.BooleanArray:
        """Messages between staff and students: the only mails whose text is decoded."""
        return self.resolve(batch, count=False)["contact"]

    def _bits(self, handles: pa.Array, names: pa.Array, days: npt.NDArray[np.int32]) -> Ints:
        """Role bits per (handle, name, day), looked up once per distinct combination."""
        who = handles.fill_null("").dictionary_encode()
        code = who.indices.to_numpy().astype(np.int64)
        texts = who.dictionary.to_pylist()
        spelled = [""]
        if names.null_count < len(names):
            name = names.fill_null("").dictionary_encode()
            spelled = name.dictionary.to_pylist()
            code = code * len(spelled) + name.indices.to_numpy()
            distinct, code = np.unique(code, return_inverse=True)
            pairs = [
                (texts[n // len(spelled)], spelled[n % len(spelled)]) for n in distinct.tolist()
            ]
        else:
            pairs = [(text, "") for text in texts]
        known = self._memo.get
        found = [known(pair) for pair in pairs]
        for place, seen in enumerate(found):
            if seen is None:
                found[place] = self._look_up(pairs[place])
        bits: Ints = np.array(found, dtype=np.int64)[code] if pairs else np.zeros(0, dtype=np.int64)
        rows = np.flatnonzero(bits == _DATED)
        if len(rows):
            bits[rows] = self._on_days(pairs, code[rows], days[rows])
        return bits

    def _look_up(self, pair: tuple[str, str]) -> int:
        """Bits of a (handle, name) pair for the memo, or `_DATED`."""
        if len(self._memo) > _MEMO_LIMIT:
            self._memo.clear()
        handle, name = pair
        dated = self.directory.is_dated(handle)
        bits = _DATED if dated else self._undated(handle, name)
        self._memo[pair] = bits
        return bits

    def _undated(self, handle: str, name: str) -> int:
        bits = self.directory.role_bits(handle, name or None, _EPOCH)
        kind, _, value = handle.partition(":")
        if kind == "email" and bits & UNKNOWN and not bits & SCHOOL:  # perhaps a website's
            bits |= NETWORK * is_network_mailer(value) | POSTING * may_publish(value)
        return bits

    def _on_days(
        self, pairs: list[tuple[str, str]], code: Ints, days: npt.NDArray[np.int32]
    ) -> Ints:
        """Bits of handles whose owner depends on the day, once per distinct pair and day."""
        marks = code * _DAYS + days + _DAYS // 2  # some dates are before 1970
        distinct, back = np.unique(marks, return_inverse=True)
        bits = []
        for mark in distinct.tolist():
            handle, name = pairs[mark // _DAYS]
            day = _EPOCH + timedelta(days=mark % _DAYS - _DAYS // 2)
            bits.append(self.directory.role_bits(handle, name or None, day))
        return np.array(bits, dtype=np.int64)[back]

    def _count(self, bits: Ints) -> None:
        """Count participants by how they were resolved, for the manifest."""
        unknown = _has(bits, UNKNOWN)
        self.seen["participants"] += len(bits)
        self.seen["unknown school account"] += int((unknown & _has(bits, SCHOOL)).sum())
        self.seen["unknown outside account"] += int((unknown & ~_has(bits, SCHOOL)).sum())
        self.seen["shared by several people"] += int(_has(bits, SHARED).sum())
        self.seen["matched by name only"] += int(_has(bits, BY_NAME).sum())


def _has(bits: Ints, bit: int) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (bits & bit) != 0
    return found


def _sum_of_hashes(owner: Ints, values: pa.Array, rows: int) -> Hashes:
    """Order-free hash of each row's values: the wrapping sum of their hashes."""
    hashes = hash_column(values)
    total = np.zeros(rows, dtype=np.uint64)
    np.add.at(total, owner, hashes)
    return total


def _keys(batch: pa.RecordBatch, owner: Ints, recipients: pa.Array, rows: int) -> pa.Array:
    """16-byte digest a message: channel, platform (except mail) and native id.

    Mail is the same mail whoever archived it. A message without an id is known by its
    channel, sender, recipients, minute and text.
    """
    native = batch["native_id"].fill_null("")
    place = pc.if_else(pc.equal(batch["channel"], "email"), "", batch["platform"])
    halves = []
    for second in (False, True):
        parts = [hash_column(column, second=second) for column in (batch["channel"], place, native)]
        halves.append(combine(*parts))
    blank = pc.equal(native, "").to_numpy(zero_copy_only=False)
    if blank.any():
        minute = pc.divide(batch["sent_at"].cast(pa.int64()), 60_000_000)
        body = hash_column(batch["body"])
        instead = combine(
            hash_column(batch["channel"]),
            hash_column(batch["sender"]),
            _sum_of_hashes(owner, recipients, rows),
            hash_column(minute),
            body,
        )
        halves = [np.where(blank, instead + np.uint64(n), half) for n, half in enumerate(halves)]
    packed = np.stack(halves, axis=1).astype("<u8").tobytes()
    return pa.Array.from_buffers(pa.binary(16), rows, [None, pa.py_buffer(packed)])


def thread_keys(batch: pa.RecordBatch) -> Hashes:
    """Thread of each message of a `MESSAGE` batch, shape (n,) uint64.

    The export's own conversation; where it has none, sender, To, Cc and the bare subject: what
    every copy of a mail shows.
    """
    native = batch["thread"]
    known = native.is_valid().to_numpy(zero_copy_only=False)
    channel = hash_column(batch["channel"])
    if known.all():
        return combine(channel, hash_column(batch["platform"]), hash_column(native))
    lists = batch["recipients"]
    flat = pc.list_flatten(lists)
    seen_by_all = pc.is_in(pc.struct_field(flat, "field"), pa.array(["to", "cc"]))
    owner = pc.list_parent_indices(lists).filter(seen_by_all).to_numpy().astype(np.int64)
    recipients = pc.struct_field(flat, "handle").filter(seen_by_all)
    everyone = _sum_of_hashes(owner, recipients, batch.num_rows) + hash_column(batch["sender"])
    bare = pc.replace_substring_regex(batch["subject"].fill_null(""), _REPLY_PREFIX, "")
    subject = hash_column(pc.utf8_lower(pc.utf8_trim_whitespace(bare)))
    derived = combine(channel, everyone, subject)
    own = combine(channel, hash_column(batch["platform"]), hash_column(native))
    return np.where(known, own, derived)
