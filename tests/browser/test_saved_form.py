"""What a live card has become is what the notebook keeps: it is read again when no kernel holds the widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from tests.browser.conftest import Lab
from tests.browser.notebooks import run_quietly
from tests.browser.test_design_widget import EMPTY, REGIONS, TABLE, asked, go, read
from tests.browser.test_design_widget import show as show_design
from tests.browser.test_power_card import SHOW as POWER
from tests.browser.test_power_card import show as show_power

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

CARD = "application/vnd.decision-widgets.card.v1+json"
HOSTILE = "<img src=x onerror=window.ranScript=1>"
IS_DIRTY = "window.jupyterapp.shell.currentWidget.context.model.dirty"
PYTHON_SAYS = "{{mime: value for mime, value in {name}._repr_mimebundle_()[0].items() if 'widget-view' not in mime}}"


def saved(lab: Lab, name: str) -> dict[str, Any]:
    """Read the output of the first cell from the file, without the view."""
    bundle = nbformat.read(lab.root / name, as_version=4).cells[0].outputs[0].data
    return {mime: value for mime, value in bundle.items() if "widget-view" not in mime}


def save(lab: Lab, page: Page) -> None:
    """Save once the notebook knows that it has changed."""
    page.wait_for_function(IS_DIRTY)
    lab.save(page)


def without_kernel(lab: Lab, page: Page) -> Locator:
    """Open the notebook again when its kernel is gone, and find the card that it shows."""
    lab.stop_kernels()
    page.reload()
    page.locator(".dw-SavedCard").wait_for()
    page.get_by_text("Error displaying widget: model not found").wait_for(state="attached")
    assert page.locator(".dw-live").count() == 0
    return page.locator(".dw-SavedCard .dw").first


def settle(page: Page) -> None:
    """Let every message of the form arrive, and what they change be told."""
    page.wait_for_timeout(600)


def test_what_was_typed_is_in_the_notebook_without_a_kernel(lab: Lab, page: Page) -> None:
    card = show_design(lab, page, TABLE)
    lab.save(page)
    card.get_by_label("Experiment name").fill(HOSTILE)
    card.get_by_label("Decision to make").fill("Show the badge?")
    go(card, "Metrics")
    booked = card.get_by_role("group", name="booked")
    booked.get_by_label("Role").select_option(label="Primary")
    booked.get_by_label("Min. effect").fill("5%")
    read(card)
    settle(page)
    assert booked.get_by_label("Min. effect").evaluate("it => it.getRootNode().activeElement === it")
    save(lab, page)
    kept = saved(lab, "cards.ipynb")
    assert kept == asked(page, PYTHON_SAYS.format(name="widget"))
    assert (kept[CARD]["question"], kept[CARD]["name"]) == ("Show the badge?", HOSTILE)
    page.keyboard.press("Control+z")
    assert booked.get_by_label("Min. effect").input_value() == ""
    read(card)
    settle(page)
    page.keyboard.type("7%")
    read(card)
    settle(page)
    save(lab, page)
    shown = without_kernel(lab, page)
    assert shown.get_by_text("Show the badge?", exact=True).is_visible()
    assert shown.get_by_text(HOSTILE, exact=True).is_visible()
    assert "at least 7.00%" in shown.get_by_role("table", name="Metrics").inner_text()
    assert page.evaluate("window.ranScript") is None
    assert page.locator(".dw-SavedCard img").count() == 0


def test_a_form_that_python_changed_is_kept_too(lab: Lab, page: Page) -> None:
    show_design(lab, page, REGIONS)
    lab.save(page)
    run_quietly(page, "widget.form = widget.form | {'question': 'Set by Python?'}")
    save(lab, page)
    assert saved(lab, "cards.ipynb") == asked(page, PYTHON_SAYS.format(name="widget"))
    assert without_kernel(lab, page).get_by_text("Set by Python?", exact=True).is_visible()


def test_what_the_sliders_were_moved_to_is_in_the_notebook_without_a_kernel(lab: Lab, page: Page) -> None:
    card = show_power(lab, page, POWER)
    lab.save(page)
    before = card.locator(".dw-answer").inner_text()
    card.get_by_role("slider", name="Smallest lift worth finding").fill("3.5")
    card.get_by_text("confirmed by Python").wait_for()
    settle(page)
    save(lab, page)
    after = card.locator(".dw-answer").inner_text()
    assert after != before
    name = page.evaluate("window.jupyterapp.shell.currentWidget.context.path")
    assert saved(lab, name) == asked(page, PYTHON_SAYS.format(name="card"))
    assert without_kernel(lab, page).locator(".dw-answer").inner_text() == after


def test_the_answer_inside_the_design_is_kept_as_it_was_moved(lab: Lab, page: Page) -> None:
    card = show_design(lab, page, TABLE)
    go(card, "Metrics")
    card.locator("[data-path='metrics.0.role']").select_option("primary")
    card.locator("[data-path='metrics.0.effect']").fill("5%")
    read(card)
    go(card, "Power")
    inner = card.locator("[data-host=power] .dw-card")
    inner.get_by_role("slider", name="Smallest lift worth finding").fill("9")
    inner.get_by_text("confirmed by Python").wait_for()
    settle(page)
    save(lab, page)
    said = inner.locator(".dw-answer").inner_text()
    assert "9" in said
    kept = saved(lab, "cards.ipynb")
    assert kept == asked(page, PYTHON_SAYS.format(name="widget"))
    assert [kept[CARD]["schema"], kept[CARD]["cards"][0]["schema"]] == ["dw.design/1", "dw.power/1"]
    assert without_kernel(lab, page).locator(".dw-answer").inner_text() == said


@pytest.mark.parametrize("source", [EMPTY, REGIONS], ids=["empty", "switchback"])
def test_a_notebook_that_is_only_looked_at_stays_saved(lab: Lab, page: Page, source: str) -> None:
    card = show_design(lab, page, source)
    settle(page)
    lab.save(page)
    assert not page.evaluate(IS_DIRTY)
    before = saved(lab, "cards.ipynb")
    page.reload()
    card.locator(".dw-wiz").first.wait_for()
    settle(page)
    assert not page.evaluate(IS_DIRTY)
    go(card, "Metrics")
    settle(page)
    assert not page.evaluate(IS_DIRTY)
    assert saved(lab, "cards.ipynb") == before


def test_what_was_not_saved_before_a_reload_is_told_again(lab: Lab, page: Page) -> None:
    card = show_design(lab, page, EMPTY)
    lab.save(page)
    run_quietly(page, "widget.form = widget.form | {'question': 'Before the reload?'}")
    page.wait_for_function(IS_DIRTY)
    page.reload()
    card.locator(".dw-wiz").first.wait_for()
    save(lab, page)
    assert saved(lab, "cards.ipynb")[CARD]["question"] == "Before the reload?"


def test_notebook_7_keeps_it_too(lab: Lab, page: Page) -> None:
    pytest.importorskip("notebook", reason="Notebook 7 is not installed: pip install notebook")
    card = show_design(lab, page, EMPTY)
    lab.save(page)
    page.goto(f"{lab.url}/notebooks/cards.ipynb")
    lab.wait_for_kernel(page)
    card.get_by_label("Experiment name").fill("eta_badge")
    save(lab, page)
    assert saved(lab, "cards.ipynb")[CARD]["name"] == "eta_badge"
    assert without_kernel(lab, page).get_by_text("eta_badge", exact=True).is_visible()
