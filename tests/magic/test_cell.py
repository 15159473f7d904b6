"""``%%decision`` in a real IPython shell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

import decision_widgets as dw
from decision_widgets.magic.examples import EXAMPLES

DESIGN = "participant: rider_id\narm: variant\ncontrol: control\nmetrics:\n  - booked\n"
SWITCHBACK = """\
design: switchback
slot: 4h
time: time
region: region
arm: arm
burn_in: 2h
metrics: [completed]
"""


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    shell = InteractiveShell()
    dw.load_ipython_extension(shell)
    shell.user_ns["df"] = dw.examples.ride_hailing(riders=400)
    yield shell
    InteractiveShell.clear_instance()


def failure(shell: InteractiveShell, line: str, cell: str) -> str:
    with pytest.raises(UsageError) as caught:
        shell.run_cell_magic("decision", line, cell)
    return str(caught.value)


def test_a_cell_gives_the_result_and_assigns_it(shell: InteractiveShell) -> None:
    shown = shell.run_cell_magic("decision", "analyze --data df --as result", DESIGN)
    assert isinstance(shown, dw.DecisionResult)
    assert shell.user_ns["result"] is shown
    python = dw.analyze(
        shell.user_ns["df"],
        dw.BetweenSubject(participant="rider_id", arm="variant", control="control", metrics=["booked"]),
    )
    assert shown.to_json() == python.to_json()


def test_quiet_assigns_without_showing(shell: InteractiveShell) -> None:
    assert shell.run_cell_magic("decision", "analyze -q -d df -a result", DESIGN) is None
    assert shell.user_ns["result"].design.participant == "rider_id"


@pytest.mark.parametrize("mark", ["'", '"'])
def test_quotation_marks_around_names_are_taken_off(shell: InteractiveShell, mark: str) -> None:
    shown = shell.run_cell_magic("decision", f"analyze --data {mark}df{mark} --as {mark}result{mark}", DESIGN)
    assert shell.user_ns["result"] is shown


def test_a_refused_name_leaves_the_data_alone(shell: InteractiveShell) -> None:
    before = shell.user_ns["df"]
    failure(shell, "analyze --data df --as df", DESIGN)
    assert shell.user_ns["df"] is before


def test_an_arm_called_no_needs_no_quotation_marks(shell: InteractiveShell) -> None:
    df = shell.user_ns["df"]
    shell.user_ns["df"] = df.assign(variant=df.variant.map({"control": "no", "treatment": "yes"}))
    shown = shell.run_cell_magic("decision", "analyze --data df", DESIGN.replace("control: control", "control: no"))
    assert (shown.design.control, shown.decision.arm) == ("no", "yes")


def test_a_wrong_value_names_its_line_in_the_cell(shell: InteractiveShell) -> None:
    assert failure(shell, "design", DESIGN + "alpha: 5\n").startswith("Line 7: alpha must be")


def test_the_design_alone_needs_no_data(shell: InteractiveShell) -> None:
    assert shell.run_cell_magic("decision", "design", DESIGN).control == "control"


def test_a_wrong_key_names_its_line_in_the_cell_and_the_nearest_key(shell: InteractiveShell) -> None:
    message = failure(shell, "analyze --data df", DESIGN.replace("arm:", "arms_column:").replace("control:", "contrl:"))
    assert "Line 4: unknown key 'contrl'. Did you mean 'control'?" in message


def test_a_wrong_key_of_a_metric_names_its_line(shell: InteractiveShell) -> None:
    message = failure(shell, "analyze --data df", DESIGN + "  - {name: fare, rolle: secondary}\n")
    assert message.startswith("Line 7: unknown key 'rolle'. Did you mean 'role'?")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("analyze --data dff", "There is no variable 'dff' in this notebook. Did you mean 'df'?"),
        ("analyze", "Say which data to analyse"),
        ("analyse --data df", "has no verb 'analyse'. Did you mean 'analyze'?"),
        ("analyze --data 'df", "The line cannot be read: No closing quotation. Is a quotation mark missing?"),
        ("analyze --data ''", "There is no variable ''"),
        ("analyze --data df --as 1x-y", "--as needs a name that Python can assign to"),
        ("analyze --data df --as None", "got 'None'"),
        ("analyze --data df --as class", "got 'class'"),
        ("design --as ''", "got ''"),
        ("analyze --data df --as df", "--as df would overwrite the data"),
        ("analyze --data 'df' --as \"df\"", "--as df would overwrite the data"),
    ],
)
def test_a_wrong_line_says_what_to_do(shell: InteractiveShell, line: str, expected: str) -> None:
    assert expected in failure(shell, line, DESIGN)


def test_advise_is_what_python_would_be_asked(shell: InteractiveShell) -> None:
    past = dw.examples.ride_hailing(riders=400, days=14)
    shell.user_ns["past"] = past
    shown = shell.run_cell_magic("decision", "advise --data past --effect 20% --as advice", DESIGN)
    assert isinstance(shown, dw.SizingAdvice)
    assert shell.user_ns["advice"] is shown
    assert shown.to_json() == dw.advise(dw.read_design(DESIGN), past, effect=0.2).to_json()


def test_advise_takes_typed_numbers_and_a_size(shell: InteractiveShell) -> None:
    shell.user_ns["typed"] = dw.TypedSummary("booked", mean=0.35, participants_per_day=500)
    line = "advise --data typed --days 14 --traffic 50%"
    shown = shell.run_cell_magic("decision", line, DESIGN)
    assert shown.plan.n_participants == 3500
    assert shell.run_cell_magic("decision", "advise -d typed -e 0.01 --absolute", DESIGN).question.relative is False


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("advise", "Say what is known of the past"),
        ("advise --data df --effect much", "--effect must be a number, for example 0.02 or 2%; got 'much'."),
        ("advise --data df --effect 0", "effect must not be 0"),
        ("advise --data df --days 14.5", "days must be"),
        ("analyze --data df --effect 2%", "--effect belongs to advise; analyze does not take it."),
        ("analyze --data df --absolute", "--absolute belongs to advise"),
        ("analyze --data df --looks 2026-11-09", "--looks belongs to monitor; analyze does not take it."),
        ("x << analyze --data df --as y", "The answer has two names, 'x' before << and 'y' after --as; give one."),
        ("1x << analyze --data df", "needs a name that Python can assign to"),
        ("df << analyze --data df", "would overwrite the data"),
        ("monitor --data df", "Looks by day need the design's time="),
        ("--example betwen", "There is no example 'betwen'"),
    ],
)
def test_a_wrong_question_says_what_to_do(shell: InteractiveShell, line: str, expected: str) -> None:
    assert expected in failure(shell, line, DESIGN)


def test_a_switchback_is_analysed_by_its_yaml(shell: InteractiveShell) -> None:
    trips = dw.examples.marketplace(days=8, history_days=14, regions=3)
    shell.user_ns["trips"] = trips
    shown = shell.run_cell_magic("decision", "analyze --data trips --as result", SWITCHBACK)
    assert shell.user_ns["result"] is shown
    assert shown.design == dw.read_design(SWITCHBACK)
    assert shown.to_json() == dw.analyze(trips, dw.read_design(SWITCHBACK)).to_json()
    assert "Timeline by slot: slots of 4\u00a0h from 2026-11-02 00:00." in shown.to_text()


def test_a_switchback_is_advised_by_its_yaml(shell: InteractiveShell) -> None:
    trips = dw.examples.marketplace(days=2, history_days=28, regions=3)
    past = trips[trips.arm.isna()].drop(columns="arm")
    shell.user_ns["past"] = past
    shown = shell.run_cell_magic("decision", "advise -d past --effect 5% --days 14 --draws 50 -a advice", SWITCHBACK)
    assert shell.user_ns["advice"] is shown
    assert shown.to_json() == dw.advise(dw.read_design(SWITCHBACK), past, effect=0.05, days=14, draws=50).to_json()
    assert "How to run this switchback: 11 steps" in shown.to_text()


def test_a_switchback_says_its_problems_in_one_line(shell: InteractiveShell) -> None:
    assert "Line 3: slot must divide 24 hours" in failure(shell, "design", SWITCHBACK.replace("4h", "5h"))


def test_draws_belong_to_switchbacks(shell: InteractiveShell) -> None:
    assert "draws" in failure(shell, "advise --data df --effect 2% --draws 50", DESIGN)


def test_text_that_is_not_yaml_names_the_line(shell: InteractiveShell) -> None:
    assert "not valid YAML in line 3" in failure(shell, "analyze --data df", "participant: rider_id\narm: a: b\n")


def test_an_error_prints_no_traceback(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%%decision analyze --data df\nparticipants: rider_id")
    printed = "".join(capsys.readouterr())
    assert "UsageError" in printed
    assert "Did you mean 'participant'?" in printed
    assert "Traceback" not in printed


def test_the_line_magic_shows_an_example(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_line_magic("decision", "")
    assert "%%decision result << analyze --data df" in capsys.readouterr().out


def test_the_help_of_the_line_magic_is_its_example(shell: InteractiveShell) -> None:
    assert "%%decision result << analyze --data df" in (shell.magics_manager.magics["line"]["decision"].__doc__ or "")


def test_loading_twice_and_unloading(shell: InteractiveShell) -> None:
    dw.load_ipython_extension(shell)
    assert shell.run_cell_magic("decision", "design", DESIGN) is not None
    dw.unload_ipython_extension(shell)
    assert "decision" not in shell.magics_manager.magics["cell"]


def test_the_name_before_the_arrows_receives_the_answer(shell: InteractiveShell) -> None:
    shown = shell.run_cell_magic("decision", "result << analyze --data df", DESIGN)
    assert shell.user_ns["result"] is shown
    assert shell.run_cell_magic("decision", "quiet<<analyze -q --data df", DESIGN) is None
    assert shell.user_ns["quiet"] == shown


def test_a_running_experiment_is_looked_at(shell: InteractiveShell) -> None:
    design = DESIGN + "time: time\n"
    shown = shell.run_cell_magic("decision", "monitor --data df --looks 2026-11-08,2026-11-15", design)
    assert isinstance(shown, dw.MonitoringResult)
    assert [look.date for look in shown.looks] == ["2026-11-08", "2026-11-15"]
    looks = ["2026-11-08", "2026-11-15"]
    assert shown == dw.monitor(shell.user_ns["df"], dw.read_design(design), looks=looks)


def test_data_are_found_by_name_by_path_and_in_a_database(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    df = shell.user_ns["df"]
    df.to_csv("rides.csv", index=False)
    connection = duckdb.connect()
    connection.register("rides", df)
    shell.user_ns["warehouse"] = connection
    duckdb.default_connection().register("rides_of_magic", df)
    effects = [
        shell.run_cell_magic("decision", f"analyze --data {where}", DESIGN).effect("booked").effect
        for where in ("df", "rides.csv", "'r*.csv'", "./rides.csv", "warehouse:rides", "duckdb:rides_of_magic")
    ]
    assert effects == pytest.approx([effects[0]] * 6, rel=1e-12)
    duckdb.default_connection().unregister("rides_of_magic")


@pytest.mark.parametrize("where", ["nowhere.csv", "warehouse:rides", "duckdb:", "rides"])
def test_data_that_are_nowhere_say_so(shell: InteractiveShell, where: str) -> None:
    assert re.search("nowhere.csv|There is no variable", failure(shell, f"analyze --data {where}", DESIGN))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_put_below_and_is_a_design(shell: InteractiveShell, name: str) -> None:
    put: list[tuple[str, bool]] = []
    shell.set_next_input = lambda text, replace=False: put.append((text, replace))
    shell.run_line_magic("decision", f"--example {name}")
    shell.run_cell_magic("decision", f"--example {name}", "\n")
    assert put == [(EXAMPLES[name], False), (EXAMPLES[name], True)]
    first, _, body = EXAMPLES[name].partition("\n")
    assert first.startswith("%%decision ")
    assert dw.read_design(body).metrics


def test_an_example_of_the_examples_runs(shell: InteractiveShell) -> None:
    shell.run_cell(EXAMPLES["monitor"])
    assert isinstance(shell.user_ns["running"], dw.MonitoringResult)
