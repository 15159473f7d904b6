"""Run every template and keep its outputs beside the tests, for nbval to compare with."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat

from decision_widgets.command.run import execute, write_notebook

HERE = Path(__file__).parent


def main() -> None:
    for template in sorted((HERE.parents[1] / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(template, as_version=4)
        with tempfile.TemporaryDirectory() as folder:
            execute(notebook, Path(folder))
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
            # What nbval is told not to compare is not kept: cards and pictures, with their style sheets.
            if "nbval-ignore-output" in cell.metadata.get("tags", []):
                cell.outputs = []
        notebook.metadata.pop("widgets", None)
        write_notebook(notebook, HERE / template.name)
        print(f"recorded {template.name}")


if __name__ == "__main__":
    main()
