"""Writes a whole invented district of any size: roster, tables, district.toml, exports.

    python -m benchmarks.generate OUT [--messages 1000000] [--mail 0] [--people 10000]
                                      [--seed 7] [--candidates 0.01]

Half of the messages are SMS (Twilio console CSVs, `exports/sms`), half are LMS conversations
(Canvas Data 2 JSON lines in gzip, `exports/canvas`); `--mail` adds mails (Google Vault,
`exports/vault`). The same arguments and versions of numpy, pyarrow and zlib give the same bytes;
nothing is read from clock, machine or network. Counts are exact and stand in OUT/RATES.json.

Base rates
    people       50 % students, 44 % guardians, 6 % staff (60 % of them teachers, 4 classes each);
                 students take 6 classes of their school and have one or two guardians
    numbers      +1 NPA 555 XXXX. The reserved 555-01xx give 100 numbers an area code, too few
                 here; no subscriber has exchange 555, so all of it is used, but for 01xx (the
                 district's offices) and 1212. Every person's number is different, except that
                 2 % of students share a guardian's; those families get no SMS
    handles      listed: half of teachers' gateway numbers, own phones of 60 % of staff and 75 % of
                 students, private addresses of 20 % of both, phones of 95 % of guardians
    candidates   `--candidates` (1 %) of the messages and of the mails are ones a rule looks at, all
                 from staff to one student, half of them in a personal voice:
                 60 % of them SMS (85 % plain, 15 % with a phone number given), 40 % LMS (60 % off
                 hours, 25 % with a number, 15 % naming a handle or channel); of mails 40 % to a
                 private address, 20 % from one, 25 % off hours, 15 % with a number
    other SMS    22 % student to staff, 45 % guardian and staff, 25 % office to guardian, 8 % staff
    other LMS    40 % student to staff, 25 % guardian and staff, 6 % staff to class in school hours,
                 29 % staff
    other mail   21.5 % student to staff, 42 % guardian and staff, 29 % staff (20 % of them with
                 up to three in CC), 5 % suppliers, 2.5 % staff to class through a group address
    unresolved   2 % of guardians' SMS conversations use a number that no table lists, 2 % of
                 guardians' LMS accounts are in no table; suppliers are in no table
    texts        1 % of guardians' messages give their own number; sentences of phrases.txt, about
                 half with digits; mails have 1 to 6 KB of text, 45 % an HTML alternative, 5 % an
                 attachment of 9 to 86 KB
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.district import generator_digest
from benchmarks.exports import write_lms, write_sms
from benchmarks.mails import write_mail
from benchmarks.people import FEWEST, RATES, SHARES, District, make_district
from benchmarks.tables import SOURCES, write_config, write_tables
from benchmarks.traffic import CANDIDATES, MIX, MOST_CANDIDATES, UNLISTED, plans

SMS_CANDIDATES = 0.6
"""Share of the candidates among messages that are SMS."""
WRITERS = {"sms": write_sms, "lms": write_lms, "mail": write_mail}
FORMATS = {"sms": "twilio", "lms": "canvas", "mail": "vault"}
RATES_FILE = "RATES.json"


def generate(
    out: Path,
    messages: int = 1_000_000,
    mail: int = 0,
    people: int = 10_000,
    seed: int = 7,
    candidates: float = 0.01,
) -> Counter[str]:
    """Write a district into an empty or new folder; the counts that RATES.json states.

    Raises:
        FileExistsError: the folder has something in it.
        ValueError: a size or share that cannot be met.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")
    out.mkdir(parents=True, exist_ok=True)
    district = make_district(people, seed)
    wanted = sizes(messages, mail, candidates)
    write_tables(district, out)
    counts = Counter[str]()
    for channel, (count, chosen) in wanted.items():
        folder = out / SOURCES[FORMATS[channel]]
        planned = plans(district, channel, count, chosen, seed)
        counts += WRITERS[channel](district, planned, folder, seed)
    write_config(out, [FORMATS[channel] for channel in wanted])
    arguments = {
        "messages": messages,
        "mail": mail,
        "people": people,
        "seed": seed,
        "candidates": candidates,
    }
    _write_rates(out, arguments, district, counts)
    return counts


def sizes(messages: int, mail: int, candidates: float) -> dict[str, tuple[int, int]]:
    """Messages and candidates of each channel that has any."""
    if messages < 0 or mail < 0:
        raise ValueError("a number of messages cannot be negative")
    if not 0 <= candidates <= MOST_CANDIDATES / (2 * SMS_CANDIDATES):
        most = MOST_CANDIDATES / (2 * SMS_CANDIDATES)
        raise ValueError(f"--candidates must be from 0 to {most:.2f}, is {candidates}")
    chosen = round(messages * candidates)
    sms = round(chosen * SMS_CANDIDATES)
    wanted = {
        "sms": (messages - messages // 2, sms),
        "lms": (messages // 2, chosen - sms),
        "mail": (mail, round(mail * candidates)),
    }
    return {channel: size for channel, size in wanted.items() if size[0]}


def _write_rates(
    out: Path, arguments: dict[str, int | float], district: District, counts: Counter[str]
) -> None:
    stated = {
        "arguments": arguments,
        "source": generator_digest(),
        "people": {
            "students": district.students,
            "guardians": district.guardians,
            "staff": district.staff,
            "classes": district.classes,
            "class places": len(district.enrolled_student),
        },
        "rates of people": {**SHARES, **RATES},
        "rates of other messages": {
            channel: {kind.name: kind.share for kind in kinds} for channel, kinds in MIX.items()
        },
        "rates of candidates": CANDIDATES,
        "rate of unlisted numbers in guardians' SMS conversations": UNLISTED,
        "counts": dict(sorted(counts.items())),
    }
    text = json.dumps(stated, indent=2) + "\n"
    (out / RATES_FILE).write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Command line; 0, or 2 with one line that says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate")
    parser.description = "Write an invented district: roster, tables, district.toml, exports."
    parser.add_argument("out", type=Path, help="new or empty folder")
    parser.add_argument("--messages", type=int, default=1_000_000, help="half SMS, half LMS")
    parser.add_argument("--mail", type=int, default=0, help="mails on top of the messages")
    parser.add_argument("--people", type=int, default=10_000, help=f"at least {FEWEST}")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--candidates", type=float, default=0.01, help="share a rule looks at")
    parser.add_argument("--force", action="store_true", help="empty the folder first")
    given = parser.parse_args(arguments)
    if given.force and (given.out / RATES_FILE).exists():
        shutil.rmtree(given.out)
    begin = time.perf_counter()
    try:
        counts = generate(
            given.out, given.messages, given.mail, given.people, given.seed, given.candidates
        )
    except (ValueError, FileExistsError) as error:
        print(f"benchmarks.generate: {error}", file=sys.stderr)
        return 2
    total = sum(counts[f"{channel} messages"] for channel in WRITERS)
    print(f"{total} messages in {time.perf_counter() - begin:.1f} s: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
