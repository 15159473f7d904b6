"""A payload as HTML that stands alone: a fragment for an output cell, a page for an exported report.

No script, no ids, nothing random: the same payload gives the same text, and it keeps its sense when a host
drops styles and SVG.
"""

from __future__ import annotations

from decision_widgets.views.markup import card, escape
from decision_widgets.views.schemas import Payload, stems_of, view_of
from decision_widgets.views.styles import stylesheet

__all__ = ["PAGE_STYLE", "escape", "markup", "page", "part", "to_html"]

PAGE_STYLE = (
    "body{margin:0;background:#fff;color:#212121}main{max-width:1160px;margin:0 auto;padding:20px 16px}"
    "h1{font:600 20px/1.3 system-ui,-apple-system,'Segoe UI',sans-serif;margin:0 0 12px}"
)


def to_html(payload: Payload) -> str:
    """Show a payload as one self-contained fragment, its style included."""
    return f'<div class="dw"><style>{stylesheet(stems_of(payload))}</style>{part(payload)}</div>'


def markup(payload: Payload) -> str:
    """Show a payload without its style, for a host that brings the style itself."""
    return f'<div class="dw">{part(payload)}</div>'


def part(payload: Payload) -> str:
    """Show one card; a card that this version does not know says so instead of vanishing."""
    schema = str(payload.get("schema"))
    view = view_of(schema)
    if view is not None:
        return view.to_html(payload)
    text = f"This card ({schema}) was made by another version of decision_widgets and cannot be shown here."
    return card("unknown", "Unknown card", f'<p class="dw-say">{escape(text)}</p>')


def page(payload: Payload, title: str) -> str:
    """Show a payload as a whole document that opens without a network, in light colours."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{PAGE_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{to_html(payload)}</main></body></html>\n"
    )
