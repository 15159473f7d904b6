"""The command line: run a template from clean, show its verdict, write its report."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import decision_widgets
from decision_widgets.errors import DecisionError, InputError
from decision_widgets.results import DecisionResult
from decision_widgets.templates import new_notebook
from decision_widgets.vocabulary import CARD_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
RECORD = "decision.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 2 not understood, 3 the notebook failed."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        return _run(asked)
    except DecisionError as problem:
        print(f"decision: {problem}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="decision", description="Design and decide online experiments.")
    parser.add_argument("--version", action="version", version=f"decision_widgets {decision_widgets.__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="run a guided template and open JupyterLab on its result")
    run.add_argument("template", nargs="?", default="between-subject", help="which template (between-subject)")
    run.add_argument("-p", "--parameter", action="append", default=[], metavar="NAME=VALUE", help="set a parameter")
    run.add_argument("-o", "--output", type=Path, default=Path("decision-output"), help="folder for what it writes")
    run.add_argument("--headless", action="store_true", help="print the verdict and stop; open nothing")
    return parser


def _run(asked: argparse.Namespace) -> int:
    from nbclient.exceptions import CellExecutionError

    notebook = new_notebook(asked.template, _parameters(asked.parameter))
    asked.output.mkdir(parents=True, exist_ok=True)
    at = asked.output / f"{asked.template}.ipynb"
    record = asked.output / RECORD
    record.unlink(missing_ok=True)
    print(f"Running the template '{asked.template}' …", flush=True)
    try:
        execute(notebook, asked.output)
    except CellExecutionError as problem:
        write_notebook(notebook, at)
        print(f"The notebook stopped: {problem.ename}: {problem.evalue}\nIt is kept, with the error, in {at}.")
        return 3
    write_notebook(notebook, at)
    report = at.with_suffix(".html")
    report.write_text(notebook_page(notebook), encoding="utf-8")
    if record.exists():
        print(DecisionResult.from_dict(json.loads(record.read_text(encoding="utf-8"))).to_text())
    print(f"\nNotebook  {at}\nReport    {report}\nRecord    {record}")
    return 0 if asked.headless else _open_lab(at)


def _parameters(pairs: Sequence[str]) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InputError(f"A parameter is written name=value; got {pair!r}.")
        try:
            parameters[name] = json.loads(value)
        except json.JSONDecodeError:
            parameters[name] = value
    return parameters


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run every cell in a new kernel whose working directory is `folder`."""
    from nbclient import NotebookClient

    # Stored widget state makes exporters prefer a widget, whose script would have to come from a CDN.
    NotebookClient(
        notebook, timeout=600, store_widget_state=False, resources={"metadata": {"path": str(folder)}}
    ).execute()


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook to a file."""
    import nbformat

    nbformat.write(notebook, path)


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
    print("Opening JupyterLab; stop it with Ctrl-C.", flush=True)
    try:
        return subprocess.run([sys.executable, "-m", "jupyterlab", str(notebook), *as_root], check=False).returncode
    except KeyboardInterrupt:
        return 0
