"""``decision metrics``: the regular job, from the files to what it prints and its exit code."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import decision_widgets as dw
from decision_widgets.command import main
from decision_widgets.data.store import MetricStore

CONFIG = """participant: rider_id
time: time
population: riders
metrics:
  - booked
  - {name: cancel_rate, numerator: cancelled, denominator: booked}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with rides in two files, a config, and a store that the environment names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DECISION_STORE", str(tmp_path / "store.sqlite"))
    rides = dw.examples.ride_hailing(riders=200)
    rides[:300].to_csv("rides-1.csv", index=False)
    rides[300:].to_csv("rides-2.csv", index=False)
    Path("metrics.yaml").write_text(CONFIG)
    return tmp_path


def publish(*more: str, data: str = "rides-*.csv", config: str | None = None) -> int:
    if config is not None:
        Path("metrics.yaml").write_text(config)
    return main(["metrics", "publish", "--data", data, "--config", "metrics.yaml", *more])


@pytest.mark.usefixtures("here")
def test_the_regular_job_publishes_all_files_and_adds_nothing_when_it_runs_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert publish() == 0
    assert capsys.readouterr().out.splitlines() == [
        "booked       version 1, riders, 14 days",
        "cancel_rate  version 1, riders, 14 days",
    ]
    assert publish() == 0
    assert capsys.readouterr().out.splitlines() == [
        "booked       unchanged since version 1, riders, 14 days",
        "cancel_rate  unchanged since version 1, riders, 14 days",
    ]
    summary = MetricStore().get("booked")
    assert summary.n_participants == 200
    assert summary.n_rows == len(dw.examples.ride_hailing(riders=200))


@pytest.mark.usefixtures("here")
def test_a_metric_that_cannot_be_read_is_said_and_the_others_are_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(config=CONFIG + "  - tip\n  - variant\n") == 3
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("tip          not published: The table has no column 'tip'")
    assert lines[3].startswith("variant      ")
    assert {each.metric for each in MetricStore().list()} >= {"booked", "cancel_rate"}


@pytest.mark.usefixtures("here")
def test_missing_values_stop_their_own_metric_only(capsys: pytest.CaptureFixture[str]) -> None:
    rides = dw.examples.ride_hailing(riders=200)
    rides.loc[3, "fare"] = None
    rides.to_csv("thin.csv", index=False)
    assert publish(data="thin.csv", config=CONFIG + "  - fare\n") == 3
    assert "write missing: drop, or missing: zero" in capsys.readouterr().out
    assert [each.metric for each in MetricStore().list()] == ["booked", "cancel_rate"]
    assert publish(data="thin.csv", config=CONFIG + "  - fare\nmissing: drop\n") == 0
    assert MetricStore().get("fare").n_missing == 1


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("", "got nothing"),
        ("metrics: [booked]\n", "A list of common metrics needs 'participant'"),
        (CONFIG + "tme: day\n", "Line 7: unknown key 'tme'. Did you mean 'time'"),
        (CONFIG + "time: day\n", "Line 7: key 'time' stands already in line 2"),
        (CONFIG + "missing: skip\n", "Line 7: missing must be one of"),
        (CONFIG + "  - {name: fare, rol: primary}\n", "Line 7: unknown key 'rol'. Did you mean 'role'"),
        (CONFIG + "  - booked\n", "Two metrics are called 'booked'"),
        (CONFIG.replace("rider_id", "ridr_id"), "has no column 'ridr_id' for the participant. Did you mean 'rider_id'"),
        (CONFIG.replace("time: time\n", ""), "does not say of which day it is true"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_wrong_config_is_one_clear_error_and_publishes_nothing(
    config: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(config=config) == 2
    complaint = capsys.readouterr().err
    assert complaint.startswith("decision: ")
    assert said in complaint
    assert MetricStore().list() == ()


@pytest.mark.usefixtures("here")
def test_a_table_without_a_time_is_published_with_its_day() -> None:
    assert publish("--as-of", "2026-05-28", config=CONFIG.replace("time: time\n", "")) == 0
    assert MetricStore().get("booked").as_of == "2026-05-28"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["publish", "--data", "none-*.csv", "--config", "metrics.yaml"], "No table is read from 'none-*.csv'"),
        (["publish", "--data", "a.csv", "b.csv", "--config", "metrics.yaml"], "Write the pattern in quotes"),
        (["publish", "--data", "rides-*.csv", "--config", "none.yaml"], "'none.yaml' cannot be read: No such file"),
        (["show", "booked"], "holds no metric yet"),
        (["list", "--store", "mysql://ana:hunter2@host/db"], "there is none on 'mysql'"),
        (["list", "--store", "postgresql://ana:hunter2@127.0.0.1:1/db?connect_timeout=2"], "cannot be reached"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_cannot_be_done_exits_with_2_and_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["metrics", *words]) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1
    assert "hunter2" not in complaint


@pytest.mark.usefixtures("here")
def test_the_list_shows_the_newest_and_what_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "list"]) == 0
    assert "Nothing is published yet" in capsys.readouterr().out
    publish()
    publish("--as-of", "2020-01-01", config="participant: rider_id\nmetrics: [fare]\n")
    capsys.readouterr()
    assert main(["metrics", "list"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["Metric", "Population", "Window", "Kind", "Participants", "Version", "As", "of"]
    assert [line.split()[0] for line in lines] == ["booked", "cancel_rate", "fare"]
    assert "W_STALE: " in lines[2]
    assert lines[2].split("W_STALE")[0].split() == [
        "fare",
        "everybody",
        "no",
        "days",
        "continuous",
        "200",
        "1",
        "2020-01-01",
    ]


@pytest.mark.usefixtures("here")
def test_a_metric_is_shown_in_words_or_as_its_summary(capsys: pytest.CaptureFixture[str]) -> None:
    publish()
    publish("--as-of", "2020-01-01", config="participant: rider_id\npopulation: riders\nmetrics: [fare]\n")
    capsys.readouterr()
    assert main(["metrics", "show", "cancel_rate", "--population", "riders", "--window", "14"]) == 0
    shown = capsys.readouterr().out
    rides = dw.examples.ride_hailing(riders=200)
    assert f"Level         {rides.cancelled.sum() / rides.booked.sum():.3f}" in shown
    assert "cancelled / booked, by rider_id" in shown
    assert main(["metrics", "show", "fare"]) == 0
    assert "W_STALE: The summary of fare is" in capsys.readouterr().out
    assert main(["metrics", "show", "booked", "--json"]) == 0
    printed = capsys.readouterr().out
    assert dw.MetricSummary.from_json(printed) == MetricStore().get("booked")
    assert json.loads(printed)["metric"] == "booked"


@pytest.mark.usefixtures("here")
def test_a_name_of_any_letters_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    odd = "a'b\"; DROP TABLE x; --\nsecond 🚕"
    dw.examples.ride_hailing(riders=100).rename(columns={"fare": odd}).to_csv("odd.csv", index=False)
    config = f"participant: rider_id\ntime: time\nmetrics: [{json.dumps(odd, ensure_ascii=False)}]\n"
    assert publish(data="odd.csv", config=config) == 0
    assert main(["metrics", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert main(["metrics", "show", odd]) == 0
    assert MetricStore().get(odd).numerator == odd


@pytest.mark.usefixtures("here")
def test_an_advice_finds_published_metrics_by_their_names() -> None:
    publish()
    words = {"participant": "rider_id", "arm": "variant", "control": "control", "time": "time"}
    design = dw.BetweenSubject(**words, metrics=["booked"])
    direct = dw.advise(design, "rides-*.csv", effect=0.1)
    other = dw.BetweenSubject(**words, metrics=["conversion"])
    for asked, history in ((design, dw.MetricStore()), (design, "booked"), (other, {"conversion": "booked"})):
        found = dw.advise(asked, history, effect=0.1)
        assert found.plan.n_participants == direct.plan.n_participants
        late = dw.advise(asked, history, effect=0.1, today="2031-01-01")
        assert "W_STALE" in {message.code for message in late.messages}
    for history in (dw.MetricStore(), dw.MetricStore().of("riders", window=14), "booked", "rides-*.csv"):
        names: dict[str, Any] = {"dw": dw}
        advice = dw.advise(design, history, effect=0.1)
        exec("\n".join(advice.code()), names)
        assert names["advice"].plan.n_participants == advice.plan.n_participants
    with pytest.raises(dw.InputError, match=r"Did you mean 'booked'.*Nor is there a file of data called 'bookd'"):
        dw.advise(design, "bookd", effect=0.1)
    with pytest.raises(dw.InputError, match="and the design has 'fare' too"):
        dw.advise(dw.BetweenSubject(**words, metrics=["booked", "fare"]), "booked", effect=0.1)
    with pytest.raises(dw.InputError, match=r"No table is read from 'bookd\.csv'"):
        dw.advise(design, "bookd.csv", effect=0.1)


@pytest.mark.usefixtures("here")
def test_the_day_of_a_table_with_a_time_is_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert publish("--as-of", "2026-01-01") == 2
    said = capsys.readouterr().err
    assert "--as-of" in said
    assert "as_of" not in said
    assert publish("--as-of", "yesterday") == 2
    assert "--as-of must be a day" in capsys.readouterr().err
    assert publish() == 0


@pytest.mark.usefixtures("here")
def test_a_day_to_come_is_refused_for_it_would_never_be_old(capsys: pytest.CaptureFixture[str]) -> None:
    assert publish("--as-of", "2099-01-01", config=CONFIG.replace("time: time\n", "")) == 2
    assert "--as-of must not lie in the future" in capsys.readouterr().err
    assert publish(config=CONFIG.replace("time: time\n", "")) == 2
    assert "give --as-of" in capsys.readouterr().err
    with pytest.raises(dw.InputError, match="must not lie in the future"):
        dw.summarize(dw.examples.ride_hailing(riders=20), metrics="booked", participant="rider_id", as_of="2099-01-01")


@pytest.mark.parametrize("action", [["list"], ["show", "booked"]])
@pytest.mark.usefixtures("here")
def test_a_path_without_a_store_is_named(action: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", *action, "--store", "stoer.sqlite"]) == 2
    assert "There is no store at 'stoer.sqlite'" in capsys.readouterr().err
    assert not Path("stoer.sqlite").exists()


@pytest.mark.parametrize("column", ["summary", "as_of"])
@pytest.mark.usefixtures("here")
def test_a_row_that_cannot_be_read_blocks_nobody(column: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish() == 0
    with closing(sqlite3.connect("store.sqlite")) as connection, connection:
        connection.execute(f"UPDATE decision_metric_summaries SET {column} = 'soon' WHERE metric = 'booked'")
    capsys.readouterr()
    assert main(["metrics", "list"]) == 0
    if column == "as_of":
        assert "its day cannot be read; publish it again" in capsys.readouterr().out
    assert publish() == 0
    assert MetricStore().get("booked").n_participants == 200
    assert MetricStore().history("booked")[0].version == 2


@pytest.mark.usefixtures("here")
def test_a_reader_that_has_seen_enough_ends_the_command_quietly() -> None:
    assert publish() == 0
    code = "import sys; from decision_widgets.command import main; sys.exit(main())"
    command = f'{sys.executable} -c "{code}" metrics show booked --json'
    done = subprocess.run(f"{command} | head -c 10", shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert len(done.stdout) == 10
