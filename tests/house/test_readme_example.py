"""The README's example runs as it is written, and its YAML is a design or a list of common metrics."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from switchback_history import history

import decision_widgets as dw
from decision_widgets.design.yaml import read_common_metrics

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_the_five_minute_examples_give_a_verdict() -> None:
    names: dict[str, Any] = {}
    first, second, third, fourth, fifth = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
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
    names["trips"] = history(28, 4).rename(columns={"y": "completed"})
    exec(fifth, names)
    assert len(names["guide"].steps) == 11
    assert names["guide"].to_frame()["std_dev"].notna().all()


def test_the_yaml_of_the_readme_is_a_design() -> None:
    cell = re.search(r"```\n%%decision[^\n]*\n(.*?)```", README, re.DOTALL)[1]
    assert [metric.name for metric in dw.read_design(cell).metrics] == ["booked", "wait_minutes"]


def test_the_metrics_to_publish_of_the_readme_are_a_list_of_common_metrics() -> None:
    (config,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert [metric.name for metric in read_common_metrics(config).metrics] == ["booked", "cancel_rate"]
