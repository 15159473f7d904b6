"""From a switchback and its history to an advice: eleven questions, and the power that its own past promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

import decision_widgets
from decision_widgets import checks
from decision_widgets.analysis.guideline_evidence import Evidence, evidence_of
from decision_widgets.analysis.guideline_messages import messages_of
from decision_widgets.analysis.guideline_power import (
    FEWER_DRAWS,
    Played,
    Wanted,
    first_moment,
    in_words,
    names_of,
    option_of,
    other_mechanisms,
    play,
    simulation_of,
)
from decision_widgets.analysis.guideline_rules import LEAST_DAYS, advised_burn_in, advised_slot, best_mechanism
from decision_widgets.analysis.guideline_steps import Known, checklist_of, steps_of
from decision_widgets.analysis.past_panel import PastPanel, read_past
from decision_widgets.data import Listener
from decision_widgets.data.progress import Watch, watching
from decision_widgets.design import Switchback
from decision_widgets.design.clock import DAY, moment_of
from decision_widgets.errors import CannotEstimate, InputError, did_you_mean, listed
from decision_widgets.results.guideline import SwitchbackAdvice
from decision_widgets.results.guideline_records import MetricSimulation, PlanOption

SHIPPED: Final = 0.7
USUAL_DAYS: Final = 28
LEAST_DRAWS: Final = 50
_RULES: Final[Mapping[str, checks.Rule]] = {
    "relative": checks.TrueOrFalse(),
    "days": checks.Optional(checks.Positive(whole=True)),
    "draws": checks.Positive(whole=True),
}
Outcome = Played | CannotEstimate | InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Simulated:
    """What was played: of each metric the design, and of the first one every other plan."""

    metrics: tuple[MetricSimulation, ...] = ()
    options: tuple[PlanOption, ...] = ()
    reasons: tuple[str, ...] = ()
    own: Outcome | None = None


def advise_switchback(
    design: Switchback,
    history: Any,
    *,
    effect: float | Mapping[str, float] | None = None,
    relative: bool = True,
    days: int | None = None,
    draws: int = 1_000,
    alternatives: Sequence[Switchback] = (),
    progress: bool | Listener | None = None,
) -> SwitchbackAdvice:
    """Guide a switchback, as ``advise`` says."""
    others, effects = _question(design, effect, alternatives, {"relative": relative, "days": days, "draws": draws})
    days = _whole_days(design, days)
    advised = _recommended(design, ())
    if (advised.slot, advised.burn_in) not in [(each.slot, each.burn_in) for each in (design, *others)]:
        others.append(advised)
    with watching(progress) as watch:
        panel = read_past(history, [design, *others], _quiet(progress))
        wanted = Wanted(
            days=days,
            draws=draws,
            effects=_in_units(effects, panel, relative=relative, stated=effect is not None),
            heard=_heard(watch),
        )
        first = _deciding(design, panel)
        evidence = evidence_of(design, panel, first) if panel.days >= LEAST_DAYS else None
        told = evidence is not None and design.onset != "habit"
        simulated = _simulate(design, others, panel, wanted, first) if told else _Simulated()
    return _advice(design, panel, wanted, evidence, simulated, relative)


def _advice(
    design: Switchback,
    panel: PastPanel,
    wanted: Wanted,
    evidence: Evidence | None,
    simulated: _Simulated,
    relative: bool,
) -> SwitchbackAdvice:
    steps = steps_of(
        Known(
            design=design,
            panel=panel,
            days=wanted.days,
            evidence=evidence,
            simulation=next((each for each in simulated.metrics if each.metric == _deciding(design, panel)), None),
            options=simulated.options,
            reason=next(iter(simulated.reasons), None),
        )
    )
    answered = replace(design, checklist={**checklist_of(steps), **design.checklist})
    return SwitchbackAdvice(
        design=answered,
        recommended_design=_recommended(answered, simulated.options),
        days=wanted.days,
        effects=dict(wanted.effects),
        relative=relative,
        draws=wanted.draws,
        steps=steps,
        simulations=simulated.metrics,
        options=simulated.options,
        messages=messages_of(design, panel, evidence, simulated.metrics, wanted.days),
        regions=panel.regions,
        start=_next_start(design, panel),
        history_days=panel.days,
        version=decision_widgets.__version__,
        design_fingerprint=sha256(design.to_json().encode()).hexdigest()[:12],
    )


def _simulate(
    design: Switchback, others: Sequence[Switchback], panel: PastPanel, wanted: Wanted, first: str
) -> _Simulated:
    """Play the design on every metric, then other plans and other ways to draw on the first; Ctrl-C keeps what is."""
    metrics: list[MetricSimulation] = []
    reasons: list[str] = []
    own: Outcome | None = None
    for metric in sorted(panel.metrics, key=lambda name: name != first):
        played = _played(design, panel, metric, wanted, wanted.draws, metric)
        if own is None:
            own = played
        if isinstance(played, Played):
            metrics.append(simulation_of(played, panel, metric, wanted))
            if played.found.cancelled:
                break
        else:
            reasons.append(f"{metric}: {played}")
    assert own is not None
    cancelled = isinstance(own, Played) and any(each.cancelled for each in metrics)
    options = _options(design, others, panel, wanted, first, own, cancelled=cancelled)
    return _Simulated(metrics=tuple(metrics), options=options, reasons=tuple(reasons), own=own)


def _options(
    design: Switchback,
    others: Sequence[Switchback],
    panel: PastPanel,
    wanted: Wanted,
    first: str,
    own: Outcome,
    *,
    cancelled: bool,
) -> tuple[PlanOption, ...]:
    """Play other plans, and other ways to draw with fewer schedules; nothing more is played once somebody stopped."""
    asked = [(each, wanted.draws) for each in others]
    asked += [(each, min(wanted.draws, FEWER_DRAWS)) for each in other_mechanisms(design) if each not in others]
    names = names_of([design, *(each for each, _ in asked)])
    lines = [option_of(names[0], design, panel, first, wanted, own, chosen=True)]
    for name, (each, draws) in zip(names[1:], [] if cancelled else asked, strict=False):
        played = _played(each, panel, first, wanted, draws, name)
        lines.append(option_of(name, each, panel, first, wanted, played))
        if isinstance(played, Played) and played.found.cancelled:
            break
    return tuple(lines)


def _played(design: Switchback, panel: PastPanel, metric: str, wanted: Wanted, draws: int, called: str) -> Outcome:
    try:
        return play(design, panel, metric, wanted, draws=draws, called=called)
    except (CannotEstimate, InputError) as problem:
        return problem


def _recommended(design: Switchback, options: Sequence[PlanOption]) -> Switchback:
    """Apply what the steps recommend; a schedule drawn for other slots is left out."""
    slot, burn_in, best = advised_slot(design), advised_burn_in(design), best_mechanism(options)
    assignment = design.assignment if best is None else best.assignment
    if (slot, assignment) == (design.slot, design.assignment):
        return replace(design, burn_in=burn_in, weights="usual" if design.weights == "rows" else design.weights)
    if assignment == "day-balanced" and slot >= DAY:
        assignment = "pairs"
    # What was answered about the plan as it came is not true of this one.
    kept = {step: answer for step, answer in design.checklist.items() if step not in ("schedule", "power", "units")}
    return replace(
        design,
        checklist=kept | {"slot": f"{in_words(slot)}, burn-in {in_words(burn_in)}"},
        slot=slot,
        burn_in=burn_in,
        assignment=assignment,
        schedule=None,
        start=first_moment(design),
        weights="usual" if design.weights == "rows" else design.weights,
    )


def _question(
    design: object, effect: object, alternatives: object, given: Mapping[str, Any]
) -> tuple[list[Switchback], dict[str, float]]:
    if not isinstance(design, Switchback):
        raise InputError(f"The design must be a Switchback; got {type(design).__name__}.")
    given = {name: checks.plain(value) for name, value in given.items()}
    problems = checks.problems(_RULES, given)
    if not problems and given["draws"] < LEAST_DRAWS:
        problems.append(f"draws must be at least {LEAST_DRAWS}; got {given['draws']}.")
    others = list(alternatives) if isinstance(alternatives, list | tuple) else []
    if not isinstance(alternatives, list | tuple) or not all(isinstance(each, Switchback) for each in others):
        problems.append(f"alternatives must be a list of Switchback designs; got {alternatives!r}.")
        others = []
    read = ("time", "region", "metrics")
    problems += [
        f"Alternative {i + 1} has other {listed(off)}; alternatives differ in how they are run."
        for i, each in enumerate(others)
        if (off := [name for name in read if getattr(each, name) != getattr(design, name)])
    ]
    effects = _effects(design, effect, problems)
    if problems:
        raise InputError.together("The question", problems)
    return others, effects


def _effects(design: Switchback, effect: object, problems: list[str]) -> dict[str, float]:
    """Read the effects to find by metric; of others, 1/0.7 of the smallest that is worth shipping."""
    names = [metric.name for metric in design.metrics]
    planned: dict[str, Any] = {
        each.name: each.minimum_effect / SHIPPED for each in design.metrics if each.minimum_effect is not None
    }
    if isinstance(effect, Mapping):
        problems += [
            f"effect names no metric {name!r} of the design.{did_you_mean(str(name), names)} It has: {listed(names)}."
            for name in effect
            if name not in names
        ]
        given = {str(name): checks.plain(size) for name, size in effect.items()}
    elif effect is not None:
        given = {metric.name: checks.plain(effect) for metric in design.metrics if metric.role == "primary"}
    else:
        return {f"{name}": float(size) for name, size in planned.items()}
    rule = checks.Between(-1e100, 1e100)
    for name, size in given.items():
        wrong = checks.problems({"effect": rule}, {"effect": size})
        if wrong or size == 0:
            problems.append(wrong[0] if wrong else f"effect must not be 0 (of {name!r}).")
    return given  # type: ignore[return-value]  # numbers, or a problem was added


def _in_units(effects: Mapping[str, float], panel: PastPanel, *, relative: bool, stated: bool) -> dict[str, float]:
    # What is worth shipping is a share of the level, however effects are given.
    if not relative and stated:
        return {name: size for name, size in effects.items() if name in panel.metrics}
    if not panel.days:
        return {}
    effects = {name: size for name, size in effects.items() if name in panel.metrics}
    flat = [name for name in effects if panel.metrics[name].level <= 0]
    if flat:
        raise InputError(
            f"The level of {listed(flat)} is not above 0, so no fraction of it means anything; give relative=False."
        )
    return {name: size * panel.metrics[name].level for name, size in effects.items()}


def _whole_days(design: Switchback, days: int | None) -> int:
    """Return the days asked about, planned or usual, rounded up to whole slots."""
    wanted = int(days or design.planned_days or USUAL_DAYS)
    step = max(design.slot // DAY, 1)
    return -(-wanted // step) * step


def _deciding(design: Switchback, panel: PastPanel) -> str:
    """Return the first primary metric that could be read, or the first one at all."""
    read = [each for each in design.metrics if each.name in panel.metrics]
    if not read:
        name, own = next(iter(panel.unreadable.items()))
        raise InputError(f"{name!r} cannot be read: {own.what}; {own.remedy}.")
    return next((each.name for each in read if each.role == "primary"), read[0].name)


def _next_start(design: Switchback, panel: PastPanel) -> str:
    """Return where a run could begin: as declared, or on the first day after the history."""
    return first_moment(design) or moment_of(panel.start + panel.days * DAY)


def _quiet(progress: bool | Listener | None) -> bool | Listener | None:
    return progress if progress is None or isinstance(progress, bool) else None


def _heard(watch: Watch) -> Callable[[str, int], Callable[[int], object]]:
    def of(called: str, draws: int) -> Callable[[int], object]:
        watch.stage(f"Simulating {called}")
        return lambda done: watch.far(done / draws)

    return of
