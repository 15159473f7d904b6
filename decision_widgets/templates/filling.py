"""Answers checked against a template, all problems at once, and the notebook that they give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.design.yaml import DESIGNS
from decision_widgets.errors import InputError
from decision_widgets.templates.parameters import plain_values, with_values
from decision_widgets.templates.shelf import Template, parameters_cell, read_template

if TYPE_CHECKING:
    from nbformat import NotebookNode

# The design speaks of its parts in the singular, or by another word.
_SPOKEN_OF: Final = {"metric": "metrics", "arm": "arms", "share": "arms", "shares": "arms", "limit": "metrics"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """The values of a template's parameters, and by name what is wrong with those that cannot be used.

    A problem that is about no parameter alone has the name ``""``.
    """

    values: dict[str, Any]
    problems: dict[str, str]

    def raise_problems(self, template: str) -> None:
        """Raise what is wrong, if anything.

        Raises
        ------
        InputError
            All problems together.
        """
        if self.problems:
            raise InputError.together(f"Filling in the template {template!r}", [*self.problems.values()])


def fill(template: Template, parameters: Mapping[str, Any]) -> Filling:
    """Check values against the types of a template's parameters, and together against the design they make up."""
    values, problems = plain_values(parameters)
    for name in parameters:
        try:
            wrong = template.parameter(name).problem(values[name]) if name in values else None
        except InputError as unknown:
            wrong = str(unknown)
        if wrong is not None:
            problems[name] = wrong
            values.pop(name, None)
    return Filling(values=values, problems=problems or _of_the_design(template, values))


def read_answers(template: Template, answers: Mapping[str, str]) -> Filling:
    """Read what a person typed, name by name, and check it as `fill` does."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, text in answers.items():
        try:
            values[name] = template.parameter(name).read(text)
        except InputError as wrong:
            problems[name] = str(wrong)
    checked = fill(template, values)
    return Filling(values=checked.values, problems=problems | checked.problems)


def new_notebook(id: str, parameters: Mapping[str, Any] | None = None) -> NotebookNode:
    """Make a notebook from a template, with your values in its parameters cell.

    Parameters
    ----------
    id : str
        Which template, for example ``"between-subject"``.
    parameters : mapping of str to JSON value, optional
        New values by name; the others keep the value that the template gives them. Comments stay as they are.

    Returns
    -------
    nbformat.NotebookNode
        The notebook; nothing is written to disk.

    Raises
    ------
    InputError
        If no template has this id, a name is not in the parameters cell, a value is not of its type, or the values do
        not make up a design.
    """
    template, notebook = read_template(id)
    filling = fill(template, parameters or {})
    filling.raise_problems(id)
    return filled(notebook, filling)


def filled(notebook: NotebookNode, filling: Filling) -> NotebookNode:
    """Write values into the parameters cell of a notebook, and return the notebook."""
    cell = parameters_cell(notebook)
    if cell is not None:
        cell.source = with_values(cell.source, filling.values)
    return notebook


def _of_the_design(template: Template, values: Mapping[str, Any]) -> dict[str, str]:
    if template.design is None or not values:
        return {}
    design = DESIGNS[template.design]
    words = {field.name for field in fields(design)}
    given = {each.name: each.default for each in template.parameters if each.name in words}
    given |= {name: value for name, value in values.items() if name in words}
    try:
        design.of(given)
    except InputError as problem:
        found: dict[str, str] = {}
        for said in _each(str(problem)):
            name = _about(said, template)
            found[name] = f"{found[name]} {said}" if name in found else said
        return found
    return {}


def _each(problems: str) -> Iterator[str]:
    lines = problems.splitlines()
    together = [line.removeprefix("- ") for line in lines[1:] if line.startswith("- ")]
    yield from together or [problems]


def _about(problem: str, template: Template) -> str:
    names = {parameter.name for parameter in template.parameters}
    for word in re.findall(r"\w+", problem):
        for name in (word, _SPOKEN_OF.get(word.lower(), "")):
            if name in names:
                return name
    return ""
