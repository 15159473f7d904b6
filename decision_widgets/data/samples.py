"""The participants' own values, where a statistic needs more than moments: each distinct value with its count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from decision_widgets.data.engine import Engine, double
from decision_widgets.data.people import People, Terms
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
    found = {}
    for code, name in arms.items():
        own = columns["arm"] == code
        order = np.argsort(columns["value"][own])
        if order.size:
            found[name] = Sample(
                values=columns["value"][own][order].astype(np.float64) + term.shift[code],
                counts=columns["n"][own][order].astype(np.int64),
                n_units=units[code],
                seed=SEED if sampled else None,
            )
    return found
