"""From looks to reports: what was planned, what each look says against it, and the decision."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

from decision_widgets.analysis.family import simultaneous_alpha
from decision_widgets.analysis.looks import Found, Schedule
from decision_widgets.data.enrolment import Enrolment
from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.estimates import (
    JudgedLook,
    Look,
    MeanDifference,
    RelativeEffect,
    StoppingPlan,
    StoppingReport,
    relative_effect,
    stopping_report,
)
from decision_widgets.estimates.stopping import LEAST_PARTICIPANTS_PER_ARM, MAY_LEAVE
from decision_widgets.results import Message
from decision_widgets.results.monitored import LookLevels, MonitoredEffect, MonitoringDecision, NotMonitored
from decision_widgets.views import numbers
from decision_widgets.vocabulary import MonitoringVerdict

# Without any plan the confidence sequence is made narrowest within this many days; it holds whatever the number.
ASSUMED_DAYS: Final = 14
TOO_EARLY: Final = "too-early"
_TOO_EARLY: Final = f"An arm has fewer than {LEAST_PARTICIPANTS_PER_ARM} participants with a value."
_URGENT_FIRST: Final[tuple[MonitoringVerdict, ...]] = (
    "stop-harm",
    "stop-benefit",
    "continue",
    "plan-reached",
    "too-early",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looks:
    """Everything the looks found: by day, by metric and arm; a day too early for anything is not there."""

    design: BetweenSubject
    enrolment: Enrolment
    days: Schedule
    found: Mapping[str, Mapping[tuple[str, str], Found | Message]]

    def reports(self) -> list[MonitoredEffect | NotMonitored]:
        """Report on every metric × treatment."""
        return [self._report(metric, arm) for metric in self.design.metrics for arm in self.enrolment.arms[1:]]

    def _report(self, metric: Metric, arm: str) -> MonitoredEffect | NotMonitored:
        own = {day: found[metric.name, arm] for day, found in self.found.items()}
        known = {day: each for day, each in own.items() if isinstance(each, Found)}
        refused = {day: each for day, each in own.items() if isinstance(each, Message)}
        skipped = {
            day: refused[day].code if day in refused else TOO_EARLY for day in self.days.taken if day not in known
        }
        begun = next((day for day, each in known.items() if _has_begun(each)), None)
        if begun is not None and not _loses_participants(list(known.values())):
            return self._monitored(metric, arm, known, begun, skipped)
        code, reason = TOO_EARLY, _TOO_EARLY
        if begun is not None:
            code, reason = "E_CONTAMINATION", "Too many participants of an arm were later seen in another one."
        elif refused and not known:
            last = refused[max(refused)]
            code, reason = last.code, f"{last.title} {last.text}"
        skipped |= dict.fromkeys(known, code)
        return NotMonitored(metric=metric.name, arm=arm, role=metric.role, code=code, reason=reason, skipped=skipped)

    def _monitored(
        self, metric: Metric, arm: str, known: Mapping[str, Found], begun: str, skipped: Mapping[str, str]
    ) -> MonitoredEffect:
        plan, planned_by = self._plan(metric, begun, known[begun].answer.std_error)
        report = self._settled(stopping_report([_look(day, each) for day, each in known.items()], plan))
        levels = tuple(_levels(look, each) for look, each in zip(report.looks, known.values(), strict=True))
        past = _past_limit(metric, levels)
        return MonitoredEffect(
            metric=metric.name,
            arm=arm,
            role=metric.role,
            plan=plan,
            planned_by=planned_by,
            report=report,
            levels=levels,
            skipped=skipped,
            is_past_limit=None if past is None else bool(past),
            past_limit_at=next(iter(past or ()), None),
        )

    def _plan(self, metric: Metric, begun: str, std_error: float) -> tuple[StoppingPlan, str]:
        """Plan for the standard error that the first look promises: its square falls as the plan fills."""
        share, said = self._share(begun)
        monitoring = self.design.monitoring
        return StoppingPlan(
            planned_std_error=std_error * math.sqrt(share),
            rule="mixture" if monitoring is None or metric.role == "guardrail" else monitoring.rule,
            alpha=simultaneous_alpha(self.design, metric, len(self.enrolment.arms) - 1),
            planned_looks=self.days.planned,
            direction=metric.direction,
        ), f"SE² of {begun} × {numbers.level_percent(share)} ({said})"

    def _share(self, day: str) -> tuple[float, str]:
        """Return how much of the plan was there at the end of a day, and in what words."""
        n, days = sum(self.enrolment.until(date.fromisoformat(day))), self._days(day)
        wanted, length = self.design.planned_participants, self.design.planned_days
        if length is None and self.days.planned is not None:
            length = self._days(self.days.planned[-1])
        # Participants come back, so information grows after the last has come: the slower of both counts.
        shares = []
        if wanted is not None:
            shares.append((n / wanted, f"{numbers.integer(n)} of {numbers.integer(wanted)} planned participants"))
        if length is not None:
            shares.append((days / length, f"{days} of {length} planned days"))
        if not shares:
            assumed = max(ASSUMED_DAYS, 2 * days)
            shares.append((days / assumed, f"{days} of {assumed} days, which are assumed because no plan was stated"))
        return min(shares)

    def _days(self, day: str) -> int:
        return (date.fromisoformat(day) - self.enrolment.first_day).days + 1

    def _settled(self, report: StoppingReport) -> StoppingReport:
        """Say of a sequence that its plan is reached when the planned participants and days are, and never else."""
        design, day = self.design, self.days.taken[-1]
        if report.rule != "mixture" or self.days.planned is not None:
            return report
        shares = [
            have / planned
            for have, planned in (
                (sum(self.enrolment.until(date.fromisoformat(day))), design.planned_participants),
                (self._days(day), design.planned_days),
            )
            if planned is not None
        ]
        reached = bool(shares) and min(shares) >= 1
        if report.decision in ("plan-reached", "continue"):
            return replace(report, decision="plan-reached" if reached else "continue")
        return replace(report, is_exaggerated=report.is_exaggerated or not (shares or report.decision == "too-early"))


def decide_monitoring(reports: Sequence[MonitoredEffect | NotMonitored]) -> MonitoringDecision:
    """Decide on every treatment, and name the most urgent; of several alike the one whose last look says it loudest.

    Harm: a primary metric crossed in the wrong direction, or a guardrail is past its limit (without a limit: is worse
    beyond doubt). Benefit: a primary metric crossed in the right one.
    """
    by_arm = {arm: _of_arm([each for each in reports if each.arm == arm]) for arm in {each.arm: 0 for each in reports}}
    loud = {(each.metric, each.arm): _last_statistic(each) for each in reports}
    lead = min(by_arm, key=lambda arm: (_URGENT_FIRST.index(by_arm[arm][0]), -loud[by_arm[arm][1], arm]))
    verdict, metric = by_arm[lead]
    return MonitoringDecision(
        verdict=verdict, metric=metric, arm=lead, by_arm={arm: word for arm, (word, _) in by_arm.items()}
    )


def _of_arm(reports: Sequence[MonitoredEffect | NotMonitored]) -> tuple[MonitoringVerdict, str]:
    """Decide on one treatment by its primary metrics; guardrails speak up for harm, or where nothing else can."""
    words = [(word, each) for each in reports if (word := _word(each)) is not None]
    primary = any(each.role == "primary" for each in reports)
    speaking = [(word, each) for word, each in words if word == "stop-harm" or not primary or each.role == "primary"]
    if not speaking:
        return "continue", next(each for each in reports if not primary or each.role == "primary").metric
    word, effect = min(speaking, key=lambda each: _URGENT_FIRST.index(each[0]))
    return word, effect.metric


def _last_statistic(effect: MonitoredEffect | NotMonitored) -> float:
    return (
        abs(effect.report.looks[-1].statistic) if isinstance(effect, MonitoredEffect) and effect.report.looks else 0.0
    )


def _word(effect: MonitoredEffect | NotMonitored) -> MonitoringVerdict | None:
    if isinstance(effect, NotMonitored):
        return "too-early" if effect.code == TOO_EARLY else None
    word = effect.report.decision
    if effect.role != "guardrail":
        return word
    harmed = word == "stop-harm" if effect.is_past_limit is None else effect.is_past_limit
    return "stop-harm" if harmed else "continue" if word.startswith("stop") else word


def _has_begun(found: Found) -> bool:
    return min(found.n_control, found.n_treatment) >= LEAST_PARTICIPANTS_PER_ARM


def _look(day: str, found: Found) -> Look:
    return Look(
        date=day,
        effect=found.answer.effect,
        std_error=found.answer.std_error,
        n_control=found.n_control,
        n_treatment=found.n_treatment,
    )


def _loses_participants(looks: Sequence[Found]) -> bool:
    """Tell whether an arm shrinks, by participants who were seen in another one later, more than looks can bear."""
    return any(
        now < then * (1 - MAY_LEAVE)
        for before, after in pairwise(looks)
        for then, now in ((before.n_control, after.n_control), (before.n_treatment, after.n_treatment))
    )


def _levels(look: JudgedLook, found: Found) -> LookLevels:
    answer, upper = found.answer, look.always_valid_upper
    valid = _relative(answer, None if upper is None else (upper - look.effect) / look.std_error)
    judged = _relative(answer, look.critical_value)
    known = judged or valid
    return LookLevels(
        date=look.date,
        method=found.method,
        control_mean=answer.control_mean,
        treatment_mean=answer.treatment_mean,
        relative_effect=None if known is None else known.relative_effect,
        relative_effect_lower=None if judged is None else judged.relative_effect_lower,
        relative_effect_upper=None if judged is None else judged.relative_effect_upper,
        relative_effect_lower_always_valid=None if valid is None else valid.relative_effect_lower,
        relative_effect_upper_always_valid=None if valid is None else valid.relative_effect_upper,
    )


def _relative(answer: MeanDifference, quantile: float | None) -> RelativeEffect | None:
    relative = None if quantile is None else relative_effect(answer, quantile=quantile)
    return relative if isinstance(relative, RelativeEffect) else None


def _past_limit(metric: Metric, levels: Sequence[LookLevels]) -> list[str] | None:
    """List the looks at which a guardrail lay wholly beyond its limit; ``None`` without a limit or any share."""
    if metric.role != "guardrail" or metric.limit is None:
        return None
    up = metric.direction == "increase"
    ends = {
        each.date: each.relative_effect_upper_always_valid if up else each.relative_effect_lower_always_valid
        for each in levels
    }
    best = {day: end if up else -end for day, end in ends.items() if end is not None}
    return [day for day, end in best.items() if end < -metric.limit] if best else None
