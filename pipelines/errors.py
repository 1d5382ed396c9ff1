"""What can go wrong, said where it happened and what to do. Never holds message text.

UserError            a mistake in configuration or usage; exit 2, all problems at once
RunFailed            the run cannot be published; exit 3
  RuleFailed         a rule raised
  Crashed            something else raised that nobody expected
  NotReconciled      the counts do not add up
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend before a run: where it is, what it is, what to do."""

    where: str  # "district.toml:12", "roster/users.csv", ...
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" -> {self.remedy}" if self.remedy else "")


class UserError(Exception):
    """Wrong usage or configuration; carries every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class RunFailed(Exception):
    """The run stopped and nothing was published."""


class RuleFailed(RunFailed):
    """A rule raised on a message; a crash is never counted as no match."""

    def __init__(self, rule: str, message_key: str, error: BaseException) -> None:
        super().__init__(
            f"rule {rule} raised {type(error).__name__} at {_place(error)} "
            f"on message {message_key} -> "
            f"run `brightline rules test {rule}` and report it; nothing was published"
        )


class Crashed(RunFailed):
    """A fault of the program, told by type and place: an exception's words may quote a message."""

    def __init__(self, error: BaseException) -> None:
        places = [
            f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
            if _OURS & set(Path(frame.filename).resolve().parents)
        ]
        super().__init__(
            f"{type(error).__name__} at {places[-1] if places else 'an unknown place'} -> "
            "report this line; nothing was published"
        )


_OURS = {Path(__file__).resolve().parents[1] / name for name in ("pipelines", "rules")}


def _place(error: BaseException) -> str:
    """File and line where an error was raised; never its text, which may quote a message."""
    frames = extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"


class NotReconciled(RunFailed):
    """Records read and records accounted for differ."""
