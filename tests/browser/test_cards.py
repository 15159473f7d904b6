"""The live result card in JupyterLab: what it says, its switch by keyboard, its themes, and its accessibility."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from decision_widgets.views.html import to_html
from tests.browser.accessibility import violations
from tests.browser.conftest import Lab
from tests.browser.notebooks import open_notebook, run_notebook, run_quietly, show, spilling
from tests.views.payloads import divided_metric, hte, metrics, relative, result, row, tool_rows, toolbox

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser


def visible_uplift(card: Locator) -> str:
    return card.locator("[data-card=metrics] .up").filter(visible=True).first.inner_text()


def test_the_card_says_the_verdict_and_hides_what_is_for_plain_readers(lab: Lab, page: Page) -> None:
    card = show(lab, page, result()).first
    assert card.locator(".dw-verdict-title").inner_text() == "Ship ETA badge"
    assert visible_uplift(card) == "+2.7%"
    assert card.locator(".dw-plain").filter(visible=True).count() == 0


def test_the_static_card_withstands_the_notebooks_own_styles(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path]
) -> None:
    then = "from IPython.display import HTML\nfrom decision_widgets.views.html import to_html\nHTML(to_html(payload))"
    show(lab, page, result(), then=then)
    card = page.locator(".jp-RenderedHTML .dw [data-card=result]").filter(visible=True).last
    card.wait_for()
    assert visible_uplift(card) == "+2.7%"
    assert card.locator(".dw-plain, .v-abs").filter(visible=True).count() == 0
    style = "all => [...new Set(all.map(it => Object.values((({{{0}}}) => ({{{0}}}))(getComputedStyle(it))).join()))]"
    assert card.locator("dt, dd").evaluate_all(style.format("float")) == ["none"]
    rows = card.locator("tr").evaluate_all(style.format("display, backgroundColor"))
    assert sorted(rows) == ["grid,rgba(0, 0, 0, 0)", "table-row,rgba(0, 0, 0, 0)"]
    card.scroll_into_view_if_needed()
    shot(page, "cards-static")


def test_the_switch_works_by_keyboard_and_moves_no_bar(lab: Lab, page: Page) -> None:
    card = show(lab, page, result()).first
    bars = "all => all.map(bar => bar.getAttribute('style'))"
    before = card.locator(".bar").evaluate_all(bars)
    card.get_by_role("radio", name="Relative").focus()
    page.keyboard.press("ArrowRight")
    assert visible_uplift(card) == "+0.94\u00a0pp"
    assert card.get_by_role("radio", name="Absolute").evaluate("it => document.activeElement === it")
    page.keyboard.press("ArrowLeft")
    assert visible_uplift(card) == "+2.7%"
    assert card.locator(".bar").evaluate_all(bars) == before


def test_a_new_payload_keeps_what_the_reader_opened_and_chose(lab: Lab, page: Page) -> None:
    card = show(lab, page, result()).first
    card.get_by_text("Absolute", exact=True).click()
    card.locator("[data-card=metrics] summary").first.press("Enter")
    run_quietly(page, "payload['cards'][0]['object'] = 'new badge'; cards[0].payload = payload")
    page.get_by_text("Ship new badge").filter(visible=True).wait_for()
    assert visible_uplift(card) == "+0.94\u00a0pp"
    first, second = card.locator("[data-card=metrics] details").all()[:2]
    assert first.get_attribute("open") is not None
    assert second.get_attribute("open") is None
    assert card.locator("[data-card=metrics] summary").first.evaluate("it => document.activeElement === it")


def test_basic_statistics_sort_by_keyboard_and_stay_sorted(lab: Lab, page: Page) -> None:
    card = show(lab, page, result()).first
    table = card.locator("[data-card=basics] table")
    raw = "rows => rows.map(row => row.cells[5].dataset.v ?? null)"
    sort = table.get_by_role("button", name="Std. dev.")
    orders = []
    for _ in range(2):
        sort.press("Enter")
        orders.append(table.locator("tbody tr").evaluate_all(raw))
    assert orders == [["0.475491", "0.47866", "9.35291", None], ["9.35291", "0.47866", "0.475491", None]]
    assert table.locator("th[aria-sort]").evaluate_all("all => all.map(it => it.ariaSort)") == ["descending"]
    run_quietly(page, "payload['cards'][0]['object'] = 'new badge'; cards[0].payload = payload")
    page.get_by_text("Ship new badge").filter(visible=True).wait_for()
    assert table.locator("tbody tr").evaluate_all(raw) == orders[1]
    assert sort.evaluate("it => document.activeElement === it")
    table.get_by_role("button", name="Arm").click()
    assert table.locator("tbody tr").evaluate_all("all => all.map(row => row.cells[1].dataset.v)") == [
        *("badge", "badge", "control", "control"),
    ]


def test_what_is_behind_a_metrics_name_opens_by_keyboard(lab: Lab, page: Page) -> None:
    other = {"metric": "wait", "label": "Wait", "kind": "continuous", "rows": tool_rows()}
    card = show(lab, page, result(toolbox(*toolbox()["metrics"], other), hte(divided_metric()))).first
    hidden = card.get_by_role("table", name="All tests of Wait")
    assert hidden.filter(visible=True).count() == 0
    card.locator("[data-card=tests] summary").last.press("Enter")
    hidden.wait_for()
    card.get_by_role("region", name="All tests of Wait, scrollable").focus()
    assert page.evaluate("document.activeElement.className") == "dw-scroll"


def test_two_cards_share_nothing(lab: Lab, page: Page) -> None:
    cards = show(lab, page, result(), count=2)
    cards.nth(1).wait_for()
    cards.nth(1).get_by_text("Absolute", exact=True).click()
    assert [visible_uplift(cards.nth(at)) for at in (0, 1)] == ["+2.7%", "+0.94\u00a0pp"]
    names = page.locator(".dw-seg input").evaluate_all("all => all.map(radio => radio.name)")
    assert len(set(names)) == 2


def test_a_light_notebook_stays_light_on_a_dark_system(lab: Lab, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    card = show(lab, page, result()).first
    assert card.evaluate("it => getComputedStyle(it.closest('.dw')).colorScheme") == "light"


BOXES = """it => {
    const column = it.getBoundingClientRect();
    const boxes = [...it.children].map(each => each.getBoundingClientRect()).filter(each => each.width);
    return [column, ...boxes].map(({left, right}) => [left, right]);
}"""


@pytest.mark.parametrize("width", [360, 480, 701, 800, 861, 1000, 1200, 1201])
@pytest.mark.parametrize("reach", [0.0007, 0.029, 0.038, 0.27, 2.8])
def test_axis_labels_stay_in_their_column_and_apart(browser: Browser, width: int, reach: float) -> None:
    page = browser.new_page(viewport={"width": width, "height": 600})
    page.set_content(f'<body style="margin:0">{to_html(metrics([row(**relative(0.0, -reach, reach))]))}</body>')
    (left, right), *boxes = page.locator(".dw-axis").evaluate(BOXES)
    page.close()
    assert len(boxes) >= 3
    assert left - 0.5 <= boxes[0][0]
    assert boxes[-1][1] <= right + 0.5
    assert all(first[1] + 2 <= second[0] for first, second in pairwise(boxes))


@pytest.mark.parametrize("width", [480, 800, 1000, 1200, 1400])
def test_nothing_is_cut_or_overflows(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path], theme: Callable[[Page, str], None], width: int
) -> None:
    # Lab's own frame around an output takes about 200 px of the window.
    page.set_viewport_size({"width": width + 200, "height": 2000})
    card = show(lab, page, result()).first
    page.locator(".jp-mod-active").first.wait_for()
    assert spilling(card) == 0
    shot(page, f"cards-{width}-light")
    theme(page, "dark")
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    shot(page, f"cards-{width}-dark")


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_axe_finds_nothing(lab: Lab, page: Page, theme: Callable[[Page, str], None], shade: str) -> None:
    show(lab, page, result())
    theme(page, shade)
    assert violations(page) == []


STALE = """\
import decision_widgets as dw
df = dw.examples.ride_hailing(riders=600)
design = dw.BetweenSubject(participant="rider_id", arm="variant", control="control", metrics=["booked", "fare"])
result = dw.analyze(df, design)
result
"""
SLOW = """\
import time
from decision_widgets.data.progress import watching
ended = []
with watching(True) as watch:
    watch.stage("Reading metrics")
    watch.run(lambda: time.sleep(40), cancel=lambda: ended.append("cancelled"), share=lambda: 0.67)
"""


def test_a_changed_frame_is_told_within_a_second_and_read_again_at_a_press(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path]
) -> None:
    card = run_notebook(lab, page, STALE, "x = 1", shown="[data-card=result]")
    before = visible_uplift(card)
    run_quietly(page, "df = df[df.rider_id % 3 > 0]\nafter = dw.analyze(df, design)")
    note = card.locator(":scope > .dw-msg")
    note.wait_for(timeout=4_000)
    assert "more rows" not in note.inner_text()
    assert "fewer rows than when this ran at" in note.inner_text()
    assert visible_uplift(card) == before
    shot(page, "cards-stale")
    note.get_by_role("button", name="Run again").click()
    note.wait_for(state="detached")
    run_quietly(page, "assert result == after; df = df.iloc[1:]")
    note.wait_for(timeout=4_000)
    note.get_by_role("button", name="Keep the old result").click()
    note.wait_for(state="detached")


def test_a_long_read_is_a_card_that_can_be_cancelled(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    open_notebook(lab, page, SLOW)
    page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    bar = page.get_by_role("progressbar", name="Reading metrics")
    bar.wait_for()
    assert bar.get_attribute("aria-valuenow") == "67"
    shot(page, "cards-progress")
    page.get_by_role("button", name="Cancel").click()
    lab.wait_for_kernel(page)
    page.get_by_text("KeyboardInterrupt").first.wait_for(timeout=2_500)
    bar.wait_for(state="detached", timeout=5_000)
