"""Files of a result: whole or not at all, without a network, and safe to open in a spreadsheet."""

from __future__ import annotations

import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from made import design, experiment, power_advice, running

import decision_widgets as dw
from decision_widgets.errors import InputError

EVIL = "<img src=x onerror=alert(1)>"


def shown(kind: str) -> Any:
    if kind == "looks":
        return dw.monitor(running(600), design("spend", time="time"))
    if kind == "advice":
        return power_advice()
    split = {"arms": {"control": 0.9, "treatment": 0.1}} if kind == "invalid" else {}
    return dw.analyze(experiment(200), design("spend", dw.Metric("paid", role="guardrail"), name=EVIL, **split))


@pytest.mark.parametrize("kind", ["decision", "invalid", "looks", "advice"])
def test_every_result_is_saved_in_every_way(tmp_path: Path, kind: str) -> None:
    from matplotlib.image import imread

    result = shown(kind)
    for ending in ("html", "json", "csv", "png", "PNG"):
        assert result.save(tmp_path / f"a.{ending}") == tmp_path / f"a.{ending}"
    assert (tmp_path / "a.html").read_text("utf-8") == result.to_html(full_page=True)
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == result.to_payload()
    assert (tmp_path / "a.csv").read_bytes().decode() == result.to_csv()
    width, height = result.plot().get_size_inches()
    pixels = imread(BytesIO((tmp_path / "a.png").read_bytes()))
    assert pixels.shape[:2] == (round(200 * height), round(200 * width))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.PNG", "a.csv", "a.html", "a.json", "a.png"]


def test_a_saved_table_reads_back_with_all_digits(tmp_path: Path) -> None:
    result = shown("decision")
    read = pd.read_csv(result.save(str(tmp_path / "a.csv")), dtype=str)
    assert read.effect.map(float).tolist() == [row.effect for row in result.recommended()]
    assert read.limit.isna().all()
    assert read.metric.tolist() == ["spend", "paid"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_no_name_becomes_a_formula(start: str) -> None:
    name = f"{start}HYPERLINK(1)"
    frame = experiment(100).rename(columns={"spend": name})
    read = pd.read_csv(BytesIO(dw.analyze(frame, design(name)).to_csv().encode()), dtype=str)
    assert read.metric.tolist() == [f"'{name}"]
    assert not read.map(lambda cell: isinstance(cell, str) and cell[0] in "=@\t\r\n\uff1d").to_numpy().any()


def test_what_failed_is_empty_and_says_why() -> None:
    frame = experiment(100).assign(constant=1.0)
    lines = pd.read_csv(StringIO(dw.analyze(frame, design("spend", "constant")).to_csv())).set_index("metric")
    assert pd.isna(lines.effect["constant"])
    assert lines.error["constant"] == "E_NO_VARIATION"
    assert pd.isna(lines.error["spend"])


@pytest.mark.parametrize("name", ["a.pdf", "a", ".html"])
def test_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"ends in \.html, \.json, \.csv, \.png"):
        shown("decision").save(tmp_path / name)


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, old = shown("decision"), tmp_path / "a.csv"
    old.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(InputError, match=r"a\.csv' cannot be written: No space left"):
        result.save(old)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.csv", "old")]
    with pytest.raises(InputError, match="cannot be written"):
        result.save(old / "under-a-file.csv")


@pytest.mark.parametrize(
    ("asked", "methods"),
    [
        (design("spend", dw.Metric("paid", minimum_effect=0.01), arms=["control", "treatment"]), None),
        (design("spend", name='it\'s "this"', alpha=0.1, missing="drop"), ["student"]),
        (design(dw.Metric("rate", numerator="clicks", denominator="views", role="guardrail", limit=0.3)), []),
    ],
)
def test_the_code_gives_the_result_again(asked: dw.BetweenSubject, methods: list[str] | None) -> None:
    names: dict[str, Any] = {"df": experiment(200)}
    first = dw.analyze(names["df"], asked, methods=methods)
    exec("\n".join(first.to_payload()["code"]), names)
    assert names["result"] == first


def test_the_code_of_looks_looks_again() -> None:
    names: dict[str, Any] = {"df": running(600)}
    first = dw.monitor(names["df"], design("spend", time="time"), looks=["2026-11-08", "2026-11-15"])
    exec("\n".join(first.to_payload()["code"]), names)
    assert names["running"] == first
