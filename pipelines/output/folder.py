"""The run folder appears whole or not at all, for its owner only.

Rule of this file: everything is written to a hidden sibling first and renamed at the end; a
failed run leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import Problem, UserError

OFFICERS, IT = "for_officers", "for_it"


@contextmanager
def owner_only() -> Iterator[None]:
    """Files made inside are 0600, folders 0700, whatever the umask was."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def work_folder(out: Path) -> Iterator[Path]:
    """A hidden, owner-only folder for temporary files beside the runs; removed afterwards.

    Raises:
        UserError: nothing can be written there.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".work-", dir=out))
    except OSError as error:
        what = f"cannot be written to: {error.strerror}"
        remedy = "give a folder of your own with --out"
        raise UserError([Problem(str(out), what, remedy)]) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def whole_folder(out: Path, run_id: str) -> Iterator[Path]:
    """Write a run into the folder given; it is renamed to `out/run_id` when nothing raised."""
    final = out / run_id
    partial = Path(tempfile.mkdtemp(prefix=f".{run_id}-", dir=out))
    try:
        (partial / OFFICERS).mkdir()
        (partial / IT).mkdir()
        yield partial
        partial.rename(final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
