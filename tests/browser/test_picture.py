"""The picture at the top of the README, made again: JupyterLab with the between-subject template run to its cards.

``pytest tests/browser/test_picture.py && mv tests/browser/shots/jupyterlab.png tests/browser/``
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.browser.conftest import Lab

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
WIDTH, HEIGHT, MOST_BYTES = 1400, 1000, 250_000


def smaller(path: Path) -> None:
    """Keep 256 colours, which is all that a page of text and lines needs."""
    with Image.open(path) as picture:
        flat = picture.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    flat.save(path, optimize=True)


def test_the_template_run_to_its_cards(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path], theme: Callable[[Page, str], None]
) -> None:
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    lab.open_launcher(page)
    theme(page, "light")
    lab.create_from_template(page, "Between-subject", {"Save as": "insurance"})
    lab.run_all_cells(page)
    page.locator("pre", has_text="Verdict: ").wait_for()
    lab.save(page)
    lab.run(page, "decision-widgets:show-experiments")
    page.locator(".dw-Experiment", has_text="insurance_default").wait_for()
    verdict = page.locator('[data-card="verdict"]:visible')
    verdict.evaluate("card => card.closest('.jp-Cell').scrollIntoView({block: 'start'})")
    page.mouse.move(0, 0)
    assert verdict.get_by_text("Ship").first.is_visible()
    made = shot(page, "jupyterlab")
    smaller(made)
    assert made.stat().st_size < MOST_BYTES


def test_the_picture_of_the_readme_is_there_and_light() -> None:
    readme = (HERE.parents[1] / "README.md").read_text("utf-8")
    assert "](tests/browser/jupyterlab.png)" in readme
    kept = HERE / "jupyterlab.png"
    assert kept.stat().st_size < MOST_BYTES
    with Image.open(kept) as picture:
        assert picture.size == (WIDTH, HEIGHT)
