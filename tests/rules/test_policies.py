"""Policy packs: the clauses of the adopted texts, checked whole, in force by date."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from pathlib import Path

import pytest

from rules.model import Severity
from rules.policies.pack import InvalidPolicy, Policy, load_policy, shipped
from rules.registry import all_rules

KNOWN = frozenset(one.id for one in all_rules())
POLICIES = {name: load_policy(path, KNOWN) for name, path in shipped().items()}
CLAUSES = {
    "personal-number": {"personal_number"},
    "texting": {"personal_texting"},
    "school-account": {"non_school_account"},
    "soliciting": {"solicits_contact"},
    "accepting": {"accepts_contact"},
    "groups": {"unapproved_group"},
    "personal-media": {"personal_site"},
    "conduct": {"off_hours_contact", "moved_channel"},
    "district-material": {"public_posting"},
    "school-hours": {"social_media_in_school_hours"},
}
LIFTED = {"personal-number", "texting", "soliciting", "accepting", "conduct"}
"""Clauses that forbid only what is not for education or district operations."""
FIRST = """[[clause]]
id = "one"
place = "bullet 1"
statement = "Staff do not."
stance = "forbidden"
effective = 2020-01-02
rules = { personal_number = { severity = "high" } }
"""
HEAD = 'id = "x"\ntitle = "X"\nadopted = 2020-01-02\n'


def load(folder: Path, text: str) -> Policy:
    """The policy of a text."""
    path = folder / "x.toml"
    path.write_text(text, encoding="utf-8")
    return load_policy(path, KNOWN)


def faults(folder: Path, text: str) -> list[str]:
    """Everything wrong with a text."""
    with pytest.raises(InvalidPolicy) as caught:
        load(folder, text)
    assert str(caught.value) == "x.toml: " + "; ".join(caught.value.faults)
    return caught.value.faults


# -- the packs -----------------------------------------------------------------------------


def test_two_policies_are_shipped() -> None:
    """Each under the name of its file."""
    assert list(POLICIES) == ["hot-springs-5460", "stevensville-5460"]
    assert [policy.id for policy in POLICIES.values()] == list(POLICIES)


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_of_the_text_is_in_the_pack(name: str, clause: str) -> None:
    """Forbidden, with the rules that look for it, and lifted by what the text says."""
    (found,) = (one for one in POLICIES[name].clauses if one.id == clause)

    assert found.stance == "forbidden"
    assert set(found.severities) == CLAUSES[clause]
    assert ("school_business" in found.lifted_by) == (clause in LIFTED)
    assert len(found.statement.split()) >= 8
    assert found.place


@pytest.mark.parametrize("name", POLICIES)
def test_no_clause_is_made_up(name: str) -> None:
    """The pack has those of the text alone, in force from adoption."""
    policy = POLICIES[name]

    assert [one.id for one in policy.clauses] == list(CLAUSES)
    assert {one.effective_from for one in policy.clauses} == {policy.adopted}
    assert {one.effective_to for one in policy.clauses} == {None}


def test_the_policies_differ_where_their_texts_do() -> None:
    """The relationship exemption, the groups, breaks and preparation periods, and the dates."""
    hot, steve = POLICIES.values()
    groups = [
        next(one.statement for one in policy.clauses if one.id == "groups")
        for policy in (hot, steve)
    ]
    breaks = [
        next(one.settings for one in policy.clauses if one.id == "school-hours")
        for policy in (hot, steve)
    ]

    assert hot.exempt_relationships == ()
    assert set(steve.exempt_relationships) == {"familial", "employment", "legal"}
    assert "advisor" in groups[0]
    assert "administrator" in groups[1]
    assert breaks == [{"breaks_count": False}, {"breaks_count": True}]
    assert (hot.adopted, hot.version) == (date(2022, 9, 9), "2022-09-09")
    assert (steve.adopted, steve.version) == (date(2017, 10, 10), "2019-05-09")


def test_the_packs_ask_for_every_rule_and_for_no_other() -> None:
    """A clause without a rule, or a rule without a clause, would be looked for by nobody."""
    named = {
        rule for policy in POLICIES.values() for one in policy.clauses for rule in one.severities
    }

    assert named == KNOWN
    assert all(one.severities for policy in POLICIES.values() for one in policy.clauses)


# -- dates ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "clause"),
    [
        (date(2020, 1, 1), None),
        (date(2020, 1, 2), "one"),
        (date(2021, 6, 30), "one"),
        (date(2021, 7, 1), None),
        (date(2021, 7, 31), None),
        (date(2021, 8, 1), "two"),
        (date(2999, 1, 1), "two"),
    ],
)
def test_a_clause_is_in_force_from_its_first_to_its_last_day(
    on: date, clause: str | None, tmp_path: Path
) -> None:
    """Both included; between two wordings nothing is forbidden."""
    first = FIRST + "ends = 2021-06-30\n"
    second = FIRST.replace('"one"', '"two"').replace("2020-01-02", "2021-08-01")
    found = load(tmp_path, HEAD + first + second).clause_for("personal_number", on)

    assert (found.id if found else None) == clause


@pytest.mark.parametrize("stance", ["permitted", "not-adopted"])
def test_only_a_forbidden_clause_is_looked_for(stance: str, tmp_path: Path) -> None:
    """The others are there to be shown."""
    policy = load(tmp_path, HEAD + FIRST.replace("forbidden", stance))

    assert policy.clause_for("personal_number", date(2025, 1, 1)) is None
    assert policy.clauses[0].stance == stance


def test_a_clause_is_found_by_the_rules_it_names() -> None:
    """And by no other."""
    policy, on = POLICIES["stevensville-5460"], date(2025, 1, 1)

    assert policy.clause_for("moved_channel", on) == policy.clause_for("off_hours_contact", on)
    assert policy.clause_for("unheard_of", on) is None


def test_the_version_is_the_latest_of_the_dates(tmp_path: Path) -> None:
    """Adopted, revised, reviewed."""
    dates = "revised = 2021-01-01\nreviewed = [2020-06-01, 2022-02-02]\n"

    assert load(tmp_path, HEAD + FIRST).version == "2020-01-02"
    assert load(tmp_path, HEAD + dates + FIRST).version == "2022-02-02"


# -- faults --------------------------------------------------------------------------------


def test_severities_are_read(tmp_path: Path) -> None:
    """Medium where none is set."""
    text = HEAD + FIRST.replace('{ severity = "high" }', "{}")

    assert load(tmp_path, HEAD + FIRST).clauses[0].severities == {"personal_number": Severity.HIGH}
    assert load(tmp_path, text).clauses[0].severities == {"personal_number": Severity.MEDIUM}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "x"', "", "key id missing"),
        ("adopted = 2020-01-02", "", "key adopted missing"),
        ('title = "X"', 'title = "X"\nexempt_relationships = ["friend"]', "relationship friend"),
        ('place = "bullet 1"', "", "clause one: key place missing"),
        ("effective = 2020-01-02", "", "clause one: key effective missing"),
        ('"forbidden"', '"banned"', "clause one: stance must be one of forbidden, permitted"),
        ("personal_number =", "personal_numbr =", "clause one: unknown rule personal_numbr"),
        ('"high"', '"grave"', "clause one: severity of personal_number must be low, medium"),
        ("[[clause]]", "[[clauses]]", "no [[clause]]"),
        (FIRST, FIRST + FIRST, "clause one stands twice"),
        ('"bullet 1"', "bullet 1", "x.toml"),  # not TOML at all
    ],
)
def test_a_faulty_pack_is_refused(old: str, new: str, fault: str, tmp_path: Path) -> None:
    """The one fault is named, with its clause."""
    text = HEAD + FIRST
    assert old in text
    if fault == "x.toml":
        with pytest.raises(tomllib.TOMLDecodeError):
            tomllib.loads(text.replace(old, new))
        fault = ""
    found = faults(tmp_path, text.replace(old, new))

    assert len(found) == 1
    assert fault in found[0]


def test_a_pack_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """With the file's name."""
    path = tmp_path / "x.toml"
    path.write_bytes(b"id = '\xff'")

    with pytest.raises(InvalidPolicy, match=r"x\.toml: .*utf-8"):
        load_policy(path, KNOWN)


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    """Nobody mends a pack seven times."""
    other = FIRST.replace("forbidden", "banned").replace("personal_number", "unheard")
    text = (
        'title = "X"\nexempt_relationships = ["friend"]\n'
        + FIRST
        + FIRST
        + other.replace('"one"', '"two"').replace("high", "grave")
    )
    found = faults(tmp_path, text)

    assert [one.partition(";")[0] for one in found] == [
        "key id missing",
        "key adopted missing",
        "unknown relationship friend",
        "clause two: stance must be one of forbidden, permitted, not-adopted",
        "clause two: unknown rule unheard",
        "clause two: severity of unheard must be low, medium or high",
        "clause one stands twice",
    ]


def test_several_clauses_that_stand_twice_are_listed_in_one_order(tmp_path: Path) -> None:
    """The same on every run."""
    clauses = [FIRST.replace('"one"', f'"{name}"') for name in "zyxwvutsr"]
    found = faults(tmp_path, HEAD + "".join(clauses * 2))

    assert found == sorted(found)


# -- fingerprint ---------------------------------------------------------------------------


def test_the_fingerprint_is_that_of_the_file(tmp_path: Path) -> None:
    """A comment changes it: what was in force must be told to the byte."""
    one = load(tmp_path, HEAD + FIRST)
    other = load(tmp_path, HEAD + FIRST + "# reviewed\n")

    assert one.fingerprint == hashlib.sha256((HEAD + FIRST).encode()).hexdigest()
    assert one.fingerprint != other.fingerprint
    assert len({policy.fingerprint for policy in POLICIES.values()}) == 2
