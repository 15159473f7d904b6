"""Small seeded experiments that tests share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import decision_widgets as dw

CONTROL, TREATMENT = "control", "treatment"


def experiment(
    participants: int = 400, *, seed: int = 1, effect: float = 0.0, arms: int = 2, sizes: str = "unequal"
) -> pd.DataFrame:
    """Make rows of participants (arms as asked): spend (continuous), trips (0 or more), paid (0/1), clicks, views."""
    rng = np.random.default_rng(seed)
    names = [CONTROL, TREATMENT, *(f"treatment_{i}" for i in range(2, arms))]
    arm = rng.permutation(np.arange(participants) % arms)
    rows = np.ones(participants, int)
    if sizes == "unequal":
        rows += rng.poisson(np.exp(rng.normal(0.7, 0.6, participants)))
    who = np.repeat(np.arange(participants), rows)
    taste = rng.normal(0, 1, participants)[who]
    treated = (arm == 1)[who]
    views = 1 + rng.poisson(3, len(who))
    return pd.DataFrame(
        {
            "user": who + 1000,
            "variant": np.array(names)[arm[who]],
            "spend": 20 + 2 * taste + rng.normal(0, 3, len(who)) + effect * treated,
            "trips": rng.poisson(np.exp(0.3 + 0.3 * taste)),
            "paid": (rng.random(len(who)) < 1 / (1 + np.exp(0.4 - taste))).astype(int),
            "clicks": rng.binomial(views, 0.3),
            "views": views,
        }
    )


def design(*metrics: Any, **words: Any) -> dw.BetweenSubject:
    """Make a design for `experiment`."""
    given = {"participant": "user", "arm": "variant", "control": CONTROL, "metrics": list(metrics) or ["spend"]}
    return dw.BetweenSubject(**(given | words))


def running(participants: int = 2000, *, days: int = 14, seed: int = 1, **words: Any) -> pd.DataFrame:
    """Make a running `experiment`: somebody comes on every day, returns on the days after; city, and spend before."""
    frame = experiment(participants, seed=seed, **words)
    rng = np.random.default_rng(seed + 1000)
    who = frame.user - 1000
    first = rng.integers(0, days, participants)[who]
    day = np.minimum(first + frame.groupby("user").cumcount(), days - 1)
    moment = pd.Timestamp("2026-11-02 08:00") + pd.to_timedelta(day * 24 * 60 + rng.integers(0, 900, len(who)), "min")
    before = rng.normal(0, 2, participants)[who] + frame.groupby("user").spend.transform("mean")
    city = np.array(["Hanoi", "Jakarta", "Manila"])[rng.integers(0, 3, participants)[who]]
    frame = frame.assign(time=moment, before=before, city=city)
    return frame.sort_values(["time", "user"], ignore_index=True)


def power_advice(kind: str = "typed") -> dw.SizingAdvice:
    """Size an experiment from typed numbers, in several ways of asking, or from a history."""
    arms = {CONTROL: 0.5, "ETA badge": 0.5}
    if kind == "typed":
        typed = dw.TypedSummary(
            "booked", mean=0.35, icc=0.0425, observations_per_participant=3.96, cv_observations=0.534,
            participants_per_day=3450, variance_reduction=0.048,
        )  # fmt: skip
        return dw.advise(_planned(dw.Metric("booked", covariates=["booked_before"]), arms), typed, effect=0.02)
    if kind == "no-days":
        return dw.advise(_planned("fare", arms), dw.TypedSummary("fare", mean=12, std_dev=30), effect=0.03)
    if kind == "drop":
        falling = dw.Metric("wait", direction="decrease")
        return dw.advise(_planned(falling, arms), dw.TypedSummary("wait", mean=5, std_dev=9), effect=0.03)
    if kind == "absolute":
        typed = dw.TypedSummary("margin", mean=-2, std_dev=30)
        return dw.advise(_planned("margin", arms), typed, effect=0.9, relative=False)
    if kind == "guardrail":
        kept = dw.Metric("wait", role="guardrail", direction="decrease", limit=0.01)
        return dw.advise(_planned(kept, arms), dw.TypedSummary("wait", mean=10, std_dev=5, participants_per_day=900))
    if kind == "worth":
        worth, three = dw.Metric("fare", minimum_effect=0.02), {CONTROL: 0.4, "A": 0.3, "B": 0.3}
        typed = dw.TypedSummary("fare", mean=10, std_dev=15, participants_per_day=900)
        return dw.advise(_planned(worth, three), typed)
    metrics = [
        dw.Metric("booked", covariates=["booked_before"]),
        dw.Metric("fare", role="secondary"),
        dw.Metric("wait_minutes", role="guardrail", direction="decrease", limit=0.02),
    ]
    design = dw.BetweenSubject(
        participant="rider_id", arm="variant", control=CONTROL, metrics=metrics, time="time", arms=arms
    )
    past = dw.examples.ride_hailing(riders=6000, days=28)
    return dw.advise(design, past, days=14) if kind == "given" else dw.advise(design, past, effect=0.07)


def _planned(metric: dw.Metric | str, arms: dict[str, float]) -> dw.BetweenSubject:
    return dw.BetweenSubject(participant="user", arm="variant", control=CONTROL, metrics=[metric], arms=arms)


def slots_design(*metrics: Any, **words: Any) -> dw.Switchback:
    """Make a design for `trips`."""
    given = {"time": "at", "slot": "2h", "arm": "arm", "region": "region", "burn_in": "30min"}
    return dw.Switchback(**(given | {"metrics": list(metrics) or ["fare"]} | words))


def trips(
    design: dw.Switchback,
    *,
    days: int = 14,
    history: int = 0,
    regions: tuple[str, ...] = ("Central", "North"),
    effect: float = 0.0,
    onset: int = 0,
    per_hour: float = 6.0,
    noise: float = 1.0,
    least: int = 1,
    seed: int = 1,
    start: str = "2026-11-02",
    names: tuple[str, str] = (CONTROL, TREATMENT),
) -> pd.DataFrame:
    """Make trips of a switchback as drawn by its design: fare, done (0/1), wait, km; slots have shocks of their own.

    The first `onset` minutes of a slot still have the effect of the slot before; every hour has `least` trips.
    """
    rng = np.random.default_rng(seed)
    drawn = dw.schedule(design, start=start, days=days, regions=regions if design.region else None, seed=seed)
    drawn["treated"] = (drawn["arm"] == design.arm_names[1]).astype(float)
    drawn["before"] = drawn.groupby("region")["treated"].shift(fill_value=0.0)
    drawn["shock"] = noise * rng.normal(0, 0.5, len(drawn))
    first, hours = pd.Timestamp(start), (days + history) * 24
    everywhere = regions if design.region else ("all",)
    grid = pd.DataFrame([(r, h) for r in everywhere for h in range(hours)], columns=["region", "h"])
    clock = (grid.h % 24).to_numpy()
    n = least + rng.poisson(per_hour * (1 + 0.5 * np.sin(2 * np.pi * clock / 24)))
    frame = grid.loc[np.repeat(grid.index, n)].reset_index(drop=True)
    frame["at"] = (
        first - pd.Timedelta(days=history) + pd.to_timedelta(frame.h * 60 + rng.integers(0, 60, len(frame)), "min")
    )
    into = ((frame["at"] - first) // pd.Timedelta(minutes=1)) % design.slot
    frame["slot_start"] = frame["at"] - pd.to_timedelta(into, "min")
    frame = frame.merge(drawn[["slot_start", "region", "arm", "treated", "before", "shock"]], how="left")
    in_run = frame["at"] >= first
    acting = np.where(into < onset, frame["before"], frame["treated"])
    level = (
        10
        + 2 * np.sin(2 * np.pi * (frame["h"] % 24) / 24)
        + frame["region"].map({r: i for i, r in enumerate(everywhere)})
    )
    frame["fare"] = level + np.where(in_run, frame["shock"] + effect * acting, 0) + noise * rng.normal(0, 2, len(frame))
    frame["done"] = (rng.random(len(frame)) < 0.7).astype(int)
    frame["wait"] = rng.exponential(5, len(frame)).round(2)
    frame["km"] = rng.gamma(3, 2, len(frame)).round(2)
    frame["rain"] = np.where((frame["h"] // 24) % 3 == 0, "rain", "dry")
    labels = {design.arm_names[0]: names[0], design.arm_names[1]: names[1]}
    frame["arm"] = frame["arm"].map(labels).where(in_run, None)
    return frame.sort_values(["at", "region"], ignore_index=True)[
        ["at", "region", "arm", "fare", "done", "wait", "km", "rain"]
    ]
