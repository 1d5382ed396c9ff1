"""The spaCy side of purpose: a tokenizer that yields features, and a normalised bag of them.

Rule of this file: the only one besides the training recipe that imports spaCy; it is imported
when a model is made or loaded, never by `import rules.signals.purpose`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy import blank as blank_language
from spacy.attrs import ORTH  # type: ignore[import-not-found]  # compiled, no stub
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Model, SparseLinear_v2, softmax_activation
from thinc.api import chain as layers_in_turn

from rules.signals.purpose_words import features, plain_words

LABELS = ("personal", "school_business")
NOTHING = "-"  # the only token of a text that has no known feature


class FeatureTokenizer:
    """Makes a Doc whose words are the known features of a text."""

    def __init__(self, vocab: Vocab, known: Iterable[str] = ()) -> None:
        self.vocab = vocab
        self.known = frozenset(known)
        self._numbers: dict[str, int] = {}

    def numbers(self) -> Mapping[str, int]:
        """spaCy's number of every known feature, and of `NOTHING`."""
        if not self._numbers:
            add = self.vocab.strings.add
            self._numbers = {feature: add(feature) for feature in (*self.known, NOTHING)}
        return self._numbers

    def __call__(self, text: str) -> Doc:
        """A Doc for spaCy's pipeline."""
        return self.of_words(plain_words(text))

    def of_words(self, words: Sequence[str]) -> Doc:
        """A Doc for words already made plain."""
        known = self.known
        seen = [feature for feature in features(words) if feature in known]
        return Doc(self.vocab, words=seen or [NOTHING])

    def to_disk(self, path: Path, **_: Any) -> None:  # Any: spaCy's serialisation protocol
        """Write the known features, one a line, sorted."""
        Path(path).write_text("\n".join(sorted(self.known)), encoding="utf-8")

    def from_disk(self, path: Path, **_: Any) -> FeatureTokenizer:
        """Read them back."""
        self.known = frozenset(Path(path).read_text(encoding="utf-8").split("\n"))
        self._numbers = {}
        return self


@registry.tokenizers("brightline.features.v1")  # type: ignore[untyped-decorator]  # catalogue
def make_tokenizer() -> Callable[[Language], FeatureTokenizer]:
    """What `nlp.tokenizer` of the config names."""
    return lambda nlp: FeatureTokenizer(nlp.vocab)


def _extract(model: Model[Any, Any], docs: Sequence[Doc], is_train: bool) -> Any:
    """Distinct features of each Doc, as `_bags` values them."""
    found = [doc.to_array([ORTH]) for doc in docs]
    return _bags(np.concatenate(found), [len(one) for one in found]), lambda _: []


def _bags(
    features: npt.NDArray[np.uint64], lengths: Sequence[int]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """Features of texts laid end to end as (distinct features, values, how many a text has).

    Values of one text have unit length, so that a long text has no more say than a short one.
    """
    owner = np.repeat(np.arange(len(lengths)), lengths)
    order = np.lexsort((features, owner))
    features, owner = features[order], owner[order]
    new = np.ones(len(features), dtype=bool)
    new[1:] = (features[1:] != features[:-1]) | (owner[1:] != owner[:-1])
    starts = np.flatnonzero(new)
    weights = 1 + np.log(np.diff(starts, append=len(features)), dtype="f")
    squares = np.bincount(owner[starts], weights * weights, len(lengths))
    values = weights / np.sqrt(squares[owner[starts]])
    many = np.bincount(owner[starts], minlength=len(lengths))
    return features[starts], values.astype("f"), many.astype("int32")


@registry.architectures("brightline.NormalisedBow.v1")  # type: ignore[untyped-decorator]  # catalogue
def normalised_bow(length: int, nO: int | None = None) -> Model[Any, Any]:  # noqa: N803
    """TextCatBOW with exclusive classes whose features of one text have unit length."""
    linear = SparseLinear_v2(nO=nO, length=length)
    model: Model[Any, Any] = layers_in_turn(
        Model("features", _extract), linear, softmax_activation()
    )
    model.set_ref("output_layer", linear)
    model.attrs["multi_label"] = False
    if nO is not None:
        model.set_dim("nO", nO)
    return model


def blank(known: Iterable[str], length: int) -> Language:
    """A pipeline with nothing learned yet."""
    config = {"nlp": {"tokenizer": {"@tokenizers": "brightline.features.v1"}}}
    nlp = blank_language("xx", config=config)
    tokenizer(nlp).known = frozenset(known)
    architecture = {"@architectures": "brightline.NormalisedBow.v1", "length": length, "nO": None}
    textcat: Any = nlp.add_pipe("textcat", config={"model": architecture, "threshold": 0.5})
    for label in LABELS:
        textcat.add_label(label)
    return nlp


def tokenizer(nlp: Language) -> FeatureTokenizer:
    """The tokenizer of a pipeline of ours."""
    ours: Any = nlp.tokenizer  # Any: spaCy types it as a mere callable
    assert isinstance(ours, FeatureTokenizer)
    return ours


def layers(nlp: Language) -> tuple[Any, Any]:
    """What makes bags of features of Docs, and the linear layer; thinc leaves both untyped."""
    textcat: Any = nlp.get_pipe("textcat")
    extract, linear, _ = textcat.model.layers
    return extract, linear


def log_odds(nlp: Language, texts: Sequence[Sequence[str]]) -> list[float]:
    """Uncalibrated log-odds of school business, one a text of plain words.

    What the pipeline's own layers say, without making a Doc of every text.
    """
    number = tokenizer(nlp).numbers()
    nothing = [number[NOTHING]]
    found = [[number[one] for one in features(words) if one in number] for words in texts]
    found = [one or nothing for one in found]
    flat = np.fromiter(chain.from_iterable(found), dtype=np.uint64)
    _, linear = layers(nlp)
    scores = linear.predict(_bags(flat, [len(one) for one in found]))
    answer: list[float] = (scores[:, 1] - scores[:, 0]).tolist()
    return answer
