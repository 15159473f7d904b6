"""Whether two summaries say the same: sums of one table differ in their last digits from run to run."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import Any, Final

from decision_widgets.moments import MetricSummary

DIGITS: Final = 1e-9
# Sums whose terms cancel, and two sums whose product bounds the square of each (Cauchy–Schwarz): its digits count
# from there.
_BOUNDS: Final = {
    "sum_s": ("n_participants", "sum_s2"),
    "sum_sm": ("sum_m2", "sum_s2"),
    "sum_sm2": ("sum_m4", "sum_s2"),
    "sum_s3": ("sum_s2", "sum_s4"),
    "sum_sm3": ("sum_m4", "sum_s2m2"),
    "sum_s3m": ("sum_s4", "sum_s2m2"),
    "sum_mean": ("sum_inverse_m", "sum_y2"),
    "sum_x": ("n_known", "sum_x2"),
    "sum_mx": ("sum_m2", "sum_x2"),
    "sum_sx": ("sum_s2", "sum_x2"),
    "sum_s_known": ("n_known", "sum_s2"),
    "sum_ms": ("sum_m2", "sum_s2"),
    "sum_ms_known": ("sum_m2", "sum_s2"),
    "sum_msx": ("sum_s2", "sum_m2x2"),
    "sum_m2x": ("sum_m2", "sum_m2x2"),
    "within": ("sum_y2", "sum_y2"),
}
# Levels, which may be 0 but for the last digit.
_LEVELS: Final = ("shift", "quantiles")


def say_the_same(one: MetricSummary, other: MetricSummary) -> bool:
    """Tell whether counts, days and words are equal and sums agree to nine digits.

    A store that holds one of them learns nothing from the other.
    """
    return _same(one, other)


def _same(one: Any, other: Any, scale: float = 0.0) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=DIGITS, abs_tol=DIGITS * scale)
    if is_dataclass(one) and type(one) is type(other):
        names = [field.name for field in fields(one)]
        return all(_same(getattr(one, name), getattr(other, name), _scale(one, name)) for name in names)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(_same(*pair, scale) for pair in zip(one, other, strict=True))
    return bool(one == other)


def _scale(record: Any, name: str) -> float:
    if name in _LEVELS:
        return max((abs(level) for _, level in record.quantiles), default=0.0)
    if name not in _BOUNDS:
        return 0.0
    first, second = (getattr(record, bound) for bound in _BOUNDS[name])
    return float(math.sqrt(abs(first * second)))
