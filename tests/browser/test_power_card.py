"""The power card: its numbers against Python's, its walk by mouse and by keyboard, its speed, its accessibility."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import decision_widgets as dw
from decision_widgets.analysis.what_if import WhatIf, ask, circumstances
from decision_widgets.results.sizing_payload import power_card
from decision_widgets.views import numbers
from decision_widgets.views.html import to_html
from tests.browser.accessibility import violations
from tests.browser.alone import NAMES, page_of
from tests.browser.conftest import Lab
from tests.browser.notebooks import run_notebook
from tests.browser.speed import PAINTED
from tests.made import power_advice

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

# The browser has the normal distribution, Python the noncentral t and whole participants in every arm.
NEAR = 0.01
SHOW = """\
import decision_widgets as dw
typed = dw.TypedSummary(
    "booked", mean=0.35, icc=0.0425, observations_per_participant=3.96, cv_observations=0.534,
    participants_per_day=3450, variance_reduction=0.048,
)
design = dw.BetweenSubject(
    participant="rider_id", arm="variant", control="control", arms={"control": 0.5, "ETA badge": 0.5},
    metrics=[dw.Metric("booked", covariates=["booked_before"])],
)
advice = dw.advise(design, typed, effect=0.02)
card = advice.card()
card
"""
HISTORY = """\
import decision_widgets as dw
past = dw.examples.ride_hailing(riders=6000, days=28)
design = dw.BetweenSubject(
    participant="rider_id", arm="variant", control="control", arms={"control": 0.5, "ETA badge": 0.5}, time="time",
    metrics=[
        dw.Metric("booked"),
        dw.Metric("fare", role="secondary"),
        dw.Metric("wait_minutes", role="guardrail", direction="decrease", limit=0.03),
    ],
)
card = dw.PowerWidget(past, design=design, effect=0.07)
card
"""
EMPTY = "import decision_widgets as dw\ncard = dw.PowerWidget()\ncard"
SOLVE = """([base, s]) => {
    const found = sizing.solve(base, s);
    return { n: found.n, first: found.first, absolute: found.absolute };
}"""


def state_of(what: WhatIf) -> dict[str, Any]:
    """Write a what-if as the card's own state."""
    by = "days" if what.days is not None else "n"
    return {
        "metric": what.metric,
        "solve": "n" if what.lift is not None else "mde",
        "by": by,
        "lift": what.lift,
        "n": what.participants,
        "days": what.days,
        "otherPower": what.other_power,
        "otherLevel": what.other_level,
        "moreArms": what.more_arms,
        "otherSplit": what.other_split,
        "otherCovariates": what.other_covariates,
        "icc": what.icc,
    }


def alone(browser: Browser, card: Any) -> Page:
    """Show a card without JupyterLab, with a model that records what is sent to the kernel."""
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.set_default_timeout(10_000)
    names = (*NAMES, "answers", "fields", "problems")
    page.set_content(page_of(card, names=names, stems=("power",), head="window.sizing = sizing;"))
    page.locator(".dw-handle, [data-state=empty]").first.wait_for()
    return page


@pytest.fixture
def browsers(browser: Browser) -> Iterator[Callable[[Any], Page]]:
    opened: list[Page] = []
    problems: list[str] = []

    def show(card: Any) -> Page:
        page = alone(browser, card)
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        opened.append(page)
        return page

    yield show
    for page in opened:
        page.close()
    assert problems == []


def what_ifs(base: dict[str, Any], n: int) -> Iterator[WhatIf]:
    known = next(each for each in base["metrics"] if each["metric"] == base["metric"])
    lift = base["lift"]
    sought: list[dict[str, Any]] = [{"lift": lift * 1.5}, {"lift": lift * 0.7}, {"participants": n}]
    sought += [{"days": 7}, {"days": 10}] if base["horizon"] else []
    changed: list[dict[str, Any]] = [{}, {"other_power": True}, {"other_level": True, "more_arms": True}]
    changed += [{"other_split": True}, {"more_arms": True, "other_split": True}]
    changed += [{"icc": 0.2}] if known["icc"] else []
    changed += [{"other_covariates": True}] if known["vr"] is not None else []
    for each, with_it in product(sought, changed):
        yield WhatIf(metric=base["metric"], **each, **with_it)


@pytest.mark.parametrize("kind", ["typed", "no-days", "drop", "absolute", "guardrail", "worth", "history", "given"])
def test_the_browsers_numbers_are_pythons(browsers: Callable[[Any], Page], kind: str) -> None:
    advice = power_advice(kind)
    page, base = browsers(advice.card()), circumstances(advice)
    assert base is not None
    compared = 0
    for what in what_ifs(base, advice.plan.n_participants):
        said = page.evaluate(SOLVE, [base, state_of(what)])
        payload = power_card(ask(advice, what), what.metric)
        python = payload["answer"]
        assert said["n"] == pytest.approx(python["n_units"], rel=NEAR), what
        assert said["absolute"] == pytest.approx(python["mde_abs"], rel=NEAR), what
        assert said["first"] == python["first_day"], what
        compared += 1
    assert compared >= 15


def test_the_browsers_normal_distribution_is_scipys(browsers: Callable[[Any], Page]) -> None:
    from scipy.stats import norm

    page = browsers(power_advice("typed").card())
    places = [-6.0, -1.959964, -0.3, 0.0, 0.841621, 2.241403, 5.0]
    assert page.evaluate("all => all.map(sizing.normal)", places) == pytest.approx(norm.cdf(places), abs=1e-7)
    shares = [0.001, 0.0125, 0.2, 0.5, 0.8, 0.975, 0.99999]
    assert page.evaluate("all => all.map(sizing.quantile)", shares) == pytest.approx(norm.ppf(shares), abs=1e-3)


def test_a_repaint_writes_what_python_wrote(browsers: Callable[[Any], Page]) -> None:
    page = browsers(power_advice("typed").card())
    slots = ["answer", "below", "arms", "likeness", "sees", "sees-note"]
    read = "names => names.map(name => document.querySelector(`[data-slot=${name}]`).textContent)"
    before = page.evaluate(read, slots)
    for _ in range(2):
        page.get_by_role("button", name="Third arm").click()
    assert page.evaluate(read, slots) == before


def test_a_chip_says_its_consequence_and_undoes_it(browsers: Callable[[Any], Page]) -> None:
    page = browsers(power_advice("typed").card())
    chip = page.get_by_role("button", name="90% power")
    before = page.locator(".dw-answer").inner_text()
    assert chip.get_attribute("aria-pressed") == "false"
    assert chip.inner_text().endswith("+34%")
    chip.click()
    assert chip.get_attribute("aria-pressed") == "true"
    assert chip.inner_text().startswith("90% power\nundo: ")
    assert "90% power" in page.locator(".dw-answer").inner_text()
    chip.click()
    assert page.locator(".dw-answer").inner_text() == before


def test_the_kernel_is_asked_once_at_rest_and_an_older_answer_is_ignored(browsers: Callable[[Any], Page]) -> None:
    card = power_advice("typed").card()
    page = browsers(card)
    handle = page.get_by_role("slider", name="Participants and days")
    handle.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(50)
    assert page.evaluate("window.sent?.length ?? 0") == 0
    page.wait_for_function("window.sent?.length === 1")
    asked = page.evaluate("window.sent[0]")
    page.keyboard.press("ArrowRight")
    old = {"payload": card.payload | {"seq": asked["seq"]}, "html": card.html}
    page.evaluate("changed => arrive(changed)", old)
    article = page.locator("[data-card=power]")
    assert article.get_attribute("data-state") == "estimate"
    page.wait_for_function("window.sent.length === 2")
    card.controls = page.evaluate("window.sent[1]")
    page.evaluate("changed => arrive(changed)", {"payload": card.payload, "html": card.html})
    assert article.get_attribute("data-state") == "confirmed"
    assert handle.get_attribute("aria-valuetext") == card_says(card)


def card_says(card: Any) -> str:
    answer = card.payload["answer"]
    n, days = f"{answer['n_shown']:,}", answer["first_day"]
    return f"{n} participants, {days}\u00a0days, detects {100 * answer['mde_rel']:.1f}%"


def test_the_kernel_wins_where_the_estimate_was_off(browsers: Callable[[Any], Page]) -> None:
    card = power_advice("typed").card()
    page = browsers(card)
    page.get_by_role("button", name="90% power").click()
    page.wait_for_function("window.sent?.length === 1")
    card.controls = page.evaluate("window.sent[0]")
    answer = card.payload["answer"] | {"n_units": round(card.payload["answer"]["n_units"] * 1.2)}
    card.payload = card.payload | {"answer": answer}
    page.evaluate("changed => arrive(changed)", {"payload": card.payload, "html": card.html})
    article = page.locator("[data-card=power]")
    assert article.get_attribute("data-state") == "disagree"
    assert "POWER_APPROX" in article.inner_text()
    assert f"{numbers.plan_size(answer['n_units']):,}" in page.locator(".dw-answer").inner_text()


def test_without_an_answer_the_card_says_what_was_saved(browsers: Callable[[Any], Page]) -> None:
    page = browsers(power_advice("typed").card())
    page.get_by_role("button", name="Third arm").click()
    page.locator("[data-card=power][data-state=offline]").wait_for()
    assert "saved" in page.locator("[data-slot=tag]").inner_text()
    page.get_by_role("button", name="Third arm").click()
    assert page.locator(".dw-answer").inner_text().startswith("You need")


def test_undo_goes_back_a_step_at_a_time(browsers: Callable[[Any], Page]) -> None:
    page = browsers(power_advice("typed").card())
    said = [page.locator(".dw-answer").inner_text()]
    for name in ("Third arm", "90% power"):
        page.get_by_role("button", name=name).click()
        said.append(page.locator(".dw-answer").inner_text())
    for expected in (said[1], said[0]):
        page.keyboard.press("Control+z")
        assert page.locator(".dw-answer").inner_text() == expected


def test_undo_moves_the_slider_that_has_the_focus(browsers: Callable[[Any], Page]) -> None:
    page = browsers(power_advice("typed").card())
    lift = page.get_by_role("slider", name="Smallest lift worth finding")
    before = lift.input_value()
    lift.focus()
    page.keyboard.press("ArrowRight")
    assert lift.input_value() != before
    page.keyboard.press("Control+z")
    assert float(lift.input_value()) == pytest.approx(float(before))


def test_pale_curves_keep_their_labels_when_python_confirmed(browsers: Callable[[Any], Page]) -> None:
    card = power_advice("typed").card()
    page = browsers(card)
    page.get_by_role("slider", name="Smallest lift worth finding").fill("3.5")
    read = "names => names.map(name => document.querySelector(`[data-slot=${name}]`).innerHTML)"
    drawn = page.evaluate(read, ["labels", "marks"])
    page.wait_for_function("window.sent?.length === 1")
    card.controls = page.evaluate("window.sent[0]")
    page.evaluate("changed => arrive(changed)", {"payload": card.payload, "html": card.html})
    assert page.locator("[data-card=power]").get_attribute("data-state") == "confirmed"
    labels, marks = page.evaluate(read, ["labels", "marks"])
    assert (labels, marks.count("<path")) == (drawn[0], drawn[1].count("<path"))
    ghosts = "all => all.map(path => path.getAttribute('d')).join()"
    assert page.locator("path.ghost").evaluate_all(ghosts) in drawn[1].replace('"></path><path class="ghost" d="', ",")


def test_beyond_the_horizon_says_what_to_do(browsers: Callable[[Any], Page]) -> None:
    page = browsers(power_advice("typed").card())
    page.get_by_role("slider", name="Smallest lift worth finding").focus()
    page.keyboard.press("Home")
    assert "longer than 42 days: raise the lift" in page.locator("[data-slot=below]").inner_text()


@pytest.mark.parametrize("width", [480, 640, 800, 1000, 1400])
@pytest.mark.parametrize("kind", ["typed", "history"])
def test_the_static_card_overflows_nowhere(browser: Browser, width: int, kind: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(f'<body style="margin:0">{to_html(power_advice(kind).to_payload())}</body>')
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".dw-answer").inner_text().startswith("You need")
    assert page.locator("path.curve").count() == 1
    assert page.locator("button, input").count() == 0
    page.close()


def show(lab: Lab, page: Page, source: str = SHOW) -> Locator:
    page.set_viewport_size({"width": 1400, "height": 1500})
    return run_notebook(lab, page, source, shown="[data-card=power]")


def confirmed(card: Locator) -> None:
    card.page.locator(".dw-live ~ div [data-card=power][data-state=confirmed]").wait_for()


def test_a_walk_by_mouse(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    card = show(lab, page)
    assert card.locator(".dw-answer").inner_text().startswith("You need 41,400\u00a0participants (≈\u00a012\u00a0days)")
    shot(page, "power-light")
    card.get_by_role("button", name="Third arm").click()
    assert card.locator("[data-slot=arms] tbody tr").count() == 3
    confirmed(card)
    card.get_by_role("button", name="Third arm").click()
    confirmed(card)
    handle = card.get_by_role("slider", name="Participants and days")
    box, plot = handle.bounding_box(), card.locator("[data-plot]").bounding_box()
    assert box is not None
    assert plot is not None
    page.mouse.move(box["x"] + 12, box["y"] + 12)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(box["x"] + 12 + step * plot["width"] / 50, box["y"] + 12)
    page.mouse.up()
    assert card.locator(".dw-answer").inner_text().startswith("With ")
    confirmed(card)
    lift = card.get_by_role("slider", name="Smallest lift worth finding")
    lift.fill("3")
    assert "3.0% lift" in card.locator(".dw-answer").inner_text()
    confirmed(card)
    assert "effect=0.03" in card.locator("[data-slot=python]").text_content()
    card.get_by_role("slider", name="What if the ICC were").fill("0.2")
    confirmed(card)
    assert "icc=0.2" in card.locator("[data-slot=python]").text_content()
    card.get_by_text("Python and YAML").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    card.get_by_role("button", name="Copy Python").click()
    code = page.evaluate("navigator.clipboard.readText()")
    names: dict[str, Any] = {}
    exec(code, names)
    assert isinstance(names["advice"], dw.SizingAdvice)
    card.get_by_role("button", name="Copy YAML").click()
    assert dw.read_design(page.evaluate("navigator.clipboard.readText()")) == names["design"]


def test_a_walk_by_keyboard(lab: Lab, page: Page) -> None:
    card = show(lab, page)
    handle = card.get_by_role("slider", name="Participants and days")
    handle.focus()
    assert "12\u00a0days" in (handle.get_attribute("aria-valuetext") or "")
    for key, days in (
        ("ArrowRight", 13),
        ("ArrowLeft", 12),
        ("PageUp", 19),
        ("PageDown", 12),
        ("Home", 1),
        ("End", 42),
    ):
        page.keyboard.press(key)
        day = "1\u00a0day," if days == 1 else f"{days}\u00a0days"
        assert day in (handle.get_attribute("aria-valuetext") or ""), key
    confirmed(card)
    assert handle.evaluate("it => document.activeElement === it")
    seen = []
    for _ in range(11):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.dataset.key"))
    assert seen[:3] == ["knob/lift", "knob/n", "knob/days"]
    assert seen[3:10] == [f"chip/{name}" for name in ("cuped", "split", "arms", "power", "level", "w2", "w4")]
    card.get_by_role("button", name="90% power").focus()
    page.keyboard.press("Space")
    assert "90% power" in card.locator(".dw-answer").inner_text()
    page.keyboard.press("Control+z")
    assert "80% power" in card.locator(".dw-answer").inner_text()
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1
    assert page.locator(".jp-mod-editMode").count() == 0
    card.get_by_role("slider", name="Days", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    assert card.locator(".dw-answer").inner_text().startswith("With ")


LONG_TASKS = """() => {
    window.tasks = [];
    new PerformanceObserver((seen) => tasks.push(...seen.getEntries().map((each) => each.duration)))
        .observe({ entryTypes: ["longtask"] });
}"""


def drag(page: Page, card: Locator, seconds: float) -> int:
    """Drag the handle to and fro without a rest, and let it go; say how often it moved."""
    box = card.get_by_role("slider", name="Participants and days").bounding_box()
    plot = card.locator("[data-plot]").bounding_box()
    assert box is not None
    assert plot is not None
    page.mouse.move(box["x"] + 12, box["y"] + 12)
    page.mouse.down()
    began, at = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        at += 1
        swing = plot["width"] * (0.3 - abs(at % 80 - 40) / 40 * 0.5)
        page.mouse.move(box["x"] + 12 + swing, box["y"] + 12)
        page.wait_for_timeout(12)
    return at


def test_dragging_for_five_seconds_never_stutters_and_asks_the_kernel_at_rest(
    lab: Lab, page: Page, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    is_change = b"comm_msg"
    page.on(
        "websocket",
        lambda socket: socket.on(
            "framesent",
            lambda sent: (
                asked.append("") if is_change in (sent if isinstance(sent, bytes) else sent.encode()) else None
            ),
        ),
    )
    card = show(lab, page)
    drag(page, card, 0.5)  # the first move runs cold code
    page.mouse.up()
    confirmed(card)
    page.evaluate(LONG_TASKS)
    asked.clear()
    moves = drag(page, card, 5)
    assert asked == []
    page.mouse.up()
    confirmed(card)
    assert 1 <= len(asked) <= 2
    tasks = sorted(page.evaluate("tasks"))
    record_property("moves, tasks over 50 ms", f"{moves}, {tasks}")
    with capsys.disabled():
        print(f"\n{moves} moves in 5 s, tasks over 50 ms: {tasks}", end="")
    # None is promised; a busy machine may hold back a few of some hundred, a card that stutters holds back most.
    assert moves > 100
    assert len(tasks) < moves / 20


def test_every_chip_says_what_a_plan_made_anew_says_and_its_undo_restores_all(
    browsers: Callable[[Any], Page],
) -> None:
    advice = power_advice("typed")
    page, base = browsers(advice.card()), circumstances(advice)
    assert base is not None
    answer = page.locator(".dw-answer")
    before = [answer.inner_text(), page.locator("[data-slot=arms]").inner_text()]
    least = {"metric": base["metric"], "lift": base["lift"]}
    chips = {"cuped": "other_covariates", "split": "other_split", "arms": "more_arms", "power": "other_power"}
    for chip, change in chips.items():
        anew = power_card(ask(advice, WhatIf(**least, **{change: True})), base["metric"])["answer"]["n_units"]
        button = page.locator(f"[data-key='chip/{chip}']")
        said = int(re.findall(r"[\d,]{4,}", button.inner_text())[-1].replace(",", ""))
        assert said == pytest.approx(anew, rel=NEAR), chip
        button.click()
        assert f"{said:,}" in answer.inner_text(), chip
        button.click()
        assert [answer.inner_text(), page.locator("[data-slot=arms]").inner_text()] == before, chip


def test_without_a_kernel_the_sliders_work_and_say_that_they_estimate(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path]
) -> None:
    card = show(lab, page)
    before = card.locator(".dw-answer").inner_text()
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel")
    handle = card.get_by_role("slider", name="Participants and days")
    handle.focus()
    page.keyboard.press("PageDown")
    assert "5\u00a0days" in (handle.get_attribute("aria-valuetext") or "")
    assert card.locator(".dw-answer").inner_text().startswith("With ")
    page.locator(".dw-live ~ div [data-card=power][data-state=offline]").wait_for()
    assert re.search("estimate|saved", card.locator("[data-slot=tag]").inner_text())
    page.keyboard.press("Control+z")
    assert card.locator(".dw-answer").inner_text() == before
    blank = (
        "it => [...it.querySelectorAll('[data-slot]:not([data-slot=note])')]"
        ".filter(each => each.checkVisibility() && !each.innerHTML).map(each => each.outerHTML)"
    )
    assert card.evaluate(blank) == []
    shot(page, "power-without-kernel")


def test_an_empty_card_shows_an_example_at_one_press(lab: Lab, page: Page) -> None:
    card = show(lab, page, EMPTY)
    card.get_by_role("button", name="Fill in an example").click()
    card.locator(".dw-answer", has_text="You need").wait_for()
    assert card.get_by_label("Metric", exact=True).input_value() == "booked"
    assert card.get_by_label("Metric", exact=True).evaluate("it => document.activeElement === it")
    assert card.get_by_role("button", name="Fill in an example").count() == 0


def test_an_empty_card_fills_from_its_fields_and_tells_what_is_wrong(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path]
) -> None:
    card = show(lab, page, EMPTY)
    assert card.locator(".dw-answer").inner_text() == "Add a metric to see how many participants you need."
    assert card.get_by_role("button", name="Fill in an example").count() == 1
    card.get_by_label("Metric").fill("booked")
    card.get_by_label("Mean").fill("35%")
    card.get_by_label("Smallest lift worth finding").fill("2%")
    card.locator(".dw-answer", has_text="You need 147,000").wait_for()
    icc = card.get_by_label("ICC", exact=True)
    for label, wrong, said in (
        ("ICC", "-0.1", "ICC must be 0 or a number between 0 and 1; got -0.1."),
        ("Split", "60/50", "Shares add up to 110%, not 100%; change one arm by −10."),
        ("Smallest lift worth finding", "0", "The lift must not be 0"),
        ("Power", "1", "Power must lie between 5% and 100%"),
    ):
        field = card.locator(".dw-form").get_by_label(label, exact=True)
        right = field.input_value()
        field.fill(wrong)
        card.locator(".dw-form").get_by_text(said).wait_for()
        assert field.get_attribute("aria-invalid") == "true"
        assert card.locator(".dw-answer").inner_text().startswith("You need 147,000")
        assert card.locator("[data-slot=tag]").inner_text() == "of the fields before the error"
        field.fill(right)
        card.locator(".dw-form [aria-invalid=true]").wait_for(state="detached")
        card.locator("[data-slot=tag]").get_by_text("confirmed by Python").wait_for()
    icc.fill("-0.1")
    card.get_by_text("ICC must be 0 or a number").wait_for()
    shot(page, "power-bad-input")


REPAINT = (
    f"async ([selector, key]) => {{{PAINTED}"
    + """
    const card = document.querySelector(selector);
    const handle = card.querySelector('.dw-handle');
    handle.focus();
    const shown = [], confirmed = [];
    for (let at = 0; at < 40; at++) {
        const began = performance.now();
        handle.dispatchEvent(new KeyboardEvent('keydown', {key: at % 2 ? 'ArrowLeft' : 'ArrowRight', bubbles: true}));
        await painted();
        shown.push(performance.now() - began);
        while (card.dataset.state === 'estimate') await new Promise(done => setTimeout(done, 1));
        await frame();
        confirmed.push(performance.now() - began);
        await new Promise(done => setTimeout(done, 30));
    }
    return [shown, confirmed];
}"""
)


@pytest.mark.parametrize("source", [SHOW, HISTORY], ids=["typed", "three metrics of a history"])
def test_a_slider_repaints_within_frames_and_is_confirmed_soon(
    lab: Lab,
    page: Page,
    source: str,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(lab, page, source)
    painted, confirmed = page.evaluate(REPAINT, [".dw-live ~ div [data-card=power]", ""])
    figures = {
        "slider to paint": np.percentile(painted, [50, 95]).round(1),
        "slider to confirmed": np.percentile(confirmed, [50, 95]).round(1),
    }
    with capsys.disabled():
        for name, (median, p95) in figures.items():
            record_property(name, f"median {median} ms, p95 {p95} ms")
            print(f"\n{name}: median {median} ms, p95 {p95} ms", end="")
    assert len(painted) == len(confirmed) == 40
    # Far above what is promised (50 and 250 ms): a busy machine must not fail this, a card that hangs must.
    assert np.median(painted) < 150
    assert np.median(confirmed) < 1500


def test_two_views_of_a_card_move_together(lab: Lab, page: Page) -> None:
    cards = show(lab, page, SHOW + "\nfrom IPython.display import display\ndisplay(card)\ncard").page.locator(
        ".dw-live ~ div [data-card=power]"
    )
    cards.nth(1).wait_for()
    cards.nth(0).get_by_role("button", name="90% power").click()
    pressed = cards.nth(1).get_by_role("button", name="90% power", pressed=True)
    pressed.wait_for()
    assert "90% power" in cards.nth(1).locator(".dw-answer").inner_text()
    pressed.click()
    cards.nth(0).get_by_role("button", name="90% power", pressed=False).wait_for()


@pytest.mark.parametrize("shade", ["light", "dark"])
@pytest.mark.parametrize("source", [SHOW, EMPTY], ids=["filled", "empty"])
def test_axe_finds_nothing(
    lab: Lab, page: Page, theme: Callable[[Page, str], None], shot: Callable[[Page, str], Path], shade: str, source: str
) -> None:
    card = show(lab, page, source)
    theme(page, shade)
    if source == SHOW:
        card.get_by_role("button", name="90% power").click()
        card.get_by_text("Python and YAML").click()
    assert violations(page) == []
    shot(page, f"power-{shade}-{'filled' if source == SHOW else 'empty'}")
