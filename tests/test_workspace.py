"""What experiments a folder holds, in the order in which they need attention."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import pytest

import decision_widgets as dw
from decision_widgets import workspace
from decision_widgets.design.yaml import write_design
from decision_widgets.workspace import ATTENTION, LABELS, find_experiments
from tests.made_results import made_result

INVALID = {"arms": {"control": 0.9, "treatment": 0.1}}
RUNNING = {"time": "time", "planned_days": 99}


@cache
def saved(kind: str) -> dw.DecisionResult:
    stated = {"invalid": INVALID, "keep-running": RUNNING, "ship": {}}[kind]
    return made_result(kind, **stated)


def keep(folder: Path, result: dw.DecisionResult, name: str = "decision.json") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(result.to_json())
    return folder / name


def rows(root: Path) -> list[tuple[str, str, str]]:
    return [(each.name, each.status, each.path) for each in find_experiments(root).experiments]


def test_an_empty_folder_holds_none(tmp_path: Path) -> None:
    assert find_experiments(tmp_path).to_dict() == {"experiments": [], "is_complete": True}


def test_those_that_need_attention_come_first(tmp_path: Path) -> None:
    for kind in ("ship", "keep-running", "invalid"):
        keep(tmp_path / kind, saved(kind))
    (tmp_path / "torn.decision.yaml").write_text("participant: rider_id\narm: variant\ncontrl: A\nmetrics: [y]")
    design = dw.BetweenSubject(name="later", participant="u", arm="v", control="A", metrics=["y"])
    (tmp_path / "later.decision.yaml").write_text(write_design(design))
    assert rows(tmp_path) == [
        ("invalid", "invalid", "invalid/decision.json"),
        ("torn", "unreadable", "torn.decision.yaml"),
        ("keep-running", "keep-running", "keep-running/decision.json"),
        ("ship", "ship", "ship/decision.json"),
        ("later", "planned", "later.decision.yaml"),
    ]


def test_a_decision_says_its_verdict_in_words(tmp_path: Path) -> None:
    path = keep(tmp_path / "a b", saved("ship"), "eta.decision.json")
    os.utime(path, (1_800_000_000, 1_800_000_000))
    (shown,) = find_experiments(tmp_path).to_dict()["experiments"]
    headline = shown.pop("headline")
    sentence = "".join(piece["text"] for piece in saved("ship").to_payload()["cards"][0]["sentence"])
    assert headline.startswith("Booked rose ")
    assert sentence.startswith(headline)
    assert shown == {
        "name": "ship",
        "design": "between-subject",
        "status": "ship",
        "label": "Ship",
        "updated": "2027-01-15T08:00:00+00:00",
        "path": "a b/eta.decision.json",
        "kind": "decision",
        "notebook": None,
    }


@pytest.mark.parametrize(
    ("answer", "notebooks", "found"),
    [
        ("decision.json", ["between-subject.ipynb"], "run/between-subject.ipynb"),
        ("decision.json", ["a.ipynb", "b.ipynb"], None),
        ("decision.json", [".hidden.ipynb", "b.ipynb"], "run/b.ipynb"),
        ("eta.decision.json", ["b.ipynb", "eta.ipynb"], "run/eta.ipynb"),
        ("eta.decision.json", [], None),
    ],
)
def test_an_answer_names_the_notebook_that_can_only_be_its_own(
    tmp_path: Path, answer: str, notebooks: list[str], found: str | None
) -> None:
    keep(tmp_path / "run", saved("ship"), answer)
    (tmp_path / "elsewhere.ipynb").touch()
    for name in notebooks:
        (tmp_path / "run" / name).touch()
    (shown,) = find_experiments(tmp_path).experiments
    assert shown.notebook == found


def test_a_notebook_is_noticed_when_it_comes_and_when_it_goes(tmp_path: Path) -> None:
    keep(tmp_path, saved("ship"))
    assert find_experiments(tmp_path).experiments[0].notebook is None
    (tmp_path / "monitoring.ipynb").touch()
    assert find_experiments(tmp_path).experiments[0].notebook == "monitoring.ipynb"
    (tmp_path / "monitoring.ipynb").unlink()
    (tmp_path / "monitoring.ipynb").symlink_to(tmp_path / "decision.json")
    assert find_experiments(tmp_path).experiments[0].notebook is None


def test_a_design_takes_no_notebook_but_that_of_its_name(tmp_path: Path) -> None:
    design = dw.BetweenSubject(name="later", participant="u", arm="v", control="A", metrics=["y"])
    (tmp_path / "later.decision.yaml").write_text(write_design(design))
    (tmp_path / "other.ipynb").touch()
    assert find_experiments(tmp_path).experiments[0].notebook is None
    (tmp_path / "later.ipynb").touch()
    assert find_experiments(tmp_path).experiments[0].notebook == "later.ipynb"


def test_a_design_and_its_decision_are_one_until_the_design_changes(tmp_path: Path) -> None:
    result = saved("ship")
    (tmp_path / "ship.decision.yaml").write_text(write_design(result.design))
    keep(tmp_path / "out", result)
    assert rows(tmp_path) == [("ship", "ship", "out/decision.json")]
    (tmp_path / "ship.decision.yaml").write_text(write_design(result.design) + "alpha: 0.01\n")
    (shown,) = find_experiments(tmp_path).experiments
    assert (shown.status, shown.label) == ("out-of-date", "Out of date")
    assert shown.headline == "The design changed after the last run, which said: Ship."


def test_a_decision_elsewhere_is_another_experiment(tmp_path: Path) -> None:
    result = saved("ship")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "ship.decision.yaml").write_text(write_design(result.design))
    keep(tmp_path / "ab", result)
    assert {status for _, status, _ in rows(tmp_path)} == {"ship", "planned"}


def test_a_plan_stands_for_its_design_until_there_is_a_decision(tmp_path: Path) -> None:
    result = saved("ship")
    typed = dw.TypedSummary("booked", mean=0.35, participants_per_day=500)
    (tmp_path / "plan.json").write_text(dw.advise(result.design, typed, effect=0.1).to_json())
    (tmp_path / "experiment.decision.yaml").write_text(write_design(result.design))
    (shown,) = find_experiments(tmp_path).experiments
    assert (shown.status, shown.path, shown.kind) == ("planned", "plan.json", "plan")
    assert shown.headline.startswith("You need ")
    keep(tmp_path, result)
    assert rows(tmp_path) == [("ship", "ship", "decision.json")]


def test_what_is_torn_or_of_another_version_is_shown_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.decision.json").write_text('{"schema": "dw.decision/999"}')
    (tmp_path / "b.decision.json").write_text("{")
    (tmp_path / "c.decision.json").write_bytes(b"\xff\xfe")
    (tmp_path / "d.decision.json").write_text("[" * 200_000)
    (tmp_path / "e.decision.json").write_text("[]")
    found = find_experiments(tmp_path).experiments
    assert {each.name: each.status for each in found} == dict.fromkeys("abcde", "unreadable")
    assert all(each.headline and "\n" not in each.headline for each in found)


def test_a_record_that_was_tampered_with_hides_no_other(tmp_path: Path) -> None:
    keep(tmp_path / "a", saved("ship"))
    plain = saved("ship").to_dict()
    plain["decision"]["arm"] = "nobody"
    (tmp_path / "b.decision.json").write_text(json.dumps(plain))
    assert [(status, path) for _, status, path in rows(tmp_path)] == [
        ("unreadable", "b.decision.json"),
        ("ship", "a/decision.json"),
    ]


def test_only_what_lies_below_the_root_is_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    keep(tmp_path / "outside", saved("ship"))
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "file.decision.json").symlink_to(tmp_path / "outside" / "decision.json")
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.decision.json")
    assert rows(root) == []


def test_hidden_folders_and_environments_are_not_entered(tmp_path: Path) -> None:
    for folder in (".ipynb_checkpoints", "node_modules", "venv/lib"):
        keep(tmp_path / folder, saved("ship"))
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    keep(tmp_path, saved("ship"), ".hidden.decision.json")
    assert rows(tmp_path) == []
    assert len(find_experiments(tmp_path, hidden=True).experiments) == 2


def test_looking_ends_and_says_that_it_did_not_see_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path / Path(*"abcdefghij"), saved("ship"))
    assert find_experiments(tmp_path).to_dict() == {"experiments": [], "is_complete": False}
    monkeypatch.setattr(workspace, "MOST_ENTRIES", 3)
    for name in "pqrst":
        keep(tmp_path, saved("ship"), f"{name}.decision.json")
    found = find_experiments(tmp_path)
    assert len(found.experiments) < 5
    assert not found.is_complete


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path, saved("ship"))
    monkeypatch.setattr(workspace, "LARGEST", 100)
    (shown,) = find_experiments(tmp_path).experiments
    assert shown.status == "unreadable"


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    keep(tmp_path, saved("ship"))
    assert rows(tmp_path)[0][1] == "ship"
    path = keep(tmp_path, saved("invalid"))
    os.utime(path, (1, 1))
    assert rows(tmp_path)[0][1] == "invalid"


def test_every_status_has_a_place_and_a_label() -> None:
    assert set(ATTENTION) == set(LABELS)
    assert LABELS["invalid"] == "Invalid"


def test_a_name_is_shown_as_it_is_written(tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)> \u202eemag\U0001f600"
    design = dw.BetweenSubject(name=hostile, participant="u", arm="v", control="A", metrics=["y"])
    (tmp_path / "x.decision.yaml").write_text(write_design(design))
    assert rows(tmp_path) == [(hostile, "planned", "x.decision.yaml")]
