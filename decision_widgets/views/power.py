"""How many participants and days: the answer in words, every metric and pair of arms, and the weeks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decision_widgets.views import numbers
from decision_widgets.views.markup import card, escape, rich
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, fold, number, table_html, words
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.power/1"
_HEADER = ("Metric", "Arms", "Participants", "Days", "Smallest change", "Power", "ICC", "Design effect")
_WEEKS = ("Days", "Control", "Treatment", "Power", "Smallest change")


def to_html(payload: Payload) -> str:
    """Show the power card."""
    state = state_of(payload)
    body = [state.note, f'<p class="dw-say dw-answer">{rich(payload.get("sentence") or ())}</p>']
    body.append(table_html("Metrics and arms", _head(_HEADER), [_html_cells(_cells(row)) for row in _rows(payload)]))
    if payload.get("weeks"):
        weeks = table_html("Weeks", _head(_WEEKS), [_html_cells(line) for line in _week_lines(payload)])
        body.append(fold("weeks", "Smallest change by weeks", weeks, opened=False))
    if payload.get("method"):
        body.append(f'<p class="muted small">{escape(payload["method"])}</p>')
    if payload.get("code"):
        lines = "\n".join(payload["code"])
        body.append(fold("code", "Python", f"<pre><code>{escape(lines)}</code></pre>", opened=False))
    title = f"Power: {one_line(payload['label'])}" if payload.get("label") else "Power"
    return card("power", title, "".join(body), css="dw-power" + state.css)


def to_text(payload: Payload) -> str:
    """Write the answer, then aligned tables of metrics and weeks."""
    parts = ["".join(str(piece["text"]) for piece in payload.get("sentence") or ())]
    parts.append(table(_HEADER, [_cells(row) for row in _rows(payload)]))
    if payload.get("weeks"):
        parts.append(table(_WEEKS, list(_week_lines(payload))))
    if payload.get("method"):
        parts.append(one_line(payload["method"]))
    return "\n\n".join(part for part in parts if part)


def to_markdown(payload: Payload) -> str:
    """Write the answer and the table of metrics as Markdown."""
    said = "".join(
        f"**{one_line(piece['text'])}**" if piece.get("strong") else str(piece["text"])
        for piece in payload.get("sentence") or ()
    )
    lines = [_HEADER, ("---",) * len(_HEADER), *(_cells(row) for row in _rows(payload))]
    return said + "\n\n" + "\n".join(f"| {' | '.join(_in_cell(cell) for cell in line)} |" for line in lines)


def _in_cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")


def _rows(payload: Payload) -> Sequence[Payload]:
    rows: Sequence[Payload] = payload.get("rows") or ()
    return rows


def _cells(row: Payload) -> list[str]:
    pair = f"{one_line(row['arm'])} : {one_line(row['control'])}"
    name = one_line(row.get("label") or row["metric"])
    if row.get("error"):
        return [name, pair, one_line(row["error"]["title"]), *[numbers.NOT_AVAILABLE] * (len(_HEADER) - 3)]
    days = numbers.NOT_AVAILABLE if row.get("days") is None else numbers.integer(row["days"])
    return [
        name,
        pair,
        numbers.integer(row["n_participants"]),
        days,
        change(row.get("relative_mde"), row["mde"]),
        numbers.level_percent(row["power"]),
        _or_dash(row.get("icc"), 3),
        _or_dash(row.get("design_effect"), 2),
    ]


def change(relative: float | None, absolute: float) -> str:
    """Write the size of a change: a fraction of the control where there is one."""
    return numbers.level(absolute, "continuous") if relative is None else numbers.level_percent(relative)


def _or_dash(value: float | None, digits: int) -> str:
    return numbers.NOT_AVAILABLE if value is None else numbers.fixed(value, digits)


def _week_lines(payload: Payload) -> Iterator[list[str]]:
    relative = (payload.get("inputs") or {}).get("relative", True)
    for week in payload["weeks"]:
        seen = week.get("detectable_effect")
        shown = numbers.NOT_AVAILABLE if seen is None else change(abs(seen) if relative else None, abs(seen))
        yield [numbers.integer(week["days"]), numbers.integer(week["n_control"]), numbers.integer(week["n_treatment"]),
               numbers.level_percent(week["power"]), shown]  # fmt: skip


def _head(names: Sequence[str]) -> list[Cell]:
    return [Cell(escape(name), "" if at < 2 else "num") for at, name in enumerate(names)]


def _html_cells(cells: Sequence[str]) -> list[Cell]:
    return [words(cell) if at < 2 else number(cell) for at, cell in enumerate(cells)]
