"""Remembering what a signal found in a text, since several rules ask the same of one message.

Rule of this file: only pure functions are remembered, for so many short texts and a few long ones.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

REMEMBERED = 8_192
LONGEST = 400  # characters of a short text
LONG_ONES = 16  # of longer ones only the last few: the rules ask one message after the other


def remembered(find: Callable[Concatenate[str, P], T]) -> Callable[Concatenate[str, P], T]:
    """The same function, quick when it is asked about the same text again."""
    known: Callable[Concatenate[str, P], T] = cast(Any, lru_cache(maxsize=REMEMBERED)(find))
    long_ones: Callable[Concatenate[str, P], T] = cast(Any, lru_cache(maxsize=LONG_ONES)(find))

    @wraps(find)
    def ask(text: str, /, *args: P.args, **named: P.kwargs) -> T:
        return (known if len(text) <= LONGEST else long_ones)(text, *args, **named)

    return ask
