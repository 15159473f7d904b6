"""The design of an experiment with every answer readable: without a script, a kernel, or colour."""

from __future__ import annotations

from collections.abc import Iterator

from decision_widgets.views import numbers
from decision_widgets.views.markup import escape, heading, icon, message, rich
from decision_widgets.views.schemas import Payload, view_of
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, fold, number, table_html, words
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.design/1"
STEPS = ("Design", "Data", "Metrics", "Assignment", "Power")
_COLUMNS = ("Column", "Type", "Missing", "Distinct", "Sample", "Kind")
_METRICS = ("Metric", "Role", "Kind", "Better", "Size", "Reads", "Covariates")
_TITLE = "Design an experiment"
_LONGEST_LANE = 400


def to_html(payload: Payload) -> str:
    """Show the card; its script puts the form in the place of the answers."""
    state = state_of(payload)
    name = f'<span class="muted dw-design-name">{escape(one_line(payload["name"]))}</span>' if payload["name"] else ""
    return (
        f'<article class="dw-design{state.css}" data-card="design" aria-label="{_TITLE}">'
        f'<div class="dw-design-static"><header class="dw-head">{heading(_TITLE, 3, "dw-title")}{name}</header>'
        f"{state.note}{_plan_html(payload)}{''.join(_sections(payload))}</div></article>"
    )


def _plan_html(payload: Payload) -> str:
    question = f'<p class="strong">{escape(payload["question"])}</p>' if payload["question"] else ""
    checks = "".join(
        f'<li class="t-{escape(each["tone"])}">{_check_icon(each["tone"])}<span>{escape(each["text"])}</span></li>'
        for each in payload["checks"]
    )
    return (
        f'{question}<p class="dw-say">{rich(payload["plan"])}</p><ul class="dw-design-checks">{checks}</ul>'
        f'<div class="stack">{_messages(payload)}</div>'
    )


def _check_icon(tone: str) -> str:
    return icon("check", "Passed") if tone == "good" else icon("triangle", "Warning")


def _messages(payload: Payload) -> str:
    return "".join(
        message(each["sev"], each["title"], each["text"], each["do"], each["code"]) for each in payload["messages"]
    )


def _sections(payload: Payload) -> Iterator[str]:
    for at, title in enumerate(STEPS):
        body = (_design_html, _data_html, _metrics_html, _assignment_html, _power_html)[at](payload)
        if body:
            yield f"<section>{heading(f'{at + 1}. {escape(title)}', 4, 'dw-title')}{body}</section>"


def _answers(pairs: Iterator[tuple[str, object]]) -> str:
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs if value)
    return f'<dl class="dw-kv">{lines}</dl>'


def _design_html(payload: Payload) -> str:
    return f"<p>{escape(payload['steps'][0])}</p>"


def _data_html(payload: Payload) -> str:
    data = payload["data"]
    known = _answers(iter([("Source", payload["steps"][1]), ("Participant", data["unit"]), ("Time", data["time"])]))
    if not data["profile"]:
        return known
    head = [Cell(escape(name), "num" if name in ("Missing", "Distinct") else "") for name in _COLUMNS]
    rows = [_column_cells(each) for each in data["profile"]]
    return known + fold("columns", f"{len(rows)} columns", table_html("Columns", head, rows), opened=False)


def _column_cells(column: Payload) -> list[Cell]:
    cells = _column_texts(column)
    return [number(text) if at in (2, 3) else words(text) for at, text in enumerate(cells)]


def _column_texts(column: Payload) -> list[str]:
    kind = f"{column['kind']}: {column['evidence']}" if column["kind"] else "no metric"
    distinct = numbers.NOT_AVAILABLE if column["distinct"] is None else numbers.integer(column["distinct"])
    sample = ", ".join(one_line(each) for each in column["sample"]) or numbers.NOT_AVAILABLE
    return [one_line(column["col"]), column["dtype"], numbers.integer(column["missing"]), distinct, sample, kind]


def _metrics_html(payload: Payload) -> str:
    if not payload["metrics"]:
        return "<p>No metric yet.</p>"
    head = [Cell(escape(name)) for name in _METRICS]
    return table_html("Metrics", head, [[words(text) for text in _metric_texts(each)] for each in payload["metrics"]])


def _metric_texts(metric: Payload) -> list[str]:
    size = metric["limit_rel"] if metric["role"] == "guardrail" else metric["mde_rel"]
    named = "limit" if metric["role"] == "guardrail" else "at least"
    reads = f"{one_line(metric['num'])} ÷ {one_line(metric['den'])}" if metric["num"] else one_line(metric["id"])
    return [
        one_line(metric["id"]),
        metric["role"],
        metric["kind"]["value"] or "detected later",
        "higher" if metric["better"] == "up" else "lower",
        numbers.NOT_AVAILABLE if size is None else f"{named} {numbers.level_percent(size)}",
        reads,
        ", ".join(map(one_line, metric["covariates"])) or "none",
    ]


def _assignment_html(payload: Payload) -> str:
    if payload["switchback"] is not None:
        return _slots_html(payload["switchback"])
    given = payload["assignment"]
    shares = ", ".join(f"{arm['label']} {_share(arm['share'])}" for arm in given["arms"])
    pairs = [
        ("Randomised and clustered by", given["cluster_by"] or "every row"),
        ("Arm column", given["arm"]),
        ("Arms", shares),
        ("Balanced within", " × ".join(given["strata"])),
    ]
    return _answers(iter(pairs))


def _share(share: float | None) -> str:
    return "?" if share is None else numbers.level_percent(share)


def _slots_html(given: Payload) -> str:
    lanes = "".join(
        f"<dt>{escape(one_line(region))}</dt><dd><code>{escape(_lane(arms))}</code></dd>"
        for region, arms in given["schedule"].items()
    )
    schedule = (
        f'<p class="small muted">0 is control, 1 treatment, slot by slot.</p><dl class="dw-kv lanes">{lanes}</dl>'
    )
    return _answers(iter(_slot_pairs(given))) + (fold("schedule", "Schedule", schedule, opened=False) if lanes else "")


def _slot_pairs(given: Payload) -> list[tuple[str, object]]:
    return [
        ("Slot", given["slot"]),
        ("Burn-in", None if given["burn_in_min"] is None else f"{given['burn_in_min']} min of every slot"),
        ("Days", given["days"]),
        ("Start", given["start"]),
        ("Regions", ", ".join(given["regions"]) or given["region"]),
        ("A coin is tossed for", given["assignment"]),
        ("Regions switch", "together" if given["together"] or not given["region"] else "separately"),
        ("Clustered by", given["cluster"]),
        ("Seed", str(given["seed"])),
        ("Arms", " and ".join(filter(None, given["arms"]))),
    ]


def _lane(arms: str) -> str:
    return arms if len(arms) <= _LONGEST_LANE else f"{arms[:_LONGEST_LANE]}…"


def _power_html(payload: Payload) -> str:
    shown = "".join(_part_html(part) for part in payload.get("cards") or ())
    python, cell = (escape(payload["code"][name]) for name in ("python", "cell"))
    code = (
        f'<p class="small strong">Python</p><pre data-code="python">{python}</pre>'
        f'<p class="small strong">A cell of its own</p><pre data-code="cell">{cell}</pre>'
    )
    return shown + fold("code", "Python and %%decision", code, opened=False)


def _part_html(part: Payload) -> str:
    view = view_of(str(part.get("schema")))
    return view.to_html(part) if view is not None else ""


def to_text(payload: Payload) -> str:
    """Write the plan, the messages, and every answer."""
    parts = [_TITLE + (f": {one_line(payload['name'])}" if payload["name"] else "")]
    parts += [payload["question"]] if payload["question"] else []
    parts.append("".join(str(piece["text"]) for piece in payload["plan"]))
    told = [f"{each['code']}  {each['title']} {each['text']}".rstrip() for each in payload["messages"]]
    parts += ["\n".join(told)] if told else []
    if payload["metrics"]:
        parts.append(table(_METRICS, [_metric_texts(each) for each in payload["metrics"]]))
    if payload["switchback"] is not None:
        pairs = [(name, str(value)) for name, value in _slot_pairs(payload["switchback"]) if value]
        parts.append("\n".join(f"{name}: {one_line(value)}" for name, value in pairs))
    else:
        given = payload["assignment"]
        shares = ", ".join(f"{one_line(arm['label'])} {_share(arm['share'])}" for arm in given["arms"])
        parts.append(f"Randomised by: {one_line(given['randomise_by'] or 'every row')}\nArms: {shares}")
    if payload["data"]["profile"]:
        parts.append(table(_COLUMNS, [_column_texts(each) for each in payload["data"]["profile"]]))
    return "\n\n".join([*parts, payload["code"]["python"].rstrip()])
