"""The one line of JSON that every measured script prints, and the names of the columns it reads."""

from __future__ import annotations

import json
import resource
import sys
from typing import NoReturn

METRICS = ("spend", "trips", "paid", "clicks", "views")


def metric_names(count: int) -> list[str]:
    """Name the metrics of the A/B data: the five, then as many more as are asked for.

    >>> metric_names(6)
    ['spend', 'trips', 'paid', 'clicks', 'views', 'extra_6']
    """
    return [*METRICS[:count], *(f"extra_{i}" for i in range(len(METRICS) + 1, count + 1))]


def arm_names(count: int) -> list[str]:
    """Name the arms, control first.

    >>> arm_names(3)
    ['control', 'treatment_1', 'treatment_2']
    """
    return ["control", *(f"treatment_{i}" for i in range(1, count))]


def say(numbers: dict[str, float], *, seconds: float | None = None, note: str | None = None) -> None:
    """Print the numbers found, the peak memory of this process, and the computing time when only that counts."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    plain = {name: float(value) for name, value in numbers.items()}
    print(json.dumps({"numbers": plain, "peak_mb": peak, "seconds": seconds, "note": note}))


def not_built(what: str) -> NoReturn:
    """Say that the piece to be measured does not exist yet, and stop."""
    print(json.dumps({"not_built": what}))
    raise SystemExit(0)
