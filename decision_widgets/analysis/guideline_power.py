"""Plans of a switchback simulated on their history, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from decision_widgets.analysis.past_panel import PastPanel
from decision_widgets.analysis.past_windows import window_days, windows_of
from decision_widgets.analysis.time_effects import time_effects_of
from decision_widgets.design import Switchback
from decision_widgets.design.clock import DAY, as_length
from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.switchback_power import SwitchbackPower, detectable_effect, simulate_switchback
from decision_widgets.results.guideline_records import MetricSimulation, PlanCheck, PlanDays, PlanOption
from decision_widgets.vocabulary import Assignment

WEEK: Final = 7
LONGEST: Final = 364
CURVE_WEEKS: Final = 12
FEWER_DRAWS: Final = 400
Heard = Callable[[float], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of every plan: its days, the draws, the effects by metric in their unit, and who listens."""

    days: int
    draws: int
    effects: Mapping[str, float]
    heard: Callable[[str, int], Callable[[int], object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One plan on one metric, as it was simulated, and for how long."""

    found: SwitchbackPower
    window_days: int
    n_windows: int

    def std_dev(self, days: int) -> float:
        """Scale the error to another length of run: its square falls with the days."""
        return float(self.found.std_dev * (self.window_days / days) ** 0.5)

    def detectable(self, days: int) -> float:
        """Return the effect that so many days find with the power."""
        df = self.found.df * days / self.window_days
        plain = detectable_effect(self.std_dev(days), df, alpha=self.found.alpha, power=self.found.power)
        return plain / abs(self.found.share)

    def days_for(self, effect: float, step: int) -> int | None:
        """Return the whole weeks that an effect needs; ``None`` beyond a year."""
        return next((d for d in range(step, LONGEST + 1, step) if self.detectable(d) <= abs(effect)), None)


def play(design: Switchback, panel: PastPanel, metric: str, wanted: Wanted, *, draws: int, called: str) -> Played:
    """Simulate one plan on one metric.

    Raises
    ------
    CannotEstimate, InputError
        The history, or the plan, leaves nothing to compare.
    """
    days = window_days(design, panel, wanted.days)
    if days < 1:
        raise InputError(f"The history holds no window of whole slots of {as_length(design.slot)}.")
    windows = windows_of(design, panel, panel.metrics[metric], days, seed=design.seed)
    effect = wanted.effects.get(metric)
    found = simulate_switchback(
        windows,
        draws=draws,
        alpha=design.alpha,
        power=design.power,
        # An effect in a run of other days is as large against its error as a scaled one here.
        effects=() if effect is None else (abs(effect) * (wanted.days / days) ** 0.5,),
        seed=design.seed,
        heard=wanted.heard(called, draws),
    )
    return Played(found=found, window_days=days, n_windows=len(windows))


def simulation_of(played: Played, panel: PastPanel, metric: str, wanted: Wanted) -> MetricSimulation:
    """Write down what was found for the days asked about."""
    found, days, level = played.found, wanted.days, panel.metrics[metric].level
    effect = wanted.effects.get(metric)
    checks = _checks(played, level, days)
    return MetricSimulation(
        metric=metric,
        kind=panel.metrics[metric].kind,
        days=days,
        window_days=played.window_days,
        n_windows=played.n_windows,
        level=level,
        std_dev=played.std_dev(days),
        detectable=played.detectable(days),
        relative=relative_to(level, played.detectable(days)),
        checks=checks,
        curve=tuple(
            PlanDays(days=d, detectable=played.detectable(d), relative=relative_to(level, played.detectable(d)))
            for d in range(WEEK, CURVE_WEEKS * WEEK + 1, WEEK)
        ),
        effect=effect,
        days_needed=None if effect is None else played.days_for(effect, WEEK),
        power_at_effect=None if effect is None else checks[-1].power,
        **{
            name: getattr(found, name)
            for name in (
                "draws", "done", "cancelled", "alpha", "power", "df", "n_clusters", "aa_rate", "aa_lower", "aa_upper",
                "aa_status", "share",
            )
        },
    )  # fmt: skip


def _checks(played: Played, level: float, days: int) -> tuple[PlanCheck, ...]:
    """Write down the effects that were put into the history, scaled to the days asked about."""
    scale = (played.window_days / days) ** 0.5
    return tuple(
        PlanCheck(
            effect=each.effect * scale,
            relative=relative_to(level, each.effect * scale),
            power=each.power,
            power_lower=each.power_lower,
            power_upper=each.power_upper,
            bias=each.bias * scale,
        )
        for each in played.found.checks
    )


def relative_to(level: float, effect: float) -> float | None:
    """Return an effect as a fraction of a level that is positive."""
    return effect / level if level > 0 else None


def option_of(
    name: str,
    design: Switchback,
    panel: PastPanel,
    metric: str,
    wanted: Wanted,
    played: Played | CannotEstimate | InputError,
    *,
    chosen: bool = False,
) -> PlanOption:
    """Write one plan as a line beside others."""
    shared: dict[str, Any] = {
        "name": name,
        "assignment": design.assignment,
        "slot_min": design.slot,
        "burn_in_min": design.burn_in,
        "regions": design.regions,
        "time_fe": time_effects_of(design, len(panel.regions), wanted.days),
        "chosen": chosen,
    }
    if not isinstance(played, Played):
        return PlanOption(**shared, reason=str(played))
    detectable, effect = played.detectable(wanted.days), wanted.effects.get(metric)
    return PlanOption(
        **shared,
        std_dev=played.std_dev(wanted.days),
        detectable=detectable,
        relative=relative_to(panel.metrics[metric].level, detectable),
        aa_rate=played.found.aa_rate,
        days=None if effect is None else played.days_for(effect, WEEK),
    )


def other_mechanisms(design: Switchback) -> list[Switchback]:
    """Return the same design with its slots drawn in the other ways that it allows."""
    others: list[Assignment] = ["pairs", "slots", *(["day-balanced"] if design.slot < DAY else [])]  # type: ignore[list-item]  # words of the Literal
    return [
        replace(design, assignment=each, schedule=None, start=first_moment(design))
        for each in others
        if each != design.assignment and design.assignment not in ("days", "minimax")
    ]


def first_moment(design: Switchback) -> str | None:
    """Return when the run starts, as declared or as its schedule says."""
    return design.start if design.schedule is None else design.schedule.start


def names_of(designs: Sequence[Switchback]) -> list[str]:
    """Name plans by what they are, and by what else they differ in.

    >>> design = Switchback(time="at", slot="2h", burn_in=30, metrics=["y"])
    >>> names_of([design, replace(design, slot=240)])
    ['pairs · 2 h · burn-in 30 min', 'pairs · 4 h · burn-in 30 min']
    """
    names = [
        f"{each.assignment} · {in_words(each.slot)} · "
        + (f"burn-in {in_words(each.burn_in)}" if each.burn_in else "no burn-in")
        for each in designs
    ]
    for field, word in (("regions", "{}"), ("time_fe", "{}"), ("cluster", "clusters by {}"), ("weights", "{} weights")):
        if len({getattr(each, field) for each in designs}) > 1:
            names = [f"{name} · {word.format(getattr(each, field))}" for name, each in zip(names, designs, strict=True)]
    return [name if names.index(name) == i else f"{name} ({i + 1})" for i, name in enumerate(names)]


def in_words(minutes: int) -> str:
    """Write a length as people read it.

    >>> in_words(120), in_words(90), in_words(1440)
    ('2 h', '1 h 30 min', '1 d')
    """
    text = as_length(minutes)
    for unit in ("d", "h", "min"):
        text = text.replace(unit, f" {unit} ", 1)
    return text.strip()
