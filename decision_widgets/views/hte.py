"""Who responds differently: whether the groups of a column differ at all, then the effect in each."""

from __future__ import annotations

from collections.abc import Iterator

from decision_widgets.views import numbers
from decision_widgets.views.axis import Axis, Interval, absolute_axis
from decision_widgets.views.forest import axis_html, bar_html
from decision_widgets.views.markup import card, count_of, escape, plain, rich, tag, tone_class
from decision_widgets.views.numbers import NBSP
from decision_widgets.views.readings import READINGS, Reading, interval_name, labelled, units_name
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import arm_html, fold
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.hte/1"
_TITLE = "Who responds differently?"
_INDENT = 2 * NBSP
_NEUTRAL = Reading("", "none", False)
# Above this a gap is what chance brings about every other time, and not worth a sentence.
_WORTH_SAYING = 0.5


def to_html(payload: Payload) -> str:
    """Show the subgroups card: a forest per metric, behind its name where there are several metrics."""
    state = state_of(payload)
    metrics = labelled(payload.get("metrics") or ())
    if not metrics:
        return card("hte", _TITLE, state.note + '<p class="dw-say">The design names no segments.</p>')
    if len(metrics) == 1:
        title, body = f"{_TITLE} {metrics[0]['label']}", _panel(metrics[0], payload)
    else:
        title = _TITLE
        body = "".join(
            fold(f"hte/{metric['metric']}", _summary(metric, payload), _panel(metric, payload), opened=not at)
            for at, metric in enumerate(metrics)
        )
    names = dict.fromkeys(column["label"] for metric in metrics for column in _columns(metric))
    aside = f"Declared: {', '.join(one_line(name) for name in names)}"
    return card("hte", title, state.note + body, aside=aside, css="dw-hte long" + state.css)


def to_text(payload: Payload) -> str:
    """Write per metric what the comparison of groups says, and a line per group."""
    header = ["Group", "Uplift", interval_name(payload.get("level")), units_name(payload)]
    blocks = []
    for metric in labelled(payload.get("metrics") or ()):
        said = "".join(str(piece["text"]) for piece in _sentence(metric, payload))
        lines = [line for arm in metric["arms"] for line in _text_lines(arm, metric, payload)]
        blocks.append(f"{_TITLE} {metric['label']}\n{said}\n{table(header, lines)}")
    return "\n\n".join(blocks) or "The design names no segments."


def _text_lines(arm: Payload, metric: Payload, payload: Payload) -> Iterator[list[str]]:
    name = f", {one_line(arm['arm'])}" if len(metric["arms"]) > 1 else ""
    if arm.get("overall"):
        yield [_all(payload) + name, *_uplift(arm["overall"], metric), _count(arm["overall"])]
    for column in _named(arm):
        yield [f"{column['label']}{name}: {_difference(column)}", "", "", ""]
        for level in column["levels"]:
            few = " (few)" if level.get("thin") else ""
            refused = (level["reason"], "", "")
            said = refused if level.get("reason") else (*_uplift(level, metric), _count(level) + few)
            yield [f"{_INDENT}{one_line(level['level'])}", *said]
        for note in _left_out(column, payload):
            yield [f"{_INDENT}{note}", "", "", ""]


def _columns(metric: Payload) -> list[Payload]:
    return [column for arm in metric["arms"] for column in arm["columns"]]


def _named(arm: Payload) -> list[Payload]:
    """Give every column a label of its own."""
    return labelled([{**column, "metric": column["segment"]} for column in arm["columns"]])


def _clear(column: Payload, payload: Payload) -> bool:
    p = column.get("p_value_adjusted")
    return p is not None and p < payload.get("alpha", 0.05)


def _summary(metric: Payload, payload: Payload) -> str:
    clear = [one_line(column["label"]) for column in _columns(metric) if _clear(column, payload)]
    tested = any(column.get("p_value") is not None for column in _columns(metric))
    said = "no reliable difference" if tested else "not compared"
    said = f"differs by {', '.join(dict.fromkeys(clear))}" if clear else said
    return f'<b>{escape(metric["label"])}</b>{plain(": ")}<span class="muted small">{escape(said)}</span>'


def _sentence(metric: Payload, payload: Payload) -> list[dict[str, object]]:
    tested = [
        (column, arm["arm"])
        for arm in metric["arms"]
        for column in arm["columns"]
        if column.get("p_value_adjusted") is not None
    ]
    if not tested:
        return [{"text": "No groups could be compared."}]
    several = len(metric["arms"]) > 1
    clear = [_by(column, arm, several) for column, arm in tested if _clear(column, payload)]
    count = count_of(len(tested), "comparison")
    family = f" after adjustment for {count}" if len(tested) > 1 else ""
    if clear:
        said = f"{family}: there read the groups, elsewhere the average."
        return [{"text": "The effect differs by "}, {"text": ", ".join(clear), "strong": True}, {"text": said}]
    pieces: list[dict[str, object]] = [{"text": "No subgroup difference is reliable", "strong": True}]
    nearest, arm = min(tested, key=lambda pair: (pair[0]["p_value_adjusted"], pair[0]["p_value"]))
    if nearest["p_value_adjusted"] > _WORTH_SAYING:
        return [*pieces, {"text": f"{family}."}]
    chance, among = numbers.one_in(nearest["p_value_adjusted"]), f" among {count}" if len(tested) > 1 else ""
    said = f"{_by(nearest, arm, several)} differs most, but{among} a gap this size appears by chance in {chance}."
    return [*pieces, {"text": f"{family}. {said} Treat it as a question for the next experiment."}]


def _by(column: Payload, arm: object, several: bool) -> str:
    return one_line(column["label"]) + (f" ({one_line(arm)})" if several else "")


def _panel(metric: Payload, payload: Payload) -> str:
    axis = absolute_axis(list(_intervals(metric)), str(metric.get("kind") or "continuous"))
    several = len(metric["arms"]) > 1
    body = "".join(_arm(arm, metric, payload, axis, several) for arm in metric["arms"])
    heads = (
        ("n", "Group"),
        ("f", axis_html(axis) if axis else '<span class="vh">Interval</span>'),
        ("e", f"Uplift, {escape(interval_name(payload.get('level')))}"),
        ("c", escape(units_name(payload))),
    )
    head = "".join(f'<th role="columnheader" scope="col" class="{css}">{html}</th>' for css, html in heads)
    return (
        f'<p class="dw-say">{rich(_sentence(metric, payload))}</p>'
        f'<table class="dw-groups" role="table" aria-label="Groups, {escape(metric["label"])}"><thead role="rowgroup">'
        f'<tr role="row" class="dw-grow head">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
        f"{_legend(axis, payload)}"
    )


def _intervals(metric: Payload) -> Iterator[Interval]:
    for arm in metric["arms"]:
        rows = [arm.get("overall"), *(level for column in arm["columns"] for level in column["levels"])]
        yield from (_interval(row) for row in rows if row and not row.get("reason"))


def _interval(row: Payload) -> Interval:
    return Interval(point=row["effect"], lower=row["effect_lower"], upper=row["effect_upper"])


def _arm(arm: Payload, metric: Payload, payload: Payload, axis: Axis | None, several: bool) -> str:
    rows = [_wide("arm", arm_html(arm["arm"], arm["arm_index"]))] if several else []
    if arm.get("overall"):
        reading = READINGS.get(str(arm["overall"].get("reading")), _NEUTRAL)
        rows.append(_row(_all(payload), "all", arm["overall"], metric, axis, reading))
    for column in _named(arm):
        rows.append(_column_head(column))
        for level in column["levels"]:
            if level.get("reason"):
                rows.append(_refused(level))
                continue
            reading = READINGS.get(str(level.get("reading")), _NEUTRAL) if _clear(column, payload) else _NEUTRAL
            rows.append(_row(one_line(level["level"]), "level", level, metric, axis, reading))
        rows += [_wide("note muted small", escape(note)) for note in _left_out(column, payload)]
    return "".join(rows)


def _wide(css: str, html: str) -> str:
    return (
        f'<tr role="row" class="dw-grow {css}"><th role="rowheader" scope="row" class="w" colspan="4">{html}</th></tr>'
    )


def _column_head(column: Payload) -> str:
    name = f'<th role="rowheader" scope="row" class="n">{escape(column["label"])}</th>'
    cell = f'<td role="cell" class="x" colspan="3" aria-colspan="3">{escape(_difference(column))}</td>'
    return f'<tr role="row" class="dw-grow column">{name}{cell}</tr>'


def _difference(column: Payload) -> str:
    if column.get("p_value") is None:
        return f"Not compared. {one_line(column.get('reason') or '')}".strip()
    adjusted = f", adj.{NBSP}{numbers.p_value(column['p_value_adjusted'])}" if (column.get("family") or 1) > 1 else ""
    return f"difference between groups: p{NBSP}{numbers.p_value(column['p_value'])}{adjusted}"


def _row(name: str, css: str, row: Payload, metric: Payload, axis: Axis | None, reading: Reading) -> str:
    effect, interval = _uplift(row, metric)
    few = f" {plain('(')}{tag('few', 'warn')}{plain(')')}" if row.get("thin") else ""
    cells = (
        ("f", "" if axis is None else _forest(name, row, axis, reading, f"{effect}, {interval}")),
        ("e", f'<b class="up{" tone" if reading.filled else ""}">{escape(effect)}</b> {_bracketed(interval)}'),
        ("c small muted", f"{_count(row)}{few}"),
    )
    drawn = "".join(f'<td role="cell" class="{own}">{html}</td>' for own, html in cells)
    head = f'<th role="rowheader" scope="row" class="n">{escape(name)}</th>'
    return f'<tr role="row" class="dw-grow {css} {tone_class(reading.tone)}">{head}{drawn}</tr>'


def _bracketed(interval: str) -> str:
    return f'{plain("(")}<span class="small iv">{escape(interval)}</span>{plain(")")}'


def _forest(name: str, row: Payload, axis: Axis, reading: Reading, said: str) -> str:
    interval = _interval(row)
    label = f"{name}: {said}" + (f", {reading.word}" if reading.filled else "")
    bar = bar_html(axis, interval, {}, filled=reading.filled, colour=tone_class(reading.tone), label=label)
    return f'{bar}<code class="dw-plain">{axis.drawing(interval, "●" if reading.filled else "○")}</code>'


def _refused(level: Payload) -> str:
    name = f'<th role="rowheader" scope="row" class="n">{escape(one_line(level["level"]))}</th>'
    why = f'<td role="cell" class="x" colspan="3" aria-colspan="3">No effect. {escape(level["reason"])}</td>'
    return f'<tr role="row" class="dw-grow level refused">{name}{why}</tr>'


def _uplift(row: Payload, metric: Payload) -> numbers.EffectText:
    ends = row["effect"], row["effect_lower"], row["effect_upper"]
    return numbers.absolute(*ends, str(metric.get("kind") or "continuous"))


def _count(row: Payload) -> str:
    return numbers.integer(row["n_control"] + row["n_treatment"])


def _all(payload: Payload) -> str:
    return f"All {units_name(payload).lower()}"


def _left_out(column: Payload, payload: Payload) -> list[str]:
    counts = (("n_without", "no value"), ("n_several", "several values"))
    said = [f"{numbers.integer(column[key])} with {what}" for key, what in counts if column.get(key)]
    name = units_name(payload, "left_out" if payload.get("left_out") else "units")
    return [f"{name} in no group: {', '.join(said)}."] if said else []


def _legend(axis: Axis | None, payload: Payload) -> str:
    if axis is None:
        return ""
    clear = f"adj.{NBSP}p{NBSP}<{NBSP}{numbers.threshold(payload.get('alpha', 0.05))}"
    unit = f"<span>Bars show the uplift {escape(axis.caption)}.</span>"
    neutral = f"<span>A group is coloured only where the difference between groups is clear ({escape(clear)}).</span>"
    return f'<p class="dw-key">{unit} {neutral}</p>'
