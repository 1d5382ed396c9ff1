"""How well purpose is told apart: `python -m benchmarks.purpose_quality`.

Rule of this file: it measures and never chooses; nothing here is read by the training recipe.
The corpora stand in the folder of BRIGHTLINE_CORPORA (default ../shared/corpora). Whole sources
are unseen, lengths are matched, and a baseline that sees no words stands beside the model.
"""

from __future__ import annotations

import csv
import html
import json
import math
import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.purpose_fixtures import fixture_rows
from pipelines.quality import auc
from rules.signals import train_purpose as recipe
from rules.signals.purpose import BUSINESS_FROM, PERSONAL_TO, Categoriser, clean, judge_text

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("BRIGHTLINE_CORPORA", ROOT.parent / "shared" / "corpora"))
SEED = 1
PER_IMAGE = 40
SCHOOL = ("edu_bridge", "edu_cima")
PERSONAL = ("chat_youtube_spam", "chat_wnut17")

Scores = npt.NDArray[np.float64]
Score = Callable[[Sequence[str]], Scores]


def distinct(texts: Iterable[str]) -> list[str]:
    """Each text once, told apart by its words only."""
    seen: dict[str, str] = {}
    for text in texts:
        key = re.sub(r"\W+", " ", text.lower()).strip()
        if key:
            seen.setdefault(key, " ".join(text.split()))
    return list(seen.values())


def edu_bridge() -> list[str]:
    """Tutoring chats: what tutor and student really wrote, not the revisions."""
    folder = CORPORA / "edu_bridge" / "data" / "dataset"
    chats = [c for part in sorted(folder.glob("*.json")) for c in json.loads(part.read_text())]
    return distinct(turn["text"] for chat in chats for turn in chat["c_h"] + chat["c_r"])


def edu_cima() -> list[str]:
    """Crowd tutoring: at most `PER_IMAGE` different turns an image."""
    path = CORPORA / "edu_cima" / "data" / "dataset.json"
    images: dict[str, list[str]] = defaultdict(list)
    for record in json.loads(path.read_text())["prepDataset"].values():
        images[record["img"]] += record["past_convo"] + record["tutorResponses"]
    rng = random.Random(SEED)
    turns: list[str] = []
    for image in sorted(images):
        found = distinct(images[image])
        turns += rng.sample(found, min(PER_IMAGE, len(found)))
    return distinct(turns)


def chat_youtube_spam() -> list[str]:
    """Comments, tags and entities resolved."""
    texts = []
    for path in sorted((CORPORA / "chat_youtube_spam" / "data").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                texts.append(html.unescape(re.sub(r"<[^>]+>", " ", row["CONTENT"])))
    return distinct(texts)


def chat_wnut17() -> list[str]:
    """Tweets and comments, put together again from their tokens."""
    return distinct(
        detokenised(sentence)
        for path in sorted((CORPORA / "chat_wnut17" / "data").iterdir())
        if path.suffix in (".conll", ".annotated")
        for sentence in sentences(path)
    )


def sentences(path: Path) -> Iterator[list[str]]:
    """Token lists of a CoNLL file."""
    tokens: list[str] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        token = line.split("\t")[0].strip()
        if token:
            tokens.append(token)
        elif tokens:
            yield tokens
            tokens = []
    if tokens:
        yield tokens


def detokenised(tokens: Sequence[str]) -> str:
    """Words as people space them."""
    text = re.sub(r" (n't|['’]\w+)\b", r"\1", " ".join(tokens))
    text = re.sub(r" ([.,!?;:%)\]])", r"\1", text)
    return re.sub(r"([(\[$#]) ", r"\1", text)


SOURCES: dict[str, Callable[[], list[str]]] = {
    "edu_bridge": edu_bridge,
    "edu_cima": edu_cima,
    "chat_youtube_spam": chat_youtube_spam,
    "chat_wnut17": chat_wnut17,
}


def matched(first: Sequence[str], second: Sequence[str]) -> tuple[list[int], list[int]]:
    """Places in both lists such that lengths are spread alike (bins of a third of an octave)."""
    rng = random.Random(SEED)
    bins: list[dict[int, list[int]]] = [defaultdict(list), defaultdict(list)]
    for texts, into in zip((first, second), bins, strict=True):
        for place, text in enumerate(texts):
            into[int(math.log2(len(text)) * 3)].append(place)
    rows: tuple[list[int], list[int]] = ([], [])
    for size in sorted(bins[0].keys() & bins[1].keys()):
        count = min(len(each[size]) for each in bins)
        for each, into_rows in zip(bins, rows, strict=True):
            into_rows += rng.sample(each[size], count)
    return rows


def shape(texts: Sequence[str]) -> Scores:
    """What a text looks like without its words: length, case, punctuation, digits."""
    rows = []
    for text in texts:
        size = max(len(text), 1)
        counts = (
            sum(map(str.isupper, text)) / size,
            sum(map(str.isdigit, text)) / size,
            sum(c in ".,;:'" for c in text) / size,
            sum(ord(c) > 127 for c in text) / size,
        )
        marks = (text[:1].isupper(), text[-1:] in ".?!", "?" in text, "!" in text)
        rows.append([1.0, math.log(size), *counts, *map(float, marks)])
    return np.asarray(rows)


def no_words() -> Score:
    """A linear model on `shape`, trained on the same authored text."""
    lines = recipe.read()
    design = shape([line.text for line in lines])
    truth = np.asarray([2.0 * line.label - 1 for line in lines])
    weights = np.linalg.lstsq(design, truth, rcond=None)[0]
    return lambda texts: np.asarray(shape(texts) @ weights)


def print_pairs(sources: dict[str, list[str]], models: dict[str, Score]) -> None:
    """AUC of every school source against every personal one."""
    pairs = {(s, p): matched(sources[s], sources[p]) for s in SCHOOL for p in PERSONAL}
    print("\nAUC on unseen sources, lengths matched")
    for name, score in models.items():
        scores = {source: score(texts) for source, texts in sources.items()}
        found = [
            auc(scores[school][rows[0]], scores[personal][rows[1]])
            for (school, personal), rows in pairs.items()
        ]
        for (school, personal), value in zip(pairs, found, strict=True):
            print(f"  {name:12} {school:12} x {personal:18} {value:.3f}")
        print(f"  {name:12} mean {np.mean(found):.3f}  worst {min(found):.3f}")


def print_authored() -> None:
    """Whole authored files held out."""
    lines = recipe.read()
    odds = recipe.held_out(lines)
    truth = np.asarray([line.label for line in lines])
    slope, offset = recipe.calibrate(odds, truth.tolist())
    chance = 1 / (1 + np.exp(-(slope * odds + offset)))
    print("\nAuthored text, whole files held out")
    found = []
    for part in recipe.folds(lines):
        rows = np.asarray([line.file in part for line in lines])
        business, personal = rows & (truth == 1), rows & (truth == 0)
        found.append(auc(odds[business], odds[personal]))
    right = float(np.mean((chance >= 0.5) == (truth == 1)))
    print(f"  AUC by fold: mean {np.mean(found):.3f}  worst {min(found):.3f}; accuracy {right:.3f}")
    lifted, flagged = chance >= BUSINESS_FROM, chance <= PERSONAL_TO
    for says, mask in (("school business", truth == 1), ("personal", truth == 0)):
        print(
            f"  {says}: {lifted[mask].mean():.1%} judged school business, "
            f"{flagged[mask].mean():.1%} personal"
        )
    for start in np.arange(0, 1, 0.2):
        rows = (chance >= start) & (chance < start + 0.2)
        print(
            f"  said {start:.1f} to {start + 0.2:.1f}: {truth[rows].mean():.2f} are ({rows.sum()})"
        )
    for file in sorted({line.file for line in lines}):
        rows = np.asarray([line.file == file for line in lines])
        right = float(np.mean((chance[rows] >= 0.5) == (truth[rows] == 1)))
        print(f"  {file:45} {right:.3f}")


def print_labels(sources: dict[str, list[str]]) -> None:
    """Share of lines by label, each line judged alone."""
    print("\nLabel of lines judged alone: school_business / unclear / personal")
    for name, texts in sources.items():
        labels = [judge_text(text).label.value for text in texts[:1500]]
        shares = (labels.count(each) / len(labels) for each in recipe_labels())
        print(f"  {name:40} " + " / ".join(f"{share:.3f}" for share in shares))


def recipe_labels() -> tuple[str, str, str]:
    """The labels in the order they are printed."""
    return ("school_business", "unclear", "personal")


def print_fixtures() -> None:
    """Share of staff messages judged school business in the fixtures, with their threads."""
    print("\nStaff messages of the fixtures: school_business / unclear / personal (count)")
    for name, labels in fixture_rows(ROOT / "fixtures"):
        shares = (labels.count(each) / len(labels) for each in recipe_labels())
        print(f"  {name:40} " + " / ".join(f"{s:.3f}" for s in shares) + f"  ({len(labels)})")


def print_speed(sources: dict[str, list[str]]) -> None:
    """Messages a second of processor time, one thread."""
    model = Categoriser.load()
    print("\nMessages per second of processor time")
    for name, texts in sources.items():
        many = (texts * (10_000 // len(texts) + 1))[:10_000]
        model.probabilities(many[:2_000])
        start = time.process_time()
        model.probabilities(many)
        middle = time.process_time()
        for text in many:
            clean(text)
        end = time.process_time()
        size = sum(map(len, many)) / len(many)
        first, both = 10_000 / (middle - start), 10_000 / (end - start)
        print(f"  {name:20} {first:8,.0f}  with clean() {both:8,.0f}  ({size:.0f} characters)")


def main() -> None:
    """Print everything."""
    print_authored()
    print_fixtures()
    if not CORPORA.is_dir():
        print(f"no corpora in {CORPORA}: unseen sources are not measured")
        return
    sources = {name: read() for name, read in SOURCES.items()}
    model: Score = lambda texts: np.asarray(Categoriser.load().probabilities(texts))  # noqa: E731
    print_pairs(sources, {"model": model, "no words": no_words()})
    print_labels(sources)
    print_speed(sources)


if __name__ == "__main__":
    main()
