"""The design widget in JupyterLab: five steps by mouse and by keyboard, its messages, code, speed and accessibility."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import decision_widgets as dw
from tests.browser.accessibility import violations
from tests.browser.conftest import Lab
from tests.browser.notebooks import run_notebook, run_quietly, write_notebook
from tests.browser.speed import PAINTED

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

EMPTY = "import decision_widgets as dw\nwidget = dw.DesignWidget()\nwidget"
TABLE = """\
import decision_widgets as dw
past = dw.examples.ride_hailing(riders=3000, days=28)
past["never"] = 1
widget = dw.DesignWidget(past)
widget"""
REGIONS = """\
import decision_widgets as dw
trips = dw.examples.ride_hailing(riders=1500).drop(columns="variant")
design = dw.Switchback(
    name="surge_smoothing", time="time", slot="1h", burn_in="15min", region="city", control="Control",
    treatment="Smoothed surge", metrics=[dw.Metric("booked", minimum_effect=0.01)], seed=7, planned_days=14,
)
widget = dw.DesignWidget.of(design, trips, question="Smooth surge in all cities?")
widget"""


def show(lab: Lab, page: Page, *sources: str, width: int = 1400) -> Locator:
    page.set_viewport_size({"width": width, "height": 1300})
    card = run_notebook(lab, page, *sources, shown="[data-card=design]")
    card.locator(".dw-wiz").first.wait_for()
    return card


def read(card: Locator) -> None:
    """Wait until Python has read the form as it stands."""
    card.locator("[data-tag] .t-good").wait_for()


def asked(page: Page, code: str) -> Any:
    """Evaluate an expression in the kernel."""
    script = """async code => {
        const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
        const future = kernel.requestExecute({ code, user_expressions: {}, store_history: false });
        let text = '';
        future.onIOPub = ({ content }) => { text += content.text ?? content.traceback?.join('\\n') ?? ''; };
        await future.done;
        return text;
    }"""
    found = page.evaluate(script, f"import json; print('>>' + json.dumps({code}))")
    assert ">>" in found, found
    return json.loads(found.rpartition(">>")[2])


def go(card: Locator, step: str) -> None:
    card.locator(".dw-steps").get_by_role("button", name=step).click()


def test_five_steps_by_mouse(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    card = show(lab, page, TABLE)
    current = card.locator(".dw-steps [aria-current=step]")
    assert current.inner_text().startswith("1\nDesign")
    assert card.locator(".dw-steps .done").count() == 0
    card.get_by_label("Experiment name").fill("eta_badge_v2")
    card.get_by_label("Decision to make").fill("Show the ETA badge to all riders?")
    shot(page, "design-1-light")
    card.get_by_role("button", name="Next: Data").click()
    assert card.get_by_label("Participant column").input_value() == "rider_id"
    assert card.get_by_label("Time column").input_value() == "time"
    assert "2026-11-02 to 2026-11-29" in card.inner_text()
    assert card.get_by_role("table", name="Columns").locator("tbody tr").count() == 10
    shot(page, "design-2-light")
    card.get_by_role("button", name="Next: Metrics").click()
    booked = card.get_by_role("group", name="booked")
    assert "Two values only, 0 and 1" in booked.inner_text()
    booked.get_by_label("Role").select_option(label="Primary")
    booked.get_by_label("Min. effect").fill("5%")
    wait = card.get_by_role("group", name="wait_minutes")
    wait.get_by_label("Role").select_option(label="Guardrail")
    wait.get_by_label("Better").select_option(label="lower")
    wait.get_by_label("Limit").fill("5%")
    fare = card.get_by_role("group", name="fare")
    fare.get_by_label("Role").select_option(label="Secondary")
    fare.get_by_label("Covariate").select_option("pre_fare")
    assert fare.get_by_role("button", name="Remove covariate pre_fare").count() == 1
    read(card)
    shot(page, "design-3-light")
    card.get_by_role("button", name="Next: Clusters & assignment").click()
    card.get_by_label("city").check()
    assert "ICC" in card.locator("[data-icc]").inner_text()
    read(card)
    shot(page, "design-4-light")
    card.get_by_role("button", name="Next: Power").click()
    card.locator(".dw-answer", has_text="You need").wait_for()
    shot(page, "design-5-light")
    card.get_by_role("button", name="Use this plan").click()
    page.wait_for_function("document.querySelector('[data-path=planned_participants]').value !== ''")
    read(card)
    n = int(card.get_by_label("Planned participants").input_value())
    assert (
        asked(page, "widget.design.planned_participants") == n == asked(page, "widget.power.advice.plan.n_participants")
    )
    assert asked(page, "widget.created is None")
    card.get_by_role("button", name="Create design").click()
    card.get_by_text("Created.").wait_for()
    assert asked(page, "widget.created == widget.design and widget.design.name") == "eta_badge_v2"
    words = asked(page, "widget.design.to_dict()")
    assert words["strata"] == ["city"]
    assert [each["name"] for each in words["metrics"]] == ["booked", "fare", "wait_minutes"]
    card.get_by_role("button", name="Analyse the data").click()
    card.locator("[data-host=result] .dw-verdict-title").first.wait_for()
    assert asked(page, "type(widget.result).__name__") == "ResultCard"


def tab_to(page: Page, key: str, most: int = 80) -> None:
    """Press Tab until the control is reached; every stop shows where the focus is."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(() => { const at = document.activeElement; const style = getComputedStyle(at);"
            " const seg = at.closest('.dw-seg'); const shown = seg ? getComputedStyle(seg) : style;"
            " return [at.dataset.key ?? at.className, shown.outlineStyle]; })()"
        )
        seen.append(found)
        if found[0] == key:
            assert found[1] != "none", seen
            return
    raise AssertionError(f"{key} is not reached by Tab: {seen}")


def test_five_steps_by_keyboard_alone(lab: Lab, page: Page) -> None:
    card = show(lab, page, EMPTY)
    card.locator("[data-act=drawer]").focus()
    tab_to(page, "name")
    page.keyboard.type("eta badge j k")
    tab_to(page, "act/next")
    page.keyboard.press("Enter")
    assert card.locator("[aria-current=step]").inner_text().startswith("2\nData")
    assert page.evaluate("document.activeElement.dataset.key") == "act/next"
    page.keyboard.press("Enter")
    card.locator("[data-key='step/metrics']").focus()
    tab_to(page, "act/metric")
    page.keyboard.press("Enter")
    card.locator("[data-key='step/power']").focus()
    tab_to(page, "metrics.0.name")
    page.keyboard.type("booked")
    tab_to(page, "metrics.0.role")
    assert card.locator("[data-path='metrics.0.role']").input_value() == "primary"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    tab_to(page, "metrics.0.effect")
    page.keyboard.type("2%")
    tab_to(page, "act/next")
    page.keyboard.press("Enter")
    assert "assignment" in card.locator("[aria-current=step]").inner_text()
    page.keyboard.press("Enter")
    assert card.locator("[aria-current=step]").inner_text().startswith("5\nPower")
    read(card)
    page.keyboard.press("Enter")
    card.get_by_text("Created.").wait_for()
    assert asked(page, "[widget.created.name, widget.created.metrics[0].minimum_effect]") == ["eta badge j k", 0.02]
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1
    assert page.locator(".jp-mod-editMode").count() == 0
    card.locator("[data-key='step/design']").press("Enter")
    radio = card.get_by_role("radio", name="Between-subject")
    radio.focus()
    page.keyboard.press("ArrowDown")
    assert card.get_by_role("radio", name="Switchback").is_checked()
    page.keyboard.press("Control+z")
    assert radio.is_checked()


def test_two_primaries_are_told_at_once_and_block_only_power_and_create(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path]
) -> None:
    card = show(lab, page, TABLE)
    go(card, "Metrics")
    for at in (0, 1):
        card.locator(f"[data-path='metrics.{at}.role']").select_option("primary")
    card.get_by_text("2 primary metrics.").wait_for(timeout=200)
    step = card.locator("[data-key='step/metrics']")
    assert step.locator(".n").inner_text() == "!"
    described = "it => it.getRootNode().getElementById(it.getAttribute('aria-describedby'))?.textContent ?? null"
    assert step.evaluate(described) == "has errors"
    for at in (0, 1):
        field = card.locator(f"[data-path='metrics.{at}.role']")
        assert field.get_attribute("aria-invalid") == "true"
        assert field.evaluate("it => getComputedStyle(it).borderTopWidth") == "2px"
    shot(page, "design-two-primaries")
    card.get_by_role("button", name="Next: Clusters").click()
    card.get_by_role("button", name="Next: Power").click()
    card.get_by_text("Errors stand in the way.").wait_for()
    create = card.get_by_role("button", name="Create design")
    assert create.get_attribute("aria-disabled") == "true"
    create.click(force=True)
    card.locator("[data-act=power]").click(force=True)
    read(card)
    assert asked(page, "[widget.created, widget.design, widget.power]") == [None, None, None]
    assert "ONE_PRIMARY" in asked(page, "[each['code'] for each in widget.messages]")
    card.locator("[data-blocked]").get_by_role("button", name="Metrics").click()
    card.locator("[data-path='metrics.1.role']").select_option("secondary")
    assert card.get_by_text("2 primary metrics.").count() == 0
    assert step.evaluate(described) is None
    read(card)
    assert asked(page, "len(widget.design.metrics)") == 2


def test_shares_that_do_not_add_up_say_by_how_much(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    card = show(lab, page, TABLE)
    go(card, "Clusters")
    first = card.locator("[data-path='arms.0.share']")
    width = "all => all.map(it => it.getBoundingClientRect().width)"
    before = card.locator("[data-split] i").evaluate_all(width)
    first.fill("60")
    card.get_by_text("Shares add up to 110%, not 100%.").wait_for(timeout=200)
    assert "change one arm by −10" in card.locator("[data-says]").inner_text()
    after = card.locator("[data-split] i").evaluate_all(width)
    assert after[0] > before[0] + 10
    assert [card.locator(f"[data-path='arms.{at}.share']").get_attribute("aria-invalid") for at in (0, 1)] == [
        "true"
    ] * 2
    shot(page, "design-shares")
    first.fill("40")
    card.locator("[data-path='arms.1.share']").fill("60")
    assert "ALLOCATION_SUM" not in card.locator("[data-says]").inner_text()
    card.get_by_role("button", name="Add an arm").click()
    assert [card.locator(f"[data-path='arms.{at}.share']").input_value() for at in range(3)] == ["1/3"] * 3
    first.focus()
    page.keyboard.press("Control+z")
    assert card.locator("[data-path='arms.1.share']").input_value() == "60"
    assert card.locator(".dw-arm").count() == 2


def test_another_kind_changes_the_test_and_keeps_the_evidence(lab: Lab, page: Page) -> None:
    card = show(lab, page, TABLE)
    go(card, "Metrics")
    booked = card.get_by_role("group", name="booked")
    booked.get_by_label("Role").select_option("primary")
    assert "difference of shares, clustered by rider_id" in booked.locator("[data-test]").inner_text()
    booked.get_by_label("Kind").select_option("count")
    assert "difference of mean counts" in booked.locator("[data-test]").inner_text()
    assert "Two values only, 0 and 1" in booked.inner_text()
    read(card)
    assert asked(page, "widget.design.metrics[0].kind") == "count"


@pytest.mark.parametrize("source", [TABLE, REGIONS], ids=["between", "switchback"])
def test_the_code_rebuilds_the_form(lab: Lab, page: Page, source: str) -> None:
    card = show(lab, page, source)
    if source == TABLE:
        go(card, "Metrics")
        card.locator("[data-path='metrics.0.role']").select_option("primary")
        card.locator("[data-path='metrics.0.effect']").fill("2%")
    else:
        go(card, "Slots")
        card.get_by_label("Start").fill("2026-11-09")
    card.get_by_role("button", name="Code").click()
    read(card)
    python = card.locator("[data-code]").inner_text()
    card.locator(".drawer").get_by_text("%%decision", exact=True).click()
    cell = card.locator("[data-code]").inner_text()
    assert cell.startswith("%%decision design --as design\n")
    first, form = asked(page, "[widget.design.to_dict(), widget.form]")
    run_quietly(page, python.rstrip().replace("dw.DesignWidget.of", "again = dw.DesignWidget.of"))
    assert asked(page, "[design.to_dict(), again.design.to_dict()]") == [first, first]
    rebuilt = asked(page, "again.form")
    unset = ("stamp", "metrics", "regions", "start")
    assert {k: v for k, v in rebuilt.items() if k not in unset} == {k: v for k, v in form.items() if k not in unset}
    run_quietly(page, "design = None")
    run_quietly(page, cell)
    assert asked(page, "design.to_dict()") == first


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_insert_puts_the_code_in_a_cell_below_the_card(lab: Lab, page: Page, app: str) -> None:
    write_notebook(lab.root / "insert.ipynb", EMPTY, "'the next cell'")
    lab.open_notebook(page, "insert.ipynb", app)
    lab.run_all_cells(page)
    card = page.locator(".dw-live ~ div [data-card=design]")
    card.get_by_role("button", name="Code").click()
    insert = card.locator("[data-act=insert]")
    insert.focus()
    page.keyboard.press("Enter")
    card.get_by_role("button", name="Inserted").wait_for()
    sources = "[...window.jupyterapp.shell.currentWidget.content.model.cells].map(cell => cell.sharedModel.getSource())"
    before, made, after = page.evaluate(sources)
    assert (before, after) == (EMPTY, "'the next cell'")
    assert made == card.locator("[data-code]").inner_text()
    assert insert.evaluate("it => it.getRootNode().activeElement === it")
    lab.run(page, "notebook:run-cell")
    assert asked(page, "repr(widget.design) == repr(dw.DesignWidget().design)")
    lab.run(page, "notebook:undo-cell-action")
    assert page.evaluate(sources) == [EMPTY, "'the next cell'"]


def test_the_next_step_begins_in_view(lab: Lab, page: Page) -> None:
    card = show(lab, page, TABLE)
    page.set_viewport_size({"width": 1400, "height": 500})
    go(card, "Metrics")
    card.get_by_role("button", name="Next: Clusters & assignment").click()
    page.wait_for_function(
        """() => {
        const box = document.querySelector(".dw-live ~ div .dw-wiz-title").getBoundingClientRect();
        const panel = document.querySelector(".jp-Notebook").getBoundingClientRect();
        return box.top >= panel.top - 1 && box.bottom <= innerHeight;
        }""",
        timeout=3000,
    )


def test_insert_copies_where_no_extension_answers(lab: Lab, page: Page) -> None:
    card = show(lab, page, EMPTY)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        "document.addEventListener('decision-widgets:insert-cell', event => event.stopImmediatePropagation(), true)"
    )
    card.get_by_role("button", name="Code").click()
    card.get_by_role("button", name="Insert cell below").click()
    card.get_by_text("Copied: paste it into a new cell").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("import decision_widgets as dw")
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1


def slide(card: Locator, path: str, value: int) -> None:
    card.locator(f"input[data-knob={path}]").evaluate(
        "(it, value) => { it.value = value; it.dispatchEvent(new Event('input', {bubbles: true})); }", value
    )


def test_slots_and_burn_in_are_judged_as_they_move(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    card = show(lab, page, REGIONS)
    go(card, "Slots")
    shot(page, "design-slots-light")
    says = card.locator("[data-says]")
    slide(card, "slot", 1)
    assert card.locator("[data-out=slot]").inner_text() == "15min"
    assert "BURN_IN_TOO_LONG" in says.inner_text()
    assert card.locator("[data-key='step/assignment'] .n").inner_text() == "!"
    assert card.locator("[data-knob=burn_in]").get_attribute("aria-invalid") == "true"
    slide(card, "slot", 3)
    slide(card, "burn_in", 20)
    slide(card, "days", 4)
    told = says.locator(".t-warn").all_inner_texts()
    assert len(told) == 2
    assert "Burn-in removes 67% of every slot." in told[0]
    assert "4 days are not whole weeks." in told[1]
    assert "every 30min for 4 days" in card.locator("[data-plan]").inner_text()
    checks = card.locator("[data-checks]").inner_text()
    assert "Burn-in takes 67% of every slot of 30min" in checks
    assert "4 days are not whole weeks" in checks
    card.get_by_label("Cluster errors by").select_option("region-day")
    assert "Only 16 clusters." in says.inner_text()
    read(card)
    assert asked(page, "[widget.design.slot, widget.design.burn_in, widget.design.planned_days]") == [30, 20, 4]


def test_the_preview_is_the_schedule_of_python(lab: Lab, page: Page) -> None:
    card = show(lab, page, REGIONS)
    go(card, "Slots")
    card.get_by_label("Start").fill("2026-11-09")
    card.get_by_label("Seed").fill("11")
    read(card)
    lanes = card.locator(".dw-design-lane").evaluate_all(
        "all => all.map(lane => [...lane.children].map(it => it.className === 'on' ? '1' : '0').join(''))"
    )
    arms = asked(page, "dict(widget.design.schedule.arms)")
    assert lanes == [text[:24] for text in arms.values()]
    table = asked(
        page,
        "dw.schedule(widget.design, start='2026-11-09', days=14, seed=11, "
        "regions=list(widget.design.schedule.arms)).arm.tolist()",
    )
    assert [("0", "1")[arm == "Smoothed surge"] for arm in table] == list("".join(arms.values()))
    card.get_by_role("checkbox", name="Manila").uncheck()
    read(card)
    assert sorted(asked(page, "list(widget.design.schedule.arms)")) == ["Hanoi", "Jakarta", "Singapore"]
    go(card, "Power")
    card.get_by_text("How to run this switchback").first.wait_for()


REPAINT = (
    f"async ([path, values]) => {{{PAINTED}"
    + """
    const card = document.querySelector('.dw-live ~ div [data-card=design]');
    const control = card.querySelector(`[data-path="${path}"]`);
    const [shown, script] = [[], []];
    for (let at = 0; at < 60; at++) {
        const began = performance.now();
        control.value = values[at % values.length];
        control.dispatchEvent(new Event('input', {bubbles: true}));
        await painted();
        shown.push(performance.now() - began);
        script.push(Number(card.dataset.repaintMs));
        await new Promise(done => setTimeout(done, 30));
    }
    return [shown, script];
}"""
)


def test_sliders_and_fields_repaint_within_frames(
    lab: Lab, page: Page, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    card = show(lab, page, REGIONS)
    card.get_by_role("button", name="Code").click()
    go(card, "Slots")
    card.get_by_label("Start").fill("2026-11-09")
    for path, values in (("slot", ["0", "3", "4"]), ("days", ["14", "21", "28"]), ("seed", ["1", "2", "3"])):
        painted, script = page.evaluate(REPAINT, [path, values])
        (median, p95), worst = np.percentile(painted, [50, 95]).round(1), np.percentile(script, 95).round(1)
        record_property(path, f"median {median} ms, p95 {p95} ms, script p95 {worst} ms")
        with capsys.disabled():
            print(f"\n{path} to paint: median {median} ms, p95 {p95} ms; script p95 {worst} ms", end="")
        # Far above what is promised (50 ms): a busy machine must not fail this, a form that hangs must.
        assert median < 150


def test_names_of_columns_are_shown_as_text(lab: Lab, page: Page) -> None:
    hostile = (
        "import decision_widgets as dw, numpy as np\npast = dw.examples.ride_hailing(riders=300)\n"
        "names = ['<img src=x onerror=window.boom=1>', '\"; drop table', 'x' * 300, 'שלום', '🚕']\n"
        "for name in names: past[name] = np.arange(len(past)) % 5\n"
        "past['city'] = past.city.str.replace('Hanoi', names[0])\n"
        "widget = dw.DesignWidget(past)\nwidget"
    )
    card = show(lab, page, hostile)
    for step in ("Data", "Metrics"):
        go(card, step)
    names = asked(page, "[each['name'] for each in widget.form['metrics']]")
    for at, name in enumerate(names):
        role = "primary" if name == "booked" else "secondary" if at > 3 else "ignore"
        card.locator(f"[data-path='metrics.{at}.role']").select_option(role)
    go(card, "Clusters")
    card.get_by_label("city").check()
    card.locator("[data-path='arms.1.name']").fill("<b onclick=x>&")
    go(card, "Power")
    card.locator(".dw-answer", has_text="You need").or_(card.locator("[data-job] .t-bad")).first.wait_for()
    go(card, "Design")
    card.get_by_role("radio", name="Switchback").check()
    go(card, "Data")
    card.get_by_label("Region column").select_option("city")
    go(card, "Slots")
    assert card.locator(".dw-design-lane").count() == 4
    assert page.evaluate("window.boom") is None
    assert card.locator("img").count() == 0
    fits = "it => it.scrollWidth <= it.clientWidth + 1"
    assert card.evaluate(fits)
    card.get_by_role("button", name="Code").click()
    assert card.evaluate(fits)


def test_two_widgets_share_nothing_and_work_with_others(lab: Lab, page: Page) -> None:
    source = (
        "import decision_widgets as dw, ipywidgets\nfirst, second = dw.DesignWidget(), dw.DesignWidget()\n"
        "seen = []\nfirst.observe(lambda change: seen.append(change['new']), 'design')\n"
        "ipywidgets.VBox([first, second])"
    )
    card = show(lab, page, source)
    card.nth(1).locator(".dw-wiz").wait_for()
    assert (
        page.evaluate(
            "(() => { const ids = [...document.querySelectorAll('.dw-wiz [id]')].map(it => it.id);"
            " return ids.length - new Set(ids).size; })()"
        )
        == 0
    )
    card.nth(0).get_by_role("radio", name="Switchback").check()
    assert card.nth(1).get_by_role("radio", name="Between-subject").is_checked()
    read(card.nth(0))
    assert asked(page, "[first.form['design'], second.form['design']]") == ["switchback", "between"]
    run_quietly(page, "second.form = second.form | {'name': 'from Python'}")
    card.nth(1).locator("[data-name]", has_text="from Python").wait_for()
    assert card.nth(1).get_by_label("Experiment name").input_value() == "from Python"
    run_quietly(
        page,
        "second.form = second.form | {'metrics': [{'name': 'booked', 'role': 'primary', 'effect': '2%'}]}\n"
        "first.form = dict(second.form)",
    )
    assert asked(page, "[len(seen), seen[-1] == second.design]") == [1, True]
    run_quietly(page, "second.close()")
    card.nth(1).wait_for(state="detached")


def test_a_reloaded_page_shows_the_form_as_it_was_left(lab: Lab, page: Page) -> None:
    card = show(lab, page, TABLE)
    card.get_by_label("Experiment name").fill("kept")
    go(card, "Metrics")
    card.locator("[data-path='metrics.0.role']").select_option("primary")
    read(card)
    lab.save(page)
    page.reload()
    lab.wait_for_kernel(page)
    card.locator("[data-name]", has_text="kept").wait_for()
    assert card.locator("[aria-current=step]").inner_text().startswith("3\nMetrics")
    assert card.locator("[data-path='metrics.0.role']").input_value() == "primary"


def test_a_changed_table_makes_the_profile_stale(lab: Lab, page: Page) -> None:
    card = show(lab, page, TABLE)
    go(card, "Data")
    run_quietly(page, "past = past.assign(surge=1.5)[:500]")
    card.get_by_text("past changed since profiling.").wait_for(timeout=2000)
    card.locator("[data-state]").get_by_role("button", name="Re-profile").click()
    card.get_by_text("500 rows, 11 columns").wait_for()
    assert card.get_by_text("Out of date.").count() == 0


@pytest.mark.parametrize("shade", ["light", "dark"])
@pytest.mark.parametrize("source", [TABLE, REGIONS], ids=["between", "switchback"])
def test_axe_finds_nothing_at_any_step(
    lab: Lab, page: Page, theme: Callable[[Page, str], None], shot: Callable[[Page, str], Path], shade: str, source: str
) -> None:
    card = show(lab, page, source)
    theme(page, shade)
    card.get_by_role("button", name="Code").click()
    found = {}
    for at, step in enumerate(("Design", "Data", "Metrics", "assignment", "Power"), 1):
        go(card, step)
        if at == 3 and source == TABLE:
            card.locator("[data-path='metrics.0.role']").select_option("primary")
            card.locator("[data-path='metrics.1.role']").select_option("primary")
        if at == 4 and source == TABLE:
            card.locator("[data-path='arms.0.share']").fill("60")
        found[step] = violations(page)
        shot(page, f"design-{'between' if source == TABLE else 'switchback'}-{at}-{shade}-code")
    assert {step: wrong for step, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("kind", ["between", "switchback"])
def test_it_fits_every_width(
    lab: Lab, page: Page, theme: Callable[[Page, str], None], shot: Callable[[Page, str], Path], kind: str
) -> None:
    card = show(lab, page, TABLE if kind == "between" else REGIONS)
    too_small = (
        "it => [...it.querySelectorAll('button, select, input:not([type=radio]):not([type=checkbox])')]"
        ".filter(each => each.offsetParent).filter(each => { const box = each.getBoundingClientRect();"
        " return box.width < 24 || box.height < 24; }).map(each => each.outerHTML)"
    )
    for shade in ("light", "dark"):
        theme(page, shade)
        for width in (480, 800, 1400):
            page.set_viewport_size({"width": width + 180, "height": 1300})
            for step in ("Metrics", "Data", "assignment"):
                go(card, step)
                assert card.evaluate("it => it.scrollWidth <= it.clientWidth + 1"), (width, step)
                assert card.locator(".dw-wiz").evaluate(too_small) == []
                if step != "Data":
                    shot(page, f"design-{kind}-{step.lower()}-{width}-{shade}")


def test_the_static_card_says_it_all_without_a_kernel(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    show(
        lab,
        page,
        REGIONS,
        "from IPython.display import HTML, display\ndisplay(HTML(widget._repr_mimebundle_()[0]['text/html']))",
    )
    static = page.locator(".jp-RenderedHTML .dw-design-static").last
    static.scroll_into_view_if_needed()
    text = static.inner_text()
    for part in ("surge_smoothing", "Smooth surge in all cities?", "Judge by booked", "1h", "15 min of every slot"):
        assert part in text
    assert static.locator("button, input, select").count() == 0
    shot(page, "design-static")
    assert dw.DesignWidget().payload["schema"] == "dw.design/1"
