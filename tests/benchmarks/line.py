"""The one line of JSON that every measured script prints, how it takes times, and the names of the columns it reads."""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import TypeVar

METRICS = ("spend", "trips", "paid", "clicks", "views")
NULL_EFFECT = 0.25  # of W4's exact p-value: near the estimate, so that it is far from 0
COMPUTE = "compute"
Answer = TypeVar("Answer")


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


def second(call: Callable[[], Answer]) -> tuple[Answer, float]:
    """Call twice and time the second: the first also pays for imports, compilers and memory never touched before.

    What it left to be collected is collected before the second.
    """
    call()
    gc.collect()
    start = time.perf_counter()
    answer = call()
    return answer, time.perf_counter() - start


def words() -> list[str]:
    """Return the words of the command line but the one that asks for the computing alone."""
    return [word for word in sys.argv[1:] if word != COMPUTE]


def asked(call: Callable[[], Answer]) -> tuple[Answer, float | None]:
    """Call once, or twice with the time of the second when the computing alone is asked for."""
    return second(call) if COMPUTE in sys.argv else (call(), None)


def say(numbers: dict[str, float], *, seconds: float | None = None, note: str | None = None) -> None:
    """Print the numbers found, the peak memory of this process, and the computing time when only that counts."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    plain = {name: float(value) for name, value in numbers.items()}
    print(json.dumps({"numbers": plain, "peak_mb": peak, "seconds": seconds, "note": note}))
