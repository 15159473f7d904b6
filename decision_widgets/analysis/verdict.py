"""From effects to readings, and from readings to the decision."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from decision_widgets.analysis.family import FALSE_DISCOVERY_RATE, Design
from decision_widgets.analysis.plan import Standing
from decision_widgets.design import Bounds, Evidence, Judgement, Metric, decide
from decision_widgets.results import Decision, EffectEstimate, Message, Row
from decision_widgets.views import numbers
from decision_widgets.vocabulary import Reading, Verdict

SHARE_OF_MDE: Final = 0.7
ROUNDING: Final = 1e-12
# What stands beside an adjusted effect.
UNADJUSTED: Final = {"cuped": "ols_cr2", "post_stratified": "ols_cr2", "panel_cuped": "panel_cr2"}
_FIRST: Final[tuple[Verdict, ...]] = ("invalid", "ship", "keep-running", "inconclusive", "dont-ship")


def read_and_decide(
    design: Design,
    treatments: Sequence[str],
    standing: Standing,
    rows: list[Row],
    invalid: tuple[str, ...],
    dealt_again: Mapping[str, float] | None = None,
) -> tuple[tuple[Row, ...], Decision, list[Message]]:
    """Return the rows with their readings, the decision, and what the decision itself has to report.

    `dealt_again` holds the p-value of randomisation inference by metric, where the design has it.
    """
    metrics = {metric.name: metric for metric in design.metrics}
    rows = [
        replace(row, reading=_reading(metrics[row.metric], row))
        if isinstance(row, EffectEstimate) and row.recommended
        else row
        for row in rows
    ]
    judged = _Judged(design=design, metrics=metrics, standing=standing, rows=rows, dealt_again=dealt_again or {})
    judgements = {
        arm: decide(
            invalid=invalid,
            primaries=tuple(judged.evidence(row) for row in _of(rows, arm, "primary")),
            guardrails=tuple(judged.evidence(row) for row in _of(rows, arm, "guardrail")),
            plan_reached=None if standing.share is None else standing.share >= 1,
        )
        for arm in treatments
    }
    arm = _leading(judgements, metrics, rows)
    verdict = judgements[arm].verdict
    decision = Decision(
        verdict=verdict,
        arm=arm,
        judgements=judgements,
        days_more=standing.days_more if verdict == "keep-running" else None,
        basis="fixed_n" if standing.share is None or standing.share >= 1 else "always_valid",
    )
    messages = [] if invalid else list(judged.messages())
    return tuple(rows), decision, messages


def _of(rows: Sequence[Row], arm: str, role: str) -> list[Row]:
    return [row for row in rows if row.recommended and row.arm == arm and row.role == role]


def _reading(metric: Metric, row: EffectEstimate) -> Reading:
    bounds = _bounds(metric, row)
    if metric.role == "guardrail":
        if bounds is None or metric.limit is None:
            return "limit_not_ruled_out"
        if bounds.lower > -metric.limit:
            return "within_limit"
        return "limit_breached" if bounds.upper < -metric.limit else "limit_not_ruled_out"
    sign = 1 if metric.direction == "increase" else -1
    lower, upper = sorted((sign * row.effect_lower_simultaneous, sign * row.effect_upper_simultaneous))
    if metric.role == "secondary" and (row.p_value_adjusted or 0) > FALSE_DISCOVERY_RATE:
        return "unclear"
    return "better" if lower > 0 else "worse" if upper < 0 else "unclear"


def _bounds(metric: Metric, row: EffectEstimate) -> Bounds | None:
    """Return the interval the decision reads: relative, or absolute where only its sign matters."""
    relative = row.relative_effect, row.relative_effect_lower_simultaneous, row.relative_effect_upper_simultaneous
    effect, lower, upper = relative
    if effect is None or lower is None or upper is None:
        if metric.role == "guardrail" or metric.minimum_effect:
            return None
        effect, lower, upper = row.effect, row.effect_lower_simultaneous, row.effect_upper_simultaneous
    if metric.direction == "decrease":
        effect, lower, upper = -effect, -upper, -lower
    return Bounds(effect=effect, lower=lower, upper=upper)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Judged:
    """What the rows are judged by."""

    design: Design
    metrics: Mapping[str, Metric]
    standing: Standing
    rows: Sequence[Row]
    dealt_again: Mapping[str, float]

    def evidence(self, row: Row) -> Evidence:
        metric = self.metrics[row.metric]
        margin = metric.limit if metric.role == "guardrail" else self._worth_shipping(metric, row)
        bounds = _bounds(metric, row) if isinstance(row, EffectEstimate) else None
        fragile = metric.role != "secondary" and self._fragile(row) is not None
        return Evidence(metric=metric.name, bounds=bounds, margin=margin, fragile=fragile)

    def _fragile(self, row: Row) -> Message | None:
        """Say on what an effect rests so that it may not win or prove harmless; ``None`` when on nothing.

        It rests on its adjustment where the adjusted interval excludes 0 and the unadjusted effect lies on the other
        side of 0, and where the adjustment moved the effect by more than 3 standard errors of the move
        (``W_ADJ_SHIFT``), whatever it says then: chance moves it so far in 0.3% of experiments, a covariate or stratum
        that the treatment changes moves it as a rule. An unadjusted interval that still holds 0, or that lacks the
        adjusted effect, is no sign of it: the first is what adjusting is for, and the second comes by chance in up to
        5% of experiments when covariates explain nearly all. It rests on the model where its interval excludes 0 and
        randomisation inference, at the same level, does not reject that there is no effect.
        """
        if not isinstance(row, EffectEstimate):
            return None
        place = {"metric": row.metric, "arm": row.arm}
        clear = row.effect_lower_simultaneous > 0 or row.effect_upper_simultaneous < 0
        beside = _unadjusted(row, self.rows)
        if beside is not None and ("W_ADJ_SHIFT" in row.codes or (clear and beside.effect * row.effect < 0)):
            why = (
                f"Adjusted, {row.arm} moves it by {row.effect:.4g}, unadjusted by {beside.effect:.4g}: in opposite "
                "directions, or further apart than adjusting should bring it"
            )
            remedy = "look at the covariates or strata, and run longer"
            return Message.of("W_FRAGILE", **place, which="the adjustment", why=why, remedy=remedy)
        p = self.dealt_again.get(row.metric)
        if clear and p is not None and p > 1 - row.simultaneous_level + ROUNDING:
            why = (
                f"Its interval excludes 0, but with the arms dealt again effects as large come with p "
                f"{numbers.p_value(p)}"
            )
            return Message.of("W_FRAGILE", **place, which="the model of its error", why=why, remedy="run longer")
        return None

    def _worth_shipping(self, metric: Metric, row: Row) -> float:
        """Return the smallest effect worth shipping: stated, else 0.7 of what the plan could detect, else 0."""
        share = self.standing.share
        if metric.minimum_effect is not None:
            return metric.minimum_effect
        if share is None or self.standing.planned_size is None or not isinstance(row, EffectEstimate):
            return 0.0
        if row.relative_effect is None or row.relative_effect_lower_simultaneous is None:
            return 0.0  # the decision reads the absolute interval, where a relative size means nothing
        return SHARE_OF_MDE * row.detectable_effect / row.control_mean * math.sqrt(share)

    def messages(self) -> Iterator[Message]:
        share, size = self.standing.share, self.standing.planned_size
        open_ended = [m.name for m in self.design.metrics if m.role == "primary" and m.minimum_effect is None]
        if open_ended:
            used = "Any improvement whose interval excludes 0 counts as worth shipping."
            if size is not None:
                used = f"0.7 of what the planned {size} can detect is used instead."
            yield Message.of("W_NO_DELTA_MIN", which=" and ".join(open_ended), used=used)
        for row in self.rows:
            fragile = self._fragile(row) if row.recommended and row.role != "secondary" else None
            if fragile is not None:
                yield fragile
            if isinstance(row, EffectEstimate) and row.role == "primary" and row.p_value_adjusted is not None:
                excludes = row.effect_lower_simultaneous > 0 or row.effect_upper_simultaneous < 0
                if excludes != (row.p_value_adjusted < self.design.alpha) and (share is None or share >= 1):
                    yield Message.of("I_CI_MISMATCH", metric=row.metric, arm=row.arm)
        if share is not None and share < 1:
            yield Message.of(
                "W_PEEKED",
                what=f"The plan is not reached: {self.standing.said}.",
                meaning="The table's intervals hold for one look, at the end of the plan; the verdict reads wider ones "
                "that hold at every look.",
                remedy="wait for the plan, unless the verdict says otherwise",
            )


def _unadjusted(row: Row, rows: Sequence[Row]) -> EffectEstimate | None:
    """Return what stands beside an adjusted effect; ``None`` beside one that is not adjusted."""
    if row.method not in UNADJUSTED:
        return None
    place = (row.metric, row.arm, UNADJUSTED[row.method])
    same = (other for other in rows if (other.metric, other.arm, other.method) == place)
    return next((other for other in same if isinstance(other, EffectEstimate)), None)


def _leading(judgements: Mapping[str, Judgement], metrics: Mapping[str, Metric], rows: Sequence[Row]) -> str:
    """Return the treatment the verdict is about: the best verdict, then the clearest gain on a primary metric."""

    def rank(arm: str) -> tuple[int, float]:
        gains = [
            row.statistic if metrics[row.metric].direction == "increase" else -row.statistic
            for row in _of(rows, arm, "primary")
            if isinstance(row, EffectEstimate)
        ]
        return _FIRST.index(judgements[arm].verdict), -max(gains, default=0.0)

    return min(judgements, key=rank)
