"""``decision run``: run a template from clean, show its verdict, write its report."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from decision_widgets.command.files import write_whole
from decision_widgets.command.verdicts import EXIT_CODES, exit_code, worst
from decision_widgets.data.named import is_spark_table
from decision_widgets.errors import InputError
from decision_widgets.results.saved import Saved, read_result
from decision_widgets.templates import Filling, Template, filled, open_template, read_answers, read_template
from decision_widgets.vocabulary import CARD_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode

    Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
OUTPUT_FOLDER = "output_folder"
OWN_FILES = {"Plan": "plan.json", "Record": "decision.json", "Card": "decision.html"}


def add_verb(verbs: Verbs) -> None:
    """Add ``decision run``."""
    run = verbs.add_parser("run", help="run a guided template and open JupyterLab on its result", epilog=EXIT_CODES)
    which = "a template (between-subject, power, one of the team) or the path of a notebook"
    run.add_argument("template", nargs="?", default="between-subject", help=which)
    run.add_argument("-p", "--parameter", action="append", default=[], metavar="NAME=VALUE", help="set a parameter")
    run.add_argument("-o", "--output", type=Path, default=Path("decision-output"), help="folder for what it writes")
    run.add_argument("--headless", action="store_true", help="print the verdict and stop; open nothing")
    run.set_defaults(do=_do)


def _do(asked: argparse.Namespace) -> int:
    try:
        return _run(asked)
    except OSError as problem:
        where = problem.filename or asked.output
        raise InputError(f"{where}: {problem.strerror or problem}. Give -o a folder to write in.") from problem


def _run(asked: argparse.Namespace) -> int:
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    template, notebook = _template(asked.template)
    filling = _filling(template, asked.parameter)
    at = asked.output / f"{template.id}.ipynb"
    if at.exists() and template.path.exists() and at.samefile(template.path):
        raise InputError(f"{at} is the template itself, which would be overwritten. Give -o another folder.")
    folder = _answers_folder(asked.output, template, filling.values)
    asked.output.mkdir(parents=True, exist_ok=True)
    for old in OWN_FILES.values():
        (folder / old).unlink(missing_ok=True)
    before = _named_records(folder)
    print(f"Running the template '{template.id}' …", flush=True)
    try:
        execute(filled(notebook, filling), asked.output)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
        write_notebook(notebook, at)
        print(f"The notebook stopped: {_reason(problem)}\nIt is kept, with the error, in {at}.")
        return 3
    report = at.with_suffix(".html")
    write_notebook(notebook, at)
    write_whole({report: notebook_page(notebook)})
    answers = _answers(folder, before)
    code = _tell([path for what, path in answers if what in ("Plan", "Record")])
    print()
    for what, path in (("Notebook", at), ("Report", report), *answers):
        print(f"{what:10}{path}")
    return code if asked.headless else _open_lab(at)


def _template(named: str) -> tuple[Template, NotebookNode]:
    is_path = named.endswith(".ipynb") or os.sep in named
    return open_template(Path(named)) if is_path else read_template(named)


def _answers_folder(output: Path, template: Template, values: Mapping[str, Any]) -> Path:
    """Say where a template writes what it found."""
    defaults = {parameter.name: parameter.default for parameter in template.parameters}
    return output / str({**defaults, **values}.get(OUTPUT_FOLDER, "."))


def _named_records(folder: Path) -> dict[Path, tuple[int, ...]]:
    """List the records called ``….decision.json``, by name, each with what changes when it is written again."""
    found = sorted(path for path in folder.glob("*.decision.json") if path.is_file())
    stats = {path: path.stat() for path in found}
    return {path: (stat.st_mtime_ns, stat.st_size, stat.st_ino) for path, stat in stats.items()}


def _answers(folder: Path, before: Mapping[Path, tuple[int, ...]]) -> list[tuple[str, Path]]:
    """List what this run wrote; a record of another one, which lay there `before`, is none of it."""
    own = [(what, folder / name) for what, name in OWN_FILES.items() if (folder / name).exists()]
    return own + [("Record", path) for path, seen in _named_records(folder).items() if before.get(path) != seen]


def _tell(records: Sequence[Path]) -> int:
    """Print what was found, and return the exit code of the worst verdict."""
    results = {path: _saved(path) for path in records}
    several = sum(hasattr(result, "decision") for result in results.values()) > 1
    for path, result in results.items():
        print(f"\n{path.name}\n{result.to_text()}" if several else result.to_text())
    return worst(exit_code(result) for result in results.values())


def _saved(path: Path) -> Saved:
    try:
        return read_result(path.read_text(encoding="utf-8"))
    except InputError as problem:
        raise InputError(f"{path}: {problem}") from None


def _filling(template: Template, pairs: Sequence[str]) -> Filling:
    answers: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"A parameter is written name=value; got {pair!r}.")
        answers[name] = value
    filling = read_answers(template, answers)
    filling.raise_problems(template.id)
    by_spark = filling.values.get("engine") == "spark"
    values = {name: _absolute(name, value, by_spark=by_spark) for name, value in filling.values.items()}
    return replace(filling, values=values)


def _absolute(name: str, value: Any, *, by_spark: bool) -> Any:
    # The kernel runs in the output folder, where a path relative to this one would not be found.
    if not isinstance(value, str) or not value or "://" in value or name == OUTPUT_FOLDER:
        return value
    if by_spark and is_spark_table(value):
        return value
    path = Path(os.path.expanduser(value))
    looks_like_a_file = bool(path.suffix or len(path.parts) > 1) and path.is_file()
    return os.path.abspath(path) if name.endswith("_path") or looks_like_a_file else value


def _reason(problem: Exception) -> str:
    name, said = getattr(problem, "ename", type(problem).__name__), getattr(problem, "evalue", str(problem))
    return f"{name}: {said}"


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run every cell in a new kernel whose working directory is `folder`."""
    from nbclient import NotebookClient

    # Stored widget state makes exporters prefer a widget, whose script would have to come from a CDN.
    client = NotebookClient(
        notebook,
        timeout=600,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        # Otherwise each run warns that the kernel's sockets on this machine are not encrypted.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    client.execute()


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook to a file, and sign it as trusted on this machine."""
    import nbformat
    from nbformat.sign import NotebookNotary

    write_whole({path: nbformat.writes(notebook) + "\n"})
    # We ran it ourselves: unsigned, JupyterLab would strip the styles from its cards.
    NotebookNotary().sign(notebook)


def notebook_page(notebook: NotebookNode) -> str:
    """Return a notebook as one HTML page that opens without a network and without JavaScript."""
    from copy import deepcopy

    from nbconvert import HTMLExporter

    static = deepcopy(notebook)
    for cell in static.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "text/html" in data:
                data.pop(WIDGET_VIEW, None)
                data.pop(CARD_MIME, None)
    exporter = HTMLExporter(require_js_url="", mathjax_url="", widget_renderer_url="")
    page, _ = exporter.from_notebook_node(static)
    return str(page)


def _open_lab(notebook: Path) -> int:
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    # By its address and not as an argument: then the address that is printed opens the notebook too.
    where = [
        f"--ServerApp.root_dir={notebook.parent.resolve()}",
        f"--LabApp.default_url=/lab/tree/{quote(notebook.name)}",
    ]
    print("Opening JupyterLab; stop it with Ctrl-C.", flush=True)
    try:
        return subprocess.run([sys.executable, "-m", "jupyterlab", *where, *as_root], check=False).returncode
    except KeyboardInterrupt:
        return 0
