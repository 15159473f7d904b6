"""What an adjustment gained, whether it moved the effect, and which estimate is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from decision_widgets.errors import InputError
from decision_widgets.estimates.difference import MeanDifference
from decision_widgets.records import Record

Kept = Literal["adjusted", "unadjusted"]

SHIFT_ERRORS = 3.0
# An adjusted error below this part of the unadjusted one is rounding: nothing of the outcome was left.
EXACT_FIT = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class VarianceReduction(Record):
    """An adjusted estimate beside the unadjusted one.

    Attributes
    ----------
    variance_reduction : float
        ``1 − SE²_adjusted/SE²_unadjusted``, a fraction; negative when the adjustment cost precision.
    equivalent_extra_share, equivalent_extra_units : float
        By how much, and by how many units, an unadjusted experiment would have to be larger for the same standard
        error: ``SE²_unadjusted/SE²_adjusted − 1``.
    kept : {"adjusted", "unadjusted"}
        "unadjusted" when `variance_reduction` is negative and both estimate the same effect.
    shift, std_error_shift : float
        Adjusted minus unadjusted effect, and its standard error from the influence of each unit on both.
    shifted : bool
        The shift exceeds 3 of its standard errors, which chance imbalance of covariates does in 0.3 % of experiments.
    """

    variance_reduction: float
    equivalent_extra_share: float
    equivalent_extra_units: float
    kept: Kept
    shift: float
    std_error_shift: float
    shifted: bool
    n_units: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AdjustedDifference(Record):
    """A difference between arms, adjusted for covariates, beside the unadjusted one.

    Attributes
    ----------
    adjusted, unadjusted : MeanDifference
        The adjusted levels are those at the mean of the covariates over both arms.
    std_error_population : float
        Standard error of the adjusted effect as an estimate for the population that the units were drawn from. It
        exceeds ``adjusted.std_error``, which is that of the effect on these units, when slopes differ between arms.
    covariates : tuple of str
    control_slopes, treatment_slopes : tuple of float
        Of each covariate.
    most_covariates : int
        The most that the smaller arm supports, a twentieth of its units.
    """

    method: Literal["ancova", "lin", "mlrate"]
    adjusted: MeanDifference
    unadjusted: MeanDifference
    std_error_population: float
    covariates: tuple[str, ...]
    control_slopes: tuple[float, ...]
    treatment_slopes: tuple[float, ...]
    n_control: int
    n_treatment: int
    most_covariates: int
    reduction: VarianceReduction

    @property
    def kept(self) -> MeanDifference:
        """The estimate to report: the adjusted one, unless its standard error is the larger."""
        return self.adjusted if self.reduction.kept == "adjusted" else self.unadjusted


def variance_reduction(
    adjusted: MeanDifference,
    unadjusted: MeanDifference,
    *,
    std_error_shift: float,
    n_units: int,
    same_effect: bool = True,
) -> VarianceReduction:
    """Tell what an adjustment gained over the unadjusted difference of the same units.

    Parameters
    ----------
    std_error_shift : float
        Standard error of ``adjusted.effect − unadjusted.effect``: the root of ``Σ(ψ_adjusted − ψ_unadjusted)²`` over
        the influence ψ of each unit on the two estimates.
    n_units : int
        Independent units in both arms.
    same_effect : bool
        False when only the adjusted estimate answers the question, as with known shares of strata: it is kept then.

    Raises
    ------
    InputError
        An adjustment that leaves nothing of the outcome unexplained, as only the outcome itself does.
    """
    if adjusted.std_error <= EXACT_FIT * unadjusted.std_error:
        raise InputError(
            "The covariates or strata reproduce the outcome exactly, which nothing measured before exposure does; "
            "leave out the one that is a copy of it."
        )
    ratio = (unadjusted.std_error / adjusted.std_error) ** 2
    shift = adjusted.effect - unadjusted.effect
    reduction = 1 - 1 / ratio
    return VarianceReduction(
        variance_reduction=reduction,
        equivalent_extra_share=ratio - 1,
        equivalent_extra_units=n_units * (ratio - 1),
        kept="unadjusted" if reduction < 0 and same_effect else "adjusted",
        shift=shift,
        std_error_shift=std_error_shift,
        # A shift far below either error is rounding, whatever its own error.
        shifted=abs(shift) > max(SHIFT_ERRORS * std_error_shift, EXACT_FIT * adjusted.std_error),
        n_units=n_units,
    )
