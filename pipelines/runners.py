"""Where a graph runs. Named explicitly: Beam's default runner may try to download a binary."""

from __future__ import annotations

import logging

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner


def local_pipeline() -> beam.Pipeline:
    """A pipeline in this process, without Beam's own chatter."""
    logging.getLogger("apache_beam").setLevel(logging.ERROR)
    logging.getLogger("root").setLevel(logging.ERROR)
    return beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([]))
