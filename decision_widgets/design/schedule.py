"""When each region has which arm: drawn by coins that Python and a browser toss alike, or recorded from a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.design.clock import DAY, as_length, as_moment, minute_of, moment_of
from decision_widgets.errors import InputError, listed
from decision_widgets.moments import EVERYWHERE, name_arms
from decision_widgets.records import Record
from decision_widgets.vocabulary import Assignment

if TYPE_CHECKING:
    import pandas as pd

LEAST_MINIMAX: Final = 4
_MASK: Final = 0xFFFFFFFF
_GOLDEN: Final = 0x9E3779B9


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Schedule(Record):
    """What was, or will be, served: one digit per slot and region, 0 for control and 1 for treatment.

    Parameters
    ----------
    start : str
        The local moment of the first slot, ISO text to the minute.
    slot : int
        Minutes.
    arms : mapping of region to text of 0 and 1
        All texts equally long; a point is a slot without a plan. A design without regions has the one ``"all"``.
    seed : int, optional
        What it was drawn with; ``None`` for a table of others.
    """

    start: str
    slot: int
    arms: Mapping[str, str]
    seed: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", as_moment(self.start))
        problems = []
        if as_moment(self.start) != self.start or not isinstance(self.start, str) or "T" not in self.start:
            problems.append(f"start must be a local moment such as '2026-11-02T00:00'; got {self.start!r}.")
        if not isinstance(self.slot, int) or self.slot < 1:
            problems.append(f"slot must be whole minutes, at least 1; got {self.slot!r}.")
        if not isinstance(self.arms, Mapping) or not self.arms:
            problems.append(f"arms must map each region to a text of 0 and 1; got {self.arms!r}.")
        elif len({len(text) for text in self.arms.values()}) > 1 or any(
            set(text) - set("01.") or not set(text) & set("01") for text in self.arms.values()
        ):
            problems.append("arms must hold texts of 0, 1 and points, equally long, each with a 0 or a 1.")
        if problems:
            raise InputError.together("The schedule", problems)

    @property
    def n_slots(self) -> int:
        """Slots from the first to the last, in each region."""
        return len(next(iter(self.arms.values())))

    @property
    def days(self) -> float:
        """Length of the run in days."""
        return self.n_slots * self.slot / DAY

    @property
    def end(self) -> str:
        """The moment at which the last slot ends."""
        return moment_of(minute_of(self.start) + self.n_slots * self.slot)

    @classmethod
    def of(cls, given: Any, *, slot: int, control: str | None, treatment: str | None) -> Schedule:
        """Read a schedule: itself, its words, the path of a CSV file, or a table as `schedule` returns it.

        Raises
        ------
        InputError
            A table without its columns, of other slots than `slot`, with a slot twice or with other arms.
        """
        if isinstance(given, Schedule):
            return given
        if isinstance(given, Mapping):
            return cls(**given)
        import pandas as pd

        frame = pd.read_csv(given) if isinstance(given, str | Path) else given
        return _from_frame(frame, slot=slot, control=control, treatment=treatment)

    def to_frame(self, design: Any) -> pd.DataFrame:
        """Return one row per slot and region: slot_start, slot_end, region, arm, block."""
        import pandas as pd

        names, first = design.arm_names, pd.Timestamp(self.start)
        rows = [
            (first + pd.Timedelta(minutes=i * self.slot), region, names[int(arm)], block)
            for region, text in self.arms.items()
            for i, (arm, block) in enumerate(zip(text, blocks_of(design, self.start, len(text)), strict=True))
            if arm != "."
        ]
        frame = pd.DataFrame(rows, columns=["slot_start", "region", "arm", "block"])
        frame.insert(1, "slot_end", frame["slot_start"] + pd.Timedelta(minutes=self.slot))
        return frame

    def to_ics(self, design: Any) -> str:
        """Return the treated stretches as a calendar (RFC 5545, local times), one event each."""
        return "\r\n".join(_calendar(self, design.arm_names[1], design.name or "switchback")) + "\r\n"


def schedule(
    design: Any, *, start: Any, days: int, regions: Sequence[str] | None = None, seed: int | None = None
) -> pd.DataFrame:
    """Draw when each region has which arm: the same for the same seed, here and in the browser.

    Parameters
    ----------
    design : Switchback
        Its slot, `assignment` and `regions` say how it is drawn.
    start : str, date or datetime
        The local moment of the first slot.
    days : int
    regions : sequence of str, optional
        Needed where the design names a region column.
    seed : int, optional
        The design's own, or 0.

    Returns
    -------
    pandas.DataFrame
        One row per slot and region: slot_start, slot_end, region, arm, block (what the coin was tossed for). Give it
        back as ``schedule=`` of the design, so that it travels with it.

    Raises
    ------
    InputError
        Regions that are missing or not wanted, days that the slots do not fill, or a schedule tied to the clock.
    """
    drawn = draw_schedule(design, start=start, days=days, regions=regions, seed=seed)
    return drawn.to_frame(design)


def draw_schedule(
    design: Any, *, start: Any, days: int, regions: Sequence[str] | None = None, seed: int | None = None
) -> Schedule:
    """Draw as `schedule` does; return the record."""
    if getattr(design, "design", None) != "switchback":
        raise InputError(f"A schedule is drawn for a Switchback; got {type(design).__name__}.")
    begin, names = as_moment(start), _region_names(design, regions)
    if not isinstance(begin, str) or as_moment(begin) != begin or "T" not in begin:
        raise InputError(f"start must be a day or a local moment such as '2026-11-02'; got {start!r}.")
    if not isinstance(days, int) or isinstance(days, bool) or days < 1 or days * DAY % design.slot:
        raise InputError(f"days must be whole days that slots of {as_length(design.slot)} fill; got {days!r}.")
    if seed is None:
        seed = design.seed
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= _MASK:
        raise InputError(f"seed must be a whole number from 0 to {_MASK}; got {seed!r}.")
    blocks = blocks_of(design, begin, days * DAY // design.slot)
    shared = design.regions == "together"
    arms = {name: arms_by_coin(design.assignment, blocks, seed, EVERYWHERE if shared else name) for name in names}
    found = Schedule(start=begin, slot=design.slot, arms=arms, seed=seed)
    problem = alias_problem(found)
    if problem is not None:
        raise InputError(f"{problem} Draw again with another seed, or for more days.")
    return found


def blocks_of(design: Any, start: str, n_slots: int) -> list[int]:
    """Number what one toss of the coin decides, slot by slot: pairs, slots, days, or stretches of the minimax plan.

    Day-balanced slots are dealt within the day, so the day is their block.
    """
    kind: Assignment = design.assignment
    if kind == "pairs":
        return [i // 2 for i in range(n_slots)]
    if kind == "day-balanced":
        first = minute_of(start)
        return [(first + i * design.slot) // DAY - first // DAY for i in range(n_slots)]
    if kind == "minimax":
        return _minimax_blocks(n_slots, -(-design.order // design.slot))
    return list(range(n_slots))


def _minimax_blocks(n_slots: int, order: int) -> list[int]:
    """Number the stretches between the draws 1, 2m+1, 3m+1, …, (n−2)m+1 (Bojinov, Simchi-Levi & Zhao 2023)."""
    if n_slots % order or n_slots // order < LEAST_MINIMAX:
        raise InputError(
            f"The minimax plan needs at least {LEAST_MINIMAX} whole blocks of the carry-over, {order} slots each; "
            f"got {n_slots} slots. Change the days or the carry-over."
        )
    last = n_slots // order - 3
    return [min(max(i // order - 1, 0), last) for i in range(n_slots)]


def alias_problem(given: Schedule) -> str | None:
    """Say why arms cannot be told from the clock: every day alike, or strictly alternating; ``None`` when they can.

    One region whose arms were left to chance is enough to tell.
    """
    texts = set(given.arms.values())
    if len(set("".join(texts)) - {"."}) < 2:
        return "The schedule has one arm only, so there is nothing to compare."
    per_day = DAY // given.slot if given.slot < DAY else 0
    if per_day and all(_days_alike(text, per_day) for text in texts):
        return "The schedule repeats by clock hour: treatment cannot be told from time of day."
    if all(len(text) > 3 and all({a, b} == {"0", "1"} for a, b in pairwise(text)) for text in texts):
        return "The schedule strictly alternates: nothing was left to chance."
    return None


def _days_alike(text: str, per_day: int) -> bool:
    days = [text[i : i + per_day] for i in range(0, len(text) - len(text) % per_day, per_day)]
    return len(days) > 1 and len(set(days)) == 1


def coin(seed: int, region: str, number: int) -> int:
    """Return 32 random bits for one toss, by integer hashing that every language computes alike.

    >>> coin(7, "Central", 0), coin(7, "Central", 1)
    (4212522431, 3520766394)
    """
    name = 0x811C9DC5  # FNV-1a
    for byte in region.encode():
        name = (name ^ byte) * 0x01000193 & _MASK
    return _mix(_mix(_mix(seed ^ _GOLDEN) ^ name) ^ (number + 1) * _GOLDEN & _MASK)


def _mix(h: int) -> int:
    """Scatter 32 bits (the finaliser of MurmurHash3, Appleby 2011)."""
    h = (h ^ h >> 16) * 0x85EBCA6B & _MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & _MASK
    return h ^ h >> 16


def arms_by_coin(assignment: Assignment, blocks: Sequence[int], seed: int, region: str) -> str:
    """Toss the coins of one region: a text of 0 and 1, slot by slot.

    >>> arms_by_coin("pairs", [0, 0, 1, 1, 2, 2], 7, "Central")
    '101001'
    """
    if assignment == "pairs":
        first = [coin(seed, region, block) >> 31 for block in blocks]
        return "".join(str(side ^ (i & 1)) for i, side in enumerate(first))
    if assignment == "day-balanced":
        return "".join(_balanced(blocks, seed, region))
    return "".join(str(coin(seed, region, block) >> 31) for block in blocks)


def _balanced(blocks: Sequence[int], seed: int, region: str) -> Iterator[str]:
    """Deal half of each block to treatment; a coin decides about the middle one of an odd number."""
    tosses = iter(range(len(blocks) + blocks[-1] + 1))

    def toss() -> int:
        return coin(seed, region, next(tosses))

    for block in range(blocks[0], blocks[-1] + 1):
        n = blocks.count(block)
        n_treated = n // 2 + (toss() >> 31 if n % 2 else 0)
        deal = ["1"] * n_treated + ["0"] * (n - n_treated)
        for i in range(n - 1, 0, -1):
            j = toss() % (i + 1)
            deal[i], deal[j] = deal[j], deal[i]
        yield from deal


def _region_names(design: Any, regions: Sequence[str] | None) -> list[str]:
    if design.region is None:
        if regions:
            raise InputError(f"The design has no region column, but regions= names {listed([*regions])}.")
        return [EVERYWHERE]
    names = [str(name) for name in ([regions] if isinstance(regions, str) else regions or ())]
    if not names or len(set(names)) < len(names):
        raise InputError(f"regions must name the levels of {design.region!r}, each once; got {regions!r}.")
    return names


def _from_frame(frame: Any, *, slot: int, control: str | None, treatment: str | None) -> Schedule:
    import pandas as pd

    if not hasattr(frame, "columns"):
        raise InputError(f"A schedule is a table, the path of a CSV file, or its words; got {type(frame).__name__}.")
    table = frame if isinstance(frame, pd.DataFrame) else pd.DataFrame(frame.to_dict(as_series=False))
    missing = [name for name in ("slot_start", "arm") if name not in table.columns]
    if missing:
        raise InputError(f"A schedule needs the columns slot_start and arm; {listed(missing)} is missing.")
    try:
        starts = pd.to_datetime(table["slot_start"], format="ISO8601")
    except (ValueError, TypeError) as problem:
        raise InputError(f"slot_start must hold local moments; {problem}.") from None
    if starts.isna().any() or starts.dt.tz is not None:
        raise InputError("slot_start must hold local moments without a time zone, one in every row.")
    if not len(table):
        raise InputError("The schedule has no rows; give one line per slot and region.")
    minute = ((starts - pd.Timestamp(0)) // pd.Timedelta(minutes=1)).to_numpy()
    first = int(minute.min())
    off = (minute - first) % slot
    if off.any():
        raise InputError(
            f"A slot starts at {moment_of(int(minute[off > 0][0]))}, which is no whole number of {as_length(slot)} "
            f"after the first, {moment_of(first)}."
        )
    code = _arm_codes([str(arm) for arm in table["arm"]], control, treatment)
    regions = [str(name) for name in table["region"]] if "region" in table.columns else [EVERYWHERE] * len(table)
    texts = {name: ["."] * (int(minute.max() - first) // slot + 1) for name in dict.fromkeys(regions)}
    for region, at, arm in zip(regions, (minute - first) // slot, code, strict=True):
        if texts[region][at] != ".":
            raise InputError(f"Region {region!r} has two lines for {moment_of(first + int(at) * slot)}.")
        texts[region][at] = arm
    return Schedule(start=moment_of(first), slot=slot, arms={name: "".join(own) for name, own in texts.items()})


def _arm_codes(labels: Sequence[str], control: str | None, treatment: str | None) -> list[str]:
    found = sorted(set(labels))
    zero, one = name_arms(found, control, treatment)
    return ["0" if label == zero else "1" for label in labels if label in (zero, one)]


def _calendar(given: Schedule, treatment: str, called: str) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//decision_widgets//schedule//EN")
    for region, text in given.arms.items():
        for first, last in _runs(text):
            begin, end = (_stamp(minute_of(given.start) + at * given.slot) for at in (first, last))
            yield from ("BEGIN:VEVENT", f"UID:{_escaped(called)}-{_escaped(region)}-{begin}", f"DTSTAMP:{begin}Z")
            yield from (f"DTSTART:{begin}", f"DTEND:{end}", f"SUMMARY:{_escaped(treatment)} in {_escaped(region)}")
            yield "END:VEVENT"
    yield "END:VCALENDAR"


def _stamp(minute: int) -> str:
    return moment_of(minute).replace("-", "").replace(":", "") + "00"


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ").replace("\r", " ")


def _runs(text: str) -> Iterator[tuple[int, int]]:
    first = None
    for at, arm in enumerate([*text, "."]):
        if arm == "1" and first is None:
            first = at
        elif arm != "1" and first is not None:
            yield first, at
            first = None
