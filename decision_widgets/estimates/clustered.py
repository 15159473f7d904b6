"""The recommended between-subject regression in closed form: OLS on a treatment dummy, clustered by participant.

With one mean per arm and participants nested in arms, CR2 and its Bell–McCaffrey degrees of freedom need only a few
sums per arm (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018), whatever the number of rows.
"""

from __future__ import annotations

from decision_widgets.errors import InputError
from decision_widgets.estimates.difference import MeanDifference, difference
from decision_widgets.moments import ArmMoments


def clustered_difference(control: ArmMoments, treatment: ArmMoments, *, alpha: float = 0.05) -> MeanDifference:
    """Compare two arms with errors clustered by participant (CR2, t with Bell–McCaffrey df).

    ``effect = R_t − R_c`` with ``R = ΣS/Σm``; ``V = Σ_a Σ_i u_i²/((1−h_i)·M_a²)``, ``h_i = m_i/M_a``;
    ``df = (1/M_t + 1/M_c)² / Σ_a[Σq² − 2Σq·v² + (Σv²)²]``. For a ratio metric m is the denominator. Needs at least
    2 participants in each arm, none of whom holds all but a vanishing part of the weight.
    """
    for arm in (control, treatment):
        if arm.n_participants < 2 or not arm.sums.estimable:
            raise InputError("Clustered errors need at least 2 participants with weight in each arm.")
    return difference(
        control.level_above_shift,
        treatment.level_above_shift,
        control.sums.adjusted_residual,
        treatment.sums.adjusted_residual,
        df=_bell_mccaffrey_df(control, treatment),
        alpha=alpha,
        control_offset=control.shift,
        treatment_offset=treatment.shift,
    )


def _bell_mccaffrey_df(control: ArmMoments, treatment: ArmMoments) -> float:
    scale = 1 / control.weight + 1 / treatment.weight
    return scale**2 / (control.sums.spread + treatment.sums.spread)
