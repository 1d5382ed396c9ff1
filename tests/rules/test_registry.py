"""The registry: a rule is one file named after it, for a clause that every policy has."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rules
from rules import registry
from rules.model import InvalidRule, Rule
from rules.policies.pack import Policy, load_policy, shipped
from rules.registry import all_rules, fingerprint

POLICIES = [
    load_policy(path, frozenset(one.id for one in all_rules())) for path in shipped().values()
]
PLANTED = "from dataclasses import replace\nfrom rules.personal_number import RULE as FOUND\n"


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that the registry also walks; modules planted there are forgotten afterwards."""
    all_rules.cache_clear()
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    yield tmp_path
    for file in tmp_path.glob("*.py"):
        sys.modules.pop(f"rules.{file.stem}", None)
        rules.__dict__.pop(file.stem, None)
    monkeypatch.undo()
    all_rules.cache_clear()


def test_a_new_rule_is_one_new_file(planted: Path) -> None:
    """Nothing else changes; rules come in order of id."""
    (planted / "a_new_rule.py").write_text(PLANTED + "RULE = replace(FOUND, id='a_new_rule')\n")
    found = [one.id for one in all_rules()]

    assert found == sorted(found)
    assert found[0] == "a_new_rule"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            PLANTED + "RULE = FOUND\n",
            "rules/misnamed.py holds RULE personal_number; the names must be one",
        ),
        ("", "rules/misnamed.py holds no RULE"),
        ("RULE = 'misnamed'\n", "rules/misnamed.py holds no RULE"),
        (
            PLANTED + "RULE = replace(FOUND, id='misnamed', examples=FOUND.examples[:1])\n",
            "rule misnamed lacks at least one example that must not match",
        ),
    ],
)
def test_a_module_that_is_no_rule_of_its_name_is_refused(
    planted: Path, text: str, says: str
) -> None:
    """Nothing is skipped without a word."""
    (planted / "misnamed.py").write_text(text)

    with pytest.raises(InvalidRule) as caught:
        all_rules()
    assert str(caught.value) == says


@pytest.mark.parametrize("one", all_rules(), ids=lambda one: one.id)
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_every_rule_has_its_clause_in_every_policy(one: Rule, policy: Policy) -> None:
    """And the pack names the rule there, and only there."""
    naming = [clause.id for clause in policy.clauses if one.id in clause.severities]

    assert naming == [one.clause]


@pytest.mark.parametrize("one", all_rules(), ids=lambda one: one.id)
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_what_lifts_a_rule_is_what_its_clause_says(one: Rule, policy: Policy) -> None:
    """Two places must not disagree about the purposes that lift.

    Under one clause a move to a private channel is not lifted, the hour of a message is.
    """
    (clause,) = (clause for clause in policy.clauses if clause.id == one.clause)
    never = one.id == "moved_channel"

    assert one.lifted_by_school_business == ("school_business" in clause.lifted_by and not never)


@pytest.mark.parametrize("one", all_rules(), ids=lambda one: one.id)
def test_the_file_documents_the_rule(one: Rule) -> None:
    """A sentence at the top, a title of its own, and 'student' somewhere a parent can read it."""
    module = sys.modules[f"rules.{one.id}"]
    titles = [other.title for other in all_rules()]

    assert module.__doc__
    assert titles.count(one.title) == 1
    assert "student" in one.rationale or "staff" in one.rationale.lower()


def test_the_fingerprint_is_that_of_everything_that_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper, a word list or a pack that changes changes it; a cache does not."""
    (tmp_path / "signals").mkdir()
    (tmp_path / "one.py").write_text("x = 1\n")
    monkeypatch.setattr(registry.rules, "__path__", [str(tmp_path)])
    seen = [fingerprint()]
    (tmp_path / "one.pyc").write_bytes(b"cache")

    assert fingerprint() == seen[0]
    for file, text in (("one.py", "x = 2\n"), ("signals/words.txt", "a"), ("policy.toml", "b")):
        (tmp_path / file).write_text(text)
        seen.append(fingerprint())
    assert len(set(seen)) == 4


@pytest.mark.parametrize("forbidden", ["apache_beam", "spacy", "django"])
def test_rules_are_found_without_heavy_packages(forbidden: str) -> None:
    """`rules` imports `pipelines.message` alone from the rest, and no Beam or spaCy."""
    code = (
        "import sys; from rules.registry import all_rules; all_rules(); "
        "ours = {m for m in sys.modules if m.partition('.')[0] == 'pipelines'}; "
        f"sys.exit('{forbidden}' in sys.modules or ours != {{'pipelines', 'pipelines.message'}})"
    )
    root = Path(rules.__path__[0]).parent

    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
