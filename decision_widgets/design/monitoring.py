"""How a running experiment is looked at before its end: the rule, and the looks that were planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Self

from decision_widgets import checks
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.records import Record
from decision_widgets.vocabulary import StoppingRule, words

_RULES: dict[str, checks.Rule] = {"rule": checks.OneOf(words(StoppingRule))}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Monitoring(Record):
    """When a running experiment is looked at, and how strong the evidence must be to stop it.

    Parameters
    ----------
    rule : {"obf", "pocock", "mixture"}
        Lan–DeMets spending, hard to cross early ("obf") or alike at all looks ("pocock"); or the confidence sequence
        ("mixture"), which holds at every look whatever their number, and is wider for it.
    looks : sequence of days, or int, optional
        Days such as ``"2026-11-16"``, the last of which ends the experiment; or how many equally spaced looks the
        design's `planned_days` hold. Only "mixture" does without.

    Raises
    ------
    InputError
        All problems of the arguments together.

    Examples
    --------
    >>> Monitoring(rule="obf", looks=4).days(date(2026, 11, 2), planned_days=14)
    ('2026-11-05', '2026-11-08', '2026-11-12', '2026-11-15')
    """

    rule: StoppingRule = "obf"
    looks: tuple[str, ...] | int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "looks", read_looks(self.looks))
        problems = checks.problems(_RULES, {"rule": self.rule})
        problems += _look_problems(self.looks)
        if self.looks is None and self.rule in ("obf", "pocock"):
            problems.append(
                f"The rule {self.rule!r} needs looks=, their days or their number; without a plan of looks take "
                "rule='mixture'."
            )
        if problems:
            raise InputError.together("monitoring", problems)

    def days(self, first: date, planned_days: int | None) -> tuple[str, ...] | None:
        """Return the days of the planned looks of an experiment that began on `first`; ``None`` when any day is one."""
        if not isinstance(self.looks, int):
            return self.looks
        if planned_days is None:
            raise InputError(f"{self.looks} equally spaced looks need planned_days, which they divide.")
        # Rounded up in whole numbers: the last look is the last planned day.
        ends = (-(-look * planned_days // self.looks) for look in range(1, self.looks + 1))
        return tuple((first + timedelta(days=end - 1)).isoformat() for end in ends)

    @classmethod
    def of(cls, given: Mapping[str, Any] | Monitoring) -> Self | Monitoring:
        """Accept a plan as a mapping of its words, or itself; an unknown word is an error that names the nearest."""
        if isinstance(given, Monitoring):
            return given
        known = keys_of_monitoring()
        if not isinstance(given, Mapping):
            raise InputError(f"monitoring must be a mapping of its words, {listed(known)}; got {given!r}.")
        problems = [
            f"monitoring has no word {key!r}.{did_you_mean(str(key), known)} It knows: {listed(known)}."
            for key in given
            if key not in known
        ]
        if problems:
            raise InputError.together("monitoring", problems)
        return cls(**given)

    @classmethod
    def _from_plain(cls, plain: Mapping[str, Any]) -> Self | Monitoring:
        return cls.of(plain)

    def _to_plain(self) -> dict[str, Any]:
        looks = list(self.looks) if isinstance(self.looks, tuple) else self.looks
        return {"rule": self.rule} | ({} if looks is None else {"looks": looks})


def keys_of_monitoring() -> tuple[str, ...]:
    """Return the words a plan of looks knows."""
    return tuple(item.name for item in fields(Monitoring))


def read_looks(given: object) -> Any:
    """Read days, given as texts or dates, as a tuple of ISO days; what is none is left for the checks to refuse."""
    given = checks.as_day(given)
    if isinstance(given, str):
        return (given,)
    if checks.Positive(whole=True).accepts(given):
        return int(given)  # type: ignore[call-overload]  # what is no number is refused below
    if isinstance(given, Iterable):
        return tuple(checks.as_day(each) for each in given)
    return given


def day_problems(days: object) -> list[str]:
    """List what is wrong with days of looks, one sentence each."""
    if not isinstance(days, tuple) or not days:
        return [f"looks must be days such as '2026-05-28'; got {days!r}."]
    wrong = [day for day in days if not checks.is_day(day)]
    if wrong:
        return [f"looks must be days such as '2026-05-28'; got {wrong[0]!r}."]
    return [
        f"looks must ascend, each day once; {later} follows {earlier}."
        for earlier, later in pairwise(days)
        if later <= earlier
    ][:1]


def _look_problems(looks: object) -> list[str]:
    if looks is None:
        return []
    if isinstance(looks, tuple):
        return day_problems(looks)
    if checks.Positive(whole=True).accepts(looks):
        return []
    return [f"looks must be days such as '2026-05-28', or a positive whole number of them; got {looks!r}."]
