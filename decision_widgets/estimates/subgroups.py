"""Do subgroups of participants differ in their effect? One effect per level, their differences, and a joint test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import CannotEstimate, InputError, did_you_mean
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.few_clusters import few_clusters
from decision_widgets.estimates.hotelling import JointTest, hotelling
from decision_widgets.estimates.multiple import Procedure, adjust_p_values
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.moments import ArmMoments
from decision_widgets.records import Record

Matrix = NDArray[np.float64]

Reason = Literal["E_SMALL_N", "E_NO_VARIATION", "E_FEW_CLUSTERS", "E_FE_COLLINEAR"]

MOST_LEVELS: Final = 10
LEAST_PARTICIPANTS: Final = 3
LEAST_DF: Final = 3.0
THIN_PARTICIPANTS: Final = 50
FALSE_DISCOVERY_RATE: Final = 0.10
REST: Final = "the rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A contrast of effects and its error, before it is read."""

    effect: float
    std_error: float
    df: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LevelContrasts:
    """Which sums of the effects of L levels a comparison shows.

    Attributes
    ----------
    levels, compared : tuple of str
        All levels, and the D that are compared `against` another or the rest.
    weights : ndarray, shape (L + D + 1, L)
        The effect in each level, the differences, the average effect.
    """

    levels: tuple[str, ...]
    compared: tuple[str, ...]
    against: str
    weights: Matrix

    @classmethod
    def of(cls, levels: Sequence[str], size: Matrix, reference: str | None) -> LevelContrasts:
        """Compare levels with a reference, or with the others' average weighted by `size`, shape (L,)."""
        own = np.eye(len(levels))
        if reference is None:
            share = np.tile(size, (len(levels), 1)) * (1 - own)
            differences = own - share / share.sum(axis=1, keepdims=True)
        else:
            differences = np.delete(own - own[levels.index(reference)], levels.index(reference), axis=0)
        return cls(
            levels=tuple(levels),
            compared=tuple(level for level in levels if level != reference),
            against=REST if reference is None else reference,
            weights=np.vstack([own, differences, size / size.sum()]),
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SubgroupEffect(Record):
    """The effect in one subgroup.

    Attributes
    ----------
    n_control, n_treatment : int
        What was randomised, in this level: participants, or the units of a switchback.
    thin : bool
        Whether an arm has too few of them for its interval to be trusted (``W_SUBGROUP_THIN``).
    effect, std_error, df, statistic, p_value, effect_lower, effect_upper : float
        In the metric's unit; CR2, Bell–McCaffrey degrees of freedom, the ``1 − alpha`` interval.
    p_value_adjusted : float
        For all subgroups of the comparison.
    """

    level: str
    n_control: int
    n_treatment: int
    thin: bool
    effect: float
    std_error: float
    df: float
    statistic: float
    p_value: float
    p_value_adjusted: float
    effect_lower: float
    effect_upper: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoSubgroupEffect(Record):
    """Why a level has no effect, and takes no part in the comparison.

    Attributes
    ----------
    code : str
        What forbids it; `facts` are the numbers that its sentences need.
    n_control, n_treatment : int
        As in `SubgroupEffect`.
    """

    level: str
    code: Reason
    n_control: int
    n_treatment: int
    facts: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SubgroupDifference(Record):
    """The effect in one level minus the effect elsewhere.

    Attributes
    ----------
    level, against : str
        The level, and what it is compared with: the reference, or all other levels weighted by their size.
    effect, std_error, df, statistic, p_value, effect_lower, effect_upper : float
        Of the difference between the two effects, as in `SubgroupEffect`.
    p_value_adjusted : float
        For all differences of the comparison.
    sample_multiple : float
        Sample needed to see a difference as large as the average effect as clearly as that effect itself, over the
        present one; 4 for two equal halves. For a difference half as large it is 4 times as much.
    """

    level: str
    against: str
    effect: float
    std_error: float
    df: float
    statistic: float
    p_value: float
    p_value_adjusted: float
    effect_lower: float
    effect_upper: float
    sample_multiple: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SubgroupComparison(Record):
    """Effects in subgroups, and whether they differ.

    Attributes
    ----------
    joint : JointTest
        Of the hypothesis that all `effects` are equal. Read it first.
    effects : tuple of SubgroupEffect
    differences : tuple of SubgroupDifference
        One per level; against a reference, one per other level.
    refused : tuple of NoSubgroupEffect
        Levels left out of all of this.
    procedure, threshold
        How p-values are adjusted, and what an adjusted one is compared with: 0.10 for ``"bh"``, the expected share of
        false claims; `alpha` for ``"holm"``, the chance of any.
    """

    joint: JointTest
    effects: tuple[SubgroupEffect, ...]
    differences: tuple[SubgroupDifference, ...]
    refused: tuple[NoSubgroupEffect, ...]
    procedure: Procedure
    threshold: float
    alpha: float


def compare_subgroups(
    levels: Mapping[str, tuple[ArmMoments | None, ArmMoments | None]],
    *,
    reference: str | None = None,
    confirmatory: bool = False,
    alpha: float = 0.05,
) -> SubgroupComparison:
    """Compare the effect between subgroups of independent participants.

    The regression on arms within levels, clustered by participant: ``τ_s = R_ts − R_cs`` with CR2 variances V_s, as
    `clustered_difference`. A contrast ``Σc_sτ_s`` has ``V = Σc_s²V_s`` and
    ``df = (Σc_s²φ_s)²/Σc_s⁴φ_s²/df_s``, ``φ_s = 1/M_ts + 1/M_cs`` (Bell & McCaffrey 2002). Jointly
    ``Q = Σ(τ_s − τ̄)²/V_s`` with ``τ̄ = Σ(τ_s/V_s)/Σ(1/V_s)`` against Hotelling's T² of
    ``η = q(q+1)/(2Σr_s²/df_s)``, ``r_s = 1 − (1/φ_s)/Σ(1/φ)``, q levels less one (Tipton & Pustejovsky 2015).

    Parameters
    ----------
    levels : mapping of str to (ArmMoments, ArmMoments)
        Control and treatment of each level, 2 to 10 levels; ``None`` where an arm has nobody. What makes the levels
        must be known before the treatment could act; every participant is in one.
    reference : str, optional
        Level that the others are compared with; without it, each is compared with the average of the rest.
    confirmatory : bool
        Whether the subgroups were part of the plan's claims: Holm instead of Benjamini–Hochberg.
    alpha : float
        1 minus the level of the intervals, which are not widened for the number of subgroups.

    Raises
    ------
    InputError
        A number of levels that is not 2 to 10, or a reference that is not among them.
    CannotEstimate
        Fewer than 2 levels (or no reference) in which an effect can be estimated; ``code`` of the first refused.
    """
    checked_alpha(alpha)
    check_levels(list(levels), reference)
    arms = {level: _arms(level, *pair) for level, pair in levels.items()}
    refused = [answer for answer in arms.values() if isinstance(answer, NoSubgroupEffect)]
    kept = {level: answer for level, answer in arms.items() if not isinstance(answer, NoSubgroupEffect)}
    check_enough(list(kept), refused, reference)
    each = [clustered_difference(control, treatment, alpha=alpha) for control, treatment in kept.values()]
    effect, variance = np.array([one.effect for one in each]), np.array([one.std_error for one in each]) ** 2
    unit = np.array([1 / control.weight + 1 / treatment.weight for control, treatment in kept.values()])
    per_df = 1 / np.array([one.df for one in each], dtype=np.float64)
    size = np.array([control.weight + treatment.weight for control, treatment in kept.values()])
    contrasts = LevelContrasts.of(list(kept), size, reference)
    answers = [
        Answer(
            effect=float(c @ effect),
            std_error=float(np.sqrt(c**2 @ variance)),
            df=float((c**2 @ unit) ** 2 / ((c**2 * unit) ** 2 @ per_df)),
        )
        for c in contrasts.weights
    ]
    counts = [(control.n_participants, treatment.n_participants) for control, treatment in kept.values()]
    return SubgroupComparison(
        joint=_joint(effect, variance, unit, per_df),
        refused=tuple(refused),
        **read(contrasts, answers, counts, thin=THIN_PARTICIPANTS, confirmatory=confirmatory, alpha=alpha),
    )


def check_levels(levels: Sequence[str], reference: str | None) -> None:
    """Refuse too few or too many levels, or a reference that is not one of them."""
    if not 2 <= len(levels) <= MOST_LEVELS:
        raise InputError(
            f"A comparison of subgroups needs 2 to {MOST_LEVELS} levels; got {len(levels)}. "
            "Merge levels by a rule that does not look at outcomes."
        )
    if reference is not None and reference not in levels:
        raise InputError(f"There is no level {reference!r} to compare with.{did_you_mean(reference, levels)}")


def check_enough(kept: Sequence[str], refused: Sequence[NoSubgroupEffect], reference: str | None) -> None:
    """Refuse the comparison when fewer than two levels, or no reference, are left."""
    if len(kept) >= 2 and (reference is None or reference in kept):
        return
    worst = next((one for one in refused if one.level == reference), refused[0])
    raise CannotEstimate(
        worst.code,
        f"The effect cannot be estimated in level {worst.level!r}, with {worst.n_treatment} against {worst.n_control}, "
        "so there is nothing to compare.",
        arm=worst.level,
        n_control=worst.n_control,
        n_treatment=worst.n_treatment,
        **worst.facts,
    )


def read(
    contrasts: LevelContrasts,
    answers: Sequence[Answer],
    counts: Sequence[tuple[int, int]],
    *,
    thin: int,
    confirmatory: bool,
    alpha: float,
) -> dict[str, Any]:
    """Turn the answers to all contrasts into the fields of a `SubgroupComparison` that both designs share."""
    procedure: Procedure = "holm" if confirmatory else "bh"
    n_levels = len(contrasts.levels)
    own, between, average = answers[:n_levels], answers[n_levels:-1], answers[-1]
    return {
        "effects": tuple(
            SubgroupEffect(level=level, n_control=n_c, n_treatment=n_t, thin=min(n_c, n_t) < thin, **fields)
            for level, (n_c, n_t), fields in zip(contrasts.levels, counts, _fields(own, procedure, alpha), strict=True)
        ),
        "differences": tuple(
            SubgroupDifference(
                level=level,
                against=contrasts.against,
                sample_multiple=(answer.std_error / average.std_error) ** 2,
                **fields,
            )
            for level, answer, fields in zip(
                contrasts.compared, between, _fields(between, procedure, alpha), strict=True
            )
        ),
        "procedure": procedure,
        "threshold": alpha if confirmatory else FALSE_DISCOVERY_RATE,
        "alpha": alpha,
    }


def _fields(answers: Sequence[Answer], procedure: Procedure, alpha: float) -> list[dict[str, float]]:
    p_values = [two_sided_p(one.effect / one.std_error, one.df) for one in answers]
    halves = [upper_quantile(alpha / 2, one.df) * one.std_error for one in answers]
    return [
        {
            "effect": one.effect,
            "std_error": one.std_error,
            "df": one.df,
            "statistic": one.effect / one.std_error,
            "p_value": p_value,
            "p_value_adjusted": adjusted,
            "effect_lower": one.effect - half,
            "effect_upper": one.effect + half,
        }
        for one, p_value, half, adjusted in zip(
            answers, p_values, halves, adjust_p_values(p_values, procedure), strict=True
        )
    ]


def _arms(
    level: str, control: ArmMoments | None, treatment: ArmMoments | None
) -> tuple[ArmMoments, ArmMoments] | NoSubgroupEffect:
    n_control, n_treatment = (arm.n_participants if arm else 0 for arm in (control, treatment))
    code: Reason = "E_SMALL_N"
    facts: dict[str, float] = {"n": min(n_control, n_treatment)}
    if control is not None and treatment is not None and facts["n"] >= LEAST_PARTICIPANTS:
        constant = next((arm for arm in (control, treatment) if arm.sums.adjusted_residual == 0), None)
        df = _df(control, treatment)
        effective = min(control.effective_participants, treatment.effective_participants)
        if constant is None and few_clusters(n_control, n_treatment, df, effective=effective) != "refuse":
            return control, treatment
        code = "E_FEW_CLUSTERS" if constant is None else "E_NO_VARIATION"
        facts = {"df": df} if constant is None else {"n": constant.n_observations, "value": constant.level}
    return NoSubgroupEffect(level=level, code=code, n_control=n_control, n_treatment=n_treatment, facts=facts)


def _df(control: ArmMoments, treatment: ArmMoments) -> float:
    if not (control.sums.estimable and treatment.sums.estimable):
        return 0.0
    return clustered_difference(control, treatment).df or 0.0


def _joint(effect: Matrix, variance: Matrix, unit: Matrix, per_df: Matrix) -> JointTest:
    q = len(effect) - 1
    average = np.average(effect, weights=1 / variance)
    wald = float(((effect - average) ** 2 / variance).sum())
    left = 1 - (1 / unit) / (1 / unit).sum()
    return hotelling(wald, q, q * (q + 1) / (2 * float(left**2 @ per_df)))
