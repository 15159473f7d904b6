"""``decision run``: run a template from clean, show its verdict, write its report."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from decision_widgets.errors import InputError
from decision_widgets.results import DecisionResult
from decision_widgets.results.sizing import SizingAdvice
from decision_widgets.templates import new_notebook, read_template
from decision_widgets.vocabulary import CARD_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode

    Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
OUTPUT_FOLDER = "output_folder"


def add_verb(verbs: Verbs) -> None:
    """Add ``decision run``."""
    run = verbs.add_parser("run", help="run a guided template and open JupyterLab on its result")
    run.add_argument("template", nargs="?", default="between-subject", help="which template (between-subject, power)")
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

    defaults = {parameter.name: parameter.default for parameter in read_template(asked.template).parameters}
    parameters = _parameters(asked.parameter, defaults)
    notebook = new_notebook(asked.template, parameters)
    at = asked.output / f"{asked.template}.ipynb"
    report = at.with_suffix(".html")
    exports = asked.output / str((defaults | parameters).get(OUTPUT_FOLDER, "."))
    record, card = exports / "decision.json", exports / "decision.html"
    plan = exports / "plan.json"
    asked.output.mkdir(parents=True, exist_ok=True)
    for old in (record, card, plan):
        old.unlink(missing_ok=True)
    print(f"Running the template '{asked.template}' …", flush=True)
    try:
        execute(notebook, asked.output)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
        write_notebook(notebook, at)
        print(f"The notebook stopped: {_reason(problem)}\nIt is kept, with the error, in {at}.")
        return 3
    write_notebook(notebook, at)
    report.write_text(notebook_page(notebook), encoding="utf-8")
    if record.exists():
        print(DecisionResult.from_json(record.read_text(encoding="utf-8")).to_text())
    if plan.exists():
        print(SizingAdvice.from_json(plan.read_text(encoding="utf-8")).to_text())
    print()
    for what, path in {"Notebook": at, "Report": report, "Record": record, "Card": card, "Plan": plan}.items():
        if path.exists():
            print(f"{what:10}{path}")
    return 0 if asked.headless else _open_lab(at)


def _parameters(pairs: Sequence[str], defaults: Mapping[str, Any]) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"A parameter is written name=value; got {pair!r}.")
        parameters[name] = _absolute(name, _value(value, is_text=isinstance(defaults.get(name), str)))
    return parameters


def _value(text: str, *, is_text: bool) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if is_text and not isinstance(value, str) else value


def _absolute(name: str, value: Any) -> Any:
    # The kernel runs in the output folder, where a path relative to this one would not be found.
    if not isinstance(value, str) or not value or "://" in value or name == OUTPUT_FOLDER:
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

    nbformat.write(notebook, path)
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
