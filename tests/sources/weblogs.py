"""Lines of web-access logs for the tests of their readers, and what became of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

NOON = datetime(2025, 11, 4, 19, 0, tzinfo=UTC)
"""Tuesday noon in Denver."""


def squid_line(
    at: float = 0,
    user: str = "mriver",
    url: str = "www.facebook.com:443",
    code: str = "TCP_TUNNEL/200",
    took: int = 200,
    method: str = "CONNECT",
) -> str:
    """A line whose request ended `at` seconds after noon, having lasted `took` milliseconds."""
    epoch = (NOON + timedelta(seconds=at)).timestamp()
    return (
        f"{epoch:.3f} {took:6d} 192.0.2.17 {code} 4512 {method} {url} {user} "
        "HIER_DIRECT/203.0.113.9 -"
    )


def write(folder: Path, *lines: str, name: str = "access.log", end: str = "\n") -> Path:
    """A folder with a log of these lines."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes((end.join(lines) + end).encode())
    return folder


def shown(seconds: float) -> datetime:
    """The instant so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)
