"""``decision analyze``: the verdict on an experiment whose design is in a file, without a notebook."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from decision_widgets.analysis.verbs import analyze
from decision_widgets.command.files import read_text, write_whole
from decision_widgets.command.verdicts import EXIT_CODES, exit_code
from decision_widgets.design import BetweenSubject, Switchback
from decision_widgets.design.yaml import read_design
from decision_widgets.errors import InputError

if TYPE_CHECKING:
    from decision_widgets.results import DecisionResult
    from decision_widgets.results.switchback import SwitchbackResult

    Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_verb(verbs: Verbs) -> None:
    """Add ``decision analyze``."""
    verb = verbs.add_parser("analyze", help="the verdict on an experiment: a design and its data", epilog=EXIT_CODES)
    verb.add_argument("design", type=Path, metavar="DESIGN", help="the design: a file name.decision.yaml")
    files = "Parquet or CSV files; a pattern in quotes"
    verb.add_argument("--data", required=True, nargs="+", metavar="PATH_OR_GLOB", help=files)
    kept = "folder for the record (JSON) and the report (HTML); left out, nothing is written"
    verb.add_argument("-o", "--output", type=Path, metavar="FOLDER", help=kept)
    tests = "a test of the toolbox to show beside; may be repeated"
    verb.add_argument("-m", "--method", action="append", metavar="NAME", help=tests)
    verb.add_argument("--json", action="store_true", help="print the record instead of the text")
    verb.add_argument("-q", "--quiet", action="store_true", help="print nothing; the exit code tells")
    verb.set_defaults(do=_do)


def _do(asked: argparse.Namespace) -> int:
    if len(asked.data) > 1:
        raise InputError(
            f"--data takes one path or one pattern; got {len(asked.data)} files, which the shell has put in its place. "
            "Write the pattern in quotes."
        )
    result = _analyzed(asked.data[0], _design(asked.design), asked)
    if asked.output is not None:
        _keep(result, asked.output, asked.design)
    if not asked.quiet:
        print(result.to_json() if asked.json else result.to_text())
    return exit_code(result)


def _design(path: Path) -> BetweenSubject | Switchback:
    text = read_text(path, "design")
    try:
        return read_design(text)
    except InputError as problem:
        raise InputError(f"{path}: {problem}") from None


def _analyzed(
    data: str, design: BetweenSubject | Switchback, asked: argparse.Namespace
) -> DecisionResult | SwitchbackResult:
    somebody_looks = sys.stderr is not None and sys.stderr.isatty() and not os.environ.get("CI") and not asked.quiet
    if isinstance(design, Switchback):
        return analyze(data, design, methods=asked.method, progress=somebody_looks)
    return analyze(data, design, methods=asked.method, progress=somebody_looks)


def _keep(result: DecisionResult | SwitchbackResult, folder: Path, design: Path) -> None:
    stem = design.name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".decision")
    record, page = folder / f"{stem}.decision.json", folder / f"{stem}.decision.html"
    try:
        write_whole({page: result.to_html(full_page=True), record: result.to_json() + "\n"})
    except OSError as problem:
        where = problem.filename or folder
        raise InputError(f"{where}: {problem.strerror or problem}. Give -o a folder to write in.") from problem
