"""The recipe of the purpose model: `python -m rules.signals.train_purpose [--out FOLDER]`.

Rule of this file: everything that decides the model is here, in purpose_words.py and in
fixtures/purpose; seeded, and the same inputs give the same model. It reads no other text.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.training import Example

from rules.signals.purpose_spacy import LABELS, blank, layers, log_odds, tokenizer
from rules.signals.purpose_words import features, plain_words

SEED = 5460
LENGTH = 2**17
SEEN_AT_LEAST = 2  # a feature of one line alone is left out
EPOCHS = 20
BATCH = 64
STEP = 5.0
SHRINK = 2.0  # a text of n words keeps n / (n + SHRINK) of its log-odds
RIDGE = 10.0  # inverse strength, as in C of a logistic regression
COUNTED = 0.5  # the say of plain counting (naive Bayes) beside the fitted weights
UNSEEN = 0.5  # added to every count
STEPS = 60  # that bring the counts into the weights
FOLDS = 6
_HERE = Path(__file__).resolve().parent
TEXT = _HERE.parents[1] / "fixtures" / "purpose"
OUT = _HERE / "purpose_model"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Line:
    """One authored message, its label (1: school business) and the file it stands in."""

    text: str
    label: int
    file: str


def read(folder: Path = TEXT) -> list[Line]:
    """Every authored line, in the order of file names."""
    lines = []
    for label, name in enumerate(LABELS):
        for path in sorted((folder / name).glob("*.txt")):
            for text in path.read_text(encoding="utf-8").splitlines():
                if text.strip():
                    lines.append(Line(text.strip(), label, f"{name}/{path.name}"))
    return lines


def folds(lines: Sequence[Line], seed: int = SEED, count: int = FOLDS) -> list[frozenset[str]]:
    """Files to hold out together: each fold has whole files of both labels."""
    rng = random.Random(seed)
    parts: list[set[str]] = [set() for _ in range(count)]
    for name in LABELS:
        files = sorted({line.file for line in lines if line.file.startswith(name)})
        rng.shuffle(files)
        for place, file in enumerate(files):
            parts[place % count].add(file)
    return [frozenset(part) for part in parts]


def train(lines: Sequence[Line], seed: int = SEED) -> Language:
    """Fit the categoriser: logistic loss, ridge, plain gradient steps in seeded order; count."""
    counts = Counter(f for line in lines for f in set(features(plain_words(line.text))))
    nlp = blank((f for f, count in counts.items() if count >= SEEN_AT_LEAST), LENGTH)
    docs = [nlp.make_doc(line.text) for line in lines]
    truth = np.asarray([line.label for line in lines])
    nlp.initialize(lambda: list(_samples(nlp)))
    extract, linear = layers(nlp)
    bags = extract.predict(docs)
    _fit(linear, bags, truth, np.random.default_rng(seed))
    _count(linear, bags, truth)
    return nlp


def _samples(nlp: Language) -> Iterator[Example]:
    for label in LABELS:
        example = Example(nlp.make_doc(label), nlp.make_doc(label))
        example.reference.cats = {name: float(name == label) for name in LABELS}
        yield example


def _fit(linear: Any, bags: Any, truth: npt.NDArray[np.int64], rng: np.random.Generator) -> None:
    # Any: thinc's SparseLinear and its ragged input are untyped. Adam is not used: it moves
    # rare words as far as frequent ones (docs/quality.md has the figures).
    keys, values, lengths = bags
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    wanted = np.eye(2, dtype="f")[truth]
    share = (len(truth) / 2 / np.bincount(truth, minlength=2)).astype("f")[truth][:, None]
    for epoch in range(EPOCHS):
        step = STEP * (1 - epoch / EPOCHS)
        order = rng.permutation(len(truth))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            cells = np.concatenate([np.arange(offsets[r], offsets[r + 1]) for r in rows])
            scores, backprop = linear((keys[cells], values[cells], lengths[rows]), is_train=True)
            error = (softmax(scores) - wanted[rows]) * share[rows] / len(rows)
            backprop(np.ascontiguousarray(error, dtype="f"))
            for name, rate, decay in (("W", step, 1 / (RIDGE * len(truth))), ("b", step / 10, 0)):
                weights, slope = linear.get_param(name), linear.get_grad(name)
                linear.set_param(name, (weights * (1 - step * decay) - rate * slope).astype("f"))
                linear.set_grad(name, np.zeros_like(slope))


def _count(linear: Any, bags: Any, truth: npt.NDArray[np.int64]) -> None:
    """Add what counting says of every feature to its fitted weight.

    Fitting leans on the few features that settle the lines it knows; counting keeps a say for
    all of them, and both are one sum of weights. The layer keeps a feature's weight in two
    places that others share, so the sum is approached in steps.
    """
    keys, _, lengths = bags
    features, place = np.unique(keys, return_inverse=True)
    label = np.repeat(truth, lengths)
    seen = [np.bincount(place[label == one], minlength=len(features)) + UNSEEN for one in (0, 1)]
    ratio = np.log(seen[1] / seen[1].sum()) - np.log(seen[0] / seen[0].sum())
    alone = (features, np.ones(len(features), dtype="f"), np.ones(len(features), dtype="int32"))
    scores = linear.predict(alone)
    wanted = scores + COUNTED * ratio[:, None] * np.asarray([-0.5, 0.5])
    for _ in range(STEPS):
        scores, backprop = linear(alone, is_train=True)
        backprop(np.ascontiguousarray((wanted - scores) / 8, dtype="f"))
        linear.set_param("W", (linear.get_param("W") + linear.get_grad("W")).astype("f"))
        for name in ("W", "b"):
            linear.set_grad(name, np.zeros_like(linear.get_grad(name)))


def softmax(scores: Floats) -> Floats:
    """Probabilities of rows of scores."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def raw_scores(nlp: Language, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Log-odds of school business before calibration."""
    return np.asarray(log_odds(nlp, [plain_words(text) for text in texts]))


def sizes(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """What part of its log-odds each text keeps: one word is thin evidence."""
    counts = np.asarray([len(plain_words(text)) for text in texts], dtype="float64")
    return counts / (counts + SHRINK)


def held_out(lines: Sequence[Line], seed: int = SEED) -> npt.NDArray[np.float64]:
    """Log-odds of every line from a model that saw none of its file."""
    odds = np.zeros(len(lines))
    for part in folds(lines, seed):
        rows = [row for row, line in enumerate(lines) if line.file in part]
        nlp = train([line for line in lines if line.file not in part], seed)
        texts = [lines[row].text for row in rows]
        odds[rows] = raw_scores(nlp, texts) * sizes(texts)
    return odds


def calibrate(odds: npt.NDArray[np.float64], truth: Sequence[int]) -> tuple[float, float]:
    """Slope and offset (Platt) that make held-out log-odds honest, by Newton's method.

    Both labels weigh the same, however many lines each has: even odds before reading.
    """
    design = np.column_stack([odds, np.ones(len(odds))])
    answer = np.asarray(truth, dtype="float64")
    weight = (len(answer) / 2 / np.bincount(truth, minlength=2))[np.asarray(truth)]
    theta = np.zeros(2)
    for _ in range(25):
        p = 1 / (1 + np.exp(-(design @ theta)))
        slope = design.T @ (weight * (answer - p))
        curve = (design * (weight * p * (1 - p))[:, None]).T @ design
        theta = theta + np.linalg.solve(curve, slope)
    return float(theta[0]), float(theta[1])


def word_weights(nlp: Language, lines: Sequence[Line], scale: float) -> dict[str, float]:
    """What single words and pairs do to the log-odds: for reasons, not for scoring."""
    counts: Counter[str] = Counter()
    for line in lines:
        words = plain_words(line.text)
        pairs = [f"{a} {b}" for a, b in pairwise(words)]
        counts.update(set(words) | set(pairs))
    wanted = sorted(w for w, n in counts.items() if n >= 3 and "0" not in w.split() and len(w) > 1)
    base = float(raw_scores(nlp, [""])[0])
    odds = (raw_scores(nlp, wanted) - base) * scale
    return {w: round(float(o), 2) for w, o in zip(wanted, odds, strict=True) if abs(o) >= 0.5}


def fingerprint(lines: Sequence[Line]) -> str:
    """SHA-256 of the training text."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(f"{line.file}\t{line.text}\n".encode())
    return digest.hexdigest()


def save(nlp: Language, meta: dict[str, object], weights: dict[str, float], out: Path) -> None:
    """Write the pipeline, its description and the words for reasons."""
    nlp.to_disk(out, exclude=["vocab"])
    for name, content in (("purpose.json", meta), ("words.json", weights)):
        text = json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True)
        (out / name).write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Train, calibrate, write."""
    parser = argparse.ArgumentParser(description="Train the purpose model.")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--text", type=Path, default=TEXT)
    given = parser.parse_args()
    lines = read(given.text)
    truth = [line.label for line in lines]
    slope, offset = calibrate(held_out(lines), truth)
    nlp = train(lines)
    meta: dict[str, object] = {
        "seed": SEED,
        "lines": {name: truth.count(label) for label, name in enumerate(LABELS)},
        "files": sorted({line.file for line in lines}),
        "sha256": fingerprint(lines),
        "shrink": SHRINK,
        "slope": round(slope, 6),
        "offset": round(offset, 6),
        "features": len(tokenizer(nlp).known),
    }
    save(nlp, meta, word_weights(nlp, lines, slope), given.out)
    print(f"{len(lines)} lines, slope {slope:.3f}, offset {offset:.3f} -> {given.out}")


if __name__ == "__main__":
    main()
