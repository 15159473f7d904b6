"""Do two programs give the same numbers?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isnan


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How many numbers two programs have in common, and the worst relative difference with its name."""

    n: int
    worst: float
    where: str

    def within(self, tolerance: float) -> bool:
        """Tell whether there is something in common and all of it agrees."""
        return self.n > 0 and self.worst <= tolerance

    @property
    def text(self) -> str:
        """Say it in a few words."""
        return f"{self.worst:.0e} on {self.n}" if self.n else "nothing in common"


def agreement(first: Mapping[str, float], second: Mapping[str, float]) -> Agreement:
    """Compare the numbers that both have; an effect near 0 is measured against its standard error.

    >>> agreement({"a.effect": 1.0, "a.std_error": 2.0}, {"a.effect": 1.1, "b.effect": 3.0}).text
    '5e-02 on 1'
    >>> agreement({"a.effect": float("nan")}, {"a.effect": float("nan")}).within(1e9)
    False
    """
    found = [(_difference(name, first, second), name) for name in first if name in second]
    worst, where = max(found, default=(0.0, ""))
    return Agreement(n=len(found), worst=worst, where=where)


def _difference(name: str, first: Mapping[str, float], second: Mapping[str, float]) -> float:
    errors = []
    if name.endswith(".effect"):
        stem = name.removesuffix("effect") + "std_error"
        errors = [abs(value) for numbers in (first, second) for key, value in numbers.items() if key.startswith(stem)]
    apart = abs(first[name] - second[name])
    if isnan(apart):
        return inf
    return apart / max(abs(first[name]), abs(second[name]), *errors) if apart else 0.0


def gaps(ours: Mapping[str, float], reference: Mapping[str, float]) -> list[str]:
    """Return what the reference does not check, and the effects that ours does not give.

    >>> gaps({"a.effect": 1.0, "a.std_error_cr9": 1.0}, {"a.effect": 1.0, "b.effect": 2.0})
    ['a.std_error_cr9', 'b.effect']
    """
    unchecked = [name for name in ours if name not in reference]
    return unchecked + [name for name in reference if name.endswith(".effect") and name not in ours]
