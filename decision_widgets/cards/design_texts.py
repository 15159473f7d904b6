"""What people type into the fields of a design, read as numbers, lengths and moments; and written back for them."""

from __future__ import annotations

import re
from typing import Final

from decision_widgets.design.clock import as_length, as_minutes, as_moment

NOT_READ: Final = object()
"""Something stands there and is not understood."""

_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_WHOLE: Final = re.compile(r"\d{1,15}", re.ASCII)
_MINUTES: Final = re.compile(r"\d{1,6}", re.ASCII)


def number_of(text: str) -> float | None:
    """Read a plain number or a fraction of two.

    >>> number_of("1/4"), number_of(" \u22122,000 "), number_of("1_000"), number_of("nan")
    (0.25, -2000.0, None, None)
    """
    above, _, under = _clean(text).partition("/")
    if not _NUMBER.fullmatch(above) or (under and not _NUMBER.fullmatch(under)):
        return None
    value = float(above)
    if under:
        value = value / float(under) if float(under) else float("inf")
    return value if abs(value) < 1e300 else None


def effect_of(text: str) -> float | object | None:
    """Read a size as a fraction: ``2%`` or ``0.02``. A bare 1 or more could mean either, so it is not read.

    >>> effect_of("2%"), effect_of("0.02"), effect_of(""), effect_of("2") is NOT_READ
    (0.02, 0.02, None, True)
    """
    clean = _clean(text)
    if not clean:
        return None
    value = number_of(clean.removesuffix("%"))
    if value is None:
        return NOT_READ
    value = value / 100 if clean.endswith("%") else value
    known = 0 <= value < (10 if clean.endswith("%") else 1)
    return value if known else NOT_READ


def share_of(text: str) -> float | object:
    """Read the share of an arm: percent, or a fraction of the whole.

    >>> share_of("50"), share_of("50%"), share_of("1/3") == 1 / 3, share_of("none") is NOT_READ
    (0.5, 0.5, True, True)
    """
    clean = _clean(text).removesuffix("%")
    value = number_of(clean)
    if value is None:
        return NOT_READ
    value = value if "/" in clean else value / 100
    return value if 0 < value < 10 else NOT_READ


def whole_of(text: str) -> int | object | None:
    """Read a whole number that is not negative.

    >>> whole_of("14"), whole_of("1,000"), whole_of(""), whole_of("1.5") is NOT_READ
    (14, 1000, None, True)
    """
    clean = _clean(text)
    if not clean:
        return None
    return int(clean) if _WHOLE.fullmatch(clean) else NOT_READ


def minutes_of(text: str) -> int | object | None:
    """Read a length of time; bare digits are minutes.

    >>> minutes_of("2h"), minutes_of("30"), minutes_of("1d"), minutes_of(""), minutes_of("soon") is NOT_READ
    (120, 30, 1440, None, True)
    """
    clean = text.strip()
    if not clean:
        return None
    if _MINUTES.fullmatch(clean):
        return int(clean)
    found = as_minutes(clean)
    return found if isinstance(found, int) and found < 10**7 else NOT_READ


def moment_of(text: str) -> str | object | None:
    """Read a day or a local moment as ISO text to the minute.

    >>> moment_of("2026-11-09"), moment_of(""), moment_of("Monday") is NOT_READ
    ('2026-11-09T00:00', None, True)
    """
    clean = text.strip()
    if not clean:
        return None
    found = as_moment(clean) if re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:00)?)?", clean, re.ASCII) else None
    return found if isinstance(found, str) and "T" in found else NOT_READ


def effect_text(value: float | None) -> str:
    """Write a fraction so that `effect_of` reads exactly it.

    >>> effect_text(0.02), effect_text(0.071), effect_text(None)
    ('2%', '7.1%', '')
    """
    if value is None:
        return ""
    for text in (f"{100 * value:.12g}%", f"{100 * value:.17g}%", repr(value)):
        if effect_of(text) == value:
            return text
    return f"{100 * value!r}%"


def share_text(value: float) -> str:
    """Write a share so that `share_of` reads exactly it.

    >>> share_text(0.5), share_text(1 / 3)
    ('50', '1/3')
    """
    for text in (
        f"{100 * value:.4g}",
        *(f"{n}/{of}" for of in range(3, 31) for n in range(1, of)),
        f"{100 * value:.17g}",
    ):
        if share_of(text) == value:
            return text
    return f"{value!r}/1"


def length_text(minutes: int | None) -> str:
    """Write a length of time.

    >>> length_text(90), length_text(None)
    ('1h30min', '')
    """
    return "" if minutes is None else as_length(minutes)


def tidy(value: float) -> str:
    """Write a number with at most two decimals.

    >>> tidy(110.0), tidy(99.9), tidy(-10)
    ('110', '99.9', '\u221210')
    """
    text = f"{abs(value):.2f}".rstrip("0").rstrip(".")
    return f"\u2212{text}" if value < 0 and text != "0" else text


def _clean(text: str) -> str:
    return re.sub(r"[,\s\u00a0\u202f]", "", text).replace("\u2212", "-")
