"""Message texts put together from the sentence pieces of `phrases.txt`, as Arrow columns.

Rule of this file: texts know voices and pieces, nothing of people. A voice is the sections its
opening, middle and closing pieces come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

VOICES = ("school", "guardian", "student", "colleague", "class", "private")
"""Who speaks, in the order of the voice codes; each is a section of phrases.txt."""
SCHOOL, GUARDIAN, STUDENT, COLLEAGUE, CLASS, PERSONAL = range(len(VOICES))


def read_phrases(path: Path) -> dict[str, tuple[str, ...]]:
    """Sections of a phrase file: name -> pieces."""
    sections: dict[str, list[str]] = {}
    pieces: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            pieces = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            pieces.append(line.replace("\\n", "\n"))
    return {name: tuple(found) for name, found in sections.items()}


PHRASES = read_phrases(Path(__file__).with_name("phrases.txt"))


class TextMaker:
    """Bodies for whole columns of messages."""

    def __init__(self) -> None:
        """Lay the pieces of all voices side by side."""
        names = ("greeting", "closing", *VOICES)
        self._pieces = pa.array([piece for name in names for piece in PHRASES[name]])
        lengths = np.array([len(PHRASES[name]) for name in names])
        self._start = np.cumsum(lengths) - lengths
        self._length = lengths

    def bodies(
        self,
        voice: npt.NDArray[np.int64],
        middle: tuple[int, int],
        rng: np.random.Generator,
    ) -> pa.Array:
        """(n,) voice codes -> (n,) texts with middle[0] to middle[1] sentences of the voice.

        Half of them open with a greeting and a third end with a closing.
        """
        count = len(voice)
        sentences = rng.integers(middle[0], middle[1] + 1, count)
        opens = rng.random(count) < 0.5
        closes = rng.random(count) < 1 / 3
        pieces = sentences + opens + closes
        offsets = np.concatenate([[0], np.cumsum(pieces)])
        section = np.repeat(voice + 2, pieces)
        section[offsets[:-1][opens]] = 0
        section[offsets[1:][closes] - 1] = 1
        place = (rng.random(len(section)) * self._length[section]).astype(np.int64)
        chosen = self._pieces.take(pa.array(self._start[section] + place))
        lists = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), chosen)
        return pc.binary_join(lists, " ")


def with_filled(
    bodies: pa.Array,
    where: npt.NDArray[np.bool_],
    section: str,
    values: Sequence[str],
    rng: np.random.Generator,
) -> pa.Array:
    """Add a piece of `section` with its one slot filled to the bodies at `where`, in order."""
    forms = [_halves(piece) for piece in PHRASES[section]]
    drawn = rng.integers(0, len(forms), len(values))
    texts = bodies.filter(pa.array(where)).to_pylist()
    added = [
        f"{text} {forms[form][0]}{value}{forms[form][1]}"
        for text, form, value in zip(texts, drawn, values, strict=True)
    ]
    return pc.replace_with_mask(bodies, pa.array(where), pa.array(added, pa.string()))


def written_numbers(numbers: npt.NDArray[np.str_], rng: np.random.Generator) -> list[str]:
    """E.164 numbers as people write them: four spellings by chance."""
    styles = ("({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "+1{}{}{}")
    drawn = rng.integers(0, len(styles), len(numbers))
    return [
        styles[style].format(number[2:5], number[5:8], number[8:])
        for number, style in zip(numbers.tolist(), drawn, strict=True)
    ]


def lines_of(*parts: pa.Array | str) -> pa.Buffer:
    """Join columns and literals row by row, end each row with a line break; the bytes of all."""
    joined = pc.binary_join_element_wise(*parts, "\n", "")
    return memoryview(joined.buffers()[2])[: pc.sum(pc.binary_length(joined)).as_py()]


def json_text(texts: pa.Array) -> pa.Array:
    """Texts as the inside of JSON strings: backslash, quote and line break escaped."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        texts = pc.replace_substring(texts, plain, escaped)
    return texts


def _halves(piece: str) -> tuple[str, str]:
    before, _, rest = piece.partition("{")
    return before, rest.partition("}")[2]
