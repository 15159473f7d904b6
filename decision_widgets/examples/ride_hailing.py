"""A ride-hailing experiment made by a seeded generator, whose true effects are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from decision_widgets.checks import Positive, problems
from decision_widgets.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

TRUE_EFFECTS: Final = {"booked": 0.06, "fare": 0.04, "cancelled": 0.0, "wait_minutes": 0.0}
"""Relative effect of the treatment on the mean of each metric (per session; of cancellations per booking)."""

_CITIES: Final = ("Hanoi", "Jakarta", "Manila", "Singapore")


def ride_hailing(riders: int = 6000, *, days: int = 14, arms: int = 2, seed: int = 7) -> pd.DataFrame:
    """Make an experiment: riders with repeated sessions, cities, a pre-period, true effects known (`TRUE_EFFECTS`).

    Parameters
    ----------
    riders : int
        Participants; each has about four sessions, unequally many.
    days : int
        Length of the experiment.
    arms : int
        2 gives "control" and "treatment"; more give "treatment_2" and so on, which have no effect.
    seed : int
        The same seed gives the same table.

    Returns
    -------
    pandas.DataFrame
        One row per session: rider_id, variant, city, time, booked (0/1), fare (0 without a booking), cancelled (0/1,
        of bookings), wait_minutes, pre_fare (fare per session before the experiment).

    Examples
    --------
    >>> ride_hailing(riders=100, seed=1).rider_id.nunique()
    100
    """
    rules = {"riders": Positive(whole=True), "days": Positive(whole=True), "arms": Positive(whole=True)}
    wrong = problems(rules, {"riders": riders, "days": days, "arms": arms})
    if wrong or arms < 2:
        raise InputError.together("ride_hailing", wrong or ["arms must be at least 2; got 1."])
    import pandas as pd

    rng = np.random.default_rng(seed)
    names = np.array(["control", "treatment", *(f"treatment_{i}" for i in range(2, arms))])
    arm_of = rng.permutation(np.arange(riders) % arms)
    taste = rng.normal(0, 1, riders)
    city_of = rng.integers(0, len(_CITIES), riders)
    sessions = 1 + rng.poisson(np.exp(1.0 + 0.35 * rng.normal(0, 1, riders)))
    rider = np.repeat(np.arange(riders), sessions)
    treated = (arm_of == 1)[rider]
    mood = taste[rider] + rng.normal(0, 1, len(rider))
    base = 1 / (1 + np.exp(-(-0.7 + 0.5 * mood)))
    booked = rng.random(len(rider)) < base * np.where(treated, 1 + TRUE_EFFECTS["booked"], 1.0)
    # Fares per session rise by booking more, less this much per booking, to the stated effect on their product.
    per_booking = np.where(treated, (1 + TRUE_EFFECTS["fare"]) / (1 + TRUE_EFFECTS["booked"]), 1.0)
    fare = booked * per_booking * np.exp(2.3 + 0.25 * taste[rider] + 0.5 * rng.normal(0, 1, len(rider)))
    start = np.datetime64("2026-11-02T06:00")
    minutes = rng.integers(0, days * 18 * 60, len(rider))
    time = start + (minutes // (18 * 60)) * np.timedelta64(1, "D") + (minutes % (18 * 60)) * np.timedelta64(1, "m")
    frame = pd.DataFrame(
        {
            "rider_id": rider + 1,
            "variant": names[arm_of[rider]],
            "city": np.array(_CITIES)[city_of[rider]],
            "time": time,
            "booked": booked.astype(np.int8),
            "fare": fare.round(2),
            "cancelled": (booked & (rng.random(len(rider)) < 0.11)).astype(np.int8),
            "wait_minutes": (3 + rng.gamma(4, 0.6, len(rider))).round(1),
            "pre_fare": np.exp(1.2 + 0.6 * taste + 0.5 * rng.normal(0, 1, riders))[rider].round(2),
        }
    )
    return frame.sort_values(["time", "rider_id"], ignore_index=True)
