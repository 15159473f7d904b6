"""The test toolbox: what the usual tests say, each on the right unit, beside the recommended analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from decision_widgets.records import Record

ToolStatus = Literal["recommended", "available", "information", "not_applicable"]
ToolGroup = Literal["Means", "Ranks", "Shape", "Spread", "Models", "Pairs", "Families"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ToolAnswer(Record):
    """One test of one metric.

    Attributes
    ----------
    arm : str or None
        The treatment compared with control; the arm described, for a test of shape.
    method, label : str
        What `methods=` calls it, and what a reader does.
    status : {"recommended", "available", "information", "not_applicable"}
        Information describes and decides nothing; not applicable says why in `note`.
    statistic_name, estimate_name : str
        What `statistic` and `estimate` are; empty without them.
    p_value : float or None
        Two-sided, of one test; families of tests say so in their label.
    estimate, estimate_lower, estimate_upper : float or None
        With its interval at ``1 − alpha`` of the design.
    """

    metric: str
    arm: str | None
    method: str
    group: ToolGroup
    label: str
    status: ToolStatus
    statistic_name: str = ""
    statistic: float | None = None
    df: float | None = None
    p_value: float | None = None
    estimate_name: str = ""
    estimate: float | None = None
    estimate_lower: float | None = None
    estimate_upper: float | None = None
    n_control: int | None = None
    n_treatment: int | None = None
    note: str = ""
    codes: tuple[str, ...] = ()
