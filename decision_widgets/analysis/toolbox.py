"""The test toolbox: each method of `methods=` on participants, for every metric and treatment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from decision_widgets.analysis.compared import Comparison, Facts
from decision_widgets.analysis.participant_tools import (
    family_answers,
    forest_answers,
    logit_answers,
    mlrate_answers,
    paired_t_answers,
    wilcoxon_answers,
)
from decision_widgets.analysis.sample_tools import (
    all_pairs_answers,
    equivalence_answers,
    joint_answers,
    ks_answers,
    levene_answers,
    mann_whitney_answers,
    normality_answers,
    proportions_answers,
    quantiles_answers,
    shapiro_wilk_answers,
    student_answers,
)
from decision_widgets.data import MetricReading, Reading
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import CannotEstimate, EngineMissing, InputError
from decision_widgets.moments import MomentSpec
from decision_widgets.results import ToolAnswer, ToolGroup
from decision_widgets.vocabulary import Kind

NUMBERS: Final[tuple[Kind, ...]] = ("count", "continuous", "ratio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A method: what it reads beyond moments, whether every analysis shows it, and how it answers.

    `answers` gives the facts of one or more rows; what it raises becomes a row that says why it is not applicable. A
    usual method is left out of metrics whose kind is not among `kinds`.
    """

    label: str
    group: ToolGroup
    answers: Callable[[Comparison], Iterator[Facts]]
    usual: bool = False
    kinds: tuple[Kind, ...] = ("binary", "count", "continuous", "ratio")
    samples: bool = False
    participants: bool = False


TOOLS: Final[dict[str, Tool]] = {
    "student": Tool(label="Student's t on participants", group="Means", answers=student_answers),
    "equivalence": Tool(label="Equivalence (two one-sided Welch tests)", group="Means", answers=equivalence_answers),
    "proportions": Tool(label="Two proportions", group="Means", answers=proportions_answers),
    "mann_whitney": Tool(label="Mann–Whitney", group="Ranks", answers=mann_whitney_answers, usual=True, samples=True),
    "ks": Tool(label="Kolmogorov–Smirnov, two samples", group="Shape", answers=ks_answers, samples=True),
    "normality": Tool(
        label="Shape beside the normal",
        group="Shape",
        answers=normality_answers,
        usual=True,
        kinds=NUMBERS,
        samples=True,
    ),
    "shapiro_wilk": Tool(label="Shapiro–Wilk", group="Shape", answers=shapiro_wilk_answers, samples=True),
    "quantiles": Tool(label="Quantiles", group="Shape", answers=quantiles_answers, samples=True),
    "levene": Tool(
        label="Levene (Brown–Forsythe)", group="Spread", answers=levene_answers, usual=True, kinds=NUMBERS, samples=True
    ),
    "logit": Tool(label="Logit, average marginal effect", group="Models", answers=logit_answers, participants=True),
    "mlrate": Tool(label="MLRATE", group="Models", answers=mlrate_answers, participants=True),
    "individual_effects": Tool(label="Causal forest", group="Models", answers=forest_answers, participants=True),
    "joint": Tool(label="All arms together", group="Families", answers=joint_answers),
    "all_pairs": Tool(label="Pairs of arms", group="Families", answers=all_pairs_answers),
    "romano_wolf": Tool(label="Romano–Wolf step-down", group="Families", answers=family_answers, participants=True),
    "paired_t": Tool(label="Paired t, before and after", group="Pairs", answers=paired_t_answers, participants=True),
    "wilcoxon": Tool(label="Wilcoxon signed rank", group="Pairs", answers=wilcoxon_answers, participants=True),
}


def run_toolbox(design: BetweenSubject, reading: Reading, methods: Sequence[str]) -> list[ToolAnswer]:
    """Run the methods on every metric that was read and every treatment."""
    found = []
    for metric in design.metrics:
        read = reading.metrics[metric.name]
        for arm in reading.arms[1:]:
            if isinstance(read, MetricReading) and {design.control, arm} <= read.arms.keys():
                one = Comparison(design=design, reading=reading, metric=metric, arm=arm, read=read)
                fitting = [m for m in methods if not TOOLS[m].usual or read.recognition.kind in TOOLS[m].kinds]
                found += [answer for method in fitting for answer in _run(method, one)]
    return found


def wanted(spec: MomentSpec, methods: Sequence[str]) -> MomentSpec:
    """Add to what a design needs what its tools read beyond moments."""
    names = tuple(columns.metric for columns in spec.metrics)
    return replace(
        spec,
        samples=names if any(TOOLS[method].samples for method in methods) else (),
        participants=names if any(TOOLS[method].participants for method in methods) else (),
    )


def _run(method: str, one: Comparison) -> Iterator[ToolAnswer]:
    tool = TOOLS[method]
    shared: Facts = {"metric": one.metric.name, "arm": one.arm, "method": method}
    shared |= {"group": tool.group, "label": tool.label}
    try:
        answers = list(tool.answers(one))
    except (InputError, EngineMissing) as problem:
        code = (problem.code,) if isinstance(problem, CannotEstimate) else ()
        yield ToolAnswer(**shared, status="not_applicable", note=str(problem), codes=code)
        return
    for facts in answers:
        note = (one.drawn_participants if tool.participants else "") + facts.get("note", "")
        yield ToolAnswer(**(shared | {"status": "available"} | facts | {"note": note}))
