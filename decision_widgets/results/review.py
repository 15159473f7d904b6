"""The cards for who reviews a result: the split, subgroups, basic statistics, every test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.estimates import NoSubgroupEffect, SubgroupComparison, SubgroupEffect, SuspectedPlace
from decision_widgets.results.cause import cause_text
from decision_widgets.results.records import EffectEstimate, Message, NotEstimable, Row
from decision_widgets.results.segments import SegmentComparison
from decision_widgets.results.spread import MetricDistribution
from decision_widgets.results.toolbox import ToolAnswer
from decision_widgets.views import numbers
from decision_widgets.vocabulary import readable

if TYPE_CHECKING:
    from decision_widgets.results.experiment import ExperimentResult
    from decision_widgets.results.result import DecisionResult

SRM_ALARM: Final = 0.001
LEAST_TO_TELL: Final = 100
MOST_SLICES: Final = 12
TOOL_FIELDS: Final = (
    "arm",
    "method",
    "group",
    "label",
    "status",
    "statistic_name",
    "statistic",
    "df",
    "p_value",
    "estimate_name",
    "estimate",
    "estimate_lower",
    "estimate_upper",
    "n_control",
    "n_treatment",
    "note",
    "codes",
)


def sample_ratio_card(result: DecisionResult) -> dict[str, Any]:
    """Show the split of participants beside the plan."""
    ratio, names = result.sample_ratio, result.arm_names()
    raised = {message.code for message in result.messages}
    status = "too_few" if sum(ratio.observed) < LEAST_TO_TELL else "ok"
    status = "mismatch" if "E_SRM" in raised else "watch" if "W_SRM_WATCH" in raised else status
    return {
        "schema": "dw.srm/1",
        "state": "ready",
        "status": status,
        "planned": "I_EQUAL_SPLIT" not in raised,
        "arms": [{"id": name, "label": name, "index": at} for at, name in enumerate(names)],
        "observed": list(ratio.observed),
        "expected": list(ratio.expected),
        "p_value": ratio.p_value,
        "alarm": SRM_ALARM,
        "statistic": ratio.statistic,
        "df": ratio.df,
        "method": ratio.method,
        "cause": cause_text(result.diagnosis) if status == "mismatch" else None,
        "n_slices": 0 if result.diagnosis is None else len(result.diagnosis.places),
        "slices": []
        if result.diagnosis is None
        else [_slice(place) for place in result.diagnosis.places[:MOST_SLICES]],
    }


def _slice(place: SuspectedPlace) -> dict[str, Any]:
    kept = ("level", "p_value", "p_value_adjusted", "p_value_elsewhere")
    return {"column": readable(place.name), "observed": list(place.observed)} | {k: getattr(place, k) for k in kept}


def distributions_card(result: DecisionResult) -> dict[str, Any] | None:
    """Show how values are spread, metric by metric; None where no values were read."""
    if not result.distributions:
        return None
    metrics = [_spread(result, each) for each in result.distributions]
    return {"schema": "dw.distribution/1", "state": "ready", "metrics": metrics}


def _spread(result: DecisionResult, each: MetricDistribution) -> dict[str, Any]:
    drawn = each.distribution.to_dict()
    by_arm = zip(each.arms, drawn.pop("arms"), strict=True)
    arms = [_in_arm(result, arm) | described for arm, described in by_arm]
    role = result.metric(each.metric).role
    return _named(result, each.metric) | {"role": role} | drawn | {"arms": arms, "sampled": each.seed is not None}


def statistics_card(result: ExperimentResult) -> dict[str, Any]:
    """Show basic statistics; only counts where the comparison is invalid, as two means are an uplift."""
    names, metrics = result.arm_names(), [metric.name for metric in result.design.metrics]
    withheld = result.decision.verdict == "invalid"
    hidden = dict.fromkeys(("mean", "std_dev", "variance")) if withheld else {}
    rows = sorted(result.statistics, key=lambda row: (metrics.index(row.metric), names.index(row.arm)))
    return {
        "schema": "dw.basics/1",
        "state": "ready",
        "withheld": withheld,
        "rows": [_named(result, row.metric) | _in_arm(result, row.arm) | row.to_dict() | hidden for row in rows],
    }


def segments_card(result: ExperimentResult) -> dict[str, Any] | None:
    """Show the effects in segments, metric by metric; None where the design names none."""
    metrics = [
        _named(result, metric.name) | {"role": metric.role, "arms": list(_divided(result, metric.name))}
        for metric in result.design.metrics
        if any(each.metric == metric.name for each in result.segments)
    ]
    if not metrics:
        return None
    alpha = result.design.alpha
    return {"schema": "dw.hte/1", "state": "ready", "level": 1 - alpha, "alpha": alpha, "metrics": metrics}


def _divided(result: ExperimentResult, metric: str) -> Iterator[dict[str, Any]]:
    for arm in result.treatments():
        whole = next(row for row in result.recommended() if (row.metric, row.arm) == (metric, arm))
        own = [each for each in result.segments if (each.metric, each.arm) == (metric, arm)]
        yield _in_arm(result, arm) | {
            "overall": _overall(whole) if isinstance(whole, EffectEstimate) else None,
            "columns": [_column(result, each) for each in own],
        }


def _overall(row: EffectEstimate) -> dict[str, Any]:
    kept = ("effect", "effect_lower", "effect_upper", "n_control", "n_treatment", "reading")
    return {key: getattr(row, key) for key in kept}


def _column(result: ExperimentResult, each: SegmentComparison) -> dict[str, Any]:
    comparison = each.comparison
    levels: list[dict[str, Any]] = []
    if comparison is not None:
        levels = [_level(result, each.metric, level, comparison) for level in comparison.effects]
        levels += [_refused(result, each, level) for level in comparison.refused]
    return {
        "segment": each.segment,
        "label": readable(each.segment),
        "p_value": None if comparison is None else comparison.joint.p_value,
        "p_value_adjusted": each.p_value_adjusted,
        "family": each.family,
        "statistic": None if comparison is None else comparison.joint.statistic,
        "df": None if comparison is None else comparison.joint.df,
        "df_denominator": None if comparison is None else comparison.joint.df_denominator,
        "reason": each.reason,
        "n_without": each.n_without,
        "n_several": each.n_several,
        "levels": levels,
    }


def _level(
    result: ExperimentResult, metric: str, level: SubgroupEffect, comparison: SubgroupComparison
) -> dict[str, Any]:
    kept = ("level", "n_control", "n_treatment", "thin", "effect", "effect_lower", "effect_upper")
    apart = level.effect_lower > 0 or level.effect_upper < 0
    held = level.p_value_adjusted <= comparison.threshold
    good = (level.effect > 0) == (result.metric(metric).direction == "increase")
    reading = ("better" if good else "worse") if apart and held else "unclear"
    return {key: getattr(level, key) for key in kept} | {"reading": reading, "reason": None}


def _refused(result: ExperimentResult, each: SegmentComparison, level: NoSubgroupEffect) -> dict[str, Any]:
    written = {
        "n": lambda n: numbers.integer(n) + (" values" if level.code == "E_NO_VARIATION" else ""),
        "value": lambda value: numbers.level(value, result.kind(each.metric) or "continuous"),
        "df": numbers.df_text,
        "retained_variation": numbers.level_percent,
    }
    facts = {name: written[name](value) for name, value in level.facts.items()}
    counts = {"n_control": level.n_control, "n_treatment": level.n_treatment}
    smaller = each.arm if level.n_treatment < level.n_control else result.arm_names()[0]
    said = {name: numbers.integer(n) for name, n in counts.items()}
    message = Message.of(level.code, metric=result.label(each.metric), arm=smaller, **facts, **said)
    return {"level": level.level, **counts, "reason": message.text}


def tests_card(result: ExperimentResult) -> dict[str, Any] | None:
    """Show the recommended estimate of every metric and treatment, its companions, and the test toolbox."""
    if not result.toolbox and not any(isinstance(row, EffectEstimate) for row in result.estimates):
        return None
    return {
        "schema": "dw.tests/1",
        "state": "ready",
        "level": 1 - result.design.alpha,
        "metrics": [
            _named(result, metric.name) | {"rows": list(_test_rows(result, metric.name))}
            for metric in result.design.metrics
        ],
    }


def _test_rows(result: ExperimentResult, metric: str) -> Iterator[dict[str, Any]]:
    treatments = result.treatments()
    for arm in treatments:
        estimates = [row for row in result.estimates if (row.metric, row.arm) == (metric, arm)]
        for row in sorted(estimates, key=lambda row: not row.recommended):
            yield _in_arm(result, arm) | _estimated(row)
        for answer in result.toolbox:
            described = answer.arm if answer.arm in treatments else treatments[0]
            if answer.metric == metric and described == arm:
                plain = answer.to_dict()
                shown = {key: plain[key] for key in TOOL_FIELDS}
                yield _in_arm(result, answer.arm) | shown | {"unit": _unit(answer)}


def _estimated(row: Row) -> dict[str, Any]:
    if isinstance(row, NotEstimable):
        said = {"label": "Recommended analysis", "note": f"{row.message.title} {row.message.text}"}
        return dict.fromkeys(TOOL_FIELDS) | said | {
            "arm": row.arm,
            "method": row.method,
            "group": "Means",
            "status": "recommended" if row.recommended else "not_applicable",
            "codes": list(row.codes),
        }  # fmt: skip
    return {
        "arm": row.arm,
        "method": row.method,
        "group": "Means",
        "label": row.method_text,
        "status": "recommended" if row.recommended else "available",
        "statistic_name": "t" if row.df is not None else "z",
        "statistic": row.statistic,
        "df": row.df,
        "p_value": row.p_value,
        "estimate_name": "difference",
        "estimate": row.effect,
        "estimate_lower": row.effect_lower,
        "estimate_upper": row.effect_upper,
        "unit": "metric",
        "n_control": row.n_control,
        "n_treatment": row.n_treatment,
        "note": row.estimand + _removed(row.variance_reduction),
        "codes": list(row.codes),
    }


def _removed(reduction: float | None) -> str:
    if not reduction:
        return ""
    verb, where = ("removes", "of") if reduction > 0 else ("adds", "to")
    return f"; {verb} {numbers.level_percent(abs(reduction))} {where} the variance"


def _unit(answer: ToolAnswer) -> str:
    """Say what an estimate is measured in: the metric's own unit, a probability, or a bare number."""
    if answer.method == "mann_whitney":
        return "probability"
    return "number" if answer.estimate_name == "odds ratio" else "metric"


def _in_arm(result: ExperimentResult, arm: str | None) -> dict[str, Any]:
    names = result.arm_names()
    return {"arm": arm, "arm_index": names.index(arm) if arm in names else None}


def _named(result: ExperimentResult, metric: str) -> dict[str, Any]:
    return {"metric": metric, "label": result.label(metric), "kind": result.kind(metric)}
