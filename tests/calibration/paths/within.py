"""Within subjects: the recommended panel regression of a switchback, and what goes wrong with other clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, get_args

import numpy as np
from calibration.path import ALPHA, Answers, Array, Path, around, claimed, observed
from calibration.worlds.switchback import Schedule, Switchback

from decision_widgets.estimates import PanelCells, panel_regression

Draws = tuple[Array, Array]
SECTION = "Within subjects: the recommended panel regression, 5 regions, 14 days"


def panel(
    world: Switchback,
    draws: Draws,
    *,
    time: Sequence[str] | None = None,
    cluster: str = "unit",
    error: Literal["CR2", "CR1"] = "CR2",
) -> Answers:
    """Regress every replication on treatment, time and region; by default with the effects that the rule chooses."""
    labels = world.labels()
    effects = {name: labels[name] for name in (*(time or time_effects(world)), "region")}
    ones, zeros = np.ones(len(labels["region"])), np.zeros(len(labels["region"]))
    fits = [
        panel_regression(
            PanelCells(weight=ones, mean=y, within=zeros, treatment=d, fixed_effects=effects, cluster=labels[cluster])
        )
        for d, y in zip(*draws, strict=True)
    ]
    facts = {"df": np.array([fit.df for fit in fits])}
    if error == "CR1":
        return Answers(claims=claimed([fit.p_value_cr1 for fit in fits]))
    return Answers.of_estimates(fits, facts=facts)


def time_effects(world: Switchback) -> tuple[str, ...]:
    """Calendar hours when three regions or more are switched separately, else hours of the day and dates."""
    return ("hour of day", "date") if world.together or world.regions < 3 else ("calendar hour",)


def _analysis(world: Switchback, **words: object) -> Callable[[Draws], Answers]:
    return partial(panel, world, **words)


def _defaults() -> list[Path]:
    found = []
    for schedule in get_args(Schedule):
        for together in (True, False):
            for burn_in in (0, 2):
                world = Switchback(
                    schedule=schedule, together=together, slot_hours=4 if burn_in else 2, burn_in=burn_in
                )
                washout = f"{world.slot_hours}-hour slots, " + (f"{burn_in} hours dropped" if burn_in else "no washout")
                found.append(
                    Path(
                        section=SECTION,
                        name=f"{schedule}, regions {'together' if together else 'separate'}, {washout}",
                        seed=3000 + len(found),
                        draw=world.draw,
                        analyse=_analysis(world),
                        band=around(ALPHA) if schedule == "day-balanced" else observed(0.03, 0.0565),
                        cover=0.3,
                        batch=100,
                    )
                )
    return found


TOGETHER = Switchback(schedule="iid", together=True)

PATHS = (
    *_defaults(),
    Path(
        section="Negative controls",
        name="region × slot as the cluster when regions switch together (CR2)",
        seed=3100,
        draw=TOGETHER.draw,
        analyse=_analysis(TOGETHER, cluster="region and slot"),
        band=around(ALPHA),
        batch=100,
        must_fail=True,
    ),
    Path(
        section="Negative controls",
        name="CR1 with hour-of-week effects on 14 days",
        seed=3101,
        draw=TOGETHER.draw,
        analyse=_analysis(TOGETHER, time=("hour of week",), error="CR1"),
        band=around(ALPHA),
        batch=100,
        must_fail=True,
    ),
)
