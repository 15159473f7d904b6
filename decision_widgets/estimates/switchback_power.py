"""What a switchback would find, from its own analysis of many schedules drawn on a stretch of the past."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import scipy

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.arguments import number
from decision_widgets.estimates.fixed_effects import Matrix
from decision_widgets.estimates.quantiles import upper_quantile
from decision_widgets.estimates.simulated_clusters import ExactClusters, Simulated
from decision_widgets.estimates.simulated_many import ManyClusters, many_clusters
from decision_widgets.estimates.simulated_window import SwitchbackWindow
from decision_widgets.records import Record

SIZES: Final = (0.5, 1.0, 1.5)
STANDARD_ERRORS: Final = 3
# Numbers in one batch of draws: 4 MB, which a cache holds.
BATCH: Final = 500_000
LARGEST_BATCH: Final = 256
LEAST_DRAWS: Final = 50
# With more draws than this share without an answer the plan is too small to be simulated.
MOST_UNTOLD: Final = 0.05
AaStatus = Literal["holds", "fails", "conservative"]
Heard = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PowerCheck(Record):
    """An effect put into the history, and how often it was found.

    `effect` is in the metric's unit; `power_lower` and `power_upper` are the 95 % interval that so many draws leave
    (Wilson 1927). `bias` is what the estimate is off by on average, in the metric's unit: of an effect that takes
    longer to set in than the burn-in.
    """

    effect: float
    power: float
    power_lower: float
    power_upper: float
    bias: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SwitchbackPower(Record):
    """A plan simulated on its history.

    Attributes
    ----------
    draws, done : int
        Asked for, and told: fewer when it was `cancelled`.
    alpha, power : float
        Of the test, and asked for.
    std_dev : float
        Of the estimate over schedules, in the metric's unit.
    df : float
        Bell–McCaffrey degrees of freedom, on average.
    n_clusters : int
        Of one run, on average.
    aa_rate, aa_lower, aa_upper : float
        How often "no difference" was rejected when there was none, and its 95 % interval.
    aa_status : {"holds", "fails", "conservative"}
        Within 3 Monte-Carlo standard errors of alpha, above, or below.
    detectable : float
        ``(t_{1−α/2,df} + t_{power,df})·std_dev``, divided by the share of an effect that the plan lets set in.
    checks : tuple of PowerCheck
        ½, 1 and 1½ times `detectable`, and what else was asked for.
    share : float
        Of an effect that the estimate finds on average: below 1 when it takes longer to set in than the burn-in.
    """

    draws: int
    done: int
    cancelled: bool
    alpha: float
    power: float
    std_dev: float
    df: float
    n_clusters: int
    aa_rate: float
    aa_lower: float
    aa_upper: float
    aa_status: AaStatus
    detectable: float
    checks: tuple[PowerCheck, ...]
    share: float = 1.0


def simulate_switchback(
    windows: Sequence[SwitchbackWindow],
    *,
    draws: int,
    alpha: float = 0.05,
    power: float = 0.8,
    effects: Sequence[float] = (),
    seed: int = 0,
    heard: Heard | None = None,
) -> SwitchbackPower:
    """Draw schedules, analyse the past as if they had been served, and tell what could be seen.

    Each draw is the recommended regression with CR2 errors and Bell–McCaffrey degrees of freedom, as
    ``panel_regression`` gives it (with thousands of clusters to 1e-3 of the error). The past had no treatment, so every
    rejection is a false one. Effects are then added: a constant one shifts the estimate and leaves residuals alone, one
    that sets in is a linear change of cells, carried through exactly.

    Parameters
    ----------
    windows : sequence of SwitchbackWindow
        Stretches of history, each of which gets its share of the draws.
    draws : int
    effects : sequence of float
        Further effects to check, in the metric's unit.
    heard : callable, optional
        Told how many draws are done after every batch; if it returns True the rest is left out. So does Ctrl-C.

    Raises
    ------
    InputError
        Fewer than 50 draws, or no windows.
    CannotEstimate
        ``E_FEW_CLUSTERS``: too many draws leave nothing to compare.
    """
    number("alpha", alpha, 0, 0.5)
    number("power", power, 0.05, 1)
    if not isinstance(draws, int) or isinstance(draws, bool) or draws < LEAST_DRAWS:
        raise InputError(f"draws must be a whole number, at least {LEAST_DRAWS}; got {draws!r}.")
    if not windows:
        raise InputError("A simulation needs at least one window of history.")
    found, done = _run(windows, draws, np.random.default_rng(seed), heard)
    told = np.isfinite(found.effect) & (found.df > 0) & (found.variance > 0)
    if told.mean() < 1 - MOST_UNTOLD:
        raise CannotEstimate(
            "E_FEW_CLUSTERS", "Too few draws of the randomiser: most schedules leave nothing to compare."
        )
    return _summary(_chosen(found, told), windows, draws, done, (alpha, power), effects)


def mean_df(window: SwitchbackWindow, *, draws: int = 4, seed: int = 0) -> float:
    """Return the degrees of freedom of a window, averaged over a few draws."""
    rng = np.random.default_rng(seed)
    return float(np.nanmean(ExactClusters(window).simulate(window.toss(draws, rng)).df))


def _run(
    windows: Sequence[SwitchbackWindow], draws: int, rng: np.random.Generator, heard: Heard | None
) -> tuple[Simulated, int]:
    parts: list[Simulated] = []
    done = 0
    try:
        for part in _batches(windows, draws, rng):
            parts.append(part)
            done += len(part.effect)
            if heard is not None and heard(done) is True:
                break
    except KeyboardInterrupt:
        if done < LEAST_DRAWS:
            raise
    names = Simulated.__dataclass_fields__
    return Simulated(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}), done


def _batches(windows: Sequence[SwitchbackWindow], draws: int, rng: np.random.Generator) -> Iterator[Simulated]:
    ends = np.linspace(0, draws, len(windows) + 1).round().astype(int)
    for window, n in zip(windows, np.diff(ends).tolist(), strict=True):
        if not n:
            continue
        simulator: ManyClusters | ExactClusters = many_clusters(window, rng) or ExactClusters(window)
        step = int(np.clip(BATCH // simulator.numbers_per_draw, 8, LARGEST_BATCH))
        for first in range(0, n, step):
            yield simulator.simulate(window.toss(min(step, n - first), rng))


def _chosen(found: Simulated, told: np.ndarray) -> Simulated:
    return Simulated(**{name: getattr(found, name)[told] for name in Simulated.__dataclass_fields__})


def _summary(
    found: Simulated,
    windows: Sequence[SwitchbackWindow],
    draws: int,
    done: int,
    asked: tuple[float, float],
    effects: Sequence[float],
) -> SwitchbackPower:
    alpha, power = asked
    n = len(found.effect)
    # Turning all arms around turns the estimate's sign, so that its mean is 0 by design.
    std_dev, share = float(np.sqrt(np.mean(found.effect**2))), float(found.share.mean())
    df = float(found.df.mean())
    detectable = detectable_effect(std_dev, df, alpha=alpha, power=power) / abs(share)
    rate = float(_rejects(found, 0.0, alpha).mean())
    lower, upper = wilson(rate, n)
    error = STANDARD_ERRORS * math.sqrt(alpha * (1 - alpha) / n)
    status: AaStatus = "fails" if rate > alpha + error else "conservative" if rate < alpha - error else "holds"
    sizes = [*(detectable * size for size in SIZES), *effects]
    return SwitchbackPower(
        draws=draws,
        done=done,
        cancelled=done < draws,
        alpha=alpha,
        power=power,
        std_dev=std_dev,
        df=df,
        n_clusters=round(float(np.mean([window.n_clusters for window in windows]))),
        aa_rate=rate,
        aa_lower=lower,
        aa_upper=upper,
        aa_status=status,
        detectable=detectable,
        checks=tuple(_check(found, size, share, alpha) for size in sizes),
        share=share,
    )


def detectable_effect(std_dev: float, df: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return ``(t_{1−α/2,df} + t_{power,df})·std_dev``: the effect that is found with the power.

    >>> round(detectable_effect(1.0, 1e9), 4)
    2.8016
    """
    return (upper_quantile(alpha / 2, df) + upper_quantile(1 - power, df)) * std_dev


def _check(found: Simulated, effect: float, share: float, alpha: float) -> PowerCheck:
    # A schedule and the one with all arms turned around are as likely: both signs count.
    power = float(np.mean([_rejects(found, size, alpha).mean() for size in (effect, -effect)]))
    lower, upper = wilson(power, len(found.effect))
    return PowerCheck(effect=effect, power=power, power_lower=lower, power_upper=upper, bias=effect * (share - 1))


def _rejects(found: Simulated, effect: float, alpha: float) -> Matrix:
    variance = found.variance + 2 * effect * found.cross + effect**2 * found.own
    critical = -scipy.special.stdtrit(found.df, alpha / 2)
    return np.asarray(np.abs(found.effect + effect * found.share) > critical * np.sqrt(variance))


def wilson(share: float, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Return the 95 % interval of a share seen in n draws (Wilson 1927).

    >>> tuple(round(bound, 4) for bound in wilson(0.05, 1000))
    (0.0381, 0.0653)
    """
    middle, half = (share + z * z / (2 * n)), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
