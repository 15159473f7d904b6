"""A live card in a page without JupyterLab: the same script, with a model that records what is sent to the kernel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from decision_widgets.cards.bundle import script
from decision_widgets.views.styles import stylesheet

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = ("payload", "html", "controls", "error")
WHERE = "http://127.0.0.1/card"
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A card</title></head>
<body data-jp-theme-light="{light}" style="margin:0;background:{paper}">
<style>{style}</style><main><div id="el"></div></main>
<script type="module">
const state = {state};
const handlers = {{}};
const model = {{
  get: (name) => state[name],
  set: (name, value) => {{ state[name] = value; }},
  save_changes: () => {{
    (window.sent ??= []).push(structuredClone(state.controls));
    (handlers["change:controls"] ?? []).forEach((run) => run());
  }},
  on: (name, run) => (handlers[name] ??= []).push(run),
  off: () => {{}},
}};
window.arrive = (changed) => {{
  Object.assign(state, changed);
  for (const name of Object.keys(changed)) (handlers[`change:${{name}}`] ?? []).forEach((run) => run());
}};
{script}
const began = performance.now();
render({{ model, el: document.getElementById("el") }});
requestAnimationFrame(() => setTimeout(() => {{ window.painted = performance.now() - began; }}));
</script></body></html>"""


def page_of(
    card: Any, *, names: tuple[str, ...] = NAMES, stems: tuple[str, ...] = (), dark: bool = False, head: str = ""
) -> str:
    """Write the page of a card, whose traits of these names its model has."""
    stems = stems or type(card).stems()
    style = stylesheet(stems)
    state = json.dumps({name: getattr(card, name) for name in names} | {"_css": style}).replace("</", "<\\/")
    code = script(stems).replace("export default { render };", head)
    light, paper = ("false", "#111") if dark else ("true", "#fff")
    dark_lab = "body{--jp-layout-color1:#212121;--jp-ui-font-color1:rgba(255,255,255,.87);--jp-brand-color2:#64b5f6}"
    return PAGE.format(light=light, paper=paper, style=(dark_lab if dark else "") + style, state=state, script=code)


def visit(page: Page, html: str, where: str = WHERE) -> None:
    """Show a page as one of this machine, so that it counts as safe for the clipboard."""
    page.route(where, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(where)
