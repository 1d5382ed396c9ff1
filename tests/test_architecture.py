"""The shape of the code: who may import whom, how long a file may be, what may not stand in it.

Each check is a function over (name, text) of files, and each is shown a planted violation.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

MOST_LINES, LONGEST_FUNCTION = 400, 60
OUR_FOLDERS = ("pipelines", "rules", "review", "tests", "fixtures", "benchmarks", "docs", ".ci")
BEAM_FILES = {"pipelines/transforms.py", "pipelines/runners.py", "pipelines/audit.py"}
RULES_MAY = {"pipelines.message"}
RULES_MAY_NOT = {"apache_beam", "pandas", "django", "sqlite3", "review"}
REVIEW_MAY_NOT = {"apache_beam", "spacy", "pandas"}

Files = Iterable[tuple[str, str]]


def python_files(*folders: str) -> list[tuple[str, str]]:
    """(name, text) of every Python file of these folders."""
    return [
        (path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted((REPOSITORY / folder).rglob("*.py"))
    ]


def kept_files() -> Iterator[tuple[str, str]]:
    """(name, text) of every text file that belongs to the repository."""
    found = [path for path in REPOSITORY.iterdir() if path.is_file()]
    for folder in OUR_FOLDERS:
        found += [path for path in (REPOSITORY / folder).rglob("*") if path.is_file()]
    for path in sorted(found):
        if "__pycache__" in path.parts:
            continue
        try:
            yield path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def imports(text: str) -> set[str]:
    """Dotted names of the modules a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module in ("pipelines", "rules", "review"):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def top(name: str) -> str:
    """The package of a dotted name."""
    return name.partition(".")[0]


# The checks ---------------------------------------------------------------------------------------


def wrong_imports(files: Files) -> list[str]:
    """Imports that go against the direction stated in docs/architecture.md."""
    wrong = []
    for name, text in files:
        for module in sorted(imports(text)):
            folder, package = name.partition("/")[0], top(module)
            of_pipelines = package == "pipelines" and module not in {"pipelines", *RULES_MAY}
            if (
                (folder == "rules" and (of_pipelines or package in RULES_MAY_NOT))
                or (folder == "pipelines" and package in {"review", "django"})
                or (folder == "review" and package in REVIEW_MAY_NOT)
                or (package == "apache_beam" and name not in BEAM_FILES)
            ):
                wrong.append(f"{name} imports {module}")
    return wrong


def without_docstring(files: Files) -> list[str]:
    """Modules that hold something and do not say what."""
    return [name for name, text in files if text.strip() and not ast.get_docstring(ast.parse(text))]


def too_long(files: Files) -> list[str]:
    """Files of MOST_LINES lines or more, functions of more than LONGEST_FUNCTION."""
    wrong = []
    for name, text in files:
        if len(text.splitlines()) >= MOST_LINES:
            wrong.append(f"{name} has {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    wrong.append(f"{name}: {node.name} has {lines} lines")
    return wrong


# Built of parts, so that this file does not hold what it looks for.
HOSTS = [
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("registry.npmjs", "org"),
    ("maven.apache", "org"),
    ("proxy.golang", "org"),
    ("deb.debian", "org"),
]
FOLDERS = ["work", "farm", "root", "tmp/venv", "tmp/bash_jobs"]
FOREIGN = re.compile(
    "|".join(re.escape(f"{name}.{end}") for name, end in HOSTS)
    + r"|(?<![\w.])/(?:"
    + "|".join(FOLDERS)
    + ")/"
)


def foreign_names(files: Files) -> list[str]:
    """Package registries and paths of the machine that built this."""
    return [
        f"{name}:{number} holds {found[0]}"
        for name, text in files
        for number, line in enumerate(text.splitlines(), 1)
        for found in FOREIGN.finditer(line)
    ]


# What they find -----------------------------------------------------------------------------------


def test_imports_go_one_way() -> None:
    files = python_files("pipelines", "rules", "review")
    assert {name.partition("/")[0] for name, _ in files} >= {"pipelines", "rules"}
    assert wrong_imports(files) == []


def test_beam_is_where_it_is_said_to_be() -> None:
    """The list is not longer than it must be."""
    files = python_files("pipelines")
    beam = {name for name, text in files if "apache_beam" in {top(one) for one in imports(text)}}
    assert beam == BEAM_FILES


def test_every_module_says_what_it_is() -> None:
    assert without_docstring(python_files("pipelines", "rules", "review")) == []


def test_files_and_functions_are_short() -> None:
    assert too_long(python_files("pipelines", "rules", "review")) == []


def test_nothing_names_a_registry_or_this_machine() -> None:
    files = list(kept_files())
    assert {"pyproject.toml", "tests/test_architecture.py"} <= {name for name, _ in files}
    assert foreign_names(files) == []


PLANTED: dict[str, tuple[Callable[[Files], list[str]], str, str]] = {
    "rule reads the roster": (
        *(wrong_imports, "rules/x.py"),
        "from pipelines.roster.directory import Directory",
    ),
    "rule imports a name of the package": (
        *(wrong_imports, "rules/x.py"),
        "from pipelines import roster",
    ),
    "rule uses pandas inside a function": (
        *(wrong_imports, "rules/signals/x.py"),
        "def look():\n    import pandas as pd\n    return pd",
    ),
    "rule uses Beam": (wrong_imports, "rules/x.py", "import apache_beam as beam"),
    "rule uses Django": (wrong_imports, "rules/x.py", "from django.db import models"),
    "stage uses Beam": (wrong_imports, "pipelines/examine.py", "from apache_beam import pvalue"),
    "pipeline uses the console": (wrong_imports, "pipelines/audit.py", "import review.models"),
    "console uses Beam": (wrong_imports, "review/views.py", "import apache_beam.pvalue"),
    "console uses spaCy": (wrong_imports, "review/views.py", "from spacy.tokens import Doc"),
    "no docstring": (without_docstring, "pipelines/x.py", "import re\n"),
    "docstring not first": (without_docstring, "pipelines/x.py", 'import re\n"""Late."""\n'),
    "long file": (too_long, "pipelines/x.py", "a = 1\n" * MOST_LINES),
    "long function": (too_long, "x.py", "def f():\n" + "    a = 1\n" * LONGEST_FUNCTION),
    "long method": (too_long, "x.py", "class C:\n  def f(s):\n" + "    a = 1\n" * 60),
    "registry": (foreign_names, "requirements.txt", f"--index-url https://{'.'.join(HOSTS[0])}/"),
    "path of the machine": (foreign_names, "run.sh", f"cd /{FOLDERS[0]}/main"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_violation_is_found(planted: str) -> None:
    check, name, text = PLANTED[planted]
    found = check([("pipelines/good.py", '"""Good."""\n'), (name, text)])
    assert len(found) == 1
    assert found[0].startswith(name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rules/x.py", "from pipelines.message import Message"),
        ("pipelines/transforms.py", "import apache_beam as beam"),
        ("pipelines/examine.py", "from rules.model import Rule"),
        ("review/views.py", "from django.db import models\nfrom rules.model import Severity"),
    ],
)
def test_what_is_allowed_is_no_violation(name: str, text: str) -> None:
    assert wrong_imports([(name, text)]) == []


def test_relative_paths_and_urls_are_not_of_this_machine() -> None:
    lines = f"runs/{FOLDERS[0]}/x\nhttps://example.org/{FOLDERS[0]}/\n./{FOLDERS[0]}/x"
    assert foreign_names([("x", lines)]) == []


def test_the_tree_that_is_looked_at_is_this_one() -> None:
    assert Path(__file__).is_relative_to(REPOSITORY)
