"""The guided notebooks: what is read from them and what is written into them."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbformat.v4 import new_notebook as empty_notebook

from decision_widgets import templates
from decision_widgets.errors import InputError
from decision_widgets.templates import Parameter, Template, list_templates, new_notebook, read_template

SHIPPED = list_templates()
SOURCE = """\
# Grösse \u2028 und Füße: columns are counted in bytes
größe = 'ä'; alpha = 0.05  # two-sided
metric: str = "conversion"
covariates = [
    "pre_conversion",  # before the start
]
limits = {"latency": -0.01}
table = None
arms = ("control", "treatment")
seed = int("7")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    parameters = new_code_cell(SOURCE, metadata={"tags": ["parameters"]})
    cells = [new_markdown_cell("# Compare"), new_code_cell("alpha = 1"), parameters, new_code_cell("alpha")]
    said = {"title": "Compare two arms", "description": "Fixed horizon."}
    nbformat.write(empty_notebook(cells=cells, metadata={"decision_widgets": said}), tmp_path / "01-compare-arms.ipynb")
    nbformat.write(empty_notebook(metadata={"decision_widgets": {"id": "slots"}}), tmp_path / "02-switchback.ipynb")
    monkeypatch.setattr(templates, "notebooks_folder", lambda: tmp_path)
    return tmp_path


def test_templates_come_in_the_order_of_their_numbers() -> None:
    assert [template.id for template in list_templates()] == ["compare-arms", "slots"]


def test_a_template_says_what_it_is_for_and_what_it_asks() -> None:
    assert read_template("compare-arms") == Template(
        id="compare-arms",
        title="Compare two arms",
        description="Fixed horizon.",
        parameters=(
            Parameter(name="größe", default="ä"),
            Parameter(name="alpha", default=0.05),
            Parameter(name="metric", default="conversion"),
            Parameter(name="covariates", default=["pre_conversion"]),
            Parameter(name="limits", default={"latency": -0.01}),
            Parameter(name="table", default=None),
            Parameter(name="arms", default=["control", "treatment"]),
        ),
    )


def test_a_notebook_without_a_title_is_called_by_its_id() -> None:
    assert read_template("slots").title == "Slots"


def test_new_values_take_the_place_of_the_old_and_nothing_else_moves() -> None:
    made = new_notebook(
        "compare-arms", {"alpha": 0.1, "größe": "ü", "covariates": ["a", None], "table": "s'ales", "limits": True}
    )
    expected = SOURCE.replace("'ä'; alpha = 0.05", "'ü'; alpha = 0.1").replace("None", '"s\'ales"')
    expected = expected.replace('[\n    "pre_conversion",  # before the start\n]', "['a', None]")
    assert made.cells[2].source == expected.replace('{"latency": -0.01}', "True")
    assert [made.cells[1].source, made.cells[3].source] == ["alpha = 1", "alpha"]
    nbformat.validate(made)


def test_without_values_the_cell_is_the_template_cell(folder: Path) -> None:
    on_disk = nbformat.read(folder / "01-compare-arms.ipynb", as_version=4)
    assert new_notebook("compare-arms") == on_disk


def test_text_stays_text() -> None:
    text = "'''\\\"\n__import__('os').abort()\r\u2028 # \ud800"
    made = new_notebook("compare-arms", {"metric": text})
    values = {
        statement.target.id: ast.literal_eval(statement.value)
        for statement in ast.parse(made.cells[2].source).body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value
    }
    assert values == {"metric": text}


def test_a_number_with_its_own_repr_is_written_as_a_literal() -> None:
    class Loud(float):
        def __repr__(self) -> str:
            return "print('loud')"

    assert "alpha = 0.2 " in new_notebook("compare-arms", {"alpha": Loud(0.2)}).cells[2].source


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(InputError) as caught:
        new_notebook("compare-arms", {"alhpa": 0.1, "metric": float("nan"), "seed": 3, "table": object()})
    message = str(caught.value)
    for part in ("4 problems", "Did you mean 'alpha'?", "'metric' must be", "no parameter 'seed'", "came as object"):
        assert part in message


@pytest.mark.parametrize("id", ["compare-arm", "01-compare-arms", "../01-compare-arms", ""])
def test_only_a_listed_id_is_read(id: str) -> None:
    for read in (read_template, new_notebook):
        with pytest.raises(InputError, match="There are: compare-arms, slots"):
            read(id)


def test_every_shipped_template_introduces_itself_and_asks_for_something() -> None:
    assert SHIPPED
    assert len({template.id for template in SHIPPED}) == len(SHIPPED)
    for template in SHIPPED:
        assert template.title, template.id
        assert template.description, template.id
        assert template.parameters, template.id


def test_the_module_is_cheap_to_import() -> None:
    code = "import sys, decision_widgets.templates; sys.exit('nbformat' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
