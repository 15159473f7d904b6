"""The words of the product: allowed values, and the codes that travel with a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

Kind = Literal["binary", "count", "continuous", "ratio"]
Role = Literal["primary", "secondary", "guardrail"]
Direction = Literal["increase", "decrease"]
Missing = Literal["raise", "drop", "zero"]
Verdict = Literal["ship", "dont-ship", "keep-running", "inconclusive", "invalid"]
Reading = Literal["better", "worse", "unclear", "within_limit", "limit_not_ruled_out", "limit_breached"]
RuleStatus = Literal["pass", "fail", "note", "not_run"]
Severity = Literal["error", "warning", "info"]
Confidence = Literal["certain", "likely", "guess"]
StoppingRule = Literal["obf", "pocock", "mixture"]
Compare = Literal["control", "all"]
Estimand = Literal["observation", "participant"]
Assignment = Literal["pairs", "slots", "day-balanced", "days", "minimax"]
Regions = Literal["together", "separate"]
TimeEffects = Literal["hour", "calendar-hour", "hour-of-day", "hour-of-day+date", "hour-of-day+weekday", "hour-of-week"]
Cluster = Literal["draw", "slot", "region-slot", "day", "region-day", "region"]
Weights = Literal["usual", "rows", "hours"]
Onset = Literal["instant", "trip", "repositioning", "habit"]

MonitoringVerdict = Literal["stop-benefit", "stop-harm", "plan-reached", "continue", "too-early", "invalid"]

HEADLINES: Final[dict[Verdict, str]] = {
    "ship": "Ship",
    "dont-ship": "Don\u2019t ship",
    "keep-running": "Keep running",
    "inconclusive": "Inconclusive",
    "invalid": "Invalid",
}

MONITORING_HEADLINES: Final[dict[MonitoringVerdict, str]] = {
    "stop-benefit": "Stop for benefit",
    "stop-harm": "Stop for harm",
    "plan-reached": "Plan reached",
    "continue": "Continue",
    "too-early": "Too early",
    "invalid": "Invalid",
}

ALL_SEGMENTS: Final = "all"
CARD_MIME: Final = "application/vnd.decision-widgets.card.v1+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a code says: the fact (title), why it matters (text), what to do (do)."""

    title: str
    text: str
    do: str


CODES: Final[dict[str, Code]] = {
    "E_METRIC_KIND": Code(
        title="{metric} could not be computed.",
        text="{what}",
        do="{remedy}",
    ),
    "E_NO_VARIATION": Code(
        title="{metric} never changes in {where}.",
        text="All {n} hold {value}, so nothing can be tested.",
        do="check the metric's query; for an event that never happened, report the count",
    ),
    "W_LOW_VARIATION": Code(
        title="{metric} is nearly constant.",
        text="{percent} of its values are {value}; the interval rests on the few others.",
        do="use a binary form or a longer window",
    ),
    "E_SMALL_N": Code(
        title="Too few {units} for {metric}.",
        text="Arm {arm} has {n}; a standard error needs at least 3.",
        do="wait, or widen eligibility",
    ),
    "W_SMALL_N": Code(
        title="Sample size is too small for {metric}.",
        text="Arm {arm} has {n} participants; 30 is the least that an interval should rest on.",
        do="read the interval, not the verdict; extend the experiment",
    ),
    "W_RARE": Code(
        title="{metric} is rare.",
        text="Arm {arm} has only {n} {events}; normal intervals are poor below 10.",
        do="extend the experiment until 10 are seen in each arm",
    ),
    "W_SKEW": Code(
        title="{metric} is skewed.",
        text="Its skew differs between {arm} and control in a way that shifts the tails of the test by about {points} "
        "percentage points (\u03ba = {kappa}).",
        do="read the interval with that in mind; equal arms and a cap set by plan help",
    ),
    "W_DOMINANT": Code(
        title="A few participants decide {metric}.",
        text="{who} {percent} of its variance in {where}.",
        do="check bots and test accounts; cap the metric by plan",
    ),
    "E_SRM": Code(
        title="The split is not the planned {planned}.",
        text="Arms hold {observed} {units} (p {p}), so results can\u2019t be trusted until the cause is found.",
        do="look at assignment, exposure logging and filters; fix the cause and restart",
    ),
    "W_SRM_WATCH": Code(
        title="The split is drifting from the planned {planned}.",
        text="Arms hold {observed} participants (p {p}); the alarm is at p < 0.001.",
        do="look at it again tomorrow",
    ),
    "E_CONTAMINATION": Code(
        title="{who} saw more than one arm.",
        text="That is {percent} of all; above 0.1% the comparison is no longer the one that was randomised.",
        do="fix the assignment log",
    ),
    "W_CONTAMINATION": Code(
        title="{who} saw more than one arm.",
        text="That is {percent} of all; they were left out.",
        do="check the assignment log",
    ),
    "W_MISSING": Code(
        title="{metric} is missing in {percent} of its rows.",
        text="Rows without a value were {handled}{by_arm}.",
        do="find out why they are missing; a loss that differs by arm biases the effect",
    ),
    "I_MISSING": Code(
        title="{metric} is missing in {n} rows ({percent}).",
        text="They were {handled}.",
        do="",
    ),
    "W_LEFT_OUT": Code(
        title="{n} rows were left out, {percent} of all.",
        text="They are {where}{so}.",
        do="check the join; rows that go missing in one arm bias the effect",
    ),
    "I_LEFT_OUT": Code(
        title="{n} rows were left out, {percent} of all.",
        text="They are {where}.",
        do="",
    ),
    "E_FEW_CLUSTERS": Code(
        title="Too few {units} to judge {metric}.",
        text="With {n_treatment} against {n_control}, effective degrees of freedom {df}, standard errors "
        "would be under-estimated.",
        do="extend the experiment",
    ),
    "W_FEW_CLUSTERS": Code(
        title="Few {units} for {metric}.",
        text="{n_treatment} are compared with {n_control}, effective degrees of freedom are {df}; a small-sample "
        "correction is used.",
        do="extend the experiment",
    ),
    "E_FE_COLLINEAR": Code(
        title="The fixed effects leave nothing to compare for {metric}.",
        text="They leave a share of {retained_variation} of the treatment\u2019s variation; an effect needs 0.05.",
        do="use coarser fixed effects, or redraw the schedule",
    ),
    "W_SEPARATION": Code(
        title="The odds ratio of {metric} does not exist.",
        text="An arm or a covariate tells those who do from those who don\u2019t without error; the linear model is "
        "shown.",
        do="",
    ),
    "E_RATIO_UNBOUNDED": Code(
        title="{metric} has no relative uplift.",
        text="Its level under control is not distinguishable from 0, so a percentage of it means nothing.",
        do="report the absolute effect",
    ),
    "E_BASELINE_SIGN": Code(
        title="{metric} has no relative uplift.",
        text="A percentage needs a positive level under control; it is {mean}.",
        do="report the absolute effect",
    ),
    "E_NI_MARGIN": Code(
        title="Guardrail {metric} has no limit.",
        text="Without the largest acceptable loss nobody can say whether it holds.",
        do="set limit=, a fraction of the control, for example 0.02",
    ),
    "W_SHORT_RUN": Code(
        title="The experiment ran {days}.",
        text="{why}, so weekdays do not count equally.",
        do="complete the week",
    ),
    "W_NO_DELTA_MIN": Code(
        title="No smallest worthwhile effect was given for {which}.",
        text="{used}",
        do="set minimum_effect= with the owner of the decision",
    ),
    "W_PEEKED": Code(
        title="{what}",
        text="{meaning}",
        do="{remedy}",
    ),
    "I_BINARY_MAP": Code(
        title="{metric} is read as yes or no.",
        text="{zero} counts as 0 and {one} as 1.",
        do="confirm, or declare kind=",
    ),
    "I_COUNT_OR_MONEY": Code(
        title="{metric} holds large whole numbers.",
        text="They look like money and are treated as continuous (largest {largest}).",
        do="declare kind='count' if they are counts; the effect does not change",
    ),
    "I_UNIT_AGGREGATED": Code(
        title="Participants have {per_participant} observations each.",
        text="Errors are clustered by {participant}; rows of one participant are not independent.",
        do="",
    ),
    "I_EQUAL_SPLIT": Code(
        title="The planned split was not stated.",
        text="Equal arms were taken for the plan.",
        do="give arms= with the planned shares",
    ),
    "W_FRAGILE": Code(
        title="The effect on {metric} depends on {which}.",
        text="{why}, so neither proves anything.",
        do="{remedy}",
    ),
    "I_ALLOC_COST": Code(
        title="This split needs {factor} times the sample of the best one.",
        text="With equal variances the best share of control is {best}.",
        do="",
    ),
    "W_ARM_DROPPED": Code(
        title="Arm {arm} has no participants.",
        text="The design plans it, and a comparison from which an arm was taken after the fact is not the planned one.",
        do="report all arms, or state the plan that dropped it",
    ),
    "I_CI_MISMATCH": Code(
        title="Adjusted p and adjusted interval of {metric} disagree.",
        text="The stepwise p-value and the simultaneous interval answer slightly different questions.",
        do="decide on the interval",
    ),
    "W_NOT_APPLIED": Code(
        title="The design names {what}, which could not be used.",
        text="{why}",
        do="",
    ),
    "I_STRATA_MERGED": Code(
        title="{n} of {of} strata were merged for {metric}.",
        text="They hold fewer than 10 participants per arm of {arm} or control.",
        do="",
    ),
    "W_SUBGROUP_THIN": Code(
        title="Few {units} with {level}.",
        text="An arm holds {n}; below {least} the interval of a subgroup is not to be trusted.",
        do="merge levels",
    ),
    "W_CATE_NOISE": Code(
        title="No evidence that predicted effects on {metric} rank participants.",
        text="They failed on participants that were held out.",
        do="use the average effect",
    ),
    "I_TIES": Code(
        title="{percent} of participants share their value of {metric}.",
        text="Ranks say little about tied values.",
        do="read the probability of superiority",
    ),
    "I_NORMALITY_LARGE_N": Code(
        title="Tests of normality say nothing about {metric}.",
        text="At {n} participants they reject gaps that harm nothing; what must be near normal is the mean.",
        do="",
    ),
    "I_ROWS_ARE_PARTICIPANTS": Code(
        title="Every row counts as one participant.",
        text="The design names no participant column.",
        do="name participant= if somebody may have several rows",
    ),
    "I_NO_DAYS": Code(
        title="The size of {metric} holds for a run as long as its history.",
        text="Participants have {each} observations each there, and more or fewer in another time.",
        do="name time= in the design, so that each length of run is planned by itself",
    ),
    "I_TWO_NUMBERS": Code(
        title="{metric} is read as a number.",
        text="{evidence}; its average is planned, and will be analysed.",
        do="declare kind='binary' if they mean no and yes",
    ),
    "E_COV_POST": Code(
        title="{what} differs between arms.",
        text="Something known before the experiment differs that much by chance with p {p}, so it was measured after "
        "exposure or the split is broken; {done}.",
        do="leave it out, and look at the sample ratio",
    ),
    "W_CUPED_MISSING": Code(
        title="{percent} have no {covariate}.",
        text="They count with its mean and an indicator, so adjusting {metric} gains little.",
        do="",
    ),
    "W_ADJ_SHIFT": Code(
        title="Adjusting moves the effect on {metric} from {unadjusted} to {adjusted}.",
        text="That is more than {by}, known before the experiment, should move it in {arm}.",
        do="look at when and how the {by} were measured",
    ),
    "I_VR_NEGATIVE": Code(
        title="Adjusting does not help {metric}.",
        text="With {by} the interval of {arm} would be {percent} wider; the effect is shown without.",
        do="",
    ),
    "W_ZERO_INFLATED": Code(
        title="{metric} is 0 in {percent} of its rows.",
        text="A change of how many are above 0 and one of how large they are look alike in its mean.",
        do="keep the mean as headline; watch the rate and the size of those above 0 as two metrics",
    ),
    "W_ESTIMAND": Code(
        title="The two averages of {metric} need {n} and {n_other} participants.",
        text="The average of {this} is planned for; that of {other} answers a different question.",
        do="choose the estimand before launch",
    ),
    "W_HISTORY_THIN": Code(
        title="The history of {metric} is thin.",
        text="From another one of its length {n_upper} participants could be needed instead of {n}.",
        do="give more history, or plan for {n_upper}",
    ),
    "W_STALE": Code(
        title="The summary of {metric} is {days} days old.",
        text="It is true of {as_of}; traffic and behaviour move.",
        do="summarise again, or give the data",
    ),
    "W_UNREACHABLE": Code(
        title="{metric} needs {n} participants, more than come in {days}.",
        text="{instead}",
        do="{remedy}",
    ),
    "I_ICC_NEG": Code(
        title="The intraclass correlation of {metric} is shown as 0.",
        text="Its estimate is {icc}, below 0 by chance; the size does not use it.",
        do="",
    ),
    "I_CUPED_WEAK": Code(
        title="Covariates will help {metric} little.",
        text="Its own window before, which stands for them in a plan, explains {percent} of its variance.",
        do="look for another covariate",
    ),
    "E_SCHEDULE_ALIAS": Code(
        title="Treatment cannot be told from the clock.",
        text="{why}",
        do="draw the slots by coins, as schedule() does, and run again",
    ),
    "E_SCHEDULE_MISMATCH": Code(
        title="{what}",
        text="{percent} of {of} are concerned; above 0.5% it is not the experiment that was drawn.",
        do="{remedy}",
    ),
    "E_CLUSTER_FINE": Code(
        title="Errors cannot be clustered by {cluster}.",
        text="One toss of the coin decided about {drawn}; with finer clusters 22 to 65 of 100 experiments without an "
        "effect show one.",
        do="{remedy}",
    ),
    "W_REGION_CLUSTER": Code(
        title="Errors are clustered by region alone.",
        text="Regions are few ({n}), and what they have in common in one slot is not allowed for.",
        do="leave cluster= out: one draw of the schedule is the usual cluster",
    ),
    "W_PANEL_GAPS": Code(
        title="{percent} of the hours have no rows.",
        text="Most of them are in {where}. They are left out, not counted as 0.",
        do="repair the table; outcomes that are missing cannot be made up",
    ),
    "W_POST_WEIGHT": Code(
        title="Hours count by the rows they have.",
        text="Treatment may move how many rows there are, and then it moves the weights of its own effect.",
        do="leave weights= out, so that hours count by their usual rows",
    ),
    "W_VOLUME_SHIFT": Code(
        title="Rows per slot differ by {percent} between arms.",
        text="The interval is {interval} (p {p}); the number alone does not tell rows that were lost from an effect.",
        do="compare a counter from before exposure",
    ),
    "W_FE_ABSORBS": Code(
        title="The fixed effects absorb {percent} of the treatment\u2019s variation.",
        text="The effect rests on the {left} that they leave, so its interval is wide.",
        do="use coarser time effects",
    ),
    "W_FE_RICH": Code(
        title="The fixed effects use up {percent} of what was randomised.",
        text="They have a rank of {rank} among {n} {units}; beyond a quarter errors get too small.",
        do="{remedy}",
    ),
    "W_RI_DISAGREES": Code(
        title="Dealing the arms again disagrees with the model about {metric}.",
        text="Randomisation inference gives p {p_randomization}, the regression p {p_model}.",
        do="trust the first of them for the test, and look for slots that stand out",
    ),
    "W_CARRYOVER": Code(
        title="Treatment still acts on {metric} after {after}.",
        text="What earlier slots still do adds up to {effect} (interval {interval}, p {p}).",
        do="double the burn-in; the lagged effects are in the toolbox",
    ),
    "W_SHORT_BURN_IN": Code(
        title="The burn-in of {burn_in} is shorter than the carry-over of {carryover}.",
        text="Treatment has not set in fully where effects are measured, so they are seen too small.",
        do="read the sum of lags (methods=['lagged_exposure']); next time drop {carryover} of longer slots",
    ),
    "W_NO_BURN_IN": Code(
        title="Slots count from their first minute.",
        text="No burn-in was declared, so what the arm before still does there counts for the one that follows.",
        do="set burn_in= to the time in which the effect sets in",
    ),
    "E_NO_PREPERIOD": Code(
        title="The history is too short for a guideline.",
        text="It covers {days} whole days; evidence about seasons and power needs 14, better 28.",
        do="collect more history of the same regions",
    ),
    "W_SHORT_PREPERIOD": Code(
        title="The history covers {days} whole days.",
        text="Below 28 a week that was unlike the others weighs heavily in everything said here.",
        do="give 28 days or more",
    ),
    "E_HABIT": Code(
        title="Habits cannot be measured by switching.",
        text="An effect that takes days to form is never whole within a slot, so a switchback would miss it.",
        do="randomise participants or regions for the whole run",
    ),
    "E_SLOT_SHORT": Code(
        title="Slots of {slot} are too short for a burn-in of {burn_in}.",
        text="They lose {percent} of their minutes to it; at least half must stay.",
        do="use slots of {least} or longer, better {advised}",
    ),
    "E_AA_FAIL": Code(
        title="On your own history {metric} shows effects that are not there.",
        text="Of {n} schedules without any effect {percent} were rejected ({interval}); {alpha} is promised.",
        do="use coarser clusters, or time effects that fit",
    ),
    "I_AA_CONSERVATIVE": Code(
        title="The analysis of {metric} is conservative on this history.",
        text="Of {n} schedules without any effect {percent} were rejected ({interval}); {alpha} is allowed.",
        do="",
    ),
    "I_CLOCK_CHANGE": Code(
        title="The clock changes during the run.",
        text="{n} slots that it touches were left out.",
        do="",
    ),
    "I_COVARIATE_LEFT_OUT": Code(
        title="Covariate {covariate} of {metric} was left out.",
        text="{reason}",
        do="",
    ),
}


PARTLY_STOPPING: Final = ("E_BASELINE_SIGN", "E_RATIO_UNBOUNDED", "E_COV_POST")
"""Codes that stop the relative or the adjusted effect alone; another one is shown, so they warn."""


def severity(code: str) -> Severity:
    """Read the severity off a code: E_ stops a number, W_ travels with it, I_ informs.

    >>> severity("W_SKEW")
    'warning'
    """
    if code in PARTLY_STOPPING:
        return "warning"
    return {"E": "error", "W": "warning", "I": "info"}[code[0]]  # type: ignore[return-value]  # the dict holds every Severity


def words(alias: object) -> tuple[str, ...]:
    """List the allowed words of a ``Literal``.

    >>> words(Direction)
    ('increase', 'decrease')
    """
    return get_args(alias)


def readable(name: str) -> str:
    """Write the name of a column as a reader says it.

    >>> readable("rider_tenure")
    'Rider tenure'
    """
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


GLOSSARY: Final[dict[str, str]] = {
    "uplift": "How much a metric changed under the treatment, as a share of its level under control.",
    "lift": "A change of a metric, as a share of its level under control.",
    "limit": "How much worse a guardrail metric may get, as a share of its level under control, before the change is "
    "not shipped.",
    "burn-in": "The first minutes after an arm switches, left out because the arm before still has an effect.",
}
"""The only jargon that cards use, explained where it stands."""
