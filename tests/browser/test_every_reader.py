"""A result for every reader: zoomed, colour-blind, in high contrast, without scripts, on paper, by screen reader."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import numpy as np
import pytest
from matplotlib.image import imread
from nbformat.v4 import new_code_cell, new_notebook, new_output

import decision_widgets as dw
from tests.browser.conftest import Lab, is_outside
from tests.browser.paper import pages_of
from tests.browser.test_result_card import A4, ride_hailing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
SHOW = """\
import json
from IPython.display import display
from decision_widgets.cards import card_of
display(*[card_of(json.loads(each)) for each in {payloads!r}])
"""
# What a reader must find wherever the result is read: the verdict, and the first metric's uplift, interval and p.
VERDICT, METRIC = "Ship treatment", ("Booked", "+11.1%", "+4.1% to +18.6%", "p\u00a00.002", "Better")
SAID = ("Ship treatment", "Booked rose 11.1% (95% interval 4.1% to 18.6%)", "Primary uplift", "+11.1%")


@pytest.fixture(scope="module")
def found() -> dw.DecisionResult:
    return dw.analyze(dw.examples.ride_hailing(riders=2000), ride_hailing())


def show(lab: Lab, page: Page, *results: Any, where: str = "lab/tree") -> Locator:
    """Show the live cards of results in JupyterLab, or with ``where="notebooks"`` in Notebook 7."""
    source = SHOW.format(payloads=[json.dumps(each.to_payload()) for each in results])
    notebook = new_notebook(cells=[new_code_cell(source)], metadata={"kernelspec": KERNELSPEC})
    nbformat.write(notebook, lab.root / "reader.ipynb")
    page.goto(f"{lab.url}/{where}/reader.ipynb" + ("?reset" if where == "lab/tree" else ""))
    lab.wait_for_kernel(page)
    if where == "lab/tree":
        page.evaluate("window.jupyterapp.shell.collapseLeft()")
    lab.run_all_cells(page)
    cards = page.locator(".dw-live ~ div [data-card=result]")
    cards.nth(len(results) - 1).wait_for()
    return cards


def saved(result: Any, path: Path) -> Path:
    """Write a notebook that somebody else ran, with everything that a result leaves in it."""
    output = new_output("execute_result", data=result._repr_mimebundle_(), execution_count=1)
    notebook = new_notebook(cells=[new_code_cell("result", outputs=[output])], metadata={"kernelspec": KERNELSPEC})
    nbformat.write(notebook, path)
    return path


def four_verdicts() -> list[dw.DecisionResult]:
    """Analyse the same riders so that each verdict is reached once."""
    df = dw.examples.ride_hailing(riders=2000)
    words: dict[str, Any] = {"participant": "rider_id", "arm": "variant", "control": "control"}
    asked: list[dict[str, Any]] = [
        {"metrics": ["booked"]},
        {"metrics": [dw.Metric("booked", direction="decrease")]},
        {"metrics": ["cancelled"], "time": "time", "planned_participants": 9000},
        {"metrics": ["booked"], "arms": {"control": 0.9, "treatment": 0.1}},
    ]
    return [dw.analyze(df, dw.BetweenSubject(**words, **each)) for each in asked]


def luminance(pixels: np.ndarray) -> np.ndarray:
    """Relative luminance of pixels, 0 to 1, as WCAG 2.2 defines it."""
    linear = np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ [0.2126, 0.7152, 0.0722])


def contrast(element: Locator, folder: Path) -> float:
    """Measure the contrast between the darkest and the lightest of an element's pixels as they are shown."""
    element.scroll_into_view_if_needed()
    element.screenshot(path=folder / "part.png")
    lights = luminance(imread(folder / "part.png")[..., :3])
    return float((lights.max() + 0.05) / (lights.min() + 0.05))


def light_of(element: Locator, folder: Path) -> float:
    """Measure how light the ground of an element is shown: most of its pixels are ground."""
    element.screenshot(path=folder / "part.png")
    return float(np.median(luminance(imread(folder / "part.png")[..., :3])))


@pytest.mark.parametrize("deficiency", ["deuteranopia", "achromatopsia"])
@pytest.mark.parametrize("shade", ["light", "dark"])
def test_verdicts_arms_and_readings_tell_apart_without_their_colours(
    lab: Lab,
    page: Page,
    shot: Callable[[Page, str], Path],
    theme: Callable[[Page, str], None],
    tmp_path: Path,
    deficiency: str,
    shade: str,
) -> None:
    page.set_viewport_size({"width": 1400, "height": 1400})
    cards = show(lab, page, *four_verdicts())
    theme(page, shade)
    page.context.new_cdp_session(page).send("Emulation.setEmulatedVisionDeficiency", {"type": deficiency})
    titles = cards.locator(".dw-verdict-title")
    assert titles.all_inner_texts() == ["Ship treatment", "Don\u2019t ship", "Keep running 49 more days", "Invalid"]
    signs = cards.locator(".dw-verdict .badge path").evaluate_all("all => all.map(each => each.getAttribute('d'))")
    assert len(set(signs)) == 4
    readings = cards.locator("[data-card=metrics] td.p .strong")
    assert readings.all_inner_texts() == ["Better", "Worse", "Unclear"]
    filled = cards.locator(".dw-forest .pt").evaluate_all("all => all.map(it => !it.classList.contains('hollow'))")
    assert filled == [True, True, False]
    split = cards.first.locator("[data-card=srm] .dw-split i")
    arms = cards.first.locator("[data-card=srm] tbody th")
    named = "all => all.map(it => getComputedStyle(it, '::before').content)"
    assert split.evaluate_all(named) == ['"control"', '"treatment"']
    assert arms.all_inner_texts() == ["control", "treatment"]
    words = [*titles.all(), *readings.all(), *arms.all(), *split.all(), *cards.locator(".dw-forest .bar").all()]
    measured = [(each.inner_text() or "mark", contrast(each, tmp_path)) for each in words]
    # Text needs 4.5, marks 3; smoothing takes a little from the edges of letters as thin as these.
    assert [(name, ratio) for name, ratio in measured if ratio < (3 if name == "mark" else 4.4)] == []
    cards.first.locator("[data-card=srm]").scroll_into_view_if_needed()
    shot(page, f"reader-{deficiency}-{shade}")


@pytest.mark.parametrize("where", ["lab/tree", "notebooks"])
@pytest.mark.parametrize("percent", [200, 400])
def test_zoomed_in_it_needs_no_sideways_scrolling_and_still_works(
    lab: Lab, page: Page, found: dw.DecisionResult, shot: Callable[[Page, str], Path], where: str, percent: int
) -> None:
    card = show(lab, page, found, where=where).first
    # What zoom does to a page: fewer pixels of its own on the same screen.
    page.set_viewport_size({"width": 1280 * 100 // percent, "height": 1024 * 100 // percent})
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=1280 * 100 // percent)
    card.locator(".dw-verdict-title").scroll_into_view_if_needed()
    shot(page, f"reader-zoom-{percent}-{where.split('/')[0]}")
    spilling = """it => {
        const edge = it.closest(".jp-OutputArea-output").getBoundingClientRect().right + 1;
        return [...it.querySelectorAll(":not(.vh, .vh *, .dw-scroll *, svg *)")]
            .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > edge)
            .map((each) => each.outerHTML.slice(0, 90));
    }"""
    assert card.evaluate(spilling) == []
    card.get_by_role("radio", name="Absolute").focus()
    page.keyboard.press("Space")
    assert card.locator("[data-card=metrics] .up").filter(visible=True).first.inner_text() == "+3.7\u00a0pp"
    opener = card.get_by_role("button", name="Export")
    opener.press("Enter")
    assert card.evaluate(spilling) == []
    card.get_by_role("menuitem", name="CSV").wait_for()
    page.keyboard.press("Escape")
    assert opener.evaluate("it => document.activeElement === it")


@pytest.mark.parametrize("system", ["light", "dark"])
def test_in_high_contrast_the_system_chooses_the_colours_and_marks_stay_apart(
    lab: Lab, page: Page, found: dw.DecisionResult, shot: Callable[[Page, str], Path], tmp_path: Path, system: Any
) -> None:
    page.set_viewport_size({"width": 1400, "height": 1400})
    card = show(lab, page, found).first
    colours = "all => [...new Set(all.map(each => getComputedStyle(each).backgroundColor))]"
    marks = card.locator(".dw-forest .pt:not(.hollow), .dw-split i")
    page.emulate_media(forced_colors="active", color_scheme=system)
    assert len(marks.evaluate_all(colours)) == 3
    paper = "it => getComputedStyle(it).backgroundColor"
    assert (
        card.locator(".dw-card").first.evaluate(paper) == f"rgb({', '.join(['255' if system == 'light' else '0'] * 3)})"
    )
    for words in (".dw-verdict-title", ".dw-say", ".dw-facts dd", "td.p .strong", "[data-key='result/export']"):
        assert contrast(card.locator(words).first, tmp_path) >= 7, words
    for mark in (".dw-forest .bar", ".dw-forest .pt", ".dw-split"):
        assert contrast(card.locator(mark).first, tmp_path) >= 3, mark
    radio = card.get_by_role("radio", name="Absolute")
    radio.focus()
    page.keyboard.press("Space")
    labels = [card.get_by_text(word, exact=True) for word in ("Relative", "Absolute")]
    lights = [light_of(label, tmp_path) for label in labels]
    assert (max(lights) + 0.05) / (min(lights) + 0.05) >= 3
    card.scroll_into_view_if_needed()
    shot(page, f"reader-high-contrast-{system}")


def spoken(page: Page, card: Locator) -> str:
    """Read a card as a screen reader walks it: the words of its accessibility tree, in their order."""
    session = page.context.new_cdp_session(page)
    card.evaluate("it => (window.spoken = it)")
    handle = session.send("Runtime.evaluate", {"expression": "window.spoken"})["result"]["objectId"]
    node = session.send("DOM.describeNode", {"objectId": handle})["node"]["backendNodeId"]
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {each["nodeId"]: each for each in nodes}
    top = next(each for each in nodes if each.get("backendDOMNodeId") == node)
    words: list[str] = []

    def walk(at: dict[str, Any]) -> None:
        if at["role"]["value"] in ("StaticText", "image", "button") and not at.get("ignored"):
            words.append(at["name"]["value"])
        for child in at.get("childIds", ()):
            if child in by_id:
                walk(by_id[child])

    walk(top)
    return re.sub(r"\s+", " ", " ".join(words))


@pytest.mark.parametrize("where", ["lab/tree", "notebooks"])
def test_a_screen_reader_hears_verdict_then_sentence_then_facts(
    lab: Lab, page: Page, found: dw.DecisionResult, where: str
) -> None:
    card = show(lab, page, found, where=where).first
    heard = spoken(page, card)
    parts = [
        *("Ship treatment", "Booked rose 11.1% (95% interval 4.1% to 18.6%)", "Primary uplift +11.1% +4.1% to +18.6%"),
        *("Participants 2,000", "Guardrails 2 of 2", "Sample ratio As planned", "Warnings 1 warning", "Why: 4 of 4"),
        *("Metrics", "Booked: +11.1%, 95% interval +4.1% to +18.6%", "Better p 0.002"),
    ]
    places = [heard.find(part) for part in parts]
    assert -1 not in places, heard
    assert places == sorted(places)
    tree = card.aria_snapshot()
    headings = re.findall(r'heading "([^"]+)"', tree)
    assert headings[:2] == ["Ship treatment", "Metrics"]
    assert re.search(r'article "Verdict"', tree)
    assert "··" not in heard


class Tags(HTMLParser):
    """Keep the tags that GitHub's preview of a notebook keeps: no style, script, SVG, class, role or label."""

    KEPT = frozenset(
        [
            *("a", "b", "blockquote", "br", "caption", "code", "dd", "details", "dfn", "div", "dl", "dt", "em", "h1"),
            *("h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "s", "samp", "small", "span", "strong", "sub"),
            *("summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
        ]
    )
    GONE = frozenset({"script", "style", "svg", "math"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.out, self.gone = "", 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.gone += tag in self.GONE
        if tag in self.KEPT and not self.gone:
            self.out += f"<{tag}{' open' if ('open', None) in attrs else ''}>"

    def handle_endtag(self, tag: str) -> None:
        if tag in self.KEPT and not self.gone:
            self.out += f"</{tag}>"
        self.gone -= tag in self.GONE

    def handle_data(self, data: str) -> None:
        if not self.gone:
            self.out += data.replace("&", "&amp;").replace("<", "&lt;")


def assert_readable(text: str) -> None:
    """Check that verdict, sentence, uplift, interval and p can be read, the verdict before the metric."""
    plain = text.replace("\u00a0", " ")
    missing = [word for word in (*SAID, *METRIC) if word.replace("\u00a0", " ") not in plain]
    assert missing == []
    assert plain.index(VERDICT) < plain.index("Primary uplift") < plain.rindex("+4.1% to +18.6%")


@pytest.fixture
def offline(browser: Browser) -> Iterator[Page]:
    """Give a page where scripts are off; it may ask for nothing off this machine."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1200, "height": 1400})
    outside: list[str] = []
    context.on("request", lambda asked: outside.append(asked.url) if is_outside(asked.url) else None)
    yield context.new_page()
    context.close()
    assert outside == []


def test_where_only_tags_are_kept_it_still_says_all(
    offline: Page, found: dw.DecisionResult, shot: Callable[[Page, str], Path]
) -> None:
    tags = Tags(found._repr_mimebundle_()["text/html"]).out
    offline.set_content(f'<body style="font-family:sans-serif">{tags}</body>')
    shot(offline, "reader-tags-only")
    assert_readable(offline.locator("body").inner_text())
    row = offline.locator("table tbody tr").first
    assert all(word in row.inner_text() for word in METRIC)
    assert "|[━●━]·" in row.inner_text()
    assert offline.locator("button, input, select, [role=menu]").count() == 0
    assert offline.locator("dl, table, details").count() > 5


def test_where_only_text_is_kept_it_still_says_all(found: dw.DecisionResult) -> None:
    text = found._repr_mimebundle_()["text/plain"]
    assert text.startswith(f"{VERDICT}\nBooked rose 11.1% (95% interval 4.1% to 18.6%)")
    row = next(line for line in text.splitlines() if line.startswith("Booked  "))
    assert all(word in row for word in ("+11.1%", "+4.1% to +18.6%", "0.002", "Better"))


def test_an_untrusted_notebook_shows_the_whole_result_without_a_dead_button(
    lab: Lab, page: Page, found: dw.DecisionResult, shot: Callable[[Page, str], Path]
) -> None:
    page.set_viewport_size({"width": 1400, "height": 1400})
    saved(found, lab.root / "untrusted.ipynb")
    page.goto(f"{lab.url}/lab/tree/untrusted.ipynb?reset")
    output = page.locator(".dw-SavedCard, .jp-RenderedHTML").filter(has_text=VERDICT).filter(visible=True).first
    output.wait_for()
    assert not page.evaluate("window.jupyterapp.shell.currentWidget.content.model.cells.get(0).trusted")
    assert_readable(output.inner_text())
    row = output.locator("table tbody tr").first
    assert "+11.1% (+4.1% to +18.6%); absolute +3.7\u00a0pp" in row.inner_text()
    assert output.locator("button, input, select, script, [role=menu]").count() == 0
    shot(page, "reader-untrusted")


ANALYSIS = """\
import decision_widgets as dw
words = dict(participant="rider_id", arm="variant", control="control", metrics=["booked"])
dw.analyze(dw.examples.ride_hailing(riders=2000), dw.BetweenSubject(**words))
"""
# Otherwise nbconvert prefers the widgets that it saw, which a script from the web would have to show.
EXECUTE = ["--execute", "--ExecutePreprocessor.store_widget_state=False"]


@pytest.fixture(scope="module", params=["saved", "executed"])
def converted(
    request: pytest.FixtureRequest, found: dw.DecisionResult, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Convert a notebook as people do, by nbconvert's own command: as it was saved, or run anew."""
    notebook = tmp_path_factory.mktemp("converted") / "result.ipynb"
    if request.param == "saved":
        saved(found, notebook)
    else:
        cells = [new_code_cell(ANALYSIS)]
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC}), notebook)
    flags = EXECUTE if request.param == "executed" else []
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", *flags, str(notebook)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return notebook.with_suffix(".html")


def test_the_page_of_nbconvert_reads_without_scripts(
    browser: Browser, converted: Path, shot: Callable[[Page, str], Path]
) -> None:
    # Its own page asks for MathJax and RequireJS; with scripts off nothing of them is missed.
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1200, "height": 1400})
    page = context.new_page()
    page.route(lambda url: is_outside(url), lambda route: route.abort())
    page.goto(f"file://{converted}")
    shot(page, "reader-nbconvert-html")
    output = page.locator("[data-card=result]")
    assert_readable(output.inner_text())
    assert output.locator(".dw-forest .bar").first.is_visible()
    assert output.locator("button, input, select, [role=menu]").count() == 0
    context.close()


def test_the_page_of_nbconvert_reads_on_paper(browser: Browser, converted: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route(lambda url: is_outside(url), lambda route: route.abort())
    page.goto(f"file://{converted}")
    pages = pages_of(page.pdf(format="A4", print_background=True))
    context.close()
    words = [re.sub(r"\s", "", word) for word in (*SAID, *METRIC)]
    # It keeps a cell in one piece where it can, so the code stands on a page before.
    said = next(each for each in pages if "Shiptreatment" in each)
    assert [word for word in words if word not in said] == []


def test_a_dark_screen_prints_on_white_with_verdict_and_metrics_on_the_first_page(
    browser: Browser, found: dw.DecisionResult, shot: Callable[[Page, str], Path]
) -> None:
    html = found.to_html(full_page=True).replace("<body>", '<body data-jp-theme-light="false" style="background:#111">')
    context = browser.new_context(viewport=A4, color_scheme="dark")
    page = context.new_page()
    page.set_content(html)
    dark = page.locator(".dw-card").first.evaluate("it => getComputedStyle(it).backgroundColor")
    assert dark == "rgb(33, 33, 33)"
    pages = pages_of(page.pdf(format="A4", print_background=True))
    first = pages[0]
    for row in page.locator("[data-card=metrics] tbody tr").all():
        words = row.locator(".name, .up, .iv, td.p .strong").filter(visible=True).all_inner_texts()
        assert all(re.sub(r"\s", "", word) in first for word in words), words
    for table in page.locator(".dw-basics tbody tr, [data-card=srm] tbody tr").filter(visible=True).all():
        whole = re.sub(r"\s", "", table.inner_text())
        assert any(whole in each for each in pages), whole
    page.emulate_media(media="print")
    shot(page, "reader-dark-on-paper")
    assert page.locator(".dw-card").first.evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(255, 255, 255)"
    context.close()
