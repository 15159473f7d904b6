"""How a number is written, once, for prose, tables, cards and exports alike.

Minus is U+2212, thousands have commas, uplifts are signed, and an interval reads "a to b". Inputs are raw
numbers; shares and relative effects are fractions (0.027 is written +2.7%).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

MINUS = "\u2212"
NBSP = "\u00a0"
NOT_AVAILABLE = "\u2013"
_PERCENT_POINTS = NBSP + "pp"
_NOISE = 1e-12
_MOST_DIGITS = 12
# Below this a number is written with a power of ten: nobody counts the zeros of 0.00000000996.
_SMALLEST_PLAIN = 1e-4
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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


def plan_size(n: float) -> int:
    """Round a planned size up to three digits: nobody plans 41,133 participants.

    >>> plan_size(41133), plan_size(99.2), plan_size(74800)
    (41200, 100, 74800)
    """
    unit = int(10 ** max(0, len(str(math.ceil(n))) - 3))
    return math.ceil(math.ceil(n) / unit) * unit


def lift(size: float) -> str:
    """Write the size of a planned effect: one decimal, two below 1 %, more only where those would say nothing.

    >>> lift(0.02), lift(0.0061), lift(0.000042)
    ('2.0%', '0.61%', '0.0042%')
    """
    percent = abs(size) * 100
    return fixed(percent, 1 if percent >= 0.995 else max(2, digits_for(percent, significant=2))) + "%"


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
    """Write a level as a percentage: one decimal, two below 10 %, and more only where those would say nothing.

    >>> level_percent(0.345377), level_percent(0.0042), level_percent(0.0000031)
    ('34.5%', '0.42%', '0.00031%')
    """
    return _level(share, "binary", 0)


def level(value: float, kind: str) -> str:
    r"""Write the mean of an arm: a percentage for a binary metric, three significant digits otherwise.

    >>> level(0.345377, "binary"), level(5.10432, "continuous"), level(1234.56, "count")
    ('34.5%', '5.10', '1,235')
    >>> level(9.96e-9, "continuous"), level(3e-17, "continuous")
    ('9.96\xa0×\xa010⁻⁹', '0.00')
    """
    return _level(0.0 if abs(value) < _NOISE else value, kind, 0)


def levels(control: float, treatment: float, kind: str) -> tuple[str, str]:
    """Write the levels of two arms with enough decimals that they differ as the effect does: by two digits.

    >>> levels(104.2, 104.4, "continuous"), levels(0.345377, 0.354784, "binary")
    (('104.20', '104.40'), ('34.54%', '35.48%'))
    """
    first, second = levels_of_arms([control, treatment], kind)
    return first, second


def levels_of_arms(values: Sequence[float], kind: str) -> list[str]:
    """Write the levels of any number of arms as `levels` does, so that the two farthest apart differ by two digits.

    >>> levels_of_arms([104.2, 104.4, 104.3], "continuous")
    ['104.20', '104.40', '104.30']
    """
    size = max(abs(value) for value in values)
    values = [0.0 if abs(value) < _NOISE * size else value for value in values]
    gap = max(values) - min(values)
    scale = 100 if kind == "binary" else 1
    least = digits_for(gap * scale, significant=2) if gap > _NOISE * size else 0
    digits = [max(least, _level_digits(value or size, kind)) for value in values]
    if max(digits) - min(digits) == 1:
        digits = [max(digits)] * len(values)
    shared = size if size < _SMALLEST_PLAIN else None
    return [_level(value, kind, own, shared) for value, own in zip(values, digits, strict=True)]


def spread(std_dev: float, kind: str) -> str:
    r"""Write a standard deviation in the metric's own unit: percentage points for a binary metric.

    >>> spread(0.475491, "binary"), spread(9.35291, "continuous")
    ('47.5\xa0pp', '9.35')
    """
    return level(std_dev, kind).removesuffix("%") + _PERCENT_POINTS if kind == "binary" else level(std_dev, kind)


def split_percent(share: float) -> str:
    """Write an arm's share of the participants: two decimals, as a split is judged by them.

    >>> split_percent(0.50253)
    '50.25%'
    """
    return fixed(share * 100, 2) + "%"


def split(shares: Sequence[float]) -> str:
    """Write the planned shares of all arms.

    >>> split([0.5, 0.5]), split([1 / 3, 1 / 3, 1 / 3])
    ('50/50', '33.33/33.33/33.33')
    """
    return "/".join(f"{100 * share:.4g}" for share in shares)


def threshold(p: float) -> str:
    """Write what a p-value is compared with: no digits beyond its own.

    >>> threshold(0.05), threshold(0.001)
    ('0.05', '0.001')
    """
    return f"{p:g}"


def one_in(p: float) -> str:
    """Say in how many experiments chance alone does it.

    >>> one_in(0.15)
    'about 1 of 7 experiments'
    """
    return f"about 1 of {integer(1 / p)} experiments"


def relative(effect: float, lower: float | None, upper: float | None) -> EffectText:
    """Write a relative effect so that the half-width of its interval shows two digits, at most two decimals.

    >>> relative(0.027236, 0.0129919, 0.0414801)
    EffectText(effect='+2.7%', interval='+1.3% to +4.1%')
    >>> relative(0.02, 0.004, None).interval
    'at least +0.4%'
    """
    percent = _percent_writer(effect, lower, upper)
    return EffectText(percent(effect), _interval(lower, upper, percent))


def absolute(effect: float, lower: float | None, upper: float | None, kind: str) -> EffectText:
    r"""Write an absolute effect in the metric's own unit; percentage points for a binary metric.

    >>> absolute(0.0094067, 0.0044881, 0.0143253, "binary")
    EffectText(effect='+0.94\xa0pp', interval='+0.45 to +1.43\xa0pp')
    """
    amount, unit = _amount_writer(effect, lower, upper, kind)
    interval = _interval(lower, upper, amount)
    return EffectText(amount(effect) + unit, interval if interval == NOT_AVAILABLE else interval + unit)


def unsigned(value: float, lower: float | None, upper: float | None, *, percent: bool = False) -> EffectText:
    """Write an estimate that is no difference, such as a probability or an odds ratio, with its interval.

    >>> unsigned(0.5575, 0.5324, 0.5826, percent=True), unsigned(1.0248, 0.9038, 1.1620)
    (EffectText(effect='55.8%', interval='53.2% to 58.3%'), EffectText(effect='1.02', interval='0.90 to 1.16'))
    """
    scale, unit = (100, "%") if percent else (1, "")
    digits = min(_MOST_DIGITS, digits_for(_half_width(value, lower, upper) * scale, significant=2))

    def write(number: float) -> str:
        return fixed(number * scale, digits) + unit

    return EffectText(write(value), _interval(lower, upper, write))


def worst_end(
    effect: float,
    lower: float | None,
    upper: float | None,
    kind: str | None = None,
    which: Literal["lower", "upper"] = "lower",
) -> str:
    r"""Write one end of an interval as `absolute` does, its unit included, or without a kind as `relative` does.

    >>> worst_end(0.0094067, 0.0044881, 0.0143253, "binary", "upper"), worst_end(0.027236, 0.0129919, 0.0414801)
    ('+1.43\xa0pp', '+1.3%')
    """
    end = lower if which == "lower" else upper
    if end is None:
        return NOT_AVAILABLE
    if kind is None:
        return _percent_writer(effect, lower, upper)(end)
    amount, unit = _amount_writer(effect, lower, upper, kind)
    return amount(end) + unit


def df_text(df: float) -> str:
    """Write degrees of freedom: one decimal when small.

    >>> df_text(54.81), df_text(41207.2)
    ('54.8', '41,207')
    """
    return fixed(df, 1 if df < 1000 else 0)


def power_of_ten(exponent: int) -> str:
    """Write a power of ten.

    >>> power_of_ten(-9)
    '10⁻⁹'
    """
    return f"10{str(exponent).translate(_RAISED)}"


def in_sentence(text: str) -> str:
    """Take off the signs that a sentence does not need: its verb carries them, unless an interval dips below 0.

    >>> in_sentence("+2.7%"), in_sentence("+1.3% to +4.1%"), in_sentence("−0.2% to +1.4%")
    ('2.7%', '1.3% to 4.1%', '−0.2% to +1.4%')
    """
    if " to " in text:
        return text if MINUS in text else text.replace("+", "")
    return text.lstrip("+" + MINUS)


def digits_for(value: float, *, significant: int) -> int:
    """Count the decimals that show a number with so many significant digits.

    >>> digits_for(0.0235, significant=2), digits_for(235, significant=2)
    (3, 0)
    """
    if value == 0 or not math.isfinite(value):
        return significant - 1
    return max(0, significant - 1 - math.floor(math.log10(abs(value))))


def _level(value: float, kind: str, digits: int, size: float | None = None) -> str:
    digits = max(digits, _level_digits(value, kind))
    if kind == "binary":
        return fixed(value * 100, min(digits, _MOST_DIGITS)) + "%"
    exponent = _exponent(abs(value) if size is None else size)
    return fixed(value * 10.0**-exponent, min(digits + exponent, _MOST_DIGITS)) + _power(exponent)


def _level_digits(value: float, kind: str) -> int:
    if kind != "binary":
        return digits_for(value, significant=3)
    return 1 if abs(value) >= 0.1 else max(2, digits_for(value * 100, significant=2))


def _percent_writer(effect: float, lower: float | None, upper: float | None) -> Callable[[float], str]:
    digits = min(2, digits_for(_half_width(effect, lower, upper) * 100, significant=2))
    return lambda share: fixed(share * 100, digits, signed=True) + "%"


def _amount_writer(
    effect: float, lower: float | None, upper: float | None, kind: str
) -> tuple[Callable[[float], str], str]:
    exponent = 0 if kind == "binary" else _exponent(max(abs(value or 0.0) for value in (effect, lower, upper)))
    scale, unit = (100.0, _PERCENT_POINTS) if kind == "binary" else (10.0**-exponent, _power(exponent))
    digits = min(_MOST_DIGITS, digits_for(_half_width(effect, lower, upper) * scale, significant=2))
    return lambda value: fixed(value * scale, digits, signed=True), unit


def _exponent(size: float) -> int:
    return math.floor(math.log10(size)) if 1e-300 < size < _SMALLEST_PLAIN else 0


def _power(exponent: int) -> str:
    return f"{NBSP}×{NBSP}{power_of_ten(exponent)}" if exponent else ""


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
