"""The test toolbox of a switchback: other tests of the same slots, beside the recommended regression."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from decision_widgets import estimates  # each statistic is loaded when it is called
from decision_widgets.analysis.compared import Facts, of_difference
from decision_widgets.analysis.slot_carryover import like, only
from decision_widgets.analysis.slot_cells import MetricCells, history_days, metric_cells
from decision_widgets.analysis.slot_effects import SlotAnswer
from decision_widgets.analysis.slot_run import Flags, SlotRun
from decision_widgets.analysis.time_effects import HOURS, week_hour
from decision_widgets.data import SlotMetric
from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import PanelCells
from decision_widgets.moments import Sample
from decision_widgets.results import ToolAnswer, ToolGroup

LEAST_FOR_WILD: Final = 12
HISTORY_TO_CENTRE: Final = 14
HOUR: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slots:
    """One metric of a switchback, with what its recommended regression rests on."""

    run: SlotRun
    answer: SlotAnswer
    read: SlotMetric

    @property
    def panel(self) -> PanelCells:
        return self.answer.cells.panel

    def values(self) -> np.ndarray:
        """Return the weighted mean of each slot after its burn-in, shape (R, T); NaN where nothing is analysed.

        Of regions that switch together, one row: their slot is one draw.
        """
        run, at = self.run, self.answer.cells.at
        region = run.reading.region[at] if run.separate else np.zeros(len(at), dtype=np.intp)
        shape = run.shape if run.separate else (1, run.n_slots)
        place = region * run.n_slots + run.reading.slot[at]
        weight = np.asarray(self.panel.weight)
        sums, weights = (
            np.bincount(place, each, minlength=shape[0] * shape[1])
            for each in (weight * np.asarray(self.panel.mean), weight)
        )
        with np.errstate(invalid="ignore"):
            return np.asarray((sums / weights).reshape(shape))

    def arms(self) -> np.ndarray:
        """Return the arm of each slot of `values`."""
        run = self.run
        kept = np.where(run.kept, run.served, -1)
        return kept if run.separate else kept.max(axis=0)[None, :]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTool:
    """A method: what it is called, and how it answers; what it raises says why it is not applicable."""

    label: str
    group: ToolGroup
    answers: Callable[[Slots], Iterator[Facts]]
    usual: bool = False


def wild_bootstrap_answers(one: Slots) -> Iterator[Facts]:
    n = one.answer.fit.n_clusters
    if n < LEAST_FOR_WILD:
        raise InputError(f"The wild bootstrap needs {LEAST_FOR_WILD} clusters; there are {n}.")
    found = estimates.wild_bootstrap(one.panel, seed=one.run.design.seed)
    yield {
        "statistic_name": "t",
        "statistic": found.statistic,
        "p_value": found.p_value,
        "note": f"{found.n_draws:,} draws of signs, by {one.answer.facts.cluster}.",
    }


def randomization_answers(one: Slots) -> Iterator[Facts]:
    dealt = one.answer.dealt
    if dealt is None:
        raise InputError(one.answer.facts.randomization_note or "Arms cannot be dealt again.")
    every = "every assignment" if dealt.enumerated else "assignments drawn as the schedule was"
    yield {
        "statistic_name": "t",
        "statistic": dealt.statistic,
        "p_value": dealt.p_value,
        "note": f"{dealt.n_draws:,} {every}.",
    }


def newey_west_answers(one: Slots) -> Iterator[Facts]:
    lags = max(1, one.run.design.slot // HOUR)
    hour = one.run.reading.hour[one.answer.cells.at]
    found = estimates.panel_serial_errors(one.panel, hour, lags=min(lags, len(np.unique(hour)) - 1))
    yield _plain_error(one, float(found.coefficients[0]), float(found.std_error_small[0]), found.df) | {
        "note": f"Errors correlated over {found.lags} hours; not recommended: it knows no draws.",
    }


def row_error_answers(one: Slots) -> Iterator[Facts]:
    """Plain least squares on rows, with and without errors that differ."""
    if one.answer.metric.denominator is not None:
        raise InputError("A ratio of totals has no value per row.")
    at = one.answer.cells.at
    size = one.read.size[at]
    found = estimates.row_errors(
        replace(one.panel, weight=size, mean=one.read.total[at] / size, within=one.read.within[at])
    )
    for label, error in (("OLS on rows", found.std_error_ols), ("HC1 on rows", found.std_error_hc1)):
        yield _plain_error(one, found.effect, error, found.df) | {
            "label": f"{label}, not recommended",
            "note": "Takes rows of one slot for independent, so its p-value is far too small.",
        }


def _plain_error(one: Slots, effect: float, std_error: float, df: int) -> Facts:
    found = estimates.difference(
        0.0, 0.0, 0.0, std_error**2, df=df, alpha=one.run.design.alpha, treatment_offset=effect
    )
    return {"status": "information"} | of_difference(found, "t", "difference")


def _pairs(one: Slots) -> tuple[np.ndarray, np.ndarray]:
    """Return control and treatment of every whole pair."""
    if one.run.design.assignment != "pairs":
        raise InputError("Only slots drawn in pairs, AB or BA, are pairs.")
    values, arms = one.values(), one.arms()
    n = values.shape[1] // 2 * 2
    first, second = values[:, 0:n:2].ravel(), values[:, 1:n:2].ravel()
    arm, other = arms[:, 0:n:2].ravel(), arms[:, 1:n:2].ravel()
    whole = np.isfinite(first) & np.isfinite(second) & (arm + other == 1) & (arm >= 0) & (other >= 0)
    treated = np.where(arm == 1, first, second)[whole]
    control = np.where(arm == 1, second, first)[whole]
    return control, treated


def paired_t_answers(one: Slots) -> Iterator[Facts]:
    found = estimates.paired_t(*_pairs(one), alpha=one.run.design.alpha)
    yield of_difference(found, "t", "mean difference of pairs") | {
        "note": f"{found.n_pairs:,} pairs of slots, each counting once; hours are not taken out.",
    }


def wilcoxon_answers(one: Slots) -> Iterator[Facts]:
    found = estimates.wilcoxon_signed_rank(*_pairs(one))
    yield {
        "statistic_name": "V",
        "statistic": found.statistic,
        "p_value": found.p_value,
        "note": f"{found.n_nonzero:,} of {found.n_pairs:,} pairs of slots differ; {found.method}.",
    }


def lagged_answers(one: Slots) -> Iterator[Facts]:
    """The effect of treatment that lasts: the sum of present and earlier effects, hour by hour, without a burn-in."""
    order, run = one.run.design.order, one.run
    if not order:
        raise InputError("Without carryover= or burn_in= there is nothing to lag.")
    step = min(HOUR, run.design.slot)
    lags = -(-order // step)
    cells = like(run, one.answer, one.read, metric_cells(run, one.answer.metric, one.read, 0))
    earlier, known = _arms_before(run, cells, step, lags)
    cluster = run.long_blocks(run.design.slot + order)
    region, slot = run.reading.region[cells.at], run.reading.slot[cells.at]
    panel = only(replace(cells.panel, cluster=cluster[region, slot]), known)
    found = estimates.lagged_panel(panel, earlier[known], alpha=run.design.alpha)
    if estimates.few_clusters(found.n_clusters, found.n_clusters, found.df) == "refuse":
        raise InputError(f"{found.n_clusters} clusters of days are too few for an interval.")
    yield of_difference(found, "t", "sum of lags") | {
        "note": f"{lags} lags of {step} minutes, all minutes of slots, errors by {found.n_clusters} blocks of days.",
    }


def _arms_before(run: SlotRun, cells: MetricCells, step: int, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the arms 1, …, L steps of time before each cell begins, and which cells have all of them."""
    reading, design, at = run.reading, run.design, cells.at
    into = np.array([0, design.burn_in, 2 * design.burn_in])[reading.part[at]] if design.burn_in else 0
    since = np.maximum(reading.hour[at] * HOUR - reading.start, reading.slot[at] * design.slot + into)
    columns = []
    for lag in range(1, lags + 1):
        before = (since - lag * step) // design.slot
        arm = run.served[reading.region[at], np.maximum(before, 0)].astype(np.float64)
        columns.append(np.where((before >= 0) & np.isin(arm, (0, 1)), arm, np.nan))
    earlier = np.column_stack(columns)
    return earlier, np.isfinite(earlier).all(axis=1)


def horvitz_thompson_answers(one: Slots) -> Iterator[Facts]:
    """The design-based estimate of one series, centred on what was to be expected of each slot."""
    run, design = one.run, one.run.design
    if run.separate:
        raise InputError("It needs one series of slots: one region, or regions that switch together.")
    if design.assignment in ("pairs", "day-balanced"):
        raise InputError(f"With assignment={design.assignment!r} slots have no coins of their own.")
    values, arms = one.values()[0], one.arms()[0]
    if not np.isfinite(values).all() or (arms < 0).any():
        raise InputError("It needs every slot of the run; some are missing.")
    expected, how = _expected(one, arms == 0)
    carryover = -(-design.order // design.slot)
    shared: Facts = {"estimate_name": "effect of lasting treatment", "note": f"Centred on {how}."}
    if design.assignment == "minimax":
        found = estimates.minimax_switchback(values, arms, carryover=carryover, expected=expected, alpha=design.alpha)
        yield (
            shared
            | of_difference(found, "z", "effect of lasting treatment")
            | {
                "n_control": found.n_control,
                "n_treatment": found.n_treatment,
            }
        )
        return
    plain = estimates.horvitz_thompson(values, arms, carryover=carryover, expected=expected)
    yield shared | {
        "estimate": plain.effect,
        "n_control": plain.n_control,
        "n_treatment": plain.n_treatment,
        "note": f"Centred on {how}. No error is known for this schedule.",
    }


def _expected(one: Slots, is_control: Flags) -> tuple[np.ndarray, str]:
    """Return what was to be expected of each slot: from its hours of the weeks before, else of its days in control."""
    run, read, at = one.run, one.read, one.answer.cells.at
    reading, slot = run.reading, run.reading.slot[at]
    before = reading.slot < 0
    if history_days(run) >= HISTORY_TO_CENTRE:
        own, key, how = np.flatnonzero(before & (read.size > 0)), week_hour(reading.hour), "the weeks before"
    else:
        own, key = at[is_control[slot]], reading.hour % HOURS
        how = "the control's mean of region and hour of the day, which its error does not know of"
    place = (reading.region * 168 + key).astype(np.intp)
    totals, sizes = (np.bincount(place[own], each[own], minlength=place.max() + 1) for each in (read.total, read.size))
    whole = totals.sum() / sizes.sum()
    levels = np.divide(totals, sizes, out=np.full(len(totals), whole), where=sizes > 0)
    weight = np.asarray(one.panel.weight)
    sums, weights = (np.bincount(slot, each, minlength=run.n_slots) for each in (weight * levels[place[at]], weight))
    return sums / weights, how


def normality_answers(one: Slots) -> Iterator[Facts]:
    """Describe the shape of slot values in each arm."""
    values, arms = one.values(), one.arms()
    for arm, name in enumerate(one.run.arms):
        own = values[(arms == arm) & np.isfinite(values)]
        found = estimates.normality(Sample.of(own), with_shapiro_wilk=False)
        note = (
            f"Excess kurtosis {found.excess_kurtosis:.2f}, QQ correlation {found.qq_correlation:.4f}, of slot values."
        )
        yield {
            "arm": name,
            "status": "information",
            "statistic_name": "skewness",
            "statistic": found.skewness,
            "note": note,
        }


TOOLS: Final[dict[str, SlotTool]] = {
    "randomization": SlotTool(
        label="Randomisation inference", group="Models", answers=randomization_answers, usual=True
    ),
    "wild_bootstrap": SlotTool(label="Wild cluster bootstrap", group="Models", answers=wild_bootstrap_answers),
    "lagged_exposure": SlotTool(label="Lagged exposure", group="Models", answers=lagged_answers, usual=True),
    "horvitz_thompson": SlotTool(
        label="Horvitz–Thompson (Bojinov, Simchi-Levi & Zhao)", group="Models", answers=horvitz_thompson_answers
    ),
    "newey_west": SlotTool(label="Newey–West, not recommended", group="Models", answers=newey_west_answers),
    "rows": SlotTool(label="Rows as if independent", group="Models", answers=row_error_answers, usual=True),
    "paired_t": SlotTool(label="Paired t of AB and BA", group="Pairs", answers=paired_t_answers, usual=True),
    "wilcoxon": SlotTool(
        label="Wilcoxon signed rank of AB and BA", group="Pairs", answers=wilcoxon_answers, usual=True
    ),
    "normality": SlotTool(label="Shape of slot values", group="Shape", answers=normality_answers, usual=True),
}
PAIRS_ONLY: Final = ("paired_t", "wilcoxon")


def run_slot_tools(one: Slots, methods: Sequence[str], *, usual: bool) -> Iterator[ToolAnswer]:
    """Run the methods on one metric; the usual ones only where they fit."""
    for method in methods:
        if usual and method in PAIRS_ONLY and one.run.design.assignment != "pairs":
            continue
        if usual and method == "rows" and one.answer.metric.denominator is not None:
            continue
        yield from _run(method, one)


def _run(method: str, one: Slots) -> Iterator[ToolAnswer]:
    tool = TOOLS[method]
    shared: Facts = {"metric": one.answer.metric.name, "arm": one.run.arms[1], "method": method}
    shared |= {"group": tool.group, "label": tool.label}
    try:
        answers = list(tool.answers(one))
    except InputError as problem:
        code = (problem.code,) if isinstance(problem, CannotEstimate) else ()
        yield ToolAnswer(**shared, status="not_applicable", note=str(problem), codes=code)
        return
    for facts in answers:
        yield ToolAnswer(**(shared | {"status": "available"} | facts))
