"""Bringing the text of mails to the messages that need it, with memory that stays flat.

Messages that need text wait in a temporary file; the mboxes are walked once; the texts found
are joined to the waiting messages partition by partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ahead import ahead
from pipelines.counters import Ledger
from pipelines.message import MESSAGE
from pipelines.sources.archive import ExportFile, Refused, open_stream, plain_files, zip_members
from pipelines.sources.interface import BATCH_ROWS, Export
from pipelines.sources.mbox import Mail, mail_text, split_mbox
from pipelines.spill import Hashes, PartitionedSpill, batches, hash_column

TEXTS = pa.schema([("native_id", pa.string()), ("body", pa.string())])
_TOGETHER = 512  # mails looked up in one go
_TOGETHER_BYTES = 16 << 20
_BLOCK = 4 << 20
_BLOCKS_AHEAD = 4


Found = tuple[ExportFile, Mail | Refused]
"""A mail and the mbox it was in, or what stopped the reading of that mbox."""


class MailTexts:
    """The mboxes of one export, asked for the text of some of its messages."""

    def __init__(self, export: Export, ledger: Ledger) -> None:
        self._export, self._ledger = export, ledger
        self._mboxes = list(self._find_mboxes())
        size = sum(file.size for file in self._mboxes)
        self._count = max(1, -(-size // (256 << 20)))
        self._waiting = PartitionedSpill(export.work, f"{export.name}-wait", MESSAGE, self._count)
        self._found = PartitionedSpill(export.work, f"{export.name}-text", TEXTS, self._count)
        self._known: list[Hashes] = []
        self._wanted: list[Hashes] = []

    def _find_mboxes(self) -> Iterator[ExportFile]:
        for file in plain_files(self._export.path, self._export.base):
            if file.name.endswith(".mbox"):
                yield file
            elif file.name.endswith(".zip"):
                members, refused = zip_members(file)
                yield from (member for member in members if member.name.endswith(".mbox"))
                for error in refused:
                    self._refuse(error)

    def know(self, native_ids: pa.Array) -> None:
        """Mails of the metadata, excluded ones too: the mbox may hold them."""
        self._known.append(np.unique(hash_column(native_ids)))

    def hold_back(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """Yield the messages that need no text at once; keep the others for `with_text`."""
        hashes = hash_column(batch["native_id"])
        needed = self._export.needs_text(batch).to_numpy(zero_copy_only=False)
        self._wanted.append(hashes[needed])
        if needed.any():
            mask = pa.array(needed)
            self._waiting.write(batch.filter(mask), hashes[needed])
        rest = batch.filter(pa.array(~needed))
        if rest.num_rows:
            yield rest

    def with_text(self) -> Iterator[pa.RecordBatch]:
        """The messages held back, with `body` where the mboxes had it."""
        self._walk()
        self._waiting.close()
        self._found.close()
        for number, table in enumerate(self._waiting.partitions()):
            texts = self._found.partition(number)
            ids = texts["native_id"].combine_chunks()
            bodies = texts["body"].combine_chunks()
            for rows in batches(table, BATCH_ROWS):
                body = bodies.take(pc.index_in(rows["native_id"], ids))
                self._ledger.notes["text not found"] += body.null_count
                place = rows.schema.get_field_index("body")
                yield rows.set_column(place, "body", body)
            self._found.drop(number)

    def _walk(self) -> None:
        known = np.unique(np.concatenate(self._known)) if self._known else np.array([], np.uint64)
        wanted = np.unique(np.concatenate(self._wanted)) if self._wanted else known
        done: set[int] = set()
        for found in ahead(_together(self._mails())):
            self._take(found, known, wanted, done)

    def _mails(self) -> Iterator[Found]:
        """Every mail of every mbox, and in its place what could not be read."""
        for file, blocks in groupby(ahead(self._blocks(), _BLOCKS_AHEAD), key=itemgetter(0)):
            try:
                for mail in split_mbox(_content(blocks)):
                    yield file, mail
            except Refused as error:
                yield file, error

    def _blocks(self) -> Iterator[tuple[ExportFile, bytes | Refused]]:
        """Every mbox's content in order, and at its end the damage if there is any."""
        for file in self._mboxes:
            try:
                with open_stream(file) as stream:
                    while block := stream.read(_BLOCK):
                        yield file, block
            except Refused as error:
                yield file, error

    def _take(self, found: list[Found], known: Hashes, wanted: Hashes, done: set[int]) -> None:
        for _, error in found:
            if isinstance(error, Refused):
                self._refuse(error)
        mails = [(file, mail) for file, mail in found if isinstance(mail, Mail)]
        ids = pa.array([mail.message_id for _, mail in mails], pa.string())
        hashes = hash_column(ids)
        self._ledger.notes["mails in mbox"] += len(mails)
        unknown = ~_among(hashes, known) & pc.not_equal(ids, "").to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(unknown):
            file, mail = mails[place]
            self._ledger.records_read += 1
            self._ledger.set_aside(file.shown, mail.number, "mail-without-metadata")
        texts: list[tuple[str, str]] = []
        for place in np.flatnonzero(_among(hashes, wanted)):
            number = int(hashes[place])
            if number in done:
                continue
            text = mail_text(mails[place][1].content)
            if text is None:
                self._ledger.notes["text unreadable"] += 1
                continue
            done.add(number)
            texts.append((ids[place].as_py(), text))
        if texts:
            batch = pa.RecordBatch.from_arrays(
                [pa.array(column, pa.string()) for column in zip(*texts, strict=True)],
                schema=TEXTS,
            )
            self._found.write(batch, hash_column(batch["native_id"]))

    def _refuse(self, error: Refused) -> None:
        self._ledger.records_read += 1
        self._ledger.set_aside(error.shown, 0, error.reason, error.detail)


def _content(blocks: Iterable[tuple[ExportFile, bytes | Refused]]) -> Iterator[bytes]:
    for _, block in blocks:
        if isinstance(block, Refused):
            raise block
        yield block


def _among(hashes: Hashes, sorted_set: Hashes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if not len(sorted_set):
        return np.zeros(len(hashes), dtype=bool)
    place = np.minimum(np.searchsorted(sorted_set, hashes), len(sorted_set) - 1)
    return np.equal(sorted_set[place], hashes)


def _together(found: Iterator[Found]) -> Iterator[list[Found]]:
    """Mails, and the damage that stands in place of some, in groups small enough to hold."""
    group: list[Found] = []
    size = 0
    for file, mail in found:
        group.append((file, mail))
        size += len(mail.content) if isinstance(mail, Mail) else 0
        if len(group) >= _TOGETHER or size >= _TOGETHER_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
