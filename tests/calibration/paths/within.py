"""Within subjects: the recommended panel regression of a switchback, and what goes wrong with other clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, get_args

import numpy as np
import pandas as pd
from calibration.path import ALPHA, Answers, Array, Band, Path, around, claimed, observed
from calibration.worlds.switchback import ARRIVAL, Schedule, Switchback

import decision_widgets as dw
from decision_widgets.estimates import PanelCells, panel_regression

Draws = tuple[Array, Array]
EFFECT = 0.3
CARRY_OVER = "Within subjects: what carry-over costs, 4-hour slots, regions together, 28 days, a true effect of 0.3"
SECTION = "Within subjects: the recommended panel regression, 5 regions, 14 days"


def panel(
    world: Switchback,
    draws: Draws,
    *,
    time: Sequence[str] | None = None,
    cluster: str = "unit",
    error: Literal["CR2", "CR1"] = "CR2",
    facts: Sequence[str] = ("df",),
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
    shown = {name: np.array([getattr(fit, name) for fit in fits]) for name in facts}
    if error == "CR1":
        return Answers(claims=claimed([fit.p_value_cr1 for fit in fits]))
    return Answers.of_estimates(fits, facts=shown)


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
                    schedule=schedule,
                    together=together,
                    slot_hours=4 if burn_in else 2,
                    burn_in=burn_in,
                    delayed=burn_in > 0,
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


def _carry_over() -> list[Path]:
    """What is lost without a burn-in is the closed form, and nothing is with one."""
    found = []
    for schedule, factor in (("iid", 1.0), ("pairs", 1.5)):
        for burn_in in (0, 2):
            world = Switchback(schedule=schedule, together=True, days=28, slot_hours=4, burn_in=burn_in, delayed=True)
            lost = 0.0 if burn_in else factor * attenuation(world)
            found.append(
                Path(
                    section=CARRY_OVER,
                    name=f"{schedule}, {f'{burn_in} hours dropped' if burn_in else 'nothing dropped'}",
                    seed=3050 + len(found),
                    draw=world.draw,
                    analyse=_analysis(world, facts=("df", "effect", "std_error")),
                    band=Band(low=0.5, high=1.0),
                    effect=EFFECT,
                    theory={"effect": (EFFECT * (1 - lost), 0.005)},
                    share=0.5,
                    batch=100,
                )
            )
    return found


def _whole_analyses() -> list[Path]:
    """Tables of rows through the whole default analysis, burn-in, weights, clusters and fixed effects its own."""
    found = []
    for together in (True, False):
        world = Switchback(schedule="pairs", together=together, slot_hours=4, delayed=True)
        found.append(
            Path(
                section=SECTION,
                name=f"the whole analysis of a table: pairs, regions {'together' if together else 'separate'}, 4-hour "
                "slots, 2 hours dropped",
                seed=3070 + together,
                draw=world.draw,
                analyse=partial(_analyzed, world),
                band=Band(low=0.03, high=ALPHA),
                cover=EFFECT,
                share=0.05,
                batch=50,
            )
        )
    return found


def _analyzed(world: Switchback, draws: Draws) -> Answers:
    labels = world.labels()
    rows = pd.DataFrame(
        {
            "at": pd.Timestamp("2026-11-02") + pd.to_timedelta(labels["calendar hour"], unit="h"),
            "region": labels["region"].astype(str),
        }
    )
    design = dw.Switchback(
        time="at",
        slot=60 * world.slot_hours,
        burn_in="2h",
        region="region",
        regions="together" if world.together else "separate",
        arm="arm",
        control="0",
        metrics=["y"],
    )
    found = [
        dw.analyze(rows.assign(arm=d.astype(int).astype(str), y=y), design, methods=[]).effect("y")
        for d, y in zip(*draws, strict=True)
    ]
    return Answers.of_estimates(found, facts={"df": np.array([each.df for each in found])})


def attenuation(world: Switchback) -> float:
    """Return the share of the effect that has not yet arrived, averaged over a slot: ``(1/L)·Σ(1 − F)``."""
    arrived = np.minimum(np.cumsum([*ARRIVAL, *np.zeros(world.slot_hours)]), 1.0)[: world.slot_hours]
    return float(np.mean(1 - arrived))


TOGETHER = Switchback(schedule="iid", together=True)

PATHS = (
    *_defaults(),
    *_carry_over(),
    *_whole_analyses(),
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
