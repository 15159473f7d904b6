"""What the extension adds to JupyterLab and Notebook: tiles that make notebooks, cards that outlive their kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from decision_widgets.templates import list_templates

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

CARD = "application/vnd.decision-widgets.card.v1+json"
VIEW = "application/vnd.jupyter.widget-view+json"
KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
SHOWS_A_CARD = """\
import ipywidgets
from IPython.display import display

model_id = {model_id}
view = {{"version_major": 2, "version_minor": 0, "model_id": model_id}}
html = '<p class="saved">Ship: +2.7%</p><script>window.ranScript = true</script>'
display({{"text/plain": "Ship", "text/html": html, {card!r}: {{"schema": "tiny"}}, {view!r}: view}}, raw=True)
"""
A_LIVE_MODEL = "ipywidgets.Button(description='Live card').model_id"


def bundle() -> dict[str, Any]:
    view = {"version_major": 2, "version_minor": 0, "model_id": "0" * 32}
    html = '<p class="saved">Ship: +2.7%</p><script>window.ranScript = true</script>'
    return {"text/plain": "Ship", "text/html": html, CARD: {"schema": "tiny"}, VIEW: view}


def write_notebook(path: Path, model_id: str) -> None:
    source = SHOWS_A_CARD.format(model_id=model_id, card=CARD, view=VIEW)
    nbformat.write(new_notebook(cells=[new_code_cell(source)], metadata={"kernelspec": KERNELSPEC}), path)


def write_somebody_elses_notebook(path: Path) -> None:
    output = new_output("display_data", data=bundle())
    cells = [new_code_cell("1", outputs=[output])]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC}), path)


def is_trusted(page: Page) -> bool:
    return bool(page.evaluate("window.jupyterapp.shell.currentWidget.content.model.cells.get(0).trusted"))


def assert_only_the_saved_card_shows(page: Page) -> None:
    outputs = page.locator(".jp-OutputArea")
    outputs.locator(".saved").filter(visible=True).wait_for()
    assert [text.strip() for text in outputs.all_inner_texts()] == ["Ship: +2.7%"]


def assert_only_the_live_card_shows(page: Page) -> None:
    page.get_by_role("button", name="Live card").wait_for()
    assert page.locator(".saved").filter(visible=True).count() == 0


def wait_until_the_model_is_given_up(page: Page) -> None:
    page.get_by_text("Error displaying widget: model not found").wait_for(state="attached")


def test_a_launcher_tile_makes_its_notebook(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    templates = list_templates()
    lab.open_launcher(page)
    tiles = page.locator('.jp-LauncherCard[data-category="Experiment decisions"]')
    tiles.first.wait_for()
    assert [label.strip() for label in tiles.all_inner_texts()] == [template.title for template in templates]
    shot(page, "launcher")
    tiles.first.click()
    lab.wait_for_kernel(page)
    made = nbformat.read(lab.root / f"{templates[0].id}.ipynb", as_version=4)
    assert any("parameters" in cell.metadata.get("tags", []) for cell in made.cells)
    shot(page, "notebook-from-a-tile")


def test_a_refused_notebook_says_what_to_do(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    lab.open_launcher(page)
    page.evaluate("void window.jupyterapp.commands.execute('decision-widgets:new-notebook', {template: 'nonesuch'})")
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_text("No template is called 'nonesuch'.").wait_for()
    assert "Correct the request" in dialog.inner_text()
    shot(page, "refused-notebook")


def test_a_saved_card_is_readable_when_its_model_is_gone(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path], theme: Callable[[Page, str], None]
) -> None:
    write_notebook(lab.root / "gone.ipynb", repr("0" * 32))
    lab.open_notebook(page, "gone.ipynb")
    lab.run_all_cells(page)
    lab.save(page)
    lab.stop_kernels()
    page.reload()
    wait_until_the_model_is_given_up(page)
    assert is_trusted(page)
    assert_only_the_saved_card_shows(page)
    theme(page, "dark")
    shot(page, "saved-card-dark")


def test_the_live_widget_stands_in_for_the_saved_card_while_it_lives(lab: Lab, page: Page) -> None:
    write_notebook(lab.root / "live.ipynb", A_LIVE_MODEL)
    lab.open_notebook(page, "live.ipynb")
    lab.run_all_cells(page)
    assert_only_the_live_card_shows(page)
    lab.save(page)
    page.reload()
    assert_only_the_live_card_shows(page)
    lab.stop_kernels()
    page.reload()
    wait_until_the_model_is_given_up(page)
    assert_only_the_saved_card_shows(page)
    lab.wait_for_kernel(page)
    lab.run_all_cells(page)
    assert_only_the_live_card_shows(page)


def test_an_untrusted_card_is_readable_and_runs_nothing(lab: Lab, page: Page) -> None:
    write_somebody_elses_notebook(lab.root / "theirs.ipynb")
    lab.open_notebook(page, "theirs.ipynb")
    assert not is_trusted(page)
    assert_only_the_saved_card_shows(page)
    assert page.evaluate("window.ranScript") is None


def test_notebook_7_shows_saved_cards_too(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    pytest.importorskip("notebook", reason="Notebook 7 is not installed: pip install notebook")
    write_somebody_elses_notebook(lab.root / "theirs-7.ipynb")
    page.goto(f"{lab.url}/notebooks/theirs-7.ipynb")
    page.locator(".dw-SavedCard").wait_for()
    assert_only_the_saved_card_shows(page)
    write_notebook(lab.root / "gone-7.ipynb", repr("0" * 32))
    page.goto(f"{lab.url}/notebooks/gone-7.ipynb")
    lab.wait_for_kernel(page)
    lab.run_all_cells(page)
    wait_until_the_model_is_given_up(page)
    assert is_trusted(page)
    assert_only_the_saved_card_shows(page)
    shot(page, "notebook-7")
