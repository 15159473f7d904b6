"""The guided notebooks: which there are, what each asks for, and a new one filled in."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from decision_widgets.errors import InputError, did_you_mean, listed

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One name that a template lets you set, with the value it has when you do not."""

    name: str
    default: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A guided notebook as the launcher shows it."""

    id: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the record as plain JSON values."""
        return asdict(self) | {"parameters": [asdict(parameter) for parameter in self.parameters]}


def list_templates() -> list[Template]:
    """Tell which guided notebooks there are, in the order in which a study is lived.

    Returns
    -------
    list of Template
        One record for each notebook in the folder, by file name.
    """
    return [_described(path, notebook) for path, notebook in _notebooks()]


def read_template(id: str) -> Template:
    """Tell what one guided notebook is for and what it asks.

    Raises
    ------
    InputError
        If no template has this id.
    """
    return _find(id)[0]


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
        If no template has this id, a name is not in the parameters cell, or a value is not a JSON value.
    """
    template, notebook = _find(id)
    values, problems = _checked(template, parameters or {})
    if problems:
        raise InputError.together(f"Filling in the template {id!r}", problems)
    cell = _parameters_cell(notebook)
    if cell is not None:
        cell.source = _with_values(cell.source, values)
    return notebook


def notebooks_folder() -> Path:
    """Find the templates: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "notebooks"
    return installed if installed.is_dir() else package.parent / "notebooks"


def _notebooks() -> Iterator[tuple[Path, NotebookNode]]:
    import nbformat

    for path in sorted(notebooks_folder().glob("*.ipynb")):
        yield path, nbformat.reads(path.read_text("utf-8"), as_version=4)


def _find(id: str) -> tuple[Template, NotebookNode]:
    known = []
    for path, notebook in _notebooks():
        template = _described(path, notebook)
        if template.id == id:
            return template, notebook
        known.append(template.id)
    raise InputError(f"No template is called {id!r}.{did_you_mean(id, known)} There are: {listed(known) or 'none'}.")


def _described(path: Path, notebook: NotebookNode) -> Template:
    said = notebook.metadata.get("decision_widgets", {})
    id = said.get("id") or re.sub(r"^\d+-", "", path.stem)
    cell = _parameters_cell(notebook)
    return Template(
        id=id,
        title=said.get("title") or id.replace("-", " ").capitalize(),
        description=said.get("description", ""),
        parameters=tuple(
            Parameter(name=name, default=default) for name, default, _ in _literals(cell.source if cell else "")
        ),
    )


def _parameters_cell(notebook: NotebookNode) -> NotebookNode | None:
    tagged = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    return next(tagged, None)


def _literals(source: str) -> Iterator[tuple[str, Any, ast.expr]]:
    for statement in ast.parse(source).body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=node)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as node)
            ):
                try:
                    yield name, _plain(ast.literal_eval(node)), node
                except (TypeError, ValueError):
                    continue


def _plain(value: Any) -> Any:
    # Through JSON and back: what is then written with repr can only be a literal, never a subclass with its own repr.
    return json.loads(json.dumps(value, allow_nan=False))


def _checked(template: Template, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    known = [parameter.name for parameter in template.parameters]
    values: dict[str, Any] = {}
    problems = []
    for name, value in parameters.items():
        if name not in known:
            hint = did_you_mean(name, known)
            has = listed(known) or "no parameters"
            problems.append(f"The template {template.id!r} has no parameter {name!r}.{hint} It has: {has}.")
            continue
        try:
            values[name] = _plain(value)
        except (TypeError, ValueError, RecursionError):
            problems.append(
                f"The parameter {name!r} must be a JSON value (a finite number, text, true, false, null, or a list or "
                f"object of these); it came as {type(value).__name__}."
            )
    return values, problems


def _with_values(source: str, values: Mapping[str, Any]) -> str:
    # ast counts columns in UTF-8 bytes and ends a line at a line feed only, unlike str.splitlines.
    text = source.encode()
    starts = [0, *(match.end() for match in re.finditer(b"\n", text))]
    for name, _, node in reversed(list(_literals(source))):
        if name in values:
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            text = text[:start] + repr(values[name]).encode() + text[end:]
    return text.decode()
