"""Rules for arguments, as data: a rule tests a value and says in words what it wants."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from numbers import Integral
from typing import Final, Protocol, TypeGuard
from zoneinfo import ZoneInfo

import numpy as np

from decision_widgets.errors import did_you_mean


class Rule(Protocol):
    """A condition on one argument."""

    def accepts(self, value: object) -> bool: ...

    def wants(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Between:
    """A finite number strictly between two bounds; `or_low` lets the lower one in, `example` shows how to write one."""

    low: float
    high: float
    or_low: bool = False
    example: str = ""

    def accepts(self, value: object) -> bool:
        return _is_number(value) and (self.low < value < self.high or (self.or_low and value == self.low))

    def wants(self) -> str:
        start = f"{self.low:g} or a number" if self.or_low else "a number"
        return f"{start} between {self.low:g} and {self.high:g}" + (f" ({self.example})" if self.example else "")


@dataclass(frozen=True, slots=True)
class Positive:
    """A finite number above zero."""

    whole: bool = False

    def accepts(self, value: object) -> bool:
        return _is_number(value) and value > 0 and (not self.whole or isinstance(value, Integral))

    def wants(self) -> str:
        return "a positive whole number" if self.whole else "a positive number"


@dataclass(frozen=True, slots=True)
class NotNegative:
    """A whole number, 0 or more."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0

    def wants(self) -> str:
        return "a whole number, 0 or more"


@dataclass(frozen=True, slots=True)
class Moment:
    """A local moment as ISO text to the minute."""

    def accepts(self, value: object) -> bool:
        try:
            return isinstance(value, str) and datetime.fromisoformat(value).isoformat(timespec="minutes") == value
        except ValueError:
            return False

    def wants(self) -> str:
        return "a day or a local moment such as '2026-11-02T06:00'"


@dataclass(frozen=True, slots=True)
class TimeZone:
    """The name of a time zone."""

    def accepts(self, value: object) -> bool:
        try:
            return isinstance(value, str) and bool(ZoneInfo(value))
        except (ValueError, OSError, KeyError):
            return False

    def wants(self) -> str:
        return "the name of a time zone such as 'Asia/Singapore'"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value in self.words

    def wants(self) -> str:
        return "one of " + ", ".join(repr(word) for word in self.words)


@dataclass(frozen=True, slots=True)
class TrueOrFalse:
    """A truth value, not a number that stands for one."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, bool)

    def wants(self) -> str:
        return "True or False"


@dataclass(frozen=True, slots=True)
class Name:
    """A non-empty text."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and bool(value.strip())

    def wants(self) -> str:
        return "a name (text that is not empty)"


@dataclass(frozen=True, slots=True)
class Names:
    """A tuple of non-empty texts."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, tuple) and all(Name().accepts(item) for item in value)

    def wants(self) -> str:
        return "a list of names"


@dataclass(frozen=True, slots=True)
class Optional:
    """Nothing, or what another rule accepts."""

    rule: Rule

    def accepts(self, value: object) -> bool:
        return value is None or self.rule.accepts(value)

    def wants(self) -> str:
        return self.rule.wants() + " or nothing"


def as_names(given: object) -> object:
    """Read one name as a list of one, nothing as none; what is no list is left for `Names` to refuse.

    >>> as_names("city"), as_names(None), as_names(["city", "day"])
    (('city',), (), ('city', 'day'))
    """
    if isinstance(given, str):
        return (given,)
    if given is None:
        return ()
    return tuple(given) if isinstance(given, Iterable) else given


def plain(given: object) -> object:
    """Read a number of numpy as one of Python, with the digits that it shows.

    >>> plain(np.float32(0.02)), plain(np.int64(3)), plain("3")
    (0.02, 3, '3')
    """
    if isinstance(given, np.ndarray) and not given.ndim:
        given = given[()]
    if isinstance(given, np.floating):
        return float(str(given))
    return given.item() if isinstance(given, np.generic) else given


def is_day(text: object) -> bool:
    """Tell whether a text is an ISO calendar day.

    >>> is_day("2026-05-28"), is_day("28 May")
    (True, False)
    """
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def as_day(given: object) -> object:
    """Read a date, or a moment at midnight, as its ISO day; what is no day is left for `is_day` to refuse.

    >>> as_day(date(2026, 5, 28)), as_day("28 May")
    ('2026-05-28', '28 May')
    """
    if isinstance(given, datetime):
        midnight = given.replace(hour=0, minute=0, second=0, microsecond=0)
        return given.date().isoformat() if given == midnight else given
    return given.isoformat() if isinstance(given, date) else given


def as_of_problem(given: object) -> str | None:
    """Say what is wrong with the day up to which something is known: no day, or one that is still to come."""
    day = as_day(given)
    if given is None:
        return None
    if not is_day(day):
        return f"as_of must be a day such as '2026-05-28'; got {given!r}."
    # Somewhere it is tomorrow already.
    if date.fromisoformat(str(day)) > date.today() + timedelta(days=1):
        return f"as_of must not lie in the future, where nothing is ever old; got {day!r}."
    return None


def problems(rules: Mapping[str, Rule], values: Mapping[str, object]) -> list[str]:
    """List what is wrong with the values, one sentence each.

    >>> problems({"alpha": Between(0, 0.5)}, {"alpha": 5})
    ['alpha must be a number between 0 and 0.5; got 5.']
    """
    return [
        f"{name} must be {rule.wants()}; got {values[name]!r}.{_hint(rule, values[name])}"
        for name, rule in rules.items()
        if not rule.accepts(values[name])
    ]


def _hint(rule: Rule, value: object) -> str:
    inner = rule.rule if isinstance(rule, Optional) else rule
    if isinstance(inner, OneOf) and isinstance(value, str):
        return did_you_mean(value, inner.words)
    return ""


def _is_number(value: object) -> TypeGuard[float]:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, Integral) and not isinstance(value, bool)


# Elsewhere a comma is read as nothing: 2,5 would be 25.
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def number_in(text: str) -> float:
    """Read a number as people type it; "2%" is 0.02. A comma stands between thousands and nowhere else.

    Raises
    ------
    ValueError
        It is not a finite number.

    Examples
    --------
    >>> number_in("1.1%"), number_in("146,424")
    (0.011, 146424.0)
    """
    said = text.strip()
    plain = said.removesuffix("%").strip()
    try:
        exact = Decimal(plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain)
        value = float(exact.scaleb(-2) if said.endswith("%") else exact)
    except (InvalidOperation, OverflowError):
        raise ValueError(f"not a number: {text!r}") from None
    if not math.isfinite(value):
        raise ValueError(f"not a finite number: {text!r}")
    return value
