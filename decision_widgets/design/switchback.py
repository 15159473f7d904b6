"""The switchback design: time slots, perhaps region by region, each under one arm for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from decision_widgets import checks
from decision_widgets.design.clock import DAY, as_length, as_minutes, as_moment, minute_of
from decision_widgets.design.metric import Metric
from decision_widgets.design.schedule import Schedule, alias_problem
from decision_widgets.design.wording import at_odds, called_twice, from_words, read_fields, read_twice, to_words
from decision_widgets.errors import InputError, listed
from decision_widgets.moments import SlotSpec
from decision_widgets.records import Record
from decision_widgets.vocabulary import (
    Assignment,
    Cluster,
    Missing,
    Onset,
    Regions,
    TimeEffects,
    Weights,
    words,
)

LENGTHS: Final = ("slot", "burn_in", "carryover")


@dataclass(frozen=True, slots=True)
class _Length:
    """A length of time in whole minutes, as `as_minutes` left it."""

    least: int = 0

    def accepts(self, value: object) -> bool:
        return checks.NotNegative().accepts(value) and isinstance(value, int) and value >= self.least

    def wants(self) -> str:
        return "a length such as '30min', '4h' or '1d', or a whole number of minutes"


@dataclass(frozen=True, slots=True)
class _TimeEffect(checks.OneOf):
    """One of the time effects; none at all has a code of its own, E_TIME_FE_REQUIRED."""

    def wants(self) -> str:
        return f"{super(_TimeEffect, self).wants()}, because time fixed effects cannot be removed (E_TIME_FE_REQUIRED)"


_RULES: dict[str, checks.Rule] = {
    "time": checks.Name(),
    "slot": _Length(least=1),
    "burn_in": _Length(),
    "carryover": checks.Optional(_Length()),
    "arm": checks.Optional(checks.Name()),
    "control": checks.Optional(checks.Name()),
    "treatment": checks.Optional(checks.Name()),
    "region": checks.Optional(checks.Name()),
    "regions": checks.OneOf(words(Regions)),
    "assignment": checks.OneOf(words(Assignment)),
    "start": checks.Optional(checks.Moment()),
    "seed": checks.NotNegative(),
    "timezone": checks.Optional(checks.TimeZone()),
    "time_fe": _TimeEffect(words(TimeEffects)),
    "region_fe": checks.TrueOrFalse(),
    "cluster": checks.OneOf(words(Cluster)),
    "weights": checks.OneOf(words(Weights)),
    "controls": checks.Names(),
    "fixed_effects": checks.Names(),
    "segments": checks.Names(),
    "onset": checks.Optional(checks.OneOf(words(Onset))),
    "interference": checks.Optional(checks.TrueOrFalse()),
    "exposure_time": checks.TrueOrFalse(),
    "alpha": checks.Between(0, 0.5),
    "power": checks.Between(0.05, 1),
    "missing": checks.OneOf(words(Missing)),
    "name": checks.Optional(checks.Name()),
    "dependent": checks.Optional(checks.TrueOrFalse()),
    "negatively_related": checks.Optional(checks.TrueOrFalse()),
    "planned_days": checks.Optional(checks.Positive(whole=True)),
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Switchback(Record):
    """An experiment in which everybody of a region has the same arm for a slot of time, and arms switch.

    Parameters
    ----------
    time : str
        Column of timestamps: when a row's exposure began.
    slot : int or str
        Length of a slot, minutes or text such as ``"2h"``; it divides 24 hours or is whole days.
    metrics : sequence of Metric, str or mapping
        As in a between-subject design. The time column as denominator means "per hour": totals of a region and hour.
    arm : str, optional
        Column of the arm served. Left out, `schedule` says it.
    control, treatment : str, optional
        The labels of the two arms; found in the data where they are usual ones (control, 0, off, False, A).
    region : str, optional
        Column of regions.
    regions : {"separate", "together"}
        Whether every region has draws of its own, or all switch at once. Without a region column: together.
    assignment : {"pairs", "slots", "day-balanced", "days", "minimax"}
        What a coin was tossed for: the order AB or BA of each pair of slots; each slot; slots dealt half and half
        within a day; each day (slots of one day); stretches of the minimax plan (Bojinov, Simchi-Levi & Zhao 2023).
    burn_in : int or str
        Left out at the start of every slot, minutes or text; until the effect has set in.
    carryover : int or str, optional
        For how long treatment acts on; the burn-in if left out.
    schedule : table, path of a CSV file, Schedule or mapping, optional
        What was planned, as ``schedule()`` returns it.
    start : str, date or datetime, optional
        The local moment of the first slot; of the schedule, else the first with an arm. Rows before are its history.
    seed : int
        Of the schedule that is drawn, and of randomisation inference.
    timezone : str, optional
        The clock that slots follow, such as ``"Asia/Singapore"``, where timestamps have a time zone.
    time_fe : {"hour", "calendar-hour", "hour-of-day", "hour-of-day+date", "hour-of-day+weekday", "hour-of-week"}
        Fixed effects of time. ``"hour"`` takes calendar hours where at least 3 regions are drawn separately, else hour
        of the day and date. They cannot be removed.
    region_fe : bool
        Fixed effects of regions, where there are two or more.
    cluster : {"draw", "slot", "region-slot", "day", "region-day", "region"}
        Errors are clustered by one draw of the randomiser, or coarser.
    weights : {"usual", "rows", "hours"}
        How regions and hours count: by their usual number of rows, which treatment does not move; by the rows they
        have; or all alike.
    controls, fixed_effects : sequence of str
        Further columns: numbers and labels that treatment does not move.
    segments : sequence of str
        Conditions, such as rain, within which effects are given too.
    interference, onset, exposure_time : optional
        Answers of the guideline: does treatment of some act on others; how fast does the effect set in; are rows dated
        by their exposure.
    checklist : mapping of str to str
        Further answers of the guideline, step by step: the plan as registered.
    alpha, power, missing, name, dependent, negatively_related, planned_days
        As in a between-subject design.

    Raises
    ------
    InputError
        All problems of the design together, before any data is read.

    Examples
    --------
    >>> design = Switchback(time="at", slot="2h", region="city", burn_in="30min", arm="arm", metrics=["completed"])
    >>> design.slot, design.burn_in, design.assignment, design.regions
    (120, 30, 'pairs', 'separate')
    """

    time: str
    slot: int
    metrics: tuple[Metric, ...]
    arm: str | None = None
    control: str | None = None
    treatment: str | None = None
    region: str | None = None
    regions: Regions = "separate"
    assignment: Assignment = "pairs"
    burn_in: int = 0
    carryover: int | None = None
    schedule: Schedule | None = None
    start: str | None = None
    seed: int = 0
    timezone: str | None = None
    time_fe: TimeEffects = "hour"
    region_fe: bool = True
    cluster: Cluster = "draw"
    weights: Weights = "usual"
    controls: tuple[str, ...] = ()
    fixed_effects: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    interference: bool | None = None
    onset: Onset | None = None
    exposure_time: bool = True
    checklist: Mapping[str, str] = field(default_factory=dict)
    alpha: float = 0.05
    power: float = 0.8
    missing: Missing = "raise"
    name: str | None = None
    dependent: bool | None = None
    negatively_related: bool | None = None
    planned_days: int | None = None
    design: str = field(default="switchback", init=False)

    def __post_init__(self) -> None:
        for name in LENGTHS:
            object.__setattr__(self, name, as_minutes(getattr(self, name)))
        object.__setattr__(self, "start", as_moment(self.start))
        if self.region is None:
            object.__setattr__(self, "regions", "together")
        names = ("controls", "fixed_effects", "segments")
        problems = read_fields(self, _RULES, labels=("control", "treatment"), names=names)
        object.__setattr__(self, "checklist", _read_checklist(self.checklist, problems))
        if not problems:
            object.__setattr__(self, "schedule", _read_schedule(self, problems))
            problems += [*_slot_problems(self), *_schedule_problems(self), *_name_problems(self)]
        if problems:
            raise InputError.together("The design", problems)

    @property
    def arm_names(self) -> tuple[str, str]:
        """What the two arms are called where no data say it."""
        control = self.control or ("control" if self.treatment != "control" else "0")
        return control, self.treatment or ("treatment" if control != "treatment" else "1")

    @property
    def order(self) -> int:
        """For how many minutes treatment acts on."""
        return self.burn_in if self.carryover is None else self.carryover

    def needs(self) -> SlotSpec:
        """Return what this design needs from a table."""
        control, treatment = (self.control, self.treatment) if self.arm else self.arm_names
        start = self.start if self.schedule is None else self.schedule.start
        return SlotSpec(
            time=self.time,
            slot=self.slot,
            burn_in=self.burn_in,
            region=self.region,
            arm=self.arm,
            control=control,
            treatment=treatment,
            timezone=self.timezone,
            start=None if start is None else minute_of(start),
            end=None if self.schedule is None else minute_of(self.schedule.end),
            metrics=tuple(metric.columns() for metric in self.metrics),
            conditions=tuple(dict.fromkeys((*self.fixed_effects, *self.segments))),
            controls=self.controls,
            missing=self.missing,
        )

    def with_schedule(self, given: Any) -> Self:
        """Return the design with a schedule, as ``schedule=`` reads it."""
        return replace(self, schedule=given)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Build a design from a mapping of its words; an unknown word is an error that names the nearest."""
        return from_words(cls, given, ("time", "slot", "metrics"))

    @classmethod
    def _from_plain(cls, plain: Mapping[str, Any]) -> Self:
        return cls.of(plain)

    def _to_plain(self) -> dict[str, Any]:
        lengths = {name: getattr(self, name) for name in LENGTHS}
        written: dict[str, Any] = {name: as_length(value) for name, value in lengths.items() if value is not None}
        if self.schedule is not None:
            written["schedule"] = {k: v for k, v in self.schedule.to_dict().items() if v is not None}
        plain = to_words(self, written)
        if self.region is None:
            plain.pop("regions")
        return plain


def _read_checklist(given: object, problems: list[str]) -> Mapping[str, str]:
    if isinstance(given, Mapping) and all(isinstance(k, str) and isinstance(v, str) for k, v in given.items()):
        return dict(given)
    problems.append(f"checklist must map steps to answers, both texts; got {given!r}.")
    return {}


def _read_schedule(design: Switchback, problems: list[str]) -> Schedule | None:
    if design.schedule is None:
        return None
    try:
        return Schedule.of(design.schedule, slot=design.slot, control=design.control, treatment=design.treatment)
    except (InputError, TypeError, OSError) as problem:
        problems.append(f"schedule: {problem}")
        return None


def _slot_problems(design: Switchback) -> list[str]:
    slot, burn_in, problems = design.slot, design.burn_in, []
    if DAY % slot and slot % DAY:
        problems.append(f"slot must divide 24 hours or be whole days; got {as_length(slot)}. {_near(slot)}")
    if burn_in >= slot:
        problems.append(
            f"burn_in is as long as the slot, {as_length(burn_in)} of {as_length(slot)}: no minutes would be left to "
            "analyse. Give a shorter burn-in, or longer slots."
        )
    if design.assignment == "days" and slot != DAY:
        problems.append(f"With assignment='days' the slot is one day; got {as_length(slot)}. Write slot='1d'.")
    if design.assignment == "day-balanced" and slot >= DAY:
        problems.append("With assignment='day-balanced' a day must hold several slots; use 'pairs' for slots of days.")
    if design.assignment == "minimax" and not design.order:
        problems.append("The minimax plan rests on how long treatment acts on; give carryover=.")
    return problems


def _near(slot: int) -> str:
    fitting = [m for m in range(1, DAY + 1) if DAY % m == 0]
    return f"Near it: {listed([as_length(m) for m in sorted(fitting, key=lambda m: abs(m - slot))[:2]])}."


def _schedule_problems(design: Switchback) -> list[str]:
    planned, problems = design.schedule, []
    if planned is None:
        return []
    if planned.slot != design.slot:
        problems.append(
            f"schedule has slots of {as_length(planned.slot)}, the design of {as_length(design.slot)}; they must agree."
        )
    if design.start is not None and design.start != planned.start:
        problems.append(f"start is {design.start}, but the schedule starts at {planned.start}; leave start= out.")
    if (alias := alias_problem(planned)) is not None:
        problems.append(f"E_SCHEDULE_ALIAS: {alias} Draw it with schedule().")
    return problems


def _name_problems(design: Switchback) -> list[str]:
    problems = called_twice(design.metrics)
    columns = {"time": design.time, "arm": design.arm, "region": design.region}
    used = [column for column in columns.values() if column is not None]
    problems += [
        f"{name} names {column!r}, which another of time, arm and region names too; they must differ."
        for name, column in columns.items()
        if column is not None and used.count(column) > 1
    ]
    problems += read_twice(design.metrics, columns, divisor="time")
    if design.control is not None and design.control == design.treatment:
        problems.append(f"control and treatment are both {design.control!r}; they must differ.")
    if design.region is None and design.cluster in ("region", "region-slot", "region-day"):
        problems.append(f"cluster={design.cluster!r} needs region=, the column of regions.")
    return [*problems, *at_odds(design.dependent, design.negatively_related)]
