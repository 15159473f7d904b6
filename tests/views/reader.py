"""How a host reads a card when it drops styles, scripts and SVG, for the tests of views."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from decision_widgets.views.html import to_html
from decision_widgets.views.schemas import Payload

VOID = {"br", "hr", "meta", "path", "img"}
EVIL = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


class Reader(HTMLParser):
    """Reads as a host that drops styles, scripts and SVG: what is left is text and which tags were seen."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        self.text += "\n" if tag in {"p", "tr", "li", "article", "div"} else " "

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script", "svg"} & set(self.open):
            self.text += data


def stripped(payload: Payload) -> str:
    return re.sub(r"[ \t]+", " ", Reader(to_html(payload)).text)
