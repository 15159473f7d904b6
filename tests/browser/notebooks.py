"""Notebooks of JupyterLab that show live cards: written, opened and run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Lab

KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
SHOW = """\
import json
from IPython.display import display
from decision_widgets.cards import card_of
payload = json.loads({payload!r})
cards = [card_of(payload) for _ in range({count})]
display(*cards)
"""


def source_of(payload: dict[str, Any], count: int = 1) -> str:
    """Write the cell that shows a payload as so many live cards, which it calls `cards`."""
    return SHOW.format(payload=json.dumps(payload), count=count)


def write_notebook(path: Path, *sources: str) -> None:
    cells = [new_code_cell(source) for source in sources]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC}), path)


def open_notebook(lab: Lab, page: Page, *sources: str) -> None:
    """Write a notebook of these cells and show it on the whole width."""
    write_notebook(lab.root / "cards.ipynb", *sources)
    lab.open_notebook(page, "cards.ipynb")
    page.evaluate("window.jupyterapp.shell.collapseLeft()")


def run_notebook(lab: Lab, page: Page, *sources: str, shown: str) -> Locator:
    """Run a notebook of these cells, and return what it shows live."""
    open_notebook(lab, page, *sources)
    lab.run_all_cells(page)
    live = page.locator(f".dw-live ~ div {shown}")
    live.first.wait_for()
    return live


def show(lab: Lab, page: Page, payload: dict[str, Any], count: int = 1, then: str = "") -> Locator:
    """Show a payload as so many live cards; `then` is the cell after them."""
    return run_notebook(lab, page, source_of(payload, count), *([then] if then else []), shown=".dw")


def run_quietly(page: Page, code: str) -> None:
    """Run code as a widget's own message would, without moving the focus as a command of the notebook does."""
    kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    page.evaluate(f"code => {kernel}.requestExecute({{code}}).done.then(() => null)", code)


def spilling(card: Locator) -> int:
    """Count the elements of a card that are wider than it; wide tables scroll within a box of their own."""
    own = ":not(.dw-scroll, .dw-scroll *)"
    script = "(it, own) => [...it.querySelectorAll(own)].filter(each => each.scrollWidth > it.clientWidth + 1).length"
    found: int = card.evaluate(script, own)
    return found
