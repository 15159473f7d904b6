"""Whether slots leak into each other: how far residuals of neighbouring slots go together, lag by lag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from decision_widgets.views import numbers
from decision_widgets.views.markup import card, plain, rich, tag
from decision_widgets.views.numbers import NBSP
from decision_widgets.views.plot import Scale, plot_html, scale_over
from decision_widgets.views.schemas import Payload
from decision_widgets.views.slots import length_text
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, fold, number, table_html
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.acf/1"
_TITLE: Final = "Do slots leak into each other?"
_NONE: Final = "Too few neighbouring slots to tell how residuals go together."
_HEAD: Final = ("Lag", "Time apart", "Correlation", "Beyond noise")


def to_html(payload: Payload) -> str:
    """Show the card of autocorrelation."""
    state = state_of(payload)
    lags = _lags(payload)
    if not lags:
        return card("acf", _TITLE, state.note or f'<p class="dw-say">{_NONE}</p>', css="dw-acf" + state.css)
    say = f'<p class="dw-say">{rich(_sentence(payload))}</p>'
    legend = (
        f'<p class="dw-key"><span><i class="dw-sw above"></i>{plain("█ ")}above noise</span>{plain("; ")}'
        f'<span><i class="dw-sw within"></i>{plain("░ ")}within noise</span>{plain("; ")}'
        f'<span><i class="dw-sw band"></i>95% noise band ±{_coefficient(payload["crit"])}</span></p>'
    )
    head = [Cell(name, "num" if at else "") for at, name in enumerate(_HEAD)]
    lines = [[Cell(texts[0]), *(number(text) for text in texts[1:])] for texts in _lines(payload)]
    numbers_fold = fold("acf/values", "Numbers", table_html("Correlation by lag", head, lines), opened=False)
    body = f"{state.note}{say}{_chart(payload, lags)}{legend}{numbers_fold}"
    return card("acf", _TITLE, body, mark=_tag(payload), css="dw-acf" + state.css)


def to_text(payload: Payload) -> str:
    """Write the sentence and one line per lag."""
    if not _lags(payload):
        return f"{_TITLE} {_NONE}"
    said = "".join(str(piece["text"]) for piece in _sentence(payload))
    return f"{_TITLE} {said}\n{table(_HEAD, _lines(payload))}"


def _lags(payload: Payload) -> Sequence[float | None]:
    given: Sequence[float | None] = (payload.get("acf") or ())[1:]
    return given if any(value is not None for value in given) and payload.get("crit") is not None else ()


def _is_above(payload: Payload, value: float | None) -> bool:
    return value is not None and abs(value) > float(payload["crit"])


def _tag(payload: Payload) -> str:
    if not _is_above(payload, _lags(payload)[0]):
        return tag("Within noise", "good", "check")
    return tag("lag 1", "warn")


def _sentence(payload: Payload) -> list[dict[str, object]]:
    lags, gone = _lags(payload), payload.get("gone_at")
    of_metric = f" of {one_line(payload['label'])}" if payload.get("label") else ""
    cluster = one_line(payload.get("cluster") or "one draw of the schedule")
    noise = f"noise limit ±{_coefficient(payload['crit'])}"
    first = lags[0]
    if first is None or not _is_above(payload, first):
        known = "unknown" if first is None else _coefficient(first)
        said = f"Residuals{of_metric} in neighbouring slots show no clear correlation (lag{NBSP}1: {known}; {noise}). "
        return [
            _piece(said),
            _piece(f"Errors are clustered by {cluster} all the same, because that is what was drawn."),
        ]
    if gone == 1:
        left = ". "
    elif gone is None:
        left = f", and the link is still there at lag{NBSP}{len(lags)}. "
    else:
        left = (
            f", and the link is gone by lag{NBSP}{numbers.integer(gone)} ({length_text(gone * payload['lag_min'])}). "
        )
    return [
        _piece(f"Residuals{of_metric} in neighbouring slots are correlated (lag{NBSP}1: "),
        _piece(_coefficient(first), strong=True),
        _piece(f"; {noise}){left}Errors are clustered by {cluster}, which allows any correlation within."),
    ]


def _piece(text: str, *, strong: bool = False) -> dict[str, object]:
    return {"text": text, "strong": strong}


def _coefficient(value: float) -> str:
    return numbers.fixed(value, 2)


def _lines(payload: Payload) -> list[list[str]]:
    return [
        [
            str(lag),
            length_text(lag * payload["lag_min"]),
            numbers.NOT_AVAILABLE if value is None else numbers.fixed(value, 3),
            "yes" if _is_above(payload, value) else "no",
        ]
        for lag, value in enumerate(_lags(payload), start=1)
    ]


def _chart(payload: Payload, lags: Sequence[float | None]) -> str:
    crit = float(payload["crit"])
    scale = scale_over([-crit, crit, 0.0, *(value for value in lags if value is not None)], "continuous")
    n = len(lags)
    zero = scale.top(0.0)
    bars = "".join(_bar(payload, scale, at, n, value) for at, value in enumerate(lags) if value is not None)
    top, bottom = scale.top(crit), scale.top(-crit)
    band = f'<rect class="band" x="0" width="100" y="{top:.2f}" height="{bottom - top:.2f}"/>'
    axis = f'<line class="zero" x1="0" x2="100" y1="{zero:.2f}" y2="{zero:.2f}"/>'
    every = max(1, -(-n // 12))
    x_ticks = [((at + 0.5) / n * 100, str(at + 1)) for at in range(n) if at % every == every - 1 or every == 1]
    return plot_html(
        "Correlation of residuals by lag",
        marks=f"{band}{axis}{bars}",
        y_ticks=[(scale.top(tick), scale.label(tick)) for tick in scale.ticks],
        x_ticks=x_ticks,
        x_label=f"lag, slots of {length_text(payload['lag_min'])}",
        css="acf",
    )


def _bar(payload: Payload, scale: Scale, at: int, n: int, value: float) -> str:
    width = min(1.6, 40 / n)
    top, height = min(scale.top(value), scale.top(0.0)), abs(scale.top(value) - scale.top(0.0))
    css = "above" if _is_above(payload, value) else "within"
    left = (at + 0.5) / n * 100 - width / 2
    return f'<rect class="{css}" x="{left:.2f}" width="{width:.2f}" y="{top:.2f}" height="{height:.2f}"/>'
