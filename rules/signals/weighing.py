"""Weak cues that count together: many small words that agree say what no single phrase says.

Rule of this file: plain sentences in, a sum and the names of the cues out. Each cue counts once,
however often it stands there; a cue against takes away. What the cues are, and how much is
enough, the reader of a list says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rules.signals.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Weight:
    """How much agreed, and the names of the cues that did."""

    sum: float = 0.0
    cues: tuple[str, ...] = ()

    def plus(self, other: Weight) -> Weight:
        """Both together."""
        return Weight(self.sum + other.sum, (*self.cues, *other.cues))

    def sure(self, enough: float, least: float = 0.5, most: float = 0.8) -> float:
        """Confidence: `least` where it is just enough, more for each cue beyond; 0 below."""
        return min(most, least + 0.1 * (self.sum - enough)) if self.sum >= enough else 0.0


class Scale:
    """Lists of one file with what each weighs; the list's name is the cue's."""

    def __init__(self, phrases: Phrases, weights: Mapping[str, float]) -> None:
        self._cues: list[tuple[str, float, re.Pattern[str]]] = [
            (name, weight, phrases.pattern(name)) for name, weight in weights.items()
        ]

    def weigh(self, text: str) -> Weight:
        """What agrees in a plainly spelled text; only cues that speak for it are named."""
        found = [(name, weight) for name, weight, one in self._cues if one.search(text)]
        return Weight(
            sum(weight for _, weight in found), tuple(name for name, weight in found if weight > 0)
        )
