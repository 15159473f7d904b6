"""How a number is written, once, for prose, tables, cards and exports alike.

Minus is U+2212, thousands have commas, uplifts are signed, and an interval reads "a to b". Inputs are raw
numbers; shares and relative effects are fractions (0.027 is written +2.7%).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

MINUS = "\u2212"
NBSP = "\u00a0"
NOT_AVAILABLE = "\u2013"


class EffectText(NamedTuple):
    """An effect and its interval as they are printed."""

    effect: str
    interval: str


def fixed(value: float, digits: int, *, signed: bool = False) -> str:
    """Write a number with a fixed count of decimals.

    >>> fixed(-1234.5, 1), fixed(0.024, 2, signed=True), fixed(-0.001, 2)
    ('−1,234.5', '+0.02', '0.00')
    """
    text = f"{abs(value):,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def integer(value: float) -> str:
    """Write a count.

    >>> integer(41208)
    '41,208'
    """
    return fixed(round(value), 0)


def p_value(p: float | None) -> str:
    r"""Write a p-value: three decimals, never 0.000 and never 1.000.

    >>> p_value(0.0004), p_value(0.0249), p_value(0.9999)
    ('<\xa00.001', '0.025', '>\xa00.999')
    """
    if p is None:
        return NOT_AVAILABLE
    if p < 0.001:
        return "<" + NBSP + "0.001"
    if p > 0.999:
        return ">" + NBSP + "0.999"
    return f"{p:.3f}"


def level_percent(share: float) -> str:
    """Write a level as a percentage: one decimal, two below 10 %.

    >>> level_percent(0.345377), level_percent(0.0042)
    ('34.5%', '0.42%')
    """
    return fixed(share * 100, 1 if abs(share) >= 0.1 else 2) + "%"


def level(value: float, kind: str) -> str:
    """Write the mean of an arm: a percentage for a binary metric, three significant digits otherwise.

    >>> level(0.345377, "binary"), level(5.10432, "continuous"), level(1234.56, "count")
    ('34.5%', '5.10', '1,235')
    """
    if kind == "binary":
        return level_percent(value)
    return fixed(value, _digits_for(value, significant=3))


def relative(effect: float, lower: float | None, upper: float | None) -> EffectText:
    """Write a relative effect so that the half-width of its interval shows two digits, at most two decimals.

    >>> relative(0.027236, 0.0129919, 0.0414801)
    EffectText(effect='+2.7%', interval='+1.3% to +4.1%')
    >>> relative(0.02, 0.004, None).interval
    'at least +0.4%'
    """
    digits = min(2, _digits_for(_half_width(effect, lower, upper) * 100, significant=2))

    def percent(share: float) -> str:
        return fixed(share * 100, digits, signed=True) + "%"

    return EffectText(percent(effect), _interval(lower, upper, percent))


def absolute(effect: float, lower: float | None, upper: float | None, kind: str) -> EffectText:
    r"""Write an absolute effect in the metric's own unit; percentage points for a binary metric.

    >>> absolute(0.0094067, 0.0044881, 0.0143253, "binary")
    EffectText(effect='+0.94\xa0pp', interval='+0.45 to +1.43\xa0pp')
    """
    scale, unit = (100.0, NBSP + "pp") if kind == "binary" else (1.0, "")
    digits = _digits_for(_half_width(effect, lower, upper) * scale, significant=2)

    def amount(value: float) -> str:
        return fixed(value * scale, digits, signed=True)

    interval = _interval(lower, upper, amount)
    return EffectText(amount(effect) + unit, interval if interval == NOT_AVAILABLE else interval + unit)


def df_text(df: float) -> str:
    """Write degrees of freedom: one decimal when small.

    >>> df_text(54.81), df_text(41207.2)
    ('54.8', '41,207')
    """
    return fixed(df, 1 if df < 1000 else 0)


def in_sentence(text: str) -> str:
    """Take off the signs that a sentence does not need: its verb carries them, unless an interval dips below 0.

    >>> in_sentence("+2.7%"), in_sentence("+1.3% to +4.1%"), in_sentence("−0.2% to +1.4%")
    ('2.7%', '1.3% to 4.1%', '−0.2% to +1.4%')
    """
    if " to " in text:
        return text if MINUS in text else text.replace("+", "")
    return text.lstrip("+" + MINUS)


def _half_width(effect: float, lower: float | None, upper: float | None) -> float:
    if lower is not None and upper is not None:
        return (upper - lower) / 2
    end = upper if lower is None else lower
    return abs(effect if end is None else effect - end)


def _interval(lower: float | None, upper: float | None, write: Callable[[float], str]) -> str:
    if lower is None and upper is None:
        return NOT_AVAILABLE
    if lower is None:
        return "at most " + write(upper or 0.0)
    if upper is None:
        return "at least " + write(lower)
    return f"{write(lower)} to {write(upper)}"


def _digits_for(value: float, *, significant: int) -> int:
    if value == 0 or not math.isfinite(value):
        return significant - 1
    return max(0, significant - 1 - math.floor(math.log10(abs(value))))
