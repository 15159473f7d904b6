"""The effect with both arms given the same mix of strata."""

from __future__ import annotations

from decision_widgets.analysis.levels import DependsOnArm
from decision_widgets.data import GroupReading, MetricReading, Reading
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import InputError
from decision_widgets.estimates import MeanDifference, PostStratification, difference, post_stratified_clusters
from decision_widgets.results import Message
from decision_widgets.views import numbers


def stratify_effect(
    design: BetweenSubject, reading: Reading, read: MetricReading, arm: str
) -> PostStratification | str | None:
    """Post-stratify one comparison; the reason where strata cannot be used, ``None`` where there are none.

    ``None`` too where they depend on the arm, which is said of them once for all metrics.
    """
    if not design.strata:
        return None
    group = reading.groups[design.strata_name]
    if isinstance(group, DependsOnArm):
        return None
    if not isinstance(group, GroupReading):
        return group.what
    if group.without or group.several:
        torn = numbers.integer(group.without + group.several)
        return f"{torn} participants have no stratum or several, and everybody must have one."
    levels = {
        level: (arms.get(design.control), arms.get(arm)) for level, arms in read.parts[design.strata_name].items()
    }
    held = {level: pair for level, pair in levels.items() if pair != (None, None)}
    try:
        return post_stratified_clusters(held, read.arms[design.control], read.arms[arm], alpha=design.alpha)
    except InputError as problem:
        return str(problem)


def for_population(answer: PostStratification) -> MeanDifference:
    """Return the adjusted effect with the error it has for the population the participants stand for."""
    adjusted = answer.adjusted
    own = adjusted.control_variance + adjusted.treatment_variance
    return difference(
        adjusted.control_mean,
        adjusted.treatment_mean,
        adjusted.control_variance,
        adjusted.treatment_variance,
        df=adjusted.df,
        alpha=adjusted.alpha,
        covariance=(own - answer.std_error_population**2) / 2,
    )


def strata_messages(metric: str, arm: str, answer: PostStratification) -> list[Message]:
    """Say which strata were merged."""
    if answer.n_strata_merged:
        return [Message.of("I_STRATA_MERGED", metric=metric, arm=arm, n=answer.n_strata_merged, of=answer.n_strata)]
    return []


def strata_refused(reason: str) -> Message:
    """Say why strata were not used."""
    return Message.of("W_NOT_APPLIED", what="strata", why=reason)
