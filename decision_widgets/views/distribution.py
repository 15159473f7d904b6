"""How the values of amounts and numbers of things are spread: a histogram of all arms, and quantiles."""

from __future__ import annotations

from collections.abc import Sequence

from decision_widgets.views import numbers
from decision_widgets.views.histogram import bin_names, histogram_html
from decision_widgets.views.markup import card, count_of, escape, plain
from decision_widgets.views.numbers import NOT_AVAILABLE
from decision_widgets.views.readings import labelled
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, arm_colour, arm_html, fold, number, table_html
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.distribution/1"
_FOOT = "One value per participant, the mean of its observations. It describes; no test rests on it."


def to_html(payload: Payload) -> str:
    """Show the distribution card: one metric, or each behind its name."""
    state = state_of(payload)
    metrics = labelled(payload.get("metrics") or ())
    if not metrics:
        say = '<p class="dw-say">No values were read.</p>'
        return card("distribution", "Distribution", state.note + say, css="dw-distribution" + state.css)
    if len(metrics) == 1:
        title, body = f"Distribution: {metrics[0]['label']}", _metric(metrics[0])
    else:
        title = "Distribution"
        body = "".join(
            fold(f"distribution/{each['metric']}", _summary(each), _metric(each), opened=not at)
            for at, each in enumerate(metrics)
        )
    aside = count_of(len(metrics), "metric") if len(metrics) > 1 else ""
    foot = f'<p class="muted small foot">{_FOOT}</p>'
    return card("distribution", title, state.note + body + foot, aside=aside, css="dw-distribution long" + state.css)


def to_text(payload: Payload) -> str:
    """Write a sentence and the quantiles of every metric, one line per arm."""
    metrics = labelled(payload.get("metrics") or ())
    blocks = [
        f"Distribution: {each['label']}. {_sentence(each)}\n{table(_head(each), _quantiles(each))}" for each in metrics
    ]
    return "\n\n".join(blocks) or "Distribution: no values were read."


def _summary(metric: Payload) -> str:
    return f"<b>{escape(metric['label'])}</b>{plain('.')}"


def _metric(metric: Payload) -> str:
    say = f'<p class="dw-say">{escape(_sentence(metric))}</p>'
    head = [Cell(escape(name), "num" if at else "") for at, name in enumerate(_head(metric))]
    rows = [
        [Cell(arm_html(arm["arm"], arm["arm_index"])), *(number(text) for text in line[1:])]
        for arm, line in zip(metric["arms"], _quantiles(metric), strict=True)
    ]
    without = " without zeros" if metric.get("without_zeros") else ""
    quantiles = table_html(f"Quantiles of {metric['label']}{without}", head, rows)
    bins = fold(f"bins/{metric['metric']}", '<span class="small">Data table</span>', _bins(metric), opened=False)
    return f"{say}{histogram_html(metric)}{_legend(metric)}{quantiles}{bins}"


def _sentence(metric: Payload) -> str:
    kind = str(metric.get("kind") or "continuous")
    drawn = [arm for arm in metric["arms"] if arm["quantiles"]]
    middle = metric["probabilities"].index(0.5) if 0.5 in metric["probabilities"] else None
    parts = []
    if middle is not None and drawn:
        values = numbers.levels_of_arms([arm["quantiles"][middle] for arm in drawn], kind)
        said = _by_arm(drawn, values)
        among = "Among values other than 0 the" if metric.get("without_zeros") else "The"
        parts.append(f"{among} middle value is {said}.")
    if any(arm["zero_share"] for arm in metric["arms"]):
        shares = [numbers.level_percent(arm["zero_share"]) for arm in metric["arms"]]
        left_out = ", and not drawn" if metric.get("without_zeros") else ""
        parts.append(f"Zeros are {_by_arm(metric['arms'], shares)}{left_out}.")
    if metric.get("sampled"):
        n, units = (sum(arm[key] for arm in metric["arms"]) for key in ("n", "n_units"))
        parts.append(f"From a random sample of {numbers.integer(n)} of {numbers.integer(units)} participants.")
    return " ".join(parts)


def _by_arm(arms: Sequence[Payload], values: Sequence[str]) -> str:
    said = [f"{value} under {one_line(arm['arm'])}" for arm, value in zip(arms, values, strict=True)]
    return ", ".join(said[:-1]) + (" and " if said[1:] else "") + said[-1]


def _head(metric: Payload) -> list[str]:
    return ["Quantile", *(f"p{100 * p:g}" for p in metric["probabilities"]), "Largest"]


def _quantiles(metric: Payload) -> list[list[str]]:
    kind = str(metric.get("kind") or "continuous")
    lines = []
    for arm in metric["arms"]:
        known = [*arm["quantiles"], arm["largest"]] if arm["quantiles"] else [None] * (len(metric["probabilities"]) + 1)
        texts = [NOT_AVAILABLE if value is None else numbers.level(value, kind) for value in known]
        lines.append([one_line(arm["arm"]), *texts])
    return lines


def _bins(metric: Payload) -> str:
    arms = [arm for arm in metric["arms"] if arm["shares"]]
    shares = [[arm["below"], *arm["shares"], arm["above"]] for arm in arms]
    names = bin_names(metric)
    lines = [
        [Cell(escape(name)), *(number(numbers.level_percent(own[at])) for own in shares)]
        for at, name in enumerate(names)
        if (0 < at < len(names) - 1) or any(own[at] for own in shares)
    ]
    head = [Cell("Values"), *(Cell(escape(one_line(arm["arm"])), "num") for arm in arms)]
    return table_html(f"Shares of participants by value of {metric['label']}", head, lines)


def _legend(metric: Payload) -> str:
    arms = "".join(
        f'<span><i class="dw-sw {"fill" if not at else "line"} {arm_colour(arm["arm_index"] or 0)}"></i>'
        f"{plain('; ' if at else '')}{escape(one_line(arm['arm']))}</span>"
        for at, arm in enumerate(metric["arms"])
    )
    names = bin_names(metric)
    beyond = []
    if any(arm["below"] for arm in metric["arms"]):
        beyond.append(f"first bar: {names[0]}")
    if any(arm["above"] for arm in metric["arms"]):
        kind = str(metric.get("kind") or "continuous")
        largest = max(arm["largest"] for arm in metric["arms"] if arm["largest"] is not None)
        beyond.append(f"last bar: {names[-1]}, up to {numbers.level(largest, kind)}")
    note = f"<span>{plain('. ')}{escape('; '.join(beyond).capitalize())}</span>" if beyond else ""
    return f'<p class="dw-key">{arms}{note}</p>'
