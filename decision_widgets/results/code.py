"""The lines of Python that give a result again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from decision_widgets import checks
from decision_widgets.design import BetweenSubject, Switchback

IMPORT = "import decision_widgets as dw"


def analysis_code(design: BetweenSubject | Switchback, methods: Iterable[str] | None) -> list[str]:
    """Write an analysis of a table that is called ``df``."""
    asked = "" if methods is None else f", methods={list(methods)!r}"
    return [IMPORT, f"design = {design_code(design)}", f"result = dw.analyze(df, design{asked})"]


def monitoring_code(design: BetweenSubject, looks: Iterable[str]) -> list[str]:
    """Write the looks at a running experiment, whose table is called ``df``."""
    return [IMPORT, f"design = {design_code(design)}", f"running = dw.monitor(df, design, looks={list(looks)!r})"]


def design_code(design: BetweenSubject | Switchback) -> str:
    """Write a design as Python that makes it again; what it leaves at its default is left out."""
    plain = {key: plain_value(value) for key, value in design._to_plain().items() if key != "design"}
    metrics = ", ".join(_metric(dict(metric)) for metric in plain.pop("metrics"))
    words = [f"{key}={value!r}" for key, value in plain.items()]
    return f"dw.{type(design).__name__}({', '.join([*words, f'metrics=[{metrics}]'])})"


def plain_value(value: Any) -> Any:
    """Write numbers of numpy, wherever they stand, as Python's."""
    if isinstance(value, Mapping):
        return {key: plain_value(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain_value(each) for each in value]
    return checks.plain(value)


def _metric(plain: dict[str, Any]) -> str:
    name = plain.pop("name")
    if not plain:
        return repr(name)
    return f"dw.Metric({', '.join([repr(name), *(f'{key}={value!r}' for key, value in plain.items())])})"
