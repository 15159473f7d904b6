"""The result of a switchback: one frozen record, from which every view is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from decision_widgets.design import Switchback
from decision_widgets.results.experiment import ExperimentResult
from decision_widgets.results.switchback_payload import to_payload
from decision_widgets.results.switchback_records import (
    CarryoverCheck,
    RegressionFacts,
    ResidualCorrelation,
    ScheduleCheck,
    Timeline,
)
from decision_widgets.views.timeline_figure import timeline_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SwitchbackResult(ExperimentResult):
    """What a switchback says.

    Attributes
    ----------
    design : Switchback
    arms : tuple of str
        Control and treatment.
    decision : Decision
        The verdict and the rules behind it.
    estimates : tuple of EffectEstimate or NotEstimable
        One per metric × method, `n_control` and `n_treatment` counting slots; one method per metric is `recommended`.
    statistics : tuple of ArmStatistics
        Of the analysed hours; none when invalid, as two means are an effect.
    kinds : tuple of MetricKind
    checks : tuple of Check
    messages : tuple of Message
        Errors first, then warnings, then notes.
    provenance : Provenance
    timeline : Timeline
    schedule_check : ScheduleCheck
    regressions : tuple of RegressionFacts
        One per metric with an estimate: what its regression rests on, and randomisation inference beside it.
    carryover : tuple of CarryoverCheck
        One per primary metric with an interval (of the first one where none is primary).
    residuals : ResidualCorrelation or None
        Of the leading metric.
    segments : tuple of SegmentComparison
    toolbox : tuple of ToolAnswer
    methods : tuple of str or None
        The tests of the toolbox that were asked for by name.
    """

    SCHEMA: ClassVar[str] = "dw.switchback/1"
    CALLED: ClassVar[str] = "result of a switchback"
    TITLE: ClassVar[str] = "Switchback decision"

    design: Switchback
    arms: tuple[str, str]
    timeline: Timeline
    schedule_check: ScheduleCheck
    regressions: tuple[RegressionFacts, ...] = ()
    carryover: tuple[CarryoverCheck, ...] = ()
    residuals: ResidualCorrelation | None = None

    def arm_names(self) -> list[str]:
        """Return both arms, control first: the place of an arm is its colour."""
        return [*self.arms]

    def to_payload(self) -> dict[str, Any]:
        """Return what the cards show, as plain JSON values (schema ``dw.result/1``)."""
        return to_payload(self)

    def timeline_figure(self) -> Figure:
        """Draw the leading metric of every region slot by slot, filled by arm, as a matplotlib figure."""
        return timeline_figure(self.to_payload())
