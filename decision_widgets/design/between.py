"""The between-subject design: each participant sees one arm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from decision_widgets import checks
from decision_widgets.design.metric import Metric
from decision_widgets.design.monitoring import Monitoring
from decision_widgets.design.wording import at_odds, called_twice, from_words, read_fields, read_twice, to_words
from decision_widgets.errors import InputError
from decision_widgets.moments import MomentSpec, label
from decision_widgets.records import Record
from decision_widgets.vocabulary import Missing, words

_RULES: dict[str, checks.Rule] = {
    "participant": checks.Optional(checks.Name()),
    "arm": checks.Name(),
    "control": checks.Name(),
    "time": checks.Optional(checks.Name()),
    "strata": checks.Names(),
    "segments": checks.Names(),
    "alpha": checks.Between(0, 0.5),
    "power": checks.Between(0.05, 1),
    "missing": checks.OneOf(words(Missing)),
    "name": checks.Optional(checks.Name()),
    "dependent": checks.Optional(checks.TrueOrFalse()),
    "negatively_related": checks.Optional(checks.TrueOrFalse()),
    "planned_participants": checks.Optional(checks.Positive(whole=True)),
    "planned_days": checks.Optional(checks.Positive(whole=True)),
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Arm(Record):
    """One arm and its planned share of the participants."""

    name: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BetweenSubject(Record):
    """An experiment in which each participant sees one arm and may be observed many times.

    Parameters
    ----------
    participant : str or None
        Column: who took part. ``None`` says that every row is one participant.
    arm : str
        Column: in which arm.
    control : str
        The label of the control arm.
    metrics : sequence of Metric, str or mapping
        A bare string is a primary metric of that column.
    arms : sequence of names, or mapping of name to share, optional
        All arms with their planned shares (names alone mean equal shares). Left out, the arms are taken from the
        table and equal shares are assumed, with a note.
    time : str, optional
        Column of dates or timestamps; with it the length of the run is checked.
    strata, segments : sequence of str
        Columns known before the experiment, one value per participant: `strata` say how assignment was stratified and
        enter the post-stratified estimate; effects are also given within each of the `segments`.
    alpha, power : float
        Two-sided level and power, as fractions.
    missing : {"raise", "drop", "zero"}
        What to do with rows without an outcome.
    name : str, optional
        What the experiment is called on cards and in files.
    dependent, negatively_related : bool, optional
        How the metrics go together: do they depend on each other, and may one fall because another rises (as
        cancellations and completions do)? The answers choose how p-values are adjusted; unanswered is the safe choice.
    planned_participants, planned_days : int, optional
        The plan: before it is reached the decision is to keep running.
    monitoring : Monitoring or mapping, optional
        The looks planned before its end, for ``monitor``; left out, looks are unplanned.

    Raises
    ------
    InputError
        All problems of the design together, before any data is read.

    Examples
    --------
    >>> design = BetweenSubject(participant="rider_id", arm="variant", control="A", metrics=["booked", "fare"])
    >>> [metric.name for metric in design.metrics]
    ['booked', 'fare']
    """

    participant: str | None
    arm: str
    control: str
    metrics: tuple[Metric, ...]
    arms: tuple[Arm, ...] | None = None
    time: str | None = None
    strata: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    alpha: float = 0.05
    power: float = 0.8
    missing: Missing = "raise"
    name: str | None = None
    dependent: bool | None = None
    negatively_related: bool | None = None
    planned_participants: int | None = None
    planned_days: int | None = None
    monitoring: Monitoring | None = None
    design: str = field(default="between-subject", init=False)

    def __post_init__(self) -> None:
        problems = read_fields(self, _RULES, labels=("control",), names=("strata", "segments"))
        object.__setattr__(self, "monitoring", _read_monitoring(self.monitoring, problems))
        object.__setattr__(self, "arms", _read_arms(self.arms, self.control, problems))
        problems += [*_name_problems(self), *_look_problems(self)]
        if problems:
            raise InputError.together("The design", problems)

    def needs(self) -> MomentSpec:
        """Return the moments this design needs from a table."""
        return MomentSpec(
            participant=self.participant,
            arm=self.arm,
            control=self.control,
            arms=None if self.arms is None else tuple(arm.name for arm in self.arms),
            time=self.time,
            metrics=tuple(metric.columns() for metric in self.metrics),
            missing=self.missing,
            groups=tuple(dict.fromkeys((*self.strata[: len(self.strata) == 1], *self.segments))),
            crossed=self.strata if len(self.strata) > 1 else (),
        )

    @property
    def strata_name(self) -> str:
        """What the strata are called together."""
        return " × ".join(self.strata)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Build a design from a mapping of its words; an unknown word is an error that names the nearest."""
        return from_words(cls, given, ("participant", "arm", "control", "metrics"))

    @classmethod
    def _from_plain(cls, plain: Mapping[str, Any]) -> Self:
        return cls.of(plain)

    def _to_plain(self) -> dict[str, Any]:
        written: dict[str, Any] = {}
        if self.arms is not None:
            written["arms"] = {arm.name: arm.share for arm in self.arms}
        if self.monitoring is not None:
            written["monitoring"] = self.monitoring._to_plain()
        return to_words(self, written)


def _read_monitoring(given: Any, problems: list[str]) -> Any:
    if given is None:
        return None
    try:
        return Monitoring.of(given)
    except InputError as problem:
        problems.append(str(problem))
        return None


def _look_problems(design: BetweenSubject) -> list[str]:
    plan = design.monitoring
    if plan is None:
        return []
    problems = [] if design.time is not None else ["monitoring needs time=, the column of dates."]
    if isinstance(plan.looks, int):
        days = design.planned_days
        if days is None:
            problems.append(f"monitoring with {plan.looks} equally spaced looks needs planned_days, which they divide.")
        elif checks.Positive(whole=True).accepts(days) and plan.looks > days:
            problems.append(
                f"monitoring has {plan.looks} looks in {days} planned days; at most one look a day is read."
            )
    return problems


def _read_arms(given: object, control: str, problems: list[str]) -> tuple[Arm, ...] | None:
    if given is None:
        return None
    if isinstance(given, str) or not isinstance(given, Iterable):
        problems.append(f"arms must be names, or name → share; got {given!r}.")
        return None
    listed_arms = list(given.items()) if isinstance(given, Mapping) else [_named_share(item) for item in given]
    named = {label(name): share for name, share in listed_arms}
    if len(named) != len(listed_arms) or len(named) < 2:
        problems.append(f"arms must name at least two different arms; got {[name for name, _ in listed_arms]!r}.")
        return None
    shares = [1 / len(named) if share is None else share for share in named.values()]
    rule = {"share": checks.Between(0, 1)}
    problems += [
        f"The share of arm {name!r}: {problem}"
        for name, share in zip(named, shares, strict=True)
        for problem in checks.problems(rule, {"share": share})
    ]
    numeric = all(rule["share"].accepts(share) for share in shares)
    if numeric and abs(sum(shares) - 1) > 1e-6:
        problems.append(f"Shares add up to {sum(shares):.4g}, not 1. Change one arm by {1 - sum(shares):+.4g}.")
    if control not in named:
        problems.append(f"The control {control!r} is not among the arms {list(named)!r}.")
        return None
    in_order = sorted(zip(named, shares, strict=True), key=lambda pair: pair[0] != control)
    return tuple(Arm(name=name, share=share) for name, share in in_order)


def _named_share(item: object) -> tuple[object, float | None]:
    return (item.name, item.share) if isinstance(item, Arm) else (item, None)


def _name_problems(design: BetweenSubject) -> list[str]:
    problems = called_twice(design.metrics)
    if design.participant == design.arm:
        problems.append(f"participant and arm are the same column {design.arm!r}; they must differ.")
    problems += at_odds(design.dependent, design.negatively_related)
    if design.planned_days is not None and design.time is None:
        problems.append("planned_days needs time=, the column of dates.")
    roles = {"arm": design.arm, "participant": design.participant}
    return [*problems, *read_twice(design.metrics, roles, divisor="participant")]
