"""The straightforward script: csv and json, joins in dicts, Presidio over every body.

    python -m benchmarks.presidio_script DISTRICT [--limit N]

Presidio runs on a blank spaCy pipeline with its phone, e-mail and URL recognisers only, which is
the quickest it can be set up. With `--limit` all messages are read and joined, N of them evenly
spread are analysed, and the time of the analysis is extrapolated to all: the output says so.
Needs `pip install presidio-analyzer`, best in a virtual environment of its own.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.district import parts, report, sources

Analyse = Callable[[str], int]
ENTITIES = ["PHONE_NUMBER", "EMAIL_ADDRESS", "URL"]
MISSING = "Presidio is not installed here: python -m pip install presidio-analyzer"


def make_analyser() -> Analyse:
    """Presidio's analyzer as a function that counts what it finds in a text.

    Raises:
        ImportError: Presidio, or spaCy, is not installed.
    """
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import (
        EmailRecognizer,
        PhoneRecognizer,
        UrlRecognizer,
    )

    # The e-mail recogniser would fetch the list of domain suffixes; the bundled one will do.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    engine = SpacyNlpEngine()
    engine.nlp = {"en": spacy.blank("en")}
    recognisers = [
        PhoneRecognizer(supported_regions=["US"]),
        EmailRecognizer(),
        UrlRecognizer(),
    ]
    registry = RecognizerRegistry(recognizers=recognisers)
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])

    def count(text: str) -> int:
        return len(analyzer.analyze(text, language="en", entities=ENTITIES))

    return count


def people_by_handle(district: Path) -> dict[str, set[str]]:
    """E-mail, phone or LMS id -> roster ids."""
    found: dict[str, set[str]] = {}
    with (district / "roster" / "users.csv").open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            for column in ("email", "sms"):
                if row[column]:
                    found.setdefault(row[column], set()).add(row["sourcedId"])
    with (district / "handles.csv").open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["value"], set()).add(row["person_id"])
    return found


def messages(
    district: Path, people: dict[str, set[str]]
) -> Iterator[tuple[set[str], set[str], str]]:
    """Sender, recipients and body of every SMS and LMS message of a district."""
    found = sources(district)
    if "twilio" in found:
        yield from _texts(found["twilio"], people)
    if "canvas" in found:
        yield from _conversations(found["canvas"], people)


def _texts(folder: Path, people: dict[str, set[str]]) -> Iterator[tuple[set[str], set[str], str]]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                ends = people.get(row["From"], set()), people.get(row["To"], set())
                yield *ends, row["Body"]


def _conversations(
    folder: Path, people: dict[str, set[str]]
) -> Iterator[tuple[set[str], set[str], str]]:
    known = {
        str(value["user_id"]): value.get("sis_user_id") for value in _rows(folder, "pseudonyms")
    }
    members: dict[int, list[int]] = {}
    for value in _rows(folder, "conversation_message_participants"):
        members.setdefault(value["conversation_message_id"], []).append(value["user_id"])

    def who(user: int) -> set[str]:
        sis = known.get(str(user))
        return {sis} if sis else people.get(str(user), set())

    for value in _rows(folder, "conversation_messages"):
        author = value["author_id"]
        others = (who(user) for user in members.get(value["id"], ()) if user != author)
        yield who(author), set[str]().union(*others), value["body"]


def _rows(folder: Path, table: str) -> Iterator[dict[str, Any]]:
    for path in parts(folder, table):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield {"id": row["key"]["id"], **row["value"]}


def run(district: Path, limit: int, analyse: Analyse) -> None:
    """Read, join and analyse; print the figures."""
    begin, cpu_begin = time.perf_counter(), time.process_time()
    people = people_by_handle(district)
    total = sum(1 for _ in messages(district, people)) if limit else 0
    # Only a limited run reads twice: once to count, so that the analysed are evenly spread.
    counting, cpu_counting = time.perf_counter() - begin, time.process_time() - cpu_begin
    every = max(1, total // limit) if limit else 1
    analysed = matches = read = resolved = 0
    analysing = cpu_analysing = 0.0
    for read, (sender, recipients, body) in enumerate(messages(district, people), start=1):
        resolved += bool(sender) and bool(recipients)
        if (read - 1) % every or (limit and analysed >= limit):
            continue
        start, cpu_start = time.perf_counter(), time.process_time()
        matches += analyse(body) > 0
        analysing += time.perf_counter() - start
        cpu_analysing += time.process_time() - cpu_start
        analysed += 1
    seconds = time.perf_counter() - begin
    if analysed in (0, read):
        report(read, matches, seconds - (counting if limit else 0.0))
        return
    more = read / analysed - 1
    added, cpu_added = analysing * more - counting, cpu_analysing * more - cpu_counting
    figures = {"added_seconds": added, "added_cpu_seconds": cpu_added}
    report(read, matches, seconds + added, **figures, extrapolated_from=analysed)
    note = f"extrapolated: {analysed} of {read} messages analysed, matches are of those"
    print(note, file=sys.stderr)


def main(arguments: list[str] | None = None) -> int:
    """Command line: prints messages, matches, seconds; 2 when Presidio is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.presidio_script")
    parser.add_argument("district", type=Path, help="a folder written by benchmarks.generate")
    parser.add_argument("--limit", type=int, default=0, help="analyse only so many, extrapolate")
    given = parser.parse_args(arguments)
    try:
        analyse = make_analyser()
    except ImportError as error:
        print(f"{MISSING} ({error.name})", file=sys.stderr)
        return 2
    run(given.district, given.limit, analyse)
    return 0


if __name__ == "__main__":
    sys.exit(main())
