"""A design and its words: what both designs read alike, what is wrong with it, and how it becomes plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from decision_widgets import checks
from decision_widgets.design.metric import Metric, read_metrics
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.moments import label

D = TypeVar("D")


def read_fields(
    design: Any, rules: Mapping[str, checks.Rule], *, labels: Iterable[str] = (), names: Iterable[str] = ()
) -> list[str]:
    """Put the fields of a design in order while it is made, and return what is wrong with them."""
    problems: list[str] = []
    found: dict[str, Any] = {
        name: None if (given := getattr(design, name)) is None else label(given) for name in labels
    }
    found |= {name: checks.as_names(getattr(design, name)) for name in names}
    found["metrics"] = read_metrics(design.metrics, "A design", problems)
    plain = {name: checks.plain(found.get(name, getattr(design, name))) for name in rules}
    for name, value in (found | plain).items():
        object.__setattr__(design, name, value)
    return problems + checks.problems(rules, plain)


def called_twice(metrics: Iterable[Metric]) -> list[str]:
    """Name the metrics that share a name."""
    names = [metric.name for metric in metrics]
    return [
        f"Two metrics are called {name!r}; give each its own name."
        for name in sorted({name for name in names if names.count(name) > 1})
    ]


def read_twice(metrics: Iterable[Metric], columns: Mapping[str, str | None], divisor: str) -> list[str]:
    """Name the metrics that read a column of another role; the column of the role `divisor` may divide."""
    return [
        f"Metric {metric.name!r} reads the column {column!r}, which is the {what}."
        for metric in metrics
        for what, column in columns.items()
        if column is not None
        and ((metric.numerator or metric.name) == column or (metric.denominator == column and what != divisor))
    ]


def at_odds(dependent: bool | None, negatively_related: bool | None) -> list[str]:
    """Tell when the answers about the metrics of a design contradict each other."""
    contradict = dependent is False and negatively_related
    return ["Metrics that are negatively related depend on each other; answer dependent=True."] if contradict else []


def from_words(kind: type[D], given: Mapping[str, Any], needed: Iterable[str]) -> D:
    """Build a design from a mapping of its words; an unknown word is an error that names the nearest."""
    defaults: dict[str, Any] = {item.name: item.default for item in fields(kind)}  # type: ignore[arg-type]  # designs all
    known, called = list(defaults), defaults["design"]
    problems = [
        f"A {called} design has no word {key!r}.{did_you_mean(str(key), known)} It knows: {listed(known, 40)}."
        for key in given
        if key not in known
    ]
    if given.get("design", called) != called:
        problems.append(f"A {called} design cannot be read from a design of {given['design']!r}.")
    problems += [f"A {called} design needs {key!r}." for key in needed if key not in given]
    if problems:
        raise InputError.together("The design", problems)
    return kind(**{key: value for key, value in given.items() if key != "design"})


def to_words(design: Any, written: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words of a design that are not usual, as plain values; `written` are those of a form of their own."""
    plain: dict[str, Any] = {"design": design.design}
    for item in fields(design):
        value = getattr(design, item.name)
        if item.name == "design" or value == item.default or value in ((), {}):
            continue
        if item.name == "metrics":
            value = [metric._to_plain() for metric in value]
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, Mapping):
            value = dict(value)
        plain[item.name] = written.get(item.name, value)
    return plain
