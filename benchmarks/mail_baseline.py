"""The straightforward mail reader: `mailbox` and `email.policy.default` over every mbox.

    python -m benchmarks.mail_baseline DISTRICT [--limit N]

From, to, cc, subject, date and text of each mail; each mbox is unpacked to a temporary file, as
`mailbox` needs one. With `--limit` the first N mails of evenly spread mboxes are read and the time
is extrapolated to all copies of the metadata CSVs: the output says so.
"""

from __future__ import annotations

import argparse
import csv
import email
import email.policy
import mailbox
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import IO

from benchmarks.district import report, sources

HEADERS = ("from", "to", "cc", "subject", "date")
Fields = tuple[tuple[str, ...], str]


def fields_of(mail: EmailMessage) -> Fields:
    """The headers, and the plain text or else the HTML."""
    body = mail.get_body(("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    return tuple(str(mail[name] or "") for name in HEADERS), text


def read_mails(vault: Path, every: int = 1) -> Iterator[Fields]:
    """Mails of every n-th mbox of the zips of an export."""
    number = 0
    for path in sorted(vault.glob("*.zip")):
        with zipfile.ZipFile(path) as packed:
            for member in packed.infolist():
                number += 1
                if (number - 1) % every == 0:
                    with packed.open(member) as stream:
                        yield from _mails(stream)


def _mails(stream: IO[bytes]) -> Iterator[Fields]:
    with tempfile.NamedTemporaryFile(suffix=".mbox") as unpacked:
        shutil.copyfileobj(stream, unpacked)
        unpacked.flush()
        box = mailbox.mbox(unpacked.name, create=False)
        for key in box.iterkeys():
            yield fields_of(_parsed(box.get_bytes(key)))
        box.close()


def _parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def count_copies(vault: Path) -> int:
    """Rows of the metadata CSVs: mailbox copies of mails."""
    total = 0
    for path in sorted(vault.glob("*-metadata.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            total += sum(1 for _ in csv.reader(stream)) - 1
    return total


def main(arguments: list[str] | None = None) -> int:
    """Command line: prints messages (copies), matches (mails with text), seconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mail_baseline")
    parser.add_argument("district", type=Path, help="a folder written by benchmarks.generate")
    parser.add_argument("--limit", type=int, default=0, help="read only so many, extrapolate")
    given = parser.parse_args(arguments)
    began, cpu_began = time.perf_counter(), time.process_time()
    vault = sources(given.district)["vault"]
    total = count_copies(vault) if given.limit else 0
    every = max(1, total // given.limit) if given.limit else 1
    begin, cpu_begin = time.perf_counter(), time.process_time()
    done = with_text = 0
    for _, text in read_mails(vault, every):
        done += 1
        with_text += bool(text)
        if done == given.limit:
            break
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu_begin
    if not given.limit or done == total:
        report(done, with_text, seconds)
        return 0
    counting, cpu_counting = begin - began, cpu_begin - cpu_began  # only a limited run counts
    more = {
        "added_seconds": seconds * (total / done - 1) - counting,
        "added_cpu_seconds": cpu * (total / done - 1) - cpu_counting,
        "extrapolated_from": done,
    }
    report(total, with_text, seconds * total / done, **more)
    print(f"extrapolated: {done} of {total} mails read, matches are of those", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
