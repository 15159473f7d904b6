"""The templates on a table of one's own, from every kind of input: the same records, and records that repeat."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from against_schema import check as hold_against_schema
from engines import SPARK_PARAMS, Opened

import decision_widgets as dw
from decision_widgets.command import main
from decision_widgets.command.verdicts import EXIT
from decision_widgets.results.saved import read_result
from decision_widgets.templates import new_notebook

pytestmark = pytest.mark.notebook

# Names and labels that no example has; one is markup, which stays text.
RIDES = {"rider_id": "kunde", "variant": "gruppe", "time": "tag", "booked": "gekauft", "wait_minutes": "<b>warten</b>"}
LABELS = {"control": "alt", "treatment": "neu"}
TRIPS = {"time": "zeit", "region": "stadt", "arm": "seite", "completed": "fertig", "wait_minutes": "<b>warten</b>"}
ARMS = {"control": "alt", "arms": {"alt": 0.5, "neu": 0.5}, "participant": "kunde", "arm": "gruppe", "time": "tag"}
METRICS = [
    {"name": "gekauft", "role": "primary", "direction": "increase", "minimum_effect": 0.02},
    {"name": "<b>warten</b>", "role": "guardrail", "direction": "decrease", "limit": 0.05},
]
SLOTS = {"name": "wechsel", "time": "zeit", "region": "stadt", "arm": "seite", "control": "alt", "treatment": "neu"}
SLOTS |= {"slot": "4h", "burn_in": "1h", "segments": ["rain"], "start": "2026-03-02", "days": 7, "draws": 50}
MARKET = [{**METRICS[0], "name": "fertig"}, METRICS[1]]
PARAMETERS: dict[str, dict[str, Any]] = {
    "power": {**ARMS, "metrics": [METRICS[0], METRICS[1]], "effect": 0.1},
    "between-subject": {**ARMS, "metrics": METRICS},
    "switchback": {**SLOTS, "metrics": MARKET},
    "monitoring": {**ARMS, "metrics": METRICS, "planned_days": 14, "planned_looks": 2},
}
RECORD = {"power": "plan.json"}
Tables = Mapping[str, pd.DataFrame]


@cache
def tables() -> Tables:
    rides = dw.examples.ride_hailing(riders=600, seed=3).rename(columns=RIDES)
    rides["gruppe"] = rides["gruppe"].map(LABELS)
    design = dw.Switchback(**SWITCHED, metrics=MARKET)
    plan = dw.schedule(design, start="2026-03-02", days=7, regions=["Central", "North"])
    made = dw.examples.marketplace(plan, treatment="neu", history_days=14, requests_per_hour=6.0, seed=5)
    trips = made.rename(columns=TRIPS)
    in_run = trips["seite"].notna()
    return {"rides": rides, "past": trips[~in_run].drop(columns="seite"), "run": trips, "plan": plan}


SWITCHED = {name: SLOTS[name] for name in ("time", "region", "arm", "control", "treatment", "slot", "burn_in")}


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own tables")
    for name, frame in tables().items():
        frame.to_csv(folder / f"{name}.csv", index=False)
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


def asked(template: str, engine: str, named: Callable[[str], str], files: Path) -> dict[str, Any]:
    """Give the parameters of a template for tables that are named in some way."""
    if template != "switchback":
        return {**PARAMETERS[template], "data_path": named("rides"), "engine": engine}
    paths = {"history_path": named("past"), "data_path": named("run"), "schedule_path": str(files / "plan.csv")}
    return {**PARAMETERS[template], **paths, "engine": engine}


def run(template: str, parameters: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Run the cells of a template one after the other, and return what its names stand for."""
    names: dict[str, Any] = {}
    for cell in new_notebook(template, {**parameters, "output_folder": str(folder)}).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, template, "exec"), names)
    return names


@cache
def reference(template: str, files: Path) -> str:
    folder = files / f"reference {template}"
    run(template, asked(template, "duckdb", lambda name: str(files / f"{name}.parquet"), files), folder)
    return (folder / RECORD.get(template, "decision.json")).read_text()


def differences(found: Any, expected: Any, at: str = "") -> Iterator[str]:
    """Name every place where two records differ; the rows' hash and name are each engine's own."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in expected.keys() | found.keys():
            if key not in ("fingerprint", "history"):
                yield from differences(found.get(key), expected.get(key), f"{at}.{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        for place, own in enumerate(expected):
            yield from differences(found[place], own, f"{at}[{place}]")
    elif isinstance(expected, float) and isinstance(found, float):
        if abs(found - expected) > 1e-9 * max(1.0, abs(expected)):
            yield f"{at}: {found!r} is not {expected!r}"
    elif found != expected:
        yield f"{at}: {found!r} is not {expected!r}"


def again(template: str, names: Mapping[str, Any], record: str) -> Any:
    """Answer once more, from what the record holds and the same table."""
    kept = read_result(record)
    if template == "power":
        return dw.advise(kept.design, names["past"], effect=kept.question.effects, relative=kept.question.relative)
    if template == "monitoring":
        return dw.monitor(names["data"], kept.design)
    return dw.analyze(names["data"], kept.design)


def check(template: str, parameters: Mapping[str, Any], files: Path, folder: Path) -> None:
    names = run(template, parameters, folder)
    record = (folder / RECORD.get(template, "decision.json")).read_text()
    found, expected = json.loads(record), json.loads(reference(template, files))
    assert list(differences(found, expected)) == []
    if template != "power":
        assert found["decision"]["verdict"] != "invalid"
        assert found["decision"]["verdict"] == expected["decision"]["verdict"]
    hold_against_schema(json.loads(json.dumps(read_result(record).to_payload(), allow_nan=False)))
    repeated = json.loads(again(template, names, record).to_json())
    assert list(differences(repeated, found)) == []
    if template != "power":
        assert repeated["provenance"] == found["provenance"]


INPUTS = [("duckdb", "csv"), ("duckdb", "parquet"), ("pandas", "csv"), ("pandas", "parquet")]


@pytest.mark.parametrize("template", PARAMETERS)
@pytest.mark.parametrize(("engine_named", "ending"), INPUTS)
def test_files_give_the_same_record_however_they_are_read(
    template: str, engine_named: str, ending: str, files: Path, tmp_path: Path
) -> None:
    parameters = asked(template, engine_named, lambda name: str(files / f"{name}.{ending}"), files)
    check(template, parameters, files, tmp_path)


@pytest.mark.parametrize("engine", SPARK_PARAMS[:1], indirect=True)
@pytest.mark.parametrize("template", PARAMETERS)
def test_tables_of_spark_give_the_same_record(template: str, engine: Opened, files: Path, tmp_path: Path) -> None:
    views = {name: f"own_{name}" for name in ("rides", "past", "run")}
    for name, view in views.items():
        engine.session.read.parquet(str(files / f"{name}.parquet")).createOrReplaceTempView(view)
    try:
        check(template, asked(template, "spark", views.__getitem__, files), files, tmp_path)
    finally:
        for view in views.values():
            engine.session.catalog.dropTempView(view)


@pytest.mark.spark
@pytest.mark.timeout(300)
def test_a_kernel_of_its_own_starts_spark_as_it_is_configured(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark", reason="PySpark is not installed: pip install -e '.[spark]'")
    for name in ("SPARK_REMOTE", "SPARK_LOCAL_REMOTE", "SPARK_CONNECT_MODE_ENABLED"):
        monkeypatch.delenv(name, raising=False)
    settings = {"spark.master": "local[2]", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2"}
    settings |= {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1"}
    written = "".join(f"{name} {value}\n" for name, value in settings.items())
    (tmp_path / "spark-defaults.conf").write_text(written)
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    monkeypatch.chdir(files)
    given = asked("switchback", "spark", lambda name: f"{name}.csv", files)
    pairs = [part for name, value in given.items() for part in ("-p", f"{name}={json.dumps(value)}")]
    code = main(["run", "switchback", "--headless", "-o", str(tmp_path), *pairs])
    found, expected = (json.loads(text) for text in (
        (tmp_path / "decision.json").read_text(), reference("switchback", files)
    ))  # fmt: skip
    assert list(differences(found, expected)) == []
    assert code == EXIT[found["decision"]["verdict"]]


@pytest.mark.parametrize(
    ("template", "wrong", "said"),
    [
        ("power", {"participant": "kunden"}, "no column 'kunden' for the participant. Did you mean 'kunde'? It has: "),
        ("power", {"metrics": ["gekauf"]}, "no column 'gekauf' for metric 'gekauf'. Did you mean 'gekauft'? It has: "),
        ("between-subject", {"arm": "grupe"}, "no column 'grupe' for the arm. Did you mean 'gruppe'? It has: "),
        ("between-subject", {"time": "datum"}, "no column 'datum' for the time. It has: "),
        ("switchback", {"region": "stadd"}, "no column 'stadd' for the region. Did you mean 'stadt'? It has: "),
        ("switchback", {"arm": "seiten"}, "no column 'seiten' for the arm. Did you mean 'seite'? It has: "),
        (
            "switchback",
            {"segments": ["rainy"]},
            "no column 'rainy' for fixed effects or segments. Did you mean 'rain'?",
        ),
        ("monitoring", {"time": "tagg"}, "no column 'tagg' for the time. Did you mean 'tag'? It has: "),
    ],
)
@pytest.mark.parametrize("engine_named", ["duckdb", "pandas"])
def test_a_column_that_is_not_there_is_named_with_its_parameter_before_anything_is_computed(
    template: str, wrong: dict[str, Any], said: str, engine_named: str, files: Path, tmp_path: Path
) -> None:
    given = asked(template, engine_named, lambda name: str(files / f"{name}.parquet"), files)
    with pytest.raises(dw.ColumnNotFound) as caught:
        run(template, {**given, **wrong}, tmp_path)
    assert said in str(caught.value)
    assert list(tmp_path.glob("decision.*")) == []


def switched(files: Path, *left_out: str) -> dict[str, Any]:
    given = asked("switchback", "duckdb", lambda name: str(files / f"{name}.parquet"), files)
    return {name: value for name, value in given.items() if name not in left_out}


def test_a_switchback_that_is_not_over_is_planned_and_its_schedule_kept(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = run("switchback", switched(files, "data_path", "schedule_path"), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.json", "schedule.csv"]
    assert "data_path is empty: the run is not over." in capsys.readouterr().out
    planned = dw.Switchback.with_schedule(names["advice"].design, str(tmp_path / "schedule.csv"))
    assert planned == names["design"]
    assert planned.schedule is not None
    assert set(planned.schedule.arms) == {"Central", "North"}


def test_a_switchback_without_its_schedule_is_never_compared_with_one_drawn_afterwards(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("switchback", switched(files, "schedule_path"), tmp_path)
    printed = capsys.readouterr().out
    assert "schedule_path is empty: the run is analysed by the arms it records" in printed
    assert "note    schedule: no schedule was given, so nothing was compared with a plan" in printed
    found = dw.SwitchbackResult.from_json((tmp_path / "decision.json").read_text())
    compared = dw.SwitchbackResult.from_json(reference("switchback", files))
    assert (found.schedule_check.status, compared.schedule_check.status) == ("unknown", "as-planned")
    assert found.decision.verdict == compared.decision.verdict != "invalid"
    assert found.effect("fertig").effect == pytest.approx(compared.effect("fertig").effect, rel=1e-9)
    assert (found.design.start, found.design.planned_days) == ("2026-03-02T00:00", 7)
    assert not (tmp_path / "schedule.csv").exists()


def test_a_switchback_that_is_over_needs_no_past(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("switchback", switched(files, "history_path"), tmp_path)
    assert "history_path is empty: no guideline." in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["decision.html", "decision.json", "schedule.csv"]


def test_a_start_that_is_not_that_of_the_run_is_said(files: Path, tmp_path: Path) -> None:
    with pytest.raises(dw.InputError, match=r"No row lies in the run, which starts on 2027-01-04; check start="):
        run("switchback", {**switched(files, "schedule_path"), "start": "2027-01-04"}, tmp_path)
