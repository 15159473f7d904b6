"""The difference between two arms adjusted by covariates (CUPED as a Lin-interacted regression), clustered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.difference import MeanDifference, difference
from decision_widgets.moments import AdjustedMoments, ArmMoments
from decision_widgets.records import Record

SHIFT_ABOVE: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Adjusted(Record):
    """An adjusted difference beside the unadjusted one.

    Attributes
    ----------
    answer : MeanDifference
    variance_reduction : float
        ``1 − SE²_adjusted/SE²_unadjusted``; negative when adjusting did not help.
    change, change_std_error : float
        Adjusted minus unadjusted effect, and its standard error.
    """

    answer: MeanDifference
    variance_reduction: float
    change: float
    change_std_error: float

    @property
    def shifted(self) -> bool:
        """Tell whether adjusting moves the effect by more than 3 standard errors of the move."""
        return abs(self.change) > SHIFT_ABOVE * self.change_std_error


def adjusted_difference(
    control: AdjustedMoments,
    treatment: AdjustedMoments,
    unadjusted: tuple[ArmMoments, ArmMoments],
    *,
    mean_covariance: NDArray[np.float64],
    alpha: float = 0.05,
) -> Adjusted:
    """Compare two arms at the covariates' mean over all arms, errors clustered by participant (CR2).

    ``y = a + τD + X̃β + D·X̃γ`` with X̃ centred at its mean over all arms (Lin 2013; CUPED of Deng et al. 2013 with
    slopes of each arm's own); ``V = Σ_a Σ_i (a_i e_i)²/(1−h_i)``; t with Satterthwaite degrees of freedom
    ``(Σ_a gᵀBg)² / Σ_a [Σω² − 2Σω²h + tr((BΣωw zzᵀ)²)]`` (Bell & McCaffrey 2002). To V comes ``γᵀΣγ``, Σ the
    `mean_covariance` of the covariates' mean, so that the interval covers the effect on whom the participants stand for
    and not only on them, also where slopes differ. `unadjusted` are the moments of the same two arms. Covariates are
    constant within participants.
    """
    if not (control.complete and treatment.complete):
        raise InputError("Adjusting needs more participants than coefficients in each arm; one of them stands alone.")
    arms = (control, treatment)
    spread = sum(a.own2 - 2 * a.own2h + a.gram2 for a in arms)
    control_slopes, treatment_slopes = np.array(control.coefficients), np.array(treatment.coefficients)
    answer = difference(
        control.level_above_shift,
        treatment.level_above_shift,
        control.adjusted_residual + float(control_slopes @ mean_covariance @ control_slopes),
        treatment.adjusted_residual + float(treatment_slopes @ mean_covariance @ treatment_slopes),
        df=sum(a.trace for a in arms) ** 2 / spread,
        alpha=alpha,
        control_offset=control.shift,
        treatment_offset=treatment.shift,
        covariance=float(control_slopes @ mean_covariance @ treatment_slopes),
    )
    plain_control, plain_treatment = unadjusted
    plain = (plain_treatment.level_above_shift - plain_control.level_above_shift) + (
        plain_treatment.shift - plain_control.shift
    )
    before = plain_control.sums.adjusted_residual + plain_treatment.sums.adjusted_residual
    return Adjusted(
        answer=answer,
        variance_reduction=1 - answer.std_error**2 / before,
        change=answer.effect - plain,
        change_std_error=(control.change + treatment.change) ** 0.5,
    )
