"""The lines of Python that give an advice again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from decision_widgets import checks

if TYPE_CHECKING:
    from decision_widgets.design import BetweenSubject
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
    asked = "".join(f", {name}={_plain(value)!r}" for name, value in given.items())
    return f"design = {_design(advice.design)}", f"advice = dw.advise(design, {advice.history or 'history'}{asked})"


def _design(design: BetweenSubject) -> str:
    plain = {key: _plain(value) for key, value in design._to_plain().items() if key != "design"}
    metrics = ", ".join(_metric(dict(metric)) for metric in plain.pop("metrics"))
    words = [f"{key}={value!r}" for key, value in plain.items()]
    return f"dw.BetweenSubject({', '.join([*words, f'metrics=[{metrics}]'])})"


def _plain(value: Any) -> Any:
    """Write numbers of numpy, wherever they stand, as Python's."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return checks.plain(value)


def _metric(plain: dict[str, Any]) -> str:
    name = plain.pop("name")
    if not plain:
        return repr(name)
    return f"dw.Metric({', '.join([repr(name), *(f'{key}={value!r}' for key, value in plain.items())])})"
