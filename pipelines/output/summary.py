"""From a run to the report's contents."""

from __future__ import annotations

from typing import Any


def report_of(*args: Any) -> str:
    return ""
