"""Stretches of a history cut as a switchback would cut them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from decision_widgets.analysis.past_panel import HOUR, WEEK, PastMetric, PastPanel
from decision_widgets.analysis.time_effects import time_effects_of, time_labels
from decision_widgets.design import Switchback
from decision_widgets.design.clock import DAY, minute_of, moment_of
from decision_widgets.design.schedule import blocks_of
from decision_widgets.errors import CannotEstimate
from decision_widgets.estimates.fixed_effects import Codes, Matrix
from decision_widgets.estimates.onset import exposure_shares, onset_curve
from decision_widgets.estimates.simulated_window import Exposure, SwitchbackWindow

MOST_WINDOWS: Final = 4
FORTNIGHT: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Clock:
    """The cells of one region in time order: slot, calendar hour, minutes of the slot from `begin` to `end`."""

    first: Codes  # stretch of the panel at which each cell begins; cells are gap-free runs of stretches
    stretch_cell: Codes  # the cell of each stretch, −1 where it is left out
    slot: Codes
    hour: Codes
    begin: Codes
    end: Codes
    block: Codes  # of each slot


def onset_minutes(design: Switchback) -> int | None:
    """Return for how long an effect sets in: as declared, or the most that its class takes; ``None`` if unknown."""
    if design.carryover is not None:
        return design.carryover
    return {"instant": 5, "trip": 30, "repositioning": 120}.get(design.onset or "", design.burn_in or None)


def window_days(design: Switchback, panel: PastPanel, days: int) -> int:
    """Return how long a run the history can play: the days wanted, or the whole weeks (or slots) that it covers."""
    covered = panel.days - (1 if _starts(design, panel, 0)[0] % DAY else 0)
    step = max(design.slot // DAY, 1)
    most = covered // step * step
    if days <= most:
        return days
    return most // 7 * 7 or most if step in (1, 7) else most


def windows_of(
    design: Switchback, panel: PastPanel, past: PastMetric, days: int, *, most: int = MOST_WINDOWS, seed: int = 0
) -> list[SwitchbackWindow]:
    """Cut up to `most` windows of so many days, all from the same weekday and hour on."""
    starts = _starts(design, panel, days)
    if len(starts) > most:
        chosen = np.random.default_rng(seed).choice(len(starts), size=most, replace=False)
        starts = [starts[i] for i in sorted(chosen)]
    return [_window(design, panel, past, start, days) for start in starts]


def _starts(design: Switchback, panel: PastPanel, days: int) -> list[int]:
    """Return the minutes at which windows begin: on the design's weekday where the history holds one whole."""
    end = panel.start + panel.days * DAY
    offset = 0 if design.start is None else minute_of(design.start) % DAY
    first = panel.start + offset
    if design.start is not None:
        on_weekday = first + (minute_of(design.start) - first) % WEEK
        first = on_weekday if on_weekday + days * DAY <= end else first
    return list(range(first, max(end - days * DAY, first) + 1, WEEK))


def _window(design: Switchback, panel: PastPanel, past: PastMetric, start: int, days: int) -> SwitchbackWindow:
    clock = _clock(design, panel, start, days)
    n_cells, n_regions = len(clock.slot), len(panel.regions)
    total, size = (_by_cell(clock, panel, start, values) for values in (past.total, past.size))
    weight = _weights(design, panel, past, clock, size)
    with np.errstate(invalid="ignore", divide="ignore"):
        outcome = total / size
    kept = (weight > 0) & np.isfinite(outcome) & (size > 0)
    region, cell = (codes.ravel() for codes in np.indices((n_regions, n_cells)))
    on = kept.ravel()
    if on.sum() < 2:
        raise CannotEstimate("E_NO_PREPERIOD", "The history holds no values in this window.", days=panel.days)
    return _assembled(design, panel, clock, days, (region[on], cell[on]), (weight.ravel()[on], outcome.ravel()[on]))


def _assembled(
    design: Switchback,
    panel: PastPanel,
    clock: _Clock,
    days: int,
    at: tuple[Codes, Codes],
    values: tuple[Matrix, Matrix],
) -> SwitchbackWindow:
    region, cell = at
    own, n_slots = design.regions == "separate", len(clock.block)
    home = region if own else np.zeros_like(region)
    slot = clock.slot[cell]
    tosses, side = _tosses(design, clock.block)
    coin, n_coins = home * (tosses.max() + 1) + tosses[slot], (tosses.max() + 1) * (home.max() + 1)
    exposure = _exposure(design, clock, (home, cell), (tosses, side))
    blocks = None
    if design.assignment == "day-balanced":
        blocks = (np.arange(home.max() + 1)[:, None] * (clock.block.max() + 1) + clock.block).ravel()
        assert len(blocks) == n_coins == n_slots * (home.max() + 1)
    return SwitchbackWindow(
        weight=values[0],
        outcome=values[1],
        coin=coin,
        side=side[slot],
        cluster=_codes(_cluster(design, clock, region, home, slot)),
        effects=tuple(map(_codes, _effects(design, panel, clock, days, region, cell))),
        blocks=blocks,
        exposure=exposure,
        n_coins=int(n_coins),
    )


def _clock(design: Switchback, panel: PastPanel, start: int, days: int) -> _Clock:
    offset = np.arange(days * DAY // panel.grain) * panel.grain
    slot, within = offset // design.slot, offset % design.slot
    block = np.array(blocks_of(design, moment_of(start), int(slot[-1]) + 1))
    part = np.where(within < design.burn_in, 0, np.where(within < 2 * design.burn_in, 1, 2))
    dropped = part == 0
    if design.assignment == "minimax":
        new = np.diff(block, prepend=-1) != 0
        dropped &= new[slot]
    hour = (start + offset) // HOUR
    changed = (np.diff(slot, prepend=-1) != 0) | (np.diff(hour, prepend=-1) != 0) | (np.diff(part, prepend=-1) != 0)
    run = np.cumsum(changed) - 1
    kept = ~dropped
    names, cell = np.unique(run[kept], return_inverse=True)
    stretch_cell = np.full(len(offset), -1)
    stretch_cell[kept] = cell
    first = np.flatnonzero(changed)[names]
    count = np.bincount(cell)
    return _Clock(
        first=first,
        stretch_cell=stretch_cell,
        slot=slot[first],
        hour=hour[first],
        begin=within[first],
        end=within[first] + count * panel.grain,
        block=block,
    )


def _by_cell(clock: _Clock, panel: PastPanel, start: int, values: Matrix) -> Matrix:
    at = (start - panel.start) // panel.grain
    own = values[:, at : at + len(clock.stretch_cell)]
    kept = clock.stretch_cell >= 0
    return np.asarray(
        np.add.reduceat(own[:, kept], np.flatnonzero(np.diff(clock.stretch_cell[kept], prepend=-1)), axis=1)
    )


def _weights(design: Switchback, panel: PastPanel, past: PastMetric, clock: _Clock, size: Matrix) -> Matrix:
    """Return what each cell counts, in the size's unit: its usual size, its own, or its minutes; shape (R, cells)."""
    minutes = (clock.end - clock.begin).astype(float)
    if design.weights == "rows" and not past.per_hour:
        return size
    if design.weights == "hours" or past.per_hour:
        rate = 1 / HOUR if past.per_hour else past.size.sum() / (past.size.size * panel.grain)
        return np.broadcast_to(minutes * rate, size.shape).copy()
    by_hour, seen = panel.hours(past.size), panel.hours(panel.rows).any(axis=0)
    period = (WEEK if panel.days >= FORTNIGHT else DAY) // HOUR
    phase = (panel.start // HOUR + np.arange(by_hour.shape[1])) % period
    times = np.maximum(np.bincount(phase, seen, period), 1)
    usual = np.stack([np.bincount(phase, row, period) for row in by_hour]) / times / HOUR
    return np.asarray(usual[:, clock.hour % period] * minutes)


def _tosses(design: Switchback, block: Codes) -> tuple[Codes, Matrix]:
    """Return which toss decides each slot, and on which side the slot is."""
    n = np.arange(len(block))
    if design.assignment == "pairs":
        return block, np.where(n % 2 == 0, 1.0, -1.0)
    if design.assignment == "day-balanced":
        return n, np.ones(len(block))
    return block, np.ones(len(block))


def _cluster(design: Switchback, clock: _Clock, region: Codes, home: Codes, slot: Codes) -> Codes:
    first = np.unique(clock.block, return_index=True)[1][clock.block - clock.block[0]]
    day = first[slot] * design.slot // DAY
    wide = len(clock.block) + 1
    labels: dict[str, Codes] = {
        "draw": home * wide + clock.block[slot],
        "slot": slot,
        "region-slot": region * wide + slot,
        "day": day,
        "region-day": region * wide + day,
        "region": region,
    }
    return labels[design.cluster]


def _effects(design: Switchback, panel: PastPanel, clock: _Clock, days: int, region: Codes, cell: Codes) -> list[Codes]:
    hour = clock.hour[cell]
    effects = list(time_labels(time_effects_of(design, len(panel.regions), days), hour).values())
    return [*effects, region] if design.region_fe and len(panel.regions) > 1 else effects


def _exposure(
    design: Switchback, clock: _Clock, at: tuple[Codes, Codes], tossed: tuple[Codes, Matrix]
) -> Exposure | None:
    """Say what share of treatment has set in, cell by cell; ``None`` where it is whole in all of them."""
    (home, cell), (tosses, side), minutes = at, tossed, onset_minutes(design)
    if minutes is None or minutes <= clock.begin.min():
        return None
    curve = onset_curve(minutes, minutes)
    spans = [exposure_shares(curve, design.slot, int(b), int(e)) for b, e in zip(clock.begin, clock.end, strict=True)]
    lines: list[tuple[Codes, Codes, Matrix, Matrix]] = []
    for lag in range(max(map(len, spans))):
        share = np.array([span[lag] if lag < len(span) else 0.0 for span in spans])
        slot = clock.slot - lag
        kept = np.flatnonzero((share[cell] > 0) & (slot[cell] >= 0))
        from_slot = slot[cell[kept]]
        coins = home[kept] * (tosses.max() + 1) + tosses[from_slot]
        lines.append((kept, coins, side[from_slot], share[cell[kept]]))
    cells, coins, sides, shares = (np.concatenate(part) for part in zip(*lines, strict=True))
    return Exposure(cell=cells, coin=coins, side=sides, share=shares)


def _codes(labels: Codes) -> Codes:
    return np.unique(labels, return_inverse=True)[1].astype(np.intp)


def units_of(designs: Switchback, n_regions: int, days: int) -> int:
    """Return how many units of both arms so many days hold: slots, days or stretches, by region where drawn alone."""
    slots = days * DAY // designs.slot
    per_region = slots
    if designs.assignment == "minimax":
        per_region = blocks_of(designs, moment_of(0), slots)[-1] + 1
    return per_region * (n_regions if designs.regions == "separate" else 1)
