"""The names at the front door; a change here is a change of what users import."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import decision_widgets as dw
from decision_widgets import estimates

NAMES = {
    "Arm",
    "BetweenSubject",
    "ColumnNotFound",
    "DecisionError",
    "DecisionResult",
    "DesignWidget",
    "EngineMissing",
    "HistorySummary",
    "InputError",
    "Metric",
    "MetricStore",
    "MetricSummary",
    "MissingValues",
    "Monitoring",
    "MonitoringResult",
    "PowerWidget",
    "Schedule",
    "SizingAdvice",
    "Switchback",
    "SwitchbackAdvice",
    "SwitchbackResult",
    "TypedSummary",
    "advise",
    "analyze",
    "estimates",
    "examples",
    "monitor",
    "preview",
    "read_design",
    "read_table",
    "schedule",
    "summarize",
}


def test_the_public_names_are_these() -> None:
    assert set(dw.__all__) == NAMES
    assert len(dw.__all__) == len(NAMES)


def test_every_public_name_is_there_and_listed() -> None:
    for name in dw.__all__:
        assert getattr(dw, name) is not None
        assert name in dir(dw)


def test_every_public_name_can_be_the_first_thing_asked_for() -> None:
    code = "; ".join(f"from decision_widgets import {name}" for name in sorted(NAMES, reverse=True))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    assert not hasattr(dw, "crystal_ball")


def test_the_statistics_are_the_same_for_python_and_for_type_checkers() -> None:
    stub = Path(estimates.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    imports = [node for node in ast.parse(stub).body if isinstance(node, ast.ImportFrom)]
    typed = {alias.name: node.module for node in imports for alias in node.names}
    assert sorted(typed) == dw.estimates.__all__
    for name, module in typed.items():
        assert getattr(dw.estimates, name) is getattr(importlib.import_module(str(module)), name)
