"""The README's example runs as it is written, and its YAML is a design."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import decision_widgets as dw

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_the_five_minute_examples_give_a_verdict() -> None:
    names: dict[str, Any] = {}
    first, second, third, fourth = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(first, names)
    assert names["result"].decision.verdict in {"ship", "inconclusive"}
    assert len(names["result"].recommended()) == 3
    exec(second, names)
    assert names["running"].decision.verdict in {"stop-benefit", "continue"}
    exec(third, names)
    assert names["advice"].sentence().startswith("You need ")
    assert len(names["advice"].rows) == 3
    exec(fourth, names)
    assert names["same"] == names["kept"]


def test_the_yaml_of_the_readme_is_a_design() -> None:
    cell = re.search(r"```\n%%decision[^\n]*\n(.*?)```", README, re.DOTALL)[1]
    assert [metric.name for metric in dw.read_design(cell).metrics] == ["booked", "wait_minutes"]
