"""Tools that need moments or participants' values: means, ranks, shape, spread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from decision_widgets import estimates  # each statistic is loaded when it is called
from decision_widgets.analysis.compared import Comparison, Facts, of_difference
from decision_widgets.errors import InputError
from decision_widgets.moments import Sample
from decision_widgets.views import numbers

TIED_ABOVE: Final = 0.5


def student_answers(one: Comparison) -> Iterator[Facts]:
    means = one.means()
    if means is None:
        raise InputError("A ratio of totals has no value per participant; the delta method stands in the metrics.")
    answer = estimates.student_t(means[0], means[1], alpha=one.design.alpha)
    yield of_difference(answer, "t", "difference") | {"n_control": means[0].n, "n_treatment": means[1].n}


def equivalence_answers(one: Comparison) -> Iterator[Facts]:
    margin = one.metric.limit if one.metric.limit is not None else one.metric.minimum_effect
    if not margin:
        raise InputError("Equivalence needs a margin: set minimum_effect=, or limit= of a guardrail.")
    means = one.means()
    if means is None:
        raise InputError("A ratio of totals has no value per participant, so equivalence of means does not apply.")
    bound = margin * abs(one.read.arms[one.design.control].level)
    answer = estimates.tost_welch(means[0], means[1], margin_lower=-bound, margin_upper=bound, alpha=one.design.alpha)
    yield {
        "df": answer.df,
        "p_value": answer.p_value,
        "estimate_name": f"difference, {numbers.level_percent(1 - 2 * one.design.alpha)} interval",
        "estimate": answer.effect,
        "estimate_lower": answer.effect_lower,
        "estimate_upper": answer.effect_upper,
        "n_control": means[0].n,
        "n_treatment": means[1].n,
        "note": f"Within ±{numbers.level_percent(margin)} of control if p is small.",
    }


def mann_whitney_answers(one: Comparison) -> Iterator[Facts]:
    answer = estimates.mann_whitney(*one.samples, alpha=one.design.alpha)
    tied = answer.tie_share > TIED_ABOVE
    yield _counts(*one.samples) | {
        "statistic_name": "U",
        "statistic": answer.statistic,
        "p_value": answer.p_value,
        "estimate_name": "P(treatment > control) + ½ P(equal)",
        "estimate": answer.superiority,
        "estimate_lower": answer.superiority_lower,
        "estimate_upper": answer.superiority_upper,
        "note": one.drawn
        + (f"{numbers.level_percent(answer.tie_share)} are tied; read the probability." if tied else ""),
        "codes": ("I_TIES",) if tied else (),
    }


def ks_answers(one: Comparison) -> Iterator[Facts]:
    answer = estimates.ks_two_sample(*one.samples)
    facts = {"statistic_name": "D", "statistic": answer.statistic, "p_value": answer.p_value}
    yield _counts(*one.samples) | facts | {"note": f"{one.drawn}P-value: {answer.method}."}


def levene_answers(one: Comparison) -> Iterator[Facts]:
    answer = estimates.levene(one.samples)
    yield _counts(*one.samples) | {
        "status": "information",
        "statistic_name": "F",
        "statistic": answer.statistic,
        "df": float(answer.df_within),
        "p_value": answer.p_value,
        "note": f"{one.drawn}Around medians; it never chooses the test of means.",
    }


def normality_answers(one: Comparison) -> Iterator[Facts]:
    """Describe each arm's shape; above 5,000 participants nothing else is of use."""
    for name in one.described:
        answer = estimates.normality(one.read.samples[name], with_shapiro_wilk=False)
        large = answer.headline == "shape"
        shape = f"Excess kurtosis {answer.excess_kurtosis:.2f}, QQ correlation {answer.qq_correlation:.4f}."
        yield {
            "arm": name,
            "status": "information",
            "statistic_name": "skewness",
            "statistic": answer.skewness,
            "note": one.drawn + shape + (" At this size a test of normality says nothing." if large else ""),
            "codes": ("I_NORMALITY_LARGE_N",) if large else (),
        }
        for label, test in (("Anderson–Darling", answer.anderson_darling), ("Lilliefors", answer.lilliefors)):
            if test is not None and not large:
                facts = {"statistic_name": "A²" if label[0] == "A" else "D", "statistic": test.statistic}
                yield {"arm": name, "label": label, "status": "information", "p_value": test.p_value} | facts


def shapiro_wilk_answers(one: Comparison) -> Iterator[Facts]:
    for name in one.described:
        test = estimates.shapiro_wilk(one.read.samples[name])
        note = "" if test.seed is None else f"On a random sample of {numbers.integer(test.n_tested)}."
        facts = {"statistic_name": "W", "statistic": test.statistic, "p_value": test.p_value}
        yield {"arm": name, "status": "information", "note": note} | facts


def quantiles_answers(one: Comparison) -> Iterator[Facts]:
    for answer in estimates.quantile_effects(*one.samples, alpha=one.design.alpha):
        label = f"Quantile {answer.probability:g}"
        if isinstance(answer, estimates.NoQuantileEffect):
            note = f"An arm needs {numbers.integer(answer.n_needed)} participants for an interval."
            yield {"label": label, "status": "not_applicable", "note": note}
            continue
        yield _counts(*one.samples) | {
            "label": label,
            "estimate_name": "difference of quantiles",
            "estimate": answer.effect,
            "estimate_lower": answer.effect_lower,
            "estimate_upper": answer.effect_upper,
            "note": f"{one.drawn}Bootstrap of participants, {numbers.integer(answer.n_draws)} draws.",
        }


def proportions_answers(one: Comparison) -> Iterator[Facts]:
    arms = one.read.arms[one.design.control], one.read.arms[one.arm]
    if one.read.recognition.kind != "binary":
        raise InputError("Two proportions need a binary metric.")
    if any(arm.n_observations != arm.n_participants for arm in arms):
        raise InputError("Participants have several rows each, so their rows are no independent trials.")
    events = [round(arm.level * arm.weight) for arm in arms]
    answer = estimates.two_proportions(
        events[0], arms[0].n_participants, events[1], arms[1].n_participants, alpha=one.design.alpha
    )
    yield of_difference(answer, "z (pooled)", "difference in shares") | {
        "n_control": arms[0].n_participants,
        "n_treatment": arms[1].n_participants,
        "note": "Newcombe's interval." if answer.interval == "newcombe" else "",
    }


def joint_answers(one: Comparison) -> Iterator[Facts]:
    """Tell whether any arm differs from the others, once."""
    arms = one.every_arm
    if len(arms) < 3:
        raise InputError("A joint test of all arms needs at least two treatments.")
    if one.arm != one.reading.arms[1]:
        return
    answer = estimates.joint_arm_test(list(arms.values()))
    yield {
        "arm": None,
        "statistic_name": "F",
        "statistic": answer.statistic,
        "df": answer.df_denominator,
        "p_value": answer.p_value,
        "note": f"{len(arms)} arms, clustered by participant.",
    }


def all_pairs_answers(one: Comparison) -> Iterator[Facts]:
    """Compare every two arms, once; p-values by Holm."""
    arms = one.every_arm
    if len(arms) < 3:
        raise InputError("Pairs of arms need at least two treatments.")
    if one.arm != one.reading.arms[1]:
        return
    for (first, second), answer in estimates.all_pairs(arms, alpha=one.design.alpha).items():
        yield of_difference(answer, "t", f"{second} − {first}") | {
            "arm": None,
            "label": f"{second} against {first}",
            "p_value": answer.p_value_adjusted,
            "estimate_lower": answer.effect_lower_simultaneous,
            "estimate_upper": answer.effect_upper_simultaneous,
            "note": "Adjusted for all pairs of arms (Holm; Bonferroni intervals).",
        }


def _counts(control: Sample, treatment: Sample) -> Facts:
    return {"n_control": control.n, "n_treatment": treatment.n}
