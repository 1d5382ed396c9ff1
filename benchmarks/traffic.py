"""Who writes to whom and when, chunk by chunk: the plan that every export writer follows.

Rule of this file: plans hold numbers only (people, times, kinds); no text, no file. The messages
of a chunk lie in one slice of the school year, so exports are in time order and memory does not
grow with the number of messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks import texts
from benchmarks.people import OFFICE_LINES, OUTSIDE, District, Flags, Ints, has_lms

CHUNK = 50_000
ZONE = "America/Denver"
FIRST_DAY, LAST_DAY = date(2025, 8, 27), date(2026, 6, 5)
DAYS_OFF = {
    date(2025, 9, 1): "Labor Day",
    date(2025, 10, 16): "Educator conference",
    date(2025, 10, 17): "Educator conference",
    date(2025, 11, 27): "Thanksgiving",
    date(2025, 11, 28): "Thanksgiving",
    **{date(2025, 12, 22) + timedelta(n): "Winter break" for n in range(5)},
    **{date(2025, 12, 29) + timedelta(n): "Winter break" for n in range(5)},
    **{date(2026, 3, 23) + timedelta(n): "Spring break" for n in range(5)},
    date(2026, 5, 25): "Memorial Day",
}
UNLISTED = 0.02
"""Share of school-guardian SMS conversations with a number that no table lists."""


FLOWS = ("both", "from-staff", "to-staff")


@dataclass(frozen=True)
class Kind:
    """One kind of conversation: its share of messages, its voices, which way it goes."""

    name: str
    share: float
    staff_voice: int
    other_voice: int
    flow: str  # one of FLOWS
    longest: int


_GUARDIAN = (texts.SCHOOL, texts.GUARDIAN, "both", 12)
_COLLEAGUE = (texts.COLLEAGUE, texts.COLLEAGUE, "both", 12)
MIX: dict[str, tuple[Kind, ...]] = {
    "sms": (
        Kind("student-staff", 0.22, texts.SCHOOL, texts.STUDENT, "to-staff", 12),
        Kind("guardian-staff", 0.45, *_GUARDIAN),
        Kind("office-guardian", 0.25, texts.SCHOOL, texts.GUARDIAN, "from-staff", 1),
        Kind("staff-staff", 0.08, *_COLLEAGUE),
    ),
    "lms": (
        Kind("student-staff", 0.40, texts.SCHOOL, texts.STUDENT, "to-staff", 12),
        Kind("guardian-staff", 0.25, *_GUARDIAN),
        Kind("staff-class", 0.06, texts.CLASS, texts.STUDENT, "from-staff", 1),
        Kind("staff-staff", 0.29, *_COLLEAGUE),
    ),
    "mail": (
        Kind("student-staff", 0.215, texts.SCHOOL, texts.STUDENT, "to-staff", 6),
        Kind("guardian-staff", 0.42, *_GUARDIAN),
        Kind("staff-class", 0.025, texts.CLASS, texts.STUDENT, "from-staff", 1),
        Kind("staff-staff", 0.29, *_COLLEAGUE),
        Kind("outside-staff", 0.05, texts.COLLEAGUE, texts.COLLEAGUE, "to-staff", 1),
    ),
}
"""Kinds of each channel with their shares of the messages; candidates come on top of the first."""

REASONS = ("", "text", "off-hours", "number", "pointer", "private-address", "own-account")
"""Why a message is a candidate; the first is none. In the order of the codes of `Plan.reason`."""
CANDIDATES: dict[str, dict[str, float]] = {
    "sms": {"text": 0.85, "number": 0.15},
    "lms": {"off-hours": 0.60, "number": 0.25, "pointer": 0.15},
    "mail": {"private-address": 0.40, "own-account": 0.20, "off-hours": 0.25, "number": 0.15},
}
"""Reasons of the candidates of each channel, all from staff to one student."""
MOST_CANDIDATES = 0.25


@dataclass(frozen=True)
class Plan:
    """One chunk of messages in time order, one row a message."""

    first: int  # number of the first message, counted from 0
    kinds: tuple[Kind, ...]
    kind: Ints  # index into `kinds`
    thread: Ints  # distinct over all chunks of a channel
    step: Ints  # place in the thread
    staff: Ints  # people number, or office line of office-guardian
    other: Ints  # people number, class of staff-class, outside address of outside-staff
    from_staff: Flags
    reason: Ints  # index into REASONS
    unlisted: Flags  # the other end writes from a number no table lists
    voice: Ints
    sent: Ints  # milliseconds UTC

    def __len__(self) -> int:
        """How many messages the chunk has."""
        return len(self.kind)

    def is_kind(self, name: str) -> Flags:
        """(n,) messages of the kind of that name; all false where the channel has none."""
        codes = [n for n, kind in enumerate(self.kinds) if kind.name == name]
        flags: Flags = np.isin(self.kind, codes)
        return flags

    def because(self, reason: str) -> Flags:
        """(n,) messages that are candidates for that reason."""
        flags: Flags = self.reason == REASONS.index(reason)
        return flags


def plans(
    district: District, channel: str, messages: int, candidates: int, seed: int
) -> Iterator[Plan]:
    """The messages of a channel, CHUNK at a time; exactly that many messages and candidates.

    Raises:
        ValueError: more candidates than a quarter of the messages.
    """
    if candidates > messages * MOST_CANDIDATES:
        raise ValueError(f"{candidates} candidates of {messages} {channel} messages are too many")
    pairs = _Pairs(district, channel)
    stream = 10 + list(MIX).index(channel)
    for first in range(0, messages, CHUNK):
        end = min(first + CHUNK, messages)
        rng = np.random.default_rng([seed, stream, first])
        wanted = candidates * end // messages - candidates * first // messages
        span = (first / messages, end / messages)
        yield _plan(pairs, channel, first, end - first, wanted, span, rng)


def _plan(
    pairs: _Pairs,
    channel: str,
    first: int,
    count: int,
    candidates: int,
    span: tuple[float, float],
    rng: np.random.Generator,
) -> Plan:
    kinds = MIX[channel]
    shares = np.array([kind.share for kind in kinds])
    quotas = _quotas(shares / shares.sum(), count - candidates)
    quotas[0] += candidates
    kind = np.repeat(np.arange(len(kinds)), quotas)
    sizes = [_sizes(quota, kinds[n].longest, rng) for n, quota in enumerate(quotas)]
    size = np.concatenate(sizes)
    thread = np.repeat(np.arange(len(size)), size)
    step = np.arange(count) - np.repeat(np.cumsum(size) - size, size)
    kind_of_thread = np.repeat(np.arange(len(kinds)), [len(part) for part in sizes])
    drawn = [pairs.draw(kinds[n].name, len(part), rng) for n, part in enumerate(sizes)]
    staff = np.concatenate([pair[0] for pair in drawn])[thread]
    other = np.concatenate([pair[1] for pair in drawn])[thread]
    reason = np.zeros(count, dtype=np.int64)
    chosen = rng.permutation(quotas[0])[:candidates]
    reason[chosen] = _reasons(channel, candidates)
    with_guardian = np.array(["guardian" in k.name for k in kinds])[kind_of_thread]
    unlisted = (rng.random(len(size)) < UNLISTED) & with_guardian & (channel == "sms")
    flow = np.array([FLOWS.index(k.flow) for k in kinds])[kind]
    begins = rng.integers(0, 2, len(size))[thread]
    from_staff = (flow == 1) | ((flow == 0) & ((step + begins) % 2 == 0)) | (reason > 0)
    for name in ("private-address", "own-account"):
        where = np.flatnonzero(reason == REASONS.index(name))
        staff[where], other[where] = pairs.draw_private(name == "private-address", len(where), rng)
        thread[where], step[where] = len(size) + where, 0  # a thread of its own
    day = rng.random(len(size))
    in_class = np.array([k.name == "staff-class" for k in kinds])[kind]
    day_of = day[np.minimum(thread, len(size) - 1)]
    sent = _times(span, day_of, step, in_class | _by_day(reason), _late(reason), rng)
    order = np.argsort(sent, kind="stable")
    return Plan(
        first=first,
        kinds=kinds,
        kind=kind[order],
        thread=2 * first + thread[order],
        step=step[order],
        staff=staff[order],
        other=other[order],
        from_staff=from_staff[order],
        reason=reason[order],
        unlisted=unlisted[np.minimum(thread, len(size) - 1)][order],
        voice=_voices(kinds, kind, from_staff, reason, rng)[order],
        sent=sent[order],
    )


def _quotas(shares: np.ndarray[tuple[int], np.dtype[np.float64]], count: int) -> Ints:
    """Shares of a count as whole numbers that add up to it."""
    ends = np.round(np.cumsum(shares) * count).astype(np.int64)
    quotas: Ints = np.diff(ends, prepend=0)
    return quotas


def _sizes(messages: int, longest: int, rng: np.random.Generator) -> Ints:
    """Lengths of conversations, three messages on average, that add up to `messages`."""
    if longest == 1 or messages == 0:
        return np.ones(messages, dtype=np.int64)
    drawn = np.minimum(rng.geometric(1 / 3, messages), longest)
    ends = np.cumsum(drawn)
    last = int(np.searchsorted(ends, messages))
    sizes: Ints = drawn[: last + 1].astype(np.int64)
    sizes[last] -= ends[last] - messages
    return sizes


def _reasons(channel: str, count: int) -> Ints:
    """Codes of REASONS in the channel's shares."""
    named = CANDIDATES[channel]
    codes = np.array([REASONS.index(name) for name in named])
    quotas = _quotas(np.array(list(named.values())), count)
    reasons: Ints = np.repeat(codes, quotas)
    return reasons


def _late(reason: Ints) -> Flags:
    late: Flags = reason == REASONS.index("off-hours")
    return late


def _by_day(reason: Ints) -> Flags:
    by_day: Flags = np.isin(reason, [REASONS.index("number"), REASONS.index("pointer")])
    return by_day


def _voices(
    kinds: tuple[Kind, ...], kind: Ints, from_staff: Flags, reason: Ints, rng: np.random.Generator
) -> Ints:
    """Voice codes; half of the candidates are personal."""
    by_staff = np.array([one.staff_voice for one in kinds])[kind]
    by_other = np.array([one.other_voice for one in kinds])[kind]
    personal = (reason > 0) & (rng.random(len(kind)) < 0.5)
    voices: Ints = np.where(from_staff, by_staff, by_other)
    return np.where(personal, texts.PERSONAL, voices)


class _Calendar:
    """Days of the school year as UTC milliseconds of local midnight."""

    def __init__(self) -> None:
        days = [FIRST_DAY + timedelta(n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
        self.midnight = np.array([_local_midnight(day) for day in days], dtype=np.int64)
        self.taught = np.flatnonzero([d.weekday() < 5 and d not in DAYS_OFF for d in days])


def _local_midnight(day: date) -> int:
    """UTC milliseconds that give the wall clock when the time of day (after 3:00) is added."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    return int((noon - timedelta(hours=12)).timestamp()) * 1000


_CALENDAR = _Calendar()


def _times(
    span: tuple[float, float],
    day: np.ndarray[tuple[int], np.dtype[np.float64]],
    step: Ints,
    in_hours: Flags,
    late: Flags,
    rng: np.random.Generator,
) -> Ints:
    """(n,) instants in the slice of the year; conversations go on for days, two messages each.

    In-hours is a school day from 7:30 to 16:30, late the evening from 19:00 to 22:45; the rest is
    a day of the year from 6:30 to 22:30, seven in ten of them by day.
    """
    count = len(step)
    taught = (rng.random(count) < 0.8) | in_hours
    place = np.minimum(span[0] + day * (span[1] - span[0]), 1 - 1e-9)
    of_school = (place * len(_CALENDAR.taught)).astype(np.int64) + step // 2
    of_school = _CALENDAR.taught[np.minimum(of_school, len(_CALENDAR.taught) - 1)]
    of_year = (place * len(_CALENDAR.midnight)).astype(np.int64) + step // 2
    of_year = np.minimum(of_year, len(_CALENDAR.midnight) - 1)
    by_day = rng.random(count) < 0.7
    low = np.where(in_hours, 7.5, np.where(late, 19.0, np.where(by_day, 6.5, 17.0)))
    high = np.where(in_hours, 16.5, np.where(late, 22.75, np.where(by_day, 17.0, 22.5)))
    clock = ((low + rng.random(count) * (high - low)) * 3_600_000).astype(np.int64)
    midnight: Ints = _CALENDAR.midnight[np.where(taught, of_school, of_year)]
    sent: Ints = midnight + clock
    return sent


class _Pairs:
    """Who may talk to whom on a channel: teachers with their own students and their families."""

    def __init__(self, district: District, channel: str) -> None:
        self._district = district
        pupil, of_class = district.enrolled_student, district.enrolled_class
        teacher = district.class_teacher[of_class]
        guardian = district.guardian_of[pupil]
        reachable = np.ones(district.people, dtype=bool)
        texting = np.ones(district.people, dtype=bool)
        if channel == "sms":
            reachable = district.phone != ""
            sharing = np.flatnonzero(district.shares_phone())
            reachable[sharing] = reachable[district.guardian_of[sharing, 0]] = False
            texting = district.gateway != ""
        elif channel == "lms":
            reachable = has_lms(district)
        usable = texting[teacher]
        self._students = _both(teacher, pupil, usable & reachable[pupil])
        place = np.concatenate([guardian[:, 0], guardian[:, 1]])
        twice = np.concatenate([teacher, teacher])
        there = np.concatenate([usable, usable]) & (place >= 0) & reachable[place]
        self._guardians = _both(twice, place, there)
        staff = np.arange(district.first_staff, district.people)
        self._writers = staff[reachable[staff]]
        self._answering = staff[texting[staff]]
        listed = district.private_email != ""
        self._private_students = _both(teacher, pupil, listed[pupil])
        self._private_staff = _both(teacher, pupil, listed[teacher])

    def draw(self, kind: str, count: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """Staff ends and other ends of `count` conversations of a kind."""
        district = self._district
        if kind == "student-staff":
            return _pick(self._students, count, rng)
        if kind == "guardian-staff":
            return _pick(self._guardians, count, rng)
        if kind == "office-guardian":
            return rng.integers(0, OFFICE_LINES, count), _pick(self._guardians, count, rng)[1]
        if kind == "staff-class":
            chosen = rng.integers(0, district.classes, count)
            return district.class_teacher[chosen], chosen
        if kind == "outside-staff":
            staff = rng.integers(district.first_staff, district.people, count)
            return staff, rng.integers(0, len(OUTSIDE), count)
        staff = rng.choice(self._answering, count)
        other = rng.choice(self._writers, count)
        clash = staff == other
        first, second = self._writers[:2]
        other[clash] = np.where(staff[clash] == first, second, first)
        return staff, other

    def draw_private(
        self, of_student: bool, count: int, rng: np.random.Generator
    ) -> tuple[Ints, Ints]:
        """Teachers and own students where the student, or the teacher, has a listed address."""
        pairs = self._private_students if of_student else self._private_staff
        return _pick(pairs, count, rng)


def _both(left: Ints, right: Ints, mask: Flags) -> tuple[Ints, Ints]:
    return left[mask], right[mask]


def _pick(pairs: tuple[Ints, Ints], count: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    chosen = rng.integers(0, len(pairs[0]), count)
    return pairs[0][chosen], pairs[1][chosen]
