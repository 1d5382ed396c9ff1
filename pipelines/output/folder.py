"""The run folder appears whole or not at all, for its owner only.

Rule of this file: everything is written to a hidden sibling first and renamed at the end; a
failed run leaves nothing behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import Problem, UserError

_WORK, _LOCK = ".work-", "alive"
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
        _remove_dead(out)
        folder = Path(tempfile.mkdtemp(prefix=_WORK, dir=out))
    except OSError as error:
        what = f"cannot be written to: {error.strerror}"
        remedy = "give a folder of your own with --out"
        raise UserError([Problem(str(out), what, remedy)]) from None
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_dead(out: Path) -> None:
    """Remove what a run that was killed left behind: it holds message text."""
    for folder in out.glob(f"{_WORK}*"):
        try:
            with (folder / _LOCK).open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # a run is alive in it


@contextmanager
def whole_folder(out: Path, work: Path, run_id: str) -> Iterator[Path]:
    """Write a run into the folder given; it is renamed to `out/run_id` when nothing raised."""
    final = out / run_id
    partial = work / run_id
    partial.mkdir()
    try:
        (partial / OFFICERS).mkdir()
        (partial / IT).mkdir()
        yield partial
        partial.rename(final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
