"""The spaCy side of purpose: a tokenizer that yields features, and a normalised bag of them.

Rule of this file: the only one besides the training recipe that imports spaCy; it is imported
when a model is made or loaded, never by `import rules.signals.purpose`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from spacy import blank as blank_language
from spacy.attrs import ORTH  # type: ignore[import-not-found]  # compiled, no stub
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Model, SparseLinear_v2, chain, softmax_activation

from rules.signals.purpose_words import features, plain_words

LABELS = ("personal", "school_business")
NOTHING = "-"  # the only token of a text that has no known feature


class FeatureTokenizer:
    """Makes a Doc whose words are the known features of a text."""

    def __init__(self, vocab: Vocab, known: Iterable[str] = ()) -> None:
        self.vocab = vocab
        self.known = frozenset(known)

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
        return self


@registry.tokenizers("brightline.features.v1")  # type: ignore[untyped-decorator]  # catalogue
def make_tokenizer() -> Callable[[Language], FeatureTokenizer]:
    """What `nlp.tokenizer` of the config names."""
    return lambda nlp: FeatureTokenizer(nlp.vocab)


def _extract(model: Model[Any, Any], docs: Sequence[Doc], is_train: bool) -> Any:
    """Distinct features of each Doc, valued so that a long text has no more say than a short."""
    keys, values, lengths = [], [], []
    for doc in docs:
        found, counts = np.unique(doc.to_array([ORTH]), return_counts=True)
        weights = 1 + np.log(counts, dtype="f")
        keys.append(found)
        values.append(weights / np.sqrt(weights @ weights))
        lengths.append(found.shape[0])
    answer = (np.concatenate(keys), np.concatenate(values), np.asarray(lengths, dtype="int32"))
    return answer, lambda _: []


@registry.architectures("brightline.NormalisedBow.v1")  # type: ignore[untyped-decorator]  # catalogue
def normalised_bow(length: int, nO: int | None = None) -> Model[Any, Any]:  # noqa: N803
    """TextCatBOW with exclusive classes whose features of one text have unit length."""
    linear = SparseLinear_v2(nO=nO, length=length)
    model: Model[Any, Any] = chain(Model("features", _extract), linear, softmax_activation())
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
    """Uncalibrated log-odds of school business, one a text of plain words."""
    extract, linear = layers(nlp)
    make = tokenizer(nlp).of_words
    scores = linear.predict(extract.predict([make(words) for words in texts]))
    answer: list[float] = (scores[:, 1] - scores[:, 0]).tolist()
    return answer
