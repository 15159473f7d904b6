"""The metric rows: name, interval on a shared axis, uplift, reading, and the method behind each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decision_widgets.views import numbers
from decision_widgets.views.axis import Axis, relative_interval, shared_axis
from decision_widgets.views.forest import axis_html, bar_html, drawing_html, legend_html, mark_class
from decision_widgets.views.markup import card, escape, message, plain, tag, term, tone_class
from decision_widgets.views.readings import (
    RowText,
    interval_name,
    label_of,
    labelled,
    limit_text,
    row_text,
    shared_error,
)
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.metrics/1"
_WITHHELD = "Withheld"


def to_html(payload: Payload) -> str:
    """Show the metrics card: a real table that the style lays out as rows with a forest."""
    state = state_of(payload)
    rows = labelled(payload.get("rows") or ())
    if not rows:
        return card("metrics", "Metrics", state.note + '<p class="dw-say">No metric was analysed.</p>')
    error = shared_error(rows) if len(rows) > 1 else None
    axis = shared_axis(rows)
    several = _several_arms(rows)
    drawn = (
        _row(row, previous, axis, payload, several, withheld=error is not None)
        for row, previous in _with_previous(rows)
    )
    grid = (
        f'<table class="dw-rows" role="table" aria-label="Metrics">{_head(axis, payload)}'
        f'<tbody role="rowgroup">{"".join(drawn)}</tbody></table>'
    )
    body = state.note + (_error(error) if error else "") + grid + legend_html(axis, rows, several)
    return card("metrics", "Metrics", body, css="dw-metrics long" + state.css)


def to_text(payload: Payload) -> str:
    """Write an aligned table of the metric rows; a row that failed says why."""
    rows = labelled(payload.get("rows") or ())
    several = _several_arms(rows)
    interval = interval_name(payload.get("level"))
    header = ["Metric", *(["Arm"] if several else []), "Uplift", interval, "Absolute", "p", "Adj. p", "Reading"]
    lines, failures = [], []
    for row in rows:
        if row.get("error"):
            failures.append(one_line(f"{row['error']['title']} {row['error'].get('text') or ''}"))
            continue
        said = row_text(row, payload.get("level"))
        uplift = said.relative or numbers.EffectText(numbers.NOT_AVAILABLE, numbers.NOT_AVAILABLE)
        absolute = f"{said.absolute.effect} ({said.absolute.interval})" if said.absolute else numbers.NOT_AVAILABLE
        adjusted = said.p_adjusted or numbers.NOT_AVAILABLE
        arm = [said.arm] if several else []
        reading = said.reading.word + (f" ({said.reading_note})" if said.reading_note else "")
        lines.append([said.label, *arm, *uplift, absolute, said.p, adjusted, reading])
    if len(rows) > 1 and shared_error(rows):
        names = ", ".join(dict.fromkeys(label_of(row) for row in rows))
        failures = [failures[0], f"{_WITHHELD}: {names}."]
    return "\n".join([*([table(header, lines)] if lines else []), *failures])


def _several_arms(rows: Sequence[Payload]) -> bool:
    return len({row.get("arm") for row in rows}) > 1


def _with_previous(rows: Sequence[Payload]) -> Iterator[tuple[Payload, Payload | None]]:
    previous: Payload | None = None
    for row in rows:
        yield row, previous
        previous = row


def _head(axis: Axis | None, payload: Payload) -> str:
    ruler = axis_html(axis) if axis else ""
    uplift = f"{term('Uplift', 'uplift')}, {interval_name(payload.get('level'))}"
    cells = "".join(
        f'<th role="columnheader" scope="col" class="{css}">{html}</th>'
        for css, html in (
            ("n", "Metric"),
            ("f", ruler or '<span class="vh">Interval</span>'),
            ("e", uplift),
            ("p", "Reading"),
            ("d", '<span class="vh">Method</span>'),
        )
    )
    return f'<thead role="rowgroup"><tr role="row" class="dw-mrow head">{cells}</tr></thead>'


def _error(error: Payload) -> str:
    return message("error", error["title"], error.get("text") or "", error.get("do"), error.get("code"))


def _row(
    row: Payload, previous: Payload | None, axis: Axis | None, payload: Payload, several: bool, *, withheld: bool
) -> str:
    again = previous is not None and previous["metric"] == row["metric"]
    name = f'<th role="rowheader" scope="row" class="n">{_name(row, several, again)}</th>'
    css = "dw-mrow" + (" again" if again else "")
    if row.get("error"):
        block = f'<span class="muted">{_WITHHELD}</span>' if withheld else _error(row["error"])
        cell = f'<td role="cell" class="x" colspan="4" aria-colspan="4">{block}</td>'
        return f'<tr role="row" class="{css}">{name}{cell}</tr>'
    said = row_text(row, payload.get("level"))
    cells = (
        ("f", _forest(row, said, axis, payload, several)),
        ("e", _uplift(said)),
        ("p small", _reading(said)),
        ("d", _details(row, said)),
    )
    body = "".join(f'<td role="cell" class="{css_}">{html}</td>' for css_, html in cells)
    return f'<tr role="row" class="{css} {tone_class(said.reading.tone)}">{name}{body}</tr>'


def _name(row: Payload, several: bool, again: bool) -> str:
    hint = {"increase": "↑ higher is better", "decrease": "↓ lower is better"}.get(str(row.get("direction")), "")
    label = f'<span class="name">{escape(label_of(row))}</span>'
    notes = f'{tag(str(row.get("role") or "metric"))} <span class="muted small">{hint}</span>'
    block = f'{label} <span class="row notes">{notes}</span>'
    arm = (
        f'<span class="arm"><i class="dw-dot sq {mark_class(row)}"></i>{escape(one_line(row.get("arm") or ""))}</span>'
    )
    if not several:
        return block
    return f'<span class="vh">{escape(label_of(row))}, </span>{arm}' if again else f"{block} {arm}"


def _forest(row: Payload, said: RowText, axis: Axis | None, payload: Payload, several: bool) -> str:
    interval = relative_interval(row)
    if axis is None or interval is None:
        return f'<span class="muted small">{escape(said.no_bar)}</span>'
    name = said.label + (f", {said.arm}" if several else "")
    effect = said.relative or numbers.EffectText("", "")
    label = f"{name}: {effect.effect}, {interval_name(payload.get('level'))} {effect.interval}"
    colour = mark_class(row) if several else tone_class(said.reading.tone)
    bar = bar_html(axis, interval, row, filled=said.reading.filled, colour=colour, label=label)
    return bar + drawing_html(axis, interval, said)


def _uplift(said: RowText) -> str:
    tone = "" if said.guardrail or not said.reading.filled else " tone"
    if said.headline is None:
        return numbers.NOT_AVAILABLE
    if said.relative is None or said.absolute is None:
        return _effect(said.headline, tone, "v-one")
    return _effect(said.relative, tone, "v-rel") + plain("; absolute ") + _effect(said.absolute, tone, "v-abs")


def _effect(effect: numbers.EffectText, tone: str, css: str) -> str:
    return (
        f'<span class="{css}"><b class="up{tone}">{escape(effect.effect)}</b> {plain("(")}'
        f'<span class="small iv">{escape(effect.interval)}</span>{plain(")")}</span>'
    )


def _reading(said: RowText) -> str:
    word = f'<span class="strong tone">{escape(said.reading.word)}</span>'
    note = f'{plain("; ")} <span class="muted note">{escape(said.reading_note)}</span>' if said.reading_note else ""
    return f'{word}{plain(", ")} <span class="muted pv">{escape(said.p_text)}</span>{note}'


def _details(row: Payload, said: RowText) -> str:
    key = escape(f"{row['metric']}/{row.get('arm') or ''}")
    method = escape(row.get("method") or "Details") + _removed(row)
    codes = " ".join(f"<code>{escape(code)}</code>" for code in row.get("codes") or ())
    notes = [row.get("evidence"), row.get("companion"), limit_text(row), said.no_bar]
    lines = "".join(f'<p class="muted">{escape(note)}</p>' for note in notes if note)
    marks = f'<p class="muted">{codes}</p>' if codes else ""
    return (
        f'<details data-key="{key}"><summary class="small muted">{method}</summary><div class="more small">'
        f"{_pairs(_effects(row, said))}{_pairs(_evidence(row, said))}"
        f'<div class="notes">{lines}{marks}</div></div></details>'
    )


def _removed(row: Payload) -> str:
    share = row.get("variance_reduction") or 0.0
    return "" if share <= 0 else plain("; ") + tag(f"removes {numbers.level_percent(share)} of the variance", "wait")


def _pairs(pairs: Iterator[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
    return f'<dl class="dw-kv">{rows}</dl>'


def _effects(row: Payload, said: RowText) -> Iterator[tuple[str, str]]:
    kind = str(row.get("kind") or "continuous")
    yield from _levels(row, said, kind)
    for name, effect in (("Relative uplift", said.relative), ("Absolute uplift", said.absolute)):
        yield name, f"{effect.effect} ({effect.interval})" if effect else numbers.NOT_AVAILABLE
    if said.deciding:
        yield f"Interval for the decision ({said.deciding.level}{said.deciding.when})", said.deciding.interval


def _levels(row: Payload, said: RowText, kind: str) -> Iterator[tuple[str, str]]:
    names = "Control mean", f"{said.arm[:1].upper()}{said.arm[1:]} mean"
    control, treatment = row.get("control_mean"), row.get("treatment_mean")
    if control is not None and treatment is not None:
        yield from zip(names, numbers.levels(control, treatment, kind), strict=True)
        return
    for name, mean in zip(names, (control, treatment), strict=True):
        if mean is not None:
            yield name, numbers.level(mean, kind)


def _evidence(row: Payload, said: RowText) -> Iterator[tuple[str, str]]:
    yield "p-value", said.p
    if said.p_adjusted is None:
        yield "Adjusted", "not in a family"
    else:
        family = f", {numbers.integer(row['family'])} metrics" if (row.get("family") or 0) > 1 else ""
        yield f"Adjusted ({row.get('adjustment') or 'none'}{family})", said.p_adjusted
    yield "Kind", str(row.get("kind") or numbers.NOT_AVAILABLE)
    if row.get("n_observations") is not None:
        clusters = f" in {numbers.integer(row['n_clusters'])} clusters" if row.get("n_clusters") is not None else ""
        yield "Observations", numbers.integer(row["n_observations"]) + clusters
    if row.get("n_control") is not None and row.get("n_treatment") is not None:
        yield "Per arm", f"{numbers.integer(row['n_control'])} and {numbers.integer(row['n_treatment'])}"
