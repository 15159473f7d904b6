"""The lines of Python that give an advice again."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decision_widgets.results.sizing import SizingAdvice


def sizing_code(advice: SizingAdvice) -> tuple[str, str]:
    """Write the design and the question; `dw` is ``import decision_widgets as dw``."""
    question = advice.question
    design = f"design = {advice.design!r}".replace("BetweenSubject(", "dw.BetweenSubject(", 1)
    design = " ".join(design.split()).replace("( ", "(").replace(",)", ")").replace(", )", ")").replace(", ]", "]")
    design = design.replace(" Metric(", " dw.Metric(").replace("[Metric(", "[dw.Metric(").replace("[ ", "[")
    design = design.replace("=Monitoring(", "=dw.Monitoring(")
    given = {}
    effects = dict(question.effects)
    primaries = [metric.name for metric in advice.design.metrics if metric.role == "primary"]
    if effects:
        same = list(effects) == primaries and len(set(effects.values())) == 1
        given["effect"] = repr(next(iter(effects.values())) if same else effects)
    defaults = {each.name: each.default for each in fields(question)}
    for name in ("relative", "participants", "days", "compare", "estimand"):
        value = getattr(question, name)
        if value != defaults[name]:
            given[name] = repr(value)
    if question.traffic != (1.0,):
        given["traffic"] = repr(question.traffic[0] if len(question.traffic) == 1 else list(question.traffic))
    words = "".join(f", {name}={value}" for name, value in given.items())
    return design, f"advice = dw.advise(design, {advice.history or 'history'}{words})"
