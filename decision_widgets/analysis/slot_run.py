"""The run of a switchback: which slot had which arm, by plan and as served, and which slots are analysed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data import SlotReading
from decision_widgets.design import Switchback
from decision_widgets.design.clock import DAY, moment_of
from decision_widgets.design.schedule import Schedule, blocks_of
from decision_widgets.errors import InputError, listed
from decision_widgets.estimates.mechanisms import Blocks, IndependentUnits, Mechanism, Pairs
from decision_widgets.moments import EVERYWHERE

NOTHING: Final = -1
BOTH: Final = 2
Arms = NDArray[np.int8]
Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlotRun:
    """R regions by T slots.

    Attributes
    ----------
    arms : tuple of str
        Control and treatment, by name.
    served : ndarray, shape (R, T)
        0 or 1; −1 where no rows are, 2 where both arms have some.
    planned : ndarray, shape (R, T), or None
        0 or 1; −1 where the schedule has none. ``None`` without a schedule.
    block : ndarray of int, shape (T,)
        What one toss of the coin decided about.
    kept : ndarray of bool, shape (R, T)
        Slots that are analysed.
    """

    design: Switchback
    reading: SlotReading
    arms: tuple[str, str]
    served: Arms
    planned: Arms | None
    block: Codes
    kept: Flags

    @property
    def shape(self) -> tuple[int, int]:
        return self.served.shape[0], self.served.shape[1]

    @property
    def n_slots(self) -> int:
        return self.shape[1]

    @property
    def days(self) -> float:
        """Length of the run in days."""
        return self.n_slots * self.design.slot / DAY

    @property
    def separate(self) -> bool:
        """Whether every region has coins of its own."""
        return self.design.regions == "separate" and self.shape[0] > 1

    @property
    def known(self) -> Arms:
        """What was drawn: the plan, else what was served."""
        return self.served if self.planned is None else self.planned

    @property
    def unit(self) -> Codes:
        """What treatment was dealt to, shape (R, T): a slot, or a stretch of the minimax plan, of every region."""
        own = self.block if self.design.assignment == "minimax" else np.arange(self.n_slots)
        return self._by_region(own)

    @property
    def draw(self) -> Codes:
        """What one toss of the coin decided about, shape (R, T)."""
        return self._by_region(self.block)

    @property
    def first_of_draw(self) -> Codes:
        """The first slot of each slot's block, shape (T,)."""
        return np.unique(self.block, return_index=True)[1][np.unique(self.block, return_inverse=True)[1]]

    @property
    def mechanism(self) -> Mechanism:
        """How arms were dealt to units."""
        kinds: dict[str, Mechanism] = {"pairs": Pairs(), "day-balanced": Blocks()}
        return kinds.get(self.design.assignment, IndependentUnits())

    def long_blocks(self, minutes: int) -> Codes:
        """Label days, or blocks of days at least so long, shape (R, T); a draw is of the one in which it begins."""
        length = max(1, -(-minutes // DAY)) * DAY
        return self._by_region(self.first_of_draw * self.design.slot // length)

    def moment(self, slot: int) -> str:
        """Return the local moment at which a slot begins."""
        return moment_of(self.reading.start + slot * self.design.slot)

    def _by_region(self, own: Codes) -> Codes:
        region = np.arange(self.shape[0])[:, None] * (int(own.max()) + 1) * self.separate
        return np.asarray(region + own[None, :], dtype=np.intp)


def run_of(design: Switchback, reading: SlotReading) -> SlotRun:
    """Say what was planned and served, and leave out the slots that cannot be compared.

    Left out are slots with two arms or another one than planned, with a disagreement between regions that switch
    together, with a pair of one arm, and with an hour that the clock repeats or skips; of pairs the other slot too.

    Raises
    ------
    InputError
        Neither a column of arms nor a schedule; a region without a schedule; slots that the plan cannot have.
    """
    if design.arm is None and design.schedule is None:
        raise InputError("Nobody says which arm was served: name arm=, its column, or give schedule=.")
    n_regions = len(reading.regions)
    in_run = (reading.slot >= 0) & (reading.rows > 0)
    if design.arm is not None:
        in_run &= reading.arm >= 0
    n_slots = int(reading.slot[in_run].max()) + 1
    planned = None if design.schedule is None else _planned(design.schedule, reading, n_slots)
    served = _served(reading, in_run, (n_regions, n_slots), None if design.arm is not None else planned)
    total = n_slots if design.schedule is None else max(n_slots, design.schedule.n_slots)
    whole = SlotRun(
        design=design,
        reading=reading,
        arms=reading.arms if design.arm is not None else design.arm_names,
        served=served,
        planned=planned,
        block=np.array(blocks_of(design, moment_of(reading.start), total)[:n_slots], dtype=np.intp),
        kept=np.isin(served, (0, 1)),
    )
    return _without(whole, off_plan(whole) | disagreeing(whole) | _clock_changed(whole) | broken(whole))


def off_plan(run: SlotRun) -> Flags:
    """Mark slots that served another arm than planned, both, or something nobody planned; shape (R, T)."""
    if run.planned is None:
        return np.asarray(run.served == BOTH)
    return np.asarray((run.served != NOTHING) & (run.served != run.planned))


def disagreeing(run: SlotRun) -> Flags:
    """Mark slots in which regions that switch together had different arms, shape (R, T)."""
    if run.design.regions == "separate":
        return np.zeros(run.shape, dtype=bool)
    has = [(run.served == arm).any(axis=0) for arm in (0, 1)]
    return np.broadcast_to(has[0] & has[1], run.shape)


def broken(run: SlotRun, known: Arms | None = None) -> Flags:
    """Mark slots of blocks that the declared assignment cannot have drawn, shape (R, T).

    A pair with one arm twice; a whole day that is not half and half; a stretch with both arms.
    """
    arms, kind = run.served if known is None else known, run.design.assignment
    if kind not in ("pairs", "day-balanced", "minimax"):
        return np.zeros(run.shape, dtype=bool)
    draw, here = run.draw.ravel(), np.isin(arms, (0, 1)).ravel()
    n, treated = (np.bincount(draw, weights) for weights in (here, (arms == 1).ravel()))
    # Regions that switch together show the same coin each: a block holds its arms once per region.
    size = np.bincount(draw)
    times = 1 if run.separate else run.shape[0]
    if kind == "minimax":
        bad = (treated > 0) & (treated < n)
    else:
        complete = (n == size) & (size > times)
        if kind == "day-balanced":
            complete &= size == times * DAY // run.design.slot
        bad = complete & (np.abs(treated - n / 2) > times / 2)
    return np.asarray(bad[draw].reshape(run.shape))


def _clock_changed(run: SlotRun) -> Flags:
    touched = np.isin(np.arange(run.n_slots), run.reading.clock_changes)
    return np.broadcast_to(touched, run.shape)


def _without(run: SlotRun, out: Flags) -> SlotRun:
    """Return the run without some slots; of pairs the other slot goes too."""
    if run.design.assignment == "pairs":
        lost = np.zeros(int(run.draw.max()) + 1, dtype=bool)
        lost[run.draw[out]] = True
        out = lost[run.draw]
    fields = {name: getattr(run, name) for name in SlotRun.__dataclass_fields__}
    return SlotRun(**(fields | {"kept": run.kept & ~out}))


def _served(reading: SlotReading, in_run: Flags, shape: tuple[int, int], planned: Arms | None) -> Arms:
    where = [
        np.zeros(shape, dtype=bool),
        np.zeros(shape, dtype=bool),
    ]
    if planned is not None:
        any_rows = where[0]
        any_rows[reading.region[in_run], reading.slot[in_run]] = True
        return np.where(any_rows, planned, NOTHING).astype(np.int8)
    for arm, seen in enumerate(where):
        own = in_run & (reading.arm == arm)
        seen[reading.region[own], reading.slot[own]] = True
    control, treated = where
    found = np.where(control & treated, BOTH, np.where(treated, 1, np.where(control, 0, NOTHING)))
    return found.astype(np.int8)


def _planned(schedule: Schedule, reading: SlotReading, n_slots: int) -> Arms:
    together = schedule.arms.get(EVERYWHERE) if set(schedule.arms) == {EVERYWHERE} else None
    missing = [name for name in reading.regions if name not in schedule.arms]
    if missing and together is None:
        raise InputError(f"The schedule has no region {listed(missing, 3)}; it has {listed([*schedule.arms], 6)}.")
    code: dict[str, int] = {"0": 0, "1": 1, ".": NOTHING}
    texts = [(together or schedule.arms[name]).ljust(n_slots, ".")[:n_slots] for name in reading.regions]
    return np.array([[code[sign] for sign in text] for text in texts], dtype=np.int8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clusters:
    """Which cluster every slot is of, shape (R, T), and what clusters are called, one of them and many."""

    label: Codes
    one: str
    many: str


def clusters_of(run: SlotRun) -> Clusters:
    """Return the clusters that the design asks for."""
    kind = run.design.cluster
    if kind == "draw":
        one, many = draw_words(run)
        return Clusters(label=run.draw, one=one, many=many)
    region, slot = np.indices(run.shape)
    day = run.first_of_draw[None, :] * run.design.slot // DAY + 0 * region
    labels: dict[str, Callable[[], Codes]] = {
        "slot": lambda: slot,
        "region-slot": lambda: region * run.n_slots + slot,
        "day": lambda: day,
        "region-day": lambda: region * (int(day.max()) + 1) + day,
        "region": lambda: region,
    }
    return Clusters(label=labels[kind](), one=kind.replace("-", " × "), many=f"{kind}s")


def draw_words(run: SlotRun) -> tuple[str, str]:
    """Say what one toss of the coin decided about, one of them and many."""
    words = {
        "pairs": ("pair of slots", "pairs of slots"),
        "slots": ("slot", "slots"),
        "day-balanced": ("day", "days"),
        "days": ("day", "days"),
        "minimax": ("stretch of slots", "stretches of slots"),
    }
    one, many = words[run.design.assignment]
    if not run.separate:
        return one, many
    return f"region × {one}", f"region-{many}" if " " not in many else f"{many} by region"


def is_finer(fine: Codes, coarse: Codes) -> bool:
    """Tell whether some label of `coarse` is divided by `fine`, so that `fine` is too fine to cluster by."""
    home = np.empty(int(coarse.max()) + 1, dtype=np.intp)
    home[coarse.ravel()] = fine.ravel()
    return bool((home[coarse] != fine).any())
