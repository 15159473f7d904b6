"""The templates of a team stand beside those of the package; a bad one is listed with its problem."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from decision_widgets.errors import InputError
from decision_widgets.templates import list_templates, open_template, read_template


def write(path: Path, parameters: str = "alpha = 0.05", **said: object) -> None:
    cells = [new_markdown_cell("# Ours"), new_markdown_cell("## 1 · Data"), new_markdown_cell("## Verdict")]
    cells.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    nbformat.write(new_notebook(cells=cells, metadata={"decision_widgets": said}), path)


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DECISION_TEMPLATES", str(tmp_path))
    return tmp_path


def of_the_team() -> dict[str, str | None]:
    shipped = {"power", "between-subject", "switchback", "monitoring"}
    return {t.title: t.problem for t in list_templates() if t.id not in shipped}


def test_a_notebook_of_the_team_comes_after_those_of_the_package(team: Path) -> None:
    write(team / "01-pricing.ipynb", title="Pricing", description="How we price.")
    last = list_templates()[-1]
    assert (last.id, last.title, last.description, last.problem) == ("pricing", "Pricing", "How we price.", None)
    assert last.sections == ("Data", "Verdict")
    assert read_template("pricing")[0] == last


def test_bad_notebooks_are_listed_with_their_problem_and_the_others_stay(team: Path) -> None:
    write(team / "fine.ipynb")
    (team / "torn.ipynb").write_text('{"cells": [')
    (team / "binary.ipynb").write_bytes(b"\xff\xfe\x00")
    write(team / "syntax.ipynb", "alpha = = 1")
    write(team / "magic.ipynb", "%matplotlib inline")
    write(team / "mine.ipynb", id="between-subject")
    write(team / "outside.ipynb", id="../../etc/passwd")
    write(team / "design.ipynb", design="switchbak")
    (team / "folder.ipynb").mkdir()
    problems = of_the_team()
    assert problems.pop("Fine") is None
    expected = {
        "torn.ipynb": "It is not a notebook:",
        "binary.ipynb": "It is not a notebook:",
        "syntax.ipynb": "Its parameters cell is not Python: invalid syntax, line 1.",
        "magic.ipynb": "Its parameters cell is not Python",
        "Between subject": "Its id 'between-subject' is taken by 02-between-subject.ipynb.",
        "outside.ipynb": "Its id '../../etc/passwd' must be letters",
        "design.ipynb": "Did you mean 'switchback'?",
        "folder.ipynb": "It cannot be read:",
    }
    assert problems.keys() == expected.keys()
    assert [title for title, start in expected.items() if start not in (problems[title] or "")] == []
    assert len({template.id for template in list_templates()}) == len(list_templates())


def test_one_with_a_problem_cannot_be_opened(team: Path) -> None:
    (team / "torn.ipynb").write_text("{")
    with pytest.raises(InputError, match=r"The template torn\.ipynb cannot be used\. It is not a notebook"):
        read_template(str(team / "torn.ipynb"))
    with pytest.raises(InputError, match="cannot be used"):
        open_template(team / "torn.ipynb")


def test_several_folders_and_one_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    write(tmp_path / "a" / "pricing.ipynb")
    monkeypatch.setenv("DECISION_TEMPLATES", os.pathsep.join([str(tmp_path / "gone"), str(tmp_path / "a"), ""]))
    problems = of_the_team()
    assert problems.pop("Pricing") is None
    assert problems == {"gone": f"There is no such folder: {tmp_path / 'gone'}. DECISION_TEMPLATES names it."}


def test_a_file_is_opened_as_a_template_wherever_it_is(tmp_path: Path) -> None:
    write(tmp_path / "07-pricing.ipynb", "alpha = 0.1  # level")
    template, notebook = open_template(tmp_path / "07-pricing.ipynb")
    assert (template.id, template.parameters[0].help) == ("pricing", "level")
    assert notebook.cells[3].source == "alpha = 0.1  # level"
