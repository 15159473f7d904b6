"""How many participants and days: the answer in words, every metric and pair of arms, and the weeks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decision_widgets.views import numbers
from decision_widgets.views.markup import escape, heading, message, rich, tag
from decision_widgets.views.power_chart import chart_html
from decision_widgets.views.power_words import answer, below, change, percent
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, arm_html, fold, number, table_html, words
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.power/1"
_HEADER = ("Metric", "Arms", "Participants", "Days", "Smallest change", "Power", "ICC", "Design effect")
_WEEKS = ("Days", "Control", "Treatment", "Power", "Smallest change")


def to_html(payload: Payload) -> str:
    """Show the power card: what its script repaints stands in slots."""
    state = state_of(payload)
    title = f"Power: {one_line(payload['label'])}" if payload.get("label") else "Power"
    return (
        f'<article class="dw-power{state.css}" data-card="power" aria-label="{escape(title)}">'
        f'<div class="dw-form" data-form></div><div class="dw-power-body" data-body>{_body(payload, title, state.note)}'
        "</div></article>"
    )


def _body(payload: Payload, title: str, note: str) -> str:
    told = payload.get("metric") is not None
    main = [
        f'<header class="dw-head">{heading(escape(title), 3, "dw-title")}<span class="grow"></span>'
        f'<span data-slot="tag">{_tag(payload)}</span></header>',
        note,
        f'<p class="dw-answer" data-slot="answer">{rich(answer(payload))}</p>',
        f'<p class="muted below" data-slot="below">{escape(below(payload))}</p>',
        '<div data-slot="note"></div>',
        chart_html(payload) if told else "",
        "<div data-knobs></div><div data-chips></div>",
    ]
    left = _pane("".join(main), "main")
    if not told:
        return left + _messages(payload) + (_pane(_rows_html(payload)) if payload.get("rows") else "")
    left += _pane(_arms_html(payload)) + _messages(payload) + _pane(_details(payload))
    right = _pane(_likeness_html(payload), "likeness") + _pane(_sees_html(payload))
    return f'<div class="dw-power-columns"><div class="stack">{left}</div><div class="stack">{right}</div></div>'


def _pane(html: str, css: str = "") -> str:
    return f'<section class="dw-card {css}">{html}</section>'


def _tag(payload: Payload) -> str:
    return tag("confirmed by Python", "good", "check") if payload.get("metric") is not None else ""


def _title(text: str, aside: str = "") -> str:
    note = f'<span class="grow"></span><span class="muted small">{escape(aside)}</span>' if aside else ""
    return f'<div class="dw-head">{heading(escape(text), 4, "dw-title")}{note}</div>'


def _messages(payload: Payload) -> str:
    said = "".join(
        message(item["severity"], item["title"], item["text"], item.get("do"), item["code"])
        for item in payload.get("messages") or ()
    )
    return f'<div class="stack" data-slot="messages">{said}</div>'


def _arms_html(payload: Payload) -> str:
    inputs = payload["inputs"]
    daily = inputs.get("daily_units")
    aside = "" if not daily else f"traffic: {numbers.integer(daily)} new participants a day"
    names = ("Share", "Participants", "Observations", *(("A day",) if daily else ()))
    head = [Cell("Arm"), *(Cell(escape(name), "num") for name in names)]
    n, rows = numbers.plan_size(payload["answer"]["n_units"]), []
    for arm in payload["arms"]:
        share = arm["share"]
        texts = [percent(share), numbers.integer(n * share), numbers.integer(n * share * inputs["m"])]
        texts += [numbers.integer(daily * share)] if daily else []
        rows.append([Cell(arm_html(arm["id"], arm["index"])), *map(number, texts)])
    return _title("Arms", aside) + f'<div data-slot="arms">{table_html("Arms", head, rows)}</div>'


def _likeness_html(payload: Payload) -> str:
    inputs, found = payload["inputs"], payload["answer"]
    history = payload.get("history") or {}
    source = "From typed numbers."
    if history.get("source") == "history" and history.get("participants"):
        as_of = f", as of {history['as_of']}" if history.get("as_of") else ""
        source = f"From a history of {numbers.integer(history['participants'])} participants{as_of}."
    lines = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in _likeness(payload, inputs, found)
    )
    return (
        _title("Repeated observations") + f'<p class="small muted">{escape(source)}</p>{_sizes_html(payload)}'
        f'<div data-icc></div><dl class="dw-kv" data-slot="likeness">{lines}</dl>'
    )


def _likeness(payload: Payload, inputs: Payload, found: Payload) -> Iterator[tuple[str, str]]:
    m, deff = inputs["m"], payload.get("design_effect")
    if inputs.get("icc") is not None:
        found_icc = inputs.get("icc_found")
        instead = "" if found_icc is None else f" (what if; {numbers.fixed(found_icc, 3)} is known)"
        yield f"Intraclass correlation{instead}", numbers.fixed(inputs["icc"], 3)
    yield "Observations per participant", f"{numbers.fixed(m, 2)} ± {numbers.fixed(m * inputs['cv'], 2)}"
    if deff is not None:
        yield "Design effect", f"×{numbers.NBSP}{numbers.fixed(deff, 2)}"
    if inputs.get("vr") is not None:
        removed = f"{numbers.MINUS}{numbers.fixed(inputs['vr'] * 100, 1)}% variance"
        yield "CUPED", removed if inputs["cuped"] else "off"
    collected = numbers.plan_size(found["n_units"] * m)
    yield "Observations you collect", numbers.integer(collected)
    if deff is not None:
        yield "… worth, if independent", numbers.integer(numbers.plan_size(found["n_units"] * m / deff))


def _sizes_html(payload: Payload) -> str:
    sizes: Sequence[int] = payload.get("cluster_size_hist") or ()
    total = sum(sizes)
    if not total or len(sizes) < 2:
        return ""
    bars = "".join(f'<i style="height:{100 * size / max(sizes):.0f}%"></i>' for size in sizes)
    shares = "; ".join(
        f"{at}{'+' if at == len(sizes) else ''}: {percent(size / total)}" for at, size in enumerate(sizes, 1) if size
    )
    return (
        f'<div class="dw-sizes" role="img" aria-label="Participants by number of observations: {escape(shares)}">{bars}'
        f'</div><div class="dw-sizes-axis small muted" aria-hidden="true"><span data-label="1"></span>'
        f'<span data-label="observations per participant"></span><span data-label="{len(sizes)}+"></span></div>'
    )


def _sees_html(payload: Payload) -> str:
    inputs = payload["inputs"]
    own = {"label": payload["label"], "role": payload.get("role", "primary"), "mde_rel": payload["answer"]["mde_rel"],
           "mde_abs": payload["answer"]["mde_abs"], "kind": payload["kind"]}  # fmt: skip
    lines = "".join(
        f"<dt>{escape(one_line(each['label']))} {tag(each['role']) if each['role'] != 'secondary' else ''}</dt>"
        f"<dd>{escape(change(each['mde_rel'], each['mde_abs'], str(each.get('kind'))))}</dd>"
        for each in (own, *payload.get("others", ()))
    )
    note = f"At this size, {percent(inputs['power'])} power"
    return (
        _title("What each metric can detect")
        + f'<p class="small muted" data-slot="sees-note">{escape(note)}</p>'
        + f'<dl class="dw-kv" data-slot="sees">{lines}</dl>'
    )


def _rows_html(payload: Payload) -> str:
    table = table_html("Metrics and arms", _head(_HEADER), [_html_cells(_cells(row)) for row in _rows(payload)])
    return f'<div data-slot="rows">{table}</div>'


def _details(payload: Payload) -> str:
    parts = [fold("rows", "Every metric and pair of arms", _rows_html(payload), opened=False)]
    if payload.get("weeks"):
        weeks = table_html("Weeks", _head(_WEEKS, 1), [_html_cells(line, 1) for line in _week_lines(payload)])
        parts.append(fold("weeks", "Smallest change by weeks", f'<div data-slot="weeks">{weeks}</div>', opened=False))
    parts.append(fold("code", "Python and YAML", _code_html(payload), opened=False))
    method = f'<p class="muted small" data-slot="method">{escape(payload.get("method") or "")}</p>'
    return "".join(parts) + method


def _code_html(payload: Payload) -> str:
    lines = "\n".join(payload.get("code") or ())
    written = payload.get("yaml") or ""
    as_yaml = (
        f'<p class="small strong">The design as YAML</p><pre data-slot="yaml">{escape(written)}</pre>'
        if written
        else ""
    )
    return (
        '<p class="small strong">Two lines of Python</p>'
        f'<pre data-slot="python" data-before="import decision_widgets as dw">{escape(lines)}</pre>{as_yaml}'
    )


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


def _or_dash(value: float | None, digits: int) -> str:
    return numbers.NOT_AVAILABLE if value is None else numbers.fixed(value, digits)


def _week_lines(payload: Payload) -> Iterator[list[str]]:
    relative = (payload.get("inputs") or {}).get("relative", True)
    for week in payload["weeks"]:
        seen = week.get("detectable_effect")
        shown = numbers.NOT_AVAILABLE if seen is None else change(abs(seen) if relative else None, abs(seen))
        yield [numbers.integer(week["days"]), numbers.integer(week["n_control"]), numbers.integer(week["n_treatment"]),
               numbers.level_percent(week["power"]), shown]  # fmt: skip


def _head(names: Sequence[str], first_number: int = 2) -> list[Cell]:
    return [Cell(escape(name), "" if at < first_number else "num") for at, name in enumerate(names)]


def _html_cells(cells: Sequence[str], first_number: int = 2) -> list[Cell]:
    return [words(cell) if at < first_number else number(cell) for at, cell in enumerate(cells)]
