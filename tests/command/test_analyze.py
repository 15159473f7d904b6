"""``decision analyze``: the verdict as text, as files and as an exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import decision_widgets as dw
from decision_widgets.analysis.verbs import analyze
from decision_widgets.command import analyze as verb
from decision_widgets.command import main
from decision_widgets.command.files import write_whole
from decision_widgets.command.verdicts import EXIT
from decision_widgets.vocabulary import Verdict, words

DESIGN = "name: eta\nparticipant: rider_id\narm: variant\ncontrol: control\nmetrics:\n  - booked\n"


@pytest.fixture
def rides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    dw.examples.ride_hailing(riders=4000, seed=1).to_csv("rides.csv", index=False)
    Path("eta.decision.yaml").write_text(DESIGN)
    return tmp_path


@pytest.mark.usefixtures("rides")
def test_the_verdict_is_printed_kept_and_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "eta.decision.yaml", "--data", "rides.csv", "-o", "out"]) == 0
    printed, complaints = capsys.readouterr()
    expected = analyze("rides.csv", dw.read_design(DESIGN))
    assert expected.decision.verdict == "ship"
    assert printed == expected.to_text() + "\n"
    assert complaints == ""
    assert sorted(path.name for path in Path("out").iterdir()) == ["eta.decision.html", "eta.decision.json"]
    kept = dw.DecisionResult.from_json(Path("out/eta.decision.json").read_text())
    # Two runs add decimals up in another order, so that last digits differ.
    assert (kept.provenance, kept.decision.verdict) == (expected.provenance, expected.decision.verdict)
    assert [row.effect for row in kept.recommended()] == pytest.approx([row.effect for row in expected.recommended()])
    assert "<h1>eta</h1>" in Path("out/eta.decision.html").read_text()


def _but_for_last_digits(text: str) -> str:
    # Threads add decimals up in another order, so that last digits differ.
    return re.sub(r"-?\d+\.\d{11,}(e-?\d+)?", lambda number: f"{float(number[0]):.9g}", text)


@pytest.mark.usefixtures("rides")
def test_the_same_inputs_give_the_same_files_however_often() -> None:
    texts = []
    for _ in range(2):
        main(["analyze", "eta.decision.yaml", "--data", "rides.csv", "-o", "out", "-q"])
        texts.append({path.name: _but_for_last_digits(path.read_text("utf-8")) for path in Path("out").iterdir()})
    assert texts[0] == texts[1]
    assert len(texts[0]) == 2


@pytest.mark.usefixtures("rides")
def test_the_record_can_be_piped(capsys: pytest.CaptureFixture[str]) -> None:
    main(["analyze", "eta.decision.yaml", "--data", "rides.csv", "--json", "-m", "mann_whitney"])
    printed = json.loads(capsys.readouterr().out)
    assert printed["decision"]["verdict"] == "ship"
    assert {answer["method"] for answer in printed["toolbox"]} == {"mann_whitney"}


def test_every_verdict_has_an_exit_code_and_only_shipping_is_zero() -> None:
    assert {verdict: EXIT[verdict] for verdict in words(Verdict)} == {
        "ship": 0,
        "dont-ship": 4,
        "keep-running": 6,
        "inconclusive": 5,
        "invalid": 7,
    }


@pytest.mark.usefixtures("rides")
@pytest.mark.parametrize(
    ("added", "verdict"),
    [("arms: {control: 0.9, treatment: 0.1}\n", "invalid"), ("time: time\nplanned_days: 99\n", "keep-running")],
)
def test_other_verdicts_exit_with_their_code(added: str, verdict: str) -> None:
    Path("eta.decision.yaml").write_text(DESIGN + added)
    assert main(["analyze", "eta.decision.yaml", "--data", "rides.csv", "-q", "-o", "out"]) == EXIT[verdict]
    assert dw.DecisionResult.from_json(Path("out/eta.decision.json").read_text()).decision.verdict == verdict


@pytest.mark.usefixtures("rides")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["eta.yaml", "--data", "rides.csv"], "The design 'eta.yaml' cannot be read: No such file"),
        (["bad.decision.yaml", "--data", "rides.csv"], "bad.decision.yaml: Line 4: unknown key 'contrl'."),
        (["eta.decision.yaml", "--data", "rides.csv", "rides.csv"], "which the shell has put in its place"),
        (["eta.decision.yaml", "--data", "nowhere.csv"], "nowhere.csv"),
        (["eta.decision.yaml", "--data", "rides.csv", "-m", "studnt"], "Did you mean 'student'?"),
        (["eta.decision.yaml", "--data", "rides.csv", "-o", "rides.csv"], "Give -o a folder to write in."),
    ],
)
def test_what_cannot_be_done_exits_with_2_and_writes_nothing(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.decision.yaml").write_text(DESIGN.replace("control: ", "contrl: "))
    before = sorted(Path().rglob("*"))
    assert main(["analyze", *arguments]) == 2
    printed, complaints = capsys.readouterr()
    assert expected in complaints
    assert printed == ""
    assert sorted(Path().rglob("*")) == before


def test_a_set_of_files_that_cannot_be_written_whole_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "kept").write_text("before")
    with pytest.raises(IsADirectoryError):
        write_whole({tmp_path / "kept": "after", tmp_path / "taken": "after"})
    assert (tmp_path / "kept").read_text() == "before"
    assert {path.name for path in tmp_path.iterdir()} == {"taken", "kept"}


@pytest.mark.usefixtures("rides")
@pytest.mark.parametrize(("ci", "shown"), [("", True), ("true", False)])
def test_progress_is_for_a_terminal_and_not_for_continuous_integration(
    ci: str, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(verb, "analyze", lambda *_, progress, **__: asked.append(progress) or analyze(*_))
    main(["analyze", "eta.decision.yaml", "--data", "rides.csv", "-q"])
    main(["analyze", "eta.decision.yaml", "--data", "rides.csv"])
    assert asked == [False, shown]


@pytest.mark.slow
def test_an_interrupt_ends_with_130_and_one_line(rides: Path) -> None:
    sql = "from decision_widgets.data import progress; progress.EVERY = 0.05"
    code = f"{sql}; from decision_widgets.command import main; print('ready', flush=True); import sys; "
    code += "sys.exit(main(['analyze', 'eta.decision.yaml', '--data', '*.csv', '-o', 'out']))"
    for copy in range(60):
        os.link(rides / "rides.csv", rides / f"rides-{copy}.csv")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": rides}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        _, complaints = running.communicate(timeout=20)
    assert running.returncode == 130
    assert complaints == "decision: interrupted\n"
    assert not (rides / "out").exists()
