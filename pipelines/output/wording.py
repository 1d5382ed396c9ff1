"""The words of a message as the report shows them: evidence marked, long texts cut.

Rule of this file: it only cuts text; nothing here is markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.output.timeline import Wording

_LEAD, _AROUND = 400, 200  # characters kept of a long message: its beginning, around evidence


@dataclass(frozen=True)
class Piece:
    """A stretch of a message: plain, marked as evidence, or left out (its length)."""

    text: str
    marked: bool = False
    left_out: int = 0


def pieces(wording: Wording) -> list[Piece]:
    """Cut a text at its evidence. Over its limit, only its beginning and what is near evidence."""
    text, size = wording.words, len(wording.words)
    marks = _merged((max(0, start), min(size, end)) for start, end in wording.spans)
    keep = [(0, size)]
    if wording.limit and size > wording.limit:
        near = ((max(0, s - _AROUND), min(size, e + _AROUND)) for s, e in marks)
        keep = _merged([(0, min(size, _LEAD)), *near])
    found, at = [], 0
    for start, end in keep:
        found.append(Piece("", left_out=start - at))
        at = start
        for first, last in marks:
            if start <= first and last <= end:
                found += [Piece(text[at:first]), Piece(text[first:last], marked=True)]
                at = last
        found.append(Piece(text[at:end]))
        at = end
    found.append(Piece("", left_out=size - at))
    return [piece for piece in found if piece.text or piece.left_out]


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
