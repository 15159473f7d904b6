"""The verbs of the front door. What a design needs of them is loaded when it is asked for, so that each stays light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any, Final, overload

from decision_widgets.data.progress import Listener
from decision_widgets.design import BetweenSubject, Switchback
from decision_widgets.errors import InputError, listed
from decision_widgets.vocabulary import Compare, Estimand

if TYPE_CHECKING:
    from decision_widgets.results import DecisionResult
    from decision_widgets.results.guideline import SwitchbackAdvice
    from decision_widgets.results.sizing import SizingAdvice
    from decision_widgets.results.switchback import SwitchbackResult

DRAWS: Final = 1_000


@overload
def analyze(
    data: Any, design: BetweenSubject, *, methods: Sequence[str] | None = None, progress: bool | Listener | None = None
) -> DecisionResult: ...


@overload
def analyze(
    data: Any, design: Switchback, *, methods: Sequence[str] | None = None, progress: bool | Listener | None = None
) -> SwitchbackResult: ...


def analyze(
    data: Any,
    design: BetweenSubject | Switchback,
    *,
    methods: Sequence[str] | None = None,
    progress: bool | Listener | None = None,
) -> DecisionResult | SwitchbackResult:
    """Give the recommended analysis of an experiment, with its verdict.

    Parameters
    ----------
    data : pandas or Polars frame, PyArrow table, DuckDB relation, (connection, name), path, or PySpark DataFrame
        One row per observation; a participant may have many. Of a switchback: rows such as trips, dated by ``time``, or
        one row per region and hour.
    design : BetweenSubject or Switchback
    methods : sequence of str, optional
        Tests of the toolbox to show beside the recommended analysis, which is always there: ``"student"``,
        ``"equivalence"``, ``"proportions"``, ``"mann_whitney"``, ``"ks"``, ``"normality"``, ``"shapiro_wilk"``,
        ``"quantiles"``, ``"levene"``, ``"logit"``, ``"mlrate"``, ``"individual_effects"``, ``"joint"``,
        ``"all_pairs"``, ``"romano_wolf"``, ``"paired_t"``, ``"wilcoxon"``. Left out, the usual ones; an empty list
        leaves them all out.
        Of a switchback: ``"randomization"``, ``"wild_bootstrap"``, ``"lagged_exposure"``, ``"horvitz_thompson"``,
        ``"newey_west"``, ``"rows"``, ``"paired_t"``, ``"wilcoxon"``, ``"normality"``.
    progress : bool, callable, optional
        Whether a line of standard error tells how far the read has come. By default it appears after two seconds, at a
        prompt or in a notebook only, and goes when the read is done. A function receives a ``Progress`` instead: the
        stage in words, the share done of the running statement (``None`` when the engine does not say), the seconds.

    Returns
    -------
    DecisionResult or SwitchbackResult
        Between-subject: basic statistics, sample-ratio check, Welch on participants, the recommended regression with
        errors clustered by participant (CR2) and adjusted by the design's covariates or strata, relative uplift with
        Fieller's interval, the toolbox, effects in segments, messages by code, and the decision. Switchback: the panel
        regression with fixed effects of time and regions, errors clustered by what the randomiser drew (CR2), beside
        it randomisation inference, the schedule check, carry-over and sensitivity to the burn-in. A metric that cannot
        be computed is refused with its reason; the others are computed. When the comparison is invalid no effect is
        given at all.

    Raises
    ------
    InputError, ColumnNotFound, MissingValues
        The data do not fit the design; nothing was computed.
    """
    if isinstance(design, Switchback):
        answer: SwitchbackResult = _conductor("switchback").analyze_switchback(
            data, design, methods=methods, progress=progress
        )
        return answer
    if not isinstance(design, BetweenSubject):
        raise InputError(
            f"The design must be a BetweenSubject or a Switchback; got {type(design).__name__}. "
            "Call it as analyze(data, design), the data first."
        )
    result: DecisionResult = _conductor("between").analyze_between(data, design, methods=methods, progress=progress)
    return result


@overload
def advise(
    design: BetweenSubject,
    history: Any,
    *,
    effect: float | Mapping[str, float] | None = None,
    relative: bool = True,
    participants: int | None = None,
    days: int | None = None,
    traffic: float | Sequence[float] = 1.0,
    compare: Compare = "control",
    estimand: Estimand = "observation",
    today: date | str | None = None,
    progress: bool | Listener | None = None,
) -> SizingAdvice: ...


@overload
def advise(
    design: Switchback,
    history: Any,
    *,
    effect: float | Mapping[str, float] | None = None,
    relative: bool = True,
    days: int | None = None,
    draws: int = DRAWS,
    alternatives: Sequence[Switchback] = (),
    progress: bool | Listener | None = None,
) -> SwitchbackAdvice: ...


def advise(
    design: BetweenSubject | Switchback,
    history: Any,
    *,
    effect: float | Mapping[str, float] | None = None,
    relative: bool = True,
    participants: int | None = None,
    days: int | None = None,
    traffic: float | Sequence[float] = 1.0,
    compare: Compare = "control",
    estimand: Estimand = "observation",
    today: date | str | None = None,
    draws: int = DRAWS,
    alternatives: Sequence[Switchback] = (),
    progress: bool | Listener | None = None,
) -> SizingAdvice | SwitchbackAdvice:
    """Tell how many participants and days an experiment needs, or what it will be able to see.

    With an effect alone the participants follow, and the days in which they come. With `participants` or `days` the
    smallest effect follows, or the power of a given `effect`. Guardrails need enough participants to rule out their
    limit, secondary metrics show the smallest effect that they would find.

    Parameters
    ----------
    design : BetweenSubject or Switchback
        Between-subject: its arms with their shares, power, alpha, and what its metrics say: role, direction, limit,
        covariates. A primary metric with a `minimum_effect` δ is planned for an effect of δ/0.7, which at power 0.8 and
        alpha 0.05 is found worth shipping as often as it is found at all; the answer says how often it ships.
    history : table, MetricSummary, HistorySummary, TypedSummary, a sequence or mapping of them, MetricStore, or str
        A table is anything that ``analyze`` reads; it has no arms. A store, or anything with a method
        ``summary(metric)``, is asked for each metric by its name. A text that is no path is the name of a metric in the
        store; so is a text in a mapping, under the name that the design uses.
    effect : float or mapping of metric to float, optional
        The size of the change to find, for all primary metrics or by name: in the direction that is better, or the
        other one when below 0.
    relative : bool
        Whether `effect` is a fraction of the control (0.02 is 2 %) or in the metric's own unit. Verdicts read
        percentages from Fieller's interval, which leaves 0 out exactly when that of the difference does; so a share
        needs the same participants by either. Other values that grow by r are taken to spread by r too: (1 + r)²
        times the variance in the treatment.
    participants : int, optional
        Of all arms together.
    days : int, optional
        The participants that come in so many days.
    traffic : float or sequence of float
        Share of the traffic in the experiment, or its shares by day for a ramp; the last one goes on.
    compare : {"control", "all"}
        Every treatment with control, or every pair of arms; all pairs asked for have the power.
    estimand : {"observation", "participant"}
        The average of observations, as the recommended analysis estimates it, or that of participants.
    today : date, optional
        The day on which the age of a summary is judged.
    draws : int
        Of a switchback: how many schedules are simulated on its own history, at least 50. Each is analysed as the run
        will be, without the adjustment by its history.
    alternatives : sequence of Switchback
        Other plans of the same switchback, simulated beside it.
    progress : bool, callable, optional
        As in ``analyze``. A function that returns True while a switchback is simulated stops it, as Ctrl-C does: what
        was simulated until then is the answer.

    Returns
    -------
    SizingAdvice or SwitchbackAdvice
        One row per metric and pair of arms (`to_frame`), the plan, the explanation of each metric, messages by code. A
        metric that cannot be sized is refused with its reason; the others are sized. Of a switchback: the guideline
        step by step, with evidence from the history, a recommendation and what power the plan has; errors of other days
        than were simulated are scaled by the root of the days. Below 14 days of history nothing is simulated.

    Raises
    ------
    InputError, ColumnNotFound, MissingValues
        The question or the history does not fit the design; nothing was computed.

    Examples
    --------
    >>> import decision_widgets as dw
    >>> design = dw.BetweenSubject(participant="rider_id", arm="variant", control="control", metrics=["booked"])
    >>> dw.advise(design, dw.TypedSummary("booked", mean=0.35), effect=0.02).plan.n_participants
    146424
    """
    given: dict[str, Any] = {"effect": effect, "relative": relative, "days": days, "progress": progress}
    between = {
        "participants": participants,
        "traffic": traffic,
        "compare": compare,
        "estimand": estimand,
        "today": today,
    }
    within = {"draws": draws, "alternatives": alternatives}
    if isinstance(design, Switchback):
        _refuse(between, "between-subject designs")
        guide: SwitchbackAdvice = _conductor("guideline").advise_switchback(design, history, **given, **within)
        return guide
    _refuse(within, "switchbacks")
    advice: SizingAdvice = _conductor("advice").advise_between(design, history, **given, **between)
    return advice


def _conductor(name: str) -> Any:
    return import_module(f"{__package__}.{name}")


def _refuse(given: Mapping[str, Any], what: str) -> None:
    """Refuse words that belong to another kind of design, unless they were left as they are."""
    said = [name for name, value in given.items() if value != signature(advise).parameters[name].default]
    if said:
        raise InputError(f"{listed(said)} belongs to {what}; leave it out here.")
