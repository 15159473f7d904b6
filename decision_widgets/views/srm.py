"""The sample ratio: did the arms get the participants that the plan gave them?"""

from __future__ import annotations

from collections.abc import Sequence

from decision_widgets.views import numbers
from decision_widgets.views.markup import card, count_of, escape, rich, tag
from decision_widgets.views.numbers import NBSP
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, arm_colour, arm_html, fold, number, table_html
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.srm/1"
_TAGS = {
    "ok": ("OK", "good", "check"),
    "watch": ("Watch", "warn", "triangle"),
    "mismatch": ("Mismatch", "bad", "alert"),
    "too_few": ("Too few to tell", "", ""),
}
_TREATED = "Treated"
_HEAD = ("Arm", "Participants", "Expected", "Share", "Planned")


def to_html(payload: Payload) -> str:
    """Show the sample ratio card."""
    state = state_of(payload)
    if not payload.get("observed"):
        return card("srm", "Sample ratio", state.note + '<p class="dw-say">No participant was counted.</p>')
    head = [Cell(escape(name), "num" if at else "") for at, name in enumerate(_HEAD)]
    rows = [
        [Cell(arm_html(arm["label"], arm["index"])), *(number(text) for text in texts)]
        for arm, texts in zip(payload["arms"], _counts(payload), strict=True)
    ]
    say = f'<p class="dw-say">{rich(_sentence(payload))}</p>'
    left = f'<div>{say}{_split(payload)}<p class="muted small test">{escape(_test(payload))}</p></div>'
    parts = f'<div class="dw-srm-parts">{left}{table_html("Participants by arm", head, rows)}</div>'
    body = state.note + parts + _slices(payload)
    return card("srm", "Sample ratio", body, mark=tag(*_tag(payload)), css="dw-srm" + state.css)


def to_text(payload: Payload) -> str:
    """Write what the split says, and a line per arm."""
    if not payload.get("observed"):
        return "Sample ratio: no participant was counted."
    said = "".join(str(piece["text"]) for piece in _sentence(payload))
    lines = [[arm["label"], *texts] for arm, texts in zip(payload["arms"], _counts(payload), strict=True)]
    slices = payload.get("slices") or ()
    checked = ""
    if slices:
        header = ["Slice", *(one_line(arm["label"]) for arm in payload["arms"]), _TREATED, "Adj. p"]
        checked = f"\n{_checked(payload)}\n{table(header, [_slice(each) for each in slices])}"
    return f"Sample ratio: {_tag(payload)[0]}. {said}\n{table(_HEAD, lines)}{checked}"


def _tag(payload: Payload) -> tuple[str, str, str]:
    return _TAGS.get(str(payload.get("status")), _TAGS["too_few"])


def _sentence(payload: Payload) -> list[dict[str, object]]:
    p, alarm = f"p{NBSP}{numbers.p_value(payload.get('p_value'))}", numbers.threshold(payload["alarm"])
    expected = payload["expected"]
    shares = numbers.split([n / sum(expected) for n in expected])
    plan = f"the planned {shares}" if payload.get("planned") else "an equal split"
    status = payload.get("status")
    if status == "mismatch":
        cause = f" {payload['cause']}" if payload.get("cause") else ""
        said = f" {plan} ({p}). Results can’t be trusted until the cause is found.{cause}"
        return [_piece("The split is "), _piece("not", strong=True), _piece(said)]
    if status == "watch":
        return [_piece(f"The split is drifting from {plan} ({p}; alarm below {alarm}). Look at it again tomorrow.")]
    if status == "too_few":
        n = numbers.integer(sum(payload["observed"]))
        return [_piece(f"{n} participants are too few to tell whether the split is {plan} ({p}).")]
    assumed = "" if payload.get("planned") else " No shares were planned, so equal ones are expected."
    return [_piece(f"The split matches {plan} ({p}; alarm below {alarm}).{assumed}")]


def _slices(payload: Payload) -> str:
    """Show the split within strata and segments, strongest evidence first; opened where the split is off."""
    slices = payload.get("slices") or ()
    if not slices:
        return ""
    names = [one_line(arm["label"]) for arm in payload["arms"]]
    head = [Cell("Slice"), *(Cell(escape(name), "num") for name in [*names, _TREATED, "Adj. p"])]
    rows = []
    for each in slices:
        off = " t-bad off" if each["p_value_adjusted"] < payload["alarm"] else ""
        level, *texts, p = _slice(each)
        column = f'<span class="muted small">{escape(one_line(each["column"]))}</span>'
        name = Cell(f"{escape(one_line(each['level']))} {column}", f"name{off}", level)
        rows.append([name, *map(number, texts), Cell(escape(p), f"num{off}")])
    said = f'<span class="small">{escape(_checked(payload))}</span>'
    table_ = table_html("The split within slices", head, rows)
    return fold("srm/slices", said, table_, opened=payload.get("status") in ("mismatch", "watch"))


def _checked(payload: Payload) -> str:
    n, shown = payload.get("n_slices") or 0, len(payload["slices"])
    smallest = numbers.p_value(min(each["p_value_adjusted"] for each in payload["slices"]))
    most = f", the {shown} farthest off shown" if shown < n else ""
    return f"Checked in {count_of(n, 'slice')}{most}: smallest adj. p{NBSP}{smallest}"


def _slice(each: Payload) -> list[str]:
    observed = each["observed"]
    counts = [numbers.integer(n) for n in observed]
    treated = numbers.split_percent(1 - observed[0] / sum(observed))
    p = numbers.p_value(each["p_value_adjusted"])
    return [f"{one_line(each['column'])}: {one_line(each['level'])}", *counts, treated, p]


def _piece(text: str, *, strong: bool = False) -> dict[str, object]:
    return {"text": text, "strong": strong}


def _counts(payload: Payload) -> list[list[str]]:
    observed, expected = payload["observed"], payload["expected"]
    n, planned = sum(observed), sum(expected)
    return [
        [
            numbers.integer(seen),
            numbers.integer(wanted),
            numbers.split_percent(seen / n),
            numbers.split_percent(wanted / planned),
        ]
        for seen, wanted in zip(observed, expected, strict=True)
    ]


def _split(payload: Payload) -> str:
    label = ", ".join(
        f"{one_line(arm['label'])} {texts[0]}" for arm, texts in zip(payload["arms"], _counts(payload), strict=True)
    )
    parts = "".join(
        f'<i class="{arm_colour(arm["index"])}" style="flex:{seen}" data-label="{escape(arm["label"])}"></i>'
        for arm, seen in zip(payload["arms"], payload["observed"], strict=True)
    )
    plan = "".join(f'<span class="edge" style="left:{percent:.2f}%"></span>' for percent in _edges(payload["expected"]))
    return f'<div class="dw-split" role="img" aria-label="{escape(label)}">{parts}{plan}</div>'


def _edges(expected: Sequence[float]) -> list[float]:
    return [100 * sum(expected[:at]) / sum(expected) for at in range(1, len(expected))]


def _test(payload: Payload) -> str:
    if payload.get("method") != "chi-square":
        name = str(payload.get("method") or "Not tested")
        return f"{name[:1].upper()}{name[1:]} test of the counts."
    statistic = numbers.level(payload["statistic"], "continuous")
    return f"Pearson’s χ²{NBSP}{statistic}, df{NBSP}{numbers.integer(payload['df'])}."
