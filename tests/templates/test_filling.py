"""The guided notebooks: what is read from them and what is written into them."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbformat.v4 import new_notebook as empty_notebook

from decision_widgets.errors import InputError
from decision_widgets.templates import (
    Parameter,
    Template,
    fill,
    list_templates,
    new_notebook,
    read_answers,
    read_template,
    shelf,
)

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
    monkeypatch.setattr(shelf, "notebooks_folder", lambda: tmp_path)
    return tmp_path


def test_templates_come_in_the_order_of_their_numbers() -> None:
    assert [template.id for template in list_templates()] == ["compare-arms", "slots"]


def test_a_template_says_what_it_is_for_and_what_it_asks() -> None:
    assert read_template("compare-arms")[0] == Template(
        id="compare-arms",
        title="Compare two arms",
        description="Fixed horizon.",
        parameters=(
            Parameter(
                name="größe", default="ä", type="text", help="Grösse \u2028 und Füße: columns are counted in bytes"
            ),
            Parameter(name="alpha", default=0.05, type="number", help="two-sided"),
            Parameter(name="metric", default="conversion", type="text"),
            Parameter(name="covariates", default=["pre_conversion"], type="list"),
            Parameter(name="limits", default={"latency": -0.01}, type="mapping"),
            Parameter(name="table", default=None, is_optional=True),
            Parameter(name="arms", default=["control", "treatment"], type="list"),
        ),
    )


def test_a_notebook_without_a_title_is_called_by_its_id() -> None:
    assert read_template("slots")[0].title == "Slots"


def test_new_values_take_the_place_of_the_old_and_nothing_else_moves() -> None:
    made = new_notebook(
        "compare-arms", {"alpha": 0.1, "größe": "ü", "covariates": ["a", None], "table": "s'ales", "limits": {}}
    )
    expected = SOURCE.replace("'ä'; alpha = 0.05", "'ü'; alpha = 0.1").replace("None", '"s\'ales"')
    expected = expected.replace('[\n    "pre_conversion",  # before the start\n]', "['a', None]")
    assert made.cells[2].source == expected.replace('{"latency": -0.01}', "{}")
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


@pytest.fixture
def between() -> Template:
    return next(template for template in SHIPPED if template.id == "between-subject")


@pytest.mark.parametrize(
    ("values", "name", "expected"),
    [
        ({"arms": {"opt_in": 0.5, "opt_out": 0.6}}, "arms", "Shares add up to 1.1, not 1. Change one arm by -0.1."),
        ({"control": "opt-in"}, "control", "The control 'opt-in' is not among the arms"),
        ({"metrics": [{"name": "takeup", "rolle": "primary"}]}, "metrics", "Did you mean 'role'?"),
        ({"metrics": [{"name": "takeup", "limit": 0.1}]}, "metrics", "limit belongs to a guardrail"),
        ({"planned_participants": 0}, "planned_participants", "must be a positive whole number"),
        ({"arm": "address"}, "arm", "participant and arm are the same column"),
        ({"missing": "zeros"}, "missing", "Did you mean 'zero'?"),
        ({"planned_participants": "many"}, "planned_participants", "must be a whole number, or empty"),
    ],
)
def test_values_that_make_up_no_design_are_refused_beside_the_name_to_mend(
    between: Template, values: dict[str, object], name: str, expected: str
) -> None:
    problems = fill(between, values).problems
    said = problems.get(name) or problems.get("participant", "")
    assert expected in said
    assert len(problems) == 1


def test_typed_answers_are_read_and_checked_together(between: Template) -> None:
    answers = {"alhpa": "1", "planned_participants": "2x", "metrics": "takeup, income", "time": ""}
    filling = read_answers(between, answers)
    assert filling.values == {"metrics": ["takeup", "income"], "time": None}
    assert filling.problems.keys() == {"alhpa", "planned_participants"}
    assert read_answers(between, {"arms": "opt_in: 0.5, opt_out: 0.5", "control": "opt_in"}).problems == {}


def test_the_defaults_of_every_shipped_template_make_up_its_design() -> None:
    for template in SHIPPED:
        filling = fill(template, {parameter.name: parameter.default for parameter in template.parameters})
        assert filling.problems == {}, template.id
