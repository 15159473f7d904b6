"""``decision run`` from clean: exit codes, what it prints, what it writes."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_notebook

import decision_widgets as dw
from decision_widgets.command import main, run
from decision_widgets.command.verdicts import EXIT

pytestmark = pytest.mark.notebook


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[NotebookNode]:
    """Keep the notebooks that would have run, without running them."""
    kept: list[NotebookNode] = []
    monkeypatch.setattr(run, "execute", lambda notebook, folder: kept.append(notebook))
    return kept


class Addresses(HTMLParser):
    """Collect what a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"script": "src", "link": "href", "img": "src", "iframe": "src"}
        self.loaded += [value for name, value in attrs if value and wanted.get(tag) == name]


def test_the_template_runs_on_the_real_trial(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--headless", "-o", str(tmp_path)]) == 0
    printed, complaints = capfd.readouterr()
    assert complaints == ""
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
    # Signed, so that JupyterLab keeps the styles of its cards.
    assert NotebookNotary().check_signature(nbformat.read(tmp_path / "between-subject.ipynb", as_version=4))
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
    code = main(["run", "between-subject", "--headless", "-o", str(tmp_path), *pairs])
    record = json.loads((tmp_path / "decision.json").read_text())
    assert record["design"]["metrics"][0]["name"] == "wait_minutes"
    assert record["provenance"]["days"] == 14
    assert code == EXIT[record["decision"]["verdict"]]


def test_the_plan_of_the_power_template_is_shown_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "power", "--headless", "-o", str(tmp_path), "-p", "effect=0.1"]) == 0
    printed = capsys.readouterr().out
    plan = dw.SizingAdvice.from_json((tmp_path / "plan.json").read_text())
    assert plan.question.effects == {"booked": 0.1}
    assert plan.sentence() in printed
    assert dw.read_design((tmp_path / "experiment.decision.yaml").read_text()) == plan.design
    assert announced(printed)["Plan"] == str(tmp_path / "plan.json")


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
        (
            ["run", "-p", "planned_participants=many"],
            "planned_participants must be a whole number, or empty; got many.",
        ),
        (["run", "-p", "missing=zeros"], "missing must be one of raise, drop, zero; got zeros. Did you mean 'zero'?"),
        (["run", "-p", 'metrics=[{"name": "y", "rolle": "primary"}]'], "Did you mean 'role'?"),
        (["run", "nowhere.ipynb"], "The template nowhere.ipynb cannot be used. It cannot be read: No such file"),
    ],
)
def test_wrong_words_exit_with_2(
    arguments: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--headless", "-o", str(tmp_path)]) == 2
    assert expected in capsys.readouterr().err


def announced(printed: str) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in printed[printed.rindex("\nNotebook") :].strip().splitlines())


def test_paths_are_meant_from_where_the_command_was_typed_and_files_announced_where_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    dw.examples.ride_hailing(riders=600).to_csv("rides.csv", index=False)
    words = {"data_path": "rides.csv", "participant": "rider_id", "arm": "variant", "control": "control"}
    words |= {"arms": "null", "metrics": '["booked"]', "output_folder": "elsewhere", "name": "2026"}
    pairs = [part for name, value in words.items() for part in ("-p", f"{name}={value}")]
    assert main(["run", "--headless", "-o", "out", *pairs]) in EXIT.values()
    printed = capsys.readouterr().out
    assert announced(printed) == {
        "Notebook": "out/between-subject.ipynb",
        "Report": "out/between-subject.html",
        "Record": "out/elsewhere/decision.json",
        "Card": "out/elsewhere/decision.html",
    }
    assert all(Path(path).is_file() for path in announced(printed).values())
    result = dw.DecisionResult.from_json(Path("out/elsewhere/decision.json").read_text())
    assert result.design.name == "2026"
    assert result.to_text() in printed


@pytest.mark.usefixtures("ran")
def test_a_file_that_was_not_written_is_not_announced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for stale in ("decision.json", "decision.html"):
        (tmp_path / stale).write_text("of another run")
    assert main(["run", "--headless", "-o", str(tmp_path)]) == 0
    assert set(announced(capsys.readouterr().out)) == {"Notebook", "Report"}


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ("name=2026", "2026"),
        ('name="2026"', "2026"),
        ("control=true", "true"),
        ("participant=no", "no"),
        ("time=day", "day"),
        ("planned_participants=2026", 2026),
        ('metrics=["y"]', ["y"]),
        ("data_path=", ""),
        ("data_path=s3://bucket/table.parquet", "s3://bucket/table.parquet"),
        ("data_path=~nobody-of-this-name/table.csv", "{here}/~nobody-of-this-name/table.csv"),
        ("data_path=2026", "{here}/2026"),
        ("data_path=table.csv", "{here}/table.csv"),
        ("name=table.csv", "{here}/table.csv"),
        ("name=other.csv", "other.csv"),
        ("arm=variant", "variant"),
        ("output_folder=sub/table.csv", "sub/table.csv"),
    ],
)
def test_a_parameter_keeps_the_type_of_its_default_and_a_file_its_place(
    pair: str, expected: object, ran: list[NotebookNode], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    # `variant` is a file here too: the name of a column is not its path.
    for file in ("table.csv", "variant", "sub/table.csv"):
        Path(file).touch()
    # Without the list of arms, which would have to name the control.
    assert main(["run", "--headless", "-o", "out", "-p", "arms=null", "-p", pair]) == 0
    if isinstance(expected, str):
        expected = expected.format(here=tmp_path)
    said: dict[str, object] = {}
    exec(next(cell.source for cell in ran[0].cells if "parameters" in cell.metadata.get("tags", [])), said)
    assert said[pair.partition("=")[0]] == expected


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize(
    ("output", "named"),
    [("file", "file"), ("file/below", "file/below"), ("taken", "taken/decision.json"), (".", "between-subject.ipynb")],
)
def test_an_output_that_cannot_be_written_is_one_line(
    output: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("taken/decision.json").mkdir(parents=True)
    Path("between-subject.ipynb").mkdir()
    assert main(["run", "--headless", "-o", output]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"decision: {named}: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("problem", [CellTimeoutError("too slow"), DeadKernelError("Kernel died")])
def test_a_kernel_that_dies_or_hangs_is_said(
    problem: Exception, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(notebook: NotebookNode, folder: Path) -> None:
        raise problem

    monkeypatch.setattr(run, "execute", fail)
    assert main(["run", "--headless", "-o", str(tmp_path)]) == 3
    assert f"The notebook stopped: {type(problem).__name__}: {problem}" in capsys.readouterr().out


def test_the_notebook_of_a_team_runs_by_its_path_and_its_verdict_is_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = """\
import decision_widgets as dw
df = dw.examples.ride_hailing(riders=400)
design = dw.BetweenSubject(
    participant="rider_id", arm="variant", control="control", metrics=["booked"], time="time", planned_days=days)
open("decision.json", "w").write(dw.analyze(df, design).to_json())"""
    asks = new_code_cell("days = 14  # planned", metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[asks, new_code_cell(source)]), tmp_path / "ours.ipynb")
    output = ["--headless", "-o", str(tmp_path / "out"), "-p", "days=28"]
    assert main(["run", str(tmp_path / "ours.ipynb"), *output]) == EXIT["keep-running"] == 6
    assert announced(capsys.readouterr().out)["Record"] == str(tmp_path / "out" / "decision.json")


def test_a_template_is_never_overwritten_by_its_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nbformat.write(new_notebook(), tmp_path / "ours.ipynb")
    before = (tmp_path / "ours.ipynb").read_bytes()
    assert main(["run", str(tmp_path / "ours.ipynb"), "--headless", "-o", str(tmp_path)]) == 2
    assert "which would be overwritten" in capsys.readouterr().err
    assert (tmp_path / "ours.ipynb").read_bytes() == before


VERDICTS = """\
import decision_widgets as dw
from pathlib import Path
df = dw.examples.ride_hailing(riders=400)
columns = {"participant": "rider_id", "arm": "variant", "time": "time"}
design = dw.BetweenSubject(**columns, control="control", metrics=["booked"], planned_days=planned_days)
Path(output_folder).mkdir(exist_ok=True)
for name, days in (("b", 14), ("a", planned_days)):
    words = {**design.to_dict(), "planned_days": days}
    Path(output_folder, f"{name}.decision.json").write_text(dw.analyze(df, dw.BetweenSubject.of(words)).to_json())
"""


def _team(folder: Path, source: str, parameters: str = "planned_days = 28\noutput_folder = '.'") -> str:
    asks = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[asks, new_code_cell(source)]), folder / "ours.ipynb")
    return str(folder / "ours.ipynb")


def test_every_record_that_a_run_wrote_is_told_and_the_worst_verdict_is_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, out = _team(tmp_path, VERDICTS), tmp_path / "out"
    out.mkdir()
    # What another command kept in the same folder is neither told nor removed, however bad it is.
    other = out / "another.decision.json"
    other.write_text("of another run")
    told = []
    for _ in range(2):
        assert main(["run", ours, "--headless", "-o", str(out)]) == EXIT["inconclusive"] == 5
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert re.findall(r"^Record +(.*)$", told[0], re.MULTILINE) == [
        str(out / "a.decision.json"), str(out / "b.decision.json")
    ]  # fmt: skip
    assert told[0].index("\na.decision.json\n") < told[0].index("\nb.decision.json\n")
    codes = {
        name: EXIT[json.loads((out / f"{name}.decision.json").read_text())["decision"]["verdict"]] for name in "ab"
    }
    assert codes == {"a": EXIT["keep-running"], "b": EXIT["inconclusive"]}
    assert other.read_text() == "of another run"


def test_a_record_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = _team(tmp_path, "open('x.decision.json', 'w').write('{}')")
    assert main(["run", ours, "--headless", "-o", str(tmp_path / "out")]) == 2
    assert f"{tmp_path}/out/x.decision.json: This is not a saved result" in capsys.readouterr().err


def test_a_metric_that_cannot_be_computed_keeps_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rides = dw.examples.ride_hailing(riders=600)
    rides.assign(words="a").to_csv(tmp_path / "rides.csv", index=False)
    metrics = [{"name": "booked", "minimum_effect": 0.02}, {"name": "words", "role": "secondary"}]
    words = {"data_path": str(tmp_path / "rides.csv"), "metrics": json.dumps(metrics), "participant": "rider_id"}
    words |= {"arm": "variant", "control": "control", "arms": "null"}
    pairs = [part for name, value in words.items() for part in ("-p", f"{name}={value}")]
    code = main(["run", "--headless", "-o", str(tmp_path / "out"), *pairs])
    result = dw.DecisionResult.from_json((tmp_path / "out" / "decision.json").read_text())
    assert result.effect("booked").effect is not None
    assert result.effect("words").result == "not_estimable"
    assert code == EXIT[result.decision.verdict]
    assert "E_METRIC_KIND" in capsys.readouterr().out
