"""What the baselines share: where a district's exports are, and the one line each prints."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

CANVAS_TABLES = (
    "conversations",
    "conversation_messages",
    "conversation_message_participants",
    "conversation_participants",
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
    """Print one JSON object; `seconds` is the whole work, extrapolated when `more` says so."""
    figures = {"messages": messages, "matches": matches, "seconds": round(seconds, 3)}
    print(json.dumps({**figures, **{name: round(value, 3) for name, value in more.items()}}))
