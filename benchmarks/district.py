"""What the tools share: where exports are, the line a tool prints, what wrote a district."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

CANVAS_TABLES = (
    "conversations",
    "conversation_messages",
    "conversation_message_participants",
    "conversation_participants",
)
GENERATOR = (
    "generate.py",
    "people.py",
    "traffic.py",
    "texts.py",
    "tables.py",
    "exports.py",
    "mails.py",
    "phrases.txt",
)


def sources(district: Path) -> dict[str, Path]:
    """Format -> folder of each [[source]] of a district folder's district.toml."""
    with (district / "district.toml").open("rb") as stream:
        config = tomllib.load(stream)
    return {source["format"]: district / source["path"] for source in config["source"]}


def parts(canvas: Path, table: str) -> list[Path]:
    """Gzip parts of one Canvas table, in order."""
    return sorted((canvas / table).glob("*.jsonl.gz"))


def report(messages: int, matches: int, seconds: float, **more: float) -> None:
    """Print one JSON object; `seconds` is the whole work, extrapolated when `more` says so.

    An extrapolated report has `extrapolated_from` (records), and `added_seconds` and
    `added_cpu_seconds`: what the whole work takes more than the process that reports did.
    """
    figures = {"messages": messages, "matches": matches, "seconds": round(seconds, 3)}
    print(json.dumps({**figures, **{name: round(value, 3) for name, value in more.items()}}))


def generator_digest() -> str:
    """Digest of the generator's own files, so that data of an older one is not reused."""
    digest = hashlib.sha256()
    for name in GENERATOR:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()
