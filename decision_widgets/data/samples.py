"""The participants' own values, where a statistic needs more than moments: each distinct value with its count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.engine import Engine, double
from decision_widgets.data.people import People, Terms
from decision_widgets.data.reduction import ROUNDING
from decision_widgets.moments import Sample

MOST_VALUES: Final = 200_000
"""Different values of one metric that leave the engine; where there are more, those of a random sample do."""
SEED: Final = 20_260_105


def drawn(engine: Engine, share: float) -> str:
    """Write the condition that draws a share of the participants, always the same ones."""
    return f"{engine.dialect().share.format(engine.dialect().hash.format(f'id, {SEED}'))} < {double(share)}"


def read_samples(engine: Engine, people: People, term: Terms, k: int, arms: Mapping[int, str]) -> dict[str, Sample]:
    """Read the participants' levels of metric `k` by arm: every distinct one, or a seeded sample of participants.

    A participant's level is the mean of its observations; for a ratio its own ratio, where it has a denominator.
    """
    value = f"CASE WHEN m{k} > 0 THEN s{k} / m{k} END"
    known = f"SELECT arm, {value} AS value, id FROM {people.source} WHERE c{k} > 0 AND m{k} > 0"
    counted = engine.query(f"SELECT arm, count(*), approx_count_distinct(value) FROM ({known}) AS known GROUP BY arm")
    units = {row[0]: int(row[1]) for row in counted}
    sampled = sum(int(row[2]) for row in counted) > MOST_VALUES
    if sampled:
        known += f" AND {drawn(engine, MOST_VALUES / sum(units.values()))}"
    columns = engine.arrays(f"SELECT arm, value, count(*) AS n FROM ({known}) AS known GROUP BY arm, value")
    code, n = columns["arm"].astype(np.int64), columns["n"].astype(np.int64)
    shift = np.select([code == arm for arm in term.shift], list(term.shift.values()))
    values = _without_rounding(columns["value"].astype(np.float64), shift)
    found = {}
    for arm, name in arms.items():
        if (own := code == arm).any():
            distinct, place = np.unique(values[own], return_inverse=True)
            counts = np.bincount(place, weights=n[own]).astype(np.int64)
            seed = SEED if sampled else None
            found[name] = Sample(values=distinct, counts=counts, n_units=units[arm], seed=seed)
    return found


def _without_rounding(above_shift: NDArray[np.float64], shift: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the levels themselves; those that differ by nothing but rounding are one value, in all arms alike."""
    values = above_shift + shift
    if not len(values):
        return values
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    scale = np.maximum(np.abs(ascending), np.abs(shift).max(initial=0.0))
    ascending = np.where(np.abs(ascending) <= ROUNDING * scale, 0.0, ascending)
    first = np.concatenate([[True], np.diff(ascending) > ROUNDING * scale[1:]])
    united = np.empty_like(values)
    united[order] = ascending[np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))]
    return united
