"""Which guided notebooks there are: those of the package, and those of a team in the folder $DECISION_TEMPLATES."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.design.yaml import DESIGNS
from decision_widgets.errors import InputError, did_you_mean, first_line, listed
from decision_widgets.templates.parameters import Parameter, read_parameters

if TYPE_CHECKING:
    from nbformat import NotebookNode

VARIABLE: Final = "DECISION_TEMPLATES"
_ID: Final = re.compile(r"\w[\w .-]{0,79}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A guided notebook as the launcher shows it.

    `design` is the kind of design that its parameters make up, when they do, and `sections` its headings. One with a
    `problem` is listed and cannot be opened.
    """

    id: str
    title: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    design: str | None = None
    sections: tuple[str, ...] = ()
    problem: str | None = None
    path: Path = field(default_factory=Path, compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Give the record as plain JSON values."""
        return {
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "parameters": [parameter.to_dict() for parameter in self.parameters],
            "sections": list(self.sections),
            "problem": self.problem,
        }

    def parameter(self, name: str) -> Parameter:
        """Return one of the names that the template lets you set.

        Raises
        ------
        InputError
            It has none of this name; the nearest is named.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        if name not in known:
            raise InputError(
                f"The template {self.id!r} has no parameter {name!r}.{did_you_mean(name, known)} "
                f"It has: {listed([*known], 40) or 'no parameters'}."
            )
        return known[name]


def list_templates() -> list[Template]:
    """Tell which guided notebooks there are, in the order in which a study is lived; those of the team come last.

    Returns
    -------
    list of Template
        One record for each notebook in the folders, by file name. A notebook that cannot be used is there too, with
        its `problem`.
    """
    return [template for template, _ in _shelf()]


def read_template(id: str) -> tuple[Template, NotebookNode]:
    """Return a guided notebook, and what it asks.

    Raises
    ------
    InputError
        No template has this id, or the one that has cannot be used.
    """
    known = []
    for template, notebook in _shelf():
        if template.id == id:
            return template, _usable(template, notebook)
        if notebook is not None:
            known.append(template.id)
    raise InputError(f"No template is called {id!r}.{did_you_mean(id, known)} There are: {listed(known) or 'none'}.")


def open_template(path: Path) -> tuple[Template, NotebookNode]:
    """Return the notebook of a file as a template, wherever it is.

    Raises
    ------
    InputError
        The file cannot be used as a template.
    """
    template, notebook = _read(path)
    return template, _usable(template, notebook)


def notebooks_folder() -> Path:
    """Find the templates: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "notebooks"
    return installed if installed.is_dir() else package.parent / "notebooks"


def team_folders() -> list[Path]:
    """Return the folders that $DECISION_TEMPLATES names, separated as in $PATH."""
    return [Path(each).expanduser() for each in os.environ.get(VARIABLE, "").split(os.pathsep) if each.strip()]


def _shelf() -> Iterator[tuple[Template, NotebookNode | None]]:
    taken: dict[str, str] = {}
    for folder in (notebooks_folder(), *team_folders()):
        try:
            paths = sorted(folder.glob("*.ipynb"))
            problem = None if folder.is_dir() else f"There is no such folder: {folder}. {VARIABLE} names it."
        except OSError as error:
            paths, problem = [], f"The folder {folder} cannot be read: {error.strerror}."
        if problem is not None:
            yield Template(id=str(folder), title=folder.name, description="", problem=problem), None
        for path in paths:
            template, notebook = _read(path)
            if template.id in taken:
                problem = f"Its id {template.id!r} is taken by {taken[template.id]}. Give it another id."
                template, notebook = replace(template, id=str(path), problem=problem), None
            taken[template.id] = path.name
            yield template, notebook


def _read(path: Path) -> tuple[Template, NotebookNode | None]:
    import nbformat

    try:
        notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
        nbformat.validate(notebook)
        return _described(path, notebook), notebook
    except OSError as error:
        problem = f"It cannot be read: {error.strerror or error}."
    except InputError as error:
        problem = str(error)
    except SyntaxError as error:
        problem = f"Its parameters cell is not Python: {error.msg}, line {error.lineno}."
    except Exception as error:  # nbformat raises whatever a broken file makes it raise
        problem = f"It is not a notebook: {first_line(error)}."
    return Template(id=str(path), title=path.name, description="", problem=problem), None


def _usable(template: Template, notebook: NotebookNode | None) -> NotebookNode:
    if notebook is None:
        raise InputError(f"The template {template.title} cannot be used. {template.problem}")
    return notebook


def _described(path: Path, notebook: NotebookNode) -> Template:
    said = notebook.metadata.get("decision_widgets", {})
    id = str(said.get("id") or re.sub(r"^\d+-", "", path.stem))
    if not _ID.fullmatch(id):
        raise InputError(f"Its id {id!r} must be letters, digits, blanks and . _ - only, 80 at most.")
    design = said.get("design")
    if design is not None and design not in DESIGNS:
        raise InputError(f"There is no design {design!r}.{did_you_mean(str(design), DESIGNS)} It is: {[*DESIGNS]}.")
    cell = parameters_cell(notebook)
    return Template(
        id=id,
        title=str(said.get("title") or id.replace("-", " ").capitalize()),
        description=str(said.get("description", "")),
        parameters=read_parameters(cell.source if cell else ""),
        design=design,
        sections=tuple(_sections(notebook)),
        path=path,
    )


def parameters_cell(notebook: NotebookNode) -> NotebookNode | None:
    """Return the cell that a notebook tags ``parameters``, if it has one."""
    tagged = (cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    return next(tagged, None)


def _sections(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := re.match(r"##\s+(?:\d+\s*·\s*)?(.+)", cell.source)):
            yield found[1].strip()
