"""The participants' own values, where a statistic needs more than moments: each distinct value with its count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from decision_widgets.data.engine import Engine
from decision_widgets.data.people import People, Terms
from decision_widgets.moments import Sample

MOST_VALUES: Final = 1_000_000
"""Participants of one metric whose values leave the engine; of more, a random sample does."""
SEED: Final = 20_260_105


def read_samples(engine: Engine, people: People, term: Terms, k: int, arms: Mapping[int, str]) -> dict[str, Sample]:
    """Read the participants' levels of metric `k` by arm: every distinct one, or a seeded sample of participants.

    A participant's level is the mean of its observations; for a ratio its own ratio, where it has a denominator.
    """
    value = f"CASE WHEN m{k} > 0 THEN s{k} / m{k} END"
    known = f"SELECT arm, {value} AS value, id FROM {people.source} WHERE c{k} > 0 AND m{k} > 0"
    counted = engine.query(f"SELECT arm, count(*), count(DISTINCT value) FROM ({known}) AS known GROUP BY arm")
    units = {row[0]: int(row[1]) for row in counted}
    sampled = sum(int(row[2]) for row in counted) > MOST_VALUES
    if sampled:
        share = MOST_VALUES / sum(units.values())
        known += f" AND {engine.dialect().share.format(engine.dialect().hash.format(f'id, {SEED}'))} < {share!r}"
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
