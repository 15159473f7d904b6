"""The moments of an arm in which every row is a participant, from the sums of powers that one scan gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from decision_widgets.data.columns import Powers
from decision_widgets.data.reduction import TOP_ONE_IN, TOP_SHARE_OF_INTEREST
from decision_widgets.moments import ArmMoments, ClusterSums, Moments

FARTHEST_SHIFT: Final = 10.0  # standard deviations; the square of it is what cancels in a sum of squares


def flat_arm(parts: Sequence[Powers], n_rows: int) -> ArmMoments | None:
    """Unite the labels of one arm; ``None`` when the powers don't hold enough digits, or the tail needs a look."""
    n = sum(part.n for part in parts)
    if n == 0:
        return None
    one, two, three, four = (float(x) for x in np.sum([part.sums for part in parts], axis=0))
    mean, shift = one / n, parts[0].shift
    squares = two - n * mean**2
    lowest, highest = min(part.lowest for part in parts), max(part.highest for part in parts)
    if lowest == highest:
        squares = 0.0
    elif not (math.isfinite(four) and squares > 0 and abs(mean) <= FARTHEST_SHIFT * math.sqrt(squares / n)):
        return None
    cubes = three - 3 * mean * two + 2 * n * mean**3
    fourths = four - 4 * mean * three + 6 * mean**2 * two - 3 * n * mean**4
    top_share = math.sqrt(max(1, n // TOP_ONE_IN) * fourths) / squares if squares else 0.0
    if top_share > TOP_SHARE_OF_INTEREST:
        return None
    spread = math.sqrt(squares / n)
    values = Moments(columns=("y",), n=n, mean=np.array([mean]), cross=np.array([[squares]]))
    return ArmMoments(
        n_participants=n,
        n_observations=n,
        n_missing=n_rows - n,
        weight=float(n),
        level=shift + mean,
        shift=shift,
        totals=Moments(
            columns=("m", "s"), n=n, mean=np.array([1.0, mean]), cross=np.array([[0.0, 0.0], [0.0, squares]])
        ),
        participant_means=Moments(columns=("mean",), n=n, mean=np.array([mean]), cross=np.array([[squares]])),
        observations=values,
        sums=_singles(n, squares),
        skewness=cubes / n / spread**3 if spread else 0.0,
        top_share=top_share,
    )


def _singles(n: int, squares: float) -> ClusterSums:
    """Every participant has the same leverage, 1/n."""
    free = 1 - 1 / n if n > 1 else 1.0
    q = 1 / (n * n * free)
    return ClusterSums(
        residual=squares / n**2,
        adjusted_residual=squares / free / n**2,
        q2=n * q**2,
        qv2=n * q * (q / n),
        v2=n * (q / n),
        complete=n > 1,
    )
