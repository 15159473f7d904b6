"""Is a property of participants, or a column of labels, spread over the arms alike?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import scipy
from numpy.typing import NDArray

from decision_widgets.errors import InputError

Table = NDArray[np.float64]

EXACT_BELOW: Final = 5.0
DRAWS: Final = 100_000
# More participants than NumPy draws without putting back; among so many it makes no difference.
MOST_DRAWN_FROM: Final = 1e9
# Logarithms of probabilities that differ by less are of equally probable tables.
ROUNDING: Final = 1e-7


def homogeneity_p(having: Sequence[int], lacking: Sequence[int]) -> float:
    """Return the p-value of the hypothesis that the share having a property is the same in every arm.

    `having` and `lacking` count independent units by arm, K arms each; `independence_p` of two levels. 1 when nobody
    or everybody has it.

    >>> round(homogeneity_p([20, 30], [80, 70]), 6), round(homogeneity_p([1, 0], [5, 500]), 6)
    (0.10247, 0.011858)
    """
    return independence_p([having, lacking])


def independence_p(counts: Sequence[Sequence[int]]) -> float:
    """Return the p-value of the hypothesis that levels of a column are spread over the arms alike.

    ``counts[level][arm]`` are independent units. Pearson's χ² on (levels − 1)(arms − 1) degrees of freedom over those
    that hold anybody, no continuity correction. Levels that expect fewer than 5 in an arm are put together, and while
    they still do the smallest other joins them. Where only two are left and an arm expects fewer than 5: Fisher's
    exact test (1935), the probability of all tables at most as probable as the one seen; for more than two arms by
    100,000 seeded draws. 1 where there is one level or one arm.

    >>> round(independence_p([[30, 12], [40, 41], [2, 3], [1, 0]]), 6)
    0.031935
    """
    table = np.array(counts, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all() or (table < 0).any():
        raise InputError("Counts must be one number per level and arm, not negative.")
    table = table[table.sum(axis=1) > 0]
    table = table[:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return 1.0
    table = _thin_together(table)
    expected = _expected(table)
    if expected.min() < EXACT_BELOW:
        return _exact(table[np.argsort(table.sum(axis=1))])
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    return float(scipy.special.chdtrc(df, ((table - expected) ** 2 / expected).sum()))


def _expected(table: Table) -> Table:
    expected: Table = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return expected


def _thin_together(table: Table) -> Table:
    """Unite thin levels by the number of their units alone, which the arms' shares of them do not enter."""
    share = float(table.sum(axis=0).min() / table.sum())
    rows = table[np.argsort(table.sum(axis=1), kind="stable")]
    thin = int((rows.sum(axis=1) * share < EXACT_BELOW).sum())
    while 0 < thin < len(rows) and rows[:thin].sum() * share < EXACT_BELOW:
        thin += 1
    # At least two levels stay: one alone says nothing.
    thin = min(thin, len(rows) - 1)
    united: Table = np.vstack([rows[:thin].sum(axis=0), rows[thin:]]) if thin else rows
    return united


def _exact(table: Table) -> float:
    """Test two levels, the rarer first, given how many have each and how many are in each arm."""
    having, arms = table[0].astype(np.int64), table.sum(axis=0).astype(np.int64)
    drawn = int(having.sum())
    seen = _log_probability(having, arms)
    if len(arms) == 2:
        first = np.arange(max(0, drawn - arms[1]), min(drawn, arms[0]) + 1)
        every = _log_probability(np.column_stack([first, drawn - first]), arms)
        every -= scipy.special.logsumexp(every)
        at_most = every <= every[int(having[0] - first[0])] + ROUNDING
        return float(min(1.0, np.exp(every[at_most]).sum()))
    rng = np.random.default_rng(0)
    if arms.sum() < MOST_DRAWN_FROM:
        draws = rng.multivariate_hypergeometric(arms, drawn, size=DRAWS, method="marginals")
    else:
        draws = rng.multinomial(drawn, arms / arms.sum(), size=DRAWS)
    at_most = _log_probability(draws, arms) <= seen + ROUNDING
    return float((1 + at_most.sum()) / (1 + DRAWS))


def _log_probability(having: NDArray[np.int64], arms: NDArray[np.int64]) -> Table:
    """Return the log probability of so many in each arm, up to a constant."""
    log_ways: Table = -scipy.special.betaln(arms - having + 1, having + 1).sum(axis=-1)
    return log_ways
