"""Every template runs from clean, and what it prints is what was recorded (nbval)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

HERE = Path(__file__).parent
TEMPLATES = sorted((HERE.parents[1] / "notebooks").glob("*.ipynb"))

pytestmark = pytest.mark.notebook


def test_there_is_a_template() -> None:
    assert [path.stem for path in TEMPLATES] == ["01-power", "02-between-subject", "03-switchback", "04-monitoring"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_the_recorded_run_has_the_cells_of_the_template(template: Path) -> None:
    written = nbformat.read(template, as_version=4)
    recorded = nbformat.read(HERE / template.name, as_version=4)
    assert [(cell.id, cell.source) for cell in recorded.cells] == [(cell.id, cell.source) for cell in written.cells]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_the_template_stores_no_outputs(template: Path) -> None:
    cells = nbformat.read(template, as_version=4).cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells if cell.cell_type == "code")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_a_run_from_clean_prints_what_was_recorded(template: Path, tmp_path: Path) -> None:
    copy = tmp_path / template.name
    copy.write_bytes((HERE / template.name).read_bytes())
    settings = ["-c", "/dev/null", f"--rootdir={tmp_path}", "-p", "no:cacheprovider", "-q"]
    nbval = ["--nbval", "--nbval-current-env", f"--nbval-sanitize-with={HERE / 'sanitize.cfg'}"]
    command = [sys.executable, "-m", "pytest", *settings, *nbval, str(copy)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
