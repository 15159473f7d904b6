"""The doors of the side panel *Experiments*: the record, and the notebook beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.conftest import Lab
from tests.browser.test_lab import KERNELSPEC, assert_accessible
from tests.made_results import made_result

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_a_record_opens_the_notebook_beside_it_by_keyboard(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path]
) -> None:
    for name in ("with_notebook", "without"):
        (lab.root / name).mkdir()
        (lab.root / name / "decision.json").write_text(made_result(name).to_json())
    notebook = new_notebook(cells=[new_code_cell("'made it'")], metadata={"kernelspec": KERNELSPEC})
    nbformat.write(notebook, lab.root / "with_notebook" / "between-subject.ipynb")
    lab.open_launcher(page)
    lab.run(page, "decision-widgets:show-experiments")
    panel = page.locator(".dw-Experiments")
    record = panel.get_by_role("button", name="with_notebook Ship")
    record.focus()
    page.keyboard.press("Tab")
    door = panel.get_by_role("button", name="Open notebook of with_notebook")
    assert door.evaluate("it => document.activeElement === it")
    assert panel.get_by_role("button", name="Open notebook of without").count() == 0
    assert_accessible(page, ".dw-Experiments")
    shot(page, "experiments-notebook")
    page.keyboard.press("Enter")
    page.locator(".jp-Notebook").get_by_text("'made it'").wait_for()
    where = "window.jupyterapp.shell.currentWidget.context.path"
    assert page.evaluate(where) == "with_notebook/between-subject.ipynb"
    record.click()
    page.frame_locator('iframe[title="Experiment record"]').get_by_text("Ship treatment").wait_for()
