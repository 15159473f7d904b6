"""A ride-hailing marketplace that switches between two arms, made by a seeded generator whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from decision_widgets.checks import Between, Moment, NotNegative, Positive, Rule, problems
from decision_widgets.errors import InputError, listed

if TYPE_CHECKING:
    import pandas as pd

_REGIONS: Final = ("Central", "North", "South", "West", "East", "Harbour", "Airport", "Hills")
_HOURS, _MINUTES = 24, 1440
_SLOT: Final = 4
_COLUMNS: Final = ("slot_start", "slot_end", "region", "arm")
# A request is completed with this chance, and what moves it stays so small that every chance lies in 0.35 to 0.96.
_BASE, _BY_HOUR, _BY_REGION, _BY_RAIN, _BY_CHANCE, _MOST_CHANCE = 0.68, 0.06, 0.03, -0.05, 0.03, 3.0
_MOST_EFFECT: Final = 0.1
_KEPT: Final = 0.7


def marketplace(
    schedule: Any = None,
    *,
    days: int = 14,
    history_days: int = 28,
    regions: int = 4,
    start: str = "2026-11-02T00:00",
    effect: float = 0.02,
    onset: Sequence[float] = (0.5, 0.3, 0.2),
    requests_per_hour: float = 50.0,
    treatment: str = "treatment",
    seed: int = 7,
) -> pd.DataFrame:
    """Make a switchback: one row per request, weeks of history without an arm, then the run.

    Demand and completion follow the hour of the week, rain and an autocorrelated chance, part of which all regions
    share. Treatment raises the chance that a request is completed by ``effect · Σ onset[j] · (arm j hours before)``: it
    takes hours to set in, and hours to fade. It moves nothing else: not the requests, not the fare of a completed trip,
    not the wait, not the drivers.

    Parameters
    ----------
    schedule : pandas.DataFrame, optional
        What is served, as ``dw.schedule()`` returns it; it says regions, start and days. One region ``"all"`` switches
        every region. Left out, each pair of slots of 4 hours is AB or BA by a coin, region by region.
    days, history_days : int
        Length of the run, and of the time before it.
    regions : int
        From 1 to 8.
    start : str
        The local moment of the run's first slot.
    effect : float
        Added to the chance of completion once it has set in fully; smaller than 0.1 either way.
    onset : sequence of float
        Which part of it comes from the arm now, an hour before, two hours before …; not negative, together 1.
    requests_per_hour : float
        Of a region, on average over the week (before rain and chance).
    treatment : str
        The label of the treatment in `schedule`.
    seed : int
        The same seed gives the same table, and for runs of the same size the same history whatever is served.

    Returns
    -------
    pandas.DataFrame
        One row per request, by time: time, region, arm (missing before the run), rain (0/1) and driver_hours of the
        region and hour, completed (0/1), fare (0 where not completed), wait_minutes.

    Raises
    ------
    InputError
        A size that makes no sense, shares of the onset that do not sum to 1, or a schedule without its columns.

    Examples
    --------
    >>> rides = marketplace(days=2, history_days=1, regions=2, seed=1)
    >>> rides.arm.isna().sum() > 0, sorted(rides.arm.dropna().unique())
    (np.True_, ['control', 'treatment'])
    """
    _check(locals())
    # Coins of their own: whatever is served, the same seed gives the same history and the same demand.
    rng = np.random.default_rng(seed)
    if schedule is None:
        run = _drawn(np.random.default_rng([seed, 1]), _REGIONS[:regions], np.datetime64(start, "m"), days)
    else:
        run = _read(schedule, treatment, _REGIONS[:regions])
    hours = _hours(rng, run, history_days, requests_per_hour)
    return _requests(rng, run, hours, history_days, effect * np.asarray(onset, float))


class _Run(NamedTuple):
    regions: tuple[str, ...]
    start: np.datetime64
    arm: NDArray[np.int8]  # (regions, minutes of the run): 0, 1, -1 where nothing is planned
    names: tuple[str, str]


class _Hours(NamedTuple):
    begin: NDArray[np.datetime64]  # (hours,)
    demand: NDArray[np.float64]  # (regions, hours), as what follows
    completion: NDArray[np.float64]
    rain: NDArray[np.int8]
    drivers: NDArray[np.float64]


def _check(given: dict[str, Any]) -> None:
    rules: dict[str, Rule] = {
        "days": Positive(whole=True),
        "history_days": NotNegative(),
        "regions": Positive(whole=True),
        "start": Moment(),
        "effect": Between(-_MOST_EFFECT, _MOST_EFFECT),
        "requests_per_hour": Positive(),
        "seed": NotNegative(),
    }
    wrong = problems(rules, {name: given[name] for name in rules})
    if isinstance(given["regions"], int) and given["regions"] > len(_REGIONS):
        wrong.append(f"regions must be at most {len(_REGIONS)}; got {given['regions']}.")
    shares = np.asarray(list(given["onset"]), float)
    if not len(shares) or (shares < 0).any() or not np.isclose(shares.sum(), 1.0):
        wrong.append(f"onset must hold shares, none negative, that sum to 1; got {list(given['onset'])}.")
    if wrong:
        raise InputError.together("marketplace", wrong)


def _drawn(rng: np.random.Generator, regions: tuple[str, ...], start: np.datetime64, days: int) -> _Run:
    slots = days * _HOURS // _SLOT
    first = np.repeat(rng.integers(0, 2, (len(regions), slots // 2)), 2, axis=1)
    arms = (first ^ (np.arange(slots) % 2)).astype(np.int8)
    return _Run(regions, start, np.repeat(arms, _SLOT * 60, axis=1), ("control", "treatment"))


def _read(schedule: Any, treatment: str, usual: tuple[str, ...]) -> _Run:
    lacking = [name for name in _COLUMNS if name not in getattr(schedule, "columns", ())]
    if lacking or not len(schedule):
        raise InputError(f"schedule must be a table as dw.schedule() returns it; it lacks {listed(lacking) or 'rows'}.")
    labels = sorted({str(arm) for arm in schedule["arm"]})
    if treatment not in labels or len(labels) != 2:
        raise InputError(f"schedule must hold {treatment!r} and one other arm; it holds {listed(labels)}.")
    control = next(label for label in labels if label != treatment)
    found = tuple(dict.fromkeys(str(region) for region in schedule["region"]))
    regions = usual if found == ("all",) else found
    begins = schedule["slot_start"].to_numpy("datetime64[m]")
    ends = schedule["slot_end"].to_numpy("datetime64[m]")
    start = begins.min()
    arm = np.full((len(regions), int((ends.max() - start).astype(int))), -1, np.int8)
    for region, label, begin, end in zip(schedule["region"], schedule["arm"], begins, ends, strict=True):
        at = slice(None) if found == ("all",) else found.index(str(region))
        arm[at, int((begin - start).astype(int)) : int((end - start).astype(int))] = str(label) == treatment
    return _Run(regions, start, arm, (control, treatment))


def _hours(rng: np.random.Generator, run: _Run, history_days: int, requests: float) -> _Hours:
    n, regions = history_days * _HOURS + ceil(run.arm.shape[1] / 60), len(run.regions)
    begin = run.start - np.timedelta64(history_days * _HOURS, "h") + np.arange(n) * np.timedelta64(60, "m")
    minute = begin.astype("datetime64[m]").astype(int)
    hour, weekday = minute % _MINUTES / 60, (minute // _MINUTES + 3) % 7
    shape = _shape(hour, weekday)
    rain = _weather(rng, regions, n)
    size = np.linspace(1.25, 0.75, regions) if regions > 1 else np.ones(1)
    demand = requests * size[:, None] * shape * np.exp(0.2 * _chance(rng, regions, n) + 0.15 * rain)
    tight = np.clip(shape / 2.0, 0.0, 1.0)
    region = np.linspace(1, -1, regions)[:, None] if regions > 1 else np.zeros((1, 1))
    completion = _BASE + _BY_HOUR * (1 - 2 * tight) + _BY_REGION * region + _BY_RAIN * rain
    drivers = 0.5 * demand * np.exp(0.1 * rng.normal(0, 1, (regions, n)))
    return _Hours(begin, demand, completion + _BY_CHANCE * _chance(rng, regions, n), rain, drivers.round(1))


def _shape(hour: NDArray[np.float64], weekday: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how busy an hour of the week is: two peaks of commuters, late evenings at weekends; 1 on average."""

    def raw(hour: NDArray[Any], weekday: NDArray[np.int64]) -> NDArray[np.float64]:
        rush = np.exp(-((hour - 8.5) ** 2) / 5) + 1.2 * np.exp(-((hour - 18.5) ** 2) / 8)
        night = np.exp(-((hour - 23) ** 2) / 8) + np.exp(-((hour + 1) ** 2) / 8)
        busy: NDArray[np.float64] = 0.45 + np.where(weekday < 5, 1.1 * rush + 0.3 * night, 0.5 * rush + night)
        return busy

    week = np.arange(7 * _HOURS)
    return raw(hour, weekday) / float(raw(week % _HOURS, week // _HOURS).mean())


def _chance(rng: np.random.Generator, regions: int, n: int) -> NDArray[np.float64]:
    """Draw what an hour keeps of the hour before, three fifths of its size shared by all regions; at most 3 SD."""
    shocks = 0.6 * rng.normal(0, 1, (1, n)) + 0.8 * rng.normal(0, 1, (regions, n))
    found = np.empty_like(shocks)
    found[:, 0] = shocks[:, 0]
    for at in range(1, n):
        found[:, at] = _KEPT * found[:, at - 1] + np.sqrt(1 - _KEPT**2) * shocks[:, at]
    return np.clip(found, -_MOST_CHANCE, _MOST_CHANCE)


def _weather(rng: np.random.Generator, regions: int, n: int) -> NDArray[np.int8]:
    starts, lasts = rng.random((regions, n)) < 0.02, rng.random((regions, n)) < 0.85
    rain = np.zeros((regions, n), np.int8)
    rain[:, 0] = starts[:, 0]
    for at in range(1, n):
        rain[:, at] = np.where(rain[:, at - 1] == 1, lasts[:, at], starts[:, at])
    return rain


def _requests(
    rng: np.random.Generator, run: _Run, hours: _Hours, history_days: int, effects: NDArray[np.float64]
) -> pd.DataFrame:
    import pandas as pd

    counts = rng.poisson(hours.demand)
    region, hour = (np.repeat(each.ravel(), counts.ravel()) for each in np.indices(counts.shape))
    second = rng.integers(0, 3600, len(hour))
    minute = (hour - history_days * _HOURS) * 60 + second // 60  # of the run; negative before it
    lived = np.where(minute >= 0, minute, 0)
    last = run.arm.shape[1] - 1
    arm = np.where((minute >= 0) & (minute <= last), run.arm[region, np.minimum(lived, last)], -1)
    lift = np.zeros(len(hour))
    for back, part in enumerate(effects):
        at = minute - 60 * back
        known = (at >= 0) & (at <= last)
        lift[known] += part * (run.arm[region[known], at[known]] == 1)
    completed = rng.random(len(hour)) < hours.completion[region, hour] + lift
    price = np.exp(2.3 + 0.1 * hours.rain[region, hour] + 0.4 * rng.normal(0, 1, len(hour)))
    frame = pd.DataFrame(
        {
            "time": hours.begin[hour].astype("datetime64[s]") + second * np.timedelta64(1, "s"),
            "region": np.array(run.regions, dtype=object)[region],
            "arm": np.array([*run.names, None], dtype=object)[arm],
            "rain": hours.rain[region, hour],
            "driver_hours": hours.drivers[region, hour],
            "completed": completed.astype(np.int8),
            "fare": (completed * price).round(2),
            "wait_minutes": (2 + rng.gamma(4, 0.6 + 0.2 * hours.rain[region, hour])).round(1),
        }
    )
    return frame.sort_values(["time", "region"], ignore_index=True, kind="stable")
