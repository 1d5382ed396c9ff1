"""Where a graph runs. Named explicitly: Beam's default runner may try to download a binary."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipelines.errors import Crashed, RunFailed

_WORD = "failure.txt"


@contextmanager
def local_pipeline(work: Path) -> Iterator[beam.Pipeline]:
    """A pipeline in this process, without Beam's own chatter; it runs when the block ends.

    Raises:
        RunFailed: with the word a worker left in the work folder, else the place of the fault.
    """
    logging.getLogger("apache_beam").setLevel(logging.CRITICAL + 1)  # it logs what rules raise
    try:
        with beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([])) as root:
            yield root
    except Exception as error:
        word = work / _WORD
        raise RunFailed(word.read_text("utf-8")) if word.exists() else Crashed(error) from None


@contextmanager
def leaving_word(work: str) -> Iterator[None]:
    """Leave word of a failure for `local_pipeline`: Beam hands on a trace that quotes messages."""
    try:
        yield
    except Exception as error:
        failure = error if isinstance(error, RunFailed) else Crashed(error)
        (Path(work) / _WORD).write_text(str(failure), encoding="utf-8")
        raise failure from None
