"""Recognise the kind of a metric from a profile of its column, and say on what evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from decision_widgets.vocabulary import Confidence, Kind

COUNT_UP_TO: Final = 1000
TWO_VALUES: Final = "Two values only"
_YES: Final = {"yes", "y", "true", "t", "on"}
_NO: Final = {"no", "n", "false", "f", "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a column looks like over its non-missing values.

    `levels` are the distinct values when there are at most two, smallest first; `share_of_last` is the share of the
    larger. `whole` says that every value is a whole number.
    """

    n_distinct: int
    levels: Sequence[object]
    share_of_last: float
    lowest: float
    highest: float
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """A metric's kind, the evidence in a sentence, and how sure we are."""

    kind: Kind
    evidence: str
    confidence: Confidence
    mapping: tuple[str, str] | None = None
    largest: float | None = None


def recognise(profile: Profile, declared: Kind | None) -> Recognition:
    """Tell what kind of metric a numeric column is; a declared kind wins, the evidence is shown either way.

    Kind changes how an effect is written and which companions are shown, never the numbers themselves: only a
    declared "binary" reads two other numbers as 0 and 1, and says so.

    >>> recognise(Profile(n_distinct=2, levels=(0, 1), share_of_last=0.35, lowest=0, highest=1, whole=True), None).kind
    'binary'
    """
    found = _found(profile)
    if declared is None or declared == found.kind:
        return found
    mapping = None
    if declared == "binary" and profile.n_distinct == 2:
        mapping = (written(profile.levels[0]), written(profile.levels[1]))
    return Recognition(
        kind=declared, evidence=f"Declared {declared}; {found.evidence}", confidence="certain", mapping=mapping
    )


def _found(profile: Profile) -> Recognition:
    if profile.n_distinct == 2:
        zero, one = (written(level) for level in profile.levels)
        evidence = f"{TWO_VALUES}, {zero} and {one}; {profile.share_of_last:.1%} are {one}"
        binary = (profile.lowest, profile.highest) == (0, 1)
        return Recognition(kind="binary" if binary else "continuous", evidence=evidence, confidence="certain")
    if profile.whole and profile.lowest >= 0 and profile.n_distinct >= 3:
        if profile.highest <= COUNT_UP_TO:
            evidence = f"Whole numbers from {profile.lowest:,.0f} to {profile.highest:,.0f}"
            return Recognition(kind="count", evidence=evidence, confidence="likely")
        return Recognition(
            kind="continuous",
            evidence=f"Whole numbers up to {profile.highest:,.0f}, so they look like money",
            confidence="guess",
            largest=profile.highest,
        )
    return Recognition(
        kind="continuous",
        evidence=f"Numbers from {profile.lowest:,.6g} to {profile.highest:,.6g}",
        confidence="certain",
    )


def two_words(levels: Sequence[str]) -> tuple[str, str] | None:
    """Tell which of two texts means no and which yes; ``None`` when the words don't say.

    >>> two_words(["Yes", "No"]), two_words(["paid", "unpaid"])
    (('No', 'Yes'), None)
    """
    known = {_meaning(level): level for level in levels}
    return (known[False], known[True]) if len(levels) == 2 and set(known) == {False, True} else None


def _meaning(word: str) -> bool | None:
    word = word.strip().lower()
    return True if word in _YES else False if word in _NO else None


def written(value: object) -> str:
    """Write a level as a reader would: whole floats without their point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
