"""What axe finds wrong with a part of a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

LIVE = ".dw-live ~ div"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def violations(page: Page, within: str = LIVE, rules: tuple[str, ...] = RULES) -> list[Any]:
    """Return what breaks the rules there, each with the HTML of the places."""
    axe = pytest.importorskip("axe_core_python", reason="axe-core-python is not installed: pip install -e '.[test]'")
    if page.evaluate("window.axe === undefined"):
        page.evaluate(Path(axe.__file__).with_name("axe.min.js").read_text("utf-8"))
    found: list[Any] = page.evaluate(
        "([within, values]) => axe.run(within, {runOnly: {type: 'tag', values}, iframes: false})"
        ".then(report => report.violations.map(each => [each.id, each.nodes.map(node => node.html)]))",
        [within, list(rules)],
    )
    return found
