"""What the extension adds to JupyterLab and Notebook: tiles that make notebooks, cards that outlive their kernel."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from decision_widgets.templates import list_templates, read_template
from tests.browser.accessibility import violations
from tests.browser.notebooks import KERNELSPEC, write_notebook
from tests.made_results import made_result

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

CARD = "application/vnd.decision-widgets.card.v1+json"
VIEW = "application/vnd.jupyter.widget-view+json"
# Notebook 7.6 says these with or without us: of its list of shortcuts, and of the file browser on a page without one.
OF_NOTEBOOK_7 = {
    "Cannot read properties of undefined (reading 'schema')",
    "Command 'filebrowser:open-path' not registered.",
}
HOSTILE = "<img src=x onerror=window.ranScript=1>"
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


def write_saved_notebook(path: Path, model_id: str) -> None:
    source = SHOWS_A_CARD.format(model_id=model_id, card=CARD, view=VIEW)
    write_notebook(path, source)


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


def tiles(page: Page) -> Locator:
    return page.locator('.jp-LauncherCard[data-category="Experiment decisions"]')


def test_a_launcher_tile_makes_its_notebook(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    templates = list_templates()
    lab.open_launcher(page)
    tiles(page).first.wait_for()
    assert [label.strip() for label in tiles(page).all_inner_texts()] == [template.title for template in templates]
    shot(page, "launcher")
    lab.create_from_template(page, templates[0].title)
    made = nbformat.read(lab.root / f"{templates[0].id}.ipynb", as_version=4)
    assert made == read_template(templates[0].id)[1]
    shot(page, "notebook-from-a-tile")


def test_the_dialog_names_what_to_mend_and_makes_the_notebook_when_it_is(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path], theme: Callable[[Page, str], None]
) -> None:
    page.set_viewport_size({"width": 1400, "height": 860})
    lab.open_launcher(page)
    tiles(page).filter(has_text="Between-subject").click()
    dialog = page.get_by_role("dialog")
    create = dialog.get_by_role("button", name="Create notebook")
    dialog.get_by_label("Planned participants").fill("2x%")
    dialog.get_by_label("Arms", exact=True).fill("opt_in: 0.5, opt_out: 0.6")
    dialog.get_by_text("planned_participants must be a whole number, or empty; got 2x%.").wait_for()
    assert dialog.get_by_role("status").inner_text() == "1 field needs attention"
    dialog.get_by_label("Planned participants").fill("2200")
    dialog.get_by_text("Shares add up to 1.1, not 1. Change one arm by -0.1.").wait_for()
    arms = dialog.get_by_label("Arms", exact=True)
    assert arms.get_attribute("aria-invalid") == "true"
    assert create.get_attribute("aria-disabled") == "true"
    assert violations(page, ".jp-Dialog") == []
    shot(page, "dialog-light")
    create.click(force=True)  # or Playwright waits until it is enabled
    page.wait_for_function("document.activeElement?.id === 'dw-arms'")
    assert not list(lab.root.glob("mended*.ipynb"))
    metrics = dialog.get_by_label("Metrics", exact=True)
    before = metrics.input_value()
    metrics.fill('[{"name": "takeup", "direction": "up"}]')
    said = dialog.get_by_text("direction must be one of")
    said.first.wait_for()
    metrics.scroll_into_view_if_needed()
    assert said.first.evaluate(
        "it => { const box = it.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"
    )
    metrics.fill(before)
    theme(page, "dark")
    assert violations(page, ".jp-Dialog") == []
    shot(page, "dialog-dark")
    arms.fill("opt_in: 0.5, opt_out: 0.5")
    page.wait_for_function("document.querySelector('.dw-Dialog-count').textContent === ''")
    assert create.get_attribute("aria-disabled") == "false"
    dialog.get_by_label("Save as").fill("mended")
    dialog.get_by_label("Save as").press("Enter")
    page.locator(".jp-Notebook").wait_for()
    made = nbformat.read(lab.root / "mended.ipynb", as_version=4)
    source = next(cell.source for cell in made.cells if "parameters" in cell.metadata.get("tags", []))
    assert "planned_participants: int | None = 2200\n" in source
    assert "arms: dict[str, float] | None = {'opt_in': 0.5, 'opt_out': 0.5}\n" in source


def test_the_focus_stays_in_the_dialog_and_goes_back(lab: Lab, page: Page) -> None:
    lab.open_launcher(page)
    tile = tiles(page).filter(has_text="power")
    tile.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Save as").wait_for()
    inside = "document.querySelector('.jp-Dialog').contains(document.activeElement)"
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(inside)
    for _ in range(5):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(inside)
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert tile.evaluate("tile => tile === document.activeElement")


def test_another_template_can_be_chosen_in_the_dialog(lab: Lab, page: Page) -> None:
    lab.open_launcher(page)
    page.get_by_role("menuitem", name="Experiments").click()
    page.get_by_role("menuitem", name="New Experiment Notebook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Traffic").wait_for()
    dialog.get_by_role("radio", name="Between-subject analysis").check()
    dialog.get_by_label("Planned participants").wait_for()
    assert dialog.get_by_label("Traffic").count() == 0
    assert dialog.get_by_label("Save as").input_value() == "between-subject.ipynb"
    page.keyboard.press("Escape")


def test_a_template_that_is_not_there_is_said(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    lab.open_launcher(page)
    page.evaluate("void window.jupyterapp.commands.execute('decision-widgets:new-notebook', {template: 'nonesuch'})")
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_text('There is no template called "nonesuch".').wait_for()
    shot(page, "refused-notebook")


def test_a_notebook_that_cannot_be_made_keeps_the_answers(lab: Lab, page: Page) -> None:
    lab.open_launcher(page)
    tiles(page).filter(has_text="Between-subject").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Planned participants").fill("77")
    dialog.get_by_label("Save as").fill("../outside")
    dialog.get_by_role("button", name="Create notebook").click()
    dialog.get_by_text("'name' must be the name of a file without a folder").wait_for()
    assert dialog.get_by_label("Planned participants").input_value() == "77"
    page.keyboard.press("Escape")


DESIGN = """\
name: eta_badge
participant: rider_id
arm: variant
control: control
arms: {control: 0.5, treatment: 0.5}
metrics:
  - {name: booked, minimum_effect: 0.02}
  - {name: wait_minutes, role: guardrail, direction: decrease, limit: 0.03}
"""


def test_the_side_panel_lists_what_needs_attention_first_and_opens_it(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path], theme: Callable[[Page, str], None]
) -> None:
    page.set_viewport_size({"width": 1400, "height": 860})
    for path in lab.root.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    lab.open_launcher(page)
    lab.run(page, "decision-widgets:show-experiments")
    panel = page.locator(".dw-Experiments")
    panel.get_by_text("No experiments in this workspace yet.").wait_for()
    panel.get_by_role("button", name="Design one").click()
    page.get_by_role("dialog").get_by_label("Save as").wait_for()
    page.keyboard.press("Escape")
    wrong_split, long = {"arms": {"control": 0.9, "treatment": 0.1}}, {"time": "time", "planned_days": 99}
    for name, stated in {"eta_badge_v2": {}, "promo_banner_q4": wrong_split, "dispatch_radius": long}.items():
        (lab.root / f"{name}.decision.json").write_text(made_result(name, **stated).to_json())
    (lab.root / "pickup_pins.decision.yaml").write_text(DESIGN.replace("eta_badge", HOSTILE))
    (lab.root / "torn.decision.yaml").write_text(DESIGN.replace("control: control", "contrl: control"))
    panel.get_by_role("button", name="Refresh").click()
    rows = panel.get_by_role("listitem")
    panel.get_by_text("eta_badge_v2").wait_for()
    labels = rows.locator(".dw-tag").all_inner_texts()
    assert labels == ["Invalid", "Can\u2019t be read", "Keep running", "Ship", "Planned"]
    assert rows.locator("code").last.inner_text() == HOSTILE
    assert page.evaluate("window.ranScript") is None
    assert violations(page, ".dw-Experiments") == []
    shot(page, "experiments-light")
    panel.get_by_label("Filter experiments").fill("eta")
    assert panel.get_by_text("1 of 5").is_visible()
    rows.first.get_by_role("button").click()
    record = page.frame_locator('iframe[title="Experiment record"]')
    record.get_by_text("Ship treatment").wait_for()
    assert "rose 6.2%" in record.locator(".dw-say").first.inner_text()
    theme(page, "dark")
    page.wait_for_function(
        "document.querySelector('.dw-Document iframe').srcdoc.includes('data-jp-theme-light=\"false\"')"
    )
    panel.get_by_label("Filter experiments").fill("")
    assert violations(page, ".dw-Experiments") == []
    shot(page, "experiments-dark")


def test_the_side_panel_can_be_switched_off(lab: Lab, page: Page) -> None:
    kept = lab.root.parent / "settings" / "decision-widgets" / "experiments.jupyterlab-settings"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text('{"showPanel": false}')
    try:
        lab.open_launcher(page)
        tiles(page).first.wait_for()
        assert page.locator("li[data-id=decision-widgets-experiments]").count() == 0
        lab.run(page, "decision-widgets:show-experiments")
        page.locator(".dw-Experiments").filter(visible=True).wait_for()
    finally:
        kept.unlink()


def test_a_design_opens_as_a_page_and_follows_its_text(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    (lab.root / "eta.decision.yaml").write_text(DESIGN)
    page.goto(f"{lab.url}/lab/tree/eta.decision.yaml?reset")
    design = page.frame_locator('iframe[title="Experiment design"]')
    design.get_by_text("Between-subject design").wait_for()
    assert design.get_by_role("table", name="Metrics").locator("tbody tr").count() == 2
    page.get_by_role("button", name="Edit the text").first.click()
    editor = page.locator(".jp-FileEditor .cm-content")
    editor.wait_for()
    editor.click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("alhpa: 0.01\n")
    problem = page.get_by_text("Line 9: unknown key 'alhpa'. Did you mean 'alpha'?")
    problem.wait_for()
    assert violations(page, ".dw-Document") == []
    shot(page, "design-with-a-problem")
    for _ in range(len("alhpa: 0.01\n")):
        page.keyboard.press("Backspace")
    page.keyboard.type("alpha: 0.01\n")
    problem.wait_for(state="detached")
    design.get_by_text("0.01").wait_for()
    lab.save(page)
    assert (lab.root / "eta.decision.yaml").read_text() == DESIGN + "alpha: 0.01\n"
    shot(page, "design")


def said_by(verdict: Locator) -> list[str]:
    """Read the verdict, its sentence and its facts; buttons are of the live card alone."""
    # Not the inner text: what the notebook has scrolled out of sight has none.
    return verdict.locator(".dw-verdict-title, .dw-say, .dw-facts > *").all_text_contents()


def test_the_same_card_is_there_after_a_restart_and_a_reload(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path]
) -> None:
    page.set_viewport_size({"width": 1400, "height": 1000})
    lab.open_launcher(page)
    lab.create_from_template(page, "Between-subject", {"Planned participants": "1400", "Save as": "restarted"})
    lab.run_all_cells(page)
    verdict = page.locator('[data-card="verdict"]:visible')
    verdict.wait_for()
    page.locator("pre", has_text="Verdict: ").wait_for()
    before = said_by(verdict)
    assert before[0] == "Keep running"
    lab.save(page)
    lab.run(page, "decision-widgets:show-experiments")
    page.locator(".dw-Experiment", has_text="insurance_default").wait_for()
    lab.run(page, "apputils:change-theme", {"theme": "JupyterLab Light"})
    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.reload()
    lab.wait_for_kernel(page)
    verdict.wait_for()
    assert said_by(verdict) == before
    assert page.get_by_text("Error displaying widget").filter(visible=True).count() == 0
    verdict.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.dw-SavedCard .dw-verdict-title').innerText === 'Keep running'")
    shot(page, "card-after-restart")


def test_a_saved_card_is_readable_when_its_model_is_gone(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path], theme: Callable[[Page, str], None]
) -> None:
    write_saved_notebook(lab.root / "gone.ipynb", repr("0" * 32))
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
    write_saved_notebook(lab.root / "live.ipynb", A_LIVE_MODEL)
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
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    write_somebody_elses_notebook(lab.root / "theirs-7.ipynb")
    page.goto(f"{lab.url}/notebooks/theirs-7.ipynb")
    page.locator(".dw-SavedCard").wait_for()
    assert_only_the_saved_card_shows(page)
    write_saved_notebook(lab.root / "gone-7.ipynb", repr("0" * 32))
    page.goto(f"{lab.url}/notebooks/gone-7.ipynb")
    lab.wait_for_kernel(page)
    lab.run_all_cells(page)
    wait_until_the_model_is_given_up(page)
    assert is_trusted(page)
    assert_only_the_saved_card_shows(page)
    shot(page, "notebook-7")
    # The model that is gone is asked for, in vain, by the widget manager.
    unexpected = [said for said in complaints if said not in OF_NOTEBOOK_7 and "model" not in said.lower()]
    assert unexpected == []


def test_notebook_7_has_the_doors_that_fit_it(lab: Lab, page: Page, shot: Callable[[Page, str], Path]) -> None:
    pytest.importorskip("notebook", reason="Notebook 7 is not installed: pip install notebook")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{lab.url}/tree")
    page.get_by_role("menuitem", name="Experiments").click()
    page.get_by_role("menuitem", name="New Experiment Notebook").click()
    page.get_by_role("dialog").get_by_label("Save as").wait_for()
    shot(page, "notebook-7-dialog")
    page.keyboard.press("Escape")
    (lab.root / "eta-7.decision.yaml").write_text(DESIGN)
    page.goto(f"{lab.url}/edit/eta-7.decision.yaml?factory=Experiment%20design")
    page.frame_locator("iframe").get_by_text("Between-subject design").wait_for()
    assert [said for said in complaints if said not in OF_NOTEBOOK_7] == []


def test_notebook_7_walks_from_a_form_to_a_verdict_and_its_files(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path], tmp_path: Path
) -> None:
    pytest.importorskip("notebook", reason="Notebook 7 is not installed: pip install notebook")
    widget = "import decision_widgets as dw\ndf = dw.examples.ride_hailing(riders=2000)\ndw.DesignWidget(df)"
    asked = 'participant="rider_id", arm="variant", control="control", metrics=["booked", "fare"], segments=["city"]'
    cells = [new_code_cell(source) for source in (widget, f"dw.analyze(df, dw.BetweenSubject({asked}))")]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC}), lab.root / "walk-7.ipynb")
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto(f"{lab.url}/notebooks/walk-7.ipynb")
    lab.wait_for_kernel(page)
    lab.run_all_cells(page)
    form = page.locator(".dw-live ~ div [data-card=design]")
    form.locator(".dw-wiz").first.wait_for()
    form.get_by_role("button", name="Next: Data").press("Enter")
    assert form.get_by_label("Participant column").input_value() == "rider_id"
    result = page.locator(".dw-live ~ div [data-card=result]")
    result.locator(".dw-verdict-title").wait_for()
    assert result.locator(".dw-verdict-title").inner_text() == "Ship treatment"
    up = result.locator("[data-card=metrics] .up").filter(visible=True).first
    assert up.inner_text() == "+11.1%"
    result.get_by_role("radio", name="Relative").focus()
    page.keyboard.press("ArrowRight")
    assert up.inner_text() == "+3.7\u00a0pp"
    for name, ending in (("HTML", "html"), ("PNG", "png")):
        result.get_by_role("button", name="Export").click()
        with page.expect_download() as waiting:
            result.get_by_role("menuitem", name=name).click()
        waiting.value.save_as(tmp_path / f"walk.{ending}")
        result.get_by_role("menu").wait_for(state="hidden")
    assert "Ship treatment" in (tmp_path / "walk.html").read_text("utf-8").replace(
        '<span class="tone">Ship</span>', "Ship"
    )
    assert (tmp_path / "walk.png").read_bytes().startswith(b"\x89PNG")
    assert violations(page, ".dw-live ~ div [data-card=result]") == []
    result.scroll_into_view_if_needed()
    shot(page, "notebook-7-walk")
