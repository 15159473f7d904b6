"""The parts of a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from decision_widgets.design import Judgement
from decision_widgets.records import Record, register_union
from decision_widgets.vocabulary import (
    ALL_SEGMENTS,
    CODES,
    Confidence,
    Kind,
    Reading,
    Role,
    Severity,
    Verdict,
    severity,
)

LEAST_IN_SUBGROUP: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Message(Record):
    """A code in words: the fact (title), why it matters (text), what to do (do)."""

    code: str
    severity: Severity
    title: str
    text: str
    do: str
    metric: str | None = None
    arm: str | None = None

    @classmethod
    def of(cls, code: str, *, metric: str | None = None, arm: str | None = None, **facts: object) -> Message:
        """Fill the sentences of a code with facts."""
        known: dict[str, object] = {"metric": metric, "arm": arm, "where": f"arm {arm}"}
        known |= {"units": "participants", "least": LEAST_IN_SUBGROUP} | facts
        entry = CODES[code]
        title, text, do = (sentence.format_map(known) for sentence in (entry.title, entry.text, entry.do))
        return cls(code=code, severity=severity(code), title=title, text=text, do=do, metric=metric, arm=arm)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MetricKind(Record):
    """What kind of metric was recognised, and on what evidence (``None`` when it could not be read)."""

    metric: str
    kind: Kind | None
    evidence: str
    confidence: Confidence | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArmStatistics(Record):
    """Basic statistics of one metric in one arm.

    `mean` is over observations (total of the numerator over total of the denominator for a ratio); `std_dev` and
    `variance` are of single observations (of participants' linearised values for a ratio), in the metric's own unit.
    """

    metric: str
    arm: str
    n_participants: int
    n_observations: int
    n_missing: int
    mean: float
    std_dev: float | None
    variance: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EffectEstimate(Record):
    """One effect: a metric, a treatment against control, a method, a segment.

    Effects and intervals are in the metric's own unit, relative ones are fractions of the control; the interval is
    at ``1 − alpha`` of the design. The ``_simultaneous`` interval, at `simultaneous_level`, is what the decision
    reads: it holds for the whole family of primary comparisons and, before the plan is reached, at every look (equal
    to the plain one when the family is of one and the plan reached). `estimand` says what the
    number is the effect on; `n_control` and `n_treatment` count participants. `variance_reduction` is the share of the
    unadjusted effect's variance that adjusting by covariates removes.
    """

    result: Literal["estimate"] = "estimate"
    metric: str
    arm: str
    segment: str = ALL_SEGMENTS
    method: str
    method_text: str
    estimand: str
    role: Role
    recommended: bool
    control_mean: float
    treatment_mean: float
    effect: float
    effect_lower: float
    effect_upper: float
    effect_lower_simultaneous: float
    effect_upper_simultaneous: float
    relative_effect: float | None
    relative_effect_lower: float | None
    relative_effect_upper: float | None
    relative_effect_lower_simultaneous: float | None
    relative_effect_upper_simultaneous: float | None
    simultaneous_level: float
    std_error: float
    df: float | None
    statistic: float
    p_value: float
    p_value_adjusted: float | None = None
    adjustment: str | None = None
    family: int | None = None
    detectable_effect: float
    variance_reduction: float | None = None
    n_control: int
    n_treatment: int
    n_observations: int
    n_clusters: int
    reading: Reading | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NotEstimable(Record):
    """Why there is no effect; the same place in the table as an `EffectEstimate`."""

    result: Literal["not_estimable"] = "not_estimable"
    metric: str
    arm: str
    segment: str = ALL_SEGMENTS
    method: str
    role: Role
    recommended: bool
    message: Message
    n_control: int
    n_treatment: int
    codes: tuple[str, ...] = ()


register_union(EffectEstimate | NotEstimable, "result", {"estimate": EffectEstimate, "not_estimable": NotEstimable})


Row = EffectEstimate | NotEstimable


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Check(Record):
    """The health of an experiment: passed, failed (``False``) or informative (``None``)."""

    name: str
    passed: bool | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Decision(Record):
    """The verdict, on the treatment it is about (`arm`), and the judgement of every treatment.

    `basis` says whether the intervals it reads hold for one look or, before the plan is reached, for every look.
    `days_more` is how many days the plan still needs, when both the plan and the time column are known.
    """

    verdict: Verdict
    arm: str | None
    judgements: Mapping[str, Judgement]
    days_more: int | None = None
    basis: Literal["fixed_n", "always_valid"] = "fixed_n"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Provenance(Record):
    """Where the numbers come from: kit version, rows, what was left out, fingerprints of the columns read
    and of the design."""

    version: str
    n_rows: int
    left_out: Mapping[str, int]
    n_contaminated: int
    first_day: str | None
    last_day: str | None
    days: int | None
    fingerprint: str
    design_fingerprint: str
