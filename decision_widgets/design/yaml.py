"""A design, or a list of common metrics, as YAML: the same words as in Python; a wrong word is named with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final

import yaml

from decision_widgets.design.between import BetweenSubject
from decision_widgets.design.common_metrics import CommonMetrics
from decision_widgets.design.metric import Metric
from decision_widgets.design.monitoring import keys_of_monitoring
from decision_widgets.design.switchback import Switchback
from decision_widgets.errors import InputError, did_you_mean, listed

DESIGNS: Final[dict[str, type[BetweenSubject] | type[Switchback]]] = {
    "between-subject": BetweenSubject,
    "switchback": Switchback,
}
# Aliases of aliases make a short text stand for more values than a machine can hold.
MOST_ALIASES: Final = 8
# YAML reads an unquoted yes, no, on or off as true or false; as the label of an arm it is the word itself.
_BOOL: Final = "tag:yaml.org,2002:bool"
_TEXT: Final = "tag:yaml.org,2002:str"


def read_design(text: str | Path, *, first_line: int = 1) -> BetweenSubject | Switchback:
    """Read a design from YAML text, whose first line is called `first_line` in messages, or from a YAML file.

    Raises
    ------
    InputError
        Naming the line, the word that came and the nearest valid word; every wrong word is reported.

    Examples
    --------
    >>> read_design("participant: rider_id\\narm: variant\\ncontrol: A\\nmetrics: [booked]").participant
    'rider_id'
    """
    node, given = _read(_text_of(text), first_line, "design")
    kind = given.get("design", "between-subject")
    if not isinstance(kind, str) or kind not in DESIGNS:
        line = next(key.start_mark.line + first_line for key, _ in node.value if key.value == "design")
        raise InputError(
            f"Line {line}: there is no design {kind!r}.{did_you_mean(str(kind), DESIGNS)} "
            f"It can be: {listed([*DESIGNS])}."
        )
    problems = list(_wrong_keys(node, kind, first_line))
    if problems:
        raise InputError.together("The design", problems)
    try:
        return DESIGNS[kind].of(given)
    except InputError as problem:
        raise InputError(_with_lines(str(problem), node, first_line)) from None


def _text_of(given: str | Path) -> str:
    named = isinstance(given, Path) or ("\n" not in given and given.strip().endswith((".yaml", ".yml")))
    if not named:
        return str(given)
    try:
        return Path(given).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(
            f"The design {str(given)!r} cannot be read: {getattr(problem, 'strerror', problem)}."
        ) from None


def read_common_metrics(text: str, *, first_line: int = 1) -> CommonMetrics:
    """Read from YAML text which metrics of a table are published.

    Raises
    ------
    InputError
        As ``read_design``.

    Examples
    --------
    >>> read_common_metrics("participant: rider_id\\ntime: day\\nmetrics: [booked]").time
    'day'
    """
    node, given = _read(text, first_line, "list of common metrics")
    known = tuple(item.name for item in fields(CommonMetrics))
    problems = [*_unknown_or_repeated(node, known, "A list of common metrics", first_line)]
    problems += _wrong_keys_of_metrics(node, first_line)
    if problems:
        raise InputError.together("The list of common metrics", problems)
    try:
        return CommonMetrics.of(given)
    except InputError as problem:
        raise InputError(_with_lines(str(problem), node, first_line)) from None


def write_design(design: BetweenSubject | Switchback) -> str:
    """Write a design as the YAML that `read_design` reads: what it states, without what is left at its default.

    Examples
    --------
    >>> print(write_design(BetweenSubject(participant="rider_id", arm="variant", control="A", metrics=["booked"])))
    participant: rider_id
    arm: variant
    control: A
    metrics:
    - booked
    <BLANKLINE>
    """
    stated = design._to_plain() if isinstance(design, Switchback) else _stated(design)
    stated["metrics"] = [
        metric.name if (said := _stated(metric)) == {"name": metric.name} else said for metric in design.metrics
    ]
    if isinstance(design, Switchback):
        return yaml.safe_dump(stated, sort_keys=False, allow_unicode=True, width=100)
    if design.arms is not None:
        stated["arms"] = {arm.name: arm.share for arm in design.arms}
    if design.monitoring is not None:
        stated["monitoring"] = _stated(design.monitoring)
    return yaml.safe_dump(stated, sort_keys=False, allow_unicode=True, width=100)


def _stated(record: Any) -> dict[str, Any]:
    written = ((item, getattr(record, item.name)) for item in fields(record) if item.init)
    return {
        item.name: list(value) if isinstance(value, tuple) else value
        for item, value in written
        if item.name != "_" and (item.default is MISSING or value != item.default)
    }


def keys_of_design(kind: str = "between-subject") -> tuple[str, ...]:
    """Return the words that a kind of design knows."""
    return tuple(item.name for item in fields(DESIGNS[kind]))


def keys_of_metric() -> tuple[str, ...]:
    """Return the words a metric knows."""
    return tuple(item.name for item in fields(Metric))


def _read(text: str, first_line: int, called: str) -> tuple[yaml.MappingNode, dict[str, Any]]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if sum(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)) > MOST_ALIASES:
            raise InputError(f"The {called} uses more than {MOST_ALIASES} aliases (*name); write the values out.")
        given = _given(node)
    except RecursionError:
        raise InputError(f"The {called} is nested too deeply to be read.") from None
    except InputError:
        raise
    except (yaml.YAMLError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" in line {mark.line + first_line}" if mark is not None else ""
        raise InputError(f"The {called} is not valid YAML{where}: {getattr(problem, 'problem', problem)}.") from problem
    if not isinstance(node, yaml.MappingNode):
        raise InputError(
            f"A {called} is written as 'key: value' lines, for example 'participant: rider_id'; "
            f"got {'nothing' if node is None else type(given).__name__}."
        )
    return node, given


def _given(node: yaml.Node | None) -> Any:
    if isinstance(node, yaml.MappingNode):
        for label in _arm_labels(node):
            if label.tag == _BOOL and label.value.lower() not in ("true", "false"):
                label.tag = _TEXT
    # A loader of no text: the nodes were composed already.
    return None if node is None else yaml.SafeLoader("").construct_document(node)


def _arm_labels(node: yaml.MappingNode) -> Iterator[yaml.Node]:
    for key, value in node.value:
        if key.value in ("control", "treatment"):
            yield value
        elif key.value == "arms" and isinstance(value, yaml.SequenceNode):
            yield from value.value
        elif key.value == "arms" and isinstance(value, yaml.MappingNode):
            yield from (name for name, _ in value.value)


def _with_lines(problems: str, node: yaml.MappingNode, first_line: int) -> str:
    # A problem begins with the word it is about; a word that metrics share could be about one of them.
    lines = {key.value: key.start_mark.line + first_line for key, _ in node.value if key.value not in keys_of_metric()}

    def with_line(found: re.Match[str]) -> str:
        start, word = found[1] or "", found[2]
        return f"{start}Line {lines[word]}: {word}" if word in lines else found[0]

    return re.sub(r"^(- )?(\w+)", with_line, problems, flags=re.MULTILINE)


def _wrong_keys(node: yaml.MappingNode, kind: str, first_line: int) -> Iterator[str]:
    what = "A design" if kind == "between-subject" else f"A {kind} design"
    yield from _unknown_or_repeated(node, keys_of_design(kind), what, first_line)
    for key, value in node.value:
        if key.value == "monitoring" and isinstance(value, yaml.MappingNode):
            yield from _unknown_or_repeated(value, keys_of_monitoring(), "A plan of looks", first_line)
    yield from _wrong_keys_of_metrics(node, first_line)


def _wrong_keys_of_metrics(node: yaml.MappingNode, first_line: int) -> Iterator[str]:
    for key, value in node.value:
        if key.value == "metrics" and isinstance(value, yaml.SequenceNode):
            for item in value.value:
                if isinstance(item, yaml.MappingNode):
                    yield from _unknown_or_repeated(item, keys_of_metric(), "A metric", first_line)


def _unknown_or_repeated(node: yaml.MappingNode, known: tuple[str, ...], what: str, first_line: int) -> Iterator[str]:
    seen: dict[Any, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + first_line
        if key.value not in known:
            hint = did_you_mean(str(key.value), known)
            yield f"Line {line}: unknown key {key.value!r}.{hint} {what} knows: {listed(known, 40)}."
        elif key.value in seen:
            yield f"Line {line}: key {key.value!r} stands already in line {seen[key.value]}."
        seen.setdefault(key.value, line)
