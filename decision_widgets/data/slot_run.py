"""When a switchback began, who had which arm, and which rows belong to neither its history nor its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.overview import LONGEST_RUN
from decision_widgets.data.slot_clock import DAY, Clock, day_of
from decision_widgets.data.slot_keys import Labels
from decision_widgets.data.slot_panel import NOBODY
from decision_widgets.data.slot_rows import FineCells
from decision_widgets.errors import InputError
from decision_widgets.moments import SlotSpec, name_arms

AFTER_THE_END: Final = "after the schedule"
OTHER_BEFORE: Final = "before the start with another arm than control"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """When the run began, which arm each fine cell has, which are kept, and how many rows are not.

    `lacking` counts rows without what every cell needs, by column.
    """

    clock: Clock
    arms: tuple[str, str]
    arm: NDArray[np.int8]
    kept: NDArray[np.bool_]
    lacking: Mapping[str, int]
    left_out: Mapping[str, int]


def run_of(spec: SlotSpec, fine: FineCells) -> Run:
    """Tell history from run and control from treatment.

    Raises
    ------
    InputError
        No row with a time and a region, or none since the start; other arms than two; dates instead of moments.
    """
    placed = fine.timed & (fine.labels[spec.region].present if spec.region is not None else True)
    known = placed & fine.controlled
    if not known.any():
        needed = " and ".join(name for name in (spec.time, spec.region) if name is not None)
        raise InputError(
            f"No row has a value in {needed}{' and in every control' if placed.any() else ''}; check the join."
        )
    lacking = {spec.time: _rows(fine, ~fine.timed)}
    lacking |= {spec.region: _rows(fine, fine.timed & ~placed)} if spec.region is not None else {}
    lacking |= {" or ".join(spec.controls): _rows(fine, placed & ~fine.controlled)} if spec.controls else {}
    labels = fine.labels[spec.arm] if spec.arm is not None else Labels.none(len(known))
    start = _start(spec, fine.minute, known, known & labels.present)
    late = known & (fine.minute >= spec.end) if spec.end is not None else np.zeros(len(known), bool)
    in_run = known & (fine.minute >= start) & ~late
    _check_run(spec, fine.minute[known & ~late], start)
    arms = _arms(spec, labels.found(in_run), start)
    early = known & (fine.minute < start) & labels.present & ~labels.equal(arms[0])
    arm = np.where(in_run & labels.equal(arms[1]), 1, np.where(in_run & labels.equal(arms[0]), 0, NOBODY))
    left_out = dict(lacking)
    left_out |= {spec.arm: _rows(fine, in_run & (arm == NOBODY))} if spec.arm is not None else {}
    left_out |= {AFTER_THE_END: _rows(fine, late)} if spec.end is not None else {}
    left_out |= {OTHER_BEFORE: _rows(fine, early)} if early.any() else {}
    return Run(
        clock=Clock.of(spec, start),
        arms=arms,
        arm=arm.astype(np.int8),
        kept=known & ~late & ~early,
        lacking=lacking,
        left_out=left_out,
    )


def _rows(fine: FineCells, cells: NDArray[np.bool_]) -> int:
    return int(fine.rows[cells].sum())


def _start(spec: SlotSpec, minute: NDArray[np.int64], known: NDArray[np.bool_], armed: NDArray[np.bool_]) -> int:
    """Return the start: the one that is said, else midnight before the first row, of those with an arm if there are."""
    if spec.start is not None:
        return spec.start
    if spec.arm is None:
        armed = known
    if not armed.any():
        raise InputError(f"The arm column {spec.arm!r} is missing in every row; check the join, or give a schedule.")
    return int(minute[armed].min()) // DAY * DAY


def _check_run(spec: SlotSpec, minute: NDArray[np.int64], start: int) -> None:
    since = minute[minute >= start]
    if not len(since):
        raise InputError(
            f"No row lies in the run, which starts on {day_of(start)}; check start=, the schedule and the time column "
            f"{spec.time!r}."
        )
    last = int(since.max())
    if last - start > LONGEST_RUN * DAY:
        raise InputError(
            f"The run would last from {day_of(start)} to {day_of(last)}; look for a mistaken date in {spec.time!r}."
        )
    if spec.slot < DAY and len(set(minute)) > 1 and not (minute % DAY).any():
        raise InputError(
            f"The time column {spec.time!r} holds midnights only, as dates do; a switchback needs the moment at which "
            "each exposure began."
        )


def _arms(spec: SlotSpec, found: Sequence[str], start: int) -> tuple[str, str]:
    if spec.arm is None:
        return spec.control or "control", spec.treatment or "treatment"
    if not found:
        raise InputError(
            f"The arm column {spec.arm!r} is missing in every row since the start, {day_of(start)}; check the join."
        )
    arms = name_arms(found, spec.control, spec.treatment)
    if len(found) < 2:
        raise InputError(
            f"The column {spec.arm!r} holds one arm only, {found[0]!r}, since the start; a comparison needs both. "
            "Check the filter before it."
        )
    return arms
