"""The README's example runs as it is written, and its YAML is a design or a list of common metrics."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import decision_widgets as dw
from decision_widgets.design.yaml import read_common_metrics

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_the_five_minute_examples_give_a_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    first, second, third, fourth, fifth, sixth, seventh = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
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
    exec(fifth, names)
    assert dw.read_design((tmp_path / "eta_badge.decision.yaml").read_text("utf-8")) == names["design"]
    exec(sixth, names)
    assert len(names["guide"].steps_frame()) == 11
    exec(seventh, names)
    assert names["verdict"].decision.verdict in {"ship", "inconclusive"}
    assert abs(names["verdict"].effect("completed").effect - 0.02) < 2 * names["verdict"].effect("completed").std_error


def test_the_yaml_of_the_readme_is_a_design() -> None:
    cell = re.search(r"```\n%%decision[^\n]*\n(.*?)```", README, re.DOTALL)[1]
    assert [metric.name for metric in dw.read_design(cell).metrics] == ["booked", "wait_minutes"]


def test_the_metrics_to_publish_of_the_readme_are_a_list_of_common_metrics() -> None:
    (config,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert [metric.name for metric in read_common_metrics(config).metrics] == ["booked", "cancel_rate"]
