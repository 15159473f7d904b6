"""Step 5: what the design asks of the past, and the card that shows the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decision_widgets.analysis.verbs import advise, analyze
from decision_widgets.cards.base import card_of, has_card
from decision_widgets.cards.design_form import Form, chosen
from decision_widgets.cards.design_texts import effect_of
from decision_widgets.cards.power_form import FormProblems, read_typed
from decision_widgets.cards.power_widget import PowerWidget
from decision_widgets.data.progress import Listener
from decision_widgets.data.store import MetricStore
from decision_widgets.design import BetweenSubject, Switchback
from decision_widgets.errors import InputError
from decision_widgets.results.shown import Shown
from decision_widgets.results.sizing_payload import shown_row
from decision_widgets.views.html import to_html

Answer = tuple[Any, Any, str]


def asked_of(form: Form, data: Any) -> tuple[float | None, Any]:
    """Return the lift to find (``None``: that of the metrics) and the history that the form names."""
    lift = effect_of(form["lift"])
    found = lift if isinstance(lift, float) else None
    if form["source"] == "store":
        return found, MetricStore()
    if form["source"] in ("frame", "given") and data is not None:
        return found, data
    if form["source"] != "typed":
        raise InputError(
            "Nothing is known of the past yet: choose in step 2 typed numbers, common metrics, or give data."
        )
    return found, _typed(form)


def _typed(form: Form) -> Any:
    primary = next((metric["name"].strip() for _, metric in chosen(form) if metric["role"] == "primary"), "")
    try:
        known = read_typed(primary, form["typed"])
    except FormProblems as problem:
        raise InputError(" ".join(problem.by_field.values())) from None
    if known is None:
        raise InputError(f"The mean of {primary} is missing; type it in step 2.")
    return {primary: known}


def planned(design: BetweenSubject | Switchback, history: Any, lift: float | None, listener: Listener) -> Answer:
    """Ask for the plan of a design; the answer, its card, and its HTML where it has no card."""
    if isinstance(design, BetweenSubject):
        design, history = _known_metrics(design, history)
        advice = advise(design, history, effect=lift, progress=listener)
        if shown_row(advice) is None:
            raise InputError(advice.sentence())
        return advice, PowerWidget.of(advice), ""
    return _shown(advise(design, history, effect=lift, progress=listener))


def _known_metrics(design: BetweenSubject, history: Any) -> tuple[BetweenSubject, Any]:
    """Leave out the metrics of which typed numbers say nothing; they do not set the size."""
    if not isinstance(history, Mapping):
        return design, history
    plain = design._to_plain()
    plain["metrics"] = [metric for metric in plain["metrics"] if metric["name"] in history]
    return BetweenSubject.of(plain), history


def is_plan_of(shown: BetweenSubject | None, design: BetweenSubject | Switchback) -> bool:
    """Tell whether a plan is one of this design, and not of a what-if."""
    if shown is None or not isinstance(design, BetweenSubject):
        return False
    same = all(getattr(shown, word) == getattr(design, word) for word in ("arms", "alpha", "power", "participant"))
    return same and all(metric in design.metrics for metric in shown.metrics)


def analysed(design: BetweenSubject | Switchback, data: Any, listener: Listener) -> Answer:
    """Analyse data by a design; the result, its card, and its HTML where it has no card."""
    if data is None:
        raise InputError("There are no data to analyse; give some: widget.analyse(data).")
    try:
        return _shown(analyze(data, design, progress=listener))
    except ImportError as problem:
        raise InputError("This version of decision_widgets does not analyse switchbacks yet.") from problem


def _shown(answer: Shown) -> Answer:
    payload = answer.to_payload()
    return (answer, card_of(payload), "") if has_card(payload) else (answer, None, to_html(payload))
