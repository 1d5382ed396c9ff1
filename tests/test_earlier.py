"""Offers of earlier nights: written by each run, read back by later ones, and never in silence."""

from __future__ import annotations

import csv
import json
import shutil
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.counters import Ledger
from pipelines.earlier import FILE, SCHEMA, LookedBack, look_back, span_of, write_offers
from pipelines.findings import ContextLine
from pipelines.message import Role
from pipelines.moved import Offer, What
from tests.conftest import Command
from tests.expected import flags_of, manifest_of, read_csv
from tests.test_moved import CELL, JOS_MAIL, at, offer
from tests.test_privacy import repack

DISTRICT = "North"
NIGHT = (at(0), at(1))
LINE = ContextLine(0, "k", at(0), at(0).replace(tzinfo=None), "lms", "A", "B", "", "Xyzzy", True)


def written(
    runs: Path, run: str, *offers: Offer, district: str = DISTRICT, span: Any = NIGHT
) -> Path:
    """An earlier run with its offers."""
    folder = runs / run / "for_officers"
    folder.mkdir(parents=True)
    write_offers(folder / FILE, offers, district, span)
    return folder / FILE


GIVEN = offer(0.5, What.GIVEN, CELL, Role.STAFF, line=LINE)
ASKED = offer(0.6, What.ASKED, "email:", Role.STUDENT, own=False, students=("S1", "S2"))
USED = offer(0.7, What.USED, JOS_MAIL, Role.STUDENT, own=False)


def test_offers_come_back_as_they_were(tmp_path: Path) -> None:
    """But for the message itself, which no file holds."""
    path = written(tmp_path, "a", ASKED, GIVEN, USED, GIVEN)
    back = look_back(tmp_path, DISTRICT, (at(2), at(3)))

    assert back.offers == (GIVEN, ASKED, USED)
    assert {one.line for one in back.offers} == {None}
    assert b"Xyzzy" not in path.read_bytes()
    assert pq.read_schema(path).names == SCHEMA.names
    assert [one["run"] for one in back.used] == ["a"]
    assert back.entry()["note"] == ""
    assert json.dumps(back.entry())


def test_all_runs_of_ninety_days_are_read(tmp_path: Path) -> None:
    """In any number; what is older is let be, and what is of tomorrow does not count."""
    written(tmp_path, "a", GIVEN)
    written(tmp_path, "b", offer(40, What.GIVEN, CELL, Role.STAFF), span=(at(40), at(41)))
    written(tmp_path, "c", offer(-1, What.GIVEN, CELL, Role.STAFF), span=(at(-1), at(-1)))
    written(tmp_path, ".work-d", offer(41, What.GIVEN, CELL, Role.STAFF), span=(at(41), at(42)))
    back = look_back(tmp_path, DISTRICT, (at(90.2), at(91)))

    assert [one.key for one in back.offers] == ["o0.5", "o40"]
    assert [one["run"] for one in back.used] == ["a", "b"]
    assert [one.key for one in look_back(tmp_path, DISTRICT, (at(0), at(0.2))).offers] == ["o-1"]
    assert back.unused == ()


def test_a_use_of_the_same_days_is_judged_again(tmp_path: Path) -> None:
    """A night that is audited twice finds the same twice."""
    written(tmp_path, "a", GIVEN, USED)

    assert look_back(tmp_path, DISTRICT, NIGHT).offers == (GIVEN,)
    assert look_back(tmp_path, DISTRICT, (at(0.71), at(2))).offers == (GIVEN, USED)


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    """Another district, another version, a broken file."""
    written(tmp_path, "a", GIVEN, district="South")
    written(tmp_path, "b", GIVEN).write_bytes(b"PAR1 broken")
    path = written(tmp_path, "c", GIVEN)
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({"version": "0", "district": DISTRICT}), path)
    pq.write_table(table.drop_columns(["own"]), written(tmp_path, "d"))
    back = look_back(tmp_path, DISTRICT, (at(2), at(3)))

    assert back.offers == ()
    assert [one["run"] for one in back.unused] == ["a", "b", "c", "d"]
    assert back.unused[0]["why"] == "of another district"
    assert "cannot be read" in back.unused[1]["why"]
    assert {one["why"] for one in back.unused[2:]} == {"written by another version of Brightline"}
    assert "no earlier run" in back.entry()["note"]


def test_without_messages_nothing_is_looked_for(tmp_path: Path) -> None:
    """Nor does a folder have to be there."""
    assert look_back(tmp_path, DISTRICT, None) == LookedBack()
    assert look_back(tmp_path / "none", DISTRICT, NIGHT).offers == ()


def test_the_span_is_that_of_all_sources() -> None:
    """A source without messages has none."""
    first, last = (one.isoformat() for one in NIGHT)
    ledgers = {"a": Ledger("a", seen_first=first, seen_last=first), "b": Ledger("b")}
    ledgers["c"] = Ledger("c", seen_first=last, seen_last=last)

    assert span_of(ledgers) == NIGHT
    assert span_of({"b": Ledger("b")}) is None


# -- nights of the fixture district ------------------------------------------------------------


CUT = "2025-11-11"  # the address was asked for before, and written to after it


def night(district: Path, tmp_path: Path, name: str, *, early: bool) -> Path:
    """The configuration of a copy that holds the messages of one side of `CUT`."""
    copy = tmp_path / name
    shutil.copytree(district, copy)
    for file in ("email.csv", "sms.csv", "lms.csv"):
        path = copy / "story" / file
        rows = read_csv(path)
        kept = [row for row in rows if (row["local_time"] < CUT) == early]
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, rows[0])
            writer.writeheader()
            writer.writerows(kept)
    repack(copy)
    return copy / "district.toml"


def moves(run: Path) -> list[tuple[str, ...]]:
    """The rows of moved_channel, without where in the exports a message stands."""
    left_out = {"source_file", "record"}
    return [
        tuple(value for name, value in row.items() if name not in left_out)
        for row in flags_of(run)
        if row["rule"] == "moved_channel"
    ]


@pytest.fixture
def nights(district: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two configurations: until `CUT`, and from then on."""
    return (
        night(district, tmp_path, "first", early=True),
        night(district, tmp_path, "second", early=False),
    )


def test_two_nights_find_what_one_does(
    nights: tuple[Path, Path], audited: Any, brightline: Command, tmp_path: Path
) -> None:
    """The same rows to the letter; without the first night the second does not find the move."""
    first, second = nights
    runs = tmp_path / "runs"
    one = brightline("audit", "--config", first, "--out", runs)
    two = brightline("audit", "--config", second, "--out", runs)
    alone = brightline("audit", "--config", second, "--out", tmp_path / "other")

    assert moves(one.run) + moves(two.run) == moves(audited.run)
    assert len(moves(alone.run)) == len(moves(two.run)) - 1
    looked = manifest_of(two.run)["looked_back"]
    assert [entry["run"] for entry in looked["runs"]] == [one.run.name]
    assert "no earlier run" in manifest_of(alone.run)["looked_back"]["note"]
    mode = (two.run / "for_officers" / FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_the_configuration_says_where_earlier_runs_are(
    nights: tuple[Path, Path], brightline: Command, tmp_path: Path
) -> None:
    """And a night that is audited again finds the same."""
    first, second = nights
    brightline("audit", "--config", first, "--out", tmp_path / "archive")
    second.write_text(
        second.read_text("utf-8") + '\n[history]\nruns = "../archive"\n', encoding="utf-8"
    )
    two = brightline("audit", "--config", second, "--out", tmp_path / "runs")
    shutil.copytree(two.run, tmp_path / "archive" / two.run.name)
    again = brightline("audit", "--config", second, "--out", tmp_path / "runs")

    assert len(manifest_of(two.run)["looked_back"]["runs"]) == 1
    assert len(manifest_of(again.run)["looked_back"]["runs"]) == 2
    assert moves(again.run) == moves(two.run)
    assert any("asked for" in row for row in map(str, moves(two.run)))


def test_the_horizon_is_ninety_days() -> None:
    """As the rule reference says."""
    assert LookedBack(since=at(0)).entry()["days"] == 90
    assert look_back(Path("none"), DISTRICT, NIGHT).since == NIGHT[0] - timedelta(days=90)
