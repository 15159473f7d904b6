"""One running server for the route tests, over a folder of two small templates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from decision_widgets.templates import shelf
from tests.server.running_server import RunningServer, running_server


@pytest.fixture(scope="module")
def two_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("templates")
    cells = [
        new_markdown_cell("# A"),
        new_code_cell("alpha = 0.05  # kept\nwho = 'me'", metadata={"tags": ["parameters"]}),
    ]
    said = {"decision_widgets": {"title": "Two arms", "description": "Compare two arms."}}
    nbformat.write(new_notebook(cells=cells, metadata=said), folder / "01-two-arms.ipynb")
    nbformat.write(new_notebook(cells=[new_markdown_cell("# B")]), folder / "02-time-slots.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "notebooks_folder", lambda: folder)
        yield folder


@pytest.fixture(scope="module")
def server(two_templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("jupyter")) as running:
        yield running
