"""Tools that need participants one by one: models, pairs, resampled families."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from decision_widgets import estimates  # each statistic is loaded when it is called
from decision_widgets.analysis.compared import Comparison, Facts, of_difference
from decision_widgets.errors import InputError, listed
from decision_widgets.views import numbers


def logit_answers(one: Comparison) -> Iterator[Facts]:
    if one.read.recognition.kind != "binary":
        raise InputError("A logit needs a binary metric.")
    people, inside, treated = one.participants()
    own = people.metrics[one.metric.name]
    columns = [people.covariates[name][inside] for name in one.metric.covariates if name in people.covariates]
    complete = [column for column in columns if not np.isnan(column).any()]
    answer = estimates.clustered_logit(
        np.rint(own.total[inside]),
        treated,
        np.flatnonzero(inside),
        covariates=np.column_stack(complete) if complete else None,
        trials=own.weight[inside],
        alpha=one.design.alpha,
    )
    counts = {"n_control": int((treated == 0).sum()), "n_treatment": int(treated.sum())}
    left_out = "" if len(complete) == len(columns) else " Covariates that somebody lacks are left out."
    yield (
        counts
        | of_difference(answer, "z", "average marginal effect")
        | {"note": f"Clustered by participant.{left_out}"}
    )
    yield counts | {
        "label": "Odds ratio",
        "p_value": answer.odds_ratio_p_value,
        "estimate_name": "odds ratio",
        "estimate": answer.odds_ratio,
        "estimate_lower": answer.odds_ratio_lower,
        "estimate_upper": answer.odds_ratio_upper,
    }


def mlrate_answers(one: Comparison) -> Iterator[Facts]:
    people, inside, treated = one.participants()
    own = people.metrics[one.metric.name]
    covariates = {n: people.covariates[n][inside] for n in one.metric.covariates if n in people.covariates}
    if not covariates:
        raise InputError("A prediction needs covariates: name columns known before the experiment in covariates=.")
    if one.read.recognition.kind == "ratio":
        raise InputError("A ratio of totals has no value per participant to predict; CUPED adjusts it.")
    answer = estimates.mlrate(own.total[inside] / own.weight[inside], treated, covariates, alpha=one.design.alpha)
    share = numbers.level_percent(max(0.0, answer.reduction.variance_reduction))
    yield of_difference(answer.adjusted, "t", "difference, every participant counting once") | {
        "n_control": answer.n_control,
        "n_treatment": answer.n_treatment,
        "note": f"Gradient boosting, 5 folds of participants; removes {share} of the variance.",
    }


def _pairs(one: Comparison) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    people = one.reading.people
    before = next(iter(one.metric.covariates), None)
    if people is None or before is None or before not in people.covariates:
        raise InputError(
            "Participants of two arms are no pairs. To compare before and after within each arm, name the same metric "
            "before the experiment as the first of covariates=."
        )
    own = people.metrics[one.metric.name]
    for name in one.described:
        at = (people.arm == one.reading.arms.index(name)) & own.known & (own.weight > 0)
        at &= ~np.isnan(people.covariates[before])
        yield name, people.covariates[before][at], own.total[at] / own.weight[at]


def paired_t_answers(one: Comparison) -> Iterator[Facts]:
    for name, before, after in _pairs(one):
        answer = estimates.paired_t(before, after, alpha=one.design.alpha)
        note = "After minus before within the arm; it says nothing about the treatment."
        yield of_difference(answer, "t", "after − before") | {"arm": name, "status": "information", "note": note}


def wilcoxon_answers(one: Comparison) -> Iterator[Facts]:
    for name, before, after in _pairs(one):
        answer = estimates.wilcoxon_signed_rank(before, after)
        facts = {"statistic_name": "V", "statistic": answer.statistic, "p_value": answer.p_value}
        note = f"After minus before within the arm, {numbers.integer(answer.n_nonzero)} pairs that differ."
        yield facts | {"arm": name, "status": "information", "note": note}


def family_answers(one: Comparison) -> Iterator[Facts]:
    """Romano–Wolf over all primary metrics and treatments; each comparison shows its own p-value."""
    people = one.reading.people
    assert people is not None
    names = [metric.name for metric in one.design.metrics if metric.role == "primary" and metric.name in people.metrics]
    if one.metric.name not in names:
        raise InputError("The family is that of primary metrics.")
    everybody = np.flatnonzero(np.isin(people.arm, range(len(one.reading.arms))))
    totals = np.column_stack([people.metrics[name].total[everybody] for name in names])
    weights = np.column_stack([people.metrics[name].weight[everybody] for name in names])
    family = estimates.participant_bootstrap(totals, people.arm[everybody], control=0, weights=weights)
    adjusted = estimates.resampled_p_values(family.statistics, family.draws)
    place = family.hypotheses.index((str(one.reading.arms.index(one.arm)), names.index(one.metric.name)))
    yield {
        "statistic_name": "t",
        "statistic": float(family.statistics[place]),
        "p_value": adjusted[place],
        "note": f"For {len(names) * (len(one.reading.arms) - 1)} comparisons, bootstrap of participants.",
    }


def forest_answers(one: Comparison) -> Iterator[Facts]:
    people, inside, treated = one.participants()
    own = people.metrics[one.metric.name]
    covariates = {n: people.covariates[n][inside] for n in one.metric.covariates if n in people.covariates}
    if not covariates or one.read.recognition.kind == "ratio":
        raise InputError("Individual effects need a metric with a value per participant, and covariates=.")
    shares = {arm.name: arm.share for arm in one.design.arms or ()}
    pair = shares.get(one.design.control, 0.5), shares.get(one.arm, 0.5)
    answer = estimates.individual_effects(
        own.total[inside] / own.weight[inside], treated, covariates, np.flatnonzero(inside),
        share=pair[1] / sum(pair), alpha=one.design.alpha,
    )  # fmt: skip
    passed = isinstance(answer, estimates.IndividualEffects)
    note = f"Held-out checks failed: {listed(list(answer.checks.failed))}; read the average effect."
    if isinstance(answer, estimates.IndividualEffects):
        note = f"Effects differ most by {listed([driver.name for driver in answer.drivers[:3]])}."
    yield of_difference(answer.average, "t", "average effect") | {
        "status": "available" if passed else "not_applicable",
        "note": note,
        "codes": () if passed else ("W_CATE_NOISE",),
    }
