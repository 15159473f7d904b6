"""``decision run`` from clean: exit codes, what it prints, what it writes."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import decision_widgets as dw
from decision_widgets.command import main

pytestmark = pytest.mark.notebook


class Addresses(HTMLParser):
    """Collect what a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"script": "src", "link": "href", "img": "src", "iframe": "src"}
        self.loaded += [value for name, value in attrs if value and wanted.get(tag) == name]


def test_the_template_runs_on_the_real_trial(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--headless", "-o", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    record = json.loads((tmp_path / "decision.json").read_text())
    result = dw.DecisionResult.from_dict(record)
    assert result.decision.verdict == "ship"
    # 0.1056: the known coefficient of the trial's default, estimated here without the second factor.
    assert result.effect("takeup").effect == pytest.approx(0.1056, abs=5e-5)
    assert result.to_text() in printed
    page = (tmp_path / "between-subject.html").read_text()
    addresses = Addresses()
    addresses.feed(page)
    assert [address for address in addresses.loaded if not address.startswith("data:")] == []
    without_scripts = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    for said in ("Ship", "+26%", "+9% to +46%", "0.002"):
        assert said in without_scripts


def test_the_users_own_table_needs_only_parameters(tmp_path: Path) -> None:
    dw.examples.ride_hailing(riders=600).to_csv(tmp_path / "rides.csv", index=False)
    parameters = {
        "data_path": str(tmp_path / "rides.csv"),
        "participant": "rider_id",
        "arm": "variant",
        "control": "control",
        "arms": {"control": 0.5, "treatment": 0.5},
        "metrics": [{"name": "wait_minutes", "direction": "decrease", "minimum_effect": 0.01}],
        "time": "time",
    }
    pairs = [part for name, value in parameters.items() for part in ("-p", f"{name}={json.dumps(value)}")]
    assert main(["run", "between-subject", "--headless", "-o", str(tmp_path), *pairs]) == 0
    record = json.loads((tmp_path / "decision.json").read_text())
    assert record["design"]["metrics"][0]["name"] == "wait_minutes"
    assert record["provenance"]["days"] == 14


def test_a_notebook_that_fails_is_kept_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--headless", "-o", str(tmp_path), "-p", "participant=adress"]) == 3
    printed = capsys.readouterr().out
    assert "adress" in printed
    assert (tmp_path / "between-subject.ipynb").exists()
    assert not (tmp_path / "decision.json").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "between"], "No template is called 'between'"),
        (["run", "-p", "armm=x"], "Did you mean 'arm'?"),
        (["run", "-p", "arm"], "A parameter is written name=value"),
    ],
)
def test_wrong_words_exit_with_2(
    arguments: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--headless", "-o", str(tmp_path)]) == 2
    assert expected in capsys.readouterr().err
