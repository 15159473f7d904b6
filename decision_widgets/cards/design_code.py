"""A design's words as code: Python and a %%decision cell, both of which rebuild the form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from decision_widgets.cards.design_form import Form, Words, drawn_words, words_of
from decision_widgets.cards.design_texts import minutes_of

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_NOT_TEXT: Final = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
# YAML takes no control characters, and Python none of them in a line; JSON leaves these as they are.
_UNWRITABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x1f]")
_CALLS: Final = {"between-subject": "BetweenSubject", "switchback": "Switchback"}


def quoted(text: str) -> str:
    r"""Write a text so that Python, JSON and YAML read it alike.

    >>> print(quoted('a "b"\n'))
    "a \"b\"\n"
    """
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def number(value: float) -> str:
    """Write a number without an exponent, which YAML would read as text.

    >>> number(0.00001), number(14), number(0.1)
    ('0.00001', '14', '0.1')
    """
    return str(int(value)) if value == int(value) else f"{Decimal(repr(value)):f}"


def literal(value: Any, *, yaml: bool) -> str:
    """Write a value in one line."""
    if value is None or isinstance(value, bool):
        word = {None: "None", True: "True", False: "False"}[value]
        return {"None": "null", "True": "true", "False": "false"}[word] if yaml else word
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{quoted(str(key))}: {literal(each, yaml=yaml)}" for key, each in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(each, yaml=yaml) for each in value)}]"
    return number(value)


def as_python(form: Form, data: str | None = None) -> str:
    """Write the lines that make the design, and open it as this form."""
    words = words_of(form)
    metrics = [f"        {_metric_call(metric)}," for metric in words["metrics"]]
    given = [
        f"    {key}={literal(value, yaml=False)}," for key, value in words.items() if key not in ("design", "metrics")
    ]
    lines = ["import decision_widgets as dw", "", *_comment(form), f"design = dw.{_CALLS[words['design']]}("]
    lines += [*given, "    metrics=[", *metrics, "    ],", ")"]
    asked = drawn_words(form)
    if asked is not None:
        arguments = ", ".join(f"{key}={literal(value, yaml=False)}" for key, value in asked.items())
        lines.append(f"design = design.with_schedule(dw.schedule(design, {arguments}))")
    question = f", question={quoted(form['question'].strip())}" if form["question"].strip() else ""
    return "\n".join([*lines, f"dw.DesignWidget.of(design{f', {data}' if data else ''}{question})"]) + "\n"


def as_cell(form: Form, arms: Mapping[str, str] | None = None) -> str:
    """Write the ``%%decision`` cell that reads the design; `arms` are those of a schedule that was drawn."""
    return "\n".join(["%%decision design --as design", *yaml_lines(form, arms)]) + "\n"


def yaml_lines(form: Form, arms: Mapping[str, str] | None = None) -> list[str]:
    """Write the design as lines of YAML."""
    words: Words = words_of(form)
    asked = drawn_words(form)
    if asked is not None and arms is not None:
        words["schedule"] = {"start": asked["start"], "slot": minutes_of(words["slot"]), "arms": dict(arms)}
    lines = _comment(form)
    for key, value in words.items():
        if key == "metrics":
            lines += ["metrics:", *(f"  - {_metric_line(metric)}" for metric in value)]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    return lines


def _comment(form: Form) -> list[str]:
    question = " ".join(_UNWRITABLE.sub(" ", _CONTROL.sub(" ", form["question"])).split())
    return [f"# {question}"] if question else []


def _metric_call(metric: Words) -> str:
    name, *rest = metric.items()
    given = "".join(f", {key}={literal(value, yaml=False)}" for key, value in rest)
    return f"dw.Metric({quoted(name[1])}{given})"


def _metric_line(metric: Words) -> str:
    if list(metric) == ["name"]:
        return _scalar(metric["name"])
    return f"{{{', '.join(f'{key}: {literal(value, yaml=True)}' for key, value in metric.items())}}}"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return literal(value, yaml=True)
