"""Answers of a switchback → the rows of its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from decision_widgets.analysis.effect_rows import numbers_of, refused_row
from decision_widgets.analysis.family import adjust, selected_alpha, simultaneous_alpha
from decision_widgets.analysis.intervals import decision_quantile
from decision_widgets.analysis.plan import Standing
from decision_widgets.analysis.slot_effects import ADJUSTED, PLAIN, SlotAnswer, answer_of
from decision_widgets.analysis.slot_run import SlotRun
from decision_widgets.data import SlotMetric
from decision_widgets.design import Metric
from decision_widgets.errors import listed
from decision_widgets.estimates import MeanDifference
from decision_widgets.results import EffectEstimate, Message, NotEstimable, Row

Answers = Mapping[str, SlotAnswer | Message]
N_TREATMENTS: Final = 1


def answers_of(
    run: SlotRun, refused: Mapping[str, Message], blocking: Message | None
) -> dict[str, SlotAnswer | Message]:
    """Estimate every metric's effect, or say why there is none."""
    found: dict[str, SlotAnswer | Message] = {}
    for metric in run.design.metrics:
        read = run.reading.metrics[metric.name]
        stop = blocking or refused.get(metric.name)
        if stop is not None or not isinstance(read, SlotMetric):
            assert stop is not None
            found[metric.name] = stop
        else:
            level = simultaneous_alpha(run.design, metric, N_TREATMENTS)
            found[metric.name] = answer_of(run, metric, read, family_alpha=level)
    return found


def rows_of(run: SlotRun, answers: Answers, standing: Standing) -> list[Row]:
    """Return one row per metric and method, with p-values adjusted for their family."""
    design, arm = run.design, run.arms[1]
    secondary = {metric.name for metric in design.metrics if metric.role == "secondary"}
    best: dict[tuple[str, str], MeanDifference | None] = {
        (name, arm): each.best if isinstance(each, SlotAnswer) and each.refused is None else None
        for name, each in answers.items()
        if name in secondary
    }
    picked = selected_alpha(design, best)
    rows: list[Row] = []
    for metric in design.metrics:
        answer = answers[metric.name]
        refused = answer if isinstance(answer, Message) else answer.refused
        if refused is not None or isinstance(answer, Message):
            assert refused is not None
            rows.append(_refused(run, metric, answer, refused))
            continue
        level = picked.get((metric.name, arm), simultaneous_alpha(design, metric, N_TREATMENTS))
        rows += _estimated(run, answer, level, standing)
    return adjust(design, rows)


def _refused(run: SlotRun, metric: Metric, answer: SlotAnswer | Message, message: Message) -> NotEstimable:
    counts = (0, 0) if isinstance(answer, Message) else answer.n_units
    return refused_row(metric, run.arms[1], PLAIN, counts, message)


def _estimated(run: SlotRun, answer: SlotAnswer, level: float, standing: Standing) -> Iterator[EffectEstimate]:
    codes = tuple(dict.fromkeys(message.code for message in answer.found))
    for method, (found, reduction) in answer.rows.items():
        recommended = found is answer.best
        quantile = decision_quantile(found, level, standing.share) if recommended else found.quantile(level)
        yield EffectEstimate(
            metric=answer.metric.name,
            arm=run.arms[1],
            method=method,
            method_text=_method_text(run, answer, method),
            estimand=_estimand(run, answer.metric),
            role=answer.metric.role,
            recommended=recommended,
            **numbers_of(found, alpha=level, quantile=quantile, power=run.design.power),
            variance_reduction=reduction,
            n_control=answer.n_units[0],
            n_treatment=answer.n_units[1],
            n_observations=answer.n_rows,
            n_clusters=answer.facts.n_clusters,
            codes=codes if recommended else (),
        )


def _method_text(run: SlotRun, answer: SlotAnswer, method: str) -> str:
    effects = listed(list(answer.facts.fixed_effects), 6)
    start = "Panel regression" + (" adjusted by the weeks before (CUPED)" if method == ADJUSTED else "")
    with_controls = f", controls {listed(list(run.design.controls), 3)}" if run.design.controls else ""
    return (
        f"{start} with fixed effects of {effects}{with_controls}, SE clustered by {answer.facts.cluster}, CR2, "
        f"{answer.facts.n_clusters:,} clusters"
    )


def _estimand(run: SlotRun, metric: Metric) -> str:
    counted = {
        "usual": "hours and regions counting by their usual rows",
        "rows": "every row counting once",
        "hours": "every minute counting once",
    }[run.design.weights]
    if metric.denominator == run.design.time:
        return f"difference in total {metric.numerator} per region and hour"
    if metric.denominator is not None:
        return f"difference in total {metric.numerator} per total {metric.denominator}, {counted}"
    return f"difference in means, {counted}"
