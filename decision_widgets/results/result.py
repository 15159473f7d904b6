"""The result of an analysis: one frozen record, from which every view is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from decision_widgets.design import BetweenSubject
from decision_widgets.estimates import SampleRatio, SampleRatioDiagnosis
from decision_widgets.results.experiment import ExperimentResult
from decision_widgets.results.payload import to_payload
from decision_widgets.results.spread import MetricDistribution


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DecisionResult(ExperimentResult):
    """What an experiment says.

    Attributes
    ----------
    design : BetweenSubject
    decision : Decision
        The verdict and the rules behind it.
    estimates : tuple of EffectEstimate or NotEstimable
        One per metric × treatment × method; exactly one method per metric × treatment is `recommended`.
    statistics : tuple of ArmStatistics
    sample_ratio : SampleRatio
    kinds : tuple of MetricKind
    checks : tuple of Check
    messages : tuple of Message
        Errors first, then warnings, then notes.
    provenance : Provenance
    segments : tuple of SegmentComparison
        One per metric × treatment × segment column.
    toolbox : tuple of ToolAnswer
        What the usual tests say, and those asked for by ``methods=``.
    diagnosis : SampleRatioDiagnosis or None
        The split within strata and segments, strongest evidence first; ``None`` without any.
    distributions : tuple of MetricDistribution
        How amounts and numbers of things are spread over participants, where their values were read.
    methods : tuple of str or None
        What ``methods=`` asked for; ``None`` when it was left out.
    """

    SCHEMA: ClassVar[str] = "dw.decision/1"
    CALLED: ClassVar[str] = "result"
    TITLE: ClassVar[str] = "Experiment decision"

    design: BetweenSubject
    sample_ratio: SampleRatio
    diagnosis: SampleRatioDiagnosis | None = None
    distributions: tuple[MetricDistribution, ...] = ()

    def arm_names(self) -> list[str]:
        """Return all arms, control first: the place of an arm is its colour."""
        return [self.design.control, *self.treatments()]

    def to_payload(self) -> dict[str, Any]:
        """Return what the cards show, as plain JSON values (schema ``dw.result/1``)."""
        return to_payload(self)
