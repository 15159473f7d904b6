"""From a design and a history to an advice: how many participants, for how many days, to see what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import Any, Final

import decision_widgets
from decision_widgets import checks
from decision_widgets.analysis.arms import PlannedArms, planned_arms
from decision_widgets.analysis.kept import kept_history
from decision_widgets.analysis.past import Past, read_pasts
from decision_widgets.analysis.provenance import in_order
from decision_widgets.analysis.sizing import Size
from decision_widgets.analysis.sizing_messages import arms_messages, history_messages, size_messages
from decision_widgets.analysis.sizing_rows import metric_advice, pair_rows
from decision_widgets.analysis.solving import Found, solve
from decision_widgets.analysis.sources import kept_source
from decision_widgets.data import Listener
from decision_widgets.data.store import MetricStore, StoreView
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import CannotEstimate, InputError, did_you_mean, listed
from decision_widgets.moments import TypedSummary
from decision_widgets.results import Message
from decision_widgets.results.sizing import SizingAdvice
from decision_widgets.results.sizing_records import MetricAdvice, NotSized, PairAdvice, SizingQuestion
from decision_widgets.vocabulary import Compare, Estimand, words

_RULES: Final[Mapping[str, checks.Rule]] = {
    "participants": checks.Optional(checks.Positive(whole=True)),
    "days": checks.Optional(checks.Positive(whole=True)),
    "relative": checks.TrueOrFalse(),
    "compare": checks.OneOf(words(Compare)),
    "estimand": checks.OneOf(words(Estimand)),
}


def advise_between(
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
) -> SizingAdvice:
    """Size a between-subject experiment, as ``advise`` says."""
    given = {
        "relative": relative,
        "participants": participants,
        "days": days,
        "compare": compare,
        "estimand": estimand,
    }
    question = _question(design, effect, traffic, given)
    pasts = read_pasts(design, history, estimand, progress)
    return advice_of(
        design, pasts, question, today=_day(today), kept=kept_source(history) is not None, history=_as_code(history)
    )


def advice_of(
    design: BetweenSubject,
    pasts: Mapping[str, Past | CannotEstimate],
    question: SizingQuestion,
    *,
    today: date,
    kept: bool,
    history: str | None,
) -> SizingAdvice:
    """Answer a question from pasts that were read before; `kept` says that they come from summaries made earlier."""
    arms = planned_arms(design, question.compare)
    found, plan = solve(design, pasts, arms, question)
    messages, rows, explained = _gather(design, pasts, found, arms, question, (today, kept))
    past, typed = kept_history(pasts)
    return SizingAdvice(
        design=design,
        question=question,
        plan=plan,
        rows=tuple(rows),
        metrics=tuple(explained),
        messages=in_order([*messages, *arms_messages(design, arms)]),
        history=history,
        past=past,
        typed=typed,
        version=decision_widgets.__version__,
        design_fingerprint=sha256(design.to_json().encode()).hexdigest()[:12],
    )


def _gather(
    design: BetweenSubject,
    pasts: Mapping[str, Past | CannotEstimate],
    found: Mapping[str, Found],
    arms: PlannedArms,
    question: SizingQuestion,
    asked: tuple[date, bool],
) -> tuple[list[Message], list[PairAdvice | NotSized], list[MetricAdvice]]:
    """Return what has to be said, the rows and the explanations, metric by metric."""
    messages: list[Message] = []
    rows: list[PairAdvice | NotSized] = []
    explained: list[MetricAdvice] = []
    for metric in design.metrics:
        size, (today, kept) = found[metric.name], asked
        own = history_messages(metric, pasts[metric.name], today, kept=kept)
        if isinstance(size, Size):
            own += size_messages(size, arms, question)
            explained.append(metric_advice(size, arms, question))
        own, own_rows = pair_rows(metric, size, arms, own)
        messages += own
        rows += own_rows
    return messages, rows, explained


def _question(design: object, effect: object, traffic: object, given: Mapping[str, Any]) -> SizingQuestion:
    if not isinstance(design, BetweenSubject):
        raise InputError(
            f"The design must be a BetweenSubject; got {type(design).__name__}. "
            "Call it as advise(design, history), the design first."
        )
    given = {name: checks.plain(value) for name, value in given.items()}
    problems = checks.problems(_RULES, given)
    effects = _effects(design, effect, problems)
    schedule = _traffic(traffic, problems)
    if problems:
        raise InputError.together("The question", problems)
    return SizingQuestion(effects=effects, traffic=schedule, **given)


def _effects(design: BetweenSubject, effect: object, problems: list[str]) -> dict[str, float]:
    """Read the effects to find by metric; a metric that the design lacks is named with the nearest."""
    if effect is None:
        return {}
    names = [metric.name for metric in design.metrics]
    if isinstance(effect, Mapping):
        given = {str(name): checks.plain(size) for name, size in effect.items()}
        problems += [
            f"effect names no metric {name!r} of the design.{did_you_mean(name, names)} It has: {listed(names)}."
            for name in given
            if name not in names
        ]
        guarded = [metric.name for metric in design.metrics if metric.role == "guardrail" and metric.name in given]
        problems += [
            f"effect names the guardrail {name!r}, which is planned for its limit=; set that, or role='secondary' to "
            "plan an effect."
            for name in guarded
        ]
    else:
        given = {metric.name: checks.plain(effect) for metric in design.metrics if metric.role == "primary"}
        if not given:
            problems.append("effect= is for primary metrics and the design has none; name the metric: effect={...}.")
    rule = checks.Between(-1e100, 1e100)
    for name, size in given.items():
        wrong = checks.problems({"effect": rule}, {"effect": size})
        if wrong or size == 0:
            problems.append(
                wrong[0] if wrong else f"effect must not be 0 (of {name!r}); state the smallest one worth finding."
            )
    return given  # type: ignore[return-value]  # numbers, or a problem was added


def _traffic(traffic: object, problems: list[str]) -> tuple[float, ...]:
    traffic = checks.plain(traffic)
    several = traffic if isinstance(traffic, Iterable) and not isinstance(traffic, str | Mapping) else (traffic,)
    shares = tuple(map(checks.plain, several))
    rule = checks.Between(0, 1, or_low=True)
    wrong = [share for share in shares if not (rule.accepts(share) or (isinstance(share, float | int) and share == 1))]
    if wrong or not shares or not any(shares):
        problems.append(f"traffic must be shares from 0 to 1, not all 0; got {traffic!r}.")
        return (1.0,)
    return tuple(float(share) for share in shares)  # type: ignore[arg-type]  # numbers, as checked


def _as_code(history: Any) -> str | None:
    """Write a history of typed numbers, names or a store as Python; other data have no short form."""
    if isinstance(history, str):
        return repr(history)
    if isinstance(history, MetricStore | StoreView):
        return f"dw.{history!r}"
    if isinstance(history, TypedSummary):
        words = [f"{f.name}={v!r}" for f in fields(history)[1:] if (v := getattr(history, f.name)) != f.default]
        return f"dw.TypedSummary({', '.join([repr(history.metric), *words])})"
    if isinstance(history, list | tuple) and history and all(isinstance(each, TypedSummary) for each in history):
        return f"[{', '.join(str(_as_code(each)) for each in history)}]"
    return None


def _day(given: date | str | None) -> date:
    if given is None:
        return date.today()
    day = checks.as_day(given)
    if not checks.is_day(day):
        raise InputError(f"today must be a day such as '2026-05-28'; got {given!r}.")
    return date.fromisoformat(str(day))
