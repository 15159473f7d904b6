"""What the looks at a running experiment say: the decision, every metric at its deciding look, and the looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from decision_widgets.views import numbers
from decision_widgets.views.looks_chart import chart_html
from decision_widgets.views.markup import escape, heading, icon, plain
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.monitoring/1"
_TONES: Final = {
    "stop-benefit": ("good", "ship"),
    "stop-harm": ("bad", "stop"),
    "plan-reached": ("none", "level"),
    "continue": ("wait", "hourglass"),
    "too-early": ("none", "hourglass"),
    "invalid": ("void", "barred"),
}
_WORDS: Final = {
    "stop-benefit": "Stop: benefit",
    "stop-harm": "Stop: harm",
    "plan-reached": "Plan reached",
    "continue": "Continue",
    "too-early": "Too early",
}
_GUARDRAIL: Final = {"stop-benefit": "Better", "stop-harm": "Worse"}
_HEADER: Final = ("Says", "Look", "Information", "Z", "Boundary", "Effect", "Interval", "p")


def to_text(payload: Payload) -> str:
    """Write the decision in one line, then aligned tables of metrics and looks."""
    of_arm = f" ({one_line(payload['object'])})" if payload.get("object") else ""
    parts = [f"{payload.get('headline') or ''}{of_arm}: {one_line(payload.get('sentence') or '')}"]
    parts += ["\n".join(_lines_of(payload))]
    parts += ["\n".join(_diagnosis(payload))]
    parts += [table(_looks_header(payload), list(_look_lines(payload)))] if payload.get("looks") else []
    return "\n\n".join(part for part in parts if part)


def to_html(payload: Payload) -> str:
    """Show the monitoring card."""
    state = state_of(payload)
    tone, name = _TONES.get(str(payload.get("verdict")), ("none", "level"))
    object_ = f" {escape(payload['object'])}" if payload.get("object") else ""
    title = heading(
        f'<span class="tone">{escape(payload.get("headline") or "")}</span>{object_}', 2, "dw-verdict-title"
    )
    kicker = f'<p class="kick">{escape(payload["kicker"])}</p>' if payload.get("kicker") else ""
    top = f'<div class="top"><div class="badge">{icon(name)}</div><div>{kicker}{title}</div></div>'
    say = f'<p class="dw-say">{plain(": ")}{escape(payload.get("sentence") or "")}</p>'
    looks = _html_table("Looks", _looks_header(payload), list(_look_lines(payload)))
    folded = f'<details data-key="looks"><summary>Looks and sample ratio</summary>{looks}</details>'
    found = _list("found", _diagnosis(payload))
    return (
        f'<article class="dw-card dw-monitoring t-{tone}{state.css}" data-card="monitoring" aria-label="Monitoring">'
        f"{state.note}{top}{say}{found}{_metrics_html(payload)}{folded if payload.get('looks') else ''}</article>"
    )


def _metrics_html(payload: Payload) -> str:
    rows: Sequence[Payload] = payload.get("rows") or ()
    if not rows:
        return ""
    several = _several(rows)
    cells = [_cells(row, several) for row in rows]
    notes = _list("notes muted small", _all_notes(rows))
    drawn = "".join(_chart(row, several) for row in rows if row.get("series"))
    return _html_table("Metrics", _metrics_header(several), cells) + notes + f'<div class="charts">{drawn}</div>'


def _chart(row: Payload, several: bool) -> str:
    name = escape(" · ".join(_names(row, several)))
    return f'<figure class="chart"><figcaption>{name}</figcaption>{chart_html(row)}</figure>'


def _list(css: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="{css}">{items}</ul>' if items else ""


def _html_table(name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join(f"<tr>{''.join(f'<td>{escape(one_line(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="scroll"><table class="dw-grid" aria-label="{escape(name)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _lines_of(payload: Payload) -> Iterator[str]:
    rows: Sequence[Payload] = payload.get("rows") or ()
    if rows:
        several = _several(rows)
        yield table(_metrics_header(several), [_cells(row, several) for row in rows])
        yield from _all_notes(rows)


def _several(rows: Sequence[Payload]) -> bool:
    return len({row.get("arm") for row in rows}) > 1


def _names(row: Payload, several: bool) -> list[str]:
    return [str(row.get("label")), *([str(row.get("arm"))] if several else [])]


def _metrics_header(several: bool) -> list[str]:
    return ["Metric", *(["Arm"] if several else []), *_HEADER]


def _cells(row: Payload, several: bool) -> list[str]:
    if row.get("error"):
        why = "Too early" if row["error"].get("code") == "too-early" else "Not judged"
        return [*_names(row, several), why, *[numbers.NOT_AVAILABLE] * (len(_HEADER) - 1)]
    said = numbers.absolute(row["effect"] or 0.0, row["effect_lower"], row["effect_upper"], str(row["kind"]))
    information = row.get("information")
    return [
        *_names(row, several),
        _says(row),
        row.get("decided_at") or numbers.NOT_AVAILABLE,
        numbers.NOT_AVAILABLE if information is None else f"{100 * information:.0f}%",
        numbers.fixed(row["statistic"], 2, signed=True),
        numbers.NOT_AVAILABLE if row["boundary"] is None else f"±{numbers.fixed(row['boundary'], 2)}",
        numbers.NOT_AVAILABLE if row["effect"] is None else said.effect,
        said.interval,
        numbers.p_value(row["p_value"]),
    ]


def _says(row: Payload) -> str:
    word = str(row.get("verdict"))
    if row.get("role") != "guardrail":
        return _WORDS.get(word, word)
    if row.get("is_past_limit"):
        return "Past its limit"
    return _GUARDRAIL.get(word, _WORDS.get(word, word))


def _all_notes(rows: Sequence[Payload]) -> Iterator[str]:
    several = _several(rows)
    for row in rows:
        yield from _notes(row, several)
    for planned_by in dict.fromkeys(row["planned_by"] for row in rows if row.get("planned_by")):
        names = ", ".join(dict.fromkeys(one_line(row["label"]) for row in rows if row.get("planned_by") == planned_by))
        yield f"{names}: the standard error planned for the end is told from the first look, {planned_by}."


def _notes(row: Payload, several: bool) -> Iterator[str]:
    name = one_line(" under ".join(_names(row, several)))
    if row.get("error"):
        yield one_line(f"{name}: {row['error']['text']}")
        return
    if row.get("is_exaggerated") and row.get("naive_effect") is not None:
        naive = numbers.absolute(row["naive_effect"], row["effect_lower"], row["effect_upper"], str(row["kind"]))
        yield f"{name}: the plain estimate there, {naive.effect}, is exaggerated, because its size is what stopped it."
    if row.get("is_futile"):
        chance = numbers.level_percent(row["conditional_power"])
        yield f"{name}: if the effect is what it looks like now, the chance of ending with a benefit is {chance}."


def _looks_header(payload: Payload) -> list[str]:
    return ["Look", "Day", "Planned", *(one_line(arm["id"]) for arm in payload.get("arms") or ()), "Sample ratio p"]


def _look_lines(payload: Payload) -> Iterator[list[str]]:
    arms = [arm["id"] for arm in payload.get("arms") or ()]
    for look in payload.get("looks") or ():
        counts = [numbers.integer(look["participants"].get(arm, 0)) for arm in arms]
        yield [look["date"], str(look["day"]), "yes" if look["is_planned"] else "no", *counts,
               numbers.p_value(look["p_value"])]  # fmt: skip


def _diagnosis(payload: Payload) -> Iterator[str]:
    found = payload.get("diagnosis")
    if not found:
        return
    arms = [one_line(arm["id"]) for arm in payload.get("arms") or ()]
    if found.get("first_alarm_day"):
        yield f"The split of all participants so far first failed on {found['first_alarm_day']}."
    for place in found.get("places") or ():
        where = place["level"] if place["place"] == "day" else f"{place['name']} = {place['level']}"
        held = ", ".join(f"{arm} {numbers.integer(n)}" for arm, n in zip(arms, place["observed"], strict=True))
        elsewhere = place.get("p_value_elsewhere")
        rest = "" if elsewhere is None else f"; elsewhere p {numbers.p_value(elsewhere)}"
        yield one_line(f"{place['place']} {where}: {held} (p {numbers.p_value(place['p_value'])}{rest})")
