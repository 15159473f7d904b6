"""How far a metric is from normal: descriptions for large samples, tests for small ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.moments import ROUNDING, Sample
from decision_widgets.records import Record

# Above this, Shapiro–Wilk has no reliable p-value and any p-value no meaning.
LARGE = 5_000
FEWEST = {"shapiro_wilk": 3, "lilliefors": 5, "anderson_darling": 8}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NormalityTest(Record):
    """One test that units come from some normal distribution.

    `n_tested` are the units that were tested: all of them, with `seed` ``None``, or a random subsample.
    """

    statistic: float
    p_value: float
    n_tested: int
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Normality(Record):
    """The shape of a sample beside the normal's.

    Attributes
    ----------
    headline : {"tests", "shape"}
        ``"shape"`` above 5,000 units, where the tests reject gaps that harm nothing: read `skewness`,
        `excess_kurtosis`, `qq_correlation` and D, the statistic of `lilliefors`.
    skewness, excess_kurtosis : float
        ``m₃/m₂^{3/2}`` and ``m₄/m₂² − 3`` with central moments of divisor n; 0 for the normal.
    qq_correlation : float
        Of ordered values with the normal quantiles of Filliben's (1975) positions; 1 for the normal.
    shapiro_wilk : NormalityTest or None
        ``None`` when the subsample holds one value only, or it was left out.
    lilliefors, anderson_darling : NormalityTest or None
        ``None`` below 5 and 8 units.
    """

    n: int
    headline: Literal["tests", "shape"]
    skewness: float
    excess_kurtosis: float
    qq_correlation: float
    shapiro_wilk: NormalityTest | None
    lilliefors: NormalityTest | None
    anderson_darling: NormalityTest | None


def normality(sample: Sample, *, seed: int = 0, with_shapiro_wilk: bool = True) -> Normality:
    """Describe how far a metric is from normal; at large n by its shape, since every p-value is tiny there.

    What must be near normal for a test of means is the mean, see `difference_skewness`. Shapiro–Wilk alone loads
    scipy.stats, which takes half a second the first time; `with_shapiro_wilk` leaves it out.

    Raises
    ------
    CannotEstimate
        ``E_SMALL_N`` below 3 units, ``E_NO_VARIATION`` when all hold one value.

    Examples
    --------
    >>> shape = normality(Sample.of([1, 2, 3, 4, 20]))
    >>> shape.headline, round(shape.skewness, 6), shape.anderson_darling is None
    ('tests', 1.425527, True)
    """
    z = _standardised(sample, "shapiro_wilk")
    n, counts = sample.n, sample.counts
    variance = (n - 1) / n  # of z with divisor n
    return Normality(
        n=n,
        headline="shape" if n > LARGE else "tests",
        skewness=float(counts @ z**3) / n / variance**1.5,
        excess_kurtosis=float(counts @ z**4) / n / variance**2 - 3,
        qq_correlation=_qq_correlation(sample, z),
        shapiro_wilk=_shapiro_wilk(sample, z, seed) if with_shapiro_wilk else None,
        lilliefors=lilliefors(sample) if n >= FEWEST["lilliefors"] else None,
        anderson_darling=anderson_darling(sample) if n >= FEWEST["anderson_darling"] else None,
    )


def shapiro_wilk(sample: Sample, *, seed: int = 0) -> NormalityTest:
    """Test normality by W, the squared correlation with what normal order statistics would be (Shapiro & Wilk 1965).

    p by Royston (1995), for 3 to 5,000 units; of more, a random subsample of 5,000, drawn by `seed`.

    Raises
    ------
    InputError
        A subsample that holds one value only.
    CannotEstimate
        ``E_SMALL_N`` below 3 units, ``E_NO_VARIATION`` when all hold one value.
    """
    answer = _shapiro_wilk(sample, _standardised(sample, "shapiro_wilk"), seed)
    if answer is None:
        raise InputError(f"All of the {LARGE} units drawn hold one value; another seed may draw others.")
    return answer


def anderson_darling(sample: Sample) -> NormalityTest:
    """Test normality by A², which weighs the tails, with mean and standard deviation estimated.

    ``A² = −n − Σ(2i − 1)/n·[ln Φ(z_i) + ln(1 − Φ(z_{n+1−i}))]``; p of ``A²(1 + 0.75/n + 2.25/n²)`` by Stephens (1986,
    table 4.9), not below 3.7e-24, where his formula ends. At least 8 units.

    Raises
    ------
    InputError
        Fewer than 8 units.
    CannotEstimate
        ``E_NO_VARIATION`` when all units hold one value.
    """
    z = _standardised(sample, "anderson_darling")
    n, counts = sample.n, sample.counts.astype(np.float64)
    to = np.cumsum(counts)
    below = to - counts
    # Σ(2i − 1) over the ranks i of one value, from below and from above.
    from_below, from_above = counts * (to + below), counts * (2 * n - to - below)
    statistic = -n - float(from_below @ scipy.special.log_ndtr(z) + from_above @ scipy.special.log_ndtr(-z)) / n
    return NormalityTest(statistic=statistic, p_value=_stephens_p(statistic * (1 + 0.75 / n + 2.25 / n**2)), n_tested=n)


def lilliefors(sample: Sample) -> NormalityTest:
    """Test normality by D, the largest gap between the distribution functions, with mean and deviation estimated.

    p by Dallal & Wilkinson (1986), above 0.1 by Stephens' (1974) modified statistic. At least 5 units. (The plain
    Kolmogorov–Smirnov p-value takes mean and deviation as known, and is far too large.)

    Raises
    ------
    InputError
        Fewer than 5 units.
    CannotEstimate
        ``E_NO_VARIATION`` when all units hold one value.
    """
    z = _standardised(sample, "lilliefors")
    n = sample.n
    share = scipy.special.ndtr(z)
    to = np.cumsum(sample.counts)
    statistic = float(max((to / n - share).max(), (share - (to - sample.counts) / n).max()))
    return NormalityTest(statistic=statistic, p_value=_lilliefors_p(statistic, n), n_tested=n)


def _shapiro_wilk(sample: Sample, z: NDArray[np.float64], seed: int) -> NormalityTest | None:
    from scipy import stats

    drawn = sample.n > LARGE
    ranks = np.random.default_rng(seed).choice(sample.n, LARGE, replace=False) if drawn else np.arange(sample.n)
    tested = z[np.searchsorted(np.cumsum(sample.counts), np.sort(ranks), side="right")]
    if tested[0] == tested[-1]:
        return None
    answer = stats.shapiro(tested)
    return NormalityTest(
        statistic=float(answer.statistic),
        p_value=float(answer.pvalue),
        n_tested=len(ranks),
        seed=seed if drawn else None,
    )


def _standardised(sample: Sample, test: str) -> NDArray[np.float64]:
    """Return the distinct values minus their mean, over their standard deviation (divisor n − 1)."""
    n, fewest = sample.n, FEWEST[test]
    if n < FEWEST["shapiro_wilk"]:
        raise CannotEstimate("E_SMALL_N", f"A shape needs at least 3 units; got {n}.", n=n)
    if n < fewest:
        raise InputError(f"The {test.replace('_', '–')} test needs at least {fewest} units; got {n}.")
    largest = float(np.abs(sample.values).max())
    if largest == 0 or sample.values[-1] / largest - sample.values[0] / largest <= ROUNDING:
        raise _no_variation(sample)
    # Scaled by a power of 2, which loses no digit, so that squares neither overflow nor vanish.
    scaled = np.ldexp(sample.values, -math.frexp(largest)[1])
    centred = scaled - scaled[len(scaled) // 2]
    centred = centred - float(sample.counts @ centred) / n
    size = float(np.abs(centred).max())
    unit = centred / size
    return np.asarray(unit / math.sqrt(float(sample.counts @ unit**2) / (n - 1)))


def _no_variation(sample: Sample) -> CannotEstimate:
    value = float(sample.values[0])
    return CannotEstimate("E_NO_VARIATION", f"All {sample.n} units hold {value:g}.", n=sample.n, value=value)


def _qq_correlation(sample: Sample, z: NDArray[np.float64]) -> float:
    """Return the correlation of z with the normal quantiles, unit by unit."""
    n = sample.n
    position = (np.arange(1, n + 1) - 0.3175) / (n + 0.365)
    position[-1] = 0.5 ** (1 / n)
    position[0] = 1 - position[-1]
    quantile = scipy.special.ndtri(position)
    quantile /= math.sqrt(float(quantile @ quantile))
    starts = np.cumsum(sample.counts) - sample.counts
    return min(1.0, float(np.add.reduceat(quantile, starts) @ z) / math.sqrt(n - 1))


def _stephens_p(a: float) -> float:
    if a < 0.2:
        p = -math.expm1(-13.436 + 101.14 * a - 223.73 * a**2)
    elif a < 0.34:
        p = -math.expm1(-8.318 + 42.796 * a - 59.938 * a**2)
    elif a < 0.6:
        p = math.exp(0.9177 - 4.279 * a - 1.38 * a**2)
    elif a < 10:
        p = math.exp(1.2937 - 5.709 * a + 0.0186 * a**2)
    else:
        p = 3.7e-24
    return p


# Stephens' polynomials of the modified D, each up to its first number, lowest power first.
_STEPHENS = (
    (0.302, (1.0,)),
    (0.5, (2.76773, -19.828315, 80.709644, -138.55152, 81.218052)),
    (0.9, (-4.901232, 40.662806, -97.490286, 94.029866, -32.355711)),
    (1.31, (6.198765, -19.558097, 23.186922, -12.234627, 2.423045)),
)


def _lilliefors_p(d: float, n: int) -> float:
    size, scaled = (n, d) if n <= 100 else (100, d * (n / 100) ** 0.49)
    root = math.sqrt(size + 2.78019)
    p = math.exp(
        -7.01256 * (scaled * root) ** 2
        + 2.99587 * scaled * root
        - 0.122119
        + 0.974598 / math.sqrt(size)
        + 1.67997 / size
    )
    if p <= 0.1:
        return p
    modified = (math.sqrt(n) - 0.01 + 0.85 / math.sqrt(n)) * d
    powers = next((powers for upper, powers in _STEPHENS if modified <= upper), (p,))
    return min(1.0, max(0.0, sum(factor * modified**k for k, factor in enumerate(powers))))
