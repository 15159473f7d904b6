"""The test toolbox: the recommended analysis of each metric first, then what other tests say, or why they do not."""

from __future__ import annotations

from collections.abc import Sequence

from decision_widgets.views import numbers
from decision_widgets.views.markup import card, count_of, escape, plain, tag
from decision_widgets.views.numbers import NBSP, NOT_AVAILABLE, EffectText
from decision_widgets.views.readings import interval_name, labelled
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, arm_html, fold, number, table_html
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.tests/1"
_STATUSES = {
    "recommended": "recommended",
    "available": "available",
    "information": "information",
    "not_applicable": "not applicable",
}
_ALL_ARMS = "all arms"
_FOOT = "The verdict uses the recommended analysis only. The others are here so that nobody needs to pick the best p."


def to_html(payload: Payload) -> str:
    """Show the toolbox card: a table per metric, behind its name where there are several metrics."""
    state = state_of(payload)
    metrics = labelled([metric for metric in payload.get("metrics") or () if metric["rows"]])
    if not metrics:
        return card("tests", "Test toolbox", state.note + '<p class="dw-say">No test was run.</p>')
    if len(metrics) == 1:
        title, aside = f"Test toolbox: {metrics[0]['label']}", _counted(metrics[0]["rows"])
        body = _table(metrics[0], payload)
    else:
        title, aside = "Test toolbox", count_of(len(metrics), "metric")
        body = "".join(
            fold(f"tests/{metric['metric']}", _summary(metric), _table(metric, payload), opened=not at)
            for at, metric in enumerate(metrics)
        )
    foot = f'<p class="muted small">{_FOOT}</p>'
    return card("tests", title, state.note + body + foot, aside=aside, css="dw-tests long" + state.css)


def to_text(payload: Payload) -> str:
    """Write an aligned table per metric; what a test tells or lacks stands at the end of its line."""
    blocks = []
    for metric in labelled([metric for metric in payload.get("metrics") or () if metric["rows"]]):
        several = _several_arms(metric["rows"])
        arm = ["Arm"] if several else []
        header = ["Test", *arm, "Status", "Statistic", "df", "p", f"Estimate, {_interval(payload)}", "Note"]
        lines = [
            [
                str(row["label"]),
                *([_arm(row)] if several else []),
                _status(row),
                _statistic(row),
                _df(row),
                numbers.p_value(row.get("p_value")),
                " ".join(part for part in _estimate(row, metric) if part),
                _note(row),
            ]
            for row in metric["rows"]
        ]
        blocks.append(f"Test toolbox: {metric['label']}\n{table(header, lines)}")
    return "\n\n".join(blocks) or "Test toolbox: no test was run."


def _summary(metric: Payload) -> str:
    counted = escape(_counted(metric["rows"]))
    return f'<b>{escape(metric["label"])}</b>{plain(": ")}<span class="muted small">{counted}</span>'


def _counted(rows: Sequence[Payload]) -> str:
    best = sum(row["status"] == "recommended" for row in rows)
    return f"{best} recommended · {count_of(len(rows) - best, 'other')}"


def _table(metric: Payload, payload: Payload) -> str:
    rows, several = metric["rows"], _several_arms(metric["rows"])
    head = [
        *(Cell(name) for name in ("Test", "Family", *(["Arm"] if several else []), "Status")),
        *(Cell(name, "num") for name in ("Statistic", "df", "p")),
        Cell(f"Estimate, {_interval(payload)}", "num"),
        Cell("What it tells you"),
    ]
    label = f"All tests of {metric['label']}"
    return table_html(label, head, [_row(row, metric, several) for row in rows])


def _row(row: Payload, metric: Payload, several: bool) -> list[Cell]:
    strong = "strong " if row["status"] == "recommended" else ""
    codes = "".join(f" <code>{escape(code)}</code>" for code in row.get("codes") or ())
    arm = [Cell(arm_html(_arm(row), row.get("arm_index")))] if several else []
    return [
        Cell(escape(one_line(row["label"])), f"{strong}test"),
        Cell(escape(row.get("group") or "")),
        *arm,
        Cell(_status_html(row)),
        number(_statistic(row)),
        number(_df(row)),
        number(numbers.p_value(row.get("p_value"))),
        Cell(_estimate_html(row, metric), "num estimate"),
        Cell(f"{escape(_note(row))}{codes}", "muted note"),
    ]


def _status(row: Payload) -> str:
    return _STATUSES.get(str(row["status"]), str(row["status"]))


def _status_html(row: Payload) -> str:
    if row["status"] == "recommended":
        return tag(_status(row), "good", "check")
    return (
        tag(_status(row)) if row["status"] == "not_applicable" else f'<span class="muted">{escape(_status(row))}</span>'
    )


def _statistic(row: Payload) -> str:
    if row.get("statistic") is None:
        return NOT_AVAILABLE
    name = one_line(row.get("statistic_name") or "")
    return f"{name}{NBSP if name else ''}{numbers.level(row['statistic'], 'continuous')}"


def _df(row: Payload) -> str:
    return NOT_AVAILABLE if row.get("df") is None else numbers.df_text(row["df"])


def _estimate(row: Payload, metric: Payload) -> tuple[str, str, str]:
    """Write an estimate, its interval in brackets, and what it is an estimate of."""
    value = row.get("estimate")
    if value is None:
        return NOT_AVAILABLE, "", ""
    ends = value, row.get("estimate_lower"), row.get("estimate_upper")
    said = _in_unit(ends, str(row.get("unit")), str(metric.get("kind") or "continuous"))
    interval = "" if said.interval == NOT_AVAILABLE else f"({said.interval})"
    name = one_line(row.get("estimate_name") or "")
    return said.effect, interval, "" if name == "difference" else name


def _in_unit(ends: tuple[float, float | None, float | None], unit: str, kind: str) -> EffectText:
    if unit in ("probability", "number"):
        return numbers.unsigned(*ends, percent=unit == "probability")
    return numbers.absolute(*ends, kind)


def _estimate_html(row: Payload, metric: Payload) -> str:
    effect, interval, name = _estimate(row, metric)
    of = f' <span class="small muted of">{escape(name)}</span>' if name else ""
    return f"{escape(effect)} {escape(interval)}{of}".strip()


def _note(row: Payload) -> str:
    note = one_line(row.get("note") or "")
    return note[:1].upper() + note[1:]


def _arm(row: Payload) -> str:
    return _ALL_ARMS if row.get("arm") is None else one_line(row["arm"])


def _several_arms(rows: Sequence[Payload]) -> bool:
    return len({row.get("arm") for row in rows}) > 1


def _interval(payload: Payload) -> str:
    return interval_name(payload.get("level"))
