"""The lines of Python that give an advice again."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from decision_widgets.results.code import design_code, plain_value

if TYPE_CHECKING:
    from decision_widgets.results.sizing import SizingAdvice


def sizing_code(advice: SizingAdvice) -> tuple[str, str]:
    """Write the design and the question; `dw` is ``import decision_widgets as dw``."""
    question = advice.question
    given: dict[str, Any] = {}
    effects = dict(question.effects)
    if effects:
        primaries = [metric.name for metric in advice.design.metrics if metric.role == "primary"]
        same = list(effects) == primaries and len(set(effects.values())) == 1
        given["effect"] = next(iter(effects.values())) if same else effects
    defaults = {each.name: each.default for each in fields(question)}
    for name in ("relative", "participants", "days", "compare", "estimand"):
        if getattr(question, name) != defaults[name]:
            given[name] = getattr(question, name)
    if question.traffic != defaults["traffic"]:
        given["traffic"] = question.traffic[0] if len(question.traffic) == 1 else list(question.traffic)
    asked = "".join(f", {name}={plain_value(value)!r}" for name, value in given.items())
    return f"design = {design_code(advice.design)}", f"advice = dw.advise(design, {advice.history or 'history'}{asked})"
