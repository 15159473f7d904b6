"""The doors of the side panel *Experiments*: the record, and the notebook beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import violations
from tests.browser.conftest import Lab
from tests.browser.notebooks import write_notebook
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
    write_notebook(lab.root / "with_notebook" / "between-subject.ipynb", "'made it'")
    lab.open_launcher(page)
    lab.run(page, "decision-widgets:show-experiments")
    panel = page.locator(".dw-Experiments")
    record = panel.get_by_role("button", name="with_notebook Ship")
    record.focus()
    page.keyboard.press("Tab")
    door = panel.get_by_role("button", name="Open notebook of with_notebook")
    assert door.evaluate("it => document.activeElement === it")
    assert panel.get_by_role("button", name="Open notebook of without").count() == 0
    assert violations(page, ".dw-Experiments") == []
    shot(page, "experiments-notebook")
    page.keyboard.press("Enter")
    page.locator(".jp-Notebook").get_by_text("'made it'").wait_for()
    where = "window.jupyterapp.shell.currentWidget.context.path"
    assert page.evaluate(where) == "with_notebook/between-subject.ipynb"
    record.click()
    page.frame_locator('iframe[title="Experiment record"]').get_by_text("Ship treatment").wait_for()
