"""What a running experiment says at its looks: one frozen record, from which every view is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.estimates import JudgedLook, SampleRatioDiagnosis, SequentialSampleRatio, StoppingReport
from decision_widgets.results.monitored import MonitoredEffect, MonitoringDecision, NotMonitored, TakenLook
from decision_widgets.results.monitoring_payload import to_payload
from decision_widgets.results.records import Message, MetricKind, Provenance
from decision_widgets.results.shown import Shown
from decision_widgets.views.looks_figure import looks_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

NUMBERS: Final = (
    "n_control",
    "n_treatment",
    "information",
    "boundary",
    "statistic",
    "effect",
    "std_error",
    "effect_lower",
    "effect_upper",
    "relative_effect",
    "relative_effect_lower",
    "relative_effect_upper",
    "p_value",
    "effect_lower_always_valid",
    "effect_upper_always_valid",
    "relative_effect_lower_always_valid",
    "relative_effect_upper_always_valid",
    "p_value_always_valid",
)
FRAME_COLUMNS: Final = ("metric", "arm", "role", "look", "status", "is_planned", *NUMBERS, "crossed")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MonitoringResult(Shown):
    """What the looks at a running experiment say.

    Attributes
    ----------
    design : BetweenSubject
    decision : MonitoringDecision
    looks : tuple of TakenLook
    looks_to_come : tuple of str
        Planned days after the data.
    reports : tuple of MonitoredEffect or NotMonitored
        One per primary or guardrail metric × treatment; none at all when the comparison is invalid.
    sample_ratio : SequentialSampleRatio
        After each day of `enrolment`.
    enrolment : mapping of day to (mapping of arm to int)
        New participants.
    diagnosis : SampleRatioDiagnosis or None
        Where the split departs from the plan, when it does.
    kinds : tuple of MetricKind
    messages : tuple of Message
        Errors first, then warnings, then notes.
    provenance : Provenance
        Of the rows up to the last look.
    """

    SCHEMA: ClassVar[str] = "dw.monitored/1"
    CALLED: ClassVar[str] = "monitoring result"
    TITLE: ClassVar[str] = "Experiment monitoring"

    design: BetweenSubject
    decision: MonitoringDecision
    looks: tuple[TakenLook, ...]
    looks_to_come: tuple[str, ...]
    reports: tuple[MonitoredEffect | NotMonitored, ...]
    sample_ratio: SequentialSampleRatio
    enrolment: Mapping[str, Mapping[str, int]]
    diagnosis: SampleRatioDiagnosis | None
    kinds: tuple[MetricKind, ...]
    messages: tuple[Message, ...]
    provenance: Provenance

    def report(self, metric: str, arm: str | None = None) -> MonitoredEffect | NotMonitored:
        """Return what the looks say on a metric; with several treatments `arm` says of which.

        Raises
        ------
        InputError
            If that metric is not monitored or that arm not there, or there are several arms and none was named.
        """
        watched = [each.name for each in self.watched()]
        if metric not in watched:
            raise InputError(f"No metric {metric!r} is monitored.{did_you_mean(metric, watched)} There is: {watched}.")
        own = {each.arm: each for each in self.reports if each.metric == metric}
        if not own:
            raise InputError("This result holds no effect, because the comparison is invalid.")
        if arm is None and len(own) > 1:
            raise InputError(f"There are {len(own)} treatments; say which with arm=. They are: {listed([*own])}.")
        if arm is not None and arm not in own:
            raise InputError(f"There is no treatment {arm!r}.{did_you_mean(arm, own)} There is: {listed([*own])}.")
        return next(iter(own.values())) if arm is None else own[arm]

    def watched(self) -> tuple[Metric, ...]:
        """Return the metrics that are monitored: primary ones and guardrails."""
        return tuple(metric for metric in self.design.metrics if metric.role != "secondary")

    def treatments(self) -> tuple[str, ...]:
        """Return the arms other than control."""
        return tuple(self.decision.by_arm)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric × treatment × look; what could not be computed is missing, never 0.

        `boundary` is in standard errors, `statistic` is ``effect/std_error``. Limits and p-values are those of the rule
        that judges the look: `effect_lower` and `effect_upper` lie `boundary` standard errors from `effect` and so
        exclude 0 where `crossed` is true; by a rule of planned looks `p_value` is corrected for the looks, and only the
        first that crosses and the one that ends the plan have it. What holds at every look, by whatever rule, ends in
        ``_always_valid``. Without any effect, because the comparison is invalid, `status` is "withheld".
        """
        import pandas as pd

        frame = pd.DataFrame(list(self._rows()), columns=list(FRAME_COLUMNS))
        return frame.astype(dict.fromkeys(NUMBERS, "float64") | {"n_control": "Int64", "n_treatment": "Int64"})

    def _rows(self) -> Iterator[dict[str, Any]]:
        reports = {(each.metric, each.arm): each for each in self.reports}
        for metric in self.watched():
            for arm in self.treatments():
                report = reports.get((metric.name, arm))
                rows = _looks_of(report) if isinstance(report, MonitoredEffect) else {}
                for look in self.looks:
                    place = {"metric": metric.name, "arm": arm, "role": metric.role, "look": look.date}
                    status = "withheld" if report is None else report.skipped.get(look.date)
                    found = rows.get(look.date, {"status": status, "crossed": False})
                    yield dict.fromkeys(FRAME_COLUMNS) | place | {"is_planned": look.is_planned} | found

    def to_payload(self) -> dict[str, Any]:
        """Return what the cards show, as plain JSON values (schema ``dw.result/1``)."""
        return to_payload(self)

    def plot(self) -> Figure:
        """Draw each effect over the looks, with its always-valid interval and the boundary, as a matplotlib figure."""
        return looks_figure(self.to_payload()["cards"][0])

    def __repr__(self) -> str:
        said = [repr(self.design.name)] if self.design.name else []
        said.append(f"verdict={self.decision.verdict!r}")
        said += [f"arm={self.decision.arm!r}"] if self.decision.arm is not None else []
        return f"MonitoringResult({', '.join(said)}, looks={len(self.looks)}, metrics={len(self.watched())})"


def _looks_of(effect: MonitoredEffect) -> dict[str, dict[str, Any]]:
    return {
        look.date: {
            "status": look.status,
            "n_control": look.n_control,
            "n_treatment": look.n_treatment,
            "information": look.information,
            "boundary": look.critical_value,
            "statistic": look.statistic,
            "effect": look.effect,
            "std_error": look.std_error,
            **_judged_by_rule(effect.report, look),
            "relative_effect": levels.relative_effect,
            "relative_effect_lower": levels.relative_effect_lower,
            "relative_effect_upper": levels.relative_effect_upper,
            "effect_lower_always_valid": look.always_valid_lower,
            "effect_upper_always_valid": look.always_valid_upper,
            "relative_effect_lower_always_valid": levels.relative_effect_lower_always_valid,
            "relative_effect_upper_always_valid": levels.relative_effect_upper_always_valid,
            "p_value_always_valid": look.always_valid_p,
            "crossed": look.is_crossed,
        }
        for look, levels in zip(effect.report.looks, effect.levels, strict=True)
    }


def _judged_by_rule(report: StoppingReport, look: JudgedLook) -> dict[str, float | None]:
    """Return the limits and the p-value of the rule that judges the look."""
    if report.rule == "mixture":
        limits, p_value = (look.always_valid_lower, look.always_valid_upper), look.always_valid_p
    else:
        half = None if look.critical_value is None else look.critical_value * look.std_error
        limits = (None, None) if half is None else (look.effect - half, look.effect + half)
        # Of the look that stops or ends the plan; that an earlier one was the last to count, later looks alone tell.
        decides = look.date == report.decided_at and (look.is_crossed or look is report.looks[-1])
        p_value = report.p_value if decides else None
    return {"effect_lower": limits[0], "effect_upper": limits[1], "p_value": p_value}
