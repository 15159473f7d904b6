"""The eleven questions of a switchback: evidence, recommendation and answer of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from decision_widgets.analysis.guideline_evidence import GONE, Evidence
from decision_widgets.analysis.guideline_power import in_words
from decision_widgets.analysis.guideline_rules import (
    ADVISED_DAYS,
    ADVISED_SLOT,
    FEW_UNITS,
    GAPS,
    LEAST_SLOT,
    LEAST_UNITS,
    advised_burn_in,
    advised_slot,
    best_mechanism,
    drawn_alike,
)
from decision_widgets.analysis.past_panel import PastPanel
from decision_widgets.analysis.past_windows import onset_minutes, units_of
from decision_widgets.analysis.time_effects import time_effects_of
from decision_widgets.design import Switchback
from decision_widgets.estimates.onset import attenuation, onset_curve
from decision_widgets.results.guideline_records import GuidelineFact, GuidelineStep, MetricSimulation, PlanOption
from decision_widgets.views import numbers
from decision_widgets.vocabulary import readable

CLASSES: Final = {
    "instant": "at once, within 5 minutes",
    "trip": "within a trip, 15 to 30 minutes",
    "repositioning": "as supply moves, 1 to 2 hours",
    "habit": "as habits form, over days",
}
HOW_DRAWN: Final = {
    "pairs": "a fair coin for each pair of slots, AB or BA",
    "slots": "a fair coin for each slot",
    "day-balanced": "half of each day's slots, dealt at random",
    "days": "a fair coin for each day",
    "minimax": "fair coins at the minimax moments",
}
Facts = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """All that the steps are written from; what needs a longer history, or could not be simulated, is ``None``."""

    design: Switchback
    panel: PastPanel
    days: int
    evidence: Evidence | None
    simulation: MetricSimulation | None
    options: Sequence[PlanOption]
    reason: str | None


def steps_of(known: Known) -> tuple[GuidelineStep, ...]:
    """Answer every question as far as design and history allow."""
    made = (_why, _panel, _seasons, _memory, _onset, _slot, _cool_down, _granularity, _schedule, _power, _units)
    return tuple(step(known) for step in made)


def _step(
    known: Known,
    step: tuple[int, str, str, str],
    evidence: str,
    facts: Facts,
    recommendation: str,
    answer: str | None,
    problem: tuple[str, str | None] | None = None,
) -> GuidelineStep:
    n, name, title, question = step
    written = known.design.checklist.get(name) or answer
    status = problem[0] if problem else "done" if written else "open"
    return GuidelineStep(
        id=name,
        n=n,
        title=title,
        question=question,
        evidence=evidence,
        facts=tuple(GuidelineFact(label=label, value=value) for label, value in facts),
        recommendation=recommendation,
        answer=written,
        status=status,  # type: ignore[arg-type]  # problems are stated as warnings or errors
        code=problem[1] if problem else None,
    )


def _short(known: Known) -> tuple[str, tuple[str, str | None]] | None:
    """Say that the history is too short, where a step rests on it."""
    if known.evidence is not None:
        return None
    return f"The history covers {known.panel.days} whole days; 14 are needed.", ("error", "E_NO_PREPERIOD")


def _why(known: Known) -> GuidelineStep:
    answer, problem = known.design.interference, None
    words = {None: None, True: "Yes: treatment of some acts on others.", False: "No: participants are independent."}
    if answer is False:
        problem = ("warning", None)
    return _step(
        known,
        (1, "why", "Why a switchback", "Does treatment of some participants act on others?"),
        "A switchback costs power; it is worth it where participants compete for the same supply.",
        (),
        "Randomise participants instead (dw.BetweenSubject): it needs far less time."
        if answer is False
        else "Switch whole regions, so that everybody who competes has the same arm.",
        words[answer],
        problem,
    )


def _panel(known: Known) -> GuidelineStep:
    panel, short = known.panel, _short(known)
    step = (2, "panel", "Panel", "Is there a history of every region and hour?")
    facts = [("Regions", numbers.integer(len(panel.regions))), ("Days", numbers.integer(panel.days))]
    if short is not None or known.evidence is None:
        return _step(
            known, step, short[0] if short else "", facts, "Collect more history.", None, ("error", "E_NO_PREPERIOD")
        )
    missing = known.evidence.missing
    facts.append(("Hours without rows", f"{missing:.1%}"))
    problem: tuple[str, str | None] | None = None
    if missing > GAPS:
        problem = ("warning", "W_PANEL_GAPS")
    elif panel.days < ADVISED_DAYS:
        problem = ("warning", "W_SHORT_PREPERIOD")
    return _step(
        known,
        step,
        f"{panel.days} whole days of {len(panel.regions)} regions; {missing:.1%} of the hours have no rows"
        + (f", most in {known.evidence.worst}." if known.evidence.worst else "."),
        facts,
        "Repair the gaps; outcomes that are missing cannot be made up." if missing > GAPS
        else "Give 28 days or more." if panel.days < ADVISED_DAYS else "Use it.",
        f"{panel.days} days of {len(panel.regions)} regions",
        problem,
    )  # fmt: skip


def _seasons(known: Known) -> GuidelineStep:
    step = (3, "seasonality", "Seasons", "What do the clock and the calendar explain?")
    effects = time_effects_of(known.design, len(known.panel.regions), known.days)
    if known.evidence is None:
        return _step(known, step, _no_history(known), (), "", None, ("error", "E_NO_PREPERIOD"))
    shares = known.evidence.seasons
    most = max(shares, key=lambda name: shares[name])
    return _step(
        known,
        step,
        f"Within regions {most} explains {shares[most]:.0%} of what hours differ in.",
        [(f"R² of {name}", f"{share:.0%}") for name, share in shares.items()],
        f"Fixed effects of {_effects_in_words(effects)}.",
        _effects_in_words(effects),
    )


def _memory(known: Known) -> GuidelineStep:
    step = (4, "autocorrelation", "Memory", "How long do neighbouring hours resemble each other?")
    if known.evidence is None:
        return _step(known, step, _no_history(known), (), "", None, ("error", "E_NO_PREPERIOD"))
    found, gone = known.evidence.correlation, known.evidence.gone_after
    evidence = f"What fixed effects leave of an hour correlates {found.correlations[1]:.2f} with the hour before"
    evidence += _fading(found.correlations, gone)
    return _step(
        known,
        step,
        evidence,
        [(f"{k} h", f"{found.correlations[k]:.2f}") for k in (1, 2, 3, 6, 12, 24) if k < len(found.correlations)],
        "Pairs compare neighbours, which gains the more the longer this memory is; errors by the coin allow for it."
        if abs(found.correlations[1]) >= 0.1
        else "Hours are nearly unrelated, so the way slots are drawn matters little.",
        "Errors are clustered by what one coin decided",
    )


def _fading(correlations: Sequence[float], gone: int | None) -> str:
    """Say when the correlation is small for the first time, and where it is largest after that."""
    if gone is None:
        return f"; still {correlations[-1]:.2f} after {len(correlations) - 1} h."
    again = max(range(gone, len(correlations)), key=lambda k: abs(correlations[k]))
    if abs(correlations[again]) < GONE:
        return f"; within ±{GONE:g} from {gone} h on."
    return f"; within ±{GONE:g} after {gone} h, {correlations[again]:.2f} again after {again} h."


def _onset(known: Known) -> GuidelineStep:
    design, minutes = known.design, onset_minutes(known.design)
    step = (5, "onset", "Onset", "How fast does the effect set in, and how long does treatment act on?")
    if design.onset == "habit":
        return _step(
            known, step, "An effect that takes days to form is never whole within a slot.", (),
            "Randomise participants or regions for the whole run.", CLASSES["habit"], ("error", "E_HABIT"),
        )  # fmt: skip
    facts = [] if minutes is None else [("Whole after", in_words(minutes))]
    if design.onset is None and design.carryover is None:
        return _step(
            known, step, "The history cannot say it: it holds no treatment.", facts,
            "Say which: instant (5 min), trip (30 min), repositioning (2 h) or habit; better, give carryover= from the "
            "95th percentile of the time from exposure to outcome.",
            None,
        )  # fmt: skip
    said = CLASSES[design.onset] if design.onset else f"within {in_words(design.carryover or 0)}"
    short = minutes is not None and minutes > design.burn_in
    return _step(
        known, step, f"The effect sets in {said}.", facts,
        f"A burn-in of {in_words(advised_burn_in(design))}." if advised_burn_in(design) else "No burn-in is needed.",
        said, ("warning", None) if short else None,
    )  # fmt: skip


def _slot(known: Known) -> GuidelineStep:
    design = known.design
    minutes, burn_in, advised = onset_minutes(design), advised_burn_in(design), advised_slot(design)
    facts = [("Slot", in_words(design.slot)), ("Burn-in", in_words(design.burn_in))]
    evidence = f"Of {in_words(design.slot)} the burn-in takes {design.burn_in / design.slot:.0%}."
    if minutes:
        lost = attenuation(onset_curve(minutes, design.slot), design.slot, design.assignment)
        facts.append(("Lost without burn-in", f"{min(lost, 1.0):.0%}"))
        evidence += f" Without one the effect would be seen {min(lost, 1.0):.0%} too small."
    problem: tuple[str, str | None] | None = None
    if design.burn_in and design.slot < LEAST_SLOT * design.burn_in:
        problem = ("error", "E_SLOT_SHORT")
    elif design.slot < ADVISED_SLOT * burn_in:
        problem = ("warning", None)
    return _step(
        known,
        (6, "slot", "Slot length", "How long is a slot, and what is left out at its start?"),
        evidence,
        facts,
        f"Slots of {in_words(advised)} with a burn-in of {in_words(burn_in)}."
        if (advised, burn_in) != (design.slot, design.burn_in)
        else "Keep them: a slot is at least three burn-ins long.",
        f"{in_words(design.slot)}, burn-in {in_words(design.burn_in)}",
        problem,
    )


def _cool_down(known: Known) -> GuidelineStep:
    dated = known.design.exposure_time
    return _step(
        known,
        (7, "cool-down", "Cool-down", "Are rows dated by when their exposure began?"),
        "Rows dated by exposure belong to the slot that treated them, whenever they end."
        if dated
        else "Rows dated by their outcome may belong to the slot before.",
        (),
        "None is needed."
        if dated
        else "Date rows by exposure; else also leave out rows whose time from exposure to outcome crosses a switch.",
        "By exposure" if dated else "By outcome",
        None if dated else ("warning", None),
    )


def _granularity(known: Known) -> GuidelineStep:
    weights = known.design.weights
    said = {
        "usual": "by the usual size of this region and hour of the week, which treatment cannot move",
        "rows": "by the rows they turn out to have",
        "hours": "all alike",
    }[weights]
    return _step(
        known,
        (8, "granularity", "Cells and weights", "How do regions and hours count?"),
        f"The analysis works on region × hour cells that count {said}.",
        (),
        "Leave weights='usual'." if weights == "rows" else "Keep it.",
        weights,
        ("warning", "W_POST_WEIGHT") if weights == "rows" else None,
    )


def _schedule(known: Known) -> GuidelineStep:
    design = known.design
    told = drawn_alike(known.options)
    step = (9, "schedule", "Schedule", "What does a coin decide?")
    best = best_mechanism(told)
    if best is None or len(told) < 2:
        return _step(
            known, step, f"Drawn by {HOW_DRAWN[design.assignment]}.", (),
            "Randomised pairs, unless treatment acts on for long.", HOW_DRAWN[design.assignment],
        )  # fmt: skip
    own = next((each for each in told if each.chosen), told[0])
    facts = [(each.name, numbers.level(each.std_dev or 0.0, "continuous")) for each in told]
    evidence = "Standard deviation of the estimate on this history: " + "; ".join(f"{n} {v}" for n, v in facts) + "."
    return _step(
        known, step, evidence, facts,
        "Keep it." if best is own else f"Draw by {best.assignment}: {HOW_DRAWN[best.assignment]}.",
        HOW_DRAWN[design.assignment],
        None if best is own else ("warning", None),
    )  # fmt: skip


def _power(known: Known) -> GuidelineStep:
    step, found = (10, "power", "Power", "What effect can be found, and does the analysis hold?"), known.simulation
    if found is None:
        code = "E_NO_PREPERIOD" if known.evidence is None else "E_HABIT" if known.design.onset == "habit" else None
        return _step(known, step, known.reason or _no_history(known), (), "", None, ("error", code))
    detects = numbers.level(found.detectable, "continuous") if found.relative is None else f"{found.relative:.1%}"
    facts = [
        ("Schedules", numbers.integer(found.done)),
        ("Rejected without an effect", f"{found.aa_rate:.1%} ({found.aa_lower:.1%} to {found.aa_upper:.1%})"),
        ("Detectable", detects),
        *((f"Power at {_size(each.relative, each.effect)}", f"{each.power:.0%}") for each in found.checks),
    ]
    codes = {"fails": ("error", "E_AA_FAIL"), "holds": None, "conservative": None}
    return _step(
        known, step,
        f"Of {found.done} schedules on your history without an effect {found.aa_rate:.1%} were rejected. "
        f"{found.days} days of it find {detects} in {readable(found.metric)} with {found.power:.0%} power.",
        facts, _days_needed(found),
        None if found.effect is None else f"{_size(_relative(found), found.effect)} in {found.days} days",
        codes[found.aa_status] or (("warning", None) if _too_weak(found) else None),
    )  # fmt: skip


def _units(known: Known) -> GuidelineStep:
    design = known.design
    units = units_of(design, len(known.panel.regions), known.days)
    arm = units / 2
    code = "E_FEW_CLUSTERS" if arm < LEAST_UNITS else "W_FEW_CLUSTERS" if arm < FEW_UNITS else None
    drawn = "days" if design.assignment == "days" else "slots"
    each = " × regions" if design.regions == "separate" and len(known.panel.regions) > 1 else ""
    return _step(
        known,
        (11, "units", "Units", "How much is drawn by coins?"),
        f"{known.days} days hold {units} {drawn}{each}, {units // 2} per arm."
        + ("" if design.regions == "separate" else " Regions that switch together add precision, not units."),
        [("Per arm", numbers.integer(units // 2))],
        "More days, shorter slots, or regions that are drawn separately."
        if code
        else "Enough: 10 per arm are advised.",
        f"{units // 2} per arm in {known.days} days",
        None if code is None else ("error" if code == "E_FEW_CLUSTERS" else "warning", code),
    )


def _no_history(known: Known) -> str:
    return f"The history covers {known.panel.days} whole days; 14 are needed."


def _too_weak(found: MetricSimulation) -> bool:
    return found.effect is not None and (found.days_needed is None or found.days_needed > found.days)


def _relative(found: MetricSimulation) -> float | None:
    return None if found.effect is None or found.level <= 0 else found.effect / found.level


def _size(relative: float | None, effect: float) -> str:
    return f"{abs(relative):.1%}" if relative is not None else numbers.level(abs(effect), "continuous")


def _days_needed(found: MetricSimulation) -> str:
    if found.effect is None:
        return "Say which effect is worth finding: effect=, or minimum_effect= of the metric."
    size = _size(_relative(found), found.effect)
    if found.days_needed is None:
        return f"{size} is not found within a year; widen the regions, or look for a larger effect."
    return f"{size} needs {found.days_needed} days."


def _effects_in_words(effects: str) -> str:
    return {
        "calendar-hour": "calendar hours",
        "hour-of-day": "the hour of the day",
        "hour-of-day+date": "the hour of the day and the date",
        "hour-of-day+weekday": "the hour of the day and the weekday",
        "hour-of-week": "the hour of the week",
    }[effects]


def checklist_of(steps: Sequence[GuidelineStep]) -> Mapping[str, str]:
    """Return the answers by step."""
    return {each.id: each.answer for each in steps if each.answer is not None}
